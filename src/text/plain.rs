//! Text from elsewhere on its way to a terminal: what a page says must not move the cursor, change the title or turn the
//! line around.

use std::borrow::Cow;

/// The text without control characters (C0 but line break and tab, DEL, C1) and without those that change the direction
/// of what follows (Unicode UAX 9, explicit formatting).
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !acts(*c)).collect())
}

fn acts(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}
