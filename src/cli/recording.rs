//! `crawl run --record` and `--replay`: the options, and what they make of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use clap::{Args, ValueEnum};
use serde_json::Value;

use super::arguments::RunOptions;
use super::machine::{Machine, Seams};
use super::say::{counted, tell};
use crate::crawl::{Beyond, BranchPath, Event, Mode};
use crate::diag::Diagnostic;
use crate::recording::{Facts, Recorded, Replay, Tape};
use crate::script::{Console, ConsoleError, Interpreter, Run};
use crate::store::StoreError;

/// What a run does with a recording.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Recordings")]
pub struct RecordingOptions {
    /// Keep the run there, with its requests and their answers; a folder gets SCRIPT.cassette
    #[arg(long, value_name = "DIR|FILE.cassette", conflicts_with_all = ["replay", "resume"])]
    pub record: Option<PathBuf>,
    /// Keep there what `--record` keeps, the run's report and the files that it read: for `crawl open` and `crawl repl`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "replay", "resume"])]
    pub capsule: Option<PathBuf>,
    /// Answer the run from there, with its `--set` values where none are given; nothing reaches the network; of a folder
    /// from SCRIPT.cassette
    #[arg(long, value_name = "DIR|FILE.cassette", conflicts_with_all = ["setup", "resume"])]
    pub replay: Option<PathBuf>,
    /// What of the recording answers
    #[arg(long, value_enum, default_value_t = ReplayMode::Auto, requires = "replay", value_name = "MODE")]
    pub replay_mode: ReplayMode,
}

/// What of a recording answers a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReplayMode {
    /// Its steps; where the script does something else, its requests
    Auto,
    /// Its steps alone, without a browser
    Snapshot,
    /// Its requests, in a real browser
    Network,
}

/// What a run has to do with a recording.
pub enum Recording {
    /// Nothing.
    None,
    /// It is recorded.
    Taped(Arc<Tape>),
    /// It is answered.
    Played(Arc<Replay>, ReplayMode),
}

