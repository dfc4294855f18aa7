//! Run after run of a watched script: what is kept between them, what starts the next one, and what is told of each.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::super::arguments::WatchOptions;
use super::super::console::Terminal;
use super::super::machine::Machine;
use super::super::progress::Level;
use super::super::say::tell;
use super::super::{report, run, script_file, signals};
use super::keyboard::Keyboard;
use super::orders::{self, Orders};
use super::recorder::Recorder;
use super::{ending, golden, prompt, summary, unwatched};
use crate::crawl::Again;
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::{Cancel, Failure, Interpreter, Run, lock, on_script_thread, seen_steps};
use crate::store::WatchedPages;
use crate::testing::{Said, changes};
use crate::text::Source;
use crate::watch::Watcher;

/// What lasts from run to run.
pub struct Session<'a> {
    /// The command line.
    pub options: &'a WatchOptions,
    /// How problems are written.
    pub format: Format,
    /// Where output goes.
    pub console: Arc<Terminal>,
    /// What stands before it and remembers.
    pub recorder: Arc<Recorder>,
    /// The keys, where there are any.
    pub keyboard: Option<Arc<Keyboard>>,
    /// What is wanted by them.
    pub orders: Arc<Orders>,
    /// The script's world.
    pub shared: Arc<Run>,
    /// The files.
    pub watcher: Arc<Watcher>,
    /// Ends a run.
    pub cancel: Cancel,
    /// The script passed its check and ran.
    pub began: AtomicBool,
    /// The text that ran last.
    pub ran: Mutex<Option<Source>>,
    /// What the last run that went well said.
    pub good: Arc<Mutex<Option<Vec<Said>>>>,
}

