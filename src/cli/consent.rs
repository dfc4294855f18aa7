//! Whether data may be sent to a site again: allowed on the command line, asked on a terminal, else refused.

use std::io::{BufRead, IsTerminal};

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What is done when a session can only be rebuilt by sending data again.
pub enum Consent {
    /// It is sent (`--replay-unsafe`).
    Given,
    /// The person at the terminal is asked.
    Asked(Mutex<Answers>),
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

    /// Whether these requests of a session may be sent again. Can be dropped while it waits for an answer.
    pub async fn to_send_again(&self, session: &str, sent: &[String], show: impl Fn(&str)) -> bool {
        let answers = match self {
            Self::Given => return true,
            Self::Refused => return false,
            Self::Asked(answers) => answers,
        };
        let mut answers = answers.lock().await;
        let more = if sent.len() > 1 { format!(" and {} more", sent.len() - 1) } else { String::new() };
        let first = sent.first().map_or("", String::as_str);
        show(&format!("session `{session}` has to send `{first}`{more} again to go on from here: send? [y/N]"));
        let answer = answers.next().await;
        answer.is_some_and(|answer| ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }
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
