//! Network events: the documents' requests, what is in flight, responses that somebody waits for.

use std::time::Instant;

use serde_json::value::RawValue;

use crate::browser::exchange::Exchange;
use crate::browser::tracker::{Arriving, InFlight, SeenResponse};

use super::event::{DataReceived, ExtraInfo, LoadingEnded, RequestSent, ResponseHead, ResponseReceived, headers};
use super::events::{Events, on};
use super::lane::State;

/// Takes one event of the Network domain.
pub(super) fn take(events: &Events, session: &str, name: &str, params: &RawValue) {
    match name {
        "requestWillBeSent" => on(params, |event: RequestSent| events.change(|state| sent(state, session, event))),
        "responseReceived" => {
            on(params, |event: ResponseReceived| events.change(|state| received(state, session, event)));
        }
        "dataReceived" => on(params, |event: DataReceived| arrived(events, &event)),
        "responseReceivedExtraInfo" => on(params, |event: ExtraInfo| events.change(|state| extra(state, &event))),
        "loadingFinished" | "loadingFailed" => {
            on(params, |event: LoadingEnded| events.change(|state| ended(state, event)));
        }
        _ => {}
    }
}

fn sent(state: &mut State, session: &str, event: RequestSent) {
    note_sent(state, &event);
    let document = event.kind.as_deref() == Some("Document")
        && event.request_id == event.loader_id
        && event.frame_id.as_ref() == Some(&state.main_frame);
    if document {
        let load = state.loads.entry(event.loader_id).or_default();
        load.request.clone_from(&event.request_id);
        if load.sent == 0.0 {
            load.sent = event.timestamp;
        }
        if let Some(redirect) = event.redirect_response {
            load.redirects.push(redirect.url);
            load.wire_headers = None;
        }
        load.url.clone_from(&event.request.url);
    }
    let reports = ["Ping", "CSPViolationReport", "Preflight"].contains(&event.kind.as_deref().unwrap_or_default());
    if !reports {
        state.remember_sent(&event.request.method, &event.request.url);
    }
    // An event stream never ends; counting it would make every such page busy for ever.
    if event.kind.as_deref() != Some("EventSource") && !event.request.url.starts_with("data:") {
        state.traffic.last = Some(Instant::now());
        let request =
            InFlight { url: event.request.url, session: session.to_owned(), begun: Instant::now(), arrival: None };
        state.traffic.in_flight.insert(event.request_id, request);
    }
}

fn note_sent(state: &mut State, event: &RequestSent) {
    let Some(exchanges) = &mut state.exchanges else { return };
    if let Some(redirect) = &event.redirect_response {
        exchanges.heard(&event.request_id, |exchange| answered(exchange, redirect));
        exchanges.ended(&event.request_id, None);
    }
    let kind = event.kind.as_deref().unwrap_or_default();
    exchanges.sent(&event.request_id, Exchange::new(&event.request.method, &event.request.url, kind));
}

fn answered(exchange: &mut Exchange, response: &ResponseHead) {
    exchange.status = Some(response.status).filter(|status| *status != 0);
    exchange.mime = Some(response.mime_type.clone()).filter(|mime| !mime.is_empty());
    exchange.headers = headers(&response.headers);
    exchange.from_cache = response.from_disk_cache;
}

fn received(state: &mut State, session: &str, event: ResponseReceived) {
    if let Some(exchanges) = &mut state.exchanges {
        exchanges.heard(&event.request_id, |exchange| answered(exchange, &event.response));
    }
    let pairs = headers(&event.response.headers);
    if let Some(load) = state.loads.get_mut(&event.request_id) {
        load.status = Some(event.response.status).filter(|status| *status != 0 && is_http(&event.response.url));
        load.headers.clone_from(&pairs);
        load.mime.clone_from(&event.response.mime_type);
        load.received = Some(event.timestamp);
        load.certificate = event.response.security_details.map(Into::into);
    }
    let arrival = Arriving::of(&pairs);
    if let Some(request) = state.traffic.in_flight.get_mut(&event.request_id) {
        request.arrival = Some(arrival);
    }
    if let Some(responses) = &mut state.traffic.responses {
        responses.push(SeenResponse {
            session: session.to_owned(),
            request: event.request_id,
            url: event.response.url,
            status: event.response.status,
            headers: pairs,
            arrival,
            finished: false,
            failed: None,
        });
    }
}

/// Counts what came. Waits are told at the end alone: most pages bring many pieces that nobody waits for.
fn arrived(events: &Events, event: &DataReceived) {
    let whole = events.state().traffic.more(&event.request_id, event.encoded_data_length);
    if whole {
        events.change(|_| ());
    }
}

fn is_http(url: &str) -> bool {
    url.starts_with("http:") || url.starts_with("https:")
}

fn extra(state: &mut State, event: &ExtraInfo) {
    let redirect = (300..400).contains(&event.status_code) && event.status_code != 304;
    if let Some(load) = state.loads.get_mut(&event.request_id).filter(|_| !redirect) {
        load.wire_headers = Some(headers(&event.headers));
    }
}

fn ended(state: &mut State, mut event: LoadingEnded) {
    if let Some(reason) = state.lane.reasons.get(&event.request_id).filter(|_| event.error_text.is_some()) {
        event.error_text = Some(reason.clone());
    }
    if let Some(exchanges) = &mut state.exchanges {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "CDP writes bytes as a number")]
        exchanges.heard(&event.request_id, |exchange| exchange.bytes = event.encoded_data_length as u64);
        exchanges.ended(&event.request_id, event.error_text.as_deref());
    }
    if state.traffic.in_flight.remove(&event.request_id).is_some() {
        state.traffic.last = Some(Instant::now());
    }
    // A document's request that is aborted never commits: a download, 204, or a navigation that was called off.
    // After any other failure an error page commits.
    if event.error_text.as_deref() == Some("net::ERR_ABORTED") {
        let dropped = state.pending.take_if(|pending| pending.loader.as_ref() == Some(&event.request_id)).is_some();
        state.document.cut |= dropped && !state.document.load;
    }
    if let Some(load) = state.loads.get_mut(&event.request_id) {
        load.finished = event.error_text.is_none();
        load.failed.clone_from(&event.error_text);
    }
    let mut waiting = state.traffic.responses.iter_mut().flatten();
    if let Some(response) = waiting.rfind(|response| response.request == event.request_id) {
        response.finished = true;
        response.failed = event.error_text;
    }
}
