//! What watch says after a run: what changed in the output, and one line on how it came about.

use std::time::Duration;

use super::super::say::tell;
use crate::crawl::RunStatus;
use crate::script::duration::show;
use crate::testing::Change;

/// So many changes are shown; the others are counted.
const SHOWN: usize = 12;

/// Marks what changed since the last run that went well.
pub fn marks(changes: &[Change]) {
    changes.iter().take(SHOWN).for_each(|change| tell!("{change}"));
    if changes.len() > SHOWN {
        tell!("~ and {} more", changes.len() - SHOWN);
    }
}

/// `31 reused · 2 live · 0.18 s`, why steps had to run, and why sessions were rebuilt.
pub fn status(status: &RunStatus, elapsed: Duration) -> String {
    let mut line = format!("{} reused · {} live", status.reused, status.live);
    if status.reread > 0 {
        line.push_str(&format!(" · {} read anew", status.reread));
    }
    line.push_str(&format!(" · {}", show(elapsed)));
    for reason in status.why.iter().chain(&status.rebuilt) {
        line.push_str(" · ");
        line.push_str(reason);
    }
    line
}
