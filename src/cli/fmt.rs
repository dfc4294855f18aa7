//! `crawl fmt`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::arguments::FmtOptions;
use super::machine::Machine;
use super::say::say;
use super::{report, script_file};
use crate::diag::{Diagnostic, Exit, Format};
use crate::script::{self, Interpreter, on_script_thread};
use crate::store::write_atomic;
use crate::syntax::{Blocks, format};
use crate::testing::patch;
use crate::text::{Source, plain};

/// Formats every file that can be read and parsed; the others are told and left as they are.
pub fn fmt(options: &FmtOptions) -> Exit {
    let interpreter = Machine::new().and_then(|machine| Ok((machine.reader(BTreeMap::new())?, machine)));
    let (interpreter, _machine) = match interpreter {
        Ok(both) => both,
        Err(problem) => return report::fail(&[*problem], Format::from(options.diagnostics)),
    };
    let mut problems = Vec::new();
    let mut changed = false;
    for file in &options.files {
        match formatted(&interpreter, file, options.blocks.map(Blocks::from)) {
            Ok((source, text)) => {
                changed |= source.text() != text;
                problems.extend(hand_over(file, &source, &text, options).err());
            }
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return report::fail(&problems, Format::from(options.diagnostics));
    }
    if changed && (options.check || options.diff) { Exit::Failed } else { Exit::Ok }
}

fn formatted(
    interpreter: &Interpreter,
    file: &Path,
    blocks: Option<Blocks>,
) -> Result<(Source, String), Vec<Diagnostic>> {
    let source = script_file::read(file).map_err(|problem| vec![*problem])?;
    on_script_thread(|| interpreter.parse(&source))?;
    match format(&source, blocks) {
        Ok(text) => Ok((source, text)),
        Err(errors) => Err(errors.iter().map(|error| script::syntax_report(&source, error)).collect()),
    }
}

/// Puts the formatted text where it was asked for.
fn hand_over(file: &Path, source: &Source, text: &str, options: &FmtOptions) -> Result<(), Diagnostic> {
    let same = source.text() == text;
    let standard = file.as_os_str() == "-";
    if options.diff {
        print(&plain(&patch(source.name(), source.text(), text)));
    } else if options.check {
        if !same {
            say!("{}", source.name());
        }
    } else if standard {
        print(text);
    } else if !same {
        let refused =
            |error: crate::store::StoreError| Diagnostic::error("crawl::usage::unwritable", error.to_string());
        write_atomic(file, text.as_bytes()).map_err(refused)?;
        say!("formatted {}", source.name());
    }
    Ok(())
}

/// Writes a text as it is; a reader that went away is no error.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
