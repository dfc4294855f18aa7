//! The error of a target that was not ready: what failed, by name, and what could be done.

use std::sync::Arc;

use super::stage::Stage;
use super::words::{duration, quoted};
use super::{CrawlError, capture};
use crate::browser::{Missed, Place, Tab, Why};
use crate::page::{Query, Selector};
use crate::text::nearest;

/// What was aimed at, and the option that says so.
pub(super) struct Aimed<'a> {
    pub place: &'a Place,
    pub option: &'static str,
}

/// The error for a target that was not ready.
pub(super) async fn error(stage: &Stage<'_>, tab: &Arc<dyn Tab>, aimed: &Aimed<'_>, missed: Missed) -> CrawlError {
    let meant = match (&aimed.place.within, missed.outer) {
        (Some(within), true) => within,
        _ => &aimed.place.target,
    };
    let shown = quoted(&meant.text);
    let option = if missed.outer { "within" } else { aimed.option };
    let within = duration(stage.deadline().total());
    let named = match missed.target.as_str() {
        "" => &missed.words,
        target => target,
    };
    let error = match missed.why {
        Why::None => none(stage, tab, aimed, &missed).await,
        Why::Many => many(&shown, &missed),
        Why::Hidden => CrawlError::new("crawl::act::not_visible", format!("{shown} is not visible: `{named}`"))
            .help("do first what makes it appear, or give it more time with `timeout:`"),
        Why::Disabled => CrawlError::new("crawl::act::disabled", format!("{shown} is disabled: `{named}`"))
            .help("do first what the page asks for, such as filling its fields, or give it more time with `timeout:`"),
        Why::Readonly => CrawlError::new("crawl::act::read_only", format!("{shown} is read-only: `{named}`"))
            .help("the page takes no text there"),
        Why::Moving => CrawlError::new("crawl::act::moving", format!("{shown} was still moving after {within}"))
            .help("an animation that never ends is passed over with `force: true`"),
        Why::Detached => CrawlError::new("crawl::act::moving", format!("{shown} was replaced again and again"))
            .help("wait with `wait_for(…)` for what the page shows when it has settled"),
        Why::Covered => CrawlError::new("crawl::act::covered", format!("{shown} is covered by `{}`", missed.words))
            .help("close what lies over it first, or pass over it with `force: true`"),
        Why::Outside => {
            CrawlError::new("crawl::act::not_visible", format!("{shown} cannot be scrolled into view: `{named}`"))
                .help("it lies outside the page, or in a box that hides it")
        }
        Why::Kind => CrawlError::new("crawl::act::wrong_kind", missed.words.clone())
            .help("aim at the control itself, by `label=…`, `role=…` or CSS"),
        Why::Value => {
            CrawlError::new("crawl::act::value", missed.words.clone()).help(format!("it takes {}", missed.hint))
        }
        Why::Option => no_option(&missed),
        Why::Invalid => CrawlError::new("crawl::act::invalid", format!("the form is not valid: {}", missed.words))
            .help("the browser itself refuses to send it so: fill the field first"),
        Why::Unchanged => CrawlError::new("crawl::act::unchanged", format!("the click did not change {shown}"))
            .help("the page's own script set it back, or it is set by something else"),
        Why::Refused => CrawlError::new("crawl::target::syntax", format!("the page refuses {shown}: {}", missed.words))
            .help("check its XPath, selector or regular expression"),
    };
    let error = match stage.session.page_url() {
        Some(url) if error.url.is_none() => CrawlError { url: Some(url), ..error },
        _ => error,
    };
    if error.place.is_some() { error } else { error.at(option, 0) }
}

