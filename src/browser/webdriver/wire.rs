//! What requests go over where that is not the network alone: heard for a recording, or answered in its place.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::block::kind_word;
use crate::browser::cdp::CdpSocket;
use crate::browser::hearing::{Head, Hearing, Hop, Underway};
use crate::browser::rewrite::{Rewrite, merged};
use crate::browser::wire::{Answers, Asked, Came, Ear, is_of_transport};

use super::event::{Bytes, NetworkEvent, RequestData, pairs};
use super::network::header_list;
use super::reason::{ABORTED, net_name};

/// How long the browser may take to hand over a body.
const FETCH: Duration = Duration::from_secs(30);

/// So many requests are remembered that are over.
const MOST_OVER: usize = 10_000;

/// Who hears the requests of an identity.
pub(super) struct Listener {
    socket: CdpSocket,
    pub(super) hearing: Hearing,
    /// Requests that are over: drivers tell of the end of some of them twice.
    over: Mutex<HashSet<Hop>>,
    this: Weak<Self>,
}

impl Listener {
    /// Tells `ear`.
    pub(super) fn new(socket: &CdpSocket, ear: &Arc<dyn Ear>) -> Arc<Self> {
        let listener = Arc::new_cyclic(|this| Self {
            socket: socket.clone(),
            hearing: Hearing::new(ear),
            over: Mutex::default(),
            this: this.clone(),
        });
        listener.hearing.missed("what shared and service workers ask for is not recorded over WebDriver BiDi");
        listener
    }

    /// Takes one event of the network module; `own`: how the request is sent otherwise than it tells.
    pub(super) fn take(&self, name: &str, event: &NetworkEvent, own: Option<&Rewrite>) {
        let hop = (event.request.request.clone(), event.redirect_count as usize);
        if event.request.url.starts_with("ws") {
            self.hearing.missed("what web sockets carry is not recorded");
        }
        if !event.request.url.starts_with("http") || matches!(own, Some(Rewrite::Answer { .. })) {
            return;
        }
        let known = self.hearing.knows(&hop);
        // An event without a context is told to everybody, and some come before that of the request.
        if !known && (event.context.is_none() || self.is_over(&hop)) {
            return;
        }
        if !known {
            self.begin(&hop, event, own);
        }
        let ended = matches!(name, "responseCompleted" | "fetchError");
        if ended {
            let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            if over.len() >= MOST_OVER {
                over.clear();
            }
            over.insert(hop.clone());
        }
        let mut fetch = false;
        self.hearing.change(&hop, |request| {
            if let Some(response) = event.response.as_ref().filter(|_| name != "beforeRequestSent") {
                let first = request.head.as_ref().map(|head| head.at);
                request.from_cache |= response.from_cache;
                request.head = Some(Head {
                    status: response.status,
                    status_text: response.status_text.clone(),
                    headers: pairs(&response.headers),
                    at: first.unwrap_or(event.timestamp),
                });
            }
            if !ended || request.ended.is_some() {
                return;
            }
            request.ended = Some(event.timestamp);
            let headers = request.head.as_ref().map(|head| head.headers.as_slice()).unwrap_or_default();
            request.failed = event.error_text.as_ref().map(|text| net_name(text, headers));
            let Some(head) = &request.head else { return };
            let redirects = matches!(head.status, 301 | 302 | 303 | 307 | 308);
            let preflight = request.asked.headers.iter().any(|(name, _)| name == "access-control-request-method");
            let none =
                redirects || preflight || request.asked.method == "HEAD" || matches!(head.status, 204 | 205 | 304);
            request.whole = none;
            request.body = none.then(Vec::new);
            request.due.body = !none;
            fetch = !none;
        });
        if fetch {
            self.ask(hop, "response", |request, body| {
                request.whole = body.is_some() && request.failed.is_none();
                request.body = body;
                request.due.body = false;
            });
        }
    }

    fn is_over(&self, hop: &Hop) -> bool {
        self.over.lock().unwrap_or_else(PoisonError::into_inner).contains(hop)
    }

