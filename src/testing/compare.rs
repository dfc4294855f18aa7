//! Holds what a case printed against what it should have.

use similar::{ChangeTag, TextDiff};

use super::{Expected, Ran};

/// How many equal lines are shown around a change.
const CONTEXT: usize = 3;

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
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit { expected, actual } => writeln!(f, "exit code: {expected} expected, {actual} came"),
            Self::Text { stream, diff } => write!(f, "{stream}: - expected, + came\n{diff}"),
        }
    }
}

/// Every difference between an already normalised run and what was expected; none when it passed.
#[must_use]
pub fn compare(expected: &Expected, actual: &Ran) -> Vec<Difference> {
    let mut found = Vec::new();
    if expected.exit != actual.exit {
        found.push(Difference::Exit { expected: expected.exit, actual: actual.exit });
    }
    for (stream, old, new) in
        [("stdout", &expected.stdout, &actual.stdout), ("stderr", &expected.stderr, &actual.stderr)]
    {
        if old != new {
            found.push(Difference::Text { stream, diff: diff(old, new) });
        }
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
