//! Answers one session's requests from the recording, and says what is wrong with those that have no answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Vault;
use super::replay::{Shared, lock};
use super::track::Found;
use crate::browser::{Answers, Asked, Came, Exchanged};
use crate::crawl::CrawlError;

/// So many requests without an answer are named.
const NAMED: usize = 5;

/// A session's answers.
pub(super) struct SessionAnswers {
    session: String,
    shared: Arc<Shared>,
}

/// What is wrong with a session's requests.
#[derive(Default)]
pub(super) struct Troubles {
    first: Option<CrawlError>,
    more: Vec<String>,
}

impl SessionAnswers {
    /// The answers for a session.
    pub fn new(session: &str, shared: &Arc<Shared>) -> Self {
        Self { session: session.to_owned(), shared: Arc::clone(shared) }
    }
}

impl Answers for SessionAnswers {
    fn answer(&self, asked: &Asked) -> Option<Came> {
        let track = self.shared.track.get()?;
        let (asked, request) = {
            let vault = lock(&self.shared.vault);
            (reveal_asked(&vault, asked.clone()), vault.hide(&format!("{} {}", asked.method, asked.url)).into_owned())
        };
        match track.find(&self.session, &asked) {
            Found::Answer { came, note } => {
                if let Some(note) = note {
                    self.shared.note(format!("{request}: {note}"));
                }
                if lacks_body(&asked.method, came) && matches!(asked.kind.as_str(), "fetch" | "xhr") {
                    self.shared
                        .note(format!("{request}: nobody read its answer, so that it is recorded without a body"));
                } else if lacks_body(&asked.method, came) {
                    self.shared.trouble(&self.session, no_body(&request));
                    return None;
                }
                Some(came.clone())
            }
            // Nobody waits for what comes of these.
            Found::Nothing(_) if matches!(asked.kind.as_str(), "ping" | "cspviolationreport") => {
                self.shared.note(format!("{request}: it is not in the recording, and nobody waits for its answer"));
                None
            }
            Found::Nothing(nearest) => {
                let vault = lock(&self.shared.vault);
                let nearest = nearest.iter().map(|words| vault.hide(words).into_owned()).collect();
                let tests = self.shared.tests.load(Ordering::Relaxed);
                self.shared.trouble(&self.session, unmatched(&request, nearest, tests));
                None
            }
        }
    }
}

/// An exchange with the secrets that are known.
pub(super) fn reveal(vault: &Vault, exchanged: Exchanged) -> Exchanged {
    let came = match exchanged.came {
        Came::Response { status, status_text, headers, body, whole } => Came::Response {
            status,
            status_text,
            headers: reveal_pairs(vault, headers),
            body: body.map(|body| vault.reveal_body(body)),
            whole,
        },
        failed @ Came::Failed(_) => failed,
    };
    Exchanged { asked: reveal_asked(vault, exchanged.asked), came, ..exchanged }
}

/// A request in the form in which both sides are compared.
fn reveal_asked(vault: &Vault, asked: Asked) -> Asked {
    Asked {
        url: vault.reveal(&asked.url).into_owned(),
        headers: reveal_pairs(vault, asked.headers),
        body: asked.body.map(|body| vault.reveal_body(body)),
        ..asked
    }
}

fn reveal_pairs(vault: &Vault, pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name, vault.reveal(&value).into_owned())).collect()
}

impl Troubles {
    /// Adds one.
    pub fn add(&mut self, error: CrawlError) {
        match &self.first {
            None => self.first = Some(error),
            Some(first) if first.message == error.message || self.more.contains(&error.message) => {}
            Some(_) => self.more.push(error.message),
        }
    }

    /// All of them as one error.
    pub fn into_error(self) -> CrawlError {
        let Self { first, more } = self;
        let mut error = first.unwrap_or_else(|| unmatched("a request", Vec::new(), false));
        error.notes.extend(more.iter().take(NAMED).map(|more| format!("also: {more}")));
        if more.len() > NAMED {
            error.notes.push(format!("and {} more", more.len() - NAMED));
        }
        error
    }
}

/// A request without an answer; `tests`: the script runs with its tests, which `crawl run` does not record.
fn unmatched(request: &str, nearest: Vec<String>, tests: bool) -> CrawlError {
    let help = if tests {
        "delete the recording, and `crawl test --record` makes it again with what tests ask for, or look at the site itself \
         with `crawl test --live`"
    } else {
        "record again with `crawl run --record`, or look at the site itself with `crawl test --live`"
    };
    let mut error =
        CrawlError::new("crawl::replay::unmatched", format!("`{request}` is not in the recording")).help(help);
    error.notes = nearest;
    error
}

fn no_body(request: &str) -> CrawlError {
    CrawlError::new("crawl::replay::no_body", format!("the recording has no body of the answer to `{request}`"))
        .help("a body that the browser does not give away, such as that of a download, is not recorded")
}

/// Whether a response has no body although one belongs to it.
fn lacks_body(method: &str, came: &Came) -> bool {
    match came {
        Came::Response { status, body: None, .. } => {
            method != "HEAD" && !matches!(status, 100..=199 | 204 | 205 | 300..=399)
        }
        _ => false,
    }
}
