//! Baselines, waits and snapshots: one call each, and one more per frame of another origin.

use std::time::Instant;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;

use crate::browser::condition::{Baseline, DomCondition};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, Baselines, Captured, Settled};
use crate::browser::snapshot::{Snapshot, Taken};
use crate::browser::still;

use super::event::RemoteObject;
use super::page::ChromiumTab;
use super::script::Evaluated;

/// Whether a document may stand before the browser tells of it: its events come in order.
const SWAPS: bool = false;

/// Frames nested deeper than this are left empty.
const FRAME_DEPTH: usize = 8;

impl ChromiumTab {
    pub(super) async fn measure(&self, css: &[String], deadline: Deadline) -> Result<Vec<Baseline>, BrowserError> {
        let frame = self.frame();
        let baselines: Baselines = self.in_frame(&frame, || inpage::baseline_call(css), deadline).await?;
        baselines.into_result()
    }

    pub(super) async fn settle_page(
        &self,
        condition: Option<&DomCondition>,
        deadline: Deadline,
    ) -> Result<Taken, BrowserError> {
        self.hold_frames();
        if let Some(taken) = self.asked_ahead(condition, deadline).await? {
            return Ok(taken);
        }
        let frame = self.events.state().main_frame.clone();
        let settled = self.settled(&frame, (condition, true, true), deadline).await?;
        self.whole_snapshot(settled, &frame, deadline).await
    }

    pub(super) async fn look_at_page(&self, deadline: Deadline) -> Result<Snapshot, BrowserError> {
        let frame = self.events.state().main_frame.clone();
        let settled = self.settled(&frame, (None, true, false), deadline).await?;
        Ok(self.whole_snapshot(settled, &frame, deadline).await?.snapshot)
    }

    /// The snapshot of a reply, with the frames that the world of `frame` cannot read.
    pub(super) async fn whole_snapshot(
        &self,
        settled: Settled,
        frame: &str,
        deadline: Deadline,
    ) -> Result<Taken, BrowserError> {
        let waited = settled.waited();
        let mut captured = settled.into_result()?;
        self.events.state().lane.known.complete(&mut captured)?;
        let snapshot = if captured.has_gaps() {
            self.fill(captured, frame.to_owned(), 0, deadline).await
        } else {
            captured.into_snapshot(&mut std::iter::empty())
        };
        Ok(Taken { snapshot, waited })
    }

    pub(super) async fn hold(&self, condition: &DomCondition, deadline: Deadline) -> Result<(), BrowserError> {
        self.settled(&self.frame(), (Some(condition), false, true), deadline).await?.into_result().map(drop)
    }

    async fn settled(
        &self,
        frame: &str,
        (condition, capture, follows): (Option<&DomCondition>, bool, bool),
        deadline: Deadline,
    ) -> Result<Settled, BrowserError> {
        let still = self.identity.no_javascript;
        let call = || match (still, capture) {
            (true, _) => inpage::still_settle_call(condition, capture),
            (false, true) => {
                let known = &self.events.state().lane.known;
                inpage::settle_since_call(condition, deadline.left(), known)
            }
            (false, false) => inpage::settle_call(condition, deadline.left(), false),
        };
        loop {
            let loader = match follows {
                true => self.caught_up_with(condition, deadline).await?,
                false => String::new(),
            };
            let counts =
                || !follows || deadline.passed() || self.events.tracker.counts(&loader, (condition, capture), SWAPS);
            match self.try_in_world(frame, &call(), deadline).await? {
                Some(settled) if still && still::again(&settled, deadline).await => {}
                Some(settled) if counts() => return Ok(settled),
                Some(_) => {}
                None if deadline.passed() => return Err(self.silent("Runtime.evaluate", deadline)),
                None => {}
            }
        }
    }

    /// Follows a page that moved on by itself, before anything is read of it; gives the loader of the document that stands.
    pub(super) async fn caught_up_with(
        &self,
        condition: Option<&DomCondition>,
        deadline: Deadline,
    ) -> Result<String, BrowserError> {
        let began = Instant::now();
        let give_up = async |before: String| self.give_up("", began, &before, deadline).await;
        self.events.tracker.caught_up(condition, SWAPS, deadline, give_up).await
    }

    /// Reads the frames that the world of `frame` cannot.
    fn fill(&self, captured: Captured, frame: String, depth: usize, deadline: Deadline) -> BoxFuture<'_, Snapshot> {
        Box::pin(async move {
            let mut gaps = Vec::new();
            if captured.has_gaps() && depth < FRAME_DEPTH {
                for owner in self.owners(&frame, deadline).await.unwrap_or_default() {
                    gaps.push(self.frame_snapshot(owner, depth + 1, deadline).await);
                }
            }
            captured.into_snapshot(&mut gaps.into_iter())
        })
    }

    async fn frame_snapshot(&self, frame: Option<String>, depth: usize, deadline: Deadline) -> Snapshot {
        let Some(frame) = frame else { return Snapshot::default() };
        let call = inpage::settle_call(None, deadline.left(), true);
        for _ in 0..3 {
            match self.try_in_world::<Settled>(&frame, &call, deadline).await {
                Ok(Some(settled)) => {
                    let Ok(captured) = settled.into_result() else { break };
                    return self.fill(captured, frame, depth, deadline).await;
                }
                Ok(None) => {}
                Err(_) => break,
            }
        }
        Snapshot::default()
    }

    /// The ids of the frames that the snapshot of `frame` left out, in its order.
    async fn owners(&self, frame: &str, deadline: Deadline) -> Option<Vec<Option<String>>> {
        let world = self.events.state().lane.worlds.get(frame).cloned()?;
        let session = Some(world.session.as_str());
        let params = json!({ "expression": inpage::OWNERS, "uniqueContextId": world.context, "objectGroup": "frames" });
        let list: Evaluated = self.socket.call(session, "Runtime.evaluate", params, deadline.left()).await.ok()?;
        let params = json!({ "objectId": list.result.object_id?, "ownProperties": true });
        let properties: Properties =
            self.socket.call(session, "Runtime.getProperties", params, deadline.left()).await.ok()?;
        let mut ids = Vec::new();
        for property in properties.result {
            let is_item = property.name.bytes().all(|c| c.is_ascii_digit());
            let Some(object) = property.value.and_then(|value| value.object_id).filter(|_| is_item) else { continue };
            let params = json!({ "objectId": object });
            let node: Result<Described, _> =
                self.socket.call(session, "DOM.describeNode", params, deadline.left()).await;
            ids.push(node.ok().and_then(|described| described.node.frame_id));
        }
        self.socket.send(session, "Runtime.releaseObjectGroup", json!({ "objectGroup": "frames" }));
        Some(ids)
    }
}

#[derive(Deserialize)]
struct Properties {
    result: Vec<Property>,
}

#[derive(Deserialize)]
struct Property {
    name: String,
    value: Option<RemoteObject>,
}

#[derive(Deserialize)]
struct Described {
    node: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    frame_id: Option<String>,
}
