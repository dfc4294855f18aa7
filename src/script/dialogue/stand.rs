//! A dialogue that stands where the last run of a script ended: the journal answers for all its steps, nothing runs.

use std::sync::Arc;

use super::Dialogue;
use super::opened::{Opened, Stand, Until};
use crate::crawl::Beyond;
use crate::script::interpreter::{Failure, Interpreter};
use crate::script::locals::Locals;
use crate::script::run::{Place, Run};
use crate::text::Source;

impl Dialogue {
    /// Stands where the last run of a script ended: before the statement that failed, with the variables of the place
    /// where it did, those of functions, closures and loops included; after one that went well, at the end. The script is
    /// evaluated again, and every step answered as in that run; what a session's page shows is left as it is. Steps that
    /// are taken from here on and belong to no session block belong to `session`.
    #[must_use]
    pub fn where_it_ended(run: Arc<Run>, source: Source, session: &str) -> (Self, Stand) {
        let crawler = Arc::clone(&run.crawler);
        let locals = Arc::new(Locals::after(crawler.begun()));
        let mut dialogue = Self::within(Interpreter::showing(run, &locals), session);
        dialogue.seen = Some(locals);
        dialogue.interpreter.begin_again();
        dialogue.stand_alone();
        // How it failed is known.
        let failed = dialogue.open(source, Until::Failure).is_err();
        if let Some(opened) = &mut dialogue.opened {
            opened.shows = failed;
        }
        dialogue.go_on(true);
        let stand = dialogue.stand();
        (dialogue, stand)
    }

    /// Opens a script as it was opened.
    pub(super) fn open_once_more(&mut self, opened: Opened) -> Result<(), Failure> {
        if self.seen.is_none() {
            return self.open_again(opened).map(drop);
        }
        self.stand_alone();
        let result = self.open_again(opened);
        self.go_on(false);
        result.map(drop)
    }

    /// As a script does: outside session blocks every step has an identity of its own.
    fn stand_alone(&self) {
        self.interpreter.run().set_place(Place::default());
        self.interpreter.run().crawler.answer_alone(Beyond::Ends);
    }

    fn go_on(&mut self, as_is: bool) {
        self.interpreter.run().crawler.go_on(as_is);
        let shows = self.opened.as_ref().is_some_and(|opened| opened.shows);
        if let Some(locals) = self.seen.as_ref().filter(|_| shows) {
            locals.put_into(&mut self.scope);
        }
        if self.interpreter.run().session().is_none() {
            self.begin();
        }
    }
}
