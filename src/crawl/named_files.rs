//! Local files that web pages name. Which files are read is the script's to say: an address that came from a page leads
//! to none, as no browser follows such a link.
//!
//! What pages say is looked through as it stands and with its escapes taken off, and what is compared are the files,
//! not the spellings of their addresses. A file is the script's own, whatever pages say, where its address stands in
//! the text of a script, in a parameter or in the environment, and where the script opened it before a page named it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

use super::address::Address;
use super::{Access, CrawlError, Page};
use crate::browser::Cookie;

/// More than this no honest page names: of one that does, it is not known which.
const MOST: usize = 10_000;

/// An address ends within so many bytes.
const LONGEST: usize = 4096;

/// An address in a text may end at any of its first so many blanks and quotes.
const ENDS: usize = 16;

/// So many layers of escapes are taken off: JSON within JSON within an attribute.
const LAYERS: usize = 3;

/// What URLs are read without (URL Standard, "basic URL parser").
const DROPPED: [char; 3] = ['\t', '\n', '\r'];

/// The files named so far.
#[derive(Default)]
pub(super) struct NamedFiles {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    files: BTreeSet<String>,
    /// What `<base>` elements said: all that is below may be meant by links that name no scheme.
    below: BTreeSet<String>,
    /// There were too many to tell.
    any: bool,
    /// What the script opened before a page named it.
    opened: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, file: String, base: bool) {
        self.any |= self.files.len() + self.below.len() >= MOST;
        if self.any {
            return;
        }
        if base && let Some((folder, _)) = file.rsplit_once('/') {
            self.below.insert(format!("{folder}/"));
        }
        self.files.insert(file);
    }

    fn names(&self, file: &str) -> bool {
        self.any || self.files.contains(file) || self.below.iter().any(|folder| file.starts_with(folder.as_str()))
    }
}

impl NamedFiles {
    /// Takes note of what a page holds, and of what its js returned; a local file may name others.
    pub fn note_page(&self, page: &Page) {
        if page.url().starts_with("file:") {
            return;
        }
        let snapshot = page.content.snapshot();
        let mut frames = vec![snapshot.as_ref()];
        while let Some(frame) = frames.pop() {
            self.note(&frame.html);
            frames.extend(&frame.frames);
        }
        self.note_value(&page.js);
        page.landing.redirects.iter().for_each(|address| self.note(address));
        self.note(page.url());
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
            serde_json::Value::Object(map) => map.iter().for_each(|(name, item)| {
                self.note(name);
                self.note_value(item);
            }),
            _ => {}
        }
    }

    /// Takes note of cookies, which pages may have set.
    pub fn note_cookies(&self, cookies: &[Cookie]) {
        cookies.iter().for_each(|cookie| self.note(&cookie.value));
    }

    /// Takes note of a text that came from a page, or from where it was downloaded.
    pub fn note(&self, text: &str) {
        let whole = files_in(text, &mut |file, base| self.seen().add(file, base));
        self.seen().any |= !whole;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses the address of a file that a page named, unless the user allowed to read it or it is the script's own;
    /// `own` gives the texts that the script and its user wrote.
    pub fn refuse(&self, url: &str, access: &Access, own: impl FnOnce() -> Vec<String>) -> Result<(), CrawlError> {
        if !url.starts_with("file:") {
            return Ok(());
        }
        let Some(file) = file_of(url) else { return Ok(()) };
        {
            let mut seen = self.seen();
            if !seen.names(&file) {
                seen.opened.insert(file);
                return Ok(());
            }
            if seen.opened.contains(&file) {
                return Ok(());
            }
        }
        let path = Url::parse(url).ok().and_then(|url| url.to_file_path().ok()).unwrap_or_default();
        if access.names(&path) || own().iter().any(|text| holds(text, &file)) {
            return Ok(());
        }
        let message =
            format!("`{url}` was named by a web page, and pages do not say which files of this machine are read");
        Err(CrawlError::new("crawl::access::denied", message)
            .help(format!("if it is meant, allow it with `--allow-read {}`", path.display()))
            .at("url", 0))
    }
}

/// Tells `found` of the files that addresses in a text name, and whether a `<base>` element does. `false` where there
/// are more addresses than it looks at.
fn files_in(text: &str, found: &mut dyn FnMut(String, bool)) -> bool {
    let mut whole = named_in(text, found);
    let mut layer = unescaped(text);
    for _ in 0..LAYERS {
        let Some(plain) = layer.filter(|_| whole) else { return whole };
        whole = named_in(&plain, found);
        layer = unescaped(&plain);
    }
    whole
}

