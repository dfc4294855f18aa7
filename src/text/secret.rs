//! Texts that must not be told to anybody: what logs and reports put in their place, and the names of what is secret by
//! nature.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use url::form_urlencoded::byte_serialize;

use super::spelling::spellings;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "(hidden)";

/// Headers whose values identify somebody, in lower case.
pub const SECRET_HEADERS: &[&str] = &["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// Texts that are left out wherever they stand, in whatever form they are written: as they are, in addresses, in HTML, in
/// JSON.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    known: HashSet<String>,
    forms: HashSet<String>,
    /// Made when it is first asked for; `None` when it would be too large.
    searcher: OnceLock<Option<AhoCorasick>>,
}

impl Secrets {
    /// Leaves a text out from now on.
    pub fn add(&mut self, secret: &str) {
        // Of shorter ones nothing would be left to read, and they give nothing away.
        if secret.chars().count() < 3 || !self.known.insert(secret.to_owned()) {
            return;
        }
        let plus: String = byte_serialize(secret.as_bytes()).collect();
        self.forms.extend(spellings(secret));
        self.forms.extend([plus.replace('+', "%20"), plus]);
        self.searcher = OnceLock::new();
    }

    /// Whether there are any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// A text without the secrets.
    #[must_use]
    pub fn hide_in<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let make = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&self.forms).ok();
        match self.searcher.get_or_init(make) {
            Some(searcher) if !searcher.is_match(text) => Cow::Borrowed(text),
            Some(searcher) => Cow::Owned(searcher.replace_all(text, &vec![HIDDEN; self.forms.len()])),
            // Rather nothing than too much.
            None => Cow::Borrowed(HIDDEN),
        }
    }
}
