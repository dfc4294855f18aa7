//! `crawl run`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::arguments::RunOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan, Seams};
use super::progress::{Level, Progress};
use super::recording::{self, Recording, ReplayMode, Way};
use super::report_file::{Overheard, RunCommand};
use super::resume::Resumable;
use super::say::tell;
use super::witness::Witness;
use super::{capsule, report, script_file, setup, signals};
use crate::crawl::CrawlError;
use crate::diag::{Diagnostic, Exit, Format};
use crate::recording::Facts;
use crate::report::{Collector, Ending};
use crate::script::{Cancel, Console, ConsoleError, Failure, Interpreter, on_script_thread};
use crate::store::keep_last;
use crate::text::Source;

/// Runs a script once; with an assignment of `crawl test` its tests as well, and an account of both is given.
pub fn run(command: &RunCommand) -> Exit {
    let format = Format::from(command.run.tell.diagnostics);
    match attempt(command, format) {
        Ok(exit) => exit,
        Err(reports) => report::fail(&reports, format),
    }
}

fn attempt(command: &RunCommand, format: Format) -> Result<Exit, Vec<Diagnostic>> {
    let options = &command.run;
    let source = script_file::read(&options.file).map_err(one)?;
    let params = script_file::parameters(&options.set).map_err(one)?;
    if options.setup {
        setup::ensure(options.browser.browser).map_err(one)?;
    }
    let recording = command.recording.prepare(options, facts(options, &params)).map_err(one)?;
    // A golden case says itself what it is called with.
    let params = if command.test_assignment.is_some() {
        recording.serve_tests();
        params
    } else {
        recording.parameters(params)
    };
    let console = Arc::new(Terminal::new(options.output.as_deref(), Progress::new(level(options))).map_err(one)?);
    let machine = Machine::with(&options.browser).map_err(one)?;
    let cancel = Cancel::default();
    signals::watch(machine.runtime.handle(), cancel.clone());
    let resumable = command.resume.prepare(options, &source, &console, machine.runtime.handle()).map_err(one)?;
    let job = Job { command, format, source, params, console, machine: &machine, cancel, resumable };
    let exit = job.go(&recording);
    let Job { resumable, .. } = job;
    machine.shutdown();
    // A run that is killed while its browsers end has not come to its own end.
    let well = matches!(exit, Ok(Exit::Ok));
    resumable.iter().for_each(|resumable| resumable.end(well));
    exit
}

/// A script on its way.
struct Job<'j> {
    command: &'j RunCommand,
    format: Format,
    source: Source,
    params: BTreeMap<String, Value>,
    console: Arc<Terminal>,
    machine: &'j Machine,
    cancel: Cancel,
    resumable: Option<Resumable>,
}

