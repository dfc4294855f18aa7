//! Whether data may be sent to a site again: allowed on the command line, asked on a terminal, else refused.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::consent::{by_line, question};
use super::super::progress::Progress;
use super::keyboard::Keyboard;

/// What is done when something can only go on by sending data again.
pub enum Consent {
    /// It is sent (`--replay-unsafe`).
    Given,
    /// The person at the terminal is asked, until all is allowed.
    Asked(Arc<Keyboard>, AtomicBool),
    /// It is not sent.
    Refused,
}

impl Consent {
    /// `given` on the command line, else asked where somebody sees the question and can answer.
    pub fn new(given: bool, keyboard: Option<&Arc<Keyboard>>) -> Self {
        match keyboard.filter(|_| std::io::stderr().is_terminal()) {
            _ if given => Self::Given,
            Some(keyboard) => Self::Asked(Arc::clone(keyboard), AtomicBool::new(false)),
            None => Self::Refused,
        }
    }

    /// Whether these requests of a session may be sent again. Can be dropped while it waits for an answer.
    pub async fn to_send_again(&self, session: &str, sent: &[String], show: impl Fn(&str)) -> bool {
        let (keyboard, always) = match self {
            Self::Given => return true,
            Self::Refused => return false,
            Self::Asked(keyboard, always) => (keyboard, always),
        };
        let mut answers = keyboard.answers().await;
        if always.load(Ordering::SeqCst) {
            return true;
        }
        show(&format!("{} [y/N, a: always]", question(session, sent)));
        match answers.next().await {
            Some('y' | 'Y') => true,
            Some('a' | 'A') => {
                always.store(true, Ordering::SeqCst);
                true
            }
            _ => false,
        }
    }
    /// The same while a prompt is open, which has the keys: asked and answered by line.
    pub async fn at_prompt(&self, session: &str, sent: &[String], progress: &Progress) -> bool {
        match self {
            Self::Given => true,
            Self::Refused => false,
            Self::Asked(_, always) => always.load(Ordering::SeqCst) || by_line(progress, session, sent).await,
        }
    }
}
