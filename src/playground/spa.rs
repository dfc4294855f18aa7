//! An application of one document whose links change the address by pushState.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::content::Seed;
use super::html::{Delay, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] =
    &[Entry::new("/spa", "an application whose links load their view by fetch and change the address by pushState")];

const SHELL: &str = include_str!("pages/spa.html");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/spa", get(shell))
        .route("/spa/about", get(shell))
        .route("/spa/items/{number}", get(shell))
        .route("/spa-views/{*view}", get(view))
}

async fn shell(Query(delay): Query<Delay>) -> Html<String> {
    page("Application", &fill(SHELL, &[("delay", &delay.delay.to_string())]))
}

async fn view(State(site): State<Shared>, Path(view): Path<String>, Query(delay): Query<Delay>) -> Response {
    delay.pause(&site).await;
    let number = view.strip_prefix("items/").and_then(|number| number.parse::<usize>().ok());
    match (view.as_str(), number) {
        ("home", _) => {
            let items: String =
                (1..=5).map(|n| format!("<li><a href=\"/spa/items/{n}\">Item {n}</a></li>\n")).collect();
            Html(format!("<h2>Home</h2>\n<ul class=\"items\">\n{items}</ul>")).into_response()
        }
        ("about", _) => Html("<h2>About</h2>\n<p>One document, many views.</p>").into_response(),
        (_, Some(number @ 1..=5)) => {
            let text = Seed::new("view", number).paragraph(2);
            Html(format!("<h2>Item {number}</h2>\n<p class=\"text\">{text}</p>")).into_response()
        }
        _ => (StatusCode::NOT_FOUND, Html("<h2>Not found</h2>")).into_response(),
    }
}
