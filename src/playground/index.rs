//! The front page: every page of the site with one line on what it shows.

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, Response};
use axum::routing::get;

use super::html::{escape, page, page_with};
use super::state::Shared;
use super::{
    article, broken, catalogue, changing, commits, consent, downloads, feeds, files, frames, inspect, lazy, login,
    scripted, spa, virtual_list, wizard,
};

/// A page as the front page lists it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The path, perhaps with a query.
    pub path: &'static str,
    /// One line on what it shows.
    pub about: &'static str,
}

impl Entry {
    /// A page that `about` describes.
    pub(super) const fn new(path: &'static str, about: &'static str) -> Self {
        Self { path, about }
    }
}

const FAMILIES: &[(&str, &[Entry])] = &[
    ("Lists", commits::ENTRIES),
    ("Lists that grow", feeds::ENTRIES),
    ("A list that forgets", virtual_list::ENTRIES),
    ("Logins", login::ENTRIES),
    ("Forms in steps", wizard::ENTRIES),
    ("Files", files::ENTRIES),
    ("Data", catalogue::ENTRIES),
    ("A site that changes", changing::ENTRIES),
    ("Reading", article::ENTRIES),
    ("Applications", spa::ENTRIES),
    ("Scripts", scripted::ENTRIES),
    ("Frames and shadow roots", frames::ENTRIES),
    ("What lies over a page", consent::ENTRIES),
    ("Pictures", lazy::ENTRIES),
    ("Requests", inspect::ENTRIES),
    ("Downloads", downloads::ENTRIES),
    ("Failures", broken::ENTRIES),
];

/// Every page that the front page links, in its order.
#[must_use]
pub fn pages() -> Vec<Entry> {
    FAMILIES.iter().flat_map(|(_, entries)| entries.iter().copied()).collect()
}

/// The routes of the whole site.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(front))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .merge(commits::routes())
        .merge(feeds::routes())
        .merge(virtual_list::routes())
        .merge(login::routes())
        .merge(wizard::routes())
        .merge(files::routes())
        .merge(catalogue::routes())
        .merge(changing::routes())
        .merge(article::routes())
        .merge(spa::routes())
        .merge(scripted::routes())
        .merge(frames::routes())
        .merge(consent::routes())
        .merge(lazy::routes())
        .merge(inspect::routes())
        .merge(downloads::routes())
        .merge(broken::routes())
        .fallback(missing)
}

async fn front() -> Html<String> {
    let mut body = String::from(
        "<h1>Playground</h1>\n<p>A small site to crawl. Any page takes <code>?delay=MS</code>: what you do on it is then \
         answered that much later.</p>\n",
    );
    for (family, entries) in FAMILIES {
        body.push_str(&format!("<h2>{}</h2>\n<ul>\n", escape(family)));
        for entry in *entries {
            let (path, about) = (escape(entry.path), escape(entry.about));
            body.push_str(&format!("<li><a href=\"{path}\">{path}</a>: {about}</li>\n"));
        }
        body.push_str("</ul>\n");
    }
    page("Playground", &body)
}

async fn missing(uri: Uri) -> Response {
    let body = format!("<h1>Not found</h1>\n<p class=\"error\">There is no page at {}.</p>", escape(uri.path()));
    page_with(StatusCode::NOT_FOUND, "Not found", &body)
}
