//! A cassette's exchanges as HAR 1.2 (W3C Web Performance, "HTTP Archive (HAR) format"); what is not in that format stands
//! in fields that begin with `_`, as it asks.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::{HarError, SECRETS};
use crate::browser::{Came, Exchanged};
use crate::recording::from_row;
use crate::store::{Cassette, FileKind, StoreError};
use crate::text::cookie_pairs;

/// Writes all exchanges; their number. A page stands for each session.
///
/// # Errors
/// [`HarError::Store`] when the cassette is damaged, [`HarError::Write`] when `out` refuses.
pub fn export_har(cassette: &Cassette, out: &mut dyn Write) -> Result<usize, HarError> {
    let creator = json!({ "name": "crawl", "version": env!("CARGO_PKG_VERSION") });
    write!(out, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},")?;
    // Without them nobody knows what to put back.
    if let Some(Value::Array(secrets)) = cassette.facts()?.remove("secrets").filter(|secrets| *secrets != json!([])) {
        write!(out, "\"{SECRETS}\":{},", Value::Array(secrets))?;
    }
    write!(out, "\"entries\":[")?;
    let mut pages: Vec<(String, f64)> = Vec::new();
    let mut written = 0;
    let mut failed = None;
    cassette.each_exchange(&mut |row| {
        if failed.is_some() {
            return;
        }
        let done = from_row(row).map_err(|error| {
            let (kind, path) = (FileKind::Cassette, cassette.path().to_owned());
            HarError::Store(StoreError::Damaged { kind, path, reason: error.to_string() })
        });
        let done = done.and_then(|(session, exchanged)| {
            match pages.iter_mut().find(|(known, _)| *known == session) {
                Some((_, began)) => *began = began.min(exchanged.began),
                None => pages.push((session.clone(), exchanged.began)),
            }
            let between = if written == 0 { "\n" } else { ",\n" };
            written += 1;
            Ok(write!(out, "{between}{}", entry(&session, &exchanged))?)
        });
        failed = done.err();
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let pages: Vec<Value> = pages.iter().map(|(session, began)| page(session, *began)).collect();
    writeln!(out, "\n],\"pages\":{}}}}}", Value::from(pages))?;
    Ok(written)
}

fn page(session: &str, began: f64) -> Value {
    json!({ "startedDateTime": time(began), "id": page_id(session), "title": session, "pageTimings": {} })
}

fn page_id(session: &str) -> String {
    format!("session:{session}")
}

fn entry(session: &str, exchanged: &Exchanged) -> Value {
    let [until, all] = exchanged.took;
    let mut entry = json!({
        "pageref": page_id(session),
        "startedDateTime": time(exchanged.began),
        "time": all.max(until),
        "request": request(exchanged),
        "response": response(exchanged),
        "cache": {},
        "timings": { "send": 0, "wait": until, "receive": (all - until).max(0.0) },
        "_resourceType": exchanged.asked.kind,
    });
    if !session.is_empty() {
        entry["_session"] = session.into();
    }
    if exchanged.from_cache {
        entry["_fromCache"] = "disk".into();
    }
    entry
}

fn request(exchanged: &Exchanged) -> Value {
    let asked = &exchanged.asked;
    let cookies = asked.headers.iter().filter(|(name, _)| name == "cookie").flat_map(|(_, value)| cookie_pairs(value));
    let cookies: Vec<Value> = cookies.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let mut request = json!({
        "method": asked.method,
        "url": asked.url,
        "httpVersion": "HTTP/1.1",
        "cookies": cookies,
        "headers": headers(&asked.headers),
        "queryString": query(&asked.url),
        "headersSize": -1,
        "bodySize": asked.body.as_ref().map_or(0, Vec::len),
    });
    if let Some(body) = &asked.body {
        let mut post = Map::from_iter([("mimeType".to_owned(), content_type(&asked.headers).into())]);
        put_text(&mut post, "_encoding", body);
        request["postData"] = post.into();
    }
    request
}

fn response(exchanged: &Exchanged) -> Value {
    let Came::Response { status, status_text, headers: all, body, whole } = &exchanged.came else {
        let Came::Failed(why) = &exchanged.came else { return Value::Null };
        return json!({
            "status": 0, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "content": { "size": 0, "mimeType": "x-unknown" },
            "redirectURL": "", "headersSize": -1, "bodySize": -1, "_failureText": why,
        });
    };
    let size = body.as_ref().map_or(0, Vec::len);
    let mut content =
        Map::from_iter([("size".to_owned(), size.into()), ("mimeType".to_owned(), content_type(all).into())]);
    if let Some(body) = body {
        put_text(&mut content, "encoding", body);
    }
    let cookies = all.iter().filter(|(name, _)| name == "set-cookie").flat_map(|(_, value)| value.lines());
    let cookies: Vec<Value> = cookies.filter_map(cookie).collect();
    let mut response = json!({
        "status": status,
        "statusText": status_text,
        "httpVersion": "HTTP/1.1",
        "cookies": cookies,
        "headers": headers(all),
        "content": content,
        "redirectURL": header(all, "location").unwrap_or_default(),
        "headersSize": -1,
        "bodySize": -1,
    });
    if !whole {
        response["_whole"] = false.into();
    }
    response
}

/// A `Set-Cookie` header (RFC 6265, section 4.1).
fn cookie(line: &str) -> Option<Value> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = json!({ "name": name, "value": value });
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match key.to_ascii_lowercase().as_str() {
            "path" => cookie["path"] = value.into(),
            "domain" => cookie["domain"] = value.into(),
            "samesite" => cookie["sameSite"] = value.into(),
            "httponly" => cookie["httpOnly"] = true.into(),
            "secure" => cookie["secure"] = true.into(),
            "expires" => {
                if let Ok(expires) = jiff::fmt::rfc2822::parse(value) {
                    cookie["expires"] = expires.timestamp().to_string().into();
                }
            }
            _ => {}
        }
    }
    Some(cookie)
}

/// The body as text, else as base64.
fn put_text(part: &mut Map<String, Value>, encoding: &str, body: &[u8]) {
    match str::from_utf8(body) {
        Ok(text) => {
            part.insert("text".to_owned(), text.into());
        }
        Err(_) => {
            part.insert("text".to_owned(), STANDARD.encode(body).into());
            part.insert(encoding.to_owned(), "base64".into());
        }
    }
}

fn headers(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn query(url: &str) -> Value {
    let Ok(url) = Url::parse(url) else { return json!([]) };
    url.query_pairs().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn header<'h>(headers: &'h [(String, String)], wanted: &str) -> Option<&'h str> {
    headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn content_type(headers: &[(String, String)]) -> &str {
    header(headers, "content-type").unwrap_or("x-unknown")
}

/// Milliseconds since 1970 in ISO 8601.
#[expect(clippy::cast_possible_truncation, reason = "a time of this era in microseconds fits")]
fn time(began: f64) -> String {
    Timestamp::from_microsecond((began * 1000.0) as i64).unwrap_or_default().to_string()
}
