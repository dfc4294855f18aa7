//! `crawl run --resume`: a run that writes its journal to a file, and goes on from one that an earlier run left there.

mod delivery;
mod journal;

use std::sync::Arc;

use clap::Args;
use tokio::runtime::Handle;

pub use delivery::Delivery;
use journal::JournalFile;

use super::arguments::RunOptions;
use super::console::Terminal;
use super::say::{counted, tell};
use crate::crawl::journal::Archive;
use crate::diag::Diagnostic;
use crate::script::Run;
use crate::text::Source;

/// What becomes of an earlier run.
#[derive(Debug, Clone, Args)]
pub struct ResumeOptions {
    /// Keep the run's journal in `.crawl/resume`, and go on from where an earlier run of the script ended there
    #[arg(long)]
    pub resume: bool,
    /// Send forms and other data again where the run cannot go on without
    #[arg(long, requires = "resume")]
    pub replay_unsafe: bool,
}

/// A run that can be resumed.
pub struct Resumable {
    file: Arc<JournalFile>,
    /// Where its text and records go.
    pub delivery: Arc<Delivery>,
    quiet: bool,
}

impl ResumeOptions {
    /// The run's journal, where one is asked for.
    pub fn prepare(
        &self,
        run: &RunOptions,
        source: &Source,
        terminal: &Arc<Terminal>,
        runtime: &Handle,
    ) -> Result<Option<Resumable>, Box<Diagnostic>> {
        if !self.resume {
            return Ok(None);
        }
        let (file, said) = JournalFile::open(&run.file, source, &run.set)?;
        let file = Arc::new(file);
        let delivery = Delivery::new(Arc::clone(terminal), Arc::clone(&file), &said, runtime.clone());
        delivery.sends_again(self.replay_unsafe);
        Ok(Some(Resumable { file, delivery: Arc::new(delivery), quiet: run.tell.quiet }))
    }
}

impl Resumable {
    /// Where the journal is kept.
    pub fn archive(&self) -> Arc<dyn Archive> {
        Arc::clone(&self.file) as _
    }

    /// Makes what the earlier run came to known, before anything runs.
    pub fn recall(&self, run: &Arc<Run>) -> Result<(), Box<Diagnostic>> {
        self.delivery.belongs_to(run);
        let steps = self.file.recall(&run.crawler)?;
        if !self.quiet {
            match steps {
                None => tell!("resume: there is no journal of an earlier run: this one begins anew"),
                Some(steps) => tell!("resume: an earlier run came to {}", counted(steps, "step")),
            }
        }
        Ok(())
    }

    /// Tells what the run owed to the earlier one.
    pub fn tell(&self, run: &Run) {
        let status = run.crawler.status();
        if status.reused > 0 && !self.quiet {
            tell!(
                "resume: {} answered by the journal, {} ran",
                counted_steps(status.reused),
                counted_steps(status.live)
            );
        }
    }

    /// Closes the journal, as the last thing of all; of a run that came to its end well nothing is left.
    pub fn end(&self, well: bool) {
        if let Err(error) = self.file.end(well) {
            tell!("warning: the run's journal is not whole: {error}");
        }
    }
}

fn counted_steps(number: u64) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), "step")
}