    fn begin(&self, hop: &Hop, event: &NetworkEvent, own: Option<&Rewrite>) {
        let asked = asked(&event.request, own);
        let mut request = Underway { asked, began: event.timestamp, sent: event.timestamp, ..Underway::default() };
        request.due.posted = request.asked.body.is_none() && may_have_body(&request.asked.method);
        let due = request.due.posted;
        self.hearing.begin(hop.clone(), request);
        if due {
            self.ask(hop.clone(), "request", |request, body| {
                request.asked.body = body.filter(|body| !body.is_empty());
                request.due.posted = false;
            });
        }
    }

    /// Fetches a body that the browser has kept.
    fn ask(&self, hop: Hop, which: &'static str, note: fn(&mut Underway, Option<Vec<u8>>)) {
        let (Some(this), socket) = (self.this.upgrade(), self.socket.clone()) else { return };
        tokio::spawn(async move {
            let body = kept(&socket, &hop.0, which).await;
            if body.is_none() && which == "response" {
                this.hearing.missed("bodies of responses that the browser did not keep are not recorded");
            }
            this.hearing.change(&hop, |request| note(request, body));
        });
    }
}

/// A body that the identity's data collector kept.
async fn kept(socket: &CdpSocket, request: &str, which: &str) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Data {
        bytes: Bytes,
    }
    let params = json!({ "dataType": which, "request": request });
    let data = socket.call::<Data>(None, "network.getData", params, FETCH).await.ok()?;
    Some(match data.bytes {
        Bytes::String(text) => text.into_bytes(),
        Bytes::Base64(text) => BASE64_STANDARD.decode(text).unwrap_or_default(),
    })
}

fn may_have_body(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// The request as it goes out.
fn asked(request: &RequestData, own: Option<&Rewrite>) -> Asked {
    let mut asked = Asked {
        method: request.method.clone(),
        url: request.url.split('#').next().unwrap_or_default().to_owned(),
        kind: kind_word(request.resource()),
        headers: pairs(&request.headers),
        body: None,
    };
    if let Some(Rewrite::Send { headers, body, .. }) = own {
        let mine = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
        asked.headers = merged(std::mem::take(&mut asked.headers).into_iter(), mine);
        asked.body = body.clone().map(String::into_bytes);
    }
    if let Some(method) = own.and_then(Rewrite::method) {
        method.clone_into(&mut asked.method);
    }
    asked
}

/// Answers a request that waits, sent as `own` wants it; `failed` is told why one fails, by its address and its id, before the
/// browser is.
pub(super) fn answer(
    socket: &CdpSocket,
    answers: &Arc<dyn Answers>,
    (request, own): (&RequestData, Option<&Rewrite>),
    failed: impl Fn(&str, String) + Send + 'static,
) {
    let (socket, answers, id) = (socket.clone(), Arc::clone(answers), request.request.clone());
    if !request.url.starts_with("http") {
        socket.send(None, "network.continueRequest", json!({ "request": id }));
        return;
    }
    let mut asked = asked(request, own);
    let reply = move |socket: &CdpSocket, asked: &Asked| {
        let came = answers.answer(asked).unwrap_or_else(|| Came::Failed("net::ERR_FAILED".to_owned()));
        match came {
            Came::Response { status, status_text, headers, body, .. } => {
                socket.send(None, "network.provideResponse", provided(&id, (status, status_text), headers, body));
            }
            // It had no answer either until its page was left.
            Came::Failed(reason) if reason == ABORTED && asked.kind != "document" => {}
            Came::Failed(reason) => {
                failed(&asked.url, reason.clone());
                failed(&id, reason);
                socket.send(None, "network.failRequest", json!({ "request": id }));
            }
        }
    };
    if asked.body.is_some() || !may_have_body(&asked.method) {
        reply(&socket, &asked);
        return;
    }
    let id = request.request.clone();
    tokio::spawn(async move {
        asked.body = kept(&socket, &id, "request").await.filter(|body| !body.is_empty());
        reply(&socket, &asked);
    });
}

/// The parameters of `network.provideResponse`.
fn provided(id: &str, (status, words): (u16, String), headers: Vec<(String, String)>, body: Option<Vec<u8>>) -> Value {
    let own = headers.into_iter().filter(|(name, _)| !is_of_transport(name));
    let mut params = json!({
        "request": id,
        "statusCode": status,
        "headers": header_list(own),
        "body": { "type": "base64", "value": BASE64_STANDARD.encode(body.unwrap_or_default()) },
    });
    if !words.is_empty() {
        params["reasonPhrase"] = json!(words);
    }
    params
}
