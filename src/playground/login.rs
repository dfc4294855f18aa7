//! A login form with a CSRF token tied to a cookie, and pages that only a signed-in visitor sees.

use std::collections::HashMap;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, response::AppendHeaders};

use super::content::Seed;
use super::html::{Delay, cookie, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] = &[
    Entry::new("/login", "a login form with a CSRF token (user ada, password lovelace)"),
    Entry::new("/account", "the account of who is signed in, else the login form"),
    Entry::new("/secured/1", "the first of 20 pages that need a login"),
    Entry::new("/logout", "ends the login"),
];

const USER: &str = "ada";
const PASSWORD: &str = "lovelace";
const SECURED: usize = 20;
const FORM: &str = include_str!("pages/login.html");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/login", get(form).post(sign_in))
        .route("/logout", get(sign_out))
        .route("/account", get(account))
        .route("/secured/{number}", get(secured))
}

async fn form(State(site): State<Shared>, Query(delay): Query<Delay>, headers: HeaderMap) -> Response {
    render(&site, delay, &headers, StatusCode::OK, "")
}

/// The form with a fresh token; a visitor without the cookie gets one.
fn render(site: &Shared, delay: Delay, headers: &HeaderMap, status: StatusCode, message: &str) -> Response {
    let visitor = cookie(headers, "csrf").unwrap_or_else(|| site.token("visitor"));
    let token = site.token("form");
    site.memory().forms.entry(visitor.clone()).or_default().insert(token.clone());
    let action = escape(&delay.carry("/login"));
    let message =
        if message.is_empty() { String::new() } else { format!("<p class=\"error\" role=\"alert\">{message}</p>\n") };
    let body = fill(FORM, &[("action", &action), ("token", &token), ("message", &message)]);
    let set = AppendHeaders([(header::SET_COOKIE, format!("csrf={visitor}; Path=/; HttpOnly; SameSite=Lax"))]);
    (set, page_with(status, "Sign in", &body)).into_response()
}

async fn sign_in(
    State(site): State<Shared>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    delay.pause(&site).await;
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let visitor = cookie(&headers, "csrf").unwrap_or_default();
    let known = site.memory().forms.get_mut(&visitor).is_some_and(|tokens| tokens.remove(field("csrf_token")));
    if !known {
        let message = "This form is no longer valid. Please try again.";
        return render(&site, delay, &headers, StatusCode::FORBIDDEN, message);
    }
    if field("username") != USER || field("password") != PASSWORD {
        return render(&site, delay, &headers, StatusCode::UNAUTHORIZED, "Wrong user name or password.");
    }
    let session = site.token("session");
    site.memory().sessions.insert(session.clone(), USER.to_owned());
    let set = AppendHeaders([(header::SET_COOKIE, format!("session={session}; Path=/; HttpOnly; SameSite=Lax"))]);
    (set, Redirect::to(&delay.carry("/account"))).into_response()
}

async fn sign_out(State(site): State<Shared>, Query(delay): Query<Delay>, headers: HeaderMap) -> Response {
    if let Some(session) = cookie(&headers, "session") {
        site.memory().sessions.remove(&session);
    }
    let set = AppendHeaders([(header::SET_COOKIE, "session=; Path=/; Max-Age=0")]);
    (set, Redirect::to(&delay.carry("/login"))).into_response()
}

fn user(site: &Shared, headers: &HeaderMap) -> Option<String> {
    let session = cookie(headers, "session")?;
    site.memory().sessions.get(&session).cloned()
}

async fn account(State(site): State<Shared>, Query(delay): Query<Delay>, headers: HeaderMap) -> Response {
    delay.pause(&site).await;
    let Some(user) = user(&site, &headers) else { return Redirect::to(&delay.carry("/login")).into_response() };
    let name = capitalised(&user);
    let pages: String = (1..=SECURED)
        .map(|n| format!("<li><a href=\"{}\">Report {n}</a></li>\n", escape(&delay.carry(&format!("/secured/{n}")))))
        .collect();
    let out = escape(&delay.carry("/logout"));
    let body = format!(
        "<h1>Account of {name}</h1>\n<p class=\"user\">Signed in as <b>{user}</b></p>\n<ul class=\"reports\">\n{pages}</ul>\n\
         <p><a class=\"logout\" href=\"{out}\">Sign out</a></p>"
    );
    page(&format!("Account of {name}"), &body).into_response()
}

async fn secured(
    State(site): State<Shared>,
    Path(number): Path<usize>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
) -> Response {
    delay.pause(&site).await;
    let Some(user) = user(&site, &headers) else { return Redirect::to(&delay.carry("/login")).into_response() };
    if !(1..=SECURED).contains(&number) {
        return page_with(StatusCode::NOT_FOUND, "Not found", "<h1>Not found</h1>\n<p>There is no such report.</p>");
    }
    let mut seed = Seed::new("report", number);
    let total = 1000 + seed.below(9000);
    let next = if number < SECURED {
        let href = escape(&delay.carry(&format!("/secured/{}", number + 1)));
        format!("<p><a rel=\"next\" href=\"{href}\">Next report</a></p>")
    } else {
        String::new()
    };
    let body = format!(
        "<h1>Report {number}</h1>\n<p class=\"user\">For <b>{user}</b></p>\n<p class=\"total\">{total}</p>\n<p class=\"summary\">{}</p>\n{next}",
        seed.paragraph(3)
    );
    page(&format!("Report {number}"), &body).into_response()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
