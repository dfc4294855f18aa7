//! One step, always in this order:
//!
//! 1. hook `before_goto`, the navigation, hook `after_goto` (if it navigates),
//! 2. the baselines of `wait_for`, and listening for responses where it asks for one,
//! 3. hook `on_execution_started`, js in order, hook `on_execution_ended` (if there is js); a navigation that js asked
//!    for is awaited before anything else runs,
//! 4. `wait_for`, which goes on in a new document,
//! 5. hook `before_retrieve_html`, `delay`, the snapshot,
//! 6. `css` and `extract`, over the snapshot alone,
//! 7. hook `before_return_html`, whose string replaces the HTML.
//!
//! What waits is armed before what acts. Where only the DOM is asked and nothing stands between the wait and the
//! snapshot, both are one call into the page.

use std::sync::Arc;
use std::time::Instant;

use super::address::Address;
use super::stage::Stage;
use super::wait::{Armed, WaitFailure};
use super::{CrawlError, CrawlRequest, HookPoint, Page, cache, capture, failure, reach, reading, standing, timeout};
use crate::browser::{BrowserError, Navigation, PageAct, Response, Settling, Snapshot, Tab, WaitUntil, apart};
use crate::syntax::JsProgram;

/// Performs a step.
pub(super) async fn perform(stage: &Stage<'_>, request: &CrawlRequest) -> Result<Arc<Page>, CrawlError> {
    let page_url = stage.session.page_url();
    let target = match request.js_only && page_url.is_some() {
        true => None,
        false => Address::resolve(request, page_url.as_deref())?,
    };
    if let Some(target) = target.as_ref().filter(|target| target.content.is_none()) {
        stage.core.config.access.page(&target.url)?;
        stage.core.named_files.refuse(&target.url, &stage.core.config.access, || stage.host.own_texts())?;
    }
    let ticket = cache::ticket(stage, request, target.as_ref()).await;
    let base = match cache::lookup(stage, ticket.as_ref()).await {
        Some(page) => page,
        None => {
            let asked = target.as_ref().map(|target| target.url.clone());
            let mut page = Arc::unwrap_or_clone(act(stage, request, target).await?);
            // Also where the page went on from there by itself: doing it again begins there.
            page.landing.requested_url = asked.unwrap_or(page.landing.requested_url);
            let page = Arc::new(page);
            cache::keep(stage, ticket, &page).await;
            page
        }
    };
    standing::check_seen(stage, base.url(), &base.content.snapshot()).await?;
    stage.core.named_files.note_page(&base);
    let base = reach::frames(&stage.core.config.access, base);
    stage.keep_base(&base);
    let page = read(stage, request, &base).await.map_err(|mut error| {
        error.page.get_or_insert_with(|| Arc::clone(&base));
        error
    })?;
    match stage.hook(HookPoint::BeforeReturnHtml).await? {
        Some(html) => Ok(Arc::new(page.with_html(html))),
        None => Ok(page),
    }
}

async fn read(stage: &Stage<'_>, request: &CrawlRequest, base: &Arc<Page>) -> Result<Arc<Page>, CrawlError> {
    if request.reading.css.is_none() && request.reading.extract.is_none() {
        return Ok(Arc::clone(base));
    }
    let begun = Instant::now();
    apart(base.size(), || drop(base.document()));
    stage.note("parse", begun.elapsed());
    let reading = reading::read(base, &request.reading, stage.host, stage.deadline());
    let page = stage.timed("extract", reading).await?;
    reading::warnings(base, &page).iter().for_each(|message| stage.warn(message.clone()));
    Ok(page)
}

/// The part that touches the browser: up to the snapshot and what was asked for beside it.
async fn act(stage: &Stage<'_>, request: &CrawlRequest, target: Option<Address>) -> Result<Arc<Page>, CrawlError> {
    let tab = match target {
        Some(address) => go(stage, request, address).await?,
        None => {
            let tab = stage.page_tab().await?;
            if !request.js.is_empty() {
                // It is for a page that is there.
                came(stage, &tab, tab.caught_up(stage.deadline()).await).await?;
            }
            keep_requests(stage, request, tab.as_ref());
            tab
        }
    };
    if capture::wants_downloads(stage, request) {
        tab.keep_downloads(stage.session.options.max_download, stage.deadline()).await.map_err(failure::of_browser)?;
    }
    if let [program] = request.js.as_slice()
        && nothing_between(stage, request)
    {
        return act_at_once(stage, request, &tab, program).await;
    }
    let arming = Armed::arm(&request.wait_for, tab.as_ref(), stage.deadline());
    let armed = if request.wait_for.is_empty() { arming.await } else { stage.timed("baseline", arming).await };
    let armed = armed.map_err(failure::of_browser)?;
    let executing = execute(stage, &tab, request);
    let js = if request.js.is_empty() { executing.await? } else { stage.timed("js", executing).await? };
    let settled = settle(stage, &tab, request, &armed).await?;
    bring_home(stage, &tab, request, (js, settled)).await
}

