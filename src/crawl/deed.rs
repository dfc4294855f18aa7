//! Acts on the current page or identity: armed, done, awaited; no snapshot.

use std::sync::Arc;

use super::missed::{self, Aimed};
use super::stage::Stage;
use super::wait::Armed;
use super::{Act, ActRequest, ActValue, CrawlError, ensure, failure, gesture, reach, session_act, step};
use crate::browser::{BrowserError, Place, Tab, WaitUntil};

/// Performs an act.
pub(super) async fn perform(stage: &Stage<'_>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let waits = matches!(request.act, Act::WaitFor(_));
    loop {
        let popup = stage.session.has_openers();
        let needs_page = request.act.needs_page() || !request.then.is_empty();
        let tab = match needs_page {
            true => stage.page_tab().await?,
            false => stage.identity_tab().await?,
        };
        let done = performed(stage, &tab, request).await;
        // A wait goes on in the page before a pop-up that closes itself.
        if !(waits && popup && done.is_err() && tab.page_was_closed()) || stage.deadline().passed() {
            return done;
        }
    }
}

async fn performed(stage: &Stage<'_>, tab: &Arc<dyn Tab>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let _inside = Inside::enter(stage, tab, &request.frames).await?;
    let done = within(stage, tab, request).await;
    let asks = matches!(request.act, Act::WaitFor(_)) || !request.then.is_empty();
    match (request.frames.is_empty(), &done) {
        // Nothing is told of a frame.
        (true, _) => done,
        (false, Ok(ActValue::Done)) if !asks => done,
        _ => reach::told_of_frame(stage, tab, done).await,
    }
}

/// The act, in the frames that are entered.
async fn within(stage: &Stage<'_>, tab: &Arc<dyn Tab>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let conditions = match &request.act {
        Act::WaitFor(conditions) => conditions,
        _ => &request.then,
    };
    if stage.session.options.downloads.is_some() {
        tab.keep_downloads(stage.session.options.max_download, stage.deadline()).await.map_err(failure::of_browser)?;
    }
    let arming = Armed::arm(conditions, tab.as_ref(), stage.deadline());
    if conditions.is_empty() {
        arming.await.map_err(failure::of_browser)?;
        return timed(stage, tab, request).await;
    }
    let popup = stage.session.has_openers();
    let armed = stage.timed("baseline", arming).await.map_err(failure::of_browser)?;
    let value = timed(stage, tab, request).await?;
    // What comes after a pop-up that closed itself comes in the page before it.
    let current = stage.session.tab().filter(|_| popup && tab.page_was_closed());
    stage.timed("wait", step::wait(stage, current.as_ref().unwrap_or(tab), &armed)).await?;
    Ok(value)
}

/// The act, timed as a whole where it does not tell its parts.
async fn timed(stage: &Stage<'_>, tab: &Arc<dyn Tab>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let acting = act(stage, tab, request);
    match &request.act {
        Act::WaitFor(_) | Act::Person(_) | Act::Ensure(_) => acting.await,
        Act::Evaluate(_) => stage.timed("js", acting).await,
        other => stage.timed(other.verb().name(), acting).await,
    }
}

async fn act(stage: &Stage<'_>, tab: &Arc<dyn Tab>, request: &ActRequest) -> Result<ActValue, CrawlError> {
    let deadline = stage.deadline();
    let browser = failure::of_browser;
    Ok(match &request.act {
        Act::Evaluate(program) => {
            stage.touch();
            let value = step::run(stage, tab, program, 0, WaitUntil::Load).await?;
            stage.core.named_files.note_value(&value);
            ActValue::Value(value)
        }
        Act::WaitFor(_) => ActValue::Done,
        Act::Person(action) => {
            gesture::perform(stage, tab, action, request.then.is_empty()).await?;
            ActValue::Done
        }
        Act::Screenshot { full_page } => ActValue::Image(tab.screenshot(*full_page, deadline).await.map_err(browser)?),
        Act::Cookies => {
            let cookies = stage.core.config.access.cookies(tab.cookies(deadline).await.map_err(browser)?);
            stage.core.named_files.note_cookies(&cookies);
            ActValue::Cookies(cookies)
        }
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
        Act::Holds(conditions) => ActValue::Value(ensure::holds(stage, conditions, deadline.left()).await?.into()),
        Act::Ensure(ensured) => ensure::establish(stage, ensured).await?,
        Act::Session(act) => session_act::perform(stage, tab, act).await?,
    })
}

/// The frames that an act is done in, left when it ends.
struct Inside<'a>(&'a dyn Tab);

impl<'a> Inside<'a> {
    async fn enter(stage: &Stage<'_>, tab: &'a Arc<dyn Tab>, frames: &[Place]) -> Result<Self, CrawlError> {
        let inside = Self(tab.as_ref());
        if stage.core.config.access.is_limited() {
            // Each before anything is looked for in it.
            for depth in 1..frames.len() {
                inside.go(stage, tab, &frames[..depth]).await?;
                reach::frame(stage, tab).await?;
            }
        }
        inside.go(stage, tab, frames).await?;
        if !frames.is_empty() {
            reach::frame(stage, tab).await?;
        }
        Ok(inside)
    }

    async fn go(&self, stage: &Stage<'_>, tab: &Arc<dyn Tab>, frames: &[Place]) -> Result<(), CrawlError> {
        match tab.enter(frames, stage.deadline()).await {
            Ok(()) => Ok(()),
            Err(BrowserError::Target(missed)) => {
                let place = frames.last().expect("there is a frame that was not found");
                Err(missed::error(stage, tab, &Aimed { place, option: "frame" }, *missed).await)
            }
            Err(error) => Err(failure::of_browser(error)),
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
