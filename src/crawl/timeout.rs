//! What a wait that ran out tells: the condition as written, the last value seen, and what the page looks like.

use std::sync::Arc;
use std::time::Duration;

use super::stage::Stage;
use super::wait::{Armed, WaitFailure};
use super::words::duration;
use super::{CrawlError, Page, capture, failure};
use crate::browser::{BrowserError, LastSeen, Tab};
use crate::page::Selector;

/// The time after the deadline in which the page may still be looked at, to explain.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// The error of a wait that failed.
pub(super) async fn wait_error(
    stage: &Stage<'_>,
    tab: &Arc<dyn Tab>,
    armed: &Armed,
    failure: WaitFailure,
) -> CrawlError {
    match failure {
        WaitFailure::Script(error) => error,
        WaitFailure::Browser(part, BrowserError::WaitTimeout { last }) => {
            let page = capture::late_page(stage, tab).await;
            let mut error = ran_out(stage, armed, &last);
            let part = part.to_string();
            if part != armed.written && !last.words.is_empty() {
                error.notes.insert(0, format!("what did not hold: {part}"));
            }
            if let Some(page) = page {
                explain(&mut error, armed, &page);
                error.url = Some(page.url().to_owned());
                error.page = Some(page);
            }
            error
        }
        WaitFailure::Browser(_, error @ BrowserError::Selector { .. }) => failure::of_browser(error),
        WaitFailure::Browser(_, error) => capture::with_partial_page(stage, tab, failure::of_browser(error)).await,
    }
}

fn ran_out(stage: &Stage<'_>, armed: &Armed, last: &LastSeen) -> CrawlError {
    let total = duration(stage.deadline().total());
    let mut error = match &last.exception {
        Some(exception) => CrawlError::new(
            "crawl::wait::js_error",
            format!("`{}` still threw when {total} were over: {exception}", armed.written),
        )
        .help("a condition may throw while the page loads, but must return a value in the end: check its js"),
        None => {
            CrawlError::new("crawl::wait::timeout", format!("`{}` did not come true within {total}", armed.written))
                .help("give it more time with `timeout:`, or wait for something that this page does show")
        }
    };
    if !last.words.is_empty() && last.exception.is_none() {
        error.notes.push(format!("last seen: {}", last.words));
    }
    if last.most > 0 {
        error.notes.push(format!("there were up to {} matches earlier in this step; they left", last.most));
    }
    error.at("wait_for", 0)
}

/// Adds findings for each selector of the condition that the page has no match for.
fn explain(error: &mut CrawlError, armed: &Armed, page: &Page) {
    let mut suggestion = None;
    for css in armed.selectors() {
        let Ok(selector) = Selector::parse(&css) else { continue };
        if !page.document().select(&selector).is_empty() {
            continue;
        }
        let explanation = page.explain(&selector);
        error.notes.extend(explanation.findings);
        suggestion = suggestion.or(explanation.suggestion);
    }
    if let Some(selector) = suggestion {
        error.help = Some(format!("did you mean `{selector}`?"));
    }
}
