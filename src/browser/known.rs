//! The text of a page that both sides know: of one that was sent before, only what changed is sent again.
//!
//! The page keeps the text that it sent last under a number that only this document gives, and is told with the next
//! question which number is known here. It sends everything where that is another one: after a navigation, or after an
//! answer that nobody heard.

use serde::Deserialize;

use super::error::BrowserError;
use super::inpage::Captured;

/// The text that a page sent last.
#[derive(Debug, Default)]
pub(super) struct Known {
    number: u64,
    html: String,
}

/// How the text of a snapshot is to be read.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    /// The number of this text.
    number: u64,
    /// So much of the last text comes before it, in UTF-16 code units.
    head: usize,
    /// So much of it comes after.
    tail: usize,
}

impl Known {
    /// The number to ask with; 0 is nobody's.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Completes what was captured, and keeps its text where the page keeps it too.
    pub(super) fn complete(&mut self, captured: &mut Captured) -> Result<(), BrowserError> {
        let Some(Sent { number, head, tail }) = captured.sent.take() else {
            *self = Self::default();
            return Ok(());
        };
        if head + tail > 0 {
            captured.html = between(&self.html, &captured.html, head, tail).ok_or_else(|| BrowserError::Protocol {
                command: "the in-page script".to_owned(),
                message: "it sent changes of a text that is not known".to_owned(),
            })?;
        }
        self.number = number;
        self.html.clone_from(&captured.html);
        Ok(())
    }
}

/// `changed` between the beginning and the end of `last`.
fn between(last: &str, changed: &str, head: usize, tail: usize) -> Option<String> {
    let (head, tail) = if last.is_ascii() {
        (head, last.len().checked_sub(tail)?)
    } else {
        let head = bytes_of(last.chars(), head)?;
        (head, last.len().checked_sub(bytes_of(last.chars().rev(), tail)?)?)
    };
    if head > tail {
        return None;
    }
    Some([last.get(..head)?, changed, last.get(tail..)?].concat())
}

/// How many bytes of UTF-8 the first characters take that are `units` of UTF-16 together.
fn bytes_of(characters: impl Iterator<Item = char>, units: usize) -> Option<usize> {
    let (mut seen, mut bytes) = (0, 0);
    for character in characters {
        if seen >= units {
            break;
        }
        seen += character.len_utf16();
        bytes += character.len_utf8();
    }
    (seen == units).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn changes_are_put_between_what_stayed() {
        assert_eq!(between("<p>a</p>", "b", 3, 4).as_deref(), Some("<p>b</p>"));
        assert_eq!(between("<p></p>", "b", 3, 4).as_deref(), Some("<p>b</p>"));
        assert_eq!(between("ab", "", 1, 0).as_deref(), Some("a"));
    }

    #[test]
    fn what_stayed_is_counted_in_code_units() {
        assert_eq!(between("ä😀x€", "y", 3, 1).as_deref(), Some("ä😀y€"));
        assert_eq!(between("ä😀x😀", "y", 3, 2).as_deref(), Some("ä😀y😀"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(between("ab", "x", 2, 1), None);
        assert_eq!(between("ab", "x", 0, 3), None);
        assert_eq!(between("a😀", "x", 2, 0), None);
        assert_eq!(between("a😀", "x", 9, 0), None);
    }
}
