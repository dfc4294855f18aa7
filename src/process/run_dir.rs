//! The run's one temporary folder: profiles and whatever drivers, browsers and scripts under test write lies in it.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The folder. The reaper removes it, so that it goes even when we are killed.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// Makes a new folder, readable by its owner alone.
    pub(super) fn create() -> io::Result<Self> {
        let path = tempfile::Builder::new()
            .prefix("crawl-run-")
            .tempdir()
            .map_err(|error| io::Error::new(error.kind(), format!("cannot make a temporary folder: {error}")))?;
        Ok(Self { path: path.keep() })
    }

    /// Whether something of a profile's size can be written there: on a full disk a driver waits for its browser in vain.
    ///
    /// # Errors
    /// Where it cannot, in words that name the folder.
    pub fn writable(&self) -> io::Result<()> {
        let probe = self.path.join("probe");
        let written = std::fs::write(&probe, vec![0; 1024 * 1024]);
        let _ = std::fs::remove_file(&probe);
        written.map_err(|error| self.full(&error))
    }

    /// A new folder in it, with a name that begins so; it goes with the value.
    ///
    /// # Errors
    /// Where nothing can be written, in words that name the folder.
    pub fn part(&self, prefix: &str) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix(prefix).tempdir_in(&self.path).map_err(|error| self.full(&error))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn full(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("nothing can be written to `{}`: {error}", self.path.display()))
    }
}