fn many(shown: &str, missed: &Missed) -> CrawlError {
    let mut error = CrawlError::new("crawl::act::ambiguous", format!("{shown} matches {} elements", missed.count));
    for candidate in &missed.list {
        error.notes.push(format!("{}: {}", quoted(&candidate.selector), candidate.html));
    }
    let more = missed.count.saturating_sub(missed.list.len() as u64);
    if more > 0 {
        error.notes.push(format!("and {more} more"));
    }
    error.help("say which one: one of the targets above, `nth: 0`, or `within:` with what it lies in")
}

fn no_option(missed: &Missed) -> CrawlError {
    let message = format!("`{}` has no option {}", missed.target, quoted(&missed.words));
    let names: Vec<&str> = missed.near.iter().map(String::as_str).collect();
    let help = crate::text::nearest_in(&missed.words, "its options", &names);
    CrawlError {
        help: help.or_else(|| Some("it has no options".to_owned())),
        ..CrawlError::new("crawl::act::no_option", message)
    }
}

/// Nothing matched: what CSS nearly matches is explained, other targets have names nearby.
async fn none(stage: &Stage<'_>, tab: &Arc<dyn Tab>, aimed: &Aimed<'_>, missed: &Missed) -> CrawlError {
    let target = match (&aimed.place.within, missed.outer) {
        (Some(within), true) => within,
        _ => &aimed.place.target,
    };
    let shown = quoted(&target.text);
    let message = match (aimed.place.nth, missed.count) {
        (Some(nth), count) if count > 0 => {
            let matches = if count == 1 { "1 match".to_owned() } else { format!("{count} matches") };
            format!("{shown} has {matches}, none of number {nth} (counted from 0)")
        }
        _ => format!("nothing matched {shown} within {}", duration(stage.deadline().total())),
    };
    let mut error = CrawlError::new("crawl::act::no_target", message)
        .help("wait for it first with `wait_for(…)`, or give it more time with `timeout:`");
    if missed.count > 0 {
        return error.help("`nth: 0` is the first, `nth: -1` the last");
    }
    let page = capture::late_page(stage, tab).await;
    match &target.query {
        Query::Css { css } => {
            let selector = Selector::parse(css).ok();
            if let (Some(page), Some(selector)) = (&page, selector) {
                let explanation = page.explain(&selector);
                error.notes.extend(explanation.findings);
                if let Some(near) = explanation.suggestion {
                    error = error.help(format!("did you mean `{near}`?"));
                }
            }
        }
        query => {
            if let Some(near) = near(query, &missed.near) {
                error = error.help(near);
            }
            error.notes.extend(listed(query, &missed.near));
        }
    }
    if let Some(page) = page {
        error.url = Some(page.url().to_owned());
        error.page = Some(page);
    }
    error
}

fn near(query: &Query, names: &[String]) -> Option<String> {
    let (prefix, wanted) = match query {
        Query::Text { words } => ("text=", words.as_str()),
        Query::Label { words } => ("label=", words.as_str()),
        Query::Placeholder { words } => ("placeholder=", words.as_str()),
        Query::TestId { words } => ("testid=", words.as_str()),
        Query::Role { role, name: Some(name), .. } => {
            let found = nearest(name.as_str(), names.iter().map(String::as_str))?;
            return Some(format!("did you mean `role={role}[name=\"{found}\"]`?"));
        }
        _ => return None,
    };
    let found = nearest(wanted, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{prefix}{found}`?"))
}

fn listed(query: &Query, names: &[String]) -> Option<String> {
    let kind = match query {
        Query::Role { role, .. } => format!("elements of role `{role}`"),
        Query::Label { .. } => "labelled fields".to_owned(),
        Query::Placeholder { .. } => "fields with a placeholder".to_owned(),
        _ => return None,
    };
    let few: Vec<String> = names.iter().take(8).map(|name| quoted(name)).collect();
    let more = if names.len() > few.len() { format!(" and {} more", names.len() - few.len()) } else { String::new() };
    Some(match few.is_empty() {
        true => format!("the page has no {kind}"),
        false => format!("{kind} here: {}{more}", few.join(", ")),
    })
}
