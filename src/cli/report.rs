//! Writes diagnostics to standard error and turns them into an exit code.

use std::io::{IsTerminal, Write};

use crate::diag::{Diagnostic, Exit, Format, Look, render};

/// How standard error wants it.
#[must_use]
pub fn look() -> Look {
    let terminal = std::io::stderr().is_terminal();
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Look { color: terminal && !plain, width: columns.unwrap_or(100).clamp(40, 200) }
}

/// Writes one diagnostic.
pub fn tell(diagnostic: &Diagnostic, format: Format) {
    let _ = std::io::stderr().lock().write_all(render(diagnostic, format, look()).as_bytes());
}

/// Writes what was found before a run: 3 for a text that could not be understood, else 1.
#[must_use]
pub fn fail_check(diagnostics: &[Diagnostic], format: Format) -> Exit {
    before_a_run(fail(diagnostics, format))
}

/// The exit code of what was found before a run.
#[must_use]
pub fn before_a_run(exit: Exit) -> Exit {
    match exit {
        exit @ (Exit::Syntax | Exit::Usage) => exit,
        _ => Exit::Failed,
    }
}

/// Writes all diagnostics; the first one's family decides the exit code.
#[must_use]
pub fn fail(diagnostics: &[Diagnostic], format: Format) -> Exit {
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 && format == Format::Human {
            let _ = std::io::stderr().lock().write_all(b"\n");
        }
        tell(diagnostic, format);
    }
    diagnostics.first().map_or(Exit::Runtime, |first| Exit::of(first.code))
}
