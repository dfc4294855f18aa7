//! What a script imports: found, readable, and which functions it offers.

use std::collections::HashMap;

use crate::diag::Diagnostic;
use crate::script::modules;
use crate::script::report;
use crate::script::run::Run;
use crate::script::sources::Script;
use crate::syntax::rewrite;
use crate::text::nearest;

/// The functions of each imported module by its alias.
#[derive(Default)]
pub struct Imports {
    functions: HashMap<String, Vec<String>>,
    reports: Vec<Diagnostic>,
}

impl Imports {
    /// Looks up every import whose path is a literal.
    pub fn load(run: &Run, script: &Script) -> Self {
        let mut out = Self::default();
        for import in &script.facts().imports {
            modules::note(run, script.source.name(), &import.path);
            match modules::find(script.source.name(), &import.path) {
                Ok(found) => match rewrite(&found.source) {
                    Ok(module) => {
                        let names = module.facts.functions.iter().filter(|function| !function.private);
                        let names = names.map(|function| function.name.clone()).collect();
                        out.functions
                            .insert(import.alias.as_ref().map(|(alias, _)| alias.clone()).unwrap_or_default(), names);
                    }
                    Err(errors) => {
                        let reports = errors.iter().map(|error| report::syntax(&found.source, error));
                        out.reports.extend(
                            reports.map(|report| report.also(&script.source, import.path_span, "imported here")),
                        );
                    }
                },
                Err(error) => {
                    let mut report = Diagnostic::error(error.code, error.message.clone()).at(
                        &script.source,
                        import.path_span,
                        if error.code == "crawl::module::unknown" { "not found" } else { "cannot be read" },
                    );
                    report.help.clone_from(&error.help);
                    let near = nearest(&import.path, modules::STDLIB.iter().map(|(name, _)| *name));
                    if let Some(near) = near.filter(|_| error.code == "crawl::module::unknown") {
                        report = report.replace_by(format!("\"{near}\""));
                    }
                    out.reports.push(report);
                }
            }
        }
        out
    }

    /// The functions of the module under an alias; `None` when they are not known.
    #[must_use]
    pub fn functions(&self, alias: &str) -> Option<&[String]> {
        self.functions.get(alias).map(Vec::as_slice)
    }

    /// The problems found while looking the modules up.
    pub fn take_reports(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.reports)
    }
}
