//! HAR: what others recorded becomes a cassette, and a cassette a HAR that holds to the format.

mod export;
mod import;
mod playwright;

use std::path::Path;
use std::process::{Command, Stdio};

use crawl::browser::{Came, Exchanged};
use crawl::recording::from_row;
use crawl::store::Cassette;
use libtest_mimic::Trial;

use super::trial;
use crate::process::PROGRAM;

pub fn trials() -> Vec<Trial> {
    [import::trials(), export::trials(), playwright::trials()].into_iter().flatten().collect()
}

/// Exit code and what was told.
pub fn har(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(PROGRAM);
    command.arg("har").args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    let done = command.output().unwrap();
    assert!(done.stdout.is_empty(), "{}", String::from_utf8_lossy(&done.stdout));
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

pub fn import(folder: &Path, har_file: &str) -> (Vec<(String, Exchanged)>, String) {
    let (code, told) = har(folder, &["import", har_file, "-o", "x.cassette"]);
    assert_eq!(code, 0, "{told}");
    (exchanges(&folder.join("x.cassette")), told)
}

pub fn exchanges(path: &Path) -> Vec<(String, Exchanged)> {
    Cassette::open(path).unwrap().exchanges().unwrap().into_iter().map(|row| from_row(row).unwrap()).collect()
}

pub fn body(came: &Came) -> Option<&[u8]> {
    match came {
        Came::Response { body, .. } => body.as_deref(),
        Came::Failed(_) => None,
    }
}
