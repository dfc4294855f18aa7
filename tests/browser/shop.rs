//! A site with one of each kind of request, which can be taken off the network.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The site, while it is on the network.
pub struct Shop {
    address: SocketAddr,
    served: JoinHandle<()>,
}

const HOME: &str = r#"<!DOCTYPE html><title>Shop</title><link rel="stylesheet" href="/style.css"><script src="/script.js"></script>
<h1>Shop</h1><iframe src="OTHER/frame"></iframe><a id="file" href="/file">file</a><script>
const say = (name, promise) => promise.then((value) => [name, value], (error) => [name, 'failed']);
const other = new Promise((done) => addEventListener('message', (event) => done(event.data)));
window.done = Promise.all([
    say('cookie', Promise.resolve(document.cookie)),
    say('script', Promise.resolve(window.scripted)),
    say('json', fetch('/json').then((r) => r.json())),
    say('post', fetch('/post', { method: 'POST', body: 'a=1' }).then((r) => r.text())),
    say('put', fetch('OTHER/put', { method: 'PUT', headers: { 'x-mine': '1' }, body: 'b' }).then((r) => r.text())),
    say('missing', fetch('/nowhere').then((r) => r.status)),
    say('empty', fetch('/empty').then((r) => r.status)),
    say('moved', fetch('/moved').then(async (r) => [r.redirected, await r.text()])),
    say('broken', fetch('/broken').then((r) => r.text())),
    say('frame', other),
    WORKERS
]).then(Object.fromEntries);
</script>"#;

/// What the home page asks of a worker of its own, and of a shared one.
const WORKERS: [&str; 2] = [
    "say('worker', new Promise((done) => { new Worker('/worker.js').onmessage = (event) => done(event.data); })),",
    "say('shared', new Promise((done) => { new SharedWorker('/shared.js').port.onmessage = (e) => done(e.data); })),",
];

fn kind(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn cors(answer: impl IntoResponse) -> impl IntoResponse {
    let allow = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "x-mine"),
    ];
    (allow, answer)
}

async fn home(headers: HeaderMap, workers: usize) -> impl IntoResponse {
    let host = headers[header::HOST].to_str().unwrap().replace("127.0.0.1", "localhost");
    let home = HOME.replace("OTHER", &format!("http://{host}")).replace("WORKERS", &WORKERS[..workers].concat());
    let cookies = [(header::SET_COOKIE, "one=1"), (header::SET_COOKIE, "two=2; Path=/")];
    (AppendHeaders(cookies), Html(home))
}

fn cookies(headers: &HeaderMap) -> String {
    let cookie = headers.get(header::COOKIE).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let mut all: Vec<_> = cookie.split("; ").collect();
    all.sort_unstable();
    all.join("; ")
}

fn routes(workers: usize) -> Router {
    let moved = [(header::LOCATION, "/moved-to"), (header::SET_COOKIE, "moved=yes; Path=/")];
    let file = [(header::CONTENT_TYPE, "application/zip"), (header::CONTENT_DISPOSITION, "attachment; filename=a.zip")];
    Router::new()
        .route("/", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/home"), (header::SET_COOKIE, "zero=0")]) }))
        .route("/home", get(move |headers: HeaderMap| home(headers, workers)))
        .route("/style.css", get(|| async { kind("text/css", "h1 { color: rgb(1, 2, 3) }") }))
        .route("/script.js", get(|| async { kind("text/javascript", "window.scripted = 'yes'") }))
        .route("/json", get(|headers: HeaderMap| async move { json!({ "cookies": cookies(&headers) }).to_string() }))
        .route("/post", post(|body: Bytes| async move { format!("got {}", String::from_utf8_lossy(&body)) }))
        .route("/put", any(|body: Bytes| async move { cors(format!("put {}", String::from_utf8_lossy(&body))) }))
        .route("/empty", get(|| async { StatusCode::NO_CONTENT }))
        .route("/moved", get(move || async move { (StatusCode::FOUND, moved) }))
        .route("/moved-to", get(|headers: HeaderMap| async move { cookies(&headers) }))
        .route("/frame", get(|| async { Html("<script>fetch('/inner').then(r => r.text()).then(t => parent.postMessage(t, '*'))</script>") }))
        .route("/inner", get(|| async { "inside" }))
        .route("/worker.js", get(|| async {
            kind("text/javascript", "importScripts('/import.js'); fetch('/work').then(r => r.text()).then(t => postMessage(t + imported))")
        }))
        .route("/shared.js", get(|| async {
            kind("text/javascript", "onconnect = (e) => fetch('/share').then(r => r.text()).then(t => e.ports[0].postMessage(t))")
        }))
        .route("/import.js", get(|| async { kind("text/javascript", "self.imported = 7") }))
        .route("/work", get(|| async { "worked" }))
        .route("/share", get(|| async { "shared" }))
        .route("/popup", get(|| async { Html("<title>Popup</title><script>new BroadcastChannel('told').postMessage('opened')</script>") }))
        .route("/file", get(move || async move { (file, &b"PK\x00\xff\xfe"[..]) }))
        .route("/form", any(|headers: HeaderMap, body: Bytes| async move {
            let mine = headers.get("x-mine").map(|value| value.to_str().unwrap().to_owned());
            Html(format!("<title>Form</title><p>{} {mine:?}", String::from_utf8_lossy(&body)))
        }))
        .route("/leaves", get(|| async {
            Html("<title>Leaves</title><script>fetch('/last').then(r => r.text()).then(() => { location.href = document.URL.replace('127.0.0.1', 'localhost').replace('leaves', 'end') })</script>")
        }))
        .route("/last", get(|| async { "the last word" }))
        .route("/end", get(|| async { Html("<title>End</title>") }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "nowhere") })
}

impl Shop {
    /// Serves a page that asks so many kinds of workers, of two.
    pub async fn open(workers: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move { axum::serve(listener, routes(workers)).await.unwrap() });
        Self { address, served }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Takes the site away, and counts who knocks at its door from then on.
    pub async fn close(self) -> Door {
        self.served.abort();
        let _ = self.served.await;
        let listener = loop {
            if let Ok(listener) = TcpListener::bind(self.address).await {
                break listener;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        };
        let knocks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&knocks);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Door { knocks }
    }
}

pub struct Door {
    knocks: Arc<AtomicUsize>,
}

impl Door {
    pub fn knocks(&self) -> usize {
        self.knocks.load(Ordering::Relaxed)
    }
}
