//! Text cut to the room that there is for it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text, or as much of it as fits into so many columns with an ellipsis.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    // What has no more bytes has no more columns.
    if text.len() <= width || text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The text in one line, its white space collapsed, cut to so many columns.
#[must_use]
pub fn one_line(text: &str, width: usize) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), width)
}