/// One way through a run.
#[derive(Clone, Copy)]
pub enum Way<'r> {
    /// Over the network.
    Live,
    /// The same, recorded.
    Taped(&'r Arc<Tape>),
    /// Over recorded steps.
    Steps(&'r Arc<Replay>),
    /// Over recorded requests.
    Requests(&'r Arc<Replay>),
}

impl RecordingOptions {
    /// What is asked for. That it can be written or read is found out before anything runs.
    pub fn prepare(&self, options: &RunOptions, facts: Facts) -> Result<Recording, Box<Diagnostic>> {
        let recorded = match (&self.record, &self.capsule) {
            (Some(named), _) => Some(file_of(named, &options.file).map_err(|error| unwritten(&error.to_string()))?),
            (None, capsule) => capsule.clone(),
        };
        if let Some(path) = recorded {
            let tape = Tape::create(&path, facts).map_err(|error| unwritten(&error.to_string()))?;
            return Ok(Recording::Taped(Arc::new(tape)));
        }
        let Some(path) = &self.replay else { return Ok(Recording::None) };
        let access = options.access.access();
        let secret = |name: &str| access.env(name).ok().and_then(|()| std::env::var(name).ok());
        let path = if path.is_dir() { named_like(&options.file, path) } else { path.clone() };
        let replay = Replay::open(&path, secret).map_err(|error| {
            let mut report = unread(&error);
            if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("har")) {
                report.help = Some("make a recording of it: `crawl har import FILE.har -o FILE.cassette`".to_owned());
            }
            report
        })?;
        Ok(Recording::Played(Arc::new(replay), self.replay_mode))
    }
}

impl Recording {
    /// Says that `crawl test` runs the script.
    pub fn serve_tests(&self) {
        if let Self::Played(replay, _) = self {
            replay.serve_tests();
        }
    }

    /// The script's parameters.
    pub fn parameters(&self, given: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        match self {
            Self::Played(replay, _) => replay.parameters(given),
            Self::None | Self::Taped(_) => given,
        }
    }
}

impl<'r> Way<'r> {
    /// What the crawler is to be told of it.
    pub fn seams(self) -> Seams {
        match self {
            Self::Live => Seams::default(),
            Self::Taped(tape) => {
                Seams { network: Some(Arc::clone(tape) as _), archive: Some(Arc::clone(tape) as _), ..Seams::default() }
            }
            Self::Steps(replay) | Self::Requests(replay) => {
                Seams { network: Some(Arc::clone(replay) as _), ..Seams::default() }
            }
        }
    }

    /// Tells the run's crawler what it is answered by.
    pub fn begin(self, interpreter: &Interpreter) -> Result<(), Box<Diagnostic>> {
        let unusable = |reason: String| {
            let message = format!("the recording's steps cannot be used: {reason}");
            let report = Diagnostic::error("crawl::usage::recording", message);
            Box::new(report.help("record the run again, or replay its requests with `--replay-mode network`"))
        };
        match self {
            Self::Live | Self::Taped(_) => Ok(()),
            Self::Requests(replay) => replay.load().map_err(|error| unread(&error)),
            Self::Steps(replay) => {
                let steps = replay.steps().map_err(|error| unread(&error))?;
                if steps.is_empty() {
                    return Err(unusable("there are none".to_owned()));
                }
                let crawler = &interpreter.run().crawler;
                let sights = replay.sights().map_err(|error| unread(&error))?;
                crawler.recall(steps.into_iter().map(|(step, _)| step), sights).map_err(unusable)?;
                crawler.answer_alone(Beyond::Fails);
                Ok(())
            }
        }
    }

    /// How much the journal has to keep for it.
    pub fn mode(self) -> Mode {
        if matches!(self, Self::Steps(_)) { Mode::Keep } else { Mode::Plain }
    }

    /// A console that goes with it.
    pub fn console(self, console: Arc<dyn Console>) -> (Arc<dyn Console>, Option<Arc<Taped>>) {
        match self {
            Self::Live => (console, None),
            Self::Taped(tape) => {
                let taped = Arc::new(Taped { console, tape: Arc::clone(tape), run: OnceLock::new() });
                (Arc::clone(&taped) as _, Some(taped))
            }
            Self::Steps(_) | Self::Requests(_) => (Arc::new(Unattended { console }), None),
        }
    }
}

/// Ends a recording with all that is still under way. The browsers end meanwhile.
pub fn finish(
    tape: &Tape,
    interpreter: &Interpreter,
    machine: &Machine,
    ended: &str,
) -> Result<Recorded, Box<Diagnostic>> {
    let run = interpreter.run();
    run.runtime.block_on(run.crawler.hang_up());
    machine.end_browsers();
    let sources = run.sources.all().into_iter().map(|source| (source.name().to_owned(), source.text().to_owned()));
    tape.finish(ended, sources).map_err(|error| unwritten(&error.to_string()))
}

/// Says what was recorded.
pub fn tell_recorded(recorded: &Recorded) {
    let Recorded { path, steps, requests, bytes, .. } = recorded;
    let requests = counted(usize::try_from(*requests).unwrap_or(usize::MAX), "request");
    tell!("recorded: {} ({}, {requests}, {})", path.display(), counted(*steps, "step"), size(*bytes));
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The file of a recording: a folder gets one named like the script.
fn file_of(named: &Path, script: &Path) -> std::io::Result<PathBuf> {
    if named.extension().is_some_and(|ending| ending == "cassette") && !named.is_dir() {
        return Ok(named.to_owned());
    }
    std::fs::create_dir_all(named)?;
    Ok(named_like(script, named))
}

/// The recording in a folder that is named like the script.
fn named_like(script: &Path, folder: &Path) -> PathBuf {
    let stem = script.file_stem().filter(|stem| *stem != "-").unwrap_or("script".as_ref());
    let mut name = stem.to_owned();
    name.push(".cassette");
    folder.join(name)
}

fn unwritten(message: &str) -> Box<Diagnostic> {
    let report = Diagnostic::error("crawl::output::write", message.to_owned());
    Box::new(report.help("give `--record` or `--capsule` another file"))
}

/// What is wrong with a recording that is to be read.
pub fn unread(error: &StoreError) -> Box<Diagnostic> {
    let mut report = Diagnostic::error("crawl::usage::recording", error.to_string());
    report.help = error.help().or_else(|| Some("record the run with `crawl run --record`".to_owned()));
    Box::new(report)
}

/// A console whose lines and records are recorded too.
pub struct Taped {
    console: Arc<dyn Console>,
    tape: Arc<Tape>,
    run: OnceLock<Weak<Run>>,
}

impl Taped {
    /// Says of which run it is the console.
    pub fn belongs_to(&self, run: &Arc<Run>) {
        let _ = self.run.set(Arc::downgrade(run));
    }

    /// The branch that speaks.
    fn branch(&self) -> BranchPath {
        let run = self.run.get().and_then(Weak::upgrade);
        run.map(|run| run.place().branch.path().clone()).unwrap_or_default()
    }
}

#[async_trait]
impl Console for Taped {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.tape.line(&self.branch(), line);
        self.console.print(line)
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.tape.record(&self.branch(), data_set, &record);
        self.console.emit(data_set, record)
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.console.may_send_again(session, sent).await
    }

    async fn pause(&self, message: &str) -> bool {
        self.console.pause(message).await
    }

    fn event(&self, event: &Event) {
        self.tape.event(event);
        self.console.event(event);
    }
}

/// A console of a run that needs nobody: what a person did is in the recording.
struct Unattended {
    console: Arc<dyn Console>,
}

#[async_trait]
impl Console for Unattended {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.console.print(line)
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        self.console.emit(data_set, record)
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.console.may_send_again(session, sent).await
    }

    async fn pause(&self, _message: &str) -> bool {
        true
    }

    fn event(&self, event: &Event) {
        self.console.event(event);
    }
}
