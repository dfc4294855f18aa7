//! Network events: the documents' requests, what is in flight, responses that somebody waits for.

use std::time::Instant;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::browser::exchange::Exchange;
use crate::browser::rewrite::{Rewrite, merged};
use crate::browser::tracker::{Arriving, DocumentLoad, InFlight, SeenResponse};

use super::event::{AuthRequired, Header, NetworkEvent, RequestData, ResponseData, pairs};
use super::events::{Events, State, called_off, on};
use super::reason::{ABORTED, net_name};
use super::wire;

/// So many reasons are remembered of requests that failed.
const MOST_REASONS: usize = 1_000;

/// Takes one event of the network module.
pub(super) fn take(events: &Events, name: &str, params: &RawValue) {
    if name == "authRequired" {
        on(params, |event: AuthRequired| asked(events, &event));
        return;
    }
    on(params, |event: NetworkEvent| {
        if name != "beforeRequestSent"
            && let Some(listener) = &events.manner.listener
        {
            listener.take(name, &event, None);
        }
        heard(events, name, event);
    });
}

fn heard(events: &Events, name: &str, event: NetworkEvent) {
    match name {
        "beforeRequestSent" => sent(events, event),
        "responseStarted" => events.tracker.change(|state| received(state, &event)),
        "responseCompleted" => events.tracker.change(|state| {
            received(state, &event);
            ended(state, &event);
        }),
        "fetchError" => events.tracker.change(|state| ended(state, &event)),
        _ => {}
    }
}

/// The navigation of which the driver says that the request is its document's, in the main frame.
fn navigation<'a>(state: &State, event: &'a NetworkEvent) -> Option<&'a String> {
    event.navigation.as_ref().filter(|_| event.context.as_ref() == Some(&state.main_frame))
}

/// The load of the main frame's document that the request is for, if it is for one.
///
/// The driver names the navigation that it knows at that moment, which may be the one before or the one after. So the
/// first name counts, unless another request has it; then the load waits under its request's id for a better one.
fn load<'a>(state: &'a mut State, event: &NetworkEvent) -> Option<&'a mut DocumentLoad> {
    let request = &event.request.request;
    let known = state.lane.documents.get(request);
    // What the driver tells of a request that it has let go of names neither navigation nor context.
    let named = navigation(state, event).or(known)?.clone();
    let taken = *known.unwrap_or(request) != named
        && (named == state.document.loader || state.loads.get(&named).is_some_and(|load| load.request != *request));
    let key = match known {
        Some(known) if known != request || taken => known.clone(),
        None if taken => request.clone(),
        _ => named,
    };
    if let Some(waiting) = state.loads.remove(request).filter(|_| key != *request) {
        state.loads.insert(key.clone(), waiting);
    }
    state.lane.documents.insert(request.clone(), key.clone());
    let load = state.loads.entry(key).or_default();
    load.request.clone_from(request);
    Some(load)
}

