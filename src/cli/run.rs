//! `crawl run`.

use std::path::Path;
use std::sync::Arc;

use super::arguments::RunOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan, Seams};
use super::progress::{Level, Progress};
use super::report_file::{Overheard, RunCommand};
use super::say::tell;
use super::witness::Witness;
use super::{report, script_file, setup, signals};
use crate::crawl::{CrawlError, Mode};
use crate::diag::{Diagnostic, Exit, Format};
use crate::report::{Collector, Ending};
use crate::script::{Cancel, Console, Failure, Interpreter, on_script_thread};
use crate::store::keep_last;

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
    let console = Arc::new(Terminal::new(options.output.as_deref(), Progress::new(level(options))).map_err(one)?);
    let heard = command.report.listener().map_err(one)?;
    let assignment = command.test_assignment.as_deref();
    let witness = assignment.map(|assignment| Witness::open(assignment, Arc::clone(&console)).map(Arc::new));
    let witness = witness.transpose().map_err(one)?;
    let machine = Machine::with(&options.browser).map_err(one)?;
    let resumable = command.resume.prepare(options, &source, &console, machine.runtime.handle()).map_err(one)?;
    let mut ears: Arc<dyn Console> = Arc::clone(&console) as _;
    if let Some(resumable) = &resumable {
        ears = Arc::clone(&resumable.delivery) as _;
    }
    if let Some(witness) = &witness {
        ears = Arc::clone(witness) as _;
    }
    if let Some(heard) = &heard {
        ears = Arc::new(Overheard { console: ears, listener: Arc::clone(heard) });
    }
    let cancel = Cancel::default();
    signals::watch(machine.runtime.handle(), cancel.clone());
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        access: options.access.access(),
        mode: Mode::Plain,
        console: ears,
        cancel,
    };
    let seams = Seams {
        listener: heard.clone().map(|heard| heard as _),
        archive: resumable.as_ref().map(super::resume::Resumable::archive),
        ..Seams::default()
    };
    let interpreter = machine.interpreter_with(plan, seams);
    if let Some(resumable) = &resumable {
        resumable.recall(interpreter.run()).map_err(one)?;
    }
    if let Some(witness) = &witness {
        interpreter.run().set_tester(witness.tester());
    }
    let compiled = match on_script_thread(|| interpreter.compile(source, &[])) {
        Ok(compiled) => compiled,
        Err(reports) => {
            console.progress.finish();
            return Ok(report::fail_check(&reports, format));
        }
    };
    let result = on_script_thread(|| {
        let mut result = interpreter.evaluate(&compiled);
        if let Err(Failure::Reports(reports, cause)) = &mut result {
            keep(&interpreter, cause.as_deref(), reports);
        }
        if !matches!(result, Err(Failure::Interrupted)) {
            interpreter.close_sessions();
            result = interpreter.run_tests().and(result);
        }
        result
    });
    resumable.iter().for_each(|resumable| resumable.delivery.deliver());
    let written = console.finish(result.is_ok());
    let reported = match &heard {
        Some(heard) => report_of(command, heard, &interpreter, &result),
        None => Ok(()),
    };
    let written = written.and(reported);
    resumable.iter().for_each(|resumable| resumable.tell(interpreter.run()));
    let well = result.is_ok() && written.is_ok();
    let exit = match result {
        Ok(_) => written.map(|()| Exit::Ok).map_err(one),
        Err(Failure::Interrupted) => Ok(Exit::Interrupted),
        Err(Failure::Reports(reports, _)) => {
            let exit = report::fail(&reports, format);
            if let Err(unwritten) = written {
                report::tell(&unwritten, format);
            }
            Ok(exit)
        }
    };
    drop(interpreter);
    machine.shutdown();
    // A run that is killed while its browsers end has not come to its own end.
    resumable.iter().for_each(|resumable| resumable.end(well));
    exit
}

/// Writes the run's report.
fn report_of<T>(
    command: &RunCommand,
    heard: &Collector,
    interpreter: &Interpreter,
    result: &Result<T, Failure>,
) -> Result<(), Box<Diagnostic>> {
    let (ended, reports) = match result {
        Ok(_) => ("ok", &[] as &[Diagnostic]),
        Err(Failure::Interrupted) => ("interrupted", &[] as _),
        Err(Failure::Reports(reports, _)) => ("failed", reports.as_slice()),
    };
    let script = command.run.file.display().to_string();
    let source = |name: &str| interpreter.run().sources.find(Some(name)).map(|script| script.source.clone());
    let files = command.report.write(heard, &Ending { script: &script, sources: &source, reports, ended })?;
    if !command.run.tell.quiet {
        files.iter().for_each(|file| tell!("report: {}", file.display()));
    }
    Ok(())
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
