//! Lists that grow: by a button, and by scrolling.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use super::content::Seed;
use super::html::{Delay, escape, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/load-more", "10 of 40 items, and a button that loads 10 more until it disappears"),
    Entry::new("/infinite", "200 items that load in batches of 20 while you scroll, then an end marker"),
];

const LOAD_MORE: &str = include_str!("pages/load_more.html");
const INFINITE: &str = include_str!("pages/infinite.html");
const BUTTON_TOTAL: usize = 40;
const SCROLL_TOTAL: usize = 200;

/// Which batch a script asks for.
#[derive(Debug, Deserialize)]
struct Batch {
    #[serde(default)]
    from: usize,
    #[serde(default)]
    delay: u64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/load-more", get(load_more))
        .route("/load-more/items", get(load_more_items))
        .route("/infinite", get(infinite))
        .route("/infinite/items", get(infinite_items))
}

async fn load_more(Query(delay): Query<Delay>) -> Html<String> {
    let delay = delay.delay.to_string();
    let items = items("content-item", 0, 10, BUTTON_TOTAL);
    page("Load more", &fill(LOAD_MORE, &[("items", &items), ("delay", &delay), ("total", &BUTTON_TOTAL.to_string())]))
}

async fn load_more_items(State(site): State<Shared>, Query(batch): Query<Batch>) -> Html<String> {
    site.pause(batch.delay).await;
    Html(items("content-item", batch.from, 10, BUTTON_TOTAL))
}

async fn infinite(Query(delay): Query<Delay>) -> Html<String> {
    let delay = delay.delay.to_string();
    let items = items("item", 0, 20, SCROLL_TOTAL);
    page(
        "Infinite scroll",
        &fill(INFINITE, &[("items", &items), ("delay", &delay), ("total", &SCROLL_TOTAL.to_string())]),
    )
}

async fn infinite_items(State(site): State<Shared>, Query(batch): Query<Batch>) -> Html<String> {
    site.pause(batch.delay).await;
    Html(items("item", batch.from, 20, SCROLL_TOTAL))
}

fn items(class: &str, from: usize, count: usize, total: usize) -> String {
    let range = from.min(total)..from.saturating_add(count).min(total);
    range
        .map(|index| {
            let number = index + 1;
            let text = escape(&Seed::new(class, index).paragraph(2));
            format!("<article class=\"{class}\" id=\"{class}-{number}\">\n<h3>Item {number}</h3>\n<p>{text}</p>\n</article>\n")
        })
        .collect()
}
