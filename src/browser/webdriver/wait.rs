//! Waits for js conditions and for the bodies of responses.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::condition::LastSeen;
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, JsVerdict};
use crate::browser::snapshot::Response;
use crate::browser::tab::UrlPattern;
use crate::syntax::JsProgram;

use super::event::Bytes;
use super::page::{SHORT, WebDriverTab};
use super::script::exception;
use super::value::Evaluated;
use super::world::left;

impl WebDriverTab {
    pub(super) async fn hold_js(&self, program: &JsProgram, deadline: Deadline) -> Result<(), BrowserError> {
        loop {
            let params = json!({
                "expression": inpage::js_wait(program, deadline.left(), self.identity.guard.as_deref()),
                "awaitPromise": true,
                "target": { "context": self.frame() },
            });
            let evaluating = self.call::<Evaluated>("script.evaluate", params, deadline.left() + self.grace());
            match self.events.tracker.until_lost(evaluating).await? {
                Ok(Evaluated::Exception { details }) => return Err(BrowserError::Js(exception(&details, program))),
                Ok(Evaluated::Success { result }) => {
                    let verdict: JsVerdict =
                        serde_json::from_value(result.plain()).map_err(|_| self.silent("script.evaluate", deadline))?;
                    return verdict.into_result();
                }
                Err(CdpError::Silent { .. }) => {
                    self.unstick().await;
                    self.events.tracker.state().usable()?;
                    let words = "the condition did not return".to_owned();
                    return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
                }
                Err(error) if left(&error) && !deadline.passed() => {
                    self.events.tracker.state().usable()?;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err(error) => return Err(self.explain(error)),
            }
        }
    }

    pub(super) async fn hold_response(
        &self,
        pattern: &UrlPattern,
        deadline: Deadline,
    ) -> Result<Response, BrowserError> {
        let seen = self.events.tracker.seen_response(pattern, deadline).await?;
        let body = if seen.finished {
            self.body(&seen.request, deadline).await?
        } else {
            self.received(&seen.request, deadline).await?
        };
        let whole = seen.finished || seen.arrival.whole();
        Ok(Response { url: seen.url, status: seen.status, headers: seen.headers, body, whole })
    }

    /// What came so far of a response that has not ended, as text. The standard gives whole bodies alone.
    async fn received(&self, request: &str, deadline: Deadline) -> Result<String, BrowserError> {
        #[derive(Deserialize)]
        struct Buffered {
            #[serde(rename = "bufferedData")]
            data: String,
        }
        let params = json!({ "requestId": request });
        let within = deadline.left().min(SHORT);
        let buffered: Option<Buffered> = self.vendor_call("Network.streamResourceContent", params, within).await;
        if self.home.engine == Engine::Firefox {
            let what = "the body of a response that has not ended".to_owned();
            return Err(BrowserError::Unsupported { what });
        }
        match buffered {
            Some(buffered) => Ok(Bytes::Base64(buffered.data).text()),
            // It ended just now.
            None => self.body(request, deadline).await,
        }
    }

    /// The response body of the document that stands.
    pub(super) async fn body_of_document(&self, deadline: Deadline) -> Result<String, BrowserError> {
        let none = || BrowserError::Protocol {
            command: "network.getData".to_owned(),
            message: "the document has no response".to_owned(),
        };
        let whole = self.events.tracker.wait_for(|state| match state.loads.get(&state.document.loader) {
            _ if state.usable().is_err() => Some(None),
            None => Some(None),
            Some(load) if load.finished || load.failed.is_some() => Some(Some(load.request.clone())),
            Some(_) => None,
        });
        let late = |_| self.silent("network.getData", deadline);
        let request = tokio::time::timeout(deadline.left(), whole).await.map_err(late)?;
        self.events.tracker.state().usable()?;
        self.body(&request.ok_or_else(none)?, deadline).await
    }

    /// A response body as text; the tab's data collector kept it.
    async fn body(&self, request: &str, deadline: Deadline) -> Result<String, BrowserError> {
        #[derive(Deserialize)]
        struct Data {
            bytes: Bytes,
        }
        let params = json!({ "dataType": "response", "request": request });
        let data: Data = self.ask("network.getData", params, deadline).await?;
        Ok(data.bytes.text())
    }
}
