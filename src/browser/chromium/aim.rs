//! Targets: found and readied in the isolated world of the frame that is acted in.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::json;

use crate::browser::aim::{Check, Deed, Found, Place, Wish};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::locate::{self, Answer};

use super::page::{ChromiumTab, SHORT};
use super::script::Evaluated;

impl ChromiumTab {
    /// Enters frames, outermost first.
    pub(super) async fn enter_frames(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError> {
        {
            let lane = &mut self.events.state().lane;
            lane.entered.clear();
            lane.left.clear();
        }
        for place in frames {
            let wish = Wish { place, checks: &[], deed: Some(&Deed::Frame), position: None };
            loop {
                self.find(&wish, deadline).await?;
                if let Some(frame) = self.held_frame(deadline).await? {
                    self.events.state().lane.entered.push(frame);
                    break;
                }
                self.breathe("the frame", deadline).await?;
            }
        }
        Ok(())
    }

    /// The frame that is acted in.
    pub(super) fn frame(&self) -> String {
        let state = self.events.state();
        state.lane.entered.last().unwrap_or(&state.main_frame).clone()
    }

    /// The address of the document in that frame; `None` where the page took it away.
    pub(super) async fn address_of_frame(&self, deadline: Deadline) -> Result<Option<String>, BrowserError> {
        let frame = self.frame();
        loop {
            if self.events.state().lane.left.contains(&frame) {
                return Ok(None);
            }
            if let Some(address) = self.try_in_world(&frame, inpage::ADDRESS, deadline).await? {
                return Ok(Some(address));
            }
            if deadline.passed() {
                return Err(self.silent("Runtime.evaluate", deadline));
            }
        }
    }

    /// Waits until a target is ready; its point is one of the main document's viewport.
    pub(super) async fn make_ready(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError> {
        self.expect_focus(deadline).await?;
        loop {
            let mut ready = self.find(wish, deadline).await?;
            if !wish.checks.contains(&Check::Point) {
                return Ok(ready);
            }
            match self.outward(ready.point, deadline).await {
                Ok(point) => {
                    ready.point = point;
                    return Ok(ready);
                }
                Err(error) if deadline.passed() || !matches!(error, BrowserError::Target(_)) => return Err(error),
                Err(_) => self.breathe("the target", deadline).await?,
            }
        }
    }

    async fn find(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError> {
        self.need_frames();
        let frame = self.frame();
        let answer: Answer = self.in_frame(&frame, || locate::ready_call(wish, deadline.left()), deadline).await?;
        answer.into_result()
    }

    /// Waits until a target is visible and still, and tells where it lies in the main document, as far as it is seen.
    pub(super) async fn area(&self, place: &Place, deadline: Deadline) -> Result<[f64; 4], BrowserError> {
        let checks = &[Check::Visible, Check::Stable];
        let wish = Wish { place, checks, deed: Some(&Deed::Picture), position: None };
        let mut did = self.find(&wish, deadline).await?.did;
        for frame in self.around().iter().rev() {
            let answer: Answer = self.in_frame(frame, || locate::surround_call(did.area), deadline).await?;
            did = answer.into_result()?.did;
        }
        Ok(did.area_of_document())
    }

    /// The frames around the one that is acted in, outermost first.
    fn around(&self) -> Vec<String> {
        let state = self.events.state();
        let inner = state.lane.entered.len().saturating_sub(1);
        let frames = std::iter::once(&state.main_frame).chain(&state.lane.entered[..inner]);
        if state.lane.entered.is_empty() { Vec::new() } else { frames.cloned().collect() }
    }

    /// A point of the frame that is acted in, as the frames around it have it.
    async fn outward(&self, point: (f64, f64), deadline: Deadline) -> Result<(f64, f64), BrowserError> {
        let mut point = point;
        for frame in self.around().iter().rev() {
            let answer: Answer = self.in_frame(frame, || locate::outward_call(point), deadline).await?;
            point = answer.into_result()?.point;
        }
        Ok(point)
    }

    /// A call to the finder in the frame that is acted in.
    pub(super) async fn locate<R: DeserializeOwned>(&self, call: &str, deadline: Deadline) -> Result<R, BrowserError> {
        let frame = self.frame();
        self.in_frame(&frame, || call.to_owned(), deadline).await
    }

    /// Lets the page have its next frame; an act may have taken away what it was done in.
    pub(super) async fn let_paint(&self, deadline: Deadline) -> Result<bool, BrowserError> {
        self.need_frames();
        loop {
            let frame = {
                let state = self.events.state();
                let lane = &state.lane;
                let stands = lane.entered.iter().take_while(|frame| !lane.left.contains(*frame)).last();
                stands.unwrap_or(&state.main_frame).clone()
            };
            if let Some(done) = self.try_in_world(&frame, locate::FRAMES, deadline).await? {
                return Ok(done);
            }
            if deadline.passed() {
                return Err(self.silent("Runtime.evaluate", deadline));
            }
        }
    }

    /// Hands files to the field that was found last (`DOM.setFileInputFiles`).
    pub(super) async fn hand_over(&self, files: &[String], deadline: Deadline) -> Result<(), BrowserError> {
        let frame = self.frame();
        let Some((session, object)) = self.held(&frame, deadline).await? else {
            return Err(self.silent("DOM.setFileInputFiles", deadline));
        };
        let params = json!({ "files": files, "objectId": object });
        let within = deadline.left().min(SHORT);
        let handing = self.socket.call::<IgnoredAny>(Some(&session), "DOM.setFileInputFiles", params, within);
        self.until_lost(handing).await?.map(drop).map_err(|error| self.explain(error))
    }

    /// The id of the frame whose element was found last; `None` while it has no document.
    async fn held_frame(&self, deadline: Deadline) -> Result<Option<String>, BrowserError> {
        #[derive(Deserialize)]
        struct Described {
            node: Node,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Node {
            frame_id: Option<String>,
        }
        let frame = self.frame();
        let Some((session, object)) = self.held(&frame, deadline).await? else { return Ok(None) };
        let within = deadline.left().min(SHORT);
        let asking =
            self.socket.call::<Described>(Some(&session), "DOM.describeNode", json!({ "objectId": object }), within);
        Ok(self.until_lost(asking).await?.ok().and_then(|described| described.node.frame_id))
    }

    /// The remote object of the element that was found last, and the session that it is known in.
    async fn held(&self, frame: &str, deadline: Deadline) -> Result<Option<(String, String)>, BrowserError> {
        let Some(world) = self.events.state().lane.worlds.get(frame).cloned() else { return Ok(None) };
        let params = json!({ "expression": locate::HELD, "uniqueContextId": world.context, "objectGroup": "crawl" });
        let within = deadline.left().min(SHORT);
        let asking = self.socket.call::<Evaluated>(Some(&world.session), "Runtime.evaluate", params, within);
        let object = self.until_lost(asking).await?.ok().and_then(|evaluated| evaluated.result.object_id);
        Ok(object.map(|object| (world.session, object)))
    }

    /// A page has no focus beside others of its browser: what a person acts on has.
    pub(super) async fn expect_focus(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let first = !std::mem::replace(&mut self.events.state().lane.focused, true);
        if first {
            let params = json!({ "enabled": true });
            self.ask::<IgnoredAny>("Emulation.setFocusEmulationEnabled", params, deadline).await?;
        }
        Ok(())
    }

    async fn breathe(&self, what: &str, deadline: Deadline) -> Result<(), BrowserError> {
        if deadline.passed() {
            return Err(self.silent(what, deadline));
        }
        tokio::time::sleep(Duration::from_millis(30).min(deadline.left())).await;
        Ok(())
    }
}
