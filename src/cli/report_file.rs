//! `crawl run --report`: the options, and what listens to the run for them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use clap::Args;
use serde_json::Value;

use super::arguments::RunOptions;
use crate::crawl::Event;
use crate::diag::Diagnostic;
use crate::report::{Collector, Ending};
use crate::script::{Console, ConsoleError};
use crate::store::{Replacement, StoreError};

/// `crawl run`.
#[derive(Debug, Clone, Args)]
pub struct RunCommand {
    #[command(flatten)]
    pub run: RunOptions,
    #[command(flatten)]
    pub report: ReportOptions,
    #[command(flatten)]
    pub recording: super::recording::RecordingOptions,
    #[command(flatten)]
    pub resume: super::resume::ResumeOptions,
    /// What `crawl test` asks of the run
    #[arg(long, hide = true, value_name = "FILE")]
    pub test_assignment: Option<PathBuf>,
}

/// Where a report of the run goes.
#[derive(Debug, Clone, Args)]
pub struct ReportOptions {
    /// Write a page there that shows each step: its call, page, picture, console and records
    #[arg(long = "report", value_name = "FILE.html")]
    pub always: Option<PathBuf>,
    /// Write it there if the run fails
    #[arg(long = "report-on-failure", value_name = "FILE.html")]
    pub on_failure: Option<PathBuf>,
}

impl ReportOptions {
    /// What listens to the run, if a report is asked for. That it can be written is found out before anything runs.
    pub fn listener(&self) -> Result<Option<Arc<Collector>>, Box<Diagnostic>> {
        let files = [("--report", &self.always), ("--report-on-failure", &self.on_failure)];
        let mut listener = None;
        for (option, path) in files.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?))) {
            Replacement::create(path).map_err(|error| unwritten(option, &error))?;
            listener.get_or_insert_with(Arc::default);
        }
        Ok(listener)
    }

    /// Writes what is asked for of a run that ended; the files.
    pub fn write(&self, heard: &Collector, ending: &Ending<'_>) -> Result<Vec<&Path>, Box<Diagnostic>> {
        let failed = ending.ended != "ok";
        let files = [("--report", &self.always), ("--report-on-failure", &self.on_failure)];
        let wanted = files.into_iter().filter(|(option, _)| failed || *option == "--report");
        let wanted = wanted.filter_map(|(option, path)| Some((option, path.as_deref()?)));
        wanted
            .map(|(option, path)| heard.write(path, ending).map(|()| path).map_err(|e| unwritten(option, &e)))
            .collect()
    }
}

fn unwritten(option: &str, error: &StoreError) -> Box<Diagnostic> {
    let report = Diagnostic::error("crawl::output::write", error.to_string());
    Box::new(report.help(format!("give `{option}` another file")))
}

/// A console, and what listens beside it.
pub struct Overheard {
    /// The console.
    pub console: Arc<dyn Console>,
    /// What listens.
    pub listener: Arc<Collector>,
}

#[async_trait]
impl Console for Overheard {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.listener.line(line);
        self.console.print(line)
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.listener.record(data_set, &record);
        self.console.emit(data_set, record)
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.console.may_send_again(session, sent).await
    }

    async fn pause(&self, message: &str) -> bool {
        self.console.pause(message).await
    }

    fn event(&self, event: &Event) {
        self.listener.event(event);
        self.console.event(event);
    }
}
