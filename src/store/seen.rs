//! What `crawl watch` shows to editors: the pages that a script's steps last captured, in a file of the cache's folder
//! that is there as long as somebody watches the script.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{StoreError, cache_folder, write_atomic};

/// The most that the pages of one script take; the first ones are left out.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// The last page of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenStep {
    /// The call as the script wrote it.
    pub call: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The page's address.
    pub url: String,
    /// The document.
    pub html: String,
}

#[derive(Serialize, Deserialize)]
struct Content {
    /// The process that watches: without it the file is a left-over.
    process: u32,
    steps: Vec<SeenStep>,
}

/// The pages of a script that is being watched. Dropped, it takes its file away.
#[derive(Debug)]
pub struct WatchedPages {
    path: Option<PathBuf>,
    steps: Vec<SeenStep>,
}

impl WatchedPages {
    /// Those of a script; nothing is written yet. Without a cache folder nothing ever is.
    #[must_use]
    pub fn of(script: &Path) -> Self {
        Self { path: seen_file(script), steps: Vec::new() }
    }

    /// Writes what a run saw. Of a run that did not come to its end, steps that it did not reach stay as they were.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the former content then stands.
    pub fn write(&mut self, mut steps: Vec<SeenStep>, whole: bool) -> Result<(), StoreError> {
        let Some(path) = &self.path else { return Ok(()) };
        if !whole {
            let reached: Vec<usize> = steps.iter().map(|step| step.line).collect();
            steps.extend(self.steps.iter().filter(|old| !reached.contains(&old.line)).cloned());
            steps.sort_by_key(|step| step.line);
        }
        let mut bytes = 0;
        let kept = steps.iter().rev().take_while(|step| {
            bytes += step.html.len();
            bytes <= MOST_BYTES
        });
        let kept = kept.count();
        steps.drain(..steps.len() - kept);
        if steps == self.steps {
            return Ok(());
        }
        self.steps = steps;
        make_folder(path)?;
        let content = Content { process: std::process::id(), steps: self.steps.clone() };
        let text = serde_json::to_vec(&content).map_err(|error| StoreError::io("write", path, &error.into()))?;
        write_atomic(path, &text)
    }
}

impl Drop for WatchedPages {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // It may never have been written.
            let _ = fs::remove_file(path);
        }
    }
}

/// Where the pages of a script are, while it is watched.
#[must_use]
pub fn seen_file(script: &Path) -> Option<PathBuf> {
    let script = script.canonicalize().or_else(|_| std::path::absolute(script)).ok()?;
    let digest = Sha256::digest(script.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Some(cache_folder()?.join("watched").join(format!("{name}.json")))
}

/// Makes the folder of a script's pages, so that it can be watched. What is in it is for its owner alone: pages are seen
/// by those who are signed in.
///
/// # Errors
/// [`StoreError::Io`] when it cannot be made.
pub fn make_folder(seen: &Path) -> Result<(), StoreError> {
    let folder = seen.parent().unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).map_err(|error| StoreError::io("create", folder, &error))
}

/// When the pages of a script were written; nothing when nobody watches it.
#[must_use]
pub fn seen_at(script: &Path) -> Option<SystemTime> {
    fs::metadata(seen_file(script)?).and_then(|file| file.modified()).ok()
}

/// What the last run of a watched script saw; nothing when nobody watches it.
///
/// # Errors
/// [`StoreError::Io`] for a file that cannot be read or understood.
pub fn seen_steps(script: &Path) -> Result<Option<Vec<SeenStep>>, StoreError> {
    let Some(path) = seen_file(script) else { return Ok(None) };
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", &path, &error)),
    };
    let content: Content =
        serde_json::from_slice(&text).map_err(|error| StoreError::io("read", &path, &error.into()))?;
    Ok(alive(content.process).then_some(content.steps))
}

/// Whether there is such a process, so that a file that a killed one left is nobody's.
fn alive(process: u32) -> bool {
    let process = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    process.is_some_and(|process| !matches!(rustix::process::test_kill_process(process), Err(rustix::io::Errno::SRCH)))
}
