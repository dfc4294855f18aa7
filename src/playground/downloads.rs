//! Files to save instead of pages: a small one, a large one, and those that never come whole.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{self, StreamExt};

use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/download", "a file to save instead of a page"),
    Entry::new("/download/large", "five megabytes, a piece at a time"),
    Entry::new("/download/cut", "a file whose connection ends before the length it promised"),
    Entry::new("/download/stalls", "a file that stops coming after a kilobyte"),
];

/// How much of a file comes at a time.
const PIECE: usize = 50_000;
const PIECES: usize = 100;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/download", get(report))
        .route("/download/large", get(large))
        .route("/download/cut", get(cut))
        .route("/download/stalls", get(stalls))
}

async fn report() -> Response {
    let rows: String = (1..=20).map(|number| format!("{number},row {number}\n")).collect();
    file("report.csv", "text/csv; charset=utf-8", Body::from(format!("id,name\n{rows}")))
}

async fn large(State(site): State<Shared>) -> Response {
    let pieces = stream::unfold((site, 0), |(site, sent)| async move {
        let more = sent < PIECES && site.pause(50).await;
        more.then(|| (Ok::<_, Infallible>(Bytes::from(vec![b'x'; PIECE])), (site, sent + 1)))
    });
    promising(PIECE * PIECES, file("large.bin", BINARY, Body::from_stream(pieces)))
}

async fn cut(State(site): State<Shared>) -> Response {
    let end = stream::once(async move {
        site.pause(50).await;
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    promising(100_000, file("cut.bin", BINARY, Body::from_stream(beginning().map(Ok).chain(end))))
}

/// Counts, as a path of its own, visitors who left before the end.
struct Left(Shared);

impl Drop for Left {
    fn drop(&mut self) {
        *self.0.memory().hits.entry("/download/stalls/left".to_owned()).or_default() += 1;
    }
}

async fn stalls(State(site): State<Shared>) -> Response {
    let left = Left(Arc::clone(&site));
    let end = stream::once(async move {
        site.pause(600_000).await;
        drop(left);
        Ok::<_, Infallible>(Bytes::new())
    });
    promising(100_000, file("stalls.bin", BINARY, Body::from_stream(beginning().map(Ok).chain(end))))
}

const BINARY: &str = "application/octet-stream";

fn beginning() -> impl stream::Stream<Item = Bytes> + Send {
    stream::once(async { Bytes::from(vec![b'x'; 1000]) })
}

fn file(name: &str, kind: &'static str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

fn promising(length: usize, mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
