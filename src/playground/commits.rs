//! A commit list in pages: one replaces itself by fetch and pushState, its twin uses real links.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::content::{Commit, commit};
use super::html::{address, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/commits", "a commit list whose next button replaces the list by fetch and pushState"),
    Entry::new("/commits-links", "the same list, where next is a real link"),
];

const PER_PAGE: usize = 30;
const DEFAULT_PAGES: u64 = 5;
const MOST_PAGES: u64 = 200;
const SCRIPT: &str = include_str!("pages/commits.html");

/// Where a visitor stands in the list.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Place {
    #[serde(default = "first")]
    page: u64,
    #[serde(default = "five")]
    pages: u64,
    #[serde(default)]
    delay: u64,
}

fn first() -> u64 {
    1
}

fn five() -> u64 {
    DEFAULT_PAGES
}

impl Place {
    fn last(self) -> u64 {
        self.pages.clamp(1, MOST_PAGES)
    }

    fn address(self, path: &str, number: u64) -> String {
        let pages = if self.pages == DEFAULT_PAGES { 0 } else { self.pages };
        let number = if number == 1 { 0 } else { number };
        address(path, &[("page", number), ("pages", pages), ("delay", self.delay)])
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/commits", get(scripted))
        .route("/commits/rows", get(rows))
        .route("/commits-links", get(linked))
        .route("/commit/{sha}", get(one))
}

async fn scripted(State(site): State<Shared>, Query(place): Query<Place>) -> Response {
    if place.page > 1 {
        site.pause(place.delay).await;
    }
    let Some(list) = list("/commits", place) else { return missing() };
    page(&title(place), &fill(SCRIPT, &[("list", &list)])).into_response()
}

async fn rows(State(site): State<Shared>, Query(place): Query<Place>) -> Response {
    site.pause(place.delay).await;
    list("/commits", place).map_or_else(missing, |list| Html(list).into_response())
}

async fn linked(State(site): State<Shared>, Query(place): Query<Place>) -> Response {
    if place.page > 1 {
        site.pause(place.delay).await;
    }
    let Some(list) = list("/commits-links", place) else { return missing() };
    page(&title(place), &format!("<h1>Commits</h1>\n<div id=\"list\">\n{list}</div>")).into_response()
}

async fn one(Path(sha): Path<String>) -> Response {
    let all = MOST_PAGES as usize * PER_PAGE;
    let Some(found) = (0..all).map(commit).find(|commit| commit.sha == sha) else { return missing() };
    let body = format!("<h1>{}</h1>\n<ul>\n{}</ul>", escape(&found.title), row(&found));
    page(&found.title, &body).into_response()
}

fn missing() -> Response {
    page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>\n<p class=\"error\">There is no such page.</p>")
}

fn title(place: Place) -> String {
    format!("Commits, page {} of {}", place.page, place.last())
}

/// The rows and the pager of one page; `None` outside the list.
fn list(path: &str, place: Place) -> Option<String> {
    if !(1..=place.last()).contains(&place.page) {
        return None;
    }
    let start = (place.page as usize - 1) * PER_PAGE;
    let rows: String = (start..start + PER_PAGE).map(|index| row(&commit(index))).collect();
    let link = |name: &str, number: u64| {
        let href = escape(&place.address(path, number));
        let label = if name == "next" { "Next" } else { "Previous" };
        format!("<a data-testid=\"pagination-{name}-button\" rel=\"{name}\" href=\"{href}\">{label}</a>\n")
    };
    let back = if place.page > 1 { link("prev", place.page - 1) } else { String::new() };
    let next = if place.page < place.last() { link("next", place.page + 1) } else { String::new() };
    let count = format!("<span class=\"page-number\">Page {} of {}</span>\n", place.page, place.last());
    Some(format!("<ol class=\"commits\">\n{rows}</ol>\n<nav class=\"pagination\">\n{back}{count}{next}</nav>\n"))
}

fn row(commit: &Commit) -> String {
    let Commit { sha, author, date, day, added, removed, .. } = commit;
    let title = escape(&commit.title);
    let short = &sha[..7];
    let files: String = commit.files.iter().map(|file| format!("<code class=\"file\">{file}</code> ")).collect();
    let note = if commit.verified { " <span class=\"note\">verified</span>" } else { "" };
    format!(
        "<li data-testid=\"commit-row-item\" class=\"commit\">\n\
         <h4 class=\"markdown-title\"><a href=\"/commit/{sha}\">{title}</a></h4>\n\
         <a class=\"sha\" href=\"/commit/{sha}\">{short}</a> <span class=\"author\">{author}</span> committed on\n\
         <relative-time datetime=\"{date}\">{day}</relative-time>\n\
         <span class=\"diffstat\"><span class=\"add\">{added}</span> <span class=\"del\">{removed}</span></span>{note}\n\
         <span class=\"files\">{}</span>\n</li>\n",
        files.trim_end()
    )
}
