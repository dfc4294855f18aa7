//! Halves of surrogate pairs in JSON: a text that a script has cut may end in one (ECMA-262, "well-formed"), and no text
//! of ours can hold it.

use std::borrow::Cow;

use memchr::memmem;

/// What takes the place of one: U+FFFD.
const REPLACEMENT: &str = "fffd";

/// The message with U+FFFD for every half that stands alone.
#[must_use]
pub fn well_formed(json: &str) -> Cow<'_, str> {
    let bytes = json.as_bytes();
    let mut lone = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(bytes, b"\\u") {
        if at < done || bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
            continue;
        }
        match unit(bytes, at) {
            Some(0xd800..0xdc00) if matches!(unit(bytes, at + 6), Some(0xdc00..0xe000)) => done = at + 12,
            Some(0xd800..0xe000) => lone.push(at + 2),
            _ => {}
        }
    }
    if lone.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut whole = json.to_owned();
    for at in lone {
        whole.replace_range(at..at + 4, REPLACEMENT);
    }
    Cow::Owned(whole)
}

/// The code unit that is written `\uXXXX` there.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::well_formed;

    #[test]
    fn halves_alone_are_replaced() {
        assert_eq!(
            well_formed(r#"["a\ud83d b","\ude00","\uD83D\ud83d\ude00"]"#),
            r#"["a\ufffd b","\ufffd","\ufffd\ud83d\ude00"]"#
        );
        assert_eq!(well_formed(r#"["\ud83d"]"#), r#"["\ufffd"]"#);
    }

    #[test]
    fn all_else_stays() {
        for text in [r#"["\ud83d\ude00","\u00e4","\\ud83d","\\\\ud83d"]"#, "[]", r#"["\ud8"#] {
            assert_eq!(well_formed(text), text);
        }
    }
}
