//! Holds what a case printed against what it should have.

use similar::{ChangeTag, TextDiff};

use super::changes::record_lines;
use super::{Change, Expected, Ran, changes};
use crate::diag::Exit;

/// How many equal lines are shown around a change.
const CONTEXT: usize = 3;

/// So many records that changed are shown; those that came or went are counted in a line anyway.
const SHOWN: usize = 20;

/// One way in which a run differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The exit code.
    Exit {
        /// What was expected.
        expected: i32,
        /// What came.
        actual: i32,
    },
    /// A text.
    Text {
        /// `stdout` or `stderr`.
        stream: &'static str,
        /// The lines that differ: `-` for expected ones that did not come, `+` for ones that came instead.
        diff: String,
    },
    /// Records: from what was expected to what came.
    Records(Vec<Change>),
    /// A snapshot that no test asked for.
    Unused(String),
    /// No difference, but a word about those before it.
    Note(String),
    /// A test that fails: its name and why.
    Test { name: String, message: String },
}

impl Difference {
    /// The exit code of a run that failed although it should not have.
    #[must_use]
    pub(super) fn error(&self) -> Option<Exit> {
        match self {
            Self::Exit { actual: 0 | 1, .. }
            | Self::Text { .. }
            | Self::Records(_)
            | Self::Unused(_)
            | Self::Note(_)
            | Self::Test { .. } => None,
            Self::Exit { actual, .. } => Some(Exit::from_code(*actual).unwrap_or(Exit::Runtime)),
        }
    }
}

impl Difference {
    /// In lines, with words for what was before and what is now.
    #[must_use]
    pub fn told(&self, old: &str, new: &str) -> String {
        match self {
            Self::Exit { expected, actual } => format!("exit code: {expected} {old}, {actual} {new}\n"),
            Self::Text { stream, diff } => format!("{stream}: - {old}, + {new}\n{diff}"),
            Self::Records(changes) => listed(format!("records: {old} → {new}\n"), changes),
            Self::Unused(name) => format!("no test asks for the snapshot `{name}`\n"),
            Self::Note(words) => format!("note: {words}\n"),
            Self::Test { name, message } => format!("test `{name}`: {message}\n"),
        }
    }
}

/// The changes below their head, the first ones of many.
fn listed(mut told: String, changes: &[Change]) -> String {
    let mut changed = 0;
    for change in changes {
        changed += usize::from(matches!(change, Change::Changed(..)));
        if changed <= SHOWN || !matches!(change, Change::Changed(..)) {
            told.push_str(&format!("{change}\n"));
        }
    }
    if changed > SHOWN {
        told.push_str(&format!("~ and {} more that changed\n", changed - SHOWN));
    }
    told
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.told("expected", "came"))
    }
}

/// Every difference between an already normalised run and what was expected; none when it passed.
#[must_use]
pub fn compare(expected: &Expected, actual: &Ran) -> Vec<Difference> {
    let mut found = Vec::new();
    if expected.exit != actual.exit {
        found.push(Difference::Exit { expected: expected.exit, actual: actual.exit });
    }
    // Where records have no file of their own they are lines among others.
    let (lines, stdout) = match expected.records {
        None => record_lines(&expected.stdout, &actual.stdout),
        Some(_) => (Vec::new(), expected.stdout.clone()),
    };
    for (stream, old, new) in [("stdout", &stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)] {
        if old != new {
            found.push(Difference::Text { stream, diff: diff(old, new) });
        }
    }
    found.extend((!lines.is_empty()).then_some(Difference::Records(lines)));
    if let Some(records) = &expected.records {
        let changes = changes(records, &actual.records, false);
        found.extend((!changes.is_empty()).then_some(Difference::Records(changes)));
    }
    found
}

fn diff(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            text.push_str("  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            text.push_str(&format!("{sign} {change}"));
            if change.missing_newline() {
                text.push_str("  (no line break at the end)\n");
            }
        }
    }
    text
}
