//! `crawl repl`: a script typed line by line on a live page.

mod command;
mod console;
mod doc;
mod history;
mod look;
mod recorded;
mod save;
mod session;
mod shot;
mod suggest;
mod talk;
mod words;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::arguments::ReplOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan, Seams};
use super::progress::{Level, Progress};
use super::signals::{self, Signals};
use super::terminal_state::TerminalState;
use super::{capsule, report, script_file};
use crate::crawl::{Access, Mode};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::{Cancel, Dialogue, Interpreter, Until, on_script_thread};
use crate::text::Source;
use console::DialogueConsole;

pub(super) use console::Stage;
pub(super) use talk::Repl;

/// Runs the dialogue until its end.
pub fn repl(options: &ReplOptions) -> Exit {
    match attempt(options) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt(options: &ReplOptions) -> Result<Exit, Box<Diagnostic>> {
    match options.file.as_deref().filter(|file| capsule::is_one(file)) {
        Some(file) => recorded::go_on(options, file),
        None => {
            let params = script_file::parameters(&options.set)?;
            let first = options.file.as_deref().map(script_file::read).transpose()?;
            let opened = first.map(|source| (source, options.at));
            talk(options, params, opened, options.access.access(), Seams::default(), |_| Ok(PathBuf::new()))
        }
    }
}

/// The dialogue, with a script that it begins with, and what it goes over. `begin` tells the person's folder where the
/// script's is another one.
fn talk(
    options: &ReplOptions,
    params: BTreeMap<String, Value>,
    opened: Option<(Source, Option<Until>)>,
    access: Access,
    seams: Seams,
    begin: impl FnOnce(&Interpreter) -> Result<PathBuf, Box<Diagnostic>>,
) -> Result<Exit, Box<Diagnostic>> {
    let machine = Machine::with(&options.browser)?;
    let cancel = Cancel::default();
    let typed = std::io::stdin().is_terminal();
    let ended = Arc::new(AtomicBool::new(false));
    on_signals(&machine, cancel.clone(), Arc::clone(&ended), typed);
    let terminal = Terminal::new(None, Progress::new(Level::Normal))?;
    let console = Arc::new(DialogueConsole::new(terminal, options.replay_unsafe));
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        access,
        mode: Mode::Keep,
        console: Arc::clone(&console) as _,
        cancel: cancel.clone(),
    };
    let interpreter = machine.interpreter_with(plan, seams);
    let home = begin(&interpreter)?;
    let exit = on_script_thread(|| {
        let mut repl = Repl::new(Dialogue::new(interpreter), console, cancel, ended);
        repl.home = home;
        if let Some((source, until)) = opened {
            repl.open(source, until);
        }
        if let Some(url) = &options.url {
            repl.say(&format!("crawl({})", serde_json::json!(url)));
        }
        if typed {
            repl.talk(&format!("crawl {} · `:help` lists the commands", env!("CARGO_PKG_VERSION")));
        } else {
            repl.piped();
        }
        repl.exit
    });
    machine.shutdown();
    Ok(exit)
}

/// At a terminal Ctrl-C ends the running piece, and the page stays. Every other signal, and one to a dialogue that is
/// piped in, ends the program.
fn on_signals(machine: &Machine, cancel: Cancel, ended: Arc<AtomicBool>, typed: bool) {
    // The line editor changes them while it reads.
    let state = typed.then(TerminalState::now).flatten();
    let browsers = Arc::clone(&machine.browsers);
    let mut signals = Signals::new(machine.runtime.handle());
    machine.runtime.spawn(async move {
        while signals.next().await && typed {
            cancel.cancel();
        }
        ended.store(true, Ordering::SeqCst);
        cancel.cancel();
        // A read of standard input cannot be ended from here: the program ends instead.
        browsers.shutdown().await;
        if let Some(state) = state {
            state.restore();
        }
        signals::exit();
    });
}
