//! What of a page's surroundings a run with limits may read: its frames, its archive, what was sent beside it. The page
//! itself may be read; parts of it that come from elsewhere may be pages that this run may not load.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::content::Content;
use super::stage::Stage;
use super::{Access, ActValue, CrawlError, Page, failure};
use crate::browser::{ConsoleLine, Deadline, Exchange, Response, Snapshot, Tab};

/// The code of what is denied.
pub(super) const DENIED: &str = "crawl::access::denied";

/// How long a frame may take to say where it stands, once an act in it is over.
const ANSWER: Duration = Duration::from_secs(2);

/// Whether what was seen of a page may be read, the files that are its frames included.
pub(super) fn seen(access: &Access, page: &Snapshot) -> Result<(), CrawlError> {
    access.page(&page.url).and_then(|()| files(access, page))
}

/// A page of the web has no files in its frames; a file has those that it names.
pub(super) fn files(access: &Access, page: &Snapshot) -> Result<(), CrawlError> {
    if !access.is_limited() {
        return Ok(());
    }
    page.frames.iter().try_for_each(|frame| {
        if frame.url.starts_with("file:") {
            access.page(&frame.url)?;
        }
        files(access, frame)
    })
}

/// The page with those frames empty that this run may not read, and a warning that says so. A frame without an address
/// of its own (`about:srcdoc`) is its parent's.
pub(super) fn frames(access: &Access, page: Arc<Page>) -> Arc<Page> {
    let mut left_out = BTreeSet::new();
    if !access.is_limited() || !has_denied(access, &page.content.snapshot()) {
        return page;
    }
    let mut snapshot = Snapshot::clone(&page.content.snapshot());
    empty(access, &mut snapshot, &mut left_out);
    let places: Vec<String> = left_out.iter().map(|host| format!("`{host}`")).collect();
    let mut page = Page { content: Content::new(snapshot), ..Page::clone(&page) };
    page.warnings.push(format!("frames from {} are left empty: this run may not read them", places.join(", ")));
    Arc::new(page)
}

fn has_denied(access: &Access, page: &Snapshot) -> bool {
    page.frames.iter().any(|frame| access.page(&frame.url).is_err() || has_denied(access, frame))
}

fn empty(access: &Access, page: &mut Snapshot, left_out: &mut BTreeSet<String>) {
    for frame in &mut page.frames {
        if access.page(&frame.url).is_ok() {
            empty(access, frame, left_out);
            continue;
        }
        left_out.insert(host(&frame.url));
        *frame = Snapshot { url: std::mem::take(&mut frame.url), ..Snapshot::default() };
    }
}

fn host(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| url.to_owned())
}

/// Refuses the frame that is entered where this run may not load what it shows.
pub(super) async fn frame(stage: &Stage<'_>, tab: &Arc<dyn Tab>) -> Result<(), CrawlError> {
    let access = &stage.core.config.access;
    if !access.is_limited() {
        return Ok(());
    }
    let Some(url) = tab.frame_address(stage.deadline()).await.map_err(failure::of_browser)? else { return Ok(()) };
    of_frame(access, &url)
}

/// What came of an act in a frame, unless the frame shows by then what this run may not load. Where nobody can tell any
/// more, nothing is told that may have been read there.
pub(super) async fn told_of_frame(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    done: Result<ActValue, CrawlError>,
) -> Result<ActValue, CrawlError> {
    let access = &stage.core.config.access;
    if !access.is_limited() || done.as_ref().is_err_and(|error| error.code == DENIED) {
        return done;
    }
    // A page that was only slow can tell it in a moment.
    let _ = tokio::time::timeout(ANSWER, tab.recovered()).await;
    let address = match tab.is_stuck() {
        true => Ok(None),
        false => tab.frame_address(Deadline::after(ANSWER)).await,
    };
    match address {
        Ok(Some(url)) => of_frame(access, &url).and(done),
        _ if matches!(done, Ok(ActValue::Done)) => done,
        // It says nothing of what the frame shows.
        _ if done.as_ref().is_err_and(|error| error.code == "crawl::js::timeout") => done,
        _ => Err(CrawlError::new(DENIED, "the frame was gone before it could be told whether this run may read it")
            .help("act in the page around it, or run it without limits of hosts")),
    }
}

fn of_frame(access: &Access, url: &str) -> Result<(), CrawlError> {
    access.page(url).map_err(|denied| {
        let denied = denied.note("a frame shows it");
        CrawlError { place: None, url: Some(url.to_owned()), ..denied }
    })
}

/// Refuses an archive (RFC 2557) that has documents of frames that this run may not load.
pub(super) fn archive(access: &Access, archive: &str) -> Result<(), CrawlError> {
    if !access.is_limited() {
        return Ok(());
    }
    let documents = documents(archive);
    if documents.is_empty() {
        let unknown = CrawlError::new(DENIED, "it cannot be told whose pages `mhtml` has");
        return Err(unknown.help("read `page.html`, or run it without limits of hosts").at("mhtml", 0));
    }
    documents.iter().try_for_each(|url| {
        access.page(url).map_err(|denied| denied.note("a frame shows it: `mhtml` would have it too").at("mhtml", 0))
    })
}

/// The addresses of the documents in an archive: the parts that are HTML, or named as frames.
fn documents(archive: &str) -> Vec<String> {
    let kind = Head::of(archive).value("content-type").unwrap_or_default();
    let boundary = kind.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"'));
    let Some((boundary, _)) = boundary else { return Vec::new() };
    let delimiter = format!("--{boundary}");
    let parts = archive.split(delimiter.as_str()).skip(1);
    parts.filter_map(|part| document(part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n'))?)).collect()
}

fn document(part: &str) -> Option<String> {
    let head = Head::of(part);
    let named = head.value("content-id").is_some_and(|id| id.starts_with("<frame-"));
    let kind = head.value("content-type").unwrap_or_default().to_ascii_lowercase();
    (named || kind.contains("html")).then(|| head.value("content-location")).flatten()
}

/// The header fields of an archive or of a part of it (RFC 5322).
struct Head(String);

impl Head {
    fn of(text: &str) -> Self {
        let text = text.split("\r\n\r\n").next().unwrap_or_default().split("\n\n").next().unwrap_or_default();
        // A long line goes on in the next one.
        Self(text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " "))
    }

    fn value(&self, name: &str) -> Option<String> {
        let mut fields = self.0.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    }
}

/// Refuses a response of a host whose pages this run may not load.
pub(super) fn response(access: &Access, response: Option<&Response>) -> Result<(), CrawlError> {
    let Some(response) = response else { return Ok(()) };
    access.page(&response.url).map_err(|denied| denied.at("wait_for", 0))
}

/// Requests as a script may read them: of an answer from elsewhere no headers, which may be meant for its own pages.
pub(super) fn requests(access: &Access, mut requests: Vec<Exchange>) -> Vec<Exchange> {
    if access.is_limited() {
        let denied = requests.iter_mut().filter(|request| access.page(&request.url).is_err());
        denied.for_each(|request| request.headers.clear());
    }
    requests
}

/// Leaves out of a console what scripts from elsewhere wrote, such as those of frames.
pub(super) fn console(access: &Access, lines: &mut Vec<ConsoleLine>) {
    if access.is_limited() {
        lines.retain(|line| line.url.as_ref().is_none_or(|url| access.page(url).is_ok()));
    }
}
