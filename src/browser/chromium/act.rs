//! Baselines, js, wait and snapshot sent together: the page answers them one after another, and a step costs one round
//! trip instead of three.
//!
//! A selector that the page's engine has not seen yet is measured before anything else is sent: where it is refused, the
//! js does not run. What is sent early may not run early. The page's thread takes its messages in order, so that the
//! baselines are those before the js, and the wait begins after it. Two cases are found out afterwards, and the wait is
//! then done anew:
//!
//! - The js gave a promise that was still pending when the wait ended: the wait is answered before the js is. A wait that
//!   is answered after it has seen what the js left behind, whenever it began.
//! - A navigation was asked for: what was seen of the old document is dropped.

use std::time::Instant;

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::browser::cdp::{CdpError, Pending};
use crate::browser::condition::Baseline;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, Baselines, Settled};
use crate::browser::snapshot::{JsOutcome, Taken};
use crate::browser::tab::{Acted, PageAct, by_turns};
use crate::syntax::JsForm;

use super::lane::World;
use super::page::ChromiumTab;
use super::script::{Evaluated, LATE, program_params, with_grace};
use super::world::InWorld;

/// More than these no honest script measures.
const MOST_SELECTORS: usize = 1_000;

/// The two worlds of the document that a step begins with.
struct Stands {
    frame: String,
    main: String,
    own: World,
}

/// Commands under way.
struct Sent {
    baselines: Option<Pending>,
    js: Pending,
    /// The wait; nothing where the js is known to give a promise.
    early: Option<Pending>,
}

impl ChromiumTab {
    pub(super) async fn act_at_once(&self, act: &PageAct<'_>, deadline: Deadline) -> Result<Acted, BrowserError> {
        if let Some(stands) = self.stands().filter(|_| self.took(act.baselines) && !self.identity.no_javascript)
            && let Some(acted) = self.send_and_hear(&stands, act, deadline).await?
        {
            return Ok(acted);
        }
        let acted = by_turns(self, act, deadline).await?;
        let mut state = self.events.state();
        if state.lane.taken.len() > MOST_SELECTORS {
            state.lane.taken.clear();
        }
        state.lane.taken.extend(act.baselines.iter().cloned());
        drop(state);
        Ok(acted)
    }

    /// Whether the engine knows these selectors: else js would run although its baseline is refused.
    fn took(&self, selectors: &[String]) -> bool {
        let state = self.events.state();
        selectors.iter().all(|css| state.lane.taken.contains(css))
    }

    fn stands(&self) -> Option<Stands> {
        let state = self.events.state();
        let own = state.lane.worlds.get(&state.main_frame)?.clone();
        let main = state.lane.main_world.clone()?;
        (own.session == self.session).then(|| Stands { frame: state.main_frame.clone(), main, own })
    }

    /// `None` when the document had left before the js: nothing has run.
    async fn send_and_hear(
        &self,
        stands: &Stands,
        act: &PageAct<'_>,
        deadline: Deadline,
    ) -> Result<Option<Acted>, BrowserError> {
        let asked = self.events.tracker.begin_act()?;
        let begun = Instant::now();
        self.events.state().round_trips += 1;
        self.hold_frames();
        let mut sent = self.send_act(stands, act, deadline).map_err(|error| self.explain(error))?;
        let baselines = match sent.baselines.take() {
            Some(pending) => self.heard_baselines(pending, stands, deadline).await,
            None => Ok(Some(Vec::new())),
        };
        let measured = begun.elapsed();
        let baselines = match baselines {
            Ok(baselines) => baselines,
            Err(error) => {
                // The js is on its way, and runs before anything else does.
                self.forget_early(stands);
                let _ = self.until_lost(sent.js.numbered::<IgnoredAny>(LATE)).await;
                return Err(error);
            }
        };
        let (number, reply) = self.until_lost(sent.js.numbered::<Evaluated>(deadline.left())).await?;
        if reply.as_ref().is_err_and(CdpError::context_missing) {
            return Ok(None);
        }
        let js = self.outcome(reply, asked, act.program, deadline).await;
        let took = [measured, begun.elapsed() - measured];
        let settled = match sent.early {
            Some(early) if baselines.is_some() => self.heard_early(&js, number, early, stands, deadline).await,
            _ => None,
        };
        // Without baselines the document left before them, and the js, which may have run, was told of that too.
        Ok(Some(Acted { baselines: baselines.unwrap_or_default(), js, settled, took }))
    }

    fn send_act(&self, stands: &Stands, act: &PageAct<'_>, deadline: Deadline) -> Result<Sent, CdpError> {
        let baselines = match act.baselines {
            [] => None,
            selectors => Some(self.begin(in_world(&inpage::baseline_call(selectors), &stands.own))?),
        };
        let mut program = program_params(act.program);
        program["uniqueContextId"] = json!(stands.main);
        let js = self.begin(program)?;
        let early = match act.program.form() {
            JsForm::Statements => None,
            JsForm::Expression | JsForm::Function => {
                let settle = {
                    let state = self.events.state();
                    inpage::early_settle_call(act.condition, deadline.left(), &state.lane.known)
                };
                Some(self.begin(in_world(&settle, &stands.own))?)
            }
        };
        Ok(Sent { baselines, js, early })
    }

    fn begin(&self, params: Value) -> Result<Pending, CdpError> {
        self.socket.begin(Some(&self.session), "Runtime.evaluate", params)
    }

    async fn heard_baselines(
        &self,
        mut pending: Pending,
        stands: &Stands,
        deadline: Deadline,
    ) -> Result<Option<Vec<Baseline>>, BrowserError> {
        let (_, reply) = self.until_lost(pending.numbered::<InWorld<Baselines>>(with_grace(deadline))).await?;
        match self.in_world_value(reply, (&stands.frame, &stands.own), deadline).await? {
            Some(baselines) => baselines.into_result().map(Some),
            None => Ok(None),
        }
    }

    /// The wait and the snapshot that were sent early, where they count.
    async fn heard_early(
        &self,
        js: &Result<JsOutcome, BrowserError>,
        answered: u64,
        mut settling: Pending,
        stands: &Stands,
        deadline: Deadline,
    ) -> Option<Result<Taken, BrowserError>> {
        let done = js.as_ref().is_ok_and(|outcome| !outcome.navigating);
        if !done {
            self.forget_early(stands);
            return None;
        }
        let mut heard = self.until_lost(settling.numbered::<InWorld<Settled>>(deadline.left())).await;
        if let Ok((_, Err(CdpError::Silent { .. }))) = heard {
            // Its own time began when the page came to it: later than the step's.
            self.forget_early(stands);
            heard = self.until_lost(settling.numbered(LATE)).await;
        }
        let reply = match heard {
            Ok((number, _)) if number < answered => return None,
            Ok((_, reply)) => reply,
            Err(lost) => return Some(Err(lost)),
        };
        match self.in_world_value(reply, (&stands.frame, &stands.own), deadline).await {
            Ok(Some(settled)) => Some(self.whole_snapshot(settled, &stands.frame, deadline).await),
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    }

    /// Ends the early wait, if there is one.
    fn forget_early(&self, stands: &Stands) {
        self.socket.send(Some(&self.session), "Runtime.evaluate", in_world(inpage::FORGET, &stands.own));
    }
}

/// The parameters of `Runtime.evaluate` for a call to the in-page script.
pub(super) fn in_world(call: &str, world: &World) -> Value {
    json!({
        "expression": call,
        "uniqueContextId": world.context,
        "awaitPromise": true,
        "returnByValue": true,
    })
}
