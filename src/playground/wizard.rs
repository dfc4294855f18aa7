//! A form in three steps whose answers the server keeps by cookie.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;

use super::html::{Delay, cookie, escape, fill, page, page_with};
use super::index::Entry;
use super::state::Shared;

pub(super) const ENTRIES: &[Entry] =
    &[Entry::new("/wizard", "a form in three steps with validation, kept on the server by cookie")];

/// Field name to answer.
pub(super) type Answers = BTreeMap<String, String>;

/// What is wrong with an answer, in words for the visitor.
type Check = fn(&str) -> Result<(), &'static str>;

/// One step: its heading, its fields and what each field must look like.
struct Step {
    title: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, Check)],
}

const STEPS: [Step; 3] = [
    Step {
        title: "About you",
        form: include_str!("pages/wizard_about.html"),
        fields: &[("name", not_empty), ("email", email)],
    },
    Step {
        title: "Your order",
        form: include_str!("pages/wizard_order.html"),
        fields: &[("plan", plan), ("seats", seats), ("newsletter", anything)],
    },
    Step {
        title: "Confirm",
        form: include_str!("pages/wizard_confirm.html"),
        fields: &[("comment", anything), ("terms", accepted)],
    },
];

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/wizard", get(start))
        .route("/wizard/done", get(done))
        .route("/wizard/{step}", get(show).post(answer))
}

async fn start(State(site): State<Shared>, Query(delay): Query<Delay>) -> Response {
    let visitor = site.token("wizard");
    site.memory().wizards.insert(visitor.clone(), Answers::new());
    let set = AppendHeaders([(header::SET_COOKIE, format!("wizard={visitor}; Path=/wizard; HttpOnly; SameSite=Lax"))]);
    (set, Redirect::to(&delay.carry("/wizard/1"))).into_response()
}

async fn show(
    State(site): State<Shared>,
    Path(step): Path<usize>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
) -> Response {
    if step > 1 {
        delay.pause(&site).await;
    }
    let answers = match turn(&site, step, delay, &headers) {
        Ok((_, answers)) => answers,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    render(step, delay, &answers, &[], StatusCode::OK)
}

async fn answer(
    State(site): State<Shared>,
    Path(step): Path<usize>,
    Query(delay): Query<Delay>,
    headers: HeaderMap,
    Form(given): Form<HashMap<String, String>>,
) -> Response {
    delay.pause(&site).await;
    let (visitor, mut answers) = match turn(&site, step, delay, &headers) {
        Ok(turn) => turn,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    let mut problems = Vec::new();
    for (name, check) in STEPS[step - 1].fields {
        let value = given.get(*name).map_or("", |value| value.trim());
        if let Err(problem) = check(value) {
            problems.push(problem);
        }
        answers.insert((*name).to_owned(), value.to_owned());
    }
    if !problems.is_empty() {
        return render(step, delay, &answers, &problems, StatusCode::UNPROCESSABLE_ENTITY);
    }
    site.memory().wizards.insert(visitor, answers);
    let next = if step == STEPS.len() { "/wizard/done".to_owned() } else { format!("/wizard/{}", step + 1) };
    Redirect::to(&delay.carry(&next)).into_response()
}

async fn done(State(site): State<Shared>, Query(delay): Query<Delay>, headers: HeaderMap) -> Response {
    delay.pause(&site).await;
    let (_, answers) = match turn(&site, STEPS.len() + 1, delay, &headers) {
        Ok(turn) => turn,
        Err(elsewhere) => return elsewhere.into_response(),
    };
    let list: String = STEPS
        .iter()
        .flat_map(|step| step.fields)
        .map(|(name, _)| (name, answers.get(*name).map_or("", String::as_str)))
        .map(|(name, value)| format!("<dt>{name}</dt><dd class=\"{name}\">{}</dd>\n", escape(value)))
        .collect();
    page("Thank you", &format!("<h1>Thank you</h1>\n<dl class=\"answers\">\n{list}</dl>")).into_response()
}

/// The visitor and the answers so far; or where to go instead when an earlier step is not done.
fn turn(site: &Shared, step: usize, delay: Delay, headers: &HeaderMap) -> Result<(String, Answers), Redirect> {
    let elsewhere = |path: &str| Err(Redirect::to(&delay.carry(path)));
    let Some(visitor) = cookie(headers, "wizard") else { return elsewhere("/wizard") };
    let Some(answers) = site.memory().wizards.get(&visitor).cloned() else { return elsewhere("/wizard") };
    let complete = |step: &Step| step.fields.iter().all(|(name, _)| answers.contains_key(*name));
    let reached = 1 + STEPS.iter().take_while(|step| complete(step)).count();
    if step == 0 || step > reached {
        return elsewhere(&format!("/wizard/{reached}"));
    }
    Ok((visitor, answers))
}

fn render(step: usize, delay: Delay, answers: &Answers, problems: &[&str], status: StatusCode) -> Response {
    let Step { title, form, .. } = &STEPS[step - 1];
    let answer = |name: &str| escape(answers.get(name).map_or("", String::as_str));
    let errors: String =
        problems.iter().map(|problem| format!("<p class=\"error\" role=\"alert\">{problem}</p>\n")).collect();
    let plan = answers.get("plan").map_or("", String::as_str);
    let chosen = |name: &str| if plan == name { " selected" } else { "" };
    let form = fill(
        form,
        &[
            ("name", &answer("name")),
            ("email", &answer("email")),
            ("seats", &answer("seats")),
            ("comment", &answer("comment")),
            ("basic", chosen("basic")),
            ("pro", chosen("pro")),
        ],
    );
    let action = escape(&delay.carry(&format!("/wizard/{step}")));
    let body = format!(
        "<h1>{title}</h1>\n<p class=\"progress\">Step {step} of {}</p>\n{errors}<form id=\"wizard\" method=\"post\" action=\"{action}\" novalidate>\n{form}\
         <p><button type=\"submit\">Continue</button></p>\n</form>",
        STEPS.len()
    );
    page_with(status, title, &body)
}

fn anything(_: &str) -> Result<(), &'static str> {
    Ok(())
}

fn not_empty(value: &str) -> Result<(), &'static str> {
    if value.is_empty() { Err("Please enter your name.") } else { Ok(()) }
}

fn email(value: &str) -> Result<(), &'static str> {
    let fine = value.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    if fine { Ok(()) } else { Err("Please enter an e-mail address.") }
}

fn plan(value: &str) -> Result<(), &'static str> {
    if ["basic", "pro"].contains(&value) { Ok(()) } else { Err("Please choose a plan.") }
}

fn seats(value: &str) -> Result<(), &'static str> {
    let fine = value.parse::<u32>().is_ok_and(|seats| (1..=100).contains(&seats));
    if fine { Ok(()) } else { Err("Seats must be a number from 1 to 100.") }
}

fn accepted(value: &str) -> Result<(), &'static str> {
    if value == "yes" { Ok(()) } else { Err("Please accept the terms.") }
}
