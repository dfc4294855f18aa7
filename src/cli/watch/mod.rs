//! `crawl watch`: the browser and its sessions stay, and a script runs again on every save.

mod consent;
mod golden;
mod keyboard;
mod orders;
mod prompt;
mod recorder;
mod summary;

use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::arguments::WatchOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::tell;
use super::{report, run, script_file, setup, signals};
use crate::crawl::{Again, Mode};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::{Cancel, Failure, Interpreter, Run, lock, on_script_thread};
use crate::testing::{Said, changes};
use crate::watch::Watcher;

use consent::Consent;
use keyboard::Keyboard;
use orders::Orders;
use recorder::Recorder;

/// Watches a script until Ctrl-C.
pub fn watch(options: &WatchOptions) -> Exit {
    let format = Format::from(options.run.tell.diagnostics);
    match attempt(options, format) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], format),
    }
}

/// What lasts from run to run.
struct Session<'a> {
    options: &'a WatchOptions,
    format: Format,
    console: Arc<Terminal>,
    recorder: Arc<Recorder>,
    keyboard: Option<Arc<Keyboard>>,
    orders: Arc<Orders>,
    shared: Arc<Run>,
    watcher: Arc<Watcher>,
    cancel: Cancel,
    /// What the last run that went well said.
    good: RefCell<Option<Vec<Said>>>,
}

/// How a run came out, as far as watching goes.
#[derive(PartialEq, Eq)]
enum Ran {
    /// To the script's end, so that all it depends on is known.
    Whole,
    /// Not so far.
    InPart,
}

fn attempt(options: &WatchOptions, format: Format) -> Result<Exit, Box<Diagnostic>> {
    let file = &options.run.file;
    if file == Path::new("-") {
        let report = Diagnostic::error("crawl::usage::watch_stdin", "standard input cannot be watched");
        return Err(Box::new(report.help("give the path of a `.crawl` script")));
    }
    let params = script_file::parameters(&options.run.set)?;
    script_file::read(file)?;
    if options.run.setup {
        setup::ensure()?;
    }
    let progress = Progress::new(run::level(&options.run));
    let console = Arc::new(Terminal::new(options.run.output.as_deref(), progress)?);
    let machine = Machine::with(&options.run.browser)?;
    let keyboard = Keyboard::open();
    let consent = Consent::new(options.replay_unsafe, keyboard.as_ref());
    let recorder = Arc::new(Recorder::new(Arc::clone(&console), consent));
    let cancel = Cancel::default();
    let plan = Plan {
        params,
        browser: options.run.browser.clone(),
        access: options.run.access.access(),
        mode: Mode::Keep,
        console: Arc::clone(&recorder) as _,
        cancel: cancel.clone(),
    };
    let shared = Arc::clone(machine.interpreter(plan).run());
    let (watcher, orders) = watcher(&cancel)?;
    let session = Session {
        options,
        format,
        console,
        recorder,
        keyboard,
        orders,
        shared,
        watcher,
        cancel,
        good: RefCell::default(),
    };
    session.listen(&machine);
    let exit = session.follow();
    if let Some(keyboard) = &session.keyboard {
        keyboard.single_keys(false);
    }
    drop(session);
    machine.shutdown();
    exit
}

/// A watcher that ends the run under way, and the orders that end its wait.
fn watcher(cancel: &Cancel) -> Result<(Arc<Watcher>, Arc<Orders>), Box<Diagnostic>> {
    let slot: Arc<std::sync::OnceLock<Arc<Orders>>> = Arc::default();
    let told = Arc::clone(&slot);
    let changed = move || {
        if let Some(orders) = told.get() {
            orders.changed();
        }
    };
    let watcher = Arc::new(Watcher::new(changed).map_err(|reason| unwatched(&reason))?);
    let orders = Arc::new(Orders::new(cancel.clone(), watcher.waker()));
    let _ = slot.set(Arc::clone(&orders));
    Ok((watcher, orders))
}

fn unwatched(reason: &str) -> Box<Diagnostic> {
    let report = Diagnostic::error("crawl::watch::failed", format!("cannot watch the script's files: {reason}"));
    Box::new(report.help("the system's limits on watched files may be reached: see `fs.inotify` in `sysctl -a`"))
}

