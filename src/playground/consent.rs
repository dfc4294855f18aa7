//! Cookie banners of several kinds and languages, one question that is none, and what else lies over a page.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::frames::other_origin;
use super::html::{Delay, address, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/consent/modal", "a cookie dialog over the page, in English, which locks scrolling"),
    Entry::new("/consent/bar", "a cookie bar at the foot of the page, in German, a moment after loading"),
    Entry::new("/consent/steps", "a cookie dialog in French that refuses only by its settings"),
    Entry::new("/consent/frame", "a cookie dialog in Spanish in a frame of another origin"),
    Entry::new("/consent/shadow", "a cookie bar in Dutch, in nested open shadow roots, with links for buttons"),
    Entry::new("/consent/notice", "a cookie notice that can only be taken note of"),
    Entry::new("/consent/none", "an article about cookies and an offer to accept: no banner"),
    Entry::new(
        "/consent/newsletter",
        "a newsletter dialog over the page, which locks scrolling and blurs what is below",
    ),
];

/// The pages by name: title, and what lies over the text.
const PAGES: &[(&str, &str, &str)] = &[
    ("modal", "Cookie dialog", include_str!("pages/consent_modal.html")),
    ("bar", "Cookie bar", include_str!("pages/consent_bar.html")),
    ("steps", "Cookie settings", include_str!("pages/consent_steps.html")),
    ("frame", "Cookie frame", include_str!("pages/consent_frame.html")),
    ("shadow", "Cookie element", include_str!("pages/consent_shadow.html")),
    ("notice", "Cookie notice", include_str!("pages/consent_notice.html")),
    ("none", "No banner", include_str!("pages/consent_none.html")),
    ("newsletter", "Newsletter", include_str!("pages/consent_newsletter.html")),
    ("inside", "Cookie question", include_str!("pages/consent_inside.html")),
];

const ARTICLE: &str = include_str!("pages/consent_article.html");

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/consent/{name}", get(show))
}

async fn show(
    State(site): State<Shared>,
    Path(name): Path<String>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
) -> Response {
    let Some((_, title, template)) = PAGES.iter().find(|(known, _, _)| *known == name) else {
        return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>");
    };
    if name == "inside" {
        delay.pause(&site).await;
        return Html((*template).to_owned()).into_response();
    }
    let frame = address(&format!("{}/consent/inside", other_origin(&headers)), &[("delay", delay.delay)]);
    let over = fill(template, &[("delay", &delay.delay.to_string()), ("frame", &escape(&frame))]);
    page(title, &fill(ARTICLE, &[("title", title), ("over", &over)])).into_response()
}