/// Whether an address in a text names a file.
fn holds(text: &str, file: &str) -> bool {
    let mut held = false;
    files_in(text, &mut |named, _| held |= named == file);
    held
}

fn named_in(text: &str, found: &mut dyn FnMut(String, bool)) -> bool {
    // Colons are rare, and are found fast.
    let mut schemes = text.match_indices(':').filter_map(|(colon, _)| Some((scheme_before(text, colon)?, colon)));
    for (start, colon) in schemes.by_ref().take(MOST) {
        let base = text[..start].rfind('<').is_some_and(|tag| {
            text.as_bytes().get(tag + 1..tag + 5).is_some_and(|name| name.eq_ignore_ascii_case(b"base"))
        });
        let end = text.floor_char_boundary(text.len().min(colon + LONGEST));
        let rest = &text[colon..end];
        let mut files = spellings(rest);
        if rest.contains(DROPPED) {
            files.extend(spellings(&rest.replace(DROPPED, "")));
        }
        files.into_iter().for_each(|file| found(file, base));
    }
    schemes.next().is_none()
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

/// The files that what follows `file` may name, by where it ends: blanks and quotes may belong to it.
fn spellings(rest: &str) -> BTreeSet<String> {
    let ends = rest.char_indices().filter(|(_, c)| c.is_whitespace() || "\"'<>`".contains(*c)).map(|(at, _)| at);
    ends.take(ENDS).chain([rest.len()]).flat_map(|end| readings(&format!("file{}", &rest[..end]))).collect()
}

/// What an address is to a browser, and what it is as the `url` of a step.
fn readings(address: &str) -> impl Iterator<Item = String> + use<> {
    let path = address.strip_prefix("file:").filter(|path| !path.starts_with("//"));
    let step = path.and_then(|path| Address::file(address, path).ok()).and_then(|step| file_of(&step.url));
    file_of(address).into_iter().chain(step)
}

/// The path of the file that an address names, in one spelling.
fn file_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let mut path = Vec::new();
    let mut parts = url.path().split('%');
    path.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                path.push(byte);
                path.extend(part[2..].bytes());
            }
            None => path.extend(["%", part].concat().bytes()),
        }
    }
    path.dedup_by(|next, before| *next == b'/' && *before == b'/');
    Some(String::from_utf8_lossy(&path).into_owned())
}

/// A text without one layer of escapes: those of JSON and js, of addresses, and of HTML. `None` where it has none.
fn unescaped(text: &str) -> Option<String> {
    let (mut plain, mut from) = (String::new(), 0);
    for at in memchr::memchr3_iter(b'\\', b'%', b'&', text.as_bytes()) {
        if let Some((meant, length)) = text.get(at..).filter(|_| at >= from).and_then(escape) {
            plain.push_str(&text[from..at]);
            plain.push(meant);
            from = at + length;
        }
    }
    if from == 0 {
        return None;
    }
    plain.push_str(&text[from..]);
    Some(plain)
}

/// The character that an escape at the beginning of a text means, and the length of the escape.
fn escape(text: &str) -> Option<(char, usize)> {
    let hex = |digits: Option<&str>| u32::from_str_radix(digits?, 16).ok().and_then(char::from_u32);
    match text.as_bytes() {
        [b'\\', b'u', ..] => Some((hex(text.get(2..6))?, 6)),
        [b'\\', b'x', ..] => Some((hex(text.get(2..4))?, 4)),
        [b'\\', b'n' | b'r' | b't', ..] => Some(('\n', 2)),
        [b'\\', meant @ (b'/' | b'"' | b'\'' | b'\\'), ..] => Some((char::from(*meant), 2)),
        // The others are of characters that take several, and are read with the address.
        [b'%', ..] => Some((hex(text.get(1..3)).filter(char::is_ascii)?, 3)),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(8).position(|byte| *byte == b';')?;
            let meant = match text.get(1..=end)? {
                "amp" => '&',
                "quot" => '"',
                "apos" => '\'',
                "lt" => '<',
                "gt" => '>',
                "nbsp" => ' ',
                "colon" => ':',
                "sol" => '/',
                "Tab" | "NewLine" => '\n',
                number => match number.strip_prefix('#')? {
                    digits if digits.starts_with(['x', 'X']) => hex(digits.get(1..))?,
                    digits => digits.parse().ok().and_then(char::from_u32)?,
                },
            };
            Some((meant, end + 2))
        }
        _ => None,
    }
}
