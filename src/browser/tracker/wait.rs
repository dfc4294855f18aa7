//! Waits for addresses, responses and a quiet network: events tell them all.

use std::time::{Duration, Instant};

use crate::browser::condition::LastSeen;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::tab::UrlPattern;

use super::state::State;
use super::traffic::SeenResponse;
use super::watched::Tracker;

impl<L> Tracker<L> {
    /// Waits until the main document's address satisfies `pattern`.
    pub(in crate::browser) async fn hold_url(
        &self,
        pattern: &UrlPattern,
        deadline: Deadline,
    ) -> Result<(), BrowserError> {
        self.watch_state(deadline, |state| pattern.matches(&state.document.url).then_some(())).await.map_err(|error| {
            let words = format!("the URL is `{}`", self.state().document.url);
            or_words(error, words)
        })
    }

    /// Waits until the network has been quiet for `quiet`.
    pub(in crate::browser) async fn quiet(&self, quiet: Duration, deadline: Deadline) -> Result<(), BrowserError> {
        let armed = Instant::now();
        loop {
            let mut changes = self.watch();
            let wait = {
                let state = self.state();
                state.usable()?;
                let since = state.traffic.last.map_or(armed, |last| last.max(armed));
                if state.traffic.in_flight.is_empty() {
                    quiet.checked_sub(since.elapsed())
                } else {
                    Some(Duration::MAX)
                }
            };
            let Some(wait) = wait.filter(|wait| !wait.is_zero()) else { return Ok(()) };
            if deadline.passed() {
                let words = busy(&self.state());
                return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait.min(deadline.left())) => {}
            }
        }
    }

    /// Waits until a response from an address of `pattern` has come whole.
    pub(in crate::browser) async fn seen_response(
        &self,
        pattern: &UrlPattern,
        deadline: Deadline,
    ) -> Result<SeenResponse, BrowserError> {
        self.state().traffic.responses.get_or_insert_default();
        let find = |state: &mut State<L>| {
            let seen = state.traffic.responses.iter().flatten();
            seen.filter(|response| pattern.matches(&response.url)).find(|response| response.finished).cloned()
        };
        let seen = self.watch_state(deadline, find).await.map_err(|error| {
            let state = self.state();
            let seen = state.traffic.responses.iter().flatten();
            let open = seen.clone().any(|response| pattern.matches(&response.url));
            let words = match (open, seen.count()) {
                (true, _) => "the response began and did not end".to_owned(),
                (false, 0) => "no response came".to_owned(),
                (false, n) => format!("{n} responses came, none from such an address"),
            };
            or_words(error, words)
        })?;
        match seen.failed {
            Some(reason) => Err(BrowserError::Navigation { url: seen.url, reason }),
            None => Ok(seen),
        }
    }

    /// Waits for something in the tab's state, by the deadline.
    async fn watch_state<T>(
        &self,
        deadline: Deadline,
        mut look: impl FnMut(&mut State<L>) -> Option<T>,
    ) -> Result<T, BrowserError> {
        let looking = self.wait_for(|state| match state.usable() {
            Err(error) => Some(Err(error)),
            Ok(()) => look(state).map(Ok),
        });
        tokio::time::timeout(deadline.left(), looking)
            .await
            .unwrap_or_else(|_| Err(BrowserError::WaitTimeout { last: LastSeen::default() }))
    }
}

fn or_words(error: BrowserError, words: String) -> BrowserError {
    match error {
        BrowserError::WaitTimeout { last } => BrowserError::WaitTimeout { last: LastSeen { words, ..last } },
        other => other,
    }
}

fn busy<L>(state: &State<L>) -> String {
    let urls: Vec<&String> = state.traffic.in_flight.values().map(|(url, _)| url).collect();
    match urls.as_slice() {
        [] => "requests kept coming".to_owned(),
        [one] => format!("1 request in flight: `{one}`"),
        [first, ..] => format!("{} requests in flight, one of them `{first}`", urls.len()),
    }
}
