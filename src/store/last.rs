//! Keeps what a failed run saw last, for a person to look at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{StoreError, write_atomic};

/// Where things were kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// The page's HTML.
    pub page: Option<PathBuf>,
    /// Its screenshot, a PNG.
    pub screenshot: Option<PathBuf>,
    /// The error as text.
    pub error: Option<PathBuf>,
}

/// Writes the last page, its screenshot and the error to `last/` in `folder` (`.crawl`), in place of what an earlier run left.
///
/// The folder ignores itself for git. What is not given is removed, so that nothing of another run stays beside this one's.
///
/// # Errors
/// [`StoreError::Io`] at the first file that cannot be written or removed.
pub fn keep_last(
    folder: &Path,
    html: Option<&str>,
    screenshot: Option<&[u8]>,
    error: Option<&str>,
) -> Result<Kept, StoreError> {
    let last = own_folder(folder, "last")?;
    Ok(Kept {
        page: replace(last.join("page.html"), html.map(str::as_bytes))?,
        screenshot: replace(last.join("page.png"), screenshot)?,
        error: replace(last.join("error.txt"), error.map(str::as_bytes))?,
    })
}

/// A folder within the program's own (`.crawl`), which ignores itself for git.
///
/// # Errors
/// [`StoreError::Io`] when it cannot be made.
pub fn own_folder(folder: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let inner = folder.join(name);
    fs::create_dir_all(&inner).map_err(|error| StoreError::io("create", &inner, &error))?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        write_atomic(&ignore, b"*\n")?;
    }
    Ok(inner)
}

fn replace(path: PathBuf, bytes: Option<&[u8]>) -> Result<Option<PathBuf>, StoreError> {
    let Some(bytes) = bytes else {
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", &path, &error)),
            _ => Ok(None),
        };
    };
    write_atomic(&path, bytes)?;
    Ok(Some(path))
}
