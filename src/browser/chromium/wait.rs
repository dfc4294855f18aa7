//! Waits for what is not the DOM: js conditions, addresses, responses, a quiet network.

use std::time::{Duration, Instant};

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
use super::state::{SeenResponse, State};

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
            let expression = inpage::js_wait(program, deadline.left());
            let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
            let evaluating = self.call::<Evaluated>("Runtime.evaluate", params, with_grace(deadline));
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

    pub(super) async fn hold_url(&self, pattern: &UrlPattern, deadline: Deadline) -> Result<(), BrowserError> {
        self.watch_state(deadline, |state| pattern.matches(&state.document.url).then_some(())).await.map_err(|error| {
            let words = format!("the URL is `{}`", self.events.state().document.url);
            or_words(error, words)
        })
    }

    /// Waits until the network has been quiet for `quiet`.
    pub(super) async fn quiet(&self, quiet: Duration, deadline: Deadline) -> Result<(), BrowserError> {
        let armed = Instant::now();
        loop {
            let mut changes = self.events.watch();
            let wait = {
                let state = self.events.state();
                state.usable()?;
                let quiet_at = state.traffic.quiet_at(quiet, armed);
                quiet_at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
            };
            if wait.is_zero() {
                return Ok(());
            }
            if deadline.passed() {
                let words = busy(&self.events.state());
                return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait.min(deadline.left())) => {}
            }
        }
    }

    pub(super) async fn hold_response(
        &self,
        pattern: &UrlPattern,
        deadline: Deadline,
    ) -> Result<Response, BrowserError> {
        self.events.state().traffic.responses.get_or_insert_default();
        let seen = tokio::time::timeout(deadline.left(), self.ended_response(pattern)).await;
        let seen = seen.unwrap_or_else(|_| {
            let state = self.events.state();
            let seen = state.traffic.responses.iter().flatten();
            let open = seen.clone().any(|response| pattern.matches(&response.url));
            let words = match (open, seen.count()) {
                (true, _) => "the response began and did not end".to_owned(),
                (false, 0) => "no response came".to_owned(),
                (false, n) => format!("{n} responses came, none from such an address"),
            };
            Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } })
        })?;
        self.response(seen, deadline).await
    }

    /// The first response from such an address that ended, or that the page does not read on.
    async fn ended_response(&self, pattern: &UrlPattern) -> Result<SeenResponse, BrowserError> {
        loop {
            let mut changes = self.events.watch();
            let wait = {
                let state = self.events.state();
                state.usable()?;
                let seen = state.traffic.responses.iter().flatten();
                let matching: Vec<&SeenResponse> = seen.filter(|response| pattern.matches(&response.url)).collect();
                let now = Instant::now();
                if let Some(response) = matching.iter().find(|response| response.ends_at() <= now) {
                    return Ok((*response).clone());
                }
                let next = matching.iter().map(|response| response.ends_at()).min();
                next.map_or(Duration::MAX, |at| at.saturating_duration_since(now))
            };
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn response(&self, seen: SeenResponse, deadline: Deadline) -> Result<Response, BrowserError> {
        if let Some(reason) = seen.failed {
            return Err(BrowserError::Navigation { url: seen.url, reason });
        }
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

    /// Waits for something in the tab's state, by the deadline.
    async fn watch_state<T>(
        &self,
        deadline: Deadline,
        mut look: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<T, BrowserError> {
        let looking = self.wait_for(|state| match state.usable() {
            Err(error) => Some(Err(error)),
            Ok(()) => look(state).map(Ok),
        });
        tokio::time::timeout(deadline.left(), looking)
            .await
            .unwrap_or_else(|_| Err(BrowserError::WaitTimeout { last: LastSeen::default() }))
    }
}

fn or_words(error: BrowserError, words: String) -> BrowserError {
    match error {
        BrowserError::WaitTimeout { last } => BrowserError::WaitTimeout { last: LastSeen { words, ..last } },
        other => other,
    }
}

fn busy(state: &State) -> String {
    let urls: Vec<&String> = state.traffic.in_flight.values().map(|request| &request.url).collect();
    match urls.as_slice() {
        [] => "requests kept coming".to_owned(),
        [one] => format!("1 request in flight: `{one}`"),
        [first, ..] => format!("{} requests in flight, one of them `{first}`", urls.len()),
    }
}
