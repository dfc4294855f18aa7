//! `crawl doctor`.

use std::process::{Command, Stdio};

use super::say::say;
use crate::browser::{LANES, Program, find};
use crate::diag::Exit;

/// Shows what is there, whether it answers, and what to install.
pub fn doctor() -> Exit {
    say!("crawl {}", env!("CARGO_PKG_VERSION"));
    let programs = [Program::ChromeDriver, Program::HeadlessShell, Program::Chromium, Program::Firefox];
    let found = programs.map(tell);
    let usable = found[0] && (found[1] || found[2]);
    if found[1] && !found[2] {
        say!("without full Chromium there is no `--headed` and no `browser: \"chromium\"`");
    }
    if found[2] && !found[1] {
        say!("without the headless shell give `--browser chromium`, or install it: it starts faster");
    }
    if !found[3] {
        say!("without Firefox there is no `browser: \"firefox\"`: `crawl setup --browser firefox` installs it");
    }
    for lane in LANES {
        say!("{:<24} {}", lane.name, lane.used);
        for difference in lane.differs {
            say!("{:<24} - {difference}", "");
        }
    }
    if usable {
        say!("ready: scripts can run");
        Exit::Ok
    } else {
        say!("not ready: `crawl setup` installs what is missing");
        Exit::Browser
    }
}

fn tell(program: Program) -> bool {
    let Some(path) = find(program) else {
        say!("{:<24} missing (Debian package `{}`)", program.name(), program.package());
        return false;
    };
    let version = Command::new(&path).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = version.ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let words = text
        .as_deref()
        .and_then(|text| text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())));
    say!("{:<24} {} {}", program.name(), words.unwrap_or("(its version is not known)"), path.display());
    true
}
