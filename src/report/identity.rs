//! What of an identity must not be told: cookies, and headers that say who somebody is.

use crate::browser::Cookie;
use crate::crawl::journal::Call;
use crate::crawl::{Act, StepRecord};
use crate::text::{SECRET_HEADERS, Secrets, cookie_pairs, credential, identifies, worth_hiding};

/// A cookie's value of fewer characters also stands on pages for what it means (`dark`, `de-AT`): it is left out only
/// where its name stands before it.
const SHORTEST_ALONE: usize = 8;

/// The same for cookies that no script of the page can read: they mean nothing to it.
const SHORTEST_HTTP_ONLY: usize = 4;

/// Leaves out of everything what a step's identity is known by.
pub fn hide_identity(record: &StepRecord, secrets: &mut Secrets) {
    record.cookies.iter().for_each(|cookie| hide_cookie(cookie, secrets));
    record.headers.iter().for_each(|header| hide_header(header, secrets));
    match &record.call {
        Call::Crawl(request) => request.headers.iter().for_each(|header| hide_header(header, secrets)),
        Call::Act(request) => match &request.act {
            Act::SetCookies(cookies) => cookies.iter().for_each(|cookie| hide_cookie(cookie, secrets)),
            Act::SetHeaders(headers) => headers.iter().for_each(|header| hide_header(header, secrets)),
            _ => {}
        },
        Call::Close | Call::Recalled => {}
    }
}

fn hide_cookie(cookie: &Cookie, secrets: &mut Secrets) {
    hide_pair(&cookie.name, &cookie.value, cookie.http_only, secrets);
}

fn hide_pair(name: &str, value: &str, http_only: bool, secrets: &mut Secrets) {
    if value.is_empty() {
        return;
    }
    let shortest = if http_only { SHORTEST_HTTP_ONLY } else { SHORTEST_ALONE };
    if value.chars().count() >= shortest {
        secrets.add(value);
    }
    secrets.add(&format!("{name}={value}"));
}

fn hide_header((name, value): &(String, String), secrets: &mut Secrets) {
    let name = name.to_ascii_lowercase();
    if !SECRET_HEADERS.contains(&name.as_str()) {
        if identifies(&name) && worth_hiding(value) {
            secrets.add(value);
        }
        return;
    }
    secrets.add(value);
    if name.ends_with("cookie") {
        cookie_pairs(value).for_each(|(name, value)| hide_pair(name, value, false, secrets));
        return;
    }
    let found = credential(value);
    secrets.add(found.token);
    if let Some((_, password)) = found.basic {
        secrets.add(&password);
    }
}
