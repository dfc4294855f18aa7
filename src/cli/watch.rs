//! `crawl watch`: the browser and its sessions stay, and a script runs again on every save.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::arguments::{RunOptions, WatchOptions};
use super::consent::Consent;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::tell;
use super::{report, run, script_file, setup, signals};
use crate::crawl::{Mode, RunStatus};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::duration::show;
use crate::script::{Cancel, Failure, Interpreter, Run, lock, on_script_thread, seen_steps};
use crate::store::WatchedPages;
use crate::watch::Watcher;

/// Watches a script until Ctrl-C.
pub fn watch(options: &WatchOptions) -> Exit {
    let format = Format::from(options.run.tell.diagnostics);
    match attempt(&options.run, Consent::new(options.replay_unsafe), format) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], format),
    }
}

/// What lasts from run to run.
struct Session<'a> {
    options: &'a RunOptions,
    format: Format,
    console: Arc<Terminal>,
    shared: Arc<Run>,
    watcher: Arc<Watcher>,
    cancel: Cancel,
    ended: Arc<AtomicBool>,
}

/// How a run came out, as far as watching goes.
#[derive(PartialEq, Eq)]
enum Ran {
    /// To the script's end, so that all it depends on is known.
    Whole,
    /// Not so far.
    InPart,
}

fn attempt(options: &RunOptions, consent: Consent, format: Format) -> Result<Exit, Box<Diagnostic>> {
    if options.file == Path::new("-") {
        let report = Diagnostic::error("crawl::usage::watch_stdin", "standard input cannot be watched");
        return Err(Box::new(report.help("give the path of a `.crawl` script")));
    }
    let params = script_file::parameters(&options.set)?;
    script_file::read(&options.file)?;
    if options.setup {
        setup::ensure()?;
    }
    let console = Terminal::new(options.output.as_deref(), Progress::new(run::level(options)))?;
    let console = Arc::new(console.consenting(consent));
    let machine = Machine::with(&options.browser)?;
    let cancel = Cancel::default();
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        access: options.access.access(),
        mode: Mode::Keep,
        console: Arc::clone(&console) as _,
        cancel: cancel.clone(),
    };
    let shared = Arc::clone(machine.interpreter(plan).run());
    let changed = cancel.clone();
    let watcher = Arc::new(Watcher::new(move || changed.cancel()).map_err(|reason| unwatched(&reason))?);
    let ended = Arc::new(AtomicBool::new(false));
    let (end, waker, stop) = (Arc::clone(&ended), watcher.waker(), cancel.clone());
    signals::on_first(machine.runtime.handle(), move || {
        end.store(true, Ordering::SeqCst);
        stop.cancel();
        waker.wake();
    });
    let listener = Arc::clone(&watcher);
    // A file that cannot be watched now is tried again, and told, after the run.
    shared.on_file(move |path| drop(listener.add(path)));
    let session = Session { options, format, console, shared, watcher, cancel, ended };
    let exit = session.follow();
    drop(session);
    machine.shutdown();
    exit
}

fn unwatched(reason: &str) -> Box<Diagnostic> {
    let report = Diagnostic::error("crawl::watch::failed", format!("cannot watch the script's files: {reason}"));
    Box::new(report.help("the system's limits on watched files may be reached: see `fs.inotify` in `sysctl -a`"))
}

impl Session<'_> {
    /// Runs, waits for a change, and so on until a signal or until nobody reads what is printed.
    fn follow(&self) -> Result<Exit, Box<Diagnostic>> {
        let mut files: Vec<PathBuf> = Vec::new();
        self.watcher.add(&self.options.file).map_err(|reason| unwatched(&reason))?;
        let mut pages = WatchedPages::of(&self.options.file);
        loop {
            let ran = self.once();
            // Editors do without where it cannot be written.
            let _ = pages.write(seen_steps(&self.shared), ran == Ran::Whole);
            if self.shared.ended_quietly() {
                return Ok(Exit::Ok);
            }
            let read = lock(&self.shared.files).clone();
            match ran {
                Ran::Whole => files = read,
                // What it would have come to counts as before.
                Ran::InPart => files.extend(read),
            }
            files.sort();
            files.dedup();
            let all = std::iter::once(self.options.file.as_path()).chain(files.iter().map(PathBuf::as_path));
            self.watcher.set(all).map_err(|reason| unwatched(&reason))?;
            if !self.ended() {
                self.watcher.wait();
            }
            if self.ended() {
                return Ok(Exit::Interrupted);
            }
        }
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// One run against the journal, its output and its status line.
    fn once(&self) -> Ran {
        let started = Instant::now();
        self.shared.begin_again();
        if self.ended() {
            // The signal came before the switch was made ready again.
            self.cancel.cancel();
        }
        let interpreter = Interpreter::new(Arc::clone(&self.shared));
        let opened = self.console.begin(self.options.output.as_deref());
        let result = opened.map_err(failed).and_then(|()| self.evaluate(&interpreter));
        self.console.settle();
        // A run that was cut off for the next one leaves no file.
        let interrupted = matches!(result, Err(Failure::Interrupted)) && !self.ended();
        let written = if interrupted { self.console.begin(None) } else { self.console.place(result.is_ok()) };
        let result = match (result, written) {
            (Ok(()), Err(unwritten)) => Err(failed(unwritten)),
            (result, _) => result,
        };
        self.shared.runtime.block_on(self.shared.crawler.close_retired());
        self.tell(result, started)
    }

    fn evaluate(&self, interpreter: &Interpreter) -> Result<(), Failure> {
        let source = script_file::read(&self.options.file).map_err(failed)?;
        on_script_thread(|| {
            let compiled = interpreter.compile(source, &[]).map_err(|reports| Failure::Reports(reports, None))?;
            let mut result = interpreter.evaluate(&compiled).map(drop);
            if let Err(Failure::Reports(reports, cause)) = &mut result {
                run::keep(interpreter, cause.as_deref(), reports);
            }
            result
        })
    }

    fn tell(&self, result: Result<(), Failure>, started: Instant) -> Ran {
        let line = status(&self.shared.crawler.status(), started);
        let quiet = run::level(self.options) == Level::Quiet;
        match result {
            Ok(()) => {
                if !quiet {
                    tell!("{line}");
                }
                return Ran::Whole;
            }
            Err(Failure::Interrupted) => {}
            Err(Failure::Reports(reports, _)) => {
                let _ = report::fail(&reports, self.format);
                if !quiet {
                    tell!("{line} · failed");
                }
            }
        }
        Ran::InPart
    }
}

fn failed(problem: Box<Diagnostic>) -> Failure {
    Failure::Reports(vec![*problem], None)
}

/// `31 reused · 2 live · 0.18 s`, and why sessions were rebuilt.
fn status(status: &RunStatus, started: Instant) -> String {
    let mut line = format!("{} reused · {} live · {}", status.reused, status.live, show(started.elapsed()));
    for reason in &status.rebuilt {
        line.push_str(" · ");
        line.push_str(reason);
    }
    line
}
