//! Exchanges out of a HAR: of browsers' tools, of proxies, of Playwright - with bodies in it, or in files beside it.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::beside::Beside;
use super::{HarError, SECRETS};
use crate::browser::{Asked, Came, Exchanged};

/// What an import came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// The exchanges.
    pub exchanges: usize,
    /// Those of them whose response has no body, though it had one.
    pub without_body: usize,
}

/// What is taken of a HAR.
#[derive(Debug)]
pub enum OfHar<'h> {
    /// First, if it was exported: what stands in the place of which secret, by [`crate::recording::Vault::facts`].
    Secrets(&'h Value),
    /// An exchange and its session: HAR knows none, but one that was exported has their names.
    Exchange(&'h str, Box<Exchanged>),
}

/// Hands out what is in a HAR file, its exchanges in order.
///
/// # Errors
/// [`HarError`] when the file cannot be read or is no HAR; what was handed out before is worth nothing then.
pub fn import_har(path: &Path, take: &mut dyn FnMut(OfHar<'_>)) -> Result<Imported, HarError> {
    let (bytes, mut beside) = Beside::open(path)?;
    let invalid = |problem: String| HarError::Invalid { path: path.to_owned(), problem };
    // Some tools begin with a byte order mark.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let har: Value = serde_json::from_slice(text).map_err(|error| invalid(format!("it is not JSON: {error}")))?;
    drop(bytes);
    let entries = Part::of(&har).get("log").and_then(|log| log.get("entries")).map_err(invalid)?;
    let all = entries.value.as_array().ok_or_else(|| invalid(entries.wrong("a list")))?;
    if let Some(secrets) = har["log"].get(SECRETS) {
        take(OfHar::Secrets(secrets));
    }
    let mut imported = Imported::default();
    for (number, value) in all.iter().enumerate() {
        let entry = Part { value, place: format!("log.entries[{number}]") };
        let exchanged = exchanged(&entry, &mut beside).map_err(invalid)?;
        imported.exchanges += 1;
        imported.without_body += usize::from(matches!(exchanged.came, Came::Response { body: None, .. }));
        take(OfHar::Exchange(value["_session"].as_str().unwrap_or_default(), Box::new(exchanged)));
    }
    Ok(imported)
}

/// A part of the file and where it stands.
struct Part<'v> {
    value: &'v Value,
    place: String,
}

impl<'v> Part<'v> {
    fn of(value: &'v Value) -> Self {
        Self { value, place: String::new() }
    }

    /// What must be there.
    fn get(&self, name: &str) -> Result<Self, String> {
        let place = if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        match self.value.get(name) {
            Some(value) => Ok(Self { value, place }),
            None => Err(format!("`{place}` is missing")),
        }
    }

    fn text(&self, name: &str) -> Result<&'v str, String> {
        let part = self.get(name)?;
        part.value.as_str().ok_or_else(|| part.wrong("a text"))
    }

    fn wrong(&self, kind: &str) -> String {
        format!("`{}` is not {kind}", self.place)
    }
}

fn exchanged(entry: &Part<'_>, files: &mut Beside) -> Result<Exchanged, String> {
    let request = entry.get("request")?;
    let response = entry.get("response")?;
    let url = request.text("url")?;
    let asked = Asked {
        method: request.text("method")?.to_owned(),
        url: url.split('#').next().unwrap_or(url).to_owned(),
        kind: entry.value["_resourceType"].as_str().unwrap_or("other").to_ascii_lowercase(),
        headers: headers(&request)?,
        body: sent(&request, files)?,
    };
    let began = entry.get("startedDateTime")?;
    let began: jiff::Timestamp =
        began.value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| began.wrong("a time"))?;
    let came = came(&asked.method, &response, files)?;
    let from_cache = entry.value.get("_fromCache").is_some_and(|cache| !cache.is_null());
    let began = began.duration_since(jiff::Timestamp::UNIX_EPOCH).as_secs_f64() * 1000.0;
    Ok(Exchanged { asked, came, began, took: took(entry.value), from_cache })
}

/// Milliseconds until the headers came, and until the end; a phase that does not apply is -1.
fn took(entry: &Value) -> [f64; 2] {
    let phase = |name: &str| entry["timings"][name].as_f64().unwrap_or(0.0).max(0.0);
    // That of TLS is a part of `connect`.
    let until: f64 = ["blocked", "dns", "connect", "send", "wait"].into_iter().map(phase).sum();
    let all = entry["time"].as_f64().unwrap_or(0.0).max(until + phase("receive"));
    [until, all]
}

