//! What the report says of one step, as data for its page.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use crate::browser::{DomCondition, Place};
use crate::crawl::journal::{Call, Outcome};
use crate::crawl::{Act, ActValue, Action, Condition, CrawlRequest, StepRecord};
use crate::page::{Query, Schema};

/// Milliseconds, to a hundredth.
#[must_use]
pub fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

/// What is said of a step of a run that began at `begun`.
#[must_use]
pub fn facts(record: &StepRecord, begun: Instant) -> Map<String, Value> {
    let mut facts = Map::new();
    let mut set = |name: &str, value: Value| {
        if !value.is_null() {
            facts.insert(name.to_owned(), value);
        }
    };
    set("n", json!(record.seq));
    set("session", json!(record.session));
    set("branch", some(&record.branch.to_string()));
    set("verb", json!(record.verb.name()));
    set("what", json!(what(record)));
    set("text", json!(record.text));
    set("source", json!(record.site.as_ref().map(|site| &site.source)));
    set("line", json!(record.site.as_ref().and_then(|site| site.line)));
    set("nested", if record.nested { json!(true) } else { Value::Null });
    set("at", json!(millis(record.began.saturating_duration_since(begun))));
    set("took", json!(millis(record.elapsed)));
    set("parts", json!(record.cost.parts.iter().map(|(name, took)| (*name, millis(*took))).collect::<Vec<_>>()));
    set("trips", json!(record.cost.round_trips));
    set("js", list(js(&record.call)));
    set("value", value(&record.outcome));
    set("looks", list(looks(&record.call)));
    if let Some(error) = &record.error {
        let (code, message, help, notes) = (error.code, &error.message, &error.help, &error.notes);
        set("error", json!({ "code": code, "message": message, "help": help, "notes": notes }));
    }
    if let Some(page) = &record.page {
        set("url", json!(page.url()));
        set("title", some(page.title()));
        set("status", json!(page.status()));
        set("rows", json!(page.items.as_ref().map(Vec::len)));
        set("cut", json!(page.selected.as_ref().map(Vec::len)));
        set("cached", if page.from_cache { json!(true) } else { Value::Null });
        set("popups", list(page.popups.iter().map(|url| json!(url)).collect()));
    }
    facts
}

/// What it is about, whole: what is cut before secrets are left out may still have half a one in it.
fn what(record: &StepRecord) -> String {
    let js = |source: &str| format!("js {}", source.split_whitespace().collect::<Vec<_>>().join(" "));
    match &record.call {
        Call::Crawl(request) => match (&request.url, request.js.first()) {
            (Some(url), _) => url.clone(),
            (None, Some(program)) => js(program.source()),
            (None, None) => record.what.clone(),
        },
        Call::Act(request) => match &request.act {
            Act::Evaluate(program) => js(program.source()),
            _ => record.what.clone(),
        },
        Call::Close | Call::Recalled => record.what.clone(),
    }
}

fn some(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

fn list(values: Vec<Value>) -> Value {
    if values.is_empty() { Value::Null } else { Value::Array(values) }
}

fn js(call: &Call) -> Vec<Value> {
    match call {
        Call::Crawl(request) => request.js.iter().map(|program| json!(program.source())).collect(),
        Call::Act(request) => match &request.act {
            Act::Evaluate(program) => vec![json!(program.source())],
            _ => Vec::new(),
        },
        Call::Close | Call::Recalled => Vec::new(),
    }
}

/// The value of js as text; cookies and states are told by their number alone.
fn value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Page(page) if !page.js.is_null() => json!(pretty(&page.js)),
        Outcome::Value(ActValue::Value(value)) => json!(pretty(value)),
        Outcome::Value(ActValue::Image(bytes)) => json!(format!("a picture of {} bytes", bytes.len())),
        Outcome::Value(ActValue::Cookies(cookies) | ActValue::State(cookies, _)) => {
            json!(format!("{} cookies", cookies.len()))
        }
        _ => Value::Null,
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// What the step looked for on the page: a role, and CSS or XPath or another target's text. A schema's fields lie within
/// its rows.
fn looks(call: &Call) -> Vec<Value> {
    let mut looks = Vec::new();
    match call {
        Call::Crawl(request) => of_crawl(request, &mut looks),
        Call::Act(request) => {
            match &request.act {
                Act::Person(action) => of_action(action, &mut looks),
                Act::WaitFor(conditions) => of_conditions("wait_for", conditions, &mut looks),
                _ => {}
            }
            of_conditions("then", &request.then, &mut looks);
        }
        Call::Close | Call::Recalled => {}
    }
    looks
}

fn of_crawl(request: &CrawlRequest, looks: &mut Vec<Value>) {
    of_conditions("wait_for", &request.wait_for, looks);
    if let Some(css) = &request.reading.css {
        looks.push(json!({ "role": "css", "css": css.as_str() }));
    }
    if let Some(schema) = &request.reading.extract {
        of_schema(schema, looks);
    }
}

fn of_schema(schema: &Schema, looks: &mut Vec<Value>) {
    looks.push(json!({ "role": schema.name, "css": schema.at.as_str() }));
    for (name, field) in &schema.fields {
        if let Some(selector) = field.kind.selector() {
            looks.push(json!({ "role": name, "css": selector.as_str(), "within": schema.at.as_str() }));
        }
    }
}

fn of_action(action: &Action, looks: &mut Vec<Value>) {
    looks.extend(action.gesture.place().map(|place| target("target", place)));
}

fn target(role: &str, place: &Place) -> Value {
    let kind = match &place.target.query {
        Query::Css { .. } => "css",
        Query::XPath { .. } => "xpath",
        _ => "target",
    };
    let text = match &place.target.query {
        Query::Css { css } => css,
        Query::XPath { path } => path,
        _ => &place.target.text,
    };
    let within = place.within.as_ref().and_then(|within| within.css());
    json!({ "role": role, kind: text, "within": within, "before": true })
}

fn of_conditions(role: &str, conditions: &[Condition], looks: &mut Vec<Value>) {
    for condition in conditions.iter().flat_map(Condition::tree) {
        if let Condition::Dom(dom) = condition {
            looks.extend(selectors(dom).into_iter().map(|css| json!({ "role": role, "css": css })));
        }
    }
    let others = conditions.iter().filter(|condition| !matches!(condition, Condition::Dom(_)));
    looks.extend(others.map(|condition| json!({ "role": role, "target": condition.to_string() })));
}

fn selectors(condition: &DomCondition) -> Vec<&str> {
    match condition {
        DomCondition::Attached { css }
        | DomCondition::Visible { css }
        | DomCondition::Hidden { css }
        | DomCondition::Gone { css }
        | DomCondition::Count { css, .. }
        | DomCondition::Text { css, .. }
        | DomCondition::Changed { css, .. }
        | DomCondition::Grows { css, .. } => vec![css],
        DomCondition::All { of } | DomCondition::Any { of } => of.iter().flat_map(selectors).collect(),
    }
}
