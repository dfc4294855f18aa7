//! Texts that must not be told to anybody: what logs, reports and recordings put in their place, and the names of what is
//! secret by nature.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::replacer::{Replacer, TooMany};
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
        let put = |replacement: &[u8], place: Range<usize>, out: &mut Vec<u8>| {
            out.extend_from_slice(replacement);
            place.end
        };
        match self.searcher.replace(text.as_bytes(), put) {
            Ok(None) => Cow::Borrowed(text),
            // Whole texts take the place of whole texts.
            Ok(Some(new)) => Cow::Owned(String::from_utf8_lossy(&new).into_owned()),
            // Rather nothing than too much.
            Err(TooMany) => Cow::Borrowed(HIDDEN),
        }
    }
}
