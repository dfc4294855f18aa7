//! Texts that must not be told to anybody: what logs, reports and recordings put in their place, and the names of what is
//! secret by nature.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::spelling::spellings;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "(hidden)";

/// Headers whose values identify somebody, in lower case.
pub const SECRET_HEADERS: &[&str] = &["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// Of shorter ones nothing would be left to read, and they give nothing away.
const SHORTEST: usize = 3;

/// Texts that are left out wherever they stand, in whatever form they are written: as they are, in addresses, in HTML, in
/// JSON.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    known: HashSet<String>,
    searcher: Replacer,
}

impl Secrets {
    /// Leaves a text out from now on.
    pub fn add(&mut self, secret: &str) {
        self.add_as(secret, |_| HIDDEN.to_owned());
    }

    /// The same with something else in its place, by the name of the spelling; that of the text itself is empty. Whether
    /// it is new, and long enough.
    pub fn add_as(&mut self, secret: &str, replacement: impl Fn(&str) -> String) -> bool {
        if secret.chars().count() < SHORTEST || !self.known.insert(secret.to_owned()) {
            return false;
        }
        for spelling in spellings(secret) {
            self.searcher.add(spelling.text, replacement(&spelling.name));
        }
        true
    }

    /// Whether there are any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether a text is one of them.
    #[must_use]
    pub fn knows(&self, secret: &str) -> bool {
        self.known.contains(secret)
    }

    /// Leaves a text as it is wherever it stands, whatever secret a part of it might be.
    pub fn spare(&mut self, text: String) {
        self.searcher.add(text.clone(), text);
    }

    /// What is replaced by what.
    #[must_use]
    pub fn replacer(&self) -> &Replacer {
        &self.searcher
    }

    /// A text without the secrets.
    #[must_use]
    pub fn hide_in<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.searcher.replace(text.as_bytes(), |replacement, _, out| out.extend_from_slice(replacement)) {
            Ok(None) => Cow::Borrowed(text),
            // Whole texts take the place of whole texts.
            Ok(Some(new)) => Cow::Owned(String::from_utf8_lossy(&new).into_owned()),
            // Rather nothing than too much.
            Err(TooMany) => Cow::Borrowed(HIDDEN),
        }
    }
}

/// Replaces many texts at once: of those that begin at one place the longest, from left to right.
#[derive(Debug, Clone, Default)]
pub struct Replacer {
    texts: Vec<String>,
    replacements: Vec<String>,
    places: HashMap<String, usize>,
    /// Made when it is first asked for; `None` when it would be too large.
    searcher: OnceLock<Option<AhoCorasick>>,
}

/// There is no room for that many texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Replacer {
    /// Puts `replacement` in the place of `text`; the first one counts.
    pub fn add(&mut self, text: String, replacement: String) {
        if text.is_empty() || self.places.contains_key(&text) {
            return;
        }
        self.places.insert(text.clone(), self.texts.len());
        self.texts.push(text);
        self.replacements.push(replacement);
        self.searcher = OnceLock::new();
    }

    /// Each text with what takes its place.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(String::as_str).zip(self.replacements.iter().map(String::as_str))
    }

    /// The bytes with all of it replaced, `None` where nothing is. `put` is given a replacement, where in `bytes` its text
    /// stands, and what to write to.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn replace(
        &self,
        bytes: &[u8],
        mut put: impl FnMut(&[u8], std::ops::Range<usize>, &mut Vec<u8>),
    ) -> Result<Option<Vec<u8>>, TooMany> {
        if self.texts.is_empty() {
            return Ok(None);
        }
        let make = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&self.texts).ok();
        let searcher = self.searcher.get_or_init(make).as_ref().ok_or(TooMany)?;
        if !searcher.is_match(bytes) {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for found in searcher.find_iter(bytes) {
            out.extend_from_slice(&bytes[done..found.start()]);
            put(self.replacements[found.pattern().as_usize()].as_bytes(), found.range(), &mut out);
            done = found.end();
        }
        out.extend_from_slice(&bytes[done..]);
        Ok(Some(out))
    }
}
