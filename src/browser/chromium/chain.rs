//! The requests that share an id, each the redirect of the one before, with the headers that came beside them.

use std::collections::VecDeque;

/// Headers in lower case.
type Headers = Vec<(String, String)>;

/// More of a response is not kept while it goes on.
const MOST_STREAMED: usize = 10 * 1024 * 1024;

/// One id's requests. Headers as sent and as received are told apart from the rest, before or after it, in the order of
/// the requests; a request that no server saw has none.
#[derive(Default)]
pub(super) struct Chain {
    /// For each request whether such headers come; `None`: not known yet.
    expects: Vec<Option<bool>>,
    asked: Side,
    answered: Side,
    /// What came so far of a response that may have no end.
    streamed: Vec<u8>,
    /// A part of it is not among what came.
    gap: bool,
    /// It is an event stream, told event by event.
    events: bool,
}

/// Headers of one direction that are not given out yet.
#[derive(Default)]
struct Side {
    waiting: VecDeque<(u16, Headers)>,
    given: usize,
}

impl Side {
    /// What the next requests get: their number with their headers.
    fn give(&mut self, expects: &[Option<bool>], ended: bool) -> Vec<(usize, u16, Headers)> {
        let mut given = Vec::new();
        while let Some(expected) = expects.get(self.given) {
            match expected {
                Some(false) => {}
                None if !(ended && self.given + 1 == expects.len()) => break,
                _ => {
                    let Some((status, headers)) = self.waiting.pop_front() else { break };
                    given.push((self.given, status, headers));
                }
            }
            self.given += 1;
        }
        given
    }
}

impl Chain {
    /// Another request begins; its number.
    pub(super) fn begin(&mut self) -> usize {
        self.expects.push(None);
        self.expects.len() - 1
    }

    /// The number of the last request; `None` before there is one.
    pub(super) fn last(&self) -> Option<usize> {
        self.expects.len().checked_sub(1)
    }

    /// Whether headers of the last request's come apart.
    pub(super) fn expect(&mut self, extra: bool) {
        if let Some(last) = self.expects.last_mut() {
            *last = Some(extra);
        }
    }

    /// Headers as sent came.
    pub(super) fn sent_extra(&mut self, headers: Headers) {
        self.asked.waiting.push_back((0, headers));
    }

    /// Headers as received came.
    pub(super) fn received_extra(&mut self, status: u16, headers: Headers) {
        self.answered.waiting.push_back((status, headers));
    }

    /// Headers as sent whose request is known by now. `ended`: the last request will get no answer.
    pub(super) fn give_asked(&mut self, ended: bool) -> Vec<(usize, u16, Headers)> {
        self.asked.give(&self.expects, ended)
    }

    /// Headers as received whose request is known by now.
    pub(super) fn give_answered(&mut self) -> Vec<(usize, u16, Headers)> {
        self.answered.give(&self.expects, false)
    }

    /// A piece of a response came; `None`: it came, and is not to be had.
    pub(super) fn stream(&mut self, piece: Option<&[u8]>) {
        match piece {
            Some(piece) if self.streamed.len() + piece.len() <= MOST_STREAMED => self.streamed.extend_from_slice(piece),
            _ => self.gap = true,
        }
    }

    /// Another event of a stream came, as a server writes it.
    pub(super) fn event(&mut self, text: &str) {
        self.events = true;
        if self.streamed.len() + text.len() <= MOST_STREAMED {
            self.streamed.extend_from_slice(text.as_bytes());
        }
    }

    /// What came before the first piece.
    pub(super) fn stream_began(&mut self, before: Vec<u8>) {
        if !before.is_empty() {
            self.gap = false;
            self.streamed.splice(0..0, before);
        }
    }

    /// What came so far, where nothing of it is missing.
    pub(super) fn streamed(&self) -> Option<Vec<u8>> {
        ((self.events || !self.gap) && !self.streamed.is_empty()).then(|| self.streamed.clone())
    }
}
