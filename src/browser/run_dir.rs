//! The run's one temporary folder: profiles and whatever drivers and browsers write lies in it.

use std::path::{Path, PathBuf};

use super::error::BrowserError;

/// The folder. The reaper removes it, so that it goes even when we are killed.
#[derive(Debug)]
pub(super) struct RunDir {
    path: PathBuf,
}

impl RunDir {
    /// Makes a new folder, readable by its owner alone.
    pub(super) fn create() -> Result<Self, BrowserError> {
        let path = tempfile::Builder::new()
            .prefix("crawl-run-")
            .tempdir()
            .map_err(|error| BrowserError::Unavailable {
                message: format!("cannot make a temporary folder: {error}"),
                help: "check the space and the rights of TMPDIR".to_owned(),
            })?
            .keep();
        Ok(Self { path })
    }

    /// Whether something of a profile's size can be written there: on a full disk a driver waits for its browser in vain.
    pub(super) fn writable(&self) -> Result<(), BrowserError> {
        let probe = self.path.join("probe");
        let written = std::fs::write(&probe, vec![0; 1024 * 1024]);
        let _ = std::fs::remove_file(&probe);
        written.map_err(|error| BrowserError::Unavailable {
            message: format!("nothing can be written to `{}`: {error}", self.path.display()),
            help: "make room there, or set TMPDIR to another folder".to_owned(),
        })
    }

    /// A new folder in it, with a name that begins so.
    pub(super) fn part(&self, prefix: &str) -> Result<PathBuf, BrowserError> {
        let made = tempfile::Builder::new().prefix(prefix).tempdir_in(&self.path);
        made.map(tempfile::TempDir::keep).map_err(|error| BrowserError::Unavailable {
            message: format!("nothing can be written to `{}`: {error}", self.path.display()),
            help: "make room there, or set TMPDIR to another folder".to_owned(),
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