/// Names in lower case; those of HTTP/2 that are no headers are left out.
fn headers(message: &Part<'_>) -> Result<Vec<(String, String)>, String> {
    let list = message.get("headers")?;
    let mut headers = Vec::new();
    for (number, value) in list.value.as_array().ok_or_else(|| list.wrong("a list"))?.iter().enumerate() {
        let header = Part { value, place: format!("{}[{number}]", list.place) };
        let name = header.text("name")?.to_ascii_lowercase();
        if !name.starts_with(':') {
            headers.push((name, header.text("value")?.to_owned()));
        }
    }
    Ok(headers)
}

fn sent(request: &Part<'_>, files: &mut Beside) -> Result<Option<Vec<u8>>, String> {
    let Ok(post) = request.get("postData") else { return Ok(None) };
    if let Some(bytes) = beside(&post, files)? {
        return Ok(Some(bytes));
    }
    match (post.value["text"].as_str(), post.value["params"].as_array()) {
        (Some(text), _) if post.value["_encoding"] == "base64" => decoded(&post, text).map(Some),
        (Some(text), None) => Ok(Some(text.as_bytes().to_vec())),
        (Some(text), Some(_)) if !text.is_empty() => Ok(Some(text.as_bytes().to_vec())),
        (_, Some(params)) => {
            let word = |param: &Value, name: &str| param[name].as_str().unwrap_or_default().to_owned();
            let pairs = params.iter().map(|param| (word(param, "name"), word(param, "value")));
            Ok(Some(Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()))
        }
        (None, None) => Ok(None),
    }
}

fn came(method: &str, response: &Part<'_>, files: &mut Beside) -> Result<Came, String> {
    let status = response.get("status")?;
    let number = status.value.as_i64().ok_or_else(|| status.wrong("a number"))?;
    // Nothing came: each tool says in its own field why.
    if number <= 0 {
        let why = ["_failureText", "_error"].iter().find_map(|name| response.value[*name].as_str());
        return Ok(Came::Failed(why.filter(|why| !why.is_empty()).unwrap_or("net::ERR_FAILED").to_owned()));
    }
    let number = u16::try_from(number).map_err(|_| status.wrong("an HTTP status"))?;
    let mut headers = headers(response)?;
    let content = response.get("content")?;
    let mut body = beside(&content, files)?;
    if let (None, Some(text)) = (&body, content.value["text"].as_str()) {
        body = Some(match content.value["encoding"].as_str() {
            None | Some("") => {
                in_utf8(&mut headers);
                text.as_bytes().to_vec()
            }
            Some("base64") => decoded(&content, text)?,
            Some(other) => return Err(format!("`{}.encoding` is `{other}`, not `base64`", content.place)),
        });
    }
    // These have none, so that none is missing.
    if method == "HEAD" || matches!(number, 100..=199 | 204 | 205 | 300..=399) {
        body = body.or(Some(Vec::new()));
    }
    Ok(Came::Response {
        status: number,
        status_text: response.value["statusText"].as_str().unwrap_or_default().to_owned(),
        headers,
        body,
        whole: response.value["_whole"].as_bool().unwrap_or(true),
    })
}

/// The body in a file beside the HAR, as Playwright's `content: "attach"` keeps it.
fn beside(part: &Part<'_>, files: &mut Beside) -> Result<Option<Vec<u8>>, String> {
    let Some(name) = part.value["_file"].as_str() else { return Ok(None) };
    files.body(name).map_err(|why| format!("`{}._file` {why}", part.place))
}

fn decoded(part: &Part<'_>, text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| format!("`{}.text` is not base64: {error}", part.place))
}

/// A text of a HAR is Unicode, whatever the server sent.
fn in_utf8(headers: &mut [(String, String)]) {
    for (_, value) in headers.iter_mut().filter(|(name, _)| name == "content-type") {
        let lower = value.to_ascii_lowercase();
        if let Some(at) = lower.find("charset=").filter(|_| !lower.contains("utf-8")) {
            let end = value[at..].find(';').map_or(value.len(), |length| at + length);
            value.replace_range(at..end, "charset=utf-8");
        }
    }
}
