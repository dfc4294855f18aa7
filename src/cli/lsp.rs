//! `crawl lsp`.

use std::sync::Arc;

use super::arguments::BrowserOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::report;
use crate::crawl::{Access, Mode};
use crate::diag::{Diagnostic, Exit, Format};
use crate::lsp::{Ended, Tools, serve};
use crate::script::Cancel;

/// Serves an editor over standard input and output. Starts no browser.
pub fn lsp() -> Exit {
    match attempt() {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt() -> Result<Exit, Box<Diagnostic>> {
    let machine = Machine::new()?;
    let console = Arc::new(Terminal::new(None, Progress::new(Level::Quiet))?);
    let interpreter = move || {
        machine.interpreter(Plan {
            params: std::collections::BTreeMap::new(),
            browser: BrowserOptions::default(),
            access: Access::default(),
            mode: Mode::Plain,
            console: Arc::clone(&console) as _,
            cancel: Cancel::default(),
        })
    };
    match serve(Tools { interpreter: Box::new(interpreter) }) {
        Ok(Ended::Orderly) => Ok(Exit::Ok),
        Ok(Ended::Abruptly) => Ok(Exit::Failed),
        Err(why) => Err(Box::new(Diagnostic::error("crawl::lsp::protocol", format!("the editor's messages: {why}")))),
    }
}
