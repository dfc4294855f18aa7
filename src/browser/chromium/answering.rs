//! Paused requests that are answered in the network's place.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::browser::block::kind_word;
use crate::browser::cdp::CdpSocket;
use crate::browser::rewrite::{Rewrite, merged};
use crate::browser::wire::{Answers, Asked, Came, is_of_transport};

use super::event::headers;
use super::heard::Posted;
use super::intercept::Paused;

/// How long the browser may take to tell a request's body; navigations wait for it.
const FETCH: Duration = Duration::from_secs(3);

/// The failures that CDP can bring about (`Network.ErrorReason`), with the names that they get.
const REASONS: &[(&str, &str)] = &[
    ("net::ERR_FAILED", "Failed"),
    ("net::ERR_ABORTED", "Aborted"),
    ("net::ERR_TIMED_OUT", "TimedOut"),
    ("net::ERR_ACCESS_DENIED", "AccessDenied"),
    ("net::ERR_CONNECTION_CLOSED", "ConnectionClosed"),
    ("net::ERR_CONNECTION_RESET", "ConnectionReset"),
    ("net::ERR_CONNECTION_REFUSED", "ConnectionRefused"),
    ("net::ERR_CONNECTION_ABORTED", "ConnectionAborted"),
    ("net::ERR_CONNECTION_FAILED", "ConnectionFailed"),
    ("net::ERR_NAME_NOT_RESOLVED", "NameNotResolved"),
    ("net::ERR_INTERNET_DISCONNECTED", "InternetDisconnected"),
    ("net::ERR_ADDRESS_UNREACHABLE", "AddressUnreachable"),
    ("net::ERR_BLOCKED_BY_CLIENT", "BlockedByClient"),
    ("net::ERR_BLOCKED_BY_RESPONSE", "BlockedByResponse"),
];

/// Whether CDP can let a request fail for that reason.
pub(super) fn can_fail_so(reason: &str) -> bool {
    REASONS.iter().any(|(name, _)| *name == reason)
}

/// Answers a request of `session`, sent as `rewrite` wants it; `note` is told the answer before the browser is.
pub(super) fn answer(
    socket: &CdpSocket,
    session: &str,
    answers: &Arc<dyn Answers>,
    (paused, rewrite): (Paused, Option<Rewrite>),
    note: impl FnOnce(&str, &Came) + Send + 'static,
) {
    if !paused.request.url.starts_with("http:") && !paused.request.url.starts_with("https:") {
        socket.send(Some(session), "Fetch.continueRequest", json!({ "requestId": paused.request_id }));
        return;
    }
    let (body, untold) = paused.request.posted();
    let network = paused.network_id.clone().unwrap_or_default();
    let mut asked = asked(&paused, rewrite);
    let (socket, session, answers) = (socket.clone(), session.to_owned(), Arc::clone(answers));
    let reply = move |socket: &CdpSocket, session: &str, asked: &Asked, network: &str| {
        let came = answers.answer(asked).unwrap_or_else(|| Came::Failed("net::ERR_FAILED".to_owned()));
        note(network, &came);
        if let Some((method, params)) = command(&paused.request_id, asked, came) {
            socket.send(Some(session), method, params);
        }
    };
    // What a form with files sends is not told before it has gone out.
    let untold = untold && !(asked.kind == "document" && paused.request.has_files());
    if asked.body.is_some() || !untold {
        asked.body = asked.body.take().or(body);
        reply(&socket, &session, &asked, &network);
        return;
    }
    tokio::spawn(async move {
        let params = json!({ "requestId": network });
        let posted = socket.call::<Posted>(Some(&session), "Network.getRequestPostData", params, FETCH).await;
        asked.body = posted.ok().map(Posted::bytes);
        reply(&socket, &session, &asked, &network);
    });
}

/// The request as it would go out.
fn asked(paused: &Paused, rewrite: Option<Rewrite>) -> Asked {
    let mut asked = Asked {
        method: paused.request.method.clone(),
        url: paused.request.url.clone(),
        kind: kind_word(&paused.resource_type),
        headers: headers(&paused.request.headers),
        body: None,
    };
    if let Some(rewrite) = rewrite {
        if let Some(method) = rewrite.method() {
            method.clone_into(&mut asked.method);
        }
        if let Rewrite::Send { headers, body, .. } = rewrite {
            let own = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
            asked.headers = merged(std::mem::take(&mut asked.headers).into_iter(), own);
            asked.body = body.map(String::into_bytes);
        }
    }
    asked
}

/// The command that gives the answer; none for a request that had none either until its page was left.
fn command(id: &str, asked: &Asked, came: Came) -> Option<(&'static str, Value)> {
    match came {
        Came::Response { status, status_text, headers, body, .. } => {
            let own = headers.into_iter().filter(|(name, _)| !is_of_transport(name));
            let list: Vec<Value> = own.map(|(name, value)| json!({ "name": name, "value": value })).collect();
            let body = BASE64_STANDARD.encode(body.unwrap_or_default());
            let mut params = json!({ "requestId": id, "responseCode": status, "responseHeaders": list, "body": body });
            if !status_text.is_empty() {
                params["responsePhrase"] = json!(status_text);
            }
            Some(("Fetch.fulfillRequest", params))
        }
        Came::Failed(reason) if reason == "net::ERR_ABORTED" && asked.kind != "document" => None,
        Came::Failed(reason) => {
            let known = REASONS.iter().find(|(name, _)| *name == reason).map_or("Failed", |(_, word)| word);
            Some(("Fetch.failRequest", json!({ "requestId": id, "errorReason": known })))
        }
    }
}
