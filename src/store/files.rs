//! Files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::StoreError;

/// The next content of a file: written beside it under a temporary name, then put in its place. What is there but no
/// file - a pipe, a device - stays what it is: it gets the content when that is complete.
///
/// Dropped without [`Replacement::put_in_place`], it leaves no trace.
#[derive(Debug)]
pub struct Replacement {
    temporary: NamedTempFile,
    path: PathBuf,
    /// The pipe or device at `path`.
    receiver: Option<File>,
}

impl Replacement {
    /// Begins a new content for `path`; a symbolic link is followed.
    ///
    /// # Errors
    /// [`StoreError::Io`] when `path` or its folder cannot be written, found out before any work is done.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| StoreError::io("write", path, &error);
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut receiver = None;
        let old = match fs::metadata(&target) {
            Ok(old) if old.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
            Ok(old) if !old.is_file() => {
                receiver = Some(OpenOptions::new().write(true).open(&target).map_err(failed)?);
                None
            }
            Ok(old) => {
                // Renaming over a file that must not be written would succeed.
                OpenOptions::new().write(true).open(&target).map_err(failed)?;
                Some(old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let name = target.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
        let prefix = format!(".{}.", name.to_string_lossy());
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        let builder = with_permissions(&mut builder, old.as_ref());
        let temporary = if receiver.is_some() { builder.tempfile() } else { builder.tempfile_in(&folder) };
        Ok(Self { temporary: temporary.map_err(failed)?, path: target, receiver })
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        self.temporary.as_file_mut()
    }

    /// Where the content is until it is put in place.
    #[must_use]
    pub fn temporary_path(&self) -> &Path {
        self.temporary.path()
    }

    /// Where the content goes.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the content durable and visible under its name, in one step.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the former content then stands.
    pub fn put_in_place(self) -> Result<PathBuf, StoreError> {
        let Self { mut temporary, path, receiver } = self;
        let failed = |error: io::Error| StoreError::io("write", &path, &error);
        if let Some(mut receiver) = receiver {
            temporary.rewind().and_then(|()| io::copy(&mut temporary, &mut receiver)).map_err(failed)?;
            return Ok(path);
        }
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(&path).map_err(|error| failed(error.error))?;
        sync_folder(&path);
        Ok(path)
    }
}

/// Replaces the content of `path` by `bytes`; a reader sees the old or the new content, never a part.
///
/// # Errors
/// [`StoreError::Io`]; the former content then stands.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut replacement = Replacement::create(path)?;
    replacement.file().write_all(bytes).map_err(|error| StoreError::io("write", path, &error))?;
    replacement.put_in_place().map(drop)
}

/// The same for what nobody else may read (mode 600 where the system has modes).
///
/// # Errors
/// [`StoreError::Io`]; the former content then stands.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut replacement = Replacement::create(path)?;
    let file = replacement.file();
    make_private(file)
        .and_then(|()| file.write_all(bytes))
        .map_err(|error: io::Error| StoreError::io("write", path, &error))?;
    replacement.put_in_place().map(drop)
}

/// Lets nobody but its owner read a file, where the system has modes.
#[cfg(unix)]
pub(super) fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

/// The path of the file in the same folder whose name is nearest, when one could be meant.
#[must_use]
pub fn nearest_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let names: Vec<String> = names.collect();
    let near = crate::text::nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(path.with_file_name(near).display().to_string())
}

#[cfg(unix)]
fn with_permissions<'a, 'b, 'c>(
    builder: &'a mut Builder<'b, 'c>,
    old: Option<&fs::Metadata>,
) -> &'a mut Builder<'b, 'c> {
    use std::os::unix::fs::PermissionsExt;
    // What an ordinary new file gets; the umask is taken off by the system.
    builder.permissions(old.map_or_else(|| fs::Permissions::from_mode(0o666), fs::Metadata::permissions))
}

#[cfg(not(unix))]
fn with_permissions<'a, 'b, 'c>(builder: &'a mut Builder<'b, 'c>, _: Option<&fs::Metadata>) -> &'a mut Builder<'b, 'c> {
    builder
}

/// Makes the renaming itself durable where the system can; where it cannot, the content is safe all the same.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}
