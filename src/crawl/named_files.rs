//! Local files that web pages name. Which files are read is the script's to say: an address that came from a page leads
//! to none, as no browser follows such a link.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::{Access, CrawlError, Page};

/// More than this no honest page names.
const MOST: usize = 10_000;

/// The addresses seen so far.
#[derive(Default)]
pub(super) struct NamedFiles {
    seen: Mutex<BTreeSet<String>>,
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

    fn note(&self, text: &str) {
        // Colons are rare, and are found fast.
        let ends_file =
            |at: &usize| at.checked_sub(4).is_some_and(|from| text.as_bytes()[from..*at].eq_ignore_ascii_case(b"file"));
        for colon in text.match_indices(':').map(|(at, _)| at).filter(ends_file) {
            let rest = &text[colon - 4..];
            let end = rest.find(|c: char| c.is_whitespace() || "\"'<>`".contains(c)).unwrap_or(rest.len());
            if let Some(address) = plain(&rest[..end].replace("&amp;", "&")) {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.len() < MOST {
                    seen.insert(address);
                }
            }
        }
    }

    /// Refuses the address of a file that a page named, unless the user allowed to read it.
    pub fn refuse(&self, url: &str, access: &Access) -> Result<(), CrawlError> {
        if !url.starts_with("file:") {
            return Ok(());
        }
        let Some(address) = plain(url) else { return Ok(()) };
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(&address) {
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

/// An address without what does not change the file.
fn plain(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    url.set_fragment(None);
    url.set_query(None);
    Some(url.to_string())
}
