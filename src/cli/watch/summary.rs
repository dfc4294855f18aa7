//! What watch says after a run: what changed in the output, and one line on how it came about.

use std::io::Write;
use std::time::Duration;

use super::super::report;
use super::super::say::{say, tell};
use crate::crawl::{Again, RunStatus};
use crate::script::duration::show;
use crate::testing::{Change, Said};
use crate::text::plain;

/// So many changes are shown; the others are counted.
const SHOWN: usize = 12;

/// Marks what changed since the last run that went well.
pub fn marks(changes: &[Change]) {
    let color = report::look().color;
    for change in changes.iter().take(SHOWN) {
        let color = match change {
            _ if !color => "",
            Change::Changed(..) => "\x1b[33m",
            Change::Added(..) => "\x1b[32m",
            Change::Removed(..) => "\x1b[31m",
        };
        let end = if color.is_empty() { "" } else { "\x1b[0m" };
        let _ = writeln!(std::io::stderr(), "{color}{}{end}", plain(&change.to_string()));
    }
    if changes.len() > SHOWN {
        tell!("~ and {} more", changes.len() - SHOWN);
    }
}

/// The whole output of a run.
pub fn output(said: &[Said]) {
    for said in said {
        match said {
            Said::Line(line) => say!("{line}"),
            Said::Record(_, value) => say!("{value}"),
        }
    }
}

/// `31 reused · 2 live · 0.18 s`, why steps had to run, and why sessions were rebuilt.
pub fn status(status: &RunStatus, again: Option<Again>, elapsed: Duration) -> String {
    let mut line = format!("{} reused · {} live", status.reused, status.live);
    if status.reread > 0 {
        line.push_str(&format!(" · {} read anew", status.reread));
    }
    line.push_str(&format!(" · {}", show(elapsed)));
    if again == Some(Again::All) {
        line.push_str(" · all afresh");
    }
    for reason in status.why.iter().chain(&status.rebuilt) {
        line.push_str(" · ");
        line.push_str(reason);
    }
    line
}
