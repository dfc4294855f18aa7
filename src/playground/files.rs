//! Files to download, and a form that takes more of them.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::content::Seed;
use super::html::{self, Delay, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] =
    &[Entry::new("/files", "reports to download, and a form that uploads one or several files to them")];

const FORM: &str = include_str!("pages/files.html");

/// The reports that are there from the beginning: their quarters and names.
const REPORTS: [&str; 3] = ["spring.csv", "summer.csv", "Herbst & Winter.csv"];

/// An upload larger than this is refused.
const MOST_BYTES: usize = 1024 * 1024;

/// A file that was uploaded.
pub(super) struct Uploaded {
    name: String,
    content: Bytes,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/files", get(list).post(take)).route("/files/{number}", get(give))
}

async fn list(State(site): State<Shared>, Query(delay): Query<Delay>) -> Html<String> {
    let mut names: Vec<String> = REPORTS.iter().map(ToString::to_string).collect();
    names.extend(site.memory().files.iter().map(|file| file.name.clone()));
    let row = |(at, name): (usize, &String)| {
        let href = escape(&delay.carry(&format!("/files/{}", at + 1)));
        format!("<li><a class=\"file\" href=\"{href}\">{}</a></li>\n", escape(name))
    };
    let rows: String = names.iter().enumerate().map(row).collect();
    page("Files", &fill(FORM, &[("rows", &rows), ("delay", &delay.delay.to_string())]))
}

/// One file a request: its name in a header, as an address writes it, and its content as the body.
async fn take(State(site): State<Shared>, Query(delay): Query<Delay>, headers: HeaderMap, content: Bytes) -> Response {
    delay.pause(&site).await;
    let name = headers.get("x-file-name").and_then(|name| name.to_str().ok()).unwrap_or("unnamed");
    let name = percent_decoded(name);
    if content.len() > MOST_BYTES {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the file is too large\n").into_response();
    }
    let sha256: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    let size = content.len();
    let mut memory = site.memory();
    memory.files.push(Uploaded { name: name.clone(), content });
    let number = REPORTS.len() + memory.files.len();
    html::json(&json!({ "name": name, "number": number, "size": size, "sha256": sha256 }))
}

async fn give(State(site): State<Shared>, Path(number): Path<usize>, Query(delay): Query<Delay>) -> Response {
    delay.pause(&site).await;
    let at = number.wrapping_sub(1);
    let file = match REPORTS.get(at) {
        Some(name) => Some(((*name).to_owned(), Bytes::from(report(number)))),
        None => {
            let memory = site.memory();
            let uploaded = at.checked_sub(REPORTS.len()).and_then(|at| memory.files.get(at));
            uploaded.map(|file| (file.name.clone(), file.content.clone()))
        }
    };
    let Some((name, content)) = file else {
        return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>\n<p>There is no such file.</p>");
    };
    let kind = if name.ends_with(".csv") { "text/csv; charset=utf-8" } else { "application/octet-stream" };
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], content).into_response()
}

fn report(number: usize) -> String {
    let mut seed = Seed::new("file", number);
    let rows: String = (1..=5).map(|day| format!("{day},{}\n", 100 + seed.below(900))).collect();
    format!("day,visitors\n{rows}")
}

fn percent_decoded(name: &str) -> String {
    let pair = format!("name={name}");
    url::form_urlencoded::parse(pair.as_bytes()).next().map_or_else(String::new, |(_, name)| name.into_owned())
}