impl Job<'_> {
    /// Runs the script. Where its recorded steps are tried first, nothing is said before it is clear that they will do.
    fn go(&self, recording: &Recording) -> Result<Exit, Vec<Diagnostic>> {
        let (replay, mode) = match recording {
            Recording::None => return self.once(Way::Live),
            Recording::Taped(tape) => return self.once(Way::Taped(tape)),
            Recording::Played(replay, mode) => (replay, *mode),
        };
        let exit = match mode {
            ReplayMode::Snapshot => self.once(Way::Steps(replay)),
            ReplayMode::Network => self.once(Way::Requests(replay)),
            ReplayMode::Auto if !replay.has_steps().map_err(|error| one(recording::unread(&error)))? => {
                self.once(Way::Requests(replay))
            }
            ReplayMode::Auto => {
                self.console.hold();
                match self.tried(Way::Steps(replay))? {
                    Some(exit) => Ok(exit),
                    None => {
                        self.console.drop_held();
                        self.once(Way::Requests(replay))
                    }
                }
            }
        };
        if self.command.run.tell.verbose > 0 {
            replay.notes().iter().for_each(|note| tell!("note: {note}"));
        }
        exit
    }

    fn once(&self, way: Way<'_>) -> Result<Exit, Vec<Diagnostic>> {
        self.tried(way).map(|exit| exit.unwrap_or(Exit::Runtime))
    }

    /// Runs the script one way; `None`: what is said is held back, and the recording does not have all its steps.
    fn tried(&self, way: Way<'_>) -> Result<Option<Exit>, Vec<Diagnostic>> {
        let Self { command, format, console, .. } = self;
        let (options, format) = (&command.run, *format);
        let mut heard = command.report.listener().map_err(one)?;
        if command.recording.capsule.is_some() {
            heard.get_or_insert_default();
        }
        let assignment = command.test_assignment.as_deref();
        let witness = assignment.map(|assignment| Witness::open(assignment, Arc::clone(console)).map(Arc::new));
        let witness = witness.transpose().map_err(one)?;
        let mut ears: Arc<dyn Console> = Arc::clone(console) as _;
        if let Some(resumable) = &self.resumable {
            ears = Arc::clone(&resumable.delivery) as _;
        }
        if let Some(witness) = &witness {
            ears = Arc::clone(witness) as _;
        }
        if let Some(heard) = &heard {
            ears = Arc::new(Overheard { console: ears, listener: Arc::clone(heard) });
        }
        let (ears, taped) = way.console(ears);
        let plan = Plan {
            params: self.params.clone(),
            browser: options.browser.clone(),
            access: options.access.access(),
            mode: way.mode(),
            console: ears,
            cancel: self.cancel.clone(),
        };
        let mut seams = Seams { listener: heard.clone().map(|heard| heard as _), ..way.seams() };
        if let Some(resumable) = &self.resumable {
            seams.archive = Some(resumable.archive());
        }
        let interpreter = self.machine.interpreter_with(plan, seams);
        if let Some(resumable) = &self.resumable {
            resumable.recall(interpreter.run()).map_err(one)?;
        }
        way.begin(&interpreter).map_err(one)?;
        if let Some(taped) = taped {
            taped.belongs_to(interpreter.run());
        }
        if let Some(witness) = &witness {
            interpreter.run().set_tester(witness.tester());
            let tape = if let Way::Taped(tape) = way { Some(Arc::clone(tape)) } else { None };
            witness.belongs_to(interpreter.run(), tape);
        }
        let compiled = match on_script_thread(|| interpreter.compile(self.source.clone(), &[])) {
            Ok(compiled) => compiled,
            Err(reports) => {
                console.progress.finish();
                let exit = report::fail_check(&reports, format);
                if let Some(heard) = &heard {
                    let failed: Result<(), Failure> = Err(Failure::Reports(reports, None));
                    report_of(command, heard, &interpreter, &failed).map_err(one)?;
                }
                return Ok(Some(exit));
            }
        };
        let lacks_steps = || console.holds() && interpreter.run().crawler.status().unknown > 0;
        let result = on_script_thread(|| {
            let mut result = interpreter.evaluate(&compiled);
            if let Err(Failure::Reports(reports, cause)) = &mut result
                && !lacks_steps()
            {
                keep(&interpreter, cause.as_deref(), reports);
            }
            if !matches!(result, Err(Failure::Interrupted)) {
                interpreter.close_sessions();
                result = interpreter.run_tests().and(result);
                // Hooks of the end were cut off.
                if result.is_ok() && self.cancel.cancelled() && !interpreter.run().ended_quietly() {
                    result = Err(Failure::Interrupted);
                }
            }
            result
        });
        if lacks_steps() {
            return Ok(None);
        }
        self.end(way, heard.as_deref(), &interpreter, result).map(Some)
    }

    /// Puts in place what the run came to, and tells how it ended.
    fn end<T>(
        &self,
        way: Way<'_>,
        heard: Option<&Collector>,
        interpreter: &Interpreter,
        result: Result<T, Failure>,
    ) -> Result<Exit, Vec<Diagnostic>> {
        let Self { command, format, console, .. } = self;
        let recorded = match way {
            Way::Taped(tape) => {
                if let Some(heard) = heard.filter(|_| command.recording.capsule.is_some()) {
                    let page = with_ending(command, interpreter, &result, |ending| heard.bytes(ending));
                    match page {
                        Ok(page) => capsule::fill(tape, interpreter.run(), &page),
                        Err(error) => interpreter.run().warn(&format!("the capsule has no report: {error}")),
                    }
                }
                Some(recording::finish(tape, interpreter, self.machine, ending(&result).0))
            }
            _ => None,
        };
        if let Some(Ok(recorded)) = recorded.as_ref().filter(|_| command.test_assignment.is_none()) {
            recorded.missed.iter().for_each(|missed| interpreter.run().warn(missed));
        }
        let delivered = self.resumable.as_ref().map_or(Ok(()), |resumable| resumable.delivery.deliver());
        let told = console.tell_held().and(delivered).map_err(|error| match error {
            ConsoleError::Failed(reason) => Some(Box::new(Diagnostic::error("crawl::output::write", reason))),
            ConsoleError::BrokenPipe => None,
        });
        let written = console.finish(result.is_ok()).and(told.or_else(|error| error.map_or(Ok(()), Err)));
        let reported = match heard {
            Some(heard) => report_of(command, heard, interpreter, &result),
            None => Ok(()),
        };
        let mut written = written.and(reported);
        match recorded {
            Some(Ok(recorded)) if !command.run.tell.quiet => recording::tell_recorded(&recorded),
            Some(Err(unwritten)) => written = written.and(Err(unwritten)),
            _ => {}
        }
        if let Some(resumable) = &self.resumable {
            resumable.tell(interpreter.run());
        }
        match result {
            Ok(_) => written.map(|()| Exit::Ok).map_err(one),
            Err(Failure::Interrupted) => Ok(Exit::Interrupted),
            Err(Failure::Reports(reports, _)) => {
                let exit = report::fail(&reports, *format);
                if let Err(unwritten) = written {
                    report::tell(&unwritten, *format);
                }
                Ok(exit)
            }
        }
    }
}

