//! Waiting for a step's conditions: armed before anything acts, held afterwards.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::{BoxFuture, try_join_all};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::stage::Stage;
use super::{Condition, CrawlError, standing};
use crate::browser::{Baseline, BrowserError, Deadline, DomCondition, LastSeen, Response, Tab};

/// The pause between two questions to a closure of the script.
const POLL: Duration = Duration::from_millis(50);

/// Conditions with their baselines.
pub(super) struct Armed {
    /// As the script wrote them.
    pub written: String,
    condition: Option<Condition>,
}

/// Why a wait ended without success.
pub(super) enum WaitFailure {
    /// The browser's side: the condition that it was about, and what it said.
    Browser(Box<Condition>, BrowserError),
    /// The script's side: a closure's own error.
    Script(CrawlError),
}

/// What the last of the conditions gave: the response that a `response(…)` waited for.
type Held = Result<Option<Response>, WaitFailure>;

impl Armed {
    /// Conditions whose baselines are still to be taken.
    pub fn of(conditions: &[Condition]) -> Self {
        let condition = Condition::folded(conditions);
        let written = match conditions {
            _ if condition.is_none() => String::new(),
            [one] => one.to_string(),
            many => Condition::All(many.to_vec()).to_string(),
        };
        Self { written, condition }
    }

    /// Takes the baselines that the conditions need, and begins to listen where they ask for responses.
    pub async fn arm(conditions: &[Condition], tab: &dyn Tab, deadline: Deadline) -> Result<Self, BrowserError> {
        let mut armed = Self::of(conditions);
        let mut parts = armed.condition.iter().flat_map(Condition::tree);
        if parts.any(|part| matches!(part, Condition::Response(_))) {
            tab.arm_responses(deadline).await?;
        }
        let selectors = armed.baseline_selectors();
        if !selectors.is_empty() {
            let taken = tab.baseline(&selectors, deadline).await?;
            armed.set_baselines(selectors, taken);
        }
        Ok(armed)
    }

    /// The selectors that need a baseline before anything acts.
    pub fn baseline_selectors(&self) -> Vec<String> {
        self.condition.as_ref().map(baseline_selectors).unwrap_or_default()
    }

    /// Puts the baselines of [`Self::baseline_selectors`] into their places.
    pub fn set_baselines(&mut self, selectors: Vec<String>, taken: Vec<Baseline>) {
        let baselines: Vec<(String, Baseline)> = selectors.into_iter().zip(taken).collect();
        if let Some(condition) = &mut self.condition {
            set_baselines(condition, &baselines);
        }
    }

    /// Whether there is nothing to wait for.
    pub fn is_empty(&self) -> bool {
        self.condition.is_none()
    }

    /// The whole condition, if the page's DOM alone can answer it: the wait and the snapshot are then one call.
    pub fn in_page(&self) -> Option<&DomCondition> {
        match &self.condition {
            Some(Condition::Dom(condition)) => Some(condition),
            _ => None,
        }
    }

    /// Waits until all hold.
    pub async fn hold(&self, stage: &Stage<'_>, tab: &dyn Tab) -> Held {
        let Some(condition) = &self.condition else { return Ok(None) };
        let held = hold(condition, stage, tab).await;
        tab.disarm_responses();
        held
    }

    /// A failure of the call that waited in the page.
    pub fn failed(&self, error: BrowserError) -> WaitFailure {
        let condition = self.condition.clone().unwrap_or(Condition::All(Vec::new()));
        WaitFailure::Browser(Box::new(condition), error)
    }

    /// The selectors that the conditions ask for.
    pub fn selectors(&self) -> Vec<String> {
        let mut all = Vec::new();
        for part in self.condition.iter().flat_map(Condition::tree) {
            if let Condition::Dom(condition) = part {
                positive_selectors(condition, &mut all);
            }
        }
        let mut seen = HashSet::new();
        all.retain(|css| seen.insert(css.clone()));
        all
    }
}

