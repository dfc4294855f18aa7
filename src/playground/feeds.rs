//! Lists that grow: by a button, and by scrolling.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use super::content::Seed;
use super::html::{escape, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/load-more", "10 of 40 items, and a button that loads 10 more until it disappears"),
    Entry::new("/infinite", "200 items that load in batches of 20 while you scroll, then an end marker"),
];

const LOAD_MORE: &str = include_str!("pages/load_more.html");
const INFINITE: &str = include_str!("pages/infinite.html");
const MOST_ITEMS: usize = 10_000;

/// Which batch of a list is asked for; `total` makes it shorter or longer than usual.
#[derive(Debug, Deserialize)]
struct Batch {
    #[serde(default)]
    from: usize,
    total: Option<usize>,
    #[serde(default)]
    delay: u64,
}

/// A kind of growing list: the class of its items, how many come at a time, how many there are.
struct Feed {
    class: &'static str,
    batch: usize,
    total: usize,
}

const BY_BUTTON: Feed = Feed { class: "content-item", batch: 10, total: 40 };
const BY_SCROLLING: Feed = Feed { class: "item", batch: 20, total: 200 };

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/load-more", get(load_more))
        .route("/load-more/items", get(load_more_items))
        .route("/infinite", get(infinite))
        .route("/infinite/items", get(infinite_items))
}

async fn load_more(Query(batch): Query<Batch>) -> Html<String> {
    page("Load more", &BY_BUTTON.page(LOAD_MORE, &batch))
}

async fn load_more_items(State(site): State<Shared>, Query(batch): Query<Batch>) -> Html<String> {
    site.pause(batch.delay).await;
    Html(BY_BUTTON.items(&batch))
}

async fn infinite(Query(batch): Query<Batch>) -> Html<String> {
    page("Infinite scroll", &BY_SCROLLING.page(INFINITE, &batch))
}

async fn infinite_items(State(site): State<Shared>, Query(batch): Query<Batch>) -> Html<String> {
    site.pause(batch.delay).await;
    Html(BY_SCROLLING.items(&batch))
}

impl Feed {
    fn total(&self, batch: &Batch) -> usize {
        batch.total.unwrap_or(self.total).min(MOST_ITEMS)
    }

    fn page(&self, template: &str, batch: &Batch) -> String {
        let total = self.total(batch).to_string();
        fill(template, &[("items", &self.items(batch)), ("total", &total), ("delay", &batch.delay.to_string())])
    }

    fn items(&self, batch: &Batch) -> String {
        let total = self.total(batch);
        let end = batch.from.saturating_add(self.batch).min(total);
        (batch.from.min(end)..end).map(|index| self.item(index)).collect()
    }

    fn item(&self, index: usize) -> String {
        let class = self.class;
        let number = index + 1;
        let text = escape(&Seed::new(class, index).paragraph(2));
        format!(
            "<article class=\"{class}\" id=\"{class}-{number}\">\n<h3>Item {number}</h3>\n<p>{text}</p>\n</article>\n"
        )
    }
}