/// Whether the page alone has the word between the baselines and the snapshot: no hook, no pause, nothing to wait for
/// but its DOM.
fn nothing_between(stage: &Stage<'_>, request: &CrawlRequest) -> bool {
    let hooks = [HookPoint::ExecutionStarted, HookPoint::ExecutionEnded, HookPoint::BeforeRetrieveHtml];
    let dom = Armed::of(&request.wait_for);
    request.delay.is_zero() && (dom.is_empty() || dom.in_page().is_some()) && !hooks.iter().any(|p| stage.has_hook(*p))
}

/// Baselines, js, wait and snapshot in as few calls as the lane can.
async fn act_at_once(
    stage: &Stage<'_>,
    request: &CrawlRequest,
    tab: &Arc<dyn Tab>,
    program: &JsProgram,
) -> Result<Arc<Page>, CrawlError> {
    stage.touch();
    let mut armed = Armed::of(&request.wait_for);
    let selectors = armed.baseline_selectors();
    let act = PageAct { baselines: &selectors, program, condition: armed.in_page() };
    let begun = Instant::now();
    let acted = tab.act(&act, stage.deadline()).await.map_err(failure::of_browser)?;
    let [measured, ran] = acted.took;
    if !selectors.is_empty() {
        stage.note("baseline", measured);
    }
    stage.note("js", ran);
    standing::check(stage, tab).await?;
    armed.set_baselines(selectors, acted.baselines);
    let outcome = acted.js.map_err(|error| js_error(error, 0))?;
    if outcome.navigating {
        arrive(stage, tab, request.wait_until).await?;
    }
    let settled = match acted.settled {
        Some(Ok(taken)) => {
            // The rest of the one call that it was.
            let rest = begun.elapsed().saturating_sub(measured + ran);
            (stage.noted(taken, rest), None)
        }
        Some(Err(error)) => return Err(timeout::wait_error(stage, tab, &armed, armed.failed(error)).await),
        None => settle(stage, tab, request, &armed).await?,
    };
    bring_home(stage, tab, request, (outcome.value, settled)).await
}

/// The page of what was seen, with what was asked for beside it.
async fn bring_home(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    request: &CrawlRequest,
    (js, (snapshot, response)): (serde_json::Value, (Snapshot, Option<Response>)),
) -> Result<Arc<Page>, CrawlError> {
    let mut page = capture::page(stage, tab, request, snapshot).await?;
    if let Some(cut) = response.as_ref().filter(|response| !response.whole) {
        page.warnings.push(format!("the response from `{}` had not ended when it was read", cut.url));
    }
    Ok(Arc::new(Page { js, response, ..page }))
}

async fn go(stage: &Stage<'_>, request: &CrawlRequest, address: Address) -> Result<Arc<dyn Tab>, CrawlError> {
    // What may not be read is left before another page is asked for: nothing of it is this step's.
    let _ = standing::check_page(stage).await;
    let tab = stage.identity_tab().await?;
    if capture::wants_downloads(stage, request) {
        tab.keep_downloads(stage.session.options.max_download, stage.deadline()).await.map_err(failure::of_browser)?;
    }
    keep_requests(stage, request, tab.as_ref());
    let to = Navigation { settle: settling(stage, request), ..navigation(request, address) };
    let remembering = stage.remember_before(tab.as_ref());
    let before = tab.document();
    let navigated = if tab.keeps_order() && !stage.has_hook(HookPoint::BeforeGoto) {
        stage.touch();
        // In this order: what is remembered is asked for first.
        let ((), navigated) = tokio::join!(biased; remembering, stage.navigate(&tab, &to));
        navigated
    } else {
        remembering.await;
        stage.hook(HookPoint::BeforeGoto).await?;
        stage.touch();
        stage.navigate(&tab, &to).await
    };
    match navigated {
        Ok(()) => {}
        // Nothing came: what stands is the page before.
        Err(error) if tab.document() == before => return Err(error),
        Err(error) => return Err(capture::with_partial_page(stage, &tab, error).await),
    }
    standing::check(stage, &tab).await.map_err(|denied| denied.at("url", 0))?;
    stage.hook(HookPoint::AfterGoto).await?;
    Ok(tab)
}

/// Begins to keep the page's requests where the step, or who is told of it, asks for them. A step of a hook's own leaves
/// alone what is kept for the step around it.
fn keep_requests(stage: &Stage<'_>, request: &CrawlRequest, tab: &dyn Tab) {
    if request.network || !stage.nested {
        tab.keep_requests(request.network || stage.core.config.listener.is_some());
    }
}

