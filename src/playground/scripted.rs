//! Pages whose scripts do what scripts do: dialogs, strict policies, tampering, live forms, windows, console.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use super::content::commit;
use super::html::{self, Delay, escape, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/dialogs", "buttons for alert, confirm, prompt and a question before leaving"),
    Entry::new("/csp", "a list with a next button under a strict content security policy with Trusted Types"),
    Entry::new("/tamper", "a page that overrides querySelectorAll, toJSON, Array.prototype.map and more"),
    Entry::new("/form", "controls whose live values differ from their attributes"),
    Entry::new("/popup", "links and buttons that open windows"),
    Entry::new("/console", "console lines, uncaught errors and rejected promises"),
];

const DIALOGS: &str = include_str!("pages/dialogs.html");
const CSP: &str = include_str!("pages/csp.html");
const TAMPER: &str = include_str!("pages/tamper.html");
const FORM: &str = include_str!("pages/form.html");
const POPUP: &str = include_str!("pages/popup.html");
const CONSOLE: &str = include_str!("pages/console.html");
const WORKER: &str = include_str!("pages/worker.js");
const CSP_ROWS: usize = 10;
const CSP_PAGES: usize = 3;

/// Which page of the strict list is asked for.
#[derive(Debug, Deserialize)]
struct Place {
    #[serde(default)]
    page: usize,
    #[serde(default)]
    delay: u64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/dialogs", get(|| async { page("Dialogs", DIALOGS) }))
        .route("/csp", get(strict))
        .route("/csp/rows", get(strict_rows))
        .route("/tamper", get(|| async { page("Tamper", TAMPER) }))
        .route("/form", get(|| async { page("Form", FORM) }))
        .route("/popup", get(popup))
        .route("/popup/window", get(window))
        .route("/console", get(|| async { page("Console", CONSOLE) }))
        .route("/worker.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], WORKER) }))
}

async fn strict(State(site): State<Shared>, Query(delay): Query<Delay>) -> Response {
    let nonce = site.token("nonce");
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let text = fill(CSP, &[("nonce", &nonce), ("delay", &delay.delay.to_string())]);
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(text)).into_response()
}

async fn strict_rows(State(site): State<Shared>, Query(place): Query<Place>) -> Response {
    site.pause(place.delay).await;
    let number = place.page.clamp(1, CSP_PAGES);
    let start = (number - 1) * CSP_ROWS;
    let rows: Vec<String> = (start..start + CSP_ROWS).map(|index| commit(index).title).collect();
    html::json(&json!({ "page": number, "rows": rows, "more": number < CSP_PAGES }))
}

async fn popup(Query(delay): Query<Delay>) -> Html<String> {
    page("Pop-ups", &fill(POPUP, &[("address", &escape(&delay.carry("/popup/window")))]))
}

async fn window(State(site): State<Shared>, Query(delay): Query<Delay>) -> Html<String> {
    delay.pause(&site).await;
    page(
        "A window",
        "<h1>A window</h1>\n<p>Opened by the page before.</p>\n<p><button onclick=\"window.close()\">Close</button></p>",
    )
}
