//! `crawl lsp`.

use std::collections::BTreeMap;

use super::machine::Machine;
use super::report;
use crate::diag::{Diagnostic, Exit, Format};
use crate::lsp::{Ended, Tools, serve};

/// Serves an editor over standard input and output. Starts no browser.
pub fn lsp() -> Exit {
    match attempt() {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt() -> Result<Exit, Box<Diagnostic>> {
    let machine = Machine::new()?;
    let interpreter = move || machine.reader(BTreeMap::new()).expect("nothing is written to a file");
    match serve(Tools { interpreter: Box::new(interpreter) }) {
        Ok(Ended::Orderly) => Ok(Exit::Ok),
        Ok(Ended::Abruptly) => Ok(Exit::Failed),
        Err(why) => Err(Box::new(Diagnostic::error("crawl::lsp::protocol", format!("the editor's messages: {why}")))),
    }
}
