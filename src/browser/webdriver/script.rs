//! The user's js in the page's main world.

use serde_json::{Value, json};

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::{BrowserError, JsException};
use crate::browser::snapshot::JsOutcome;
use crate::browser::user_js::{self, SCRIPT_NAME, place_in_stack, unreturnable};
use crate::syntax::JsProgram;
use crate::text::well_formed;

use super::page::{SHORT, WebDriverTab};
use super::value::{Evaluated, ExceptionDetails, RemoteValue};
use super::world::left;

impl WebDriverTab {
    pub(super) async fn run_program(&self, program: &JsProgram, deadline: Deadline) -> Result<JsOutcome, BrowserError> {
        let asked = self.events.tracker.begin_act()?;
        let params = json!({
            "expression": user_js::expression(program),
            "awaitPromise": true,
            "userActivation": true,
            "target": { "context": self.frame() },
            "resultOwnership": "root",
            "serializationOptions": { "maxObjectDepth": 0, "maxDomDepth": 0 },
        });
        let evaluating = self.call::<Evaluated>("script.evaluate", params, deadline.left());
        let evaluated = match self.events.tracker.until_lost(evaluating).await? {
            Ok(evaluated) => evaluated,
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                self.events.tracker.state().usable()?;
                return Err(BrowserError::JsTimeout { timeout: deadline.total() });
            }
            Err(error) if left(&error) => {
                self.events.tracker.state().usable()?;
                return Ok(JsOutcome { value: Value::Null, navigating: true });
            }
            Err(error) => return Err(self.explain(error)),
        };
        let result = match evaluated {
            Evaluated::Success { result } => result,
            Evaluated::Exception { details } => {
                let thrown = exception(&details, program);
                return Err(BrowserError::Js(self.with_own_place(thrown, &details, program, deadline).await));
            }
        };
        self.let_it_begin(asked).await;
        let value = match self.value_of(result, deadline).await {
            // The document left with the object.
            Err(_) if self.events.tracker.navigated_since(asked) => Value::Null,
            other => other?,
        };
        Ok(JsOutcome { value, navigating: self.events.tracker.navigated_since(asked) })
    }

    /// Of a rejected promise Firefox tells where it was made; the error itself knows where it arose.
    async fn with_own_place(
        &self,
        thrown: JsException,
        details: &ExceptionDetails,
        program: &JsProgram,
        deadline: Deadline,
    ) -> JsException {
        let Some(handle) = details.exception.handle.as_ref().filter(|_| self.home.engine == Engine::Firefox) else {
            return thrown;
        };
        let stack = json!({
            "functionDeclaration": "function () { return String(this.stack); }",
            "this": { "handle": handle },
            "awaitPromise": false,
            "target": { "context": self.frame() },
        });
        let asking = self.call::<Evaluated>("script.callFunction", stack, deadline.left().min(SHORT));
        let Ok(Ok(Evaluated::Success { result })) = self.events.tracker.until_lost(asking).await else { return thrown };
        let Some(Value::String(stack)) = result.value else { return thrown };
        let place = place_in_stack(&stack)
            .and_then(|(line, column)| program.user_place(line as usize + 1, column as usize + 1));
        match place {
            Some((line, column)) => JsException { line: Some(line), column: Some(column), ..thrown },
            None => thrown,
        }
    }

    /// The value as JSON; nodes as a plain description; what has no JSON is an error that says what can be returned.
    async fn value_of(&self, value: RemoteValue, deadline: Deadline) -> Result<Value, BrowserError> {
        match value.kind.as_str() {
            "undefined" | "null" => return Ok(Value::Null),
            "string" | "boolean" | "number" => return Ok(value.plain()),
            "bigint" => return Err(unreturnable("a BigInt", "`String(x)` or `Number(x)`")),
            "symbol" => return Err(unreturnable("a symbol", "its `description`")),
            "function" => return Err(unreturnable("a function", "what calling it gives")),
            _ => {}
        }
        let Some(handle) = value.handle else { return Ok(Value::Null) };
        let target = json!({ "context": self.frame() });
        let plain = json!({
            "functionDeclaration": user_js::plain_awaited(),
            "this": { "handle": handle },
            "awaitPromise": true,
            "target": target,
        });
        let calling = self.call::<Evaluated>("script.callFunction", plain, deadline.left());
        let evaluated = match self.events.tracker.until_lost(calling).await? {
            Err(CdpError::Silent { .. }) => return Err(BrowserError::JsTimeout { timeout: deadline.total() }),
            answer => answer.map_err(|error| self.explain(error))?,
        };
        self.socket.send(None, "script.disown", json!({ "handles": [handle], "target": target }));
        match evaluated {
            Evaluated::Exception { details } => {
                let first = details.text.lines().next().unwrap_or_default();
                Err(unreturnable(&format!("a value without JSON form ({first})"), "plain data"))
            }
            Evaluated::Success { result: RemoteValue { value: Some(Value::String(text)), .. } } => {
                serde_json::from_str(&well_formed(&text)).map_err(|error| user_js::no_json(&error))
            }
            Evaluated::Success { .. } => {
                Err(unreturnable(&format!("a value without JSON form ({})", value.kind), "plain data"))
            }
        }
    }
}

/// The exception with its place in the user's text.
pub(super) fn exception(details: &ExceptionDetails, program: &JsProgram) -> JsException {
    // Firefox names what of itself runs promises too.
    let frames: Vec<_> = details.stack_trace.call_frames.iter().filter(|frame| frame.url != "self-hosted").collect();
    let is_error = details.exception.kind == "error";
    let (message, stack) = if is_error {
        let at = |frame: &super::event::CallFrame| {
            let (name, line, column) = (&frame.function_name, frame.line_number + 1, frame.column_number + 1);
            format!("\n    at {name} ({}:{line}:{column})", frame.url)
        };
        let stack: String = frames.iter().copied().map(at).collect();
        (details.text.clone(), Some(format!("{}{stack}", details.text)))
    } else {
        (words(&details.exception, &details.text), None)
    };
    let place = frames
        .iter()
        .find(|frame| frame.url == SCRIPT_NAME)
        .and_then(|frame| program.user_place(frame.line_number as usize + 1, frame.column_number as usize + 1));
    JsException { message, line: place.map(|(line, _)| line), column: place.map(|(_, column)| column), stack }
}

/// A thrown value that is no error, as a console would show it.
fn words(thrown: &RemoteValue, text: &str) -> String {
    match &thrown.value {
        Some(Value::String(text)) => text.clone(),
        Some(value) if !value.is_array() && !value.is_object() => value.to_string(),
        _ => text.trim_start_matches("[object ").trim_end_matches(']').to_owned(),
    }
}
