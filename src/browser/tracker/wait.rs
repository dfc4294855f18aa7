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
                let quiet_at = state.traffic.quiet_at(quiet, armed);
                quiet_at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
            };
            if wait.is_zero() {
                return Ok(());
            }
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

    /// Waits until a response from an address of `pattern` has ended, or brings no more.
    pub(in crate::browser) async fn seen_response(
        &self,
        pattern: &UrlPattern,
        deadline: Deadline,
    ) -> Result<SeenResponse, BrowserError> {
        self.state().traffic.responses.get_or_insert_default();
        let seen = tokio::time::timeout(deadline.left(), self.ended_response(pattern)).await;
        let seen = seen.unwrap_or_else(|_| {
            let state = self.state();
            let seen = state.traffic.responses.iter().flatten();
            let open = seen.clone().any(|response| pattern.matches(&response.url));
            let words = match (open, seen.count()) {
                (true, _) => "the response began and did not end".to_owned(),
                (false, 0) => "no response came".to_owned(),
                (false, n) => format!("{n} responses came, none from such an address"),
            };
            Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } })
        })?;
        match seen.failed {
            Some(reason) => Err(BrowserError::Navigation { url: seen.url, reason }),
            None => Ok(seen),
        }
    }

    /// The first response from such an address that ended, or that the page does not read on.
    async fn ended_response(&self, pattern: &UrlPattern) -> Result<SeenResponse, BrowserError> {
        loop {
            let mut changes = self.watch();
            let wait = {
                let state = self.state();
                state.usable()?;
                let seen = state.traffic.responses.iter().flatten();
                let matching: Vec<&SeenResponse> = seen.filter(|response| pattern.matches(&response.url)).collect();
                let now = Instant::now();
                if let Some(response) = matching.iter().find(|response| response.ends_at() <= now) {
                    return Ok((*response).clone());
                }
                let next = matching.iter().map(|response| response.ends_at()).min();
                next.map_or(Duration::MAX, |at| at.saturating_duration_since(now))
            };
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
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
    let urls: Vec<&String> = state.traffic.in_flight.values().map(|request| &request.url).collect();
    match urls.as_slice() {
        [] => "requests kept coming".to_owned(),
        [one] => format!("1 request in flight: `{one}`"),
        [first, ..] => format!("{} requests in flight, one of them `{first}`", urls.len()),
    }
}
