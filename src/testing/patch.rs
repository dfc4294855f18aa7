//! A change to a file as a patch that people and `patch` can read.

use similar::TextDiff;

/// The unified diff from `old` to `new`, both being texts of the file `name`; nothing when they are equal.
#[must_use]
pub fn patch(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().header(name, name).to_string()
}
