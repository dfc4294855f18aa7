//! Files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::StoreError;

/// The next content of a file: written on the same disk to a file without a name, which the system takes away however the
/// program ends, then given a name and put in its place. What is there but no file - a pipe, a device - stays what it is:
/// it gets the content when that is complete.
///
/// Dropped without [`Replacement::put_in_place`], it leaves no trace.
#[derive(Debug)]
pub struct Replacement {
    content: File,
    /// Where the content gets its name: beside the old one.
    folder: PathBuf,
    path: PathBuf,
    /// Who may do what; `None`: what an ordinary new file gets.
    permissions: Option<Permissions>,
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
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let (mut receiver, mut permissions) = (None, None);
        match fs::metadata(&path) {
            Ok(old) if old.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
            Ok(old) => {
                // Renaming over a file that must not be written would succeed.
                let there = OpenOptions::new().write(true).open(&path).map_err(failed)?;
                if old.is_file() {
                    permissions = Some(old.permissions());
                } else {
                    receiver = Some(there);
                    folder = std::env::temp_dir();
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        if path.file_name().is_none() {
            return Err(failed(io::ErrorKind::InvalidInput.into()));
        }
        let content = tempfile::tempfile_in(&folder).map_err(failed)?;
        Ok(Self { content, folder, path, permissions, receiver })
    }

    /// Lets nobody but its owner read it, where the system has modes.
    pub fn make_private(&mut self) {
        self.permissions = private().or(self.permissions.take());
    }

    /// The file to write to.
    pub fn file(&mut self) -> &mut File {
        &mut self.content
    }

    /// Has the content written by somebody who opens files by their names. The name is gone as soon as `open` returns, the
    /// content is what was opened.
    ///
    /// # Errors
    /// [`StoreError::Io`] when nothing can be made there, and those of `open`.
    pub fn open_with<T>(&mut self, open: impl FnOnce(&Path) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut builder = Builder::new();
        let named = builder.prefix(&self.prefix()).suffix(ENDING).tempfile_in(&self.folder);
        let named = named.map_err(|error| StoreError::io("write", &self.path, &error))?;
        let opened = open(named.path())?;
        self.content = named.into_file();
        Ok(opened)
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
    pub fn put_in_place(mut self) -> Result<PathBuf, StoreError> {
        self.place().map_err(|error| StoreError::io("write", &self.path, &error))?;
        Ok(self.path)
    }

    fn place(&mut self) -> io::Result<()> {
        if let Some(receiver) = &mut self.receiver {
            self.content.rewind()?;
            return io::copy(&mut self.content, receiver).map(drop);
        }
        match self.named() {
            Ok(named) => named.persist(&self.path).map(drop).map_err(|error| error.error)?,
            // What was opened by a name, and where the system cannot name a file.
            Err(_) => self.copied()?.persist(&self.path).map(drop).map_err(|error| error.error)?,
        }
        sync_folder(&self.path);
        Ok(())
    }

    /// The content under a name of its own.
    fn named(&self) -> io::Result<NamedTempFile<()>> {
        if let Some(permissions) = &self.permissions {
            self.content.set_permissions(permissions.clone())?;
        }
        self.content.sync_all()?;
        Builder::new().prefix(&self.prefix()).suffix(ENDING).make_in(&self.folder, |place| link(&self.content, place))
    }

    /// A copy of the content under a name of its own.
    fn copied(&mut self) -> io::Result<NamedTempFile> {
        let prefix = self.prefix();
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(ENDING);
        let mut named = with_permissions(&mut builder, self.permissions.as_ref()).tempfile_in(&self.folder)?;
        self.content.rewind()?;
        io::copy(&mut self.content, named.as_file_mut())?;
        named.as_file().sync_all()?;
        Ok(named)
    }

    fn prefix(&self) -> String {
        format!(".{}.", self.path.file_name().unwrap_or_default().to_string_lossy())
    }
}

/// How names end that a content has on its way to its place.
const ENDING: &str = ".tmp";

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
    replacement.make_private();
    replacement.file().write_all(bytes).map_err(|error| StoreError::io("write", path, &error))?;
    replacement.put_in_place().map(drop)
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

/// The rights of what its owner alone may read and write.
#[cfg(unix)]
fn private() -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn private() -> Option<Permissions> {
    None
}

#[cfg(unix)]
fn with_permissions<'a, 'b, 'c>(
    builder: &'a mut Builder<'b, 'c>,
    wanted: Option<&Permissions>,
) -> &'a mut Builder<'b, 'c> {
    use std::os::unix::fs::PermissionsExt;
    // What an ordinary new file gets; the umask is taken off by the system.
    builder.permissions(wanted.cloned().unwrap_or_else(|| Permissions::from_mode(0o666)))
}

#[cfg(not(unix))]
fn with_permissions<'a, 'b, 'c>(builder: &'a mut Builder<'b, 'c>, _: Option<&Permissions>) -> &'a mut Builder<'b, 'c> {
    builder
}

/// Gives a file without a name one: open(2), `O_TMPFILE`.
#[cfg(target_os = "linux")]
fn link(file: &File, place: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, open, CWD, place, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes the renaming itself durable where the system can; where it cannot, the content is safe all the same.
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}
