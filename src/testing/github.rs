//! Annotations for GitHub Actions: workflow commands that put a message at a line of a file.

use std::borrow::Cow;

use super::Entry;

/// Takes no room, and parts what would be a command (U+200B, ZERO WIDTH SPACE).
const NOTHING: char = '\u{200b}';

/// The annotation for what is not as it should be; nothing for the rest.
#[must_use]
pub fn annotation(entry: &Entry) -> Option<String> {
    if !entry.is_bad() {
        return None;
    }
    let place = entry.place.map(|(line, column)| format!(",line={line},col={column}")).unwrap_or_default();
    let file = property(&entry.file.display().to_string());
    let live = entry.live.map(|live| format!(": {}", live.word())).unwrap_or_default();
    let title = property(&format!("{}{live}", entry.title()));
    let text = if entry.detail.is_empty() { &entry.message } else { &entry.detail };
    Some(format!("::error file={file}{place},title={title}::{}", data(text.trim_end())))
}

/// A line of output that the runner takes for no command of ours, whatever page its words come from.
#[must_use]
pub fn harmless(line: &str) -> Cow<'_, str> {
    let trimmed = line.trim_start();
    if !trimmed.starts_with("::") && !line.contains("##[") {
        return Cow::Borrowed(line);
    }
    let margin = &line[..line.len() - trimmed.len()];
    let words = trimmed.strip_prefix("::").map_or(trimmed.to_owned(), |rest| format!(":{NOTHING}:{rest}"));
    Cow::Owned(format!("{margin}{}", words.replace("##[", &format!("##{NOTHING}["))))
}

/// The same of a line of JSON, which means what it meant: such a sign stands in its strings alone.
#[must_use]
pub fn harmless_json(line: &str) -> String {
    line.replace("##[", "##\\u005b")
}

/// Percent signs and line breaks, as the runner reads them back.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property the separators as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
