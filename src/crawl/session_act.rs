//! Acts on a session beside those on its page's elements: its state, its pages, its dialogs, pictures, downloads.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::missed::{self, Aimed};
use super::session::databases_of;
use super::stage::Stage;
use super::words::quoted;
use super::{ActValue, Action, CrawlError, download, failure, gesture};
use crate::browser::{
    BrowserError, Cookie, Deadline, DialogAnswer, OpenPage, OriginStorage, Place, Tab, UrlPattern, WaitUntil, seeded,
};

/// One of these acts.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionAct {
    /// Gives the identity's cookies and storage.
    SaveState {
        /// IndexedDB too.
        databases: bool,
    },
    /// Gives the identity these cookies in place of its own, and this storage.
    LoadState(Vec<Cookie>, Vec<OriginStorage>),
    /// Waits for a person, who is told this.
    Pause(String),
    /// Answers the dialogs of the next step so.
    Dialog(DialogAnswer),
    /// Lists the open pages.
    Pages,
    /// Makes another page the session's.
    SwitchTo(PageChoice),
    /// Closes the session's page and returns to the one before.
    ClosePage,
    /// Takes a PNG of the page, or of what a selector finds.
    Picture {
        /// The target.
        place: Option<Box<Place>>,
        /// Of the whole page instead of the viewport.
        full_page: bool,
    },
    /// Prints the page.
    Pdf,
    /// Clicks, and saves what is downloaded.
    Download {
        /// The target.
        place: Box<Place>,
        /// Where it is saved.
        path: std::path::PathBuf,
        /// The most bytes that it may have; as the session says where not given.
        max_size: Option<u64>,
    },
}

/// Which page.
#[derive(Debug, Clone, PartialEq)]
pub enum PageChoice {
    /// By its number among the open ones, from 0.
    Number(usize),
    /// By its address.
    Address(UrlPattern),
}

/// How long one look may take: the browser answers it, not a page.
const LOOK: Duration = Duration::from_secs(2);

/// How often the list of pages is looked at while one is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(25);

impl SessionAct {
    /// The names of all.
    pub(super) const NAMES: [&str; 10] = [
        "save_state",
        "load_state",
        "pause",
        "dialog",
        "pages",
        "switch_to",
        "close_page",
        "screenshot",
        "pdf",
        "download",
    ];

    /// The name that scripts use.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SaveState { .. } => "save_state",
            Self::LoadState(..) => "load_state",
            Self::Pause(_) => "pause",
            Self::Dialog(_) => "dialog",
            Self::Pages => "pages",
            Self::SwitchTo(_) => "switch_to",
            Self::ClosePage => "close_page",
            Self::Picture { .. } => "screenshot",
            Self::Pdf => "pdf",
            Self::Download { .. } => "download",
        }
    }

    /// Whether it needs a loaded page.
    #[must_use]
    pub fn needs_page(&self) -> bool {
        !matches!(self, Self::SaveState { .. } | Self::LoadState(..) | Self::Pause(_) | Self::Dialog(_))
    }

    /// All of it that counts, for the journal.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::SaveState { databases } => json!(databases),
            Self::Pages | Self::ClosePage | Self::Pdf => Value::Null,
            Self::LoadState(cookies, storage) => json!([cookies, storage]),
            Self::Pause(message) => json!(message),
            Self::Dialog(answer) => json!([answer.accept, answer.text]),
            Self::SwitchTo(PageChoice::Number(number)) => json!(number),
            Self::SwitchTo(PageChoice::Address(pattern)) => json!(pattern.as_str()),
            Self::Picture { place, full_page } => json!([place, full_page]),
            Self::Download { place, path, max_size } => json!([place, path, max_size]),
        }
    }

    /// What it is about, in a few words.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Pause(message) => quoted(message),
            Self::SwitchTo(PageChoice::Number(number)) => number.to_string(),
            Self::SwitchTo(PageChoice::Address(pattern)) => quoted(pattern.as_str()),
            Self::Picture { place: Some(place), .. } => quoted(&place.to_string()),
            Self::Download { place, .. } => quoted(&place.to_string()),
            _ => String::new(),
        }
    }
}

