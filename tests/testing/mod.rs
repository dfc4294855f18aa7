//! The golden runner: what it finds, runs, compares and rewrites.

mod asked;
mod case;
mod changes;
mod command;
mod expectation;
mod fit;
mod live;
mod run;
mod update;

use std::fs;
use std::path::Path;

use crawl::testing::{Case, discover};
use libtest_mimic::Trial;

/// This area's trials.
pub fn trials() -> Vec<Trial> {
    [
        asked::trials(),
        case::trials(),
        changes::trials(),
        command::trials(),
        expectation::trials(),
        fit::trials(),
        live::trials(),
        run::trials(),
        update::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A trial around a function that panics when it fails.
fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(format!("testing::{name}"), move || {
        run();
        Ok(())
    })
}

/// Writes files into a folder, with the folders that they need.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The cases of a folder, all of which must be usable.
fn cases(folder: &Path) -> Vec<Case> {
    discover(folder).unwrap().into_iter().map(Result::unwrap).collect()
}
