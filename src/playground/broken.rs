//! Answers that fail: by status, by redirect, and below HTTP.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream::{self, StreamExt};

use super::connection::Wire;
use super::html::{Delay, document, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/slow?delay=1000", "an answer that takes as long as you say"),
    Entry::new("/broken/404", "a missing page"),
    Entry::new("/broken/500", "a server error with a page"),
    Entry::new("/broken/500-empty", "a server error without one"),
    Entry::new("/broken/204", "an answer without content"),
    Entry::new("/broken/reset", "a connection that the server resets before it answers"),
    Entry::new("/broken/reset-midway", "one that it resets in the middle of the page"),
    Entry::new("/broken/cut", "an answer that ends before the length it promised"),
    Entry::new("/broken/endless", "an answer that never ends"),
    Entry::new("/broken/redirect-loop", "a redirect to itself"),
];

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/slow", get(slow))
        .route("/broken/404", get(|| failure(StatusCode::NOT_FOUND, "Not found")))
        .route("/broken/500", get(|| failure(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")))
        .route("/broken/500-empty", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/broken/204", get(|| async { StatusCode::NO_CONTENT }))
        .route("/broken/reset", get(reset))
        .route("/broken/reset-midway", get(reset_midway))
        .route("/broken/cut", get(cut))
        .route("/broken/endless", get(endless))
        .route("/broken/redirect-loop", get(|| async { Redirect::temporary("/broken/redirect-loop") }))
}

async fn slow(State(site): State<Shared>, Query(delay): Query<Delay>) -> Response {
    delay.pause(&site).await;
    page("Slow", &format!("<h1>Slow</h1>\n<p>This took {} ms.</p>", delay.delay)).into_response()
}

async fn failure(status: StatusCode, title: &'static str) -> Response {
    page_with(status, title, &format!("<h1>{title}</h1>\n<p class=\"error\">This page fails on purpose.</p>"))
}

async fn reset(ConnectInfo(wire): ConnectInfo<Wire>) -> StatusCode {
    wire.reset();
    StatusCode::OK
}

async fn reset_midway(State(site): State<Shared>, ConnectInfo(wire): ConnectInfo<Wire>) -> Response {
    let start = beginning("Reset", "The connection is about to be reset.");
    let end = stream::once(async move {
        // Long enough for the first half to reach the visitor before the reset discards what is on its way.
        site.pause(50).await;
        wire.reset();
        Ok::<_, Infallible>(Bytes::from_static(b"<p>Nobody reads this.</p>"))
    });
    html(Body::from_stream(stream::once(async { Ok(start) }).chain(end)))
}

async fn cut(State(site): State<Shared>) -> Response {
    let start = beginning("Cut", "More was promised than was sent.");
    let end = stream::once(async move {
        site.pause(50).await;
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    let mut response = html(Body::from_stream(stream::once(async { Ok(start) }).chain(end)));
    response.headers_mut().insert(header::CONTENT_LENGTH, header::HeaderValue::from_static("100000"));
    response
}

async fn endless(State(site): State<Shared>) -> Response {
    let start = beginning("Endless", "This page never ends.");
    let lines = stream::unfold((Arc::clone(&site), 1_u64), |(site, number)| async move {
        let line = format!("<p class=\"line\">Line {number}</p>\n");
        site.pause(50).await.then_some((Ok::<_, Infallible>(Bytes::from(line)), (site, number + 1)))
    });
    html(Body::from_stream(stream::once(async { Ok(start) }).chain(lines)))
}

/// A document up to where its body goes on.
fn beginning(title: &str, text: &str) -> Bytes {
    let whole = document(title, &format!("<h1>{title}</h1>\n<p>{text}</p>\n<!-- rest -->"));
    let end = whole.find("<!-- rest -->").unwrap_or(whole.len());
    Bytes::copy_from_slice(&whole.as_bytes()[..end])
}

fn html(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}
