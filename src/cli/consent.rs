//! What a person at the terminal is asked, and the answer as a line: whether data is sent to a site again, and to go on.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::progress::Progress;
use super::say::tell;
use crate::text::plain;

/// How often the terminal is asked whether a line was typed.
const LOOK: Duration = Duration::from_millis(50);

/// The question, without the answers that there are.
pub fn question(session: &str, sent: &[String]) -> String {
    let more = if sent.len() > 1 { format!(" and {} more", sent.len() - 1) } else { String::new() };
    let first = sent.first().map_or("", String::as_str);
    format!("session `{session}` has to send `{first}`{more} again to go on from here: send?")
}

/// Asks and waits for a line; no where nobody sees the question or can answer. Can be dropped while it waits.
pub async fn by_line(progress: &Progress, session: &str, sent: &[String]) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    progress.aside(|| tell!("{} [y/N]", question(session, sent)));
    let answer = one_line().await;
    answer.is_some_and(|answer| ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Tells something and waits for Enter; `false` where nobody sees it or can answer. Can be dropped while it waits.
pub async fn enter(progress: &Progress, message: &str) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    show(progress, message);
    one_line().await.is_some()
}

/// Shows a message on a line of its own.
pub fn show(progress: &Progress, message: &str) {
    progress.pause();
    progress.aside(|| tell!("{}", plain(message)));
}

/// The next line that is typed. Dropped while it waits, it has read nothing: a terminal is readable once its line is whole.
async fn one_line() -> Option<String> {
    loop {
        let stdin = std::io::stdin();
        let mut asked = [PollFd::new(&stdin, PollFlags::IN)];
        if poll(&mut asked, Some(&Timespec::default())).ok()? > 0 {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.ok().filter(|bytes| *bytes > 0).map(|_| line)
}
