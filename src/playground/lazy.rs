//! Pictures that load only where a reader comes near them: by the browser, and by the page's own script.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::html::{Delay, fill, page};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] =
    &[Entry::new("/lazy", "24 pictures far apart: `loading=lazy` or a script with an observer; the last is broken")];

const PAGE: &str = include_str!("pages/lazy.html");

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/lazy", get(list)).route("/lazy/picture/{number}", get(picture))
}

async fn list(Query(delay): Query<Delay>) -> Html<String> {
    page("Lazy pictures", &fill(PAGE, &[("delay", &delay.delay.to_string())]))
}

async fn picture(State(site): State<Shared>, Path(number): Path<String>, Query(delay): Query<Delay>) -> Response {
    delay.pause(&site).await;
    let number: u32 = number.parse().unwrap_or(0);
    let hue = number * 15 % 360;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"120\"><rect width=\"200\" height=\"120\" fill=\"hsl({hue} 60% 60%)\"/></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response()
}
