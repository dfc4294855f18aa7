//! Pages to read: an article with everything around it, tables with spans, and a megabyte of rows.

use axum::Router;
use axum::extract::Query;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use super::content::Seed;
use super::html::page;
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/article", "a long article between navigation, side bar and footer: code, lists, links, a picture"),
    Entry::new("/table", "tables with caption, header and footer, spanning cells, and one without any header"),
    Entry::new("/big?kb=1000", "a page of about 1,000 KB of rows"),
];

const ARTICLE: &str = include_str!("pages/article.html");
const TABLE: &str = include_str!("pages/table.html");
const MOST_KILOBYTES: usize = 50_000;

/// How large a page is wanted.
#[derive(Debug, Deserialize)]
struct Size {
    #[serde(default = "a_thousand")]
    kb: usize,
}

fn a_thousand() -> usize {
    1000
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/article", get(|| async { Html(ARTICLE) }))
        .route("/table", get(|| async { page("Tables", TABLE) }))
        .route("/big", get(big))
}

async fn big(Query(size): Query<Size>) -> Html<String> {
    let wanted = size.kb.min(MOST_KILOBYTES) * 1024;
    let mut rows = String::with_capacity(wanted + 1024);
    let mut number = 0;
    while rows.len() < wanted {
        number += 1;
        let mut seed = Seed::new("row", number);
        let (title, price, text) = (seed.sentence(5), seed.below(100_000), seed.sentence(14));
        rows.push_str(&format!(
            "<li class=\"row\" id=\"row-{number}\"><h3><a href=\"/products/{}\">{title}</a></h3>\
             <span class=\"price\">${}.{:02}</span> <p class=\"text\">{text}</p></li>\n",
            number % 8 + 1,
            price / 100,
            price % 100,
        ));
    }
    page("Big", &format!("<h1>{number} rows</h1>\n<ul class=\"rows\">\n{rows}</ul>"))
}
