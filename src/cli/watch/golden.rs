//! `--test`: a run's output held against the golden files beside its script.

use super::super::arguments::RunOptions;
use super::super::say::tell;
use crate::diag::Exit;
use crate::testing::{Case, Expected, Ran, Said, compare as differences, normalise};

/// Tells how standard output and exit code differ from what the golden files say. Standard error is not compared: what
/// watch says is on it too.
pub fn compare(options: &RunOptions, said: &[Said], exit: Exit) {
    let golden = options.file.with_extension("out");
    let beside = |ending: &str| options.file.with_extension(ending).exists();
    if !["out", "exit", "records.jsonl"].into_iter().any(beside) {
        tell!("test: there is no `{}`: `crawl test --update` writes it", golden.display());
        return;
    }
    let name = options.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let case = match Case::load(name, options.file.clone()) {
        Ok(case) => case,
        Err(error) => {
            tell!("test: {error}");
            return;
        }
    };
    let apart = options.output.is_some() || case.expected.records.is_some();
    let records = said.iter().filter(|said| matches!(said, Said::Record(..))).cloned().collect();
    let ran = Ran { stdout: text(said, apart), records, exit: exit as i32, ..Ran::default() };
    let expected = Expected { stderr: String::new(), ..case.expected.clone() };
    let found = differences(&expected, &normalise(&case, &ran));
    if found.is_empty() {
        tell!("test: as in `{}`", golden.display());
    }
    found.iter().for_each(|difference| tell!("test: {difference}"));
}

/// Standard output as `crawl run` writes it.
fn text(said: &[Said], records_elsewhere: bool) -> String {
    let line = |said: &Said| match said {
        Said::Line(line) => Some(format!("{line}\n")),
        Said::Record(..) if records_elsewhere => None,
        Said::Record(_, value) => Some(format!("{value}\n")),
    };
    said.iter().filter_map(line).collect()
}
