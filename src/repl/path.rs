//! Files and folders that a path can go on with.

use std::path::Path;

use super::offer::Candidate;

/// More entries than this nobody reads.
const MOST: usize = 200;

/// The offset in `typed` where the completed name begins, and the entries that begin so; folders end in `/`.
#[must_use]
pub fn paths(typed: &str) -> (usize, Vec<Candidate>) {
    let start = typed.rfind('/').map_or(0, |at| at + 1);
    let (folder, begun) = typed.split_at(start);
    let folder = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let Ok(entries) = std::fs::read_dir(folder) else { return (start, Vec::new()) };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let ending = if entry.path().is_dir() { "/" } else { "" };
            Some(format!("{name}{ending}"))
        })
        .filter(|name| name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.')))
        .collect();
    names.sort();
    names.truncate(MOST);
    (start, names.into_iter().map(Candidate::plain).collect())
}
