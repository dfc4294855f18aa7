//! Whether data may be sent to a site again: allowed on the command line, asked on a terminal, else refused.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What is done when a session can only be rebuilt by sending data again.
pub enum Consent {
    /// It is sent (`--replay-unsafe`).
    Given,
    /// The person at the terminal is asked.
    Asked(Mutex<Answers>),
    /// The person at the terminal is asked, and nothing but the answer is read: other lines belong to the dialogue.
    AskedBetween,
    /// It is not sent.
    Refused,
}

impl Consent {
    /// `given` on the command line, else asked where somebody can answer.
    pub fn new(given: bool) -> Self {
        match given {
            true => Self::Given,
            false if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => {
                Self::Asked(Mutex::new(Answers::default()))
            }
            false => Self::Refused,
        }
    }

    /// For a dialogue, which reads the terminal itself: `given` on the command line, else asked where somebody types.
    pub fn between(given: bool) -> Self {
        match given {
            true => Self::Given,
            false if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => Self::AskedBetween,
            false => Self::Refused,
        }
    }

    /// Whether these requests of a session may be sent again. Can be dropped while it waits for an answer.
    pub async fn to_send_again(&self, session: &str, sent: &[String], show: impl Fn(&str)) -> bool {
        if matches!(self, Self::Given | Self::Refused) {
            return matches!(self, Self::Given);
        }
        let more = if sent.len() > 1 { format!(" and {} more", sent.len() - 1) } else { String::new() };
        let first = sent.first().map_or("", String::as_str);
        let question = format!("session `{session}` has to send `{first}`{more} again to go on from here: send? [y/N]");
        let answer = match self {
            Self::Asked(answers) => {
                let mut answers = answers.lock().await;
                show(&question);
                answers.next().await
            }
            _ => {
                show(&question);
                one_line().await
            }
        };
        answer.is_some_and(|answer| ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }
}

/// How often the terminal is asked whether a line was typed.
const LOOK: Duration = Duration::from_millis(50);

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

/// Lines typed on the terminal, read by a thread of their own from the first question on.
#[derive(Default)]
pub struct Answers(Option<UnboundedReceiver<String>>);

impl Answers {
    /// The next line that is typed from now on; `None` at the end of the input.
    async fn next(&mut self) -> Option<String> {
        let lines = self.0.get_or_insert_with(|| {
            let (sender, lines) = unbounded_channel();
            std::thread::spawn(move || {
                for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
            lines
        });
        // What was typed before the question is no answer to it.
        while lines.try_recv().is_ok() {}
        lines.recv().await
    }
}
