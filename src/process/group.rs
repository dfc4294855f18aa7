//! A program of ours with all that it starts: its process group, and its end.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::{Child, Command};

use super::reaper::Reaper;

/// A killed process is gone in milliseconds.
const END_LIMIT: Duration = Duration::from_secs(2);

/// A running process group, which ends with this value.
#[derive(Debug)]
pub struct Group {
    child: Option<Child>,
    id: u32,
    reaper: Arc<Reaper>,
}

impl Group {
    /// Starts a program as the leader of a group of its own; `take` is given the child, for its outputs.
    ///
    /// # Errors
    /// Why it cannot be started, in words.
    pub fn start<T>(
        command: &mut Command,
        reaper: &Arc<Reaper>,
        take: impl FnOnce(&mut Child) -> T,
    ) -> Result<(Self, T), String> {
        let spawned = command.process_group(0).stdin(Stdio::null()).spawn();
        let mut child = spawned.map_err(|error| error.to_string())?;
        let id = child.id().ok_or("it ended at once")?;
        reaper.add(id);
        let taken = take(&mut child);
        Ok((Self { child: Some(child), id, reaper: Arc::clone(reaper) }, taken))
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Kills all of it and collects its leader's exit.
    pub async fn end(mut self) {
        self.reaper.kill(self.id);
        if let Some(mut child) = self.child.take() {
            let _ = tokio::time::timeout(END_LIMIT, child.wait()).await;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.reaper.kill(self.id);
        // tokio collects a dropped child in the background; the reaper does the killing.
        drop(self.child.take());
    }
}