impl Session<'_> {
    /// Takes signals, keys, and the files that the script reads and writes.
    pub fn listen(&self, machine: &Machine) {
        let orders = Arc::clone(&self.orders);
        ending::on_signals(machine, orders, self.cancel.clone(), self.keyboard.clone());
        // A file that cannot be watched now is tried again, and told, after the run.
        let (reads, writes) = (Arc::clone(&self.watcher), Arc::clone(&self.watcher));
        self.shared.on_file(move |path| drop(reads.add(path)));
        self.shared.on_written(move |path| writes.forget(path));
        let Some(keyboard) = &self.keyboard else { return };
        let back = Arc::clone(keyboard);
        signals::on_continue(machine.runtime.handle(), move || back.resume());
        let (orders, run, console) = (Arc::clone(&self.orders), Arc::clone(&self.shared), Arc::clone(&self.console));
        let good = Arc::clone(&self.good);
        keyboard.listen(move |key| {
            let say = |line: &str| console.progress.aside(|| tell!("{line}"));
            let output = || console.progress.aside(|| summary::output(lock(&good).as_deref().unwrap_or_default()));
            orders.key(key, || run.crawler.steps(), output, say);
        });
        if !self.quiet() {
            tell!("{}", orders::KEYS);
        }
    }

    fn quiet(&self) -> bool {
        run::level(&self.options.run) == Level::Quiet
    }

    /// Runs, waits for a change or a key, and so on until the end is asked for or nobody reads what is printed.
    pub fn follow(&self) -> Result<Exit, Box<Diagnostic>> {
        let mut files: Vec<PathBuf> = Vec::new();
        let mut again = None;
        let mut pages = WatchedPages::of(&self.options.run.file);
        loop {
            // Where links lead may be another place than last time.
            self.watcher.add(&self.options.run.file).map_err(|reason| unwatched(&reason))?;
            let started = Instant::now();
            self.orders.running(true);
            let result = self.once(again);
            self.orders.running(false);
            if self.shared.ended_quietly() {
                return Ok(Exit::Ok);
            }
            let whole = result.is_ok();
            self.rewatch(&mut files, whole)?;
            self.tell(result, again, started);
            // Editors do without where it cannot be written.
            let _ = pages.write(seen_steps(&self.shared), whole);
            self.shared.runtime.block_on(self.shared.crawler.close_retired());
            match self.wait() {
                Next::End(exit) => return Ok(exit),
                Next::Run(how) => again = how,
            }
        }
    }

    /// Watches what the run read; after one that did not come to its end, what it would have come to as before.
    fn rewatch(&self, files: &mut Vec<PathBuf>, whole: bool) -> Result<(), Box<Diagnostic>> {
        if whole {
            files.clear();
        }
        files.extend(lock(&self.shared.files).iter().cloned());
        files.sort();
        files.dedup();
        let all = std::iter::once(self.options.run.file.as_path()).chain(files.iter().map(PathBuf::as_path));
        self.watcher.set(all).map_err(|reason| unwatched(&reason))
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
        let ran = lock(&self.ran).clone();
        prompt::open(&self.shared, ran, &self.recorder, &self.cancel);
        self.orders.looking(false);
        keyboard.single_keys(true);
    }

    /// One run against the journal, its output put in place.
    fn once(&self, again: Option<Again>) -> Result<(), Failure> {
        self.shared.begin_again();
        if let Some(again) = again {
            self.shared.crawler.again(again);
        }
        if self.orders.ended() {
            // The signal came before the switch was made ready again.
            self.cancel.cancel();
        }
        self.clear();
        let output = self.options.run.output.as_deref();
        self.recorder.begin(self.console.live() && !self.options.clear && lock(&self.good).is_some());
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
        result
    }

    /// Clears the terminal, and what was scrolled out of it, where that is wanted.
    fn clear(&self) {
        if self.options.clear && self.console.live() {
            let mut stdout = std::io::stdout();
            let _ = stdout.write_all(b"\x1b[H\x1b[2J\x1b[3J").and_then(|()| stdout.flush());
        }
    }

    fn evaluate(&self, interpreter: &Interpreter) -> Result<(), Failure> {
        self.began.store(false, Ordering::SeqCst);
        let source = script_file::read(&self.options.run.file).map_err(failed)?;
        on_script_thread(|| {
            let compiled =
                interpreter.compile(source.clone(), &[]).map_err(|reports| Failure::Reports(reports, None))?;
            self.began.store(true, Ordering::SeqCst);
            *lock(&self.ran) = Some(source);
            let mut result = interpreter.evaluate(&compiled).map(drop);
            if let Err(Failure::Reports(reports, cause)) = &mut result {
                run::keep(interpreter, cause.as_deref(), reports);
            }
            result
        })
    }

    /// The exit code that `crawl run` would end with.
    fn exit(&self, reports: &[Diagnostic]) -> Exit {
        let exit = reports.first().map(|first| Exit::of(first.code));
        let began = self.began.load(Ordering::SeqCst);
        exit.map_or(Exit::Ok, |exit| if began { exit } else { report::before_a_run(exit) })
    }

    /// Tells what changed in the output, what went wrong, and how the run came out.
    fn tell(&self, result: Result<(), Failure>, again: Option<Again>, started: Instant) {
        let line = summary::status(&self.shared.crawler.status(), again, started.elapsed());
        let said = self.recorder.take();
        let (reports, failed) = match result {
            Ok(()) => (Vec::new(), false),
            Err(Failure::Interrupted) => return,
            Err(Failure::Reports(reports, _)) => (reports, true),
        };
        if let Some(good) = lock(&self.good).as_ref().filter(|_| !self.quiet()) {
            summary::marks(&changes(good, &said, failed));
        }
        if failed {
            let _ = report::fail(&reports, self.format);
        }
        if self.options.test {
            golden::compare(&self.options.run, &said, self.exit(&reports));
        }
        if !self.quiet() {
            tell!("{line}{}", if failed { " · failed" } else { "" });
        }
        if !failed {
            *lock(&self.good) = Some(said);
        }
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
