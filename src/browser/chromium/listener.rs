//! Listens to an identity's requests for a recording: never holds one up, and fetches each body once it is there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::apart::apart;
use crate::browser::block::kind_word;
use crate::browser::cdp::CdpSocket;
use crate::browser::hearing::{Due, Head, Hearing, Hop, Underway};
use crate::browser::rewrite::Rewrite;
use crate::browser::wire::{Asked, Ear};

use super::chain::Chain;
use super::event::headers;
use super::events::on;
use super::heard::{Body, Data, Ended, Extra, Posted, Received, Response, Sent, StreamEvent};

/// How long the browser may take to hand over a body.
const FETCH: Duration = Duration::from_secs(30);

/// A page's session is not told when a download ends, with which its body is there: asked for after these pauses, in
/// milliseconds.
const PAUSES: [u64; 6] = [10, 30, 100, 300, 1_000, 2_000];

/// So many ids without a request are remembered at most.
const MOST_STRAY: usize = 1_000;

/// Who hears the requests of an identity.
pub(super) struct Listener {
    socket: CdpSocket,
    pub(super) hearing: Hearing,
    chains: Mutex<HashMap<String, Chain>>,
    this: Weak<Self>,
}

impl Listener {
    /// Tells `ear`.
    pub(super) fn new(socket: &CdpSocket, ear: &Arc<dyn Ear>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            socket: socket.clone(),
            hearing: Hearing::new(ear),
            chains: Mutex::default(),
            this: this.clone(),
        })
    }

    /// Takes one event of the Network domain.
    pub(super) fn take(&self, session: &str, name: &str, params: &RawValue) {
        match name {
            "requestWillBeSent" => on(params, |event: Sent| self.sent(session, event)),
            "requestWillBeSentExtraInfo" => on(params, |event: Extra| {
                self.extra(&event.request_id.clone(), |chain| chain.sent_extra(headers(&event.headers)));
            }),
            "responseReceivedExtraInfo" => on(params, |event: Extra| {
                let status = event.status_code;
                self.extra(&event.request_id.clone(), |chain| chain.received_extra(status, headers(&event.headers)));
            }),
            "responseReceived" => on(params, |event: Received| self.received(session, event)),
            "requestServedFromCache" => on(params, |event: Ended| {
                self.last(&event.request_id, |_, hop| self.hearing.change(hop, |request| request.from_cache = true));
            }),
            "dataReceived" => on(params, |event: Data| self.data(&event)),
            "eventSourceMessageReceived" => on(params, |event: StreamEvent| {
                self.last(&event.request_id, |chain, _| chain.event(&event.text()));
            }),
            "loadingFinished" => on(params, |event: Ended| self.finished(session, &event)),
            "loadingFailed" => on(params, |event: Ended| self.failed(session, event)),
            "webSocketCreated" => self.hearing.missed("what web sockets carry is not recorded"),
            "webTransportCreated" => self.hearing.missed("what WebTransport carries is not recorded"),
            _ => {}
        }
    }

    /// What came so far of a response that goes on.
    pub(super) fn streamed(&self, request: &str) -> Option<Vec<u8>> {
        self.chains().get(request).and_then(Chain::streamed)
    }

    fn chains(&self) -> MutexGuard<'_, HashMap<String, Chain>> {
        self.chains.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the last request under that id.
    fn last<R>(&self, id: &str, act: impl FnOnce(&mut Chain, &Hop) -> R) -> Option<R> {
        let mut chains = self.chains();
        let chain = chains.get_mut(id)?;
        let hop = (id.to_owned(), chain.last()?);
        Some(act(chain, &hop))
    }

    fn extra(&self, id: &str, note: impl FnOnce(&mut Chain)) {
        let mut chains = self.chains();
        let chain = chains.entry(id.to_owned()).or_default();
        note(chain);
        self.give(id, chain, false);
        self.forget_told(&mut chains, id);
    }

    /// Gives the requests under an id the headers that are known to be theirs.
    fn give(&self, id: &str, chain: &mut Chain, ended: bool) {
        for (number, _, headers) in chain.give_asked(ended) {
            self.hearing.change(&(id.to_owned(), number), |request| {
                request.asked.headers = headers;
                request.due.asked = false;
            });
        }
        for (number, status, headers) in chain.give_answered() {
            self.hearing.change(&(id.to_owned(), number), |request| {
                request.due.answered = false;
                let Some(head) = &mut request.head else { return };
                if head.status == status {
                    head.headers = headers;
                } else {
                    // The browser's cache gave the rest of an answer that was `304`.
                    head.headers.extend(headers.into_iter().filter(|(name, _)| name == "set-cookie"));
                }
            });
        }
    }

    /// Forgets an id whose requests have all been told.
    fn forget_told(&self, chains: &mut HashMap<String, Chain>, id: &str) {
        let last = chains.get(id).and_then(Chain::last);
        if last.is_some_and(|last| !self.hearing.knows(&(id.to_owned(), last))) {
            chains.remove(id);
        }
        if chains.len() > MOST_STRAY {
            chains.retain(|_, chain| chain.last().is_some());
        }
    }

    fn sent(&self, session: &str, event: Sent) {
        let Sent { request_id: id, request, timestamp, .. } = event;
        let mut chains = self.chains();
        let chain = chains.entry(id.clone()).or_default();
        if let (Some(redirect), Some(last)) = (event.redirect_response, chain.last()) {
            let extra = event.redirect_has_extra_info;
            chain.expect(extra);
            self.hearing.change(&(id.clone(), last), |before| {
                answered(before, redirect, timestamp, extra);
                before.ended = Some(timestamp * 1000.0);
                before.body = Some(Vec::new());
                before.whole = true;
            });
        }
        if !(request.url.starts_with("http:") || request.url.starts_with("https:")) {
            // What led there is told as it is known: nothing more comes of it.
            self.give(&id, chain, true);
            if let Some(last) = chain.last() {
                self.hearing.change(&(id.clone(), last), |before| {
                    before.due.asked = false;
                    before.due.answered = false;
                });
            }
            chains.remove(&id);
            return;
        }
        let hop = (id.clone(), chain.begin());
        let (body, due) = request.posted();
        let asked = Asked {
            headers: headers(&request.headers),
            method: request.method,
            url: request.url,
            kind: kind_word(&event.kind),
            body,
        };
        let due = Due { posted: due, ..Due::default() };
        let sent =
            Underway { asked, began: event.wall_time * 1000.0, sent: timestamp * 1000.0, due, ..Underway::default() };
        self.hearing.begin(hop.clone(), sent);
        self.give(&id, chain, false);
        drop(chains);
        if due.posted {
            self.ask_posted(session, hop);
        }
    }

    /// The request goes out otherwise than it was told.
    pub(super) fn rewritten(&self, id: &str, rewrite: &Rewrite) {
        let Rewrite::Send { body, .. } = rewrite else {
            // It does not go out at all.
            self.last(id, |_, hop| self.hearing.forget(hop));
            self.chains().remove(id);
            return;
        };
        self.last(id, |_, hop| {
            self.hearing.change(hop, |request| {
                if let Some(method) = rewrite.method() {
                    method.clone_into(&mut request.asked.method);
                }
                if let Some(body) = body {
                    request.asked.body = Some(body.clone().into_bytes());
                }
            })
        });
    }

    fn received(&self, session: &str, event: Received) {
        let Received { request_id: id, timestamp, kind, response, has_extra_info: extra } = event;
        let endless = matches!(kind.as_str(), "XHR" | "Fetch")
            && !response.from_disk_cache
            && !response.headers.keys().any(|name| name.eq_ignore_ascii_case("content-length"));
        self.last(&id, |chain, hop| {
            chain.expect(extra);
            self.hearing.change(hop, |request| answered(request, response, timestamp, extra));
            self.give(&id, chain, false);
        });
        if endless {
            self.stream(session, id);
        }
    }

    fn data(&self, event: &Data) {
        self.last(&event.request_id, |chain, _| match &event.data {
            Some(data) => chain.stream(Some(&BASE64_STANDARD.decode(data).unwrap_or_default())),
            None if event.data_length > 0 => chain.stream(None),
            None => {}
        });
    }

    fn finished(&self, session: &str, event: &Ended) {
        let fetched = self.last(&event.request_id, |_, hop| {
            let mut fetch = false;
            self.hearing.change(hop, |request| {
                request.ended = Some(event.timestamp * 1000.0);
                request.whole = true;
                fetch = !bodiless(request);
                request.due.body = fetch;
            });
            fetch.then(|| hop.clone())
        });
        if let Some(hop) = fetched.flatten() {
            self.ask_body(session, hop, &[]);
        }
        self.forget_told(&mut self.chains(), &event.request_id);
    }

    fn failed(&self, session: &str, event: Ended) {
        let fetched = self.last(&event.request_id, |chain, hop| {
            let mut fetch = None;
            self.give(&event.request_id, chain, true);
            self.hearing.change(hop, |request| {
                request.ended = Some(event.timestamp * 1000.0);
                request.failed = event.error_text;
                let Some(head) = &request.head else { return };
                // A body that nobody reads ends so, and a file that the browser puts away.
                let file = head.headers.iter().any(|(name, _)| name == "content-disposition");
                request.whole = bodiless(request);
                request.due.body = !request.whole;
                fetch = request.due.body.then(|| (hop.clone(), if file { &PAUSES[..] } else { &[] }));
            });
            fetch
        });
        if let Some((hop, pauses)) = fetched.flatten() {
            self.ask_body(session, hop, pauses);
        }
        self.forget_told(&mut self.chains(), &event.request_id);
    }

    /// Fetches a body; where there is none yet, again after each of `pauses`.
    fn ask_body(&self, session: &str, hop: Hop, pauses: &'static [u64]) {
        let (Some(this), session) = (self.this.upgrade(), session.to_owned()) else { return };
        let params = json!({ "requestId": hop.0 });
        let begin = move |this: &Self| this.socket.begin(Some(&session), "Network.getResponseBody", params.clone());
        // At once: what is sent now is answered before the next navigation takes anything away.
        let first = begin(&this);
        tokio::spawn(async move {
            let mut asked = first;
            let mut pauses = pauses.iter();
            let body = loop {
                let reply = match asked {
                    Ok(pending) => pending.wait(FETCH).await,
                    Err(error) => Err(error),
                };
                let body = |text: Box<RawValue>| serde_json::from_str::<Body>(text.get()).ok().map(Body::bytes);
                if let Some(bytes) = reply.ok().and_then(|text| apart(text.get().len(), || body(text))) {
                    break Some(bytes);
                }
                let Some(pause) = pauses.next() else { break None };
                tokio::time::sleep(Duration::from_millis(*pause)).await;
                asked = begin(&this);
            };
            this.fetched(&hop, body);
        });
    }

    fn fetched(&self, hop: &Hop, body: Option<Vec<u8>>) {
        // The ear may take a while: events go on meanwhile.
        let streamed = self.chains().get(&hop.0).and_then(Chain::streamed);
        if body.is_none() && streamed.is_none() {
            self.hearing.missed("bodies of responses that a page left before they had come are not recorded");
        }
        self.hearing.change(hop, |request| {
            request.whole = body.is_some();
            request.body = body.or(streamed);
            request.due.body = false;
        });
        self.forget_told(&mut self.chains(), &hop.0);
    }

    /// Fetches the body of a request.
    fn ask_posted(&self, session: &str, hop: Hop) {
        let params = json!({ "requestId": hop.0 });
        let asked = self.socket.begin(Some(session), "Network.getRequestPostData", params);
        let Some(this) = self.this.upgrade() else { return };
        tokio::spawn(async move {
            let reply = match asked {
                Ok(pending) => pending.wait(FETCH).await.ok(),
                Err(_) => None,
            };
            let body = reply.and_then(|text| serde_json::from_str::<Posted>(text.get()).ok()).map(Posted::bytes);
            if body.is_none() {
                this.hearing.missed("a request's body is not recorded where the browser does not tell it");
            }
            this.hearing.change(&hop, |request| {
                request.asked.body = body;
                request.due.posted = false;
            });
            this.forget_told(&mut this.chains(), &hop.0);
        });
    }

    /// Has the pieces of a response told that may have no end.
    fn stream(&self, session: &str, id: String) {
        #[derive(Deserialize)]
        struct Buffered {
            #[serde(rename = "bufferedData")]
            data: String,
        }
        let asked = self.socket.begin(Some(session), "Network.streamResourceContent", json!({ "requestId": id }));
        let (Ok(asked), Some(this)) = (asked, self.this.upgrade()) else { return };
        tokio::spawn(async move {
            let Ok(reply) = asked.wait(FETCH).await else { return };
            let Ok(Buffered { data }) = serde_json::from_str(reply.get()) else { return };
            let before = BASE64_STANDARD.decode(data).unwrap_or_default();
            this.last(&id, |chain, _| chain.stream_began(before));
        });
    }

    /// Nothing more comes: tells all that is left, with what came of it.
    pub(super) fn close(&self) {
        let left = std::mem::take(&mut *self.chains());
        for (id, chain) in left {
            let Some(last) = chain.last() else { continue };
            let streamed = chain.streamed();
            self.hearing.change(&(id, last), |request| {
                request.whole &= request.body.is_some();
                request.body = request.body.take().or(streamed);
            });
        }
        self.hearing.close();
    }
}

/// Notes the beginning of a response; `extra`: its headers as they came are told apart.
fn answered(request: &mut Underway, response: Response, timestamp: f64, extra: bool) {
    request.from_cache |= response.from_disk_cache || response.from_prefetch_cache;
    request.head = Some(Head {
        status: response.status,
        status_text: response.status_text,
        headers: headers(&response.headers),
        at: timestamp * 1000.0,
    });
    request.due.asked = extra;
    request.due.answered = extra;
}

/// Notes the body of a response that has none.
fn bodiless(request: &mut Underway) -> bool {
    let status = request.head.as_ref().map_or(204, |head| head.status);
    let preflight = request.asked.headers.iter().any(|(name, _)| name == "access-control-request-method");
    let none = request.asked.method == "HEAD" || preflight || matches!(status, 204 | 205 | 304);
    if none {
        request.body = Some(Vec::new());
    }
    none
}