/// Performs one.
pub(super) async fn perform(stage: &Stage<'_>, tab: &Arc<dyn Tab>, act: &SessionAct) -> Result<ActValue, CrawlError> {
    let deadline = stage.deadline();
    let browser = failure::of_browser;
    Ok(match act {
        SessionAct::SaveState { databases } => {
            let cookies = tab.cookies(deadline).await.map_err(browser)?;
            let access = &stage.core.config.access;
            ActValue::State(access.cookies(cookies), access.storage(storage(stage, tab, *databases).await?))
        }
        SessionAct::LoadState(cookies, storage) => {
            stage.touch();
            load(stage, tab, cookies, storage).await?;
            ActValue::Done
        }
        SessionAct::Pause(message) => {
            stage.touch();
            pause(stage, message).await?;
            ActValue::Done
        }
        SessionAct::Dialog(answer) => {
            stage.touch();
            tab.answer_dialogs(Some(answer.clone()));
            ActValue::Done
        }
        SessionAct::Pages => {
            let (tab, open) = open_pages(stage, tab, deadline).await?;
            let title = |page: &OpenPage| match stage.core.config.access.page(&page.url) {
                Ok(()) => page.title.clone(),
                Err(_) => String::new(),
            };
            let row = |(number, page): (usize, &OpenPage)| json!({ "number": number, "url": page.url, "title": title(page), "current": page.id == tab.page_id() });
            ActValue::Value(open.iter().enumerate().map(row).collect())
        }
        SessionAct::SwitchTo(choice) => {
            stage.touch();
            switch(stage, tab, choice).await?;
            ActValue::Done
        }
        SessionAct::ClosePage => {
            stage.touch();
            if !stage.session.has_openers() {
                return Err(CrawlError::new("crawl::page::last", "this is the session's first page")
                    .help("`close_page()` closes a pop-up that `switch_to` went to; `close(…)` closes a session"));
            }
            tab.close_page(deadline).await.map_err(browser)?;
            stage.session.leave(tab);
            ActValue::Done
        }
        SessionAct::Picture { place: None, full_page } => {
            ActValue::Image(tab.screenshot(*full_page, deadline).await.map_err(browser)?)
        }
        SessionAct::Picture { place: Some(place), .. } => match tab.picture_of(place, deadline).await {
            Err(BrowserError::Target(missed)) => {
                return Err(missed::error(stage, tab, &Aimed { place, option: "target" }, *missed).await);
            }
            taken => ActValue::Image(taken.map_err(browser)?),
        },
        SessionAct::Pdf => ActValue::Image(tab.pdf(deadline).await.map_err(browser)?),
        SessionAct::Download { place, path, max_size } => {
            let limit = max_size.or(stage.session.options.max_download);
            tab.keep_downloads(limit, deadline).await.map_err(browser)?;
            gesture::perform(stage, tab, &Action::click(Place::clone(place)), false).await?;
            // A pop-up may have closed itself: the downloads are the identity's.
            let current = stage.session.tab();
            let saved = download::first(stage, current.as_ref().unwrap_or(tab).as_ref(), path).await?;
            ActValue::Value(json!(saved))
        }
    })
}

/// Another tab for the session, whose identity has these cookies and this storage.
async fn load(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    cookies: &[Cookie],
    storage: &[OriginStorage],
) -> Result<(), CrawlError> {
    let (deadline, browser) = (stage.deadline(), failure::of_browser);
    tab.clear_cookies(deadline).await.map_err(browser)?;
    tab.set_cookies(cookies, deadline).await.map_err(browser)?;
    let next = seeded(Arc::clone(tab), storage, deadline).await.map_err(browser)?;
    stage.session.learn(&next);
    let mut state = stage.session.state();
    state.tab = Some(next);
    state.openers.clear();
    state.owed = None;
    state.databases = databases_of(storage);
    Ok(())
}

/// Waits until a person has done what the message asks for.
async fn pause(stage: &Stage<'_>, message: &str) -> Result<(), CrawlError> {
    let deadline = stage.deadline();
    match tokio::time::timeout_at(deadline.instant().into(), stage.host.pause(message)).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(CrawlError::new("crawl::pause::no_terminal", "there is nobody at a terminal to press Enter")
            .help("run it in a terminal, once, and keep what the person did with `save_state(…)` for the runs without one")
            .note(format!("it was to say: {message}"))),
        Err(_) => {
            let message = format!("nobody pressed Enter within {}", super::words::duration(deadline.total()));
            Err(CrawlError::new("crawl::pause::timeout", message)
                .help("without `timeout:` a pause waits as long as it takes, but not longer than a hook's step"))
        }
    }
}

