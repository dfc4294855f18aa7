//! `crawl check`.

use std::sync::Arc;

use super::arguments::{BrowserOptions, CheckOptions};
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::{report, script_file};
use crate::crawl::{Access, Mode};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::{Cancel, on_script_thread};

/// Checks every file and tells all problems; nothing is run.
pub fn check(options: &CheckOptions) -> Exit {
    let format = Format::from(options.diagnostics);
    match attempt(options) {
        Ok(reports) if reports.is_empty() => Exit::Ok,
        Ok(reports) => report::fail_check(&reports, format),
        Err(problem) => report::fail(&[*problem], format),
    }
}

fn attempt(options: &CheckOptions) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let params = script_file::parameters(&options.set)?;
    let machine = Machine::new()?;
    let console = Arc::new(Terminal::new(None, Progress::new(Level::Quiet))?);
    let mut reports = Vec::new();
    for file in &options.files {
        let source = match script_file::read(file) {
            Ok(source) => source,
            Err(problem) => {
                reports.push(*problem);
                continue;
            }
        };
        let browser = BrowserOptions::default();
        let interpreter = machine.interpreter(Plan {
            params: params.clone(),
            browser,
            access: Access::default(),
            mode: Mode::Plain,
            console: Arc::clone(&console) as _,
            cancel: Cancel::default(),
        });
        reports.extend(on_script_thread(|| interpreter.compile(source, &[])).err().unwrap_or_default());
    }
    Ok(reports)
}
