//! What is ensured of a session's page: looked at when it is said and after every later step; where it does not hold, a
//! closure of the script brings it about, and the step is repeated.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::journal::conditions;
use super::rebuild::{absolute, quiet_stage};
use super::stage::Stage;
use super::task::{Task, Yield, tries};
use super::trail::goes_there;
use super::wait::{Armed, WaitFailure};
use super::{ActRequest, ActValue, ClosureRef, Condition, CrawlError, Trouble, Turn, failure, standing};
use crate::browser::{BrowserError, Deadline, Landing};

/// The time of an `ensure`: the steps of its closure have deadlines of their own, and a person may be part of it.
pub const UNBOUNDED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a condition may take to hold on a page that has loaded: an application draws itself after that.
const GRACE: Duration = Duration::from_secs(1);

/// A condition with what brings it about.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensured {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// The closure that brings it about.
    pub remedy: ClosureRef,
    /// What is ensured under one name is brought about by one session at a time.
    pub shared: Option<String>,
    /// It is looked at after every later step of the session too.
    pub watch: bool,
}

impl Ensured {
    /// What it compares by; `None`: never equal.
    pub(super) fn key(&self) -> Option<Value> {
        let conditions = conditions(&self.conditions)?;
        Some(json!([conditions, self.remedy.fingerprint.as_ref()?, self.shared, self.watch]))
    }

    /// The conditions as the script wrote them.
    #[must_use]
    pub fn words(&self) -> String {
        self.conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn same(&self, other: &Self) -> bool {
        self.words() == other.words()
    }
}

/// The gates through which those pass one at a time who bring the same about.
#[derive(Default)]
pub(super) struct Gates(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Gates {
    async fn enter(&self, name: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let gate = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(name.to_owned()).or_default())
        };
        gate.lock_owned().await
    }
}

/// What a session has to hold from now on; one of the same conditions takes the place of the earlier one.
pub(super) fn register(all: &mut Vec<Arc<Ensured>>, ensured: &Ensured) {
    all.retain(|known| !known.same(ensured));
    if ensured.watch {
        all.push(Arc::new(ensured.clone()));
    }
}

/// The act itself: nothing to do where the session's page satisfies it already.
pub(super) async fn establish(stage: &Stage<'_>, ensured: &Ensured) -> Result<ActValue, CrawlError> {
    if stage.session.page_url().is_none() || !holds(stage, &ensured.conditions, GRACE).await? {
        bring_about(stage, ensured).await?;
    }
    Ok(ActValue::Done)
}

/// Runs the closure, alone under its name, and sees that it did what it is for.
async fn bring_about(stage: &Stage<'_>, ensured: &Ensured) -> Result<(), CrawlError> {
    let _alone = match &ensured.shared {
        Some(name) => Some(stage.core.gates.enter(name).await),
        None => None,
    };
    stage.touch();
    stage.host.poll(&ensured.remedy, stage.live_page(None)).await?;
    if holds(stage, &ensured.conditions, GRACE).await? {
        return Ok(());
    }
    let message = format!("{} does not hold after the closure that is to bring it about", ensured.words());
    Err(CrawlError::new("crawl::ensure::failed", message).help(
        "wait in the closure for what shows that it is done, and name a condition that every page satisfies then",
    ))
}

/// Whether the conditions hold on the session's page within that time.
pub(super) async fn holds(stage: &Stage<'_>, conditions: &[Condition], within: Duration) -> Result<bool, CrawlError> {
    let tab = stage.page_tab().await?;
    let turn = Turn::new(&stage.session.id, Deadline::after(within), Some(&stage.turn));
    let mut look = Stage::new(stage.core, stage.session, stage.host, turn);
    look.nested = true;
    let armed = Armed::of(conditions);
    let held = armed.hold(&look, tab.as_ref()).await;
    standing::check(stage, &tab).await?;
    match held {
        Ok(_) => Ok(true),
        Err(WaitFailure::Browser(_, BrowserError::WaitTimeout { .. })) => Ok(false),
        Err(WaitFailure::Browser(_, error)) => Err(failure::of_browser(error)),
        Err(WaitFailure::Script(error)) => Err(error),
    }
}