fn sent(events: &Events, event: NetworkEvent) {
    if event.is_blocked {
        let own = {
            let mut state = events.tracker.state();
            let first = navigation(&state, &event).is_some() && event.redirect_count == 0;
            let own = if first { state.lane.rewrite.take() } else { None };
            // The event tells the method of a plain navigation.
            if let Some(method) = own.as_ref().and_then(Rewrite::method) {
                state.remember_sent(method, &event.request.url);
            }
            own
        };
        let whole = matches!(own, Some(Rewrite::Answer { .. }));
        let blocked = !whole && events.manner.blocking.refuses(event.request.resource(), &event.request.url);
        if let Some(listener) = &events.manner.listener {
            listener.take("beforeRequestSent", &event, own.as_ref());
        }
        if let Some(answers) = events.manner.answers.as_ref().filter(|_| !whole && !blocked) {
            let weak = events.weak();
            wire::answer(&events.socket, answers, (&event.request, own.as_ref()), move |id, reason| {
                if let Some(events) = weak.upgrade() {
                    let reasons = &mut events.tracker.state().lane.reasons;
                    if reasons.len() >= MOST_REASONS {
                        reasons.clear();
                    }
                    reasons.insert(id.to_owned(), reason);
                }
            });
        } else {
            let (method, params) = match blocked {
                true => ("network.failRequest", json!({ "request": event.request.request })),
                false => go_on(own, &event.request),
            };
            events.socket.send(None, method, params);
        }
    } else if let Some(listener) = &events.manner.listener {
        listener.take("beforeRequestSent", &event, None);
    }
    if event.navigation.is_some() {
        events.permit(&event.request.url);
    }
    events.tracker.change(|state| {
        note_sent(state, &event);
        if let Some(load) = load(state, &event) {
            if event.redirect_count == 0 {
                load.sent = event.timestamp / 1000.0;
            } else if !load.url.is_empty() {
                load.redirects.push(std::mem::take(&mut load.url));
            }
            load.url.clone_from(&event.request.url);
            load.finished = false;
        }
        let kind = event.request.resource();
        if !["Ping", "CSPViolationReport", "Preflight"].contains(&kind) {
            state.remember_sent(&event.request.method, &event.request.url);
        }
        if counts(&event.request) {
            state.traffic.last = Some(Instant::now());
            under_way(state, &event);
        }
    });
}

/// Whether a request is counted as in flight. An event stream never ends; counting it would make every such page busy
/// for ever.
fn counts(request: &RequestData) -> bool {
    request.resource() != "EventSource" && !request.url.starts_with("data:")
}

/// The request among those in flight. The driver may tell of its answer before it tells of the request.
fn under_way<'a>(state: &'a mut State, event: &NetworkEvent) -> &'a mut InFlight {
    let new = || InFlight {
        url: event.request.url.clone(),
        session: event.context.clone().unwrap_or_default(),
        begun: Instant::now(),
        arrival: None,
    };
    state.traffic.in_flight.entry(event.request.request.clone()).or_insert_with(new)
}

/// A question for credentials: answered once for each request; wrong ones end in the server's own page.
fn asked(events: &Events, event: &AuthRequired) {
    if !event.is_blocked {
        return;
    }
    let request = &event.request.request;
    let known = events.manner.auth.as_ref().filter(|auth| auth.are_for(&event.request.url));
    let first = events.tracker.state().lane.answered.insert(request.clone());
    let params = match known.filter(|_| first) {
        Some(own) => {
            let credentials = json!({ "type": "password", "username": own.user, "password": own.password });
            json!({ "request": request, "action": "provideCredentials", "credentials": credentials })
        }
        None => json!({ "request": request, "action": "cancel" }),
    };
    events.socket.send(None, "network.continueWithAuth", params);
}

fn note_sent(state: &mut State, event: &NetworkEvent) {
    if let Some(exchanges) = &mut state.exchanges {
        let RequestData { url, method, .. } = &event.request;
        exchanges.sent(&event.exchange(), Exchange::new(method, url, event.request.resource()));
    }
}

fn note_answered(state: &mut State, event: &NetworkEvent, response: &ResponseData, redirects: bool) {
    let Some(exchanges) = &mut state.exchanges else { return };
    let request = event.exchange();
    exchanges.heard(&request, |exchange| {
        exchange.status = Some(response.status).filter(|status| *status != 0);
        exchange.mime = Some(response.media_type().to_owned()).filter(|mime| !mime.is_empty());
        exchange.headers = pairs(&response.headers);
        exchange.from_cache = response.from_cache;
        exchange.bytes = response.bytes_received;
    });
    if redirects {
        exchanges.ended(&request, None);
    }
}

