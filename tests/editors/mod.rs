//! The editors' files against the language: their word lists come from its one table, their grammars read its scripts.

mod files;
mod grammar;
mod words;

use libtest_mimic::Trial;

/// All trials of the area.
pub fn trials() -> Vec<Trial> {
    [words::trials(), files::trials(), grammar::trials()].into_iter().flatten().collect()
}

/// A file below `editors/`.
fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("editors").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("editors/{name}: {error}"))
}
