//! A small shop that changes when it is told to, so that a script's site can change under it: `POST /changing` with a form
//! or JSON of `class`, `row`, `price`, `reset`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::html::{escape, fill, json as json_answer, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[Entry::new(
    "/changing",
    "a shop that changes: POST class=renamed, row=added, price=21.99 or reset to it, and it stays so",
)];

const PAGE: &str = include_str!("pages/changing.html");
const ROWS: [(&str, &str); 4] =
    [("Teapot", "19.99"), ("Milk jug", "7.50"), ("Sugar bowl", "12.00"), ("Tea strainer", "4.25")];

/// What of the shop is otherwise than at first.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    /// Prices have another class name.
    renamed: bool,
    /// There is a fourth row.
    added: bool,
    /// The first row's price.
    price: Option<String>,
}

impl Changes {
    /// Makes one change; the error says what could be asked for.
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match (name, value) {
            ("class", "renamed" | "original") => self.renamed = value == "renamed",
            ("row", "added" | "removed") => self.added = value == "added",
            ("price", price) if is_price(price) => self.price = Some(price.to_owned()),
            ("reset", _) => *self = Self::default(),
            _ => {
                return Err(format!(
                    "`{name}={value}` is nothing that can change: class=renamed|original, row=added|removed, \
                     price=NUMBER, reset"
                ));
            }
        }
        Ok(())
    }

    fn rows(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let rows = if self.added { &ROWS[..] } else { &ROWS[..ROWS.len() - 1] };
        (1..).zip(rows).map(|(number, (name, price))| {
            let changed = self.price.as_deref().filter(|_| number == 1);
            (number, *name, changed.unwrap_or(price))
        })
    }

    fn told(&self) -> Value {
        json!({
            "class": if self.renamed { "renamed" } else { "original" },
            "row": if self.added { "added" } else { "removed" },
            "price": self.price.as_deref().unwrap_or(ROWS[0].1),
        })
    }
}

fn is_price(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.parse::<f64>().is_ok_and(|price| price.is_finite() && price >= 0.0)
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/changing", get(list).post(change)).route("/changing/{number}", get(one))
}

async fn list(State(site): State<Shared>) -> Html<String> {
    let changes = site.memory().changes.clone();
    let class = if changes.renamed { "prices" } else { "price" };
    let row = |(number, name, price): (usize, &str, &str)| {
        format!(
            "<li class=\"item\"><a class=\"name\" href=\"/changing/{number}\">{name}</a> \
             <span class=\"{class}\">{price}</span></li>\n"
        )
    };
    let rows: String = changes.rows().map(row).collect();
    page("A shop that changes", &fill(PAGE, &[("rows", &rows)]))
}

async fn one(State(site): State<Shared>, Path(number): Path<usize>) -> Response {
    let changes = site.memory().changes.clone();
    let Some((_, name, price)) = changes.rows().find(|(known, ..)| *known == number) else {
        return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>\n<p>There is no such thing.</p>");
    };
    let class = if changes.renamed { "prices" } else { "price" };
    let body = format!("<h1 class=\"name\">{name}</h1>\n<p class=\"{class}\">{price}</p>");
    page(name, &body).into_response()
}

/// All of what is asked for, or nothing of it.
async fn change(State(site): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.starts_with("application/json");
    let asked = if is_json { of_json(&body) } else { Ok(of_form(&body)) };
    let changed = asked.and_then(|asked| {
        let mut memory = site.memory();
        let mut changes = memory.changes.clone();
        asked.iter().try_for_each(|(name, value)| changes.set(name, value))?;
        memory.changes = changes;
        Ok(memory.changes.told())
    });
    match changed {
        Ok(told) if is_json => json_answer(&told),
        Ok(_) => Redirect::to("/changing").into_response(),
        Err(message) => {
            let body = format!("<h1>Nothing changed</h1>\n<p class=\"error\">{}</p>", escape(&message));
            page_with(StatusCode::BAD_REQUEST, "Nothing changed", &body)
        }
    }
}

fn of_form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn of_json(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let asked: Map<String, Value> = serde_json::from_slice(body).map_err(|_| "no JSON object".to_owned())?;
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(asked.into_iter().map(|(name, value)| (name, text(value))).collect())
}
