//! What was said, taken back: the last piece, or the last one that failed on its way, and with it where the page stands.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rhai::Scope;

use super::Dialogue;
use crate::crawl::Omitted;
use crate::script::interpreter::Failure;

/// Something that failed and took steps before: no part of the history, but what came after it began where it led.
pub(super) struct Mishap {
    /// Its number.
    id: u64,
    text: String,
    /// It is a statement of the script that was opened.
    of_script: bool,
    /// How many pieces came before it.
    after: usize,
    /// Steps of it went well.
    acted: bool,
    /// The numbers of its steps in this run; `None` once they stand aside.
    steps: Option<RangeInclusive<u64>>,
}

impl Mishap {
    fn omitted(&self, stays: bool) -> Option<Omitted> {
        Some(Omitted { steps: self.steps.clone()?, aside: (stays && self.acted).then_some(self.id) })
    }
}

impl Dialogue {
    /// Keeps in mind what failed, where it took steps.
    pub(super) fn note_mishap(&mut self, text: &str, steps: RangeInclusive<u64>) {
        let all = self.interpreter.run().crawler.steps();
        let mut own = all.iter().filter(|step| steps.contains(&step.seq)).peekable();
        if own.peek().is_none() {
            return;
        }
        let acted = own.any(|step| step.error.is_none());
        let (id, after) = (self.next_mishap, self.pieces.len());
        self.next_mishap += 1;
        let (text, of_script) = (text.trim().to_owned(), self.opened.is_none() && self.seen.is_some());
        self.mishaps.push(Mishap { id, text, of_script, after, acted, steps: Some(steps) });
    }

    /// Takes back what was said last: a piece, what a piece did before it failed, or, where nothing was said, the last
    /// statement of the script that was opened. The rest runs again against the journal, which answers for every step.
    /// Returns what was taken back.
    pub fn undo(&mut self) -> Result<Option<String>, Failure> {
        let mut pieces = std::mem::take(&mut self.pieces);
        let mut opened = self.opened.take();
        // What only looked at something changed nothing that could be taken back.
        while pieces.last().is_some_and(|piece| piece.looked) {
            pieces.pop();
        }
        let mishap = self.mishaps.pop_if(|last| last.acted && last.after >= pieces.len());
        let taken = match (&mishap, opened.as_mut()) {
            (Some(mishap), _) => Some(mishap.text.clone()),
            (None, opened) => {
                pieces.pop().map(|piece| piece.text).or_else(|| opened.and_then(super::Opened::take_back))
            }
        };
        if let Some(opened) = opened.as_mut().filter(|_| mishap.as_ref().is_some_and(|mishap| mishap.of_script)) {
            opened.shows = false;
        }
        let session = self.session();
        if taken.is_none() {
            self.opened = opened;
            return Ok(None);
        }
        self.leave_out(mishap);
        self.interpreter.begin_again();
        self.scope = Scope::new();
        self.definitions = None;
        self.begin();
        if let Some(opened) = opened {
            self.open_once_more(opened)?;
        }
        for piece in pieces {
            self.enter(&piece.session);
            self.say(&piece.name, &piece.text)?;
        }
        self.enter(&session);
        Ok(taken)
    }

    /// Ends the dialogue where the run goes on without it: what failed in it is no part of that.
    pub fn leave(&self) {
        self.mishaps.iter().for_each(|mishap| self.interpreter.run().crawler.forget_asides(mishap.id));
    }

    /// Takes the steps of what failed out of the history, so that what came after them is answered all the same. Those
    /// that went well stay aside, since what came after them began there; of what is taken back nothing stays.
    fn leave_out(&mut self, taken: Option<Mishap>) {
        let crawler = Arc::clone(&self.interpreter.run().crawler);
        if let Some(Mishap { id, steps: None, .. }) = &taken {
            crawler.forget_asides(*id);
        }
        let gone = taken.and_then(|mishap| mishap.omitted(false));
        let aside = self.mishaps.iter().filter_map(|mishap| mishap.omitted(true));
        crawler.omit_steps(&gone.into_iter().chain(aside).collect::<Vec<_>>());
        self.mishaps.retain(|mishap| mishap.acted);
        self.mishaps.iter_mut().for_each(|mishap| mishap.steps = None);
    }
}