/// Performs a step. Where something that is ensured does not hold afterwards it is brought about, and the step is
/// performed once more, from where it began.
pub(super) async fn performed<'s, 'a: 's>(
    first: &Stage<'a>,
    again: impl FnOnce() -> &'s mut Stage<'a>,
    task: &Task,
) -> Result<Yield, CrawlError> {
    if first.session.state().ensured.is_empty() {
        return tries(first, task).await;
    }
    first.hold_warnings();
    let result = tries(first, task).await;
    let lapse = lapsed(first, task, &result).await;
    first.release_warnings(lapse.is_none());
    let Some(ensured) = lapse else { return result };
    repair(first, task, &ensured).await?;
    let second = again();
    let result = tries(second, task).await;
    match lapsed(second, task, &result).await {
        Some(ensured) => Err(lapsed_again(second, &ensured, result)),
        None => result,
    }
}

/// What does not hold after a step; it may be why the step failed.
async fn lapsed(stage: &Stage<'_>, task: &Task, result: &Result<Yield, CrawlError>) -> Option<Arc<Ensured>> {
    let all = stage.session.state().ensured.clone();
    if stage.nested || !concerns_page(task) || stage.session.has_openers() {
        return None;
    }
    if result.as_ref().is_err_and(|error| error.trouble != Trouble::Step || error.script.is_some()) {
        return None;
    }
    let landing = stage.session.tab().and_then(|tab| tab.landing())?;
    if !landing.url.starts_with("http") || is_data(&landing) {
        return None;
    }
    for ensured in all {
        // A page that cannot be asked says so in its next step.
        if matches!(holds(stage, &ensured.conditions, GRACE).await, Ok(false)) {
            return Some(ensured);
        }
    }
    None
}

/// JSON, text and the like: a document that shows nothing of what its site has around its pages. Refused, it is asked like
/// any other.
fn is_data(landing: &Landing) -> bool {
    let kind = landing.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value.as_str());
    !kind.is_empty() && !kind.contains("html") && !matches!(landing.status, Some(401 | 403))
}

fn concerns_page(task: &Task) -> bool {
    match task {
        Task::Crawl(_) => true,
        Task::Act(ActRequest { act, .. }) => act.needs_page(),
    }
}

/// Brings it about and goes back to where the step began.
async fn repair(stage: &Stage<'_>, task: &Task, ensured: &Ensured) -> Result<(), CrawlError> {
    let leads_itself = matches!(task, Task::Crawl(request) if goes_there(task) && absolute(request.url.as_deref()));
    let back = match leads_itself {
        true => Vec::new(),
        false => stage.session.state().trail.back().map_err(|why| unrepeatable(ensured, why))?,
    };
    let here = stage.session.page_url().unwrap_or_default();
    stage.warn(format!(
        "{} no longer held at {here}: it was brought about again, and the step repeated",
        ensured.words()
    ));
    let turn = Turn::new(&stage.session.id, Deadline::after(UNBOUNDED), Some(&stage.turn));
    let alone = Stage::new(stage.core, stage.session, stage.host, turn);
    bring_about(&alone, ensured).await?;
    for task in &back {
        let stage = quiet_stage(stage.core, stage.session, stage.host, task.timeout());
        tries(&stage, task).await.map_err(|error| error.note("on the way back to where the step began"))?;
    }
    if let Some(tab) = stage.session.tab() {
        // What was sent meanwhile is no part of the step.
        drop(tab.sent());
    }
    Ok(())
}

fn unrepeatable(ensured: &Ensured, why: Vec<String>) -> CrawlError {
    let message =
        format!("{} no longer holds, and the way back to where the step began cannot be gone again", ensured.words());
    let mut error = CrawlError::new("crawl::ensure::unrepeatable", message)
        .help("begin anew with a `crawl(url)`: it brings about first what does not hold");
    error.notes = why;
    error
}

fn lapsed_again(stage: &Stage<'_>, ensured: &Ensured, result: Result<Yield, CrawlError>) -> CrawlError {
    let here = stage.session.page_url().unwrap_or_default();
    let message = format!("{} held after it was brought about, but not after the step at {here}", ensured.words());
    let mut error = CrawlError::new("crawl::ensure::failed", message)
        .help("name a condition that every page of the session satisfies, such as one of its header");
    match result {
        Ok(given) => error.page = given.page().cloned(),
        Err(failed) => {
            error = error.note(format!("the step: {failed}"));
            error.page = failed.page;
        }
    }
    error
}
