//! Texts of the standard library as files: for editors, which open nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use super::{StoreError, default_cache_path, write_atomic};

/// The file of a module `name` (`std/login`) with this text, below the cache's folder; written when it is not there yet.
/// Nobody is meant to change it: it is read-only.
///
/// # Errors
/// [`StoreError::Io`] when it cannot be written, or when there is no cache folder.
pub fn module_file(name: &str, text: &str) -> Result<PathBuf, StoreError> {
    let missing = std::io::ErrorKind::NotFound.into();
    let folder = cache_folder().ok_or_else(|| StoreError::io("find", Path::new("the cache folder"), &missing))?;
    let path = folder.join("modules").join(env!("CARGO_PKG_VERSION")).join(format!("{name}.crawl"));
    if fs::read_to_string(&path).is_ok_and(|known| known == text) {
        return Ok(path);
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|error| StoreError::io("create", parent, &error))?;
    set_read_only(&path, false);
    write_atomic(&path, text.as_bytes())?;
    set_read_only(&path, true);
    Ok(path)
}

/// The folder of what can be made again: that of the cache.
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    let named = std::env::var_os("CRAWL_CACHE").map(PathBuf::from);
    named.or_else(default_cache_path).and_then(|path| path.parent().map(Path::to_owned))
}

fn set_read_only(path: &Path, read_only: bool) {
    if let Ok(file) = fs::metadata(path) {
        let mut permissions = file.permissions();
        permissions.set_readonly(read_only);
        let _ = fs::set_permissions(path, permissions);
    }
}
