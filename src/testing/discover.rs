//! Finds the cases under a file or folder, and golden files that lost their script.

use std::fs;
use std::path::{Path, PathBuf};

use super::case::RECORDING;
use super::{Case, TestError, records, snapshots};

/// Every case at `root` (a script, or a folder and those in it), sorted by name; in place of a case that cannot be used,
/// and for each golden file without a script, the reason.
///
/// # Errors
/// [`TestError::Io`] when `root` itself cannot be read, [`TestError::NoScript`] when it is a golden file.
pub fn discover(root: &Path) -> Result<Vec<Result<Case, TestError>>, TestError> {
    let kind = fs::metadata(root).map_err(|error| TestError::io("read", root, &error))?;
    if kind.is_file() {
        let file = root.file_name().unwrap_or_default().to_string_lossy();
        if let Some(script) = golden_of(&file).map(|stem| root.with_file_name(format!("{stem}.crawl"))) {
            return Err(TestError::NoScript { path: root.to_owned(), script });
        }
        let name = root.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![Case::load(name, root.to_owned())]);
    }
    let mut found = Vec::new();
    walk(root, "", &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Result<Case, TestError>>) -> Result<(), TestError> {
    let failed = |error| TestError::io("read", folder, &error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<PathBuf>, _>>().map_err(failed)?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(['_', '.']) {
            continue;
        }
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), found)?;
            continue;
        }
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("crawl") => {
                let stem = name.trim_end_matches(".crawl");
                found.push(Case::load(format!("{prefix}{stem}"), path));
            }
            _ if golden_of(&name).is_some_and(|stem| !folder.join(format!("{stem}.crawl")).exists()) => {
                found.push(Err(TestError::Orphan { path }));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The script's name without its ending, for the name of a golden file.
fn golden_of(name: &str) -> Option<&str> {
    let endings = ["out", "err", "exit", RECORDING, records::ENDING, snapshots::ENDING];
    endings.iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'))
}