fn hold<'a>(condition: &'a Condition, stage: &'a Stage<'_>, tab: &'a dyn Tab) -> BoxFuture<'a, Held> {
    Box::pin(async move {
        let deadline = stage.deadline();
        let outcome = match condition {
            Condition::Dom(dom) => tab.wait_dom(dom, deadline).await.map(|()| None),
            Condition::Js(program) => tab.wait_js(program, deadline).await.map(|()| None),
            Condition::Url(pattern) => tab.wait_url(pattern, deadline).await.map(|()| None),
            Condition::Response(pattern) => tab.wait_response(pattern, deadline).await.map(Some),
            Condition::Idle(quiet) => tab.wait_idle(*quiet, deadline).await.map(|()| None),
            Condition::Closure(_) => return poll(condition, stage).await,
            Condition::All(of) => {
                let held = try_join_all(of.iter().map(|part| hold(part, stage, tab))).await?;
                return Ok(held.into_iter().flatten().next_back());
            }
            Condition::Any(of) => return race(of, stage, tab).await,
        };
        outcome.map_err(|error| WaitFailure::Browser(Box::new(condition.clone()), error))
    })
}

/// The first that holds wins; one that ran out of time loses only together with all others.
async fn race(of: &[Condition], stage: &Stage<'_>, tab: &dyn Tab) -> Held {
    let mut running: FuturesUnordered<_> = of.iter().map(|part| hold(part, stage, tab)).collect();
    let mut words = Vec::new();
    while let Some(outcome) = running.next().await {
        match outcome {
            Err(WaitFailure::Browser(part, BrowserError::WaitTimeout { last })) => {
                words.push(format!("{part}: {}", last.words));
            }
            decided => return decided,
        }
    }
    words.sort();
    let last = LastSeen { words: words.join("; "), ..LastSeen::default() };
    Err(WaitFailure::Browser(Box::new(Condition::Any(of.to_vec())), BrowserError::WaitTimeout { last }))
}

async fn poll(condition: &Condition, stage: &Stage<'_>) -> Held {
    let Condition::Closure(closure) = condition else { return Ok(None) };
    let deadline = stage.deadline();
    loop {
        standing::check_page(stage).await.map_err(WaitFailure::Script)?;
        let asked = stage.host.poll(closure, stage.live_page(None));
        let answer = tokio::time::timeout_at(deadline.instant().into(), asked).await;
        match answer {
            Ok(Ok(holds)) => {
                standing::check_page(stage).await.map_err(WaitFailure::Script)?;
                if holds {
                    return Ok(None);
                }
            }
            Ok(Err(error)) => return Err(WaitFailure::Script(error)),
            Err(_) => return Err(ran_out(condition, "the closure had not returned")),
        }
        tokio::time::sleep(POLL.min(deadline.left())).await;
        if deadline.passed() {
            return Err(ran_out(condition, "the closure returned false"));
        }
    }
}

fn ran_out(condition: &Condition, words: &str) -> WaitFailure {
    let last = LastSeen { words: words.to_owned(), ..LastSeen::default() };
    WaitFailure::Browser(Box::new(condition.clone()), BrowserError::WaitTimeout { last })
}

fn baseline_selectors(condition: &Condition) -> Vec<String> {
    let mut all = Vec::new();
    for part in condition.tree() {
        if let Condition::Dom(dom) = part {
            all.extend(dom.baseline_selectors());
        }
    }
    let mut seen = HashSet::new();
    all.retain(|css| seen.insert(css.clone()));
    all
}

fn set_baselines(condition: &mut Condition, baselines: &[(String, Baseline)]) {
    match condition {
        Condition::Dom(dom) => dom.set_baselines(baselines),
        Condition::All(of) | Condition::Any(of) => of.iter_mut().for_each(|part| set_baselines(part, baselines)),
        _ => {}
    }
}

/// Selectors of conditions that need a match: for those that had none there is something to explain.
fn positive_selectors(condition: &DomCondition, all: &mut Vec<String>) {
    match condition {
        DomCondition::Attached { css }
        | DomCondition::Visible { css }
        | DomCondition::Count { css, .. }
        | DomCondition::Text { css, .. }
        | DomCondition::Changed { css, .. }
        | DomCondition::Grows { css, .. } => all.push(css.clone()),
        DomCondition::Hidden { .. } | DomCondition::Gone { .. } => {}
        DomCondition::All { of } | DomCondition::Any { of } => of.iter().for_each(|c| positive_selectors(c, all)),
    }
}
