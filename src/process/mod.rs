//! Processes and folders that do not outlive this program, however it ends. Knows nothing of browsers.

mod group;
mod reaper;
mod run_dir;

use std::io;
use std::sync::Arc;

pub use group::Group;
pub use reaper::Reaper;
pub use run_dir::RunDir;

/// What a run's processes stand on: a folder for all that they write, and who removes both.
#[derive(Debug)]
pub struct Ground {
    /// Who ends what is still there when this program is not.
    pub reaper: Arc<Reaper>,
    /// The folder.
    pub folder: RunDir,
}

impl Ground {
    /// Makes the folder and starts its reaper.
    ///
    /// # Errors
    /// Where a folder cannot be made in that of the system for temporary files, or `sh` cannot be started.
    pub fn lay() -> io::Result<Self> {
        let folder = RunDir::create()?;
        let reaper = Arc::new(Reaper::start(folder.path())?);
        Ok(Self { reaper, folder })
    }
}
