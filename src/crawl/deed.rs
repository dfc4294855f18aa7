//! Acts on the current page or identity: armed, done, awaited; no snapshot.

use std::sync::Arc;

use super::stage::Stage;
use super::wait::Armed;
use super::words::quoted;
use super::{Act, ActRequest, ActValue, CrawlError, failure, session_act, step};
use crate::browser::{BrowserError, Tab, WaitUntil};

/// Performs an act.
pub(super) async fn perform(stage: &Stage<'_>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let needs_page = request.act.needs_page() || !request.then.is_empty();
    let tab = match needs_page {
        true => stage.page_tab().await?,
        false => stage.identity_tab().await?,
    };
    let conditions = match &request.act {
        Act::WaitFor(conditions) => conditions,
        _ => &request.then,
    };
    if stage.session.options.downloads.is_some() {
        tab.keep_downloads(stage.deadline()).await.map_err(failure::of_browser)?;
    }
    let armed = Armed::arm(conditions, tab.as_ref(), stage.deadline()).await.map_err(failure::of_browser)?;
    let value = act(stage, &tab, &request.act).await?;
    step::wait(stage, &tab, &armed).await?;
    Ok(value)
}

async fn act(stage: &Stage<'_>, tab: &Arc<dyn Tab>, act: &Act) -> Result<ActValue, CrawlError> {
    let deadline = stage.deadline();
    let browser = failure::of_browser;
    Ok(match act {
        Act::Evaluate(program) => {
            stage.touch();
            let value = step::run(stage, tab, program, 0, WaitUntil::Load).await?;
            stage.core.named_files.note_value(&value);
            ActValue::Value(value)
        }
        Act::WaitFor(_) => ActValue::Done,
        Act::Click { css } => click(stage, tab, css).await?,
        Act::Screenshot { full_page } => ActValue::Image(tab.screenshot(*full_page, deadline).await.map_err(browser)?),
        Act::Cookies => ActValue::Cookies(tab.cookies(deadline).await.map_err(browser)?),
        Act::SetCookies(cookies) => {
            stage.touch();
            tab.set_cookies(cookies, deadline).await.map_err(browser)?;
            stage.session.learn(tab);
            ActValue::Done
        }
        Act::ClearCookies => {
            stage.touch();
            tab.clear_cookies(deadline).await.map_err(browser)?;
            stage.session.learn(tab);
            ActValue::Done
        }
        Act::SetHeaders(headers) => {
            stage.touch();
            tab.set_headers(headers, deadline).await.map_err(browser)?;
            stage.session.state().known.headers = Some(headers.clone());
            ActValue::Done
        }
        Act::Session(act) => session_act::perform(stage, tab, act).await?,
    })
}

/// Clicks, and awaits the navigation that it asked for.
pub(super) async fn click(stage: &Stage<'_>, tab: &Arc<dyn Tab>, css: &str) -> Result<ActValue, CrawlError> {
    stage.touch();
    let navigating = tab.click(css, stage.deadline()).await.map_err(|error| match error {
        BrowserError::WaitTimeout { last } => CrawlError::new(
            "crawl::act::no_target",
            format!("there was nothing to click at {}: {}", quoted(css), last.words),
        )
        .help("wait for the target first with `wait_for(…)`, or ask `explain(…)` what the selector finds")
        .at("target", 0),
        other => failure::of_browser(other),
    })?;
    if navigating {
        step::arrive(stage, tab, WaitUntil::Load).await?;
    }
    Ok(ActValue::Done)
}
