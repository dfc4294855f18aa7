//! Documents inside documents: frames of this and another origin, and open shadow roots.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::html::{Delay, address, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/iframe", "frames of the same and of another origin, one inside another"),
    Entry::new("/shadow", "custom elements with open shadow roots, one inside another"),
];

const IFRAME: &str = include_str!("pages/iframe.html");
const SHADOW: &str = include_str!("pages/shadow.html");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/iframe", get(outer))
        .route("/iframe/{name}", get(inner))
        .route("/shadow", get(|| async { page("Shadow roots", SHADOW) }))
}

async fn outer(Query(delay): Query<Delay>, headers: HeaderMap) -> Html<String> {
    let same = address("/iframe/same", &[("delay", delay.delay)]);
    let other = address(&format!("{}/iframe/other", other_origin(&headers)), &[("delay", delay.delay)]);
    page("Frames", &fill(IFRAME, &[("same", &escape(&same)), ("other", &escape(&other))]))
}

async fn inner(
    State(site): State<Shared>,
    Path(name): Path<String>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
) -> Response {
    delay.pause(&site).await;
    let body = match name.as_str() {
        "same" => {
            let src = address(&format!("{}/iframe/nested", other_origin(&headers)), &[("delay", delay.delay)]);
            format!("<h2>Same origin</h2>\n<p class=\"inside\">inside the same origin</p>\n<iframe id=\"nested\" src=\"{}\"></iframe>", escape(&src))
        }
        "other" => "<h2>Other origin</h2>\n<p class=\"inside\">inside another origin</p>\n\
             <form><input id=\"card\" name=\"card\" value=\"\"><button type=\"button\" onclick=\"document.querySelector('.inside').textContent = 'paid with ' + card.value\">Pay</button></form>"
            .to_owned(),
        "nested" => "<h2>Nested</h2>\n<p class=\"inside\">inside a frame of a frame</p>".to_owned(),
        _ => return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>"),
    };
    page(&format!("Frame {name}"), &body).into_response()
}

/// The same server under its other name: another origin to a browser.
pub(super) fn other_origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    let other = if name == "localhost" { "127.0.0.1" } else { "localhost" };
    format!("http://{other}:{port}")
}
