//! Calls into the isolated world, armed again whenever a navigation destroys it.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::locate;

use super::act::in_world;
use super::event::ExceptionDetails;
use super::lane::World;
use super::page::{ChromiumTab, SHORT};

/// What an in-page wait may take beyond its own timeout before the page counts as stuck.
const GRACE: Duration = Duration::from_millis(500);

/// The reply to a call of the in-page script.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InWorld<R> {
    result: Value<R>,
    exception_details: Option<ExceptionDetails>,
}

#[derive(Deserialize)]
struct Value<R> {
    // Absent where there was an exception.
    value: Option<R>,
}

impl ChromiumTab {
    /// Evaluates a call to the in-page script in the main frame; `call` makes its text anew for each try.
    pub(super) async fn in_page<R: DeserializeOwned>(
        &self,
        call: impl FnMut() -> String,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        let frame = self.events.state().main_frame.clone();
        self.in_frame(&frame, call, deadline).await
    }

    /// The same in the world of a frame.
    pub(super) async fn in_frame<R: DeserializeOwned>(
        &self,
        frame: &str,
        mut call: impl FnMut() -> String,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        loop {
            if let Some(done) = self.try_in_world(frame, &call(), deadline).await? {
                return Ok(done);
            }
            if deadline.passed() {
                return Err(self.silent("Runtime.evaluate", deadline));
            }
        }
    }

    /// One try in the world of `frame`; `None` when the document left under it.
    pub(super) async fn try_in_world<R: DeserializeOwned>(
        &self,
        frame: &str,
        call: &str,
        deadline: Deadline,
    ) -> Result<Option<R>, BrowserError> {
        let Some(world) = self.world(frame, deadline).await? else { return Ok(None) };
        let within = deadline.left() + GRACE;
        let params = in_world(call, &world);
        self.events.state().round_trips += 1;
        let evaluating = self.socket.call::<InWorld<R>>(Some(&world.session), "Runtime.evaluate", params, within);
        let reply = self.until_lost(evaluating).await?;
        self.in_world_value(reply, (frame, &world), deadline).await
    }

    /// What the in-page script answered from that world of `frame`; `None` when the document left under it.
    pub(super) async fn in_world_value<R>(
        &self,
        reply: Result<InWorld<R>, CdpError>,
        (frame, world): (&str, &World),
        deadline: Deadline,
    ) -> Result<Option<R>, BrowserError> {
        match reply {
            Ok(InWorld { exception_details: Some(thrown), .. }) => {
                let words = thrown.exception.and_then(|e| e.description).unwrap_or(thrown.text);
                if words.contains("crawlInPage is not defined") {
                    self.forget_world(frame, world);
                    return Ok(None);
                }
                if words.contains(locate::MISSING) {
                    self.install(locate::SCRIPT, world, deadline).await?;
                    return Ok(None);
                }
                Err(BrowserError::Protocol { command: "the in-page script".to_owned(), message: words })
            }
            Ok(InWorld { result: Value { value: Some(value) }, .. }) => Ok(Some(value)),
            Ok(_) => {
                Err(BrowserError::Protocol { command: "the in-page script".to_owned(), message: "no value".to_owned() })
            }
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                Err(self.silent("Runtime.evaluate", deadline))
            }
            Err(error) if error.context_lost() || error.target_lost() => {
                self.events.state().usable()?;
                self.forget_world(frame, world);
                // A document on its way out may still answer; the next one is a moment away.
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(None)
            }
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Puts a script into a world; one whose document left meanwhile does without.
    async fn install(&self, script: &str, world: &World, deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "expression": script, "uniqueContextId": world.context });
        let within = deadline.left().min(SHORT);
        let installing =
            self.socket.call::<serde::de::IgnoredAny>(Some(&world.session), "Runtime.evaluate", params, within);
        self.until_lost(installing).await.map(drop)
    }

    /// The isolated world of `frame`: as announced, else made now (a document from before we listened).
    async fn world(&self, frame: &str, deadline: Deadline) -> Result<Option<World>, BrowserError> {
        if let Some(world) = self.events.state().lane.worlds.get(frame) {
            return Ok(Some(world.clone()));
        }
        let announced = self.wait_for(|state| state.lane.worlds.get(frame).cloned());
        if let Ok(world) = tokio::time::timeout(Duration::from_millis(20), announced).await {
            return Ok(Some(world));
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Made {
            execution_context_id: i64,
        }
        let session = self.session_of(frame);
        let within = deadline.left().min(SHORT);
        let params = json!({ "frameId": frame, "worldName": inpage::WORLD });
        let making = self.socket.call::<Made>(Some(&session), "Page.createIsolatedWorld", params, within);
        let made = match self.until_lost(making).await? {
            Ok(made) => made,
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                return Err(self.silent("Page.createIsolatedWorld", deadline));
            }
            // The frame went, or is between two documents.
            Err(_) => return Ok(None),
        };
        let params = json!({ "expression": inpage::SCRIPT, "contextId": made.execution_context_id });
        let installing = self.socket.call::<serde::de::IgnoredAny>(Some(&session), "Runtime.evaluate", params, within);
        if self.until_lost(installing).await?.is_err() {
            return Ok(None);
        }
        if !self.events.state().lane.worlds.contains_key(frame) {
            // It stood before the document was known to have committed, as in a pop-up that waited: told again.
            for method in ["Runtime.disable", "Runtime.enable"] {
                let telling = self.socket.call::<serde::de::IgnoredAny>(Some(&session), method, json!({}), within);
                let _ = self.until_lost(telling).await?;
            }
        }
        Ok(self.events.state().lane.worlds.get(frame).cloned())
    }

    fn session_of(&self, frame: &str) -> String {
        let state = self.events.state();
        let child = state.lane.children.iter().find(|(_, target)| *target == frame);
        child.map_or_else(|| self.session.clone(), |(session, _)| session.clone())
    }

    fn forget_world(&self, frame: &str, world: &World) {
        let mut state = self.events.state();
        if state.lane.worlds.get(frame) == Some(world) {
            state.lane.worlds.remove(frame);
        }
    }

    pub(super) fn silent(&self, command: &str, deadline: Deadline) -> BrowserError {
        let silent = BrowserError::PageSilent { command: command.to_owned(), timeout: deadline.total() };
        self.events.state().usable().err().unwrap_or(silent)
    }
}
