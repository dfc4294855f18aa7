//! Paused requests: the main document's as the navigation wants it, blocked ones refused, questions for credentials
//! answered once, all others as they are - or answered, where nothing goes to the network.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::browser::cdp::CdpSocket;
use crate::browser::rewrite::Rewrite;
use crate::browser::wire::Came;

use super::answering;
use super::events::{Events, on};
use super::heard::Request;
use super::rewrite::command;

/// `Fetch.requestPaused`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paused {
    pub(super) request_id: String,
    pub(super) network_id: Option<String>,
    pub(super) request: Request,
    redirected_request_id: Option<String>,
    #[serde(default)]
    frame_id: String,
    #[serde(default)]
    pub(super) resource_type: String,
}

#[derive(Deserialize)]
struct Asking {
    url: String,
}

/// `Fetch.authRequired`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthRequired {
    request_id: String,
    request: Asking,
    auth_challenge: Challenge,
}

#[derive(Deserialize)]
struct Challenge {
    source: Option<String>,
}

/// So many requests are remembered that were given credentials.
const MOST_ANSWERED: usize = 1_000;

/// Takes one event of the Fetch domain.
pub(super) fn take(events: &Events, socket: &CdpSocket, session: &str, name: &str, params: &RawValue) {
    match name {
        "requestPaused" => on(params, |event: Paused| paused(events, (socket, session), event)),
        "authRequired" => on(params, |event: AuthRequired| {
            let answer = asked(events, &event);
            let params = json!({ "requestId": event.request_id, "authChallengeResponse": answer });
            socket.send(Some(session), "Fetch.continueWithAuth", params);
        }),
        _ => {}
    }
}

fn paused(events: &Events, (socket, session): (&CdpSocket, &str), paused: Paused) {
    let own = {
        let mut state = events.state();
        let first = paused.redirected_request_id.is_none()
            && paused.resource_type == "Document"
            && paused.frame_id == state.main_frame;
        let own = if first { state.lane.rewrite.take() } else { None };
        // The event of the request was told before, with the method of a plain navigation.
        if let Some(method) = own.as_ref().and_then(Rewrite::method) {
            state.remember_sent(method, &paused.request.url);
        }
        own
    };
    let blocked = events.manner.blocking.refuses(&paused.resource_type, &paused.request.url);
    let whole = matches!(own, Some(Rewrite::Answer { .. }));
    if let Some(answers) = events.manner.answers.as_ref().filter(|_| !whole && !blocked) {
        let events = events.weak();
        answering::answer(socket, session, answers, (paused, own), move |network, came| {
            if let Some(events) = events.upgrade() {
                note_answer(&events, network, came);
            }
        });
        return;
    }
    if let (Some(listener), Some(own), Some(id)) = (&events.manner.listener, &own, &paused.network_id) {
        listener.rewritten(id, own);
    }
    let (method, params) = match own {
        Some(rewrite @ Rewrite::Answer { .. }) => command(rewrite, &paused.request_id, &paused.request.headers),
        _ if blocked => refusal(&paused),
        Some(rewrite) => command(rewrite, &paused.request_id, &paused.request.headers),
        None => ("Fetch.continueRequest", json!({ "requestId": paused.request_id })),
    };
    socket.send(Some(session), method, params);
}

/// The command that refuses a request which the identity may not make.
pub(super) fn refusal(paused: &Paused) -> (&'static str, Value) {
    ("Fetch.failRequest", json!({ "requestId": paused.request_id, "errorReason": "BlockedByClient" }))
}

/// Keeps of an answer what the browser will not tell of it.
fn note_answer(events: &Events, network: &str, came: &Came) {
    let mut state = events.state();
    match came {
        Came::Response { headers, status, .. } if !matches!(status, 301 | 302 | 303 | 307 | 308) => {
            if let Some(load) = state.loads.get_mut(network) {
                load.wire_headers = Some(headers.clone());
            }
        }
        Came::Response { .. } => {}
        Came::Failed(reason) if answering::can_fail_so(reason) => {}
        Came::Failed(reason) => {
            if state.lane.reasons.len() > MOST_ANSWERED {
                state.lane.reasons.clear();
            }
            state.lane.reasons.insert(network.to_owned(), reason.clone());
        }
    }
}

/// The credentials, once for each request; wrong ones end in the server's own page.
fn asked(events: &Events, event: &AuthRequired) -> Value {
    let proxy = event.auth_challenge.source.as_deref() == Some("Proxy");
    let manner = &events.manner;
    let known = match proxy {
        true => manner.proxy_auth.as_ref(),
        false => manner.auth.as_ref().filter(|auth| auth.are_for(&event.request.url)),
    };
    let mut state = events.state();
    if state.lane.answered.len() > MOST_ANSWERED {
        state.lane.answered.clear();
    }
    match known.filter(|_| state.lane.answered.insert(format!("{proxy} {}", event.request_id))) {
        Some(own) => json!({ "response": "ProvideCredentials", "username": own.user, "password": own.password }),
        None => json!({ "response": "CancelAuth" }),
    }
}
