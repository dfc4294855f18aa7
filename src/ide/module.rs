//! The modules that a script imports, read from where an import would find them.

use std::path::PathBuf;

use super::analysis::Analysis;
use crate::script::modules::{self, Found};
use crate::syntax::{FunctionFact, ImportFact};

/// An imported module.
#[derive(Debug)]
pub struct ImportedModule {
    /// The path as imported.
    pub path: String,
    /// Its text.
    pub analysis: Analysis,
    /// Its file; `None` for a module of the standard library.
    pub file: Option<PathBuf>,
}

/// Reads the module of an import; nothing when there is none.
#[must_use]
pub fn imported(script: &Analysis, import: &ImportFact) -> Option<ImportedModule> {
    let Found { source, path } = modules::find(script.source.name(), &import.path).ok()?;
    Some(ImportedModule { path: import.path.clone(), analysis: Analysis::new(source), file: path })
}

/// The module that `alias` stands for.
#[must_use]
pub fn by_alias(script: &Analysis, alias: &str) -> Option<ImportedModule> {
    let named = |import: &&ImportFact| import.alias.as_ref().is_some_and(|(name, _)| name == alias);
    imported(script, script.facts.imports.iter().find(named)?)
}

impl ImportedModule {
    /// The functions that others may call.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionFact> {
        self.analysis.facts.functions.iter().filter(|function| !function.private)
    }

    /// The definitions of a function by its name, the one with the most parameters last.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&FunctionFact> {
        let mut found: Vec<_> = self.functions().filter(|function| function.name == name).collect();
        found.sort_by_key(|function| function.params.len());
        found
    }
}
