//! Text cut to the room that there is for it.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Secrets;

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

/// How many equal characters stand before the first that differs.
const LEAD: usize = 20;

/// Both texts, cut so that where they part is in what is left of them.
#[must_use]
pub fn cut_apart(old: &str, new: &str, width: usize) -> (String, String) {
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    if same + LEAD <= width || (old.width() <= width && new.width() <= width) {
        return (cut(old, width), cut(new, width));
    }
    let part =
        |text: &str| cut(&text.chars().skip(same.saturating_sub(LEAD)).collect::<String>(), width.saturating_sub(1));
    (format!("…{}", part(old)), format!("…{}", part(new)))
}

/// The text in one line, its white space collapsed, cut to so many columns.
#[must_use]
pub fn one_line(text: &str, width: usize) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), width)
}

/// The same of a text that may have secrets. Where it becomes another one they go first, for a part of one would be
/// found by nobody; where it stays they stay, and whoever keeps it says which they were.
#[must_use]
pub fn one_line_without(secrets: &Secrets, text: &str, width: usize) -> String {
    let line = one_line(text, width);
    if line == text { line } else { one_line(&secrets.hide_in(text), width) }
}