/// What a recording states about its run.
fn facts(options: &RunOptions, params: &BTreeMap<String, Value>) -> Facts {
    let browser = serde_json::to_value(options.browser.launch().browser).unwrap_or_default();
    Facts {
        crawl: env!("CARGO_PKG_VERSION").to_owned(),
        script: options.file.display().to_string(),
        parameters: params.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        browser: browser.as_str().unwrap_or_default().to_owned(),
        ..Facts::default()
    }
}

/// How a run ended, and what there is to show of that.
fn ending<T>(result: &Result<T, Failure>) -> (&'static str, &[Diagnostic]) {
    match result {
        Ok(_) => ("ok", &[]),
        Err(Failure::Interrupted) => ("interrupted", &[]),
        Err(Failure::Reports(reports, _)) => ("failed", reports),
    }
}

/// Writes the run's report.
fn report_of<T>(
    command: &RunCommand,
    heard: &Collector,
    interpreter: &Interpreter,
    result: &Result<T, Failure>,
) -> Result<(), Box<Diagnostic>> {
    let files = with_ending(command, interpreter, result, |ending| command.report.write(heard, ending))?;
    if !command.run.tell.quiet {
        files.iter().for_each(|file| tell!("report: {}", file.display()));
    }
    Ok(())
}

/// Does something with how a run ended.
fn with_ending<T, R>(
    command: &RunCommand,
    interpreter: &Interpreter,
    result: &Result<T, Failure>,
    act: impl FnOnce(&Ending<'_>) -> R,
) -> R {
    let (ended, reports) = ending(result);
    let script = command.run.file.display().to_string();
    let source = |name: &str| interpreter.run().sources.find(Some(name)).map(|script| script.source.clone());
    act(&Ending { script: &script, sources: &source, reports, ended })
}

/// How much progress is told.
#[must_use]
pub fn level(options: &RunOptions) -> Level {
    match (options.tell.quiet, options.tell.verbose) {
        (true, _) => Level::Quiet,
        (false, 0) => Level::Normal,
        (false, 1) => Level::Verbose,
        (false, _) => Level::Detailed,
    }
}

/// Keeps the page of a failure in `.crawl/last/` and names it in the report.
pub fn keep(interpreter: &Interpreter, cause: Option<&CrawlError>, reports: &mut [Diagnostic]) {
    let Some(report) = reports.first_mut() else { return };
    let page = cause.and_then(|cause| cause.page.clone()).or_else(|| interpreter.run().last_page());
    let Some(page) = page else { return };
    let html = page.html();
    let html = interpreter.run().conceal(&html);
    let text = format!("{}: {}\n", report.code, report.message);
    let named = page.session.as_str();
    let run = interpreter.run();
    let shot = page.screenshot.clone().or_else(|| run.runtime.block_on(run.crawler.look(Some(named))));
    let shot = shot.as_deref();
    if let Ok(kept) = keep_last(Path::new(".crawl"), Some(&html), shot, Some(&text)) {
        let files = [kept.page, kept.screenshot].into_iter().flatten().map(|path| path.display().to_string());
        let files: Vec<String> = files.collect();
        report.notes.push(format!("the page is kept in {}", files.join(" and ")));
    }
}

fn one(report: Box<Diagnostic>) -> Vec<Diagnostic> {
    vec![*report]
}
