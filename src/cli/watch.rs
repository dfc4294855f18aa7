//! `crawl watch`: the browser and its sessions stay, and a script runs again on every save.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::arguments::RunOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::Progress;
use super::{report, run, script_file, setup, signals};
use crate::crawl::{Mode, RunStatus};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::duration::show;
use crate::script::{Cancel, Failure, Interpreter, Run, lock, on_script_thread};
use crate::watch::Watcher;

/// Watches a script until Ctrl-C.
pub fn watch(options: &RunOptions) -> Exit {
    let format = Format::from(options.tell.diagnostics);
    match attempt(options, format) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], format),
    }
}

fn attempt(options: &RunOptions, format: Format) -> Result<Exit, Box<Diagnostic>> {
    let params = script_file::parameters(&options.set)?;
    script_file::read(&options.file)?;
    if options.setup {
        setup::ensure()?;
    }
    let machine = Machine::new()?;
    let cancel = Cancel::default();
    let ended = Arc::new(AtomicBool::new(false));
    end_on_signal(&machine, cancel.clone(), Arc::clone(&ended));
    let console = Arc::new(Terminal::new(None, Progress::new(run::level(options)))?);
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        mode: Mode::Keep,
        console: Arc::clone(&console) as _,
        cancel: cancel.clone(),
    };
    let shared = Arc::clone(machine.interpreter(plan).run());
    let changed = cancel.clone();
    let failed =
        |reason: String| Box::new(Diagnostic::error("crawl::watch::failed", format!("cannot watch: {reason}")));
    let mut watcher = Watcher::new(move || changed.cancel()).map_err(failed)?;
    watcher.watch([options.file.as_path()]).map_err(failed)?;
    while !ended.load(Ordering::SeqCst) {
        once(&shared, options, &console, format);
        let read: Vec<PathBuf> = lock(&shared.files).clone();
        let paths = std::iter::once(options.file.as_path()).chain(read.iter().map(PathBuf::as_path));
        watcher.watch(paths).map_err(failed)?;
        while !watcher.wait(Duration::from_millis(200)) && !ended.load(Ordering::SeqCst) {}
    }
    drop(shared);
    machine.shutdown();
    Ok(Exit::Interrupted)
}

fn end_on_signal(machine: &Machine, cancel: Cancel, ended: Arc<AtomicBool>) {
    machine.runtime.spawn(async move {
        signals::next().await;
        ended.store(true, Ordering::SeqCst);
        cancel.cancel();
    });
}

/// One run against the journal, its output and its status line.
fn once(shared: &Arc<Run>, options: &RunOptions, console: &Terminal, format: Format) {
    let started = Instant::now();
    shared.begin_again();
    let interpreter = Interpreter::new(Arc::clone(shared));
    let result =
        script_file::read(&options.file).map_err(|problem| Failure::Reports(vec![*problem], None)).and_then(|source| {
            on_script_thread(|| {
                let compiled = interpreter.compile(source, &[]).map_err(|reports| Failure::Reports(reports, None))?;
                interpreter.evaluate(&compiled)
            })
        });
    console.settle();
    match result {
        Ok(_) => eprintln!("{}", status(&shared.crawler.status(), started)),
        Err(Failure::Interrupted) => {}
        Err(Failure::Reports(mut reports, cause)) => {
            run::keep(&interpreter, cause.as_deref(), &mut reports);
            let _ = report::fail(&reports, format);
            eprintln!("{} · failed", status(&shared.crawler.status(), started));
        }
    }
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
