//! `crawl watch`: the browser and its sessions stay, and a script runs again on every save.

mod consent;
mod ending;
mod golden;
mod keyboard;
mod orders;
mod prompt;
mod recorder;
mod session;
mod summary;

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::arguments::WatchOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::Progress;
use super::{report, run, script_file, setup};
use crate::crawl::Mode;
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::Cancel;
use crate::watch::Watcher;

use consent::Consent;
use keyboard::{GivenBack, Keyboard};
use orders::Orders;
use recorder::Recorder;
use session::Session;

/// Watches a script until Ctrl-C.
pub fn watch(options: &WatchOptions) -> Exit {
    let format = Format::from(options.run.tell.diagnostics);
    match attempt(options, format) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], format),
    }
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
        setup::ensure(options.run.browser.browser)?;
    }
    let progress = Progress::new(run::level(&options.run));
    let console = Arc::new(Terminal::new(options.run.output.as_deref(), progress)?);
    let machine = Machine::with(&options.run.browser)?;
    let keyboard = Keyboard::open();
    let _at_the_end = keyboard.as_ref().map(GivenBack::at_the_end);
    let consent = Consent::new(options.replay_unsafe, keyboard.as_ref());
    let recorder = Arc::new(Recorder::new(Arc::clone(&console), consent, keyboard.clone()));
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
        began: false.into(),
        ran: Mutex::default(),
        good: Arc::default(),
    };
    session.listen(&machine);
    let exit = session.follow();
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

/// What is told when files cannot be watched.
fn unwatched(reason: &str) -> Box<Diagnostic> {
    let report = Diagnostic::error("crawl::watch::failed", format!("cannot watch the script's files: {reason}"));
    Box::new(report.help("the system's limits on watched files may be reached: see `fs.inotify` in `sysctl -a`"))
}
