//! `crawl doctor`.

use std::process::{Command, Stdio};

use crate::browser::{LANES, Program, find};
use crate::diag::Exit;

/// Shows what is there, whether it answers, and what to install.
pub fn doctor() -> Exit {
    println!("crawl {}", env!("CARGO_PKG_VERSION"));
    let programs = [Program::ChromeDriver, Program::HeadlessShell, Program::Chromium];
    let found = programs.map(tell);
    let usable = found[0] && (found[1] || found[2]);
    if found[1] && !found[2] {
        println!("without full Chromium there is no `--headed` and no `browser: \"chromium\"`");
    }
    if found[2] && !found[1] {
        println!("without the headless shell give `--browser chromium`, or install it: it starts faster");
    }
    for lane in LANES {
        println!("{:<24} {}", lane.name, lane.used);
        for difference in lane.differs {
            println!("{:<24} - {difference}", "");
        }
    }
    if usable {
        println!("ready: scripts can run");
        Exit::Ok
    } else {
        println!("not ready: `crawl setup` installs what is missing");
        Exit::Browser
    }
}

fn tell(program: Program) -> bool {
    let Some(path) = find(program) else {
        println!("{:<24} missing (Debian package `{}`)", program.name(), program.package());
        return false;
    };
    let version = Command::new(&path).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = version.ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let words = text
        .as_deref()
        .and_then(|text| text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())));
    println!("{:<24} {} {}", program.name(), words.unwrap_or("(its version is not known)"), path.display());
    true
}