/// A response: as it began, and again when it is whole, for the driver may give a document that came after a redirect
/// the redirect's status at first.
fn received(state: &mut State, event: &NetworkEvent) {
    let Some(response) = &event.response else { return };
    let headers = pairs(&response.headers);
    let redirects =
        matches!(response.status, 301 | 302 | 303 | 307 | 308) && headers.iter().any(|(name, _)| name == "location");
    note_answered(state, event, response, redirects);
    if redirects {
        return;
    }
    if let Some(load) = load(state, event) {
        let http = response.url.starts_with("http:") || response.url.starts_with("https:");
        load.status = Some(response.status).filter(|status| *status != 0 && http);
        load.headers.clone_from(&headers);
        response.media_type().clone_into(&mut load.mime);
        load.received.get_or_insert(event.timestamp / 1000.0);
    }
    let arrival = Arriving::of(&headers);
    if counts(&event.request) {
        under_way(state, event).arrival.get_or_insert(arrival);
    }
    let Some(responses) = &mut state.traffic.responses else { return };
    let request = &event.request.request;
    if !responses.iter().any(|seen| seen.request == *request) {
        responses.push(SeenResponse {
            session: event.context.clone().unwrap_or_default(),
            request: request.clone(),
            url: response.url.clone(),
            status: response.status,
            headers,
            arrival,
            finished: false,
            failed: None,
        });
    }
}

fn ended(state: &mut State, event: &NetworkEvent) {
    let request = &event.request.request;
    if let Some(exchanges) = &mut state.exchanges {
        exchanges.ended(&event.exchange(), event.error_text.as_deref());
    }
    if state.traffic.in_flight.remove(request).is_some() {
        state.traffic.last = Some(Instant::now());
    }
    let recorded = state.lane.reasons.get(request).cloned();
    if let Some(load) = load(state, event) {
        // A response that broke off is told twice, in either order: as completed and as failed.
        let reason = event.error_text.as_ref().map(|text| net_name(text, &load.headers));
        let reason = if reason.is_some() { recorded.or(reason) } else { None };
        load.failed = load.failed.take().or(reason);
        load.finished = load.failed.is_none();
        if load.failed.as_deref() == Some(ABORTED) {
            called_off(state, request);
        }
    }
    let waiting = state.traffic.responses.iter_mut().flatten();
    if let Some(response) = waiting.rev().find(|response| response.request == *request) {
        response.finished = true;
        let reason = event.error_text.as_ref().map(|text| net_name(text, &response.headers));
        response.failed = response.failed.take().or(reason);
    }
}

/// The command that lets a blocked request go on: the main document's as the navigation wants it, all others as they are.
fn go_on(rewrite: Option<Rewrite>, request: &RequestData) -> (&'static str, Value) {
    let id = &request.request;
    let as_method = rewrite.as_ref().and_then(Rewrite::method).map(str::to_owned);
    match rewrite {
        None => ("network.continueRequest", json!({ "request": id })),
        Some(Rewrite::Answer { content }) => {
            let headers = header_list([("content-type".to_owned(), "text/html; charset=utf-8".to_owned())]);
            let body = json!({ "type": "string", "value": content });
            let answer = json!({ "request": id, "statusCode": 200, "headers": headers, "body": body });
            ("network.provideResponse", answer)
        }
        Some(Rewrite::Send { headers: own, body, .. }) => {
            let sent = request.headers.iter().map(|Header { name, value }| (name.clone(), value.text()));
            let mut go_on = json!({ "request": id, "headers": header_list(merged(sent, own)) });
            if let Some(method) = as_method {
                go_on["method"] = json!(method);
            }
            if let Some(body) = body {
                go_on["body"] = json!({ "type": "string", "value": body });
            }
            ("network.continueRequest", go_on)
        }
    }
}

/// Headers as `network.Header`s.
pub(super) fn header_list(headers: impl IntoIterator<Item = (String, String)>) -> Value {
    let list = headers.into_iter();
    list.map(|(name, value)| json!({ "name": name, "value": { "type": "string", "value": value } })).collect()
}
