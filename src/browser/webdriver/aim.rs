//! Targets: found and readied in the sandbox of the frame that is acted in.

use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use crate::browser::aim::{Check, Deed, Found, Place, Wish};
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::locate::{self, Answer};

use super::page::{SHORT, WebDriverTab};

impl WebDriverTab {
    /// Enters frames, outermost first.
    pub(super) async fn enter_frames(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError> {
        self.events.tracker.state().lane.entered.clear();
        for place in frames {
            let wish = Wish { place, checks: &[], deed: Some(&Deed::Frame), position: None };
            loop {
                self.find(&wish, deadline).await?;
                if let Some(frame) = self.held_frame(deadline).await? {
                    self.events.tracker.state().lane.entered.push(frame);
                    break;
                }
                self.breathe("the frame", deadline).await?;
            }
        }
        Ok(())
    }

    /// The frame that is acted in.
    pub(super) fn frame(&self) -> String {
        self.events.tracker.state().lane.entered.last().unwrap_or(&self.context).clone()
    }

    /// The address of the document in that frame.
    pub(super) async fn address_of_frame(&self, deadline: Deadline) -> Result<Option<String>, BrowserError> {
        self.in_frame(&self.frame(), || inpage::ADDRESS.to_owned(), deadline).await.map(Some)
    }

    /// The context that input is sent to. Firefox hands none on to frames of other sites: there it is the frame's own.
    pub(super) fn input_context(&self) -> String {
        if self.home.engine == Engine::Firefox { self.frame() } else { self.context.clone() }
    }

    /// Waits until a target is ready; its point is one of the viewport of [`Self::input_context`].
    pub(super) async fn make_ready(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError> {
        self.expect_focus(deadline).await?;
        loop {
            let mut ready = self.find(wish, deadline).await?;
            if !wish.checks.contains(&Check::Point) {
                return Ok(ready);
            }
            match self.outward(ready.point, deadline).await {
                Ok(point) => {
                    if self.input_context() == self.context {
                        ready.point = point;
                    }
                    return Ok(ready);
                }
                Err(error) if deadline.passed() || !matches!(error, BrowserError::Target(_)) => return Err(error),
                Err(_) => self.breathe("the target", deadline).await?,
            }
        }
    }

    async fn find(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError> {
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
        let state = self.events.tracker.state();
        let inner = state.lane.entered.len().saturating_sub(1);
        let frames = std::iter::once(&self.context).chain(&state.lane.entered[..inner]);
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

    /// Hands files to the field that was found last (`input.setFiles`).
    pub(super) async fn hand_over(&self, files: &[String], deadline: Deadline) -> Result<(), BrowserError> {
        let frame = self.frame();
        let field = self.held(locate::HELD, deadline).await?;
        let Some(id) = field.as_ref().and_then(|value| value.get("sharedId")) else {
            return Err(self.silent("input.setFiles", deadline));
        };
        let params = json!({ "context": frame, "element": { "sharedId": id }, "files": files });
        self.ask::<IgnoredAny>("input.setFiles", params, deadline).await.map(drop)
    }

    /// The context of the frame whose element was found last; `None` while it has no document.
    async fn held_frame(&self, deadline: Deadline) -> Result<Option<String>, BrowserError> {
        let window = self.held(&format!("{}.contentWindow", locate::HELD), deadline).await?;
        Ok(window.and_then(|window| Some(window.pointer("/value/context")?.as_str()?.to_owned())))
    }

    /// What an expression in the finder's sandbox comes to, as the protocol writes it.
    async fn held(&self, expression: &str, deadline: Deadline) -> Result<Option<Value>, BrowserError> {
        let params = json!({
            "expression": expression,
            "awaitPromise": false,
            "target": { "context": self.frame(), "sandbox": inpage::WORLD },
            "serializationOptions": { "maxObjectDepth": 0, "maxDomDepth": 0 },
        });
        #[derive(serde::Deserialize)]
        struct Raw {
            result: Option<Value>,
        }
        let asking = self.call::<Raw>("script.evaluate", params, deadline.left().min(SHORT));
        Ok(self.events.tracker.until_lost(asking).await?.ok().and_then(|raw| raw.result))
    }

    /// A page has no focus beside others of its browser: what a person acts on has.
    pub(super) async fn expect_focus(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let first = !std::mem::replace(&mut self.events.tracker.state().lane.focused, true);
        if first {
            let params = json!({ "enabled": true });
            let within = deadline.left().min(SHORT / 10);
            self.vendor_call::<IgnoredAny>("Emulation.setFocusEmulationEnabled", params, within).await;
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
