//! The changes that diagnostics suggest, as an editor offers them.

use crate::diag::{Diagnostic, Fix};
use crate::text::{Source, Span};

/// A change with words for a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What it does, in a few words.
    pub title: String,
    /// The change.
    pub fix: Fix,
}

/// The changes that a report offers for its own text.
#[must_use]
pub fn offers(source: &Source, report: &Diagnostic) -> Vec<Offer> {
    let own = report.primary.as_ref().is_some_and(|label| label.source.name() == source.name());
    let fixes = report.fixes.iter().filter(|_| own);
    fixes.map(|fix| Offer { title: title(source, fix), fix: fix.clone() }).collect()
}

fn title(source: &Source, fix: &Fix) -> String {
    let old = shown(source.slice(fix.span));
    let new = shown(&fix.text);
    match (fix.span.is_empty(), fix.text.is_empty()) {
        (true, _) => format!("insert `{new}`"),
        (false, true) => format!("remove `{old}`"),
        (false, false) => format!("replace `{old}` by `{new}`"),
    }
}

/// A text short enough for a menu, on one line.
fn shown(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    if line.chars().count() <= 40 { line } else { format!("{}…", line.chars().take(39).collect::<String>()) }
}

/// Whether two places share anything: a change is offered where the cursor touches its report.
#[must_use]
pub fn touches(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}