impl Session<'_> {
    /// Takes signals, keys, and the files that the script reads and writes.
    fn listen(&self, machine: &Machine) {
        let (orders, leaving) = (Arc::clone(&self.orders), self.keyboard.clone());
        let leave = move || {
            if let Some(keyboard) = leaving {
                keyboard.single_keys(false);
            }
        };
        signals::on_both(machine.runtime.handle(), move || orders.end(), leave);
        // A file that cannot be watched now is tried again, and told, after the run.
        let (reads, writes) = (Arc::clone(&self.watcher), Arc::clone(&self.watcher));
        self.shared.on_file(move |path| drop(reads.add(path)));
        self.shared.on_written(move |path| writes.forget(path));
        let Some(keyboard) = &self.keyboard else { return };
        let back = Arc::clone(keyboard);
        signals::on_continue(machine.runtime.handle(), move || back.resume());
        let (orders, run, console) = (Arc::clone(&self.orders), Arc::clone(&self.shared), Arc::clone(&self.console));
        keyboard.listen(move |key| {
            let say = |line: &str| console.progress.aside(|| tell!("{line}"));
            orders.key(key, || run.crawler.steps(), say);
        });
        if !self.quiet() {
            tell!("{}", orders::KEYS);
        }
    }

    fn quiet(&self) -> bool {
        run::level(&self.options.run) == Level::Quiet
    }

    /// Runs, waits for a change or a key, and so on until the end is asked for or nobody reads what is printed.
    fn follow(&self) -> Result<Exit, Box<Diagnostic>> {
        let file = self.options.run.file.as_path();
        let mut files: Vec<PathBuf> = Vec::new();
        self.watcher.add(file).map_err(|reason| unwatched(&reason))?;
        let mut again = None;
        loop {
            let ran = self.once(again);
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
            let all = std::iter::once(file).chain(files.iter().map(PathBuf::as_path));
            self.watcher.set(all).map_err(|reason| unwatched(&reason))?;
            match self.wait() {
                Next::End(exit) => return Ok(exit),
                Next::Run(how) => again = how,
            }
        }
    }

    fn wait(&self) -> Next {
        let mut changed = false;
        loop {
            if self.orders.ended() {
                // `q` is how a person ends it, a signal how others do.
                return Next::End(if self.orders.left() { Exit::Ok } else { Exit::Interrupted });
            }
            if let Some(again) = self.orders.take_again() {
                return Next::Run(Some(again));
            }
            if let Some(_asked) = self.orders.take_look() {
                self.look();
                continue;
            }
            if changed && !self.orders.paused() {
                return Next::Run(None);
            }
            changed |= self.watcher.wait();
        }
    }

    /// A prompt on the page, while the files wait.
    fn look(&self) {
        let Some(keyboard) = &self.keyboard else { return };
        keyboard.single_keys(false);
        self.orders.looking(true);
        prompt::open(&self.shared, &self.console);
        self.orders.looking(false);
        keyboard.single_keys(true);
    }

    /// One run against the journal, its output and its status line.
    fn once(&self, again: Option<Again>) -> Ran {
        let started = Instant::now();
        self.shared.begin_again();
        if let Some(again) = again {
            self.shared.crawler.again(again);
        }
        if self.orders.ended() {
            // The signal came before the switch was made ready again.
            self.cancel.cancel();
        }
        self.clear();
        // Where links lead may be another place than last time. What cannot be watched is told after the run.
        let _ = self.watcher.add(&self.options.run.file);
        let output = self.options.run.output.as_deref();
        self.recorder.begin(self.console.live() && !self.options.clear && self.good.borrow().is_some());
        let interpreter = Interpreter::new(Arc::clone(&self.shared));
        let opened = self.console.begin(output);
        let result = opened.map_err(failed).and_then(|()| self.evaluate(&interpreter));
        self.console.settle();
        // A run that was cut off for the next one leaves no file.
        let interrupted = matches!(result, Err(Failure::Interrupted)) && !self.orders.ended();
        let written = if interrupted { self.console.begin(None) } else { self.console.place(result.is_ok()) };
        let result = match (result, written) {
            (Ok(()), Err(unwritten)) => Err(failed(unwritten)),
            (result, _) => result,
        };
        if result.is_ok() {
            self.shared.crawler.end_run();
        }
        let ran = self.tell(result, started);
        self.shared.runtime.block_on(self.shared.crawler.close_retired());
        ran
    }

    /// Clears the terminal, and what was scrolled out of it, where that is wanted.
    fn clear(&self) {
        if self.options.clear && self.console.live() {
            let mut stdout = std::io::stdout();
            let _ = stdout.write_all(b"\x1b[H\x1b[2J\x1b[3J").and_then(|()| stdout.flush());
        }
    }

    fn evaluate(&self, interpreter: &Interpreter) -> Result<(), Failure> {
        let source = script_file::read(&self.options.run.file).map_err(failed)?;
        on_script_thread(|| {
            let compiled = interpreter.compile(source, &[]).map_err(|reports| Failure::Reports(reports, None))?;
            let mut result = interpreter.evaluate(&compiled).map(drop);
            if let Err(Failure::Reports(reports, cause)) = &mut result {
                run::keep(interpreter, cause.as_deref(), reports);
            }
            result
        })
    }

    /// Tells what changed in the output, what went wrong, and how the run came out.
    fn tell(&self, result: Result<(), Failure>, started: Instant) -> Ran {
        let line = summary::status(&self.shared.crawler.status(), started.elapsed());
        let said = self.recorder.take();
        let (reports, failed) = match result {
            Ok(()) => (Vec::new(), false),
            Err(Failure::Interrupted) => return Ran::InPart,
            Err(Failure::Reports(reports, _)) => (reports, true),
        };
        if let Some(good) = self.good.borrow().as_ref().filter(|_| !self.quiet()) {
            summary::marks(&changes(good, &said, failed));
        }
        if failed {
            let _ = report::fail(&reports, self.format);
        }
        if self.options.test {
            golden::compare(&self.options.run, &said, reports.first());
        }
        if !self.quiet() {
            tell!("{line}{}", if failed { " · failed" } else { "" });
        }
        if failed {
            return Ran::InPart;
        }
        *self.good.borrow_mut() = Some(said);
        Ran::Whole
    }
}

/// What comes after a run.
enum Next {
    /// Another one, perhaps with what is known done again.
    Run(Option<Again>),
    /// The end.
    End(Exit),
}

fn failed(problem: Box<Diagnostic>) -> Failure {
    Failure::Reports(vec![*problem], None)
}
