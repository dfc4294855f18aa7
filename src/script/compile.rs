//! From a rewritten script to Rhai's tree: scope, limits, and Rhai's parse errors in our words.

use std::sync::Arc;

use rhai::{AST, Engine, Scope};

use super::report;
use super::run::Run;
use super::sources::Script;
use crate::diag::Diagnostic;

/// Rhai counts lines and columns in 16 bits.
pub const MAX_LINES: usize = 65_535;

/// The largest script, in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Compiles a script; the error is a report in the user's text.
pub fn compile(engine: &Engine, run: &Run, script: &Arc<Script>) -> Result<AST, Box<Diagnostic>> {
    let mut ast = engine
        .compile_with_scope(&Scope::new(), &script.rewritten.text)
        .map_err(|error| Box::new(report::parse(script, &error)))?;
    ast.set_source(script.source.name());
    run.sources.add_functions(script, &ast);
    Ok(ast)
}

/// Refuses a file with nothing in it: it was truncated, or another one was meant.
#[must_use]
pub fn empty(source: &crate::text::Source) -> Option<Diagnostic> {
    let message = format!("`{}` is empty", source.name());
    let report = Diagnostic::error("crawl::syntax::empty", message);
    source.text().trim().is_empty().then(|| report.help("a script has at least one statement or comment"))
}

/// Refuses a script that is too large to be one.
#[must_use]
pub fn too_large(source: &crate::text::Source) -> Option<Diagnostic> {
    let bytes = source.text().len();
    if bytes <= MAX_BYTES && source.line_count() <= MAX_LINES {
        return None;
    }
    let size = format!("{:.1} MB, {} lines", bytes as f64 / 1e6, source.line_count());
    let message = format!("`{}` is too large for a script ({size})", source.name());
    let help =
        "a script has at most 8 MB and 65,535 lines: keep data in files and read them with `read_json` or `read_csv`";
    Some(Diagnostic::error("crawl::syntax::too_large", message).help(help))
}
