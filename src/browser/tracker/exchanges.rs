//! The requests of a step, kept where it asks for them.

use std::time::Instant;

use crate::browser::exchange::Exchange;

/// So many are kept at most: a page that asks for ever does not fill the memory.
pub const MOST_EXCHANGES: usize = 10_000;

/// The requests since the beginning of a step, in order.
#[derive(Debug)]
pub(in crate::browser) struct Exchanges {
    since: Instant,
    all: Vec<(String, Exchange)>,
}

impl Exchanges {
    /// None yet.
    pub(in crate::browser) fn begin() -> Self {
        Self { since: Instant::now(), all: Vec::new() }
    }

    /// A request goes out under that id, again after each redirect.
    pub(in crate::browser) fn sent(&mut self, id: &str, exchange: Exchange) {
        if self.all.len() < MOST_EXCHANGES {
            let begun = self.now();
            self.all.push((id.to_owned(), Exchange { begun, ..exchange }));
        }
    }

    /// Something came of the last request under that id.
    pub(in crate::browser) fn heard(&mut self, id: &str, note: impl FnOnce(&mut Exchange)) {
        if let Some((_, exchange)) = self.all.iter_mut().rfind(|(known, _)| known == id) {
            note(exchange);
        }
    }

    /// The last request under that id is over.
    pub(in crate::browser) fn ended(&mut self, id: &str, failed: Option<&str>) {
        let now = self.now();
        self.heard(id, |exchange| {
            exchange.took.get_or_insert(tenths(now - exchange.begun));
            exchange.failed = exchange.failed.take().or_else(|| failed.map(str::to_owned));
        });
    }

    /// What is known so far.
    pub(in crate::browser) fn list(&self) -> Vec<Exchange> {
        self.all.iter().map(|(_, exchange)| exchange.clone()).collect()
    }

    fn now(&self) -> f64 {
        tenths(self.since.elapsed().as_secs_f64() * 1000.0)
    }
}

fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}
