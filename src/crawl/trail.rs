//! The way to where a session's page stands: the address of its document and the acts on it, to be gone once more after
//! the page was left to bring something about.

use std::time::Duration;

use super::CrawlRequest;
use super::task::Task;
use crate::browser::{Landing, Tab};

/// A document on which more was done than this is not brought back.
const MOST: usize = 200;

/// What was done since the document began.
#[derive(Default)]
pub(super) struct Trail {
    tasks: Vec<Task>,
    /// What was sent on the way, by methods that may change something on a server.
    sent: Vec<String>,
    document: Option<Document>,
    too_long: bool,
}

/// What tells one document from the next: `pushState` changes none of it.
#[derive(Clone, PartialEq, Eq)]
struct Document {
    requested: String,
    response_time: Option<Duration>,
}

impl Document {
    fn of(landing: &Landing) -> Self {
        Self { requested: landing.requested_url.clone(), response_time: landing.response_time }
    }
}

impl Trail {
    /// Begins at the page as it stands: the way to it is its address.
    pub fn begin(&mut self, tab: Option<&dyn Tab>, timeout: Duration) {
        *self = Self::default();
        let Some(landing) = tab.and_then(Tab::landing) else { return };
        self.tasks.push(to(&landing.url, timeout));
        self.document = Some(Document::of(&landing));
    }

    /// Goes on by a step that went well, with what it sent.
    pub fn note(&mut self, task: Task, sent: &[String], tab: Option<&dyn Tab>, timeout: Duration) {
        let landing = tab.and_then(Tab::landing);
        let document = landing.as_ref().map(Document::of);
        let new = document != self.document;
        if new {
            *self = Self { document, ..Self::default() };
        }
        let answer_to_sent = |landing: &Landing| {
            landing.redirects.is_empty() && sent.iter().any(|request| request.ends_with(&format!(" {}", landing.url)))
        };
        match landing.filter(|landing| new && !goes_there(&task) && !answer_to_sent(landing)) {
            // An act led to another document, which has an address of its own.
            Some(landing) => self.tasks.push(to(&landing.url, timeout)),
            None if self.tasks.len() < MOST => {
                self.tasks.push(task);
                self.sent.extend_from_slice(sent);
            }
            None => self.too_long = true,
        }
    }

    /// The tasks that lead back; what would have to be sent again, or another reason, where that is not to be done.
    pub fn back(&self) -> Result<Vec<Task>, Vec<String>> {
        if self.too_long {
            return Err(vec![format!("more than {MOST} steps were taken on the page")]);
        }
        if !self.sent.is_empty() {
            return Err(self.sent.iter().map(|request| format!("it would send `{request}`")).collect());
        }
        Ok(self.tasks.clone())
    }
}

/// Whether the task begins with a navigation of its own.
pub(super) fn goes_there(task: &Task) -> bool {
    matches!(task, Task::Crawl(request) if request.url.is_some() && !request.js_only)
}

fn to(url: &str, timeout: Duration) -> Task {
    Task::Crawl(CrawlRequest { url: Some(url.to_owned()), timeout, ..CrawlRequest::default() })
}
