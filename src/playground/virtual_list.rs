//! A list of 200 items of which only those in view are in the document.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::Seed;
use super::html::{self, Delay, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/virtual", "200 items, some Chinese and Arabic, of which about 12 are in the document at a time"),
    Entry::new("/virtual/recycled", "120 rows of several heights, drawn by 24 nodes in any order"),
    Entry::new("/virtual/growing", "120 rows of which 40 come at a time, when the end is near"),
    Entry::new("/virtual/late", "120 rows of the page itself, which is empty until scrolling has ended"),
];

const TOTAL: usize = 200;
const PAGE: &str = include_str!("pages/virtual.html");
const KINDS: &str = include_str!("pages/virtual_kinds.html");
const ROWS: usize = 120;

/// Which part of the list a script asks for.
#[derive(Debug, Deserialize)]
struct Window {
    #[serde(default)]
    start: usize,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    delay: u64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/virtual", get(list))
        .route("/virtual/items", get(window))
        .route("/virtual/recycled", get(|delay| kind("recycled", delay)))
        .route("/virtual/growing", get(|delay| kind("growing", delay)))
        .route("/virtual/late", get(|delay| kind("late", delay)))
}

async fn kind(name: &'static str, Query(delay): Query<Delay>) -> Html<String> {
    let values = [("kind", name), ("total", &ROWS.to_string()), ("delay", &delay.delay.to_string())];
    page("Virtual list", &fill(KINDS, &values))
}

async fn list(Query(delay): Query<Delay>) -> Html<String> {
    page("Virtual list", &fill(PAGE, &[("total", &TOTAL.to_string()), ("delay", &delay.delay.to_string())]))
}

async fn window(State(site): State<Shared>, Query(window): Query<Window>) -> Response {
    site.pause(window.delay).await;
    let end = window.start.saturating_add(window.count).min(TOTAL);
    html::json(&(window.start.min(end)..end).map(item).collect())
}

/// The item number `index`: its language and a text that no other item has.
fn item(index: usize) -> Value {
    let number = index + 1;
    let (language, text) = match index % 4 {
        1 => ("zh", format!("第{}条新闻", chinese(number))),
        3 => ("ar", format!("الخبر رقم {}", arabic(number))),
        _ => ("en", format!("{number}. {}", Seed::new("virtual", index).sentence(4))),
    };
    json!({ "index": index, "lang": language, "text": text })
}

/// A number below 1,000 as Chinese writes it.
fn chinese(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.push_str(DIGITS[hundreds]);
        text.push('百');
        if tens == 0 && ones > 0 {
            text.push('零');
        }
    }
    if tens > 0 {
        // 十五 for 15, but 一百一十五 for 115.
        if tens > 1 || hundreds > 0 {
            text.push_str(DIGITS[tens]);
        }
        text.push('十');
    }
    text.push_str(DIGITS[ones]);
    text
}

/// A number in Arabic-Indic digits.
fn arabic(number: usize) -> String {
    const DIGITS: [char; 10] = ['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}
