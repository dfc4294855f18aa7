//! The user's js in the page's main world.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::{BrowserError, JsException};
use crate::browser::snapshot::JsOutcome;
use crate::browser::user_js::{self, PLAIN, SCRIPT_NAME, place_in_stack, unreturnable};
use crate::syntax::JsProgram;

use super::event::{ExceptionDetails, RemoteObject};
use super::page::{ChromiumTab, SHORT};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Evaluated {
    pub(super) result: RemoteObject,
    pub(super) exception_details: Option<ExceptionDetails>,
}

impl ChromiumTab {
    pub(super) async fn run_program(&self, program: &JsProgram, deadline: Deadline) -> Result<JsOutcome, BrowserError> {
        let asked = self.events.tracker.begin_act()?;
        let mut params = program_params(program);
        let session = self.aim_at_frame(&mut params, deadline).await?;
        self.events.state().round_trips += 1;
        let evaluating = self.socket.call::<Evaluated>(Some(&session), "Runtime.evaluate", params, deadline.left());
        let reply = self.until_lost(evaluating).await?;
        self.outcome(reply, asked, program, deadline).await
    }

    /// Directs an evaluation to the main world of the frame that is acted in; the session that serves it.
    pub(super) async fn aim_at_frame(&self, params: &mut Value, deadline: Deadline) -> Result<String, BrowserError> {
        let entered = self.events.state().lane.entered.last().cloned();
        let Some(frame) = entered else { return Ok(self.session.clone()) };
        let standing = self.wait_for(|state| state.lane.frame_worlds.get(&frame).cloned());
        let world = tokio::time::timeout(deadline.left(), standing).await;
        let world = world.map_err(|_| self.silent("Runtime.evaluate", deadline))?;
        params["uniqueContextId"] = json!(world.context);
        Ok(world.session)
    }

    /// The session that serves the frame that is acted in.
    fn frame_session(&self) -> String {
        let state = self.events.state();
        let world = state.lane.entered.last().and_then(|frame| state.lane.frame_worlds.get(frame));
        world.map_or_else(|| self.session.clone(), |world| world.session.clone())
    }

    /// What the reply to a program says; `asked` is how many navigations there were before it.
    pub(super) async fn outcome(
        &self,
        reply: Result<Evaluated, CdpError>,
        asked: u64,
        program: &JsProgram,
        deadline: Deadline,
    ) -> Result<JsOutcome, BrowserError> {
        let evaluated = match reply {
            Ok(evaluated) => evaluated,
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                self.events.state().usable()?;
                return Err(BrowserError::JsTimeout { timeout: deadline.total() });
            }
            Err(error) if error.context_lost() => {
                self.events.state().usable()?;
                return Ok(JsOutcome { value: Value::Null, navigating: true });
            }
            Err(error) => return Err(self.explain(error)),
        };
        if let Some(details) = evaluated.exception_details {
            return Err(BrowserError::Js(exception(&details, program)));
        }
        let value = match self.value_of(evaluated.result, deadline).await {
            // The document left with the object.
            Err(_) if self.events.tracker.navigated_since(asked) => Value::Null,
            other => other?,
        };
        Ok(JsOutcome { value, navigating: self.events.tracker.navigated_since(asked) })
    }

    /// The value as JSON; nodes as a plain description; what has no JSON is an error that says what can be returned.
    async fn value_of(&self, object: RemoteObject, deadline: Deadline) -> Result<Value, BrowserError> {
        match (object.kind.as_str(), object.subtype.as_deref()) {
            ("undefined", _) => return Ok(Value::Null),
            ("string" | "boolean", _) | (_, Some("null")) => return Ok(object.value.unwrap_or_default()),
            // JSON has neither NaN nor the infinities; `JSON.stringify` writes null for them, and so do we.
            ("number", _) => return Ok(object.value.unwrap_or_default()),
            ("bigint", _) => return Err(unreturnable("a BigInt", "`String(x)` or `Number(x)`")),
            ("symbol", _) => return Err(unreturnable("a symbol", "its `description`")),
            ("function", _) => return Err(unreturnable("a function", "what calling it gives")),
            _ => {}
        }
        let Some(id) = object.object_id else { return Ok(Value::Null) };
        let plain = json!({
            "objectId": id,
            "functionDeclaration": PLAIN,
            "returnByValue": true,
        });
        let session = self.frame_session();
        let within = deadline.left().min(SHORT);
        let asking = self.socket.call::<Evaluated>(Some(&session), "Runtime.callFunctionOn", plain, within);
        let evaluated = self.until_lost(asking).await?.map_err(|error| self.explain(error))?;
        self.events.state().round_trips += 1;
        let _ = self.socket.begin(Some(&session), "Runtime.releaseObject", json!({ "objectId": id }));
        if let Some(details) = evaluated.exception_details {
            let message = details.exception.and_then(|e| e.description).unwrap_or(details.text);
            let first = message.lines().next().unwrap_or_default();
            return Err(unreturnable(&format!("a value without JSON form ({first})"), "plain data"));
        }
        let Some(Value::String(text)) = evaluated.result.value else {
            let name = object.class_name.unwrap_or(object.kind);
            return Err(unreturnable(&format!("a value without JSON form ({name})"), "plain data"));
        };
        serde_json::from_str(&text).map_err(|error| user_js::no_json(&error))
    }
}

/// The parameters of `Runtime.evaluate` for a program.
pub(super) fn program_params(program: &JsProgram) -> Value {
    json!({
        "expression": user_js::expression(program),
        "awaitPromise": true,
        "userGesture": true,
        "allowUnsafeEvalBlockedByCSP": false,
        "objectGroup": "crawl",
    })
}

/// The exception with its place in the user's text.
pub(super) fn exception(details: &ExceptionDetails, program: &JsProgram) -> JsException {
    let thrown = details.exception.as_ref();
    let is_error = thrown.is_some_and(|object| object.subtype.as_deref() == Some("error"));
    let description = thrown.and_then(|object| object.description.clone());
    let (message, stack) = if is_error {
        let whole = description.unwrap_or_else(|| details.text.clone());
        let message = whole.split("\n    at ").next().unwrap_or_default().to_owned();
        (message, Some(whole))
    } else {
        let value = thrown.map_or_else(|| details.text.clone(), RemoteObject::words);
        (value, None)
    };
    let frames = details.stack_trace.as_ref().map(|stack| stack.call_frames.as_slice()).unwrap_or_default();
    let place = frames
        .iter()
        .find(|frame| frame.url == SCRIPT_NAME)
        .map(|frame| (frame.line_number, frame.column_number))
        .or_else(|| {
            let here =
                details.url.as_deref().is_none_or(|url| url == SCRIPT_NAME) && !details.text.contains("in promise");
            here.then_some((details.line_number, details.column_number))
        })
        .or_else(|| stack.as_deref().and_then(place_in_stack))
        .and_then(|(line, column)| program.user_place(line as usize + 1, column as usize + 1));
    JsException { message, line: place.map(|(line, _)| line), column: place.map(|(_, column)| column), stack }
}

/// How long the page is given to notice that an in-page timeout ended.
pub(super) const LATE: Duration = Duration::from_millis(500);

/// A reply limit for work that ends by itself at `deadline`.
pub(super) fn with_grace(deadline: Deadline) -> Duration {
    deadline.left().saturating_add(LATE).min(SHORT.saturating_add(deadline.left()))
}
