//! Local files that web pages name. Which files are read is the script's to say: an address that came from a page leads
//! to none, as no browser follows such a link.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::{Access, CrawlError, Page};
use crate::browser::Cookie;

/// More than this no honest page names: of one that does, it is not known which.
const MOST: usize = 10_000;

/// An address ends within so many bytes.
const LONGEST: usize = 4096;

/// An address in a text may end at any of its first so many blanks and quotes.
const ENDS: usize = 16;

/// What URLs are read without (URL Standard, "basic URL parser").
const DROPPED: [char; 3] = ['\t', '\n', '\r'];

/// The addresses seen so far.
#[derive(Default)]
pub(super) struct NamedFiles {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    addresses: BTreeSet<String>,
    /// What `<base>` elements said: all that is below may be meant by links that name no scheme.
    below: BTreeSet<String>,
    /// There were too many to tell.
    any: bool,
}

impl Seen {
    fn add(&mut self, address: String, base: bool) {
        self.any |= self.addresses.len() + self.below.len() >= MOST;
        if self.any {
            return;
        }
        if base && let Some((folder, _)) = address.rsplit_once('/') {
            self.below.insert(format!("{folder}/"));
        }
        self.addresses.insert(address);
    }

    fn names(&self, address: &str) -> bool {
        self.any
            || self.addresses.contains(address)
            || self.below.iter().any(|folder| address.starts_with(folder.as_str()))
    }
}

impl NamedFiles {
    /// Takes note of what a page of the web holds, and of what its js returned.
    pub fn note_page(&self, page: &Page) {
        if !page.url().starts_with("http") {
            return;
        }
        let snapshot = page.content.snapshot();
        let mut frames = vec![snapshot.as_ref()];
        while let Some(frame) = frames.pop() {
            self.note(&frame.html);
            frames.extend(&frame.frames);
        }
        self.note_value(&page.js);
        page.json.iter().for_each(|value| self.note_value(value));
        page.response.iter().for_each(|response| self.note(&response.body));
        page.landing.headers.iter().for_each(|(_, value)| self.note(value));
        page.overheard.iter().for_each(|line| self.note(&line.text));
        page.popups.iter().for_each(|address| self.note(address));
        page.cookies.iter().for_each(|cookies| self.note_cookies(cookies));
        page.requests.iter().flatten().filter_map(|exchange| serde_json::to_value(exchange).ok()).for_each(
            |exchange| {
                self.note_value(&exchange);
            },
        );
    }

    /// Takes note of a value that a page gave.
    pub fn note_value(&self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.note(text),
            serde_json::Value::Array(items) => items.iter().for_each(|item| self.note_value(item)),
            serde_json::Value::Object(map) => map.values().for_each(|item| self.note_value(item)),
            _ => {}
        }
    }

    /// Takes note of cookies, which pages may have set.
    pub fn note_cookies(&self, cookies: &[Cookie]) {
        cookies.iter().for_each(|cookie| self.note(&cookie.value));
    }

    fn note(&self, text: &str) {
        // Colons are rare, and are found fast.
        for (colon, _) in text.match_indices(':') {
            let Some(start) = scheme_before(text, colon) else { continue };
            let base = text[..start].rfind('<').is_some_and(|tag| {
                text.as_bytes().get(tag + 1..tag + 5).is_some_and(|name| name.eq_ignore_ascii_case(b"base"))
            });
            let end = text.floor_char_boundary(text.len().min(colon + LONGEST));
            let rest = &text[colon..end];
            let mut addresses = spellings(rest);
            if rest.contains(DROPPED) {
                addresses.extend(spellings(&rest.replace(DROPPED, "")));
            }
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            addresses.into_iter().for_each(|address| seen.add(address, base));
        }
    }

    /// Refuses the address of a file that a page named, unless the user allowed to read it.
    pub fn refuse(&self, url: &str, access: &Access) -> Result<(), CrawlError> {
        if !url.starts_with("file:") {
            return Ok(());
        }
        let Some(address) = plain(url) else { return Ok(()) };
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).names(&address) {
            return Ok(());
        }
        let path = Url::parse(url).ok().and_then(|url| url.to_file_path().ok()).unwrap_or_default();
        if access.names(&path) {
            return Ok(());
        }
        let message =
            format!("`{url}` was named by a web page, and pages do not say which files of this machine are read");
        Err(CrawlError::new("crawl::access::denied", message)
            .help(format!("if it is meant, allow it with `--allow-read {}`", path.display()))
            .at("url", 0))
    }
}

/// Where the scheme `file` before a colon begins, in any case and with what URLs are read without in between.
fn scheme_before(text: &str, colon: usize) -> Option<usize> {
    let mut bytes = text.as_bytes()[..colon].iter().enumerate().rev();
    let mut start = colon;
    for wanted in *b"elif" {
        let (at, _) = bytes
            .find(|(_, byte)| !matches!(byte, b'\t' | b'\n' | b'\r'))
            .filter(|(_, byte)| byte.eq_ignore_ascii_case(&wanted))?;
        start = at;
    }
    Some(start)
}

/// The addresses that what follows `file` may be, by where they end: blanks and quotes may belong to them.
fn spellings(rest: &str) -> BTreeSet<String> {
    let ends = rest.char_indices().filter(|(_, c)| c.is_whitespace() || "\"'<>`".contains(*c)).map(|(at, _)| at);
    let ends = ends.take(ENDS).chain([rest.len()]);
    ends.filter_map(|end| plain(&format!("file{}", rest[..end].replace("&amp;", "&")))).collect()
}

/// An address without what does not change the file.
fn plain(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    url.set_fragment(None);
    url.set_query(None);
    Some(url.to_string())
}
