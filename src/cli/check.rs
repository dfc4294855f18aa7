//! `crawl check`.

use super::arguments::CheckOptions;
use super::machine::Machine;
use super::{report, script_file};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::on_script_thread;

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
    let mut reports = Vec::new();
    for file in &options.files {
        let source = match script_file::read(file) {
            Ok(source) => source,
            Err(problem) => {
                reports.push(*problem);
                continue;
            }
        };
        let interpreter = machine.reader(params.clone())?;
        reports.extend(on_script_thread(|| interpreter.compile(source, &[])).err().unwrap_or_default());
    }
    Ok(reports)
}
