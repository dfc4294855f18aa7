//! Waits for js conditions and for the bodies of responses.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::condition::LastSeen;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage;
use crate::browser::snapshot::Response;
use crate::browser::tab::UrlPattern;
use crate::syntax::JsProgram;

use super::event::ExceptionDetails;
use super::page::ChromiumTab;
use super::script::with_grace;

#[derive(Deserialize)]
pub(super) struct Body {
    body: String,
    #[serde(rename = "base64Encoded")]
    encoded: bool,
}

impl Body {
    pub(super) fn text(self) -> String {
        if !self.encoded {
            return self.body;
        }
        let bytes = BASE64_STANDARD.decode(self.body).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl ChromiumTab {
    pub(super) async fn hold_js(&self, program: &JsProgram, deadline: Deadline) -> Result<(), BrowserError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Evaluated {
            result: Value,
            exception_details: Option<ExceptionDetails>,
        }
        #[derive(Deserialize)]
        struct Value {
            value: Option<inpage::JsVerdict>,
        }
        loop {
            let expression = inpage::js_wait(program, deadline.left(), self.identity.guard.as_deref());
            let mut params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
            let session = self.aim_at_frame(&mut params, deadline).await?;
            self.events.state().round_trips += 1;
            let evaluating =
                self.socket.call::<Evaluated>(Some(&session), "Runtime.evaluate", params, with_grace(deadline));
            match self.until_lost(evaluating).await? {
                Ok(Evaluated { exception_details: Some(details), .. }) => {
                    return Err(BrowserError::Js(super::script::exception(&details, program)));
                }
                Ok(Evaluated { result: Value { value: Some(verdict) }, .. }) => return verdict.into_result(),
                Ok(_) => return Err(self.silent("Runtime.evaluate", deadline)),
                Err(CdpError::Silent { .. }) => {
                    self.unstick().await;
                    self.events.state().usable()?;
                    let words = "the condition did not return".to_owned();
                    return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
                }
                Err(error) if error.context_lost() && !deadline.passed() => {
                    self.events.state().usable()?;
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
            self.body(&seen.session, &seen.request, deadline).await?
        } else {
            self.received(&seen.session, &seen.request, deadline).await?
        };
        let whole = seen.finished || seen.arrival.whole();
        Ok(Response { url: seen.url, status: seen.status, headers: seen.headers, body, whole })
    }

    /// What came so far of a response that has not ended, as text.
    async fn received(&self, session: &str, request: &str, deadline: Deadline) -> Result<String, BrowserError> {
        if let Some(listener) = &self.events.manner.listener {
            if let Some(streamed) = listener.streamed(request) {
                return Ok(String::from_utf8_lossy(&streamed).into_owned());
            }
            // Bodies of which none is lost lie elsewhere, and only once they are whole.
            if let Ok(body) = self.body(session, request, deadline).await {
                return Ok(body);
            }
        }
        #[derive(Deserialize)]
        struct Buffered {
            #[serde(rename = "bufferedData")]
            data: String,
        }
        let params = json!({ "requestId": request });
        let asking =
            self.socket.call::<Buffered>(Some(session), "Network.streamResourceContent", params, deadline.left());
        match self.until_lost(asking).await? {
            Ok(buffered) => Ok(Body { body: buffered.data, encoded: true }.text()),
            // It ended just now.
            Err(_) => self.body(session, request, deadline).await,
        }
    }

    /// A response body as text.
    pub(super) async fn body(&self, session: &str, request: &str, deadline: Deadline) -> Result<String, BrowserError> {
        let params = json!({ "requestId": request });
        let asking = self.socket.call::<Body>(Some(session), "Network.getResponseBody", params, deadline.left());
        self.until_lost(asking).await?.map(Body::text).map_err(|error| self.explain(error))
    }
}
