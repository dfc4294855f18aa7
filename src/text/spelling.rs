//! The ways in which a text stands in other texts: in JSON and JS, and in HTML.

/// The text itself, as string literals escape it, and as HTML does between tags and in attributes; each once.
#[must_use]
pub fn spellings(text: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(text).to_string();
    let in_quotes = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    // Writers of HTML differ in what they escape where.
    let amp = text.replace('&', "&amp;");
    let between_tags = amp.replace('<', "&lt;").replace('>', "&gt;");
    let in_attribute = amp.replace('"', "&quot;");
    let all = between_tags.replace('"', "&quot;");
    let mut spelled = vec![text.to_owned(), in_quotes.to_owned(), all, between_tags, in_attribute];
    let mut seen = std::collections::HashSet::new();
    spelled.retain(|spelling| seen.insert(spelling.clone()));
    spelled
}
