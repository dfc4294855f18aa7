//! Calls to the in-page script, in a sandbox that the page cannot reach; armed again when a navigation destroys it.

use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::locate;
use crate::text::well_formed;

use super::page::{SHORT, WebDriverTab};
use super::value::Evaluated;

impl WebDriverTab {
    /// Evaluates a call to the in-page script in the main frame; `call` makes its text anew for each try.
    pub(super) async fn in_page<R: DeserializeOwned>(
        &self,
        call: impl FnMut() -> String,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        self.in_frame(&self.context, call, deadline).await
    }

    /// The same for a call that takes the page's own values apart. Firefox shows a sandbox nothing of their insides: there
    /// it is evaluated among the page's own scripts.
    pub(super) async fn among_values<R: DeserializeOwned>(
        &self,
        call: &str,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        if self.home.engine != Engine::Firefox {
            return self.in_page(|| call.to_owned(), deadline).await;
        }
        let target = json!({ "context": self.context });
        let params = json!({ "expression": text_of(call), "awaitPromise": true, "target": target });
        let evaluating = self.call::<Evaluated>("script.evaluate", params, deadline.left() + self.grace());
        let wrong = |message: String| BrowserError::Protocol { command: "the in-page script".to_owned(), message };
        match self.events.tracker.until_lost(evaluating).await?.map_err(|error| self.explain(error))? {
            Evaluated::Success { result } => {
                let text = result.value.as_ref().and_then(Value::as_str).unwrap_or_default();
                serde_json::from_str(&well_formed(text)).map_err(|error| wrong(error.to_string()))
            }
            Evaluated::Exception { details } => Err(wrong(details.text)),
        }
    }

    /// The same in the sandbox of a frame.
    pub(super) async fn in_frame<R: DeserializeOwned>(
        &self,
        frame: &str,
        mut call: impl FnMut() -> String,
        deadline: Deadline,
    ) -> Result<R, BrowserError> {
        loop {
            if let Some(done) = self.try_in_sandbox(frame, &call(), deadline).await? {
                return Ok(done);
            }
            if deadline.passed() {
                return Err(self.silent("script.evaluate", deadline));
            }
        }
    }

    /// One try in the sandbox of the frame `context`; `None` when the document left under it.
    pub(super) async fn try_in_sandbox<R: DeserializeOwned>(
        &self,
        context: &str,
        call: &str,
        deadline: Deadline,
    ) -> Result<Option<R>, BrowserError> {
        let evaluating = self.call::<Evaluated>(
            "script.evaluate",
            in_sandbox(context, &text_of(call)),
            deadline.left() + self.grace(),
        );
        let wrong = |message: String| BrowserError::Protocol { command: "the in-page script".to_owned(), message };
        match self.events.tracker.until_lost(evaluating).await? {
            Ok(Evaluated::Success { result }) => {
                let Some(Value::String(text)) = result.value else { return Err(wrong("no value".to_owned())) };
                serde_json::from_str(&well_formed(&text)).map(Some).map_err(|error| wrong(error.to_string()))
            }
            Ok(Evaluated::Exception { details }) if details.text.contains("crawlInPage is not defined") => {
                self.install(context, inpage::SCRIPT).await?;
                Ok(None)
            }
            Ok(Evaluated::Exception { details }) if details.text.contains(locate::MISSING) => {
                self.install(context, locate::SCRIPT).await?;
                Ok(None)
            }
            Ok(Evaluated::Exception { details }) => Err(wrong(details.text)),
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                Err(self.silent("script.evaluate", deadline))
            }
            Err(error) if left(&error) => {
                self.events.tracker.state().usable()?;
                // A document on its way out may still answer; the next one is a moment away.
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(None)
            }
            Err(error) => Err(self.explain(error)),
        }
    }

    /// What the in-page script answers in the main frame, if it does at once; nothing is stopped for it.
    pub(super) async fn glance<R: DeserializeOwned>(
        &self,
        call: &str,
        deadline: Deadline,
    ) -> Result<Option<R>, BrowserError> {
        let asking =
            self.call::<Evaluated>("script.evaluate", in_sandbox(&self.context, &text_of(call)), deadline.left());
        match self.events.tracker.until_lost(asking).await? {
            Ok(Evaluated::Success { result }) => {
                let text = result.value.as_ref().and_then(Value::as_str);
                Ok(text.and_then(|text| serde_json::from_str(&well_formed(text)).ok()))
            }
            _ => Ok(None),
        }
    }

    /// Puts a script into a sandbox: a document from before the preload script has no in-page script.
    async fn install(&self, context: &str, script: &str) -> Result<(), BrowserError> {
        let installing = self.call::<IgnoredAny>("script.evaluate", in_sandbox(context, script), SHORT);
        match self.events.tracker.until_lost(installing).await? {
            Err(error) if !left(&error) => Err(self.explain(error)),
            _ => Ok(()),
        }
    }
}

/// Whether the document, or the frame, went away under a command.
pub(super) fn left(error: &CdpError) -> bool {
    error.context_lost() || error.target_lost()
}

/// A call whose value comes as JSON text. One string is quick; values would be wrapped one by one.
fn text_of(call: &str) -> String {
    format!("(async () => JSON.stringify(await ({call})))()")
}

fn in_sandbox(context: &str, expression: &str) -> Value {
    json!({
        "expression": expression,
        "awaitPromise": true,
        "target": { "context": context, "sandbox": inpage::WORLD },
    })
}
