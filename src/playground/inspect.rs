//! Pages about the request itself, and answers that are no HTML.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::html::{self, Delay, cookies, escape, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/headers", "the headers of your request, as HTML and as JSON"),
    Entry::new("/cookies", "the cookies of your request; sets one more"),
    Entry::new("/echo", "method and body of your request"),
    Entry::new("/cache-me", "how often this page was asked for"),
    Entry::new("/hits?path=/cache-me", "how often a path was asked for, as JSON"),
    Entry::new("/redirect?to=/headers&times=3", "a chain of redirects"),
    Entry::new("/json", "a JSON answer"),
    Entry::new("/text", "a plain text answer"),
];

/// Which path's count is asked for.
#[derive(Debug, Deserialize)]
struct Counted {
    #[serde(default)]
    path: String,
}

/// Where a chain of redirects ends, and how many are left.
#[derive(Debug, Deserialize)]
struct Chain {
    #[serde(default = "home")]
    to: String,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    delay: u64,
}

fn home() -> String {
    "/".to_owned()
}

fn once() -> u32 {
    1
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/headers", get(headers))
        .route("/cookies", get(show_cookies))
        .route("/echo", any(echo))
        .route("/cache-me", get(cache_me))
        .route("/hits", get(hits))
        .route("/redirect", get(redirect))
        .route("/json", get(|| async { html::json(&sample()) }))
        .route("/text", get(|| async { "plain text\nwith <b>no</b> markup\n" }))
}

fn sample() -> Value {
    json!({ "name": "playground", "rows": [{ "id": 1, "tag": "<b>" }, { "id": 2, "tag": null }], "total": 2 })
}

async fn headers(headers: HeaderMap) -> Html<String> {
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut object = Map::new();
    for name in headers.keys() {
        let lines: Vec<String> = headers.get_all(name).into_iter().map(text).collect();
        object.insert(name.as_str().to_owned(), Value::String(lines.join(", ")));
    }
    let rows: String = object
        .iter()
        .map(|(name, value)| {
            let value = escape(value.as_str().unwrap_or_default());
            format!("<tr data-name=\"{name}\"><th>{name}</th><td>{value}</td></tr>\n")
        })
        .collect();
    let json = escape(&Value::Object(object).to_string());
    page("Headers", &format!("<h1>Headers</h1>\n<table>\n{rows}</table>\n<pre id=\"headers\">{json}</pre>"))
}

async fn show_cookies(headers: HeaderMap) -> Response {
    let cookies = cookies(&headers);
    let visits = cookies.iter().find(|(name, _)| name == "visits").and_then(|(_, count)| count.parse::<u64>().ok());
    let rows: String = cookies
        .iter()
        .map(|(name, value)| (escape(name), escape(value)))
        .map(|(name, value)| format!("<tr data-name=\"{name}\"><th>{name}</th><td>{value}</td></tr>\n"))
        .collect();
    let set = format!("visits={}; Path=/; SameSite=Lax", visits.unwrap_or(0).saturating_add(1));
    let body = format!("<h1>{} cookies</h1>\n<table>\n{rows}</table>", cookies.len());
    (AppendHeaders([(header::SET_COOKIE, set)]), page("Cookies", &body)).into_response()
}

async fn echo(
    State(site): State<Shared>,
    Query(delay): Query<Delay>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Html<String> {
    delay.pause(&site).await;
    let kind = headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap_or_default());
    let body = String::from_utf8_lossy(&body);
    page(
        "Echo",
        &format!(
            "<h1>Echo</h1>\n<dl>\n<dt>method</dt><dd class=\"method\">{method}</dd>\n<dt>content-type</dt>\
             <dd class=\"content-type\">{}</dd>\n</dl>\n<pre class=\"body\">{}</pre>",
            escape(kind),
            escape(&body)
        ),
    )
}

async fn cache_me(State(site): State<Shared>) -> Html<String> {
    let count = site.memory().hits.get("/cache-me").copied().unwrap_or(0);
    page("Cache me", &format!("<h1>Cache me</h1>\n<p>Asked for <b class=\"hits\">{count}</b> times.</p>"))
}

async fn hits(State(site): State<Shared>, Query(counted): Query<Counted>) -> Response {
    let count = site.memory().hits.get(&counted.path).copied().unwrap_or(0);
    html::json(&json!({ "path": counted.path, "hits": count }))
}

async fn redirect(State(site): State<Shared>, Query(chain): Query<Chain>) -> Response {
    site.pause(chain.delay).await;
    if header::HeaderValue::from_str(&chain.to).is_err() {
        return (StatusCode::BAD_REQUEST, "`to` is no address\n").into_response();
    }
    if chain.times <= 1 {
        return Redirect::to(&chain.to).into_response();
    }
    let to: String = url::form_urlencoded::byte_serialize(chain.to.as_bytes()).collect();
    let next = format!("/redirect?to={to}&times={}", chain.times - 1);
    Redirect::to(&html::address(&next, &[("delay", chain.delay)])).into_response()
}