/// Local storage of every origin that the identity has been to, and the databases of the page's origin and those that the
/// identity was given.
async fn storage(stage: &Stage<'_>, tab: &Arc<dyn Tab>, databases: bool) -> Result<Vec<OriginStorage>, CrawlError> {
    let deadline = stage.deadline();
    let mut known = tab.storage(deadline).await.map_err(failure::of_browser)?;
    let here = tab.landing().and_then(|landing| url::Url::parse(&landing.url).ok());
    let Some(here) = here.filter(|url| matches!(url.scheme(), "http" | "https")) else { return Ok(known) };
    let origin = here.origin().ascii_serialization();
    // The page may have gone elsewhere by itself.
    let readable = || stage.core.config.access.page(&tab.address()).is_ok();
    // A page that has no storage of its own, such as a sandboxed one, refuses to be asked.
    if readable()
        && let Ok(local_storage) = tab.local_storage(deadline).await
        && readable()
    {
        known.retain(|storage| storage.origin != origin);
        if databases {
            remember_databases(stage, tab, &origin).await?;
        }
        known.push(OriginStorage { origin, local_storage, ..OriginStorage::default() });
    }
    let mut known = if databases { stage.session.with_databases(known) } else { known };
    known.sort_by(|a, b| a.origin.cmp(&b.origin));
    Ok(known)
}

/// The open pages, and the session's page that told them: where it is closed meanwhile, that is the one before it.
async fn open_pages(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    deadline: Deadline,
) -> Result<(Arc<dyn Tab>, Vec<OpenPage>), CrawlError> {
    let mut tab = Arc::clone(tab);
    loop {
        match tab.pages(deadline).await {
            Ok(open) => return Ok((tab, open)),
            Err(_) if tab.page_was_closed() && stage.session.has_openers() => tab = stage.page_tab().await?,
            Err(error) => return Err(failure::of_browser(error)),
        }
    }
}

/// Keeps what the page's origin has in its databases.
async fn remember_databases(stage: &Stage<'_>, tab: &Arc<dyn Tab>, origin: &str) -> Result<(), CrawlError> {
    let found = tab.indexed_db(stage.deadline()).await.map_err(failure::of_browser)?;
    if stage.core.config.access.page(&tab.address()).is_err() {
        return Ok(());
    }
    if let Some(first) = found.left_out.first() {
        let more = found.left_out.len() - 1;
        let others = if more > 0 { format!(", and {more} more") } else { String::new() };
        stage.warn(format!("a record of IndexedDB cannot be written to a state file: {first}{others}"));
    }
    stage.session.state().databases.insert(origin.to_owned(), found.databases);
    Ok(())
}

/// Makes the chosen page the session's, once it is there.
async fn switch(stage: &Stage<'_>, tab: &Arc<dyn Tab>, choice: &PageChoice) -> Result<(), CrawlError> {
    let deadline = stage.deadline();
    let mut tab = Arc::clone(tab);
    let page = loop {
        let (here, open) = open_pages(stage, &tab, Deadline::after(LOOK)).await?;
        tab = here;
        let found = match choice {
            PageChoice::Number(number) => open.get(*number),
            PageChoice::Address(pattern) => open.iter().find(|page| pattern.matches(&page.url)),
        };
        match found {
            Some(page) => break page.id.clone(),
            None if deadline.passed() => return Err(no_such_page(choice, &open)),
            None => tokio::time::sleep(LOOK_EVERY.min(deadline.left())).await,
        }
    };
    if page == tab.page_id() {
        return Ok(());
    }
    let next = match stage.session.opener(&page) {
        Some(known) => known,
        None => tab.page(&page, deadline).await.ok_or_else(|| failure::lost("the page was closed"))?,
    };
    if next.landing().is_none() {
        next.arrive(WaitUntil::Load, deadline).await.map_err(failure::of_browser)?;
    }
    stage.session.go_to(next);
    Ok(())
}

fn no_such_page(choice: &PageChoice, open: &[OpenPage]) -> CrawlError {
    let message = match choice {
        PageChoice::Number(number) => format!("the session has no page {number}"),
        PageChoice::Address(pattern) => format!("no page of the session is at {}", quoted(pattern.as_str())),
    };
    let mut error = CrawlError::new("crawl::page::not_open", message)
        .help("`pages()` lists the open ones; a page that was closed is gone");
    error.notes = open.iter().enumerate().map(|(number, page)| format!("page {number} is `{}`", page.url)).collect();
    error
}
