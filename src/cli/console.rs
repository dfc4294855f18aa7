//! Standard output and output files as a script's console.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value;

use super::consent;
use super::progress::Progress;
use crate::crawl::Event;
use crate::diag::Diagnostic;
use crate::script::{Console, ConsoleError, lock};
use crate::store::{Output, StoreError};
use crate::text::plain;

/// Records that come faster than this are written in blocks; the next step shows them all.
const BURST: Duration = Duration::from_millis(50);

/// Something that is held back.
enum Said {
    Line(String),
    Record(Option<String>, Value),
    Event(Event),
}

/// Text to standard output, records there or to files, progress to standard error.
pub struct Terminal {
    text: Mutex<std::io::BufWriter<std::io::Stdout>>,
    /// When the text was last written out.
    shown: Mutex<Instant>,
    /// Nobody reads standard output any more: the next line that is written tells the run so.
    gone: AtomicBool,
    files: Mutex<Option<Output>>,
    to_files: bool,
    /// A person looks on.
    live: bool,
    /// What a run says of which it is not clear yet whether it counts.
    held: Mutex<Option<Vec<Said>>>,
    /// The progress display.
    pub progress: Progress,
}

impl Terminal {
    /// A console whose records go to `output`, or to standard output.
    pub fn new(output: Option<&Path>, progress: Progress) -> Result<Self, Box<Diagnostic>> {
        let files = open(output)?;
        Ok(Self {
            text: Mutex::new(std::io::BufWriter::new(std::io::stdout())),
            shown: Mutex::new(Instant::now()),
            gone: AtomicBool::new(false),
            to_files: files.is_some(),
            live: std::io::stdout().is_terminal(),
            files: Mutex::new(files),
            held: Mutex::default(),
            progress,
        })
    }

    /// Whether records go to a file instead of standard output.
    pub fn to_files(&self) -> bool {
        self.to_files
    }

    /// Whether standard output is a terminal.
    pub fn live(&self) -> bool {
        self.live
    }

    /// Holds back what is said from now on, until it is told or dropped.
    pub fn hold(&self) {
        *lock(&self.held) = Some(Vec::new());
    }

    /// Says what was held back, in its order.
    pub fn tell_held(&self) -> Result<(), ConsoleError> {
        let held = lock(&self.held).take();
        held.into_iter().flatten().try_for_each(|said| match said {
            Said::Line(line) => self.print(&line),
            Said::Record(data_set, record) => self.emit(data_set.as_deref(), record),
            Said::Event(event) => {
                self.event(&event);
                Ok(())
            }
        })
    }

    /// Whether what is said is held back.
    pub fn holds(&self) -> bool {
        lock(&self.held).is_some()
    }

    /// Forgets what was held back.
    pub fn drop_held(&self) {
        *lock(&self.held) = None;
    }

    /// Holds something back if that is the time for it.
    fn held(&self, said: impl FnOnce() -> Said) -> bool {
        lock(&self.held).as_mut().map(|held| held.push(said())).is_some()
    }

    /// Writes a line, and shows it at once unless more of its kind come in a burst.
    fn write(&self, line: &str, burst: bool) -> Result<(), ConsoleError> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(ConsoleError::BrokenPipe);
        }
        // A file gets what the script says; a terminal would act on what a page put into it.
        let line = if self.live { plain(line) } else { line.into() };
        self.progress.aside(|| {
            let mut text = lock(&self.text);
            let written = text.write_all(line.as_bytes()).and_then(|()| text.write_all(b"\n"));
            let mut shown = lock(&self.shown);
            if burst && shown.elapsed() < BURST {
                return written.map_err(|error| of_io(&error));
            }
            *shown = Instant::now();
            written.and_then(|()| text.flush()).map_err(|error| of_io(&error))
        })
    }

    /// Writes whole lines, and shows them at once.
    pub fn deliver(&self, lines: &str) -> Result<(), ConsoleError> {
        let lines = if self.live { plain(lines) } else { lines.into() };
        self.progress.aside(|| {
            let mut text = lock(&self.text);
            text.write_all(lines.as_bytes()).and_then(|()| text.flush()).map_err(|error| of_io(&error))
        })
    }

    /// Writes out what is buffered, so that a reader sees it while the next step runs.
    fn flush(&self) -> Result<(), ConsoleError> {
        lock(&self.text).flush().map_err(|error| of_io(&error))
    }

    /// Shows all that was written so far, and removes the live line.
    pub fn settle(&self) {
        self.progress.pause();
        let _ = self.flush();
    }

    /// Gives the records of another run a file of their own, which replaces the last run's at [`Terminal::place`].
    pub fn begin(&self, output: Option<&Path>) -> Result<(), Box<Diagnostic>> {
        *lock(&self.files) = open(output)?;
        Ok(())
    }

    /// Ends the output: files are put in place, complete or up to the last whole record.
    pub fn finish(&self, complete: bool) -> Result<(), Box<Diagnostic>> {
        self.progress.finish();
        if let Err(ConsoleError::Failed(reason)) = self.flush() {
            return Err(Box::new(Diagnostic::error("crawl::output::write", reason)));
        }
        self.place(complete)
    }

    /// Puts the files in place, complete or up to the last whole record.
    pub fn place(&self, complete: bool) -> Result<(), Box<Diagnostic>> {
        let Some(files) = lock(&self.files).take() else { return Ok(()) };
        let result = if complete { files.finish() } else { files.finish_partial() };
        result.map(drop).map_err(|error| Box::new(Diagnostic::error("crawl::output::write", error.to_string())))
    }
}

fn open(output: Option<&Path>) -> Result<Option<Output>, Box<Diagnostic>> {
    output.map(Output::file).transpose().map_err(|error| {
        let mut report = Diagnostic::error("crawl::output::open", error.to_string());
        report.help = error.help();
        Box::new(report)
    })
}

#[async_trait]
impl Console for Terminal {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        if self.held(|| Said::Line(line.to_owned())) {
            return Ok(());
        }
        self.write(line, false)
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        if self.held(|| Said::Record(data_set.map(str::to_owned), record.clone())) {
            return Ok(());
        }
        if !self.to_files {
            return self.write(&record.to_string(), !self.live);
        }
        let mut files = lock(&self.files);
        let Some(output) = files.as_mut() else { return Ok(()) };
        output.write(data_set, &record).map_err(|error| match error {
            StoreError::BrokenPipe => ConsoleError::BrokenPipe,
            other => ConsoleError::Failed(other.to_string()),
        })
    }

    async fn may_send_again(&self, _session: &str, _sent: &[String]) -> bool {
        false
    }

    async fn pause(&self, message: &str) -> bool {
        let _ = self.flush();
        consent::enter(&self.progress, message).await
    }

    fn event(&self, event: &Event) {
        if self.held(|| Said::Event(event.clone())) {
            return;
        }
        if matches!(event, Event::StepStarted { .. })
            && let Err(ConsoleError::BrokenPipe) = self.flush()
        {
            self.gone.store(true, Ordering::Relaxed);
        }
        self.progress.event(event);
    }
}

fn of_io(error: &std::io::Error) -> ConsoleError {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => ConsoleError::BrokenPipe,
        _ => ConsoleError::Failed(format!("cannot write to standard output: {error}")),
    }
}