/// What the page is asked next, where only its DOM has a word between its arrival and the snapshot.
fn settling(stage: &Stage<'_>, request: &CrawlRequest) -> Option<Settling> {
    let armed = Armed::of(&request.wait_for);
    let alone = request.js.is_empty() && !stage.has_hook(HookPoint::AfterGoto) && nothing_between(stage, request);
    (alone && armed.baseline_selectors().is_empty()).then(|| Settling { condition: armed.in_page().cloned() })
}

/// The browser's navigation for a request.
pub(super) fn navigation(request: &CrawlRequest, address: Address) -> Navigation {
    Navigation {
        url: address.url,
        wait_until: request.wait_until,
        headers: request.headers.clone(),
        method: request.method.clone(),
        body: request.body.clone(),
        content: address.content,
        settle: None,
    }
}

/// Runs the step's js in order; the value of the last is the page's.
async fn execute(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    request: &CrawlRequest,
) -> Result<serde_json::Value, CrawlError> {
    if request.js.is_empty() {
        return Ok(serde_json::Value::Null);
    }
    stage.hook(HookPoint::ExecutionStarted).await?;
    stage.touch();
    let mut value = serde_json::Value::Null;
    for (index, program) in request.js.iter().enumerate() {
        value = run(stage, tab, program, index, request.wait_until).await?;
    }
    stage.hook(HookPoint::ExecutionEnded).await?;
    Ok(value)
}

/// Runs one piece of js; a navigation that it asked for is awaited.
pub(super) async fn run(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    program: &JsProgram,
    index: usize,
    until: WaitUntil,
) -> Result<serde_json::Value, CrawlError> {
    let outcome = tab.run(program, stage.deadline()).await.map_err(|error| js_error(error, index))?;
    standing::check(stage, tab).await?;
    if outcome.navigating {
        arrive(stage, tab, until).await?;
    }
    Ok(outcome.value)
}

fn js_error(error: BrowserError, index: usize) -> CrawlError {
    match error {
        BrowserError::Js(exception) => failure::exception_error(&exception, "js", index),
        BrowserError::JsTimeout { timeout } => failure::js_timeout(timeout, "js", index),
        other => failure::of_browser(other),
    }
}

/// Awaits a navigation that js or an act asked for.
pub(super) async fn arrive(stage: &Stage<'_>, tab: &Arc<dyn Tab>, until: WaitUntil) -> Result<(), CrawlError> {
    came(stage, tab, tab.arrive(until, stage.deadline()).await).await?;
    stage.session.learn(tab);
    Ok(())
}

/// What came of following the page to where it went by itself.
async fn came<T>(stage: &Stage<'_>, tab: &Arc<dyn Tab>, followed: Result<T, BrowserError>) -> Result<(), CrawlError> {
    match followed {
        Ok(_) => standing::check(stage, tab).await,
        Err(error) => Err(capture::with_partial_page(stage, tab, failure::of_browser(error)).await),
    }
}

/// Waits for the conditions and takes the snapshot.
async fn settle(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    request: &CrawlRequest,
    armed: &Armed,
) -> Result<(Snapshot, Option<Response>), CrawlError> {
    let between = stage.has_hook(HookPoint::BeforeRetrieveHtml) || !request.delay.is_zero();
    if !between && (armed.is_empty() || armed.in_page().is_some()) {
        return match stage.taken(tab.settle(armed.in_page(), stage.deadline())).await {
            Ok(snapshot) => Ok((snapshot, None)),
            Err(error) => Err(timeout::wait_error(stage, tab, armed, armed.failed(error)).await),
        };
    }
    let response = stage.timed("wait", wait(stage, tab, armed)).await?;
    stage.hook(HookPoint::BeforeRetrieveHtml).await?;
    pause(stage, request).await?;
    let taking = stage.taken(tab.settle(None, stage.deadline()));
    Ok((taking.await.map_err(failure::of_browser)?, response))
}

/// Waits for conditions alone.
pub(super) async fn wait(stage: &Stage<'_>, tab: &Arc<dyn Tab>, armed: &Armed) -> Result<Option<Response>, CrawlError> {
    match armed.hold(stage, tab.as_ref()).await {
        Ok(response) => {
            standing::check(stage, tab).await?;
            reach::response(&stage.core.config.access, response.as_ref())?;
            Ok(response)
        }
        Err(WaitFailure::Script(error)) => Err(error),
        Err(failure) => Err(timeout::wait_error(stage, tab, armed, failure).await),
    }
}

async fn pause(stage: &Stage<'_>, request: &CrawlRequest) -> Result<(), CrawlError> {
    if request.delay > stage.deadline().left() {
        let message = format!("`delay` of {} does not fit into the step's time", super::words::duration(request.delay));
        return Err(CrawlError::new("crawl::wait::timeout", message)
            .help("wait for what the page shows with `wait_for:`, or raise `timeout:`")
            .at("delay", 0));
    }
    tokio::time::sleep(request.delay).await;
    Ok(())
}
