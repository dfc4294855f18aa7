//! A step that the journal answers: nothing is done but what the script's closures did beside it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::journal::{Call, Entry, Finished, Outcome, Ticket};
use super::task::{Task, Yield};
use super::turn::{Passage, outcome};
use super::{CrawlError, Event, Page, StepCost, reading};
use crate::browser::Deadline;

impl Passage<'_> {
    /// Answers with what the entry has.
    pub(super) async fn reuse(&self, ticket: &Ticket, entry: &Arc<Entry>) -> Result<Yield, CrawlError> {
        let repeated = self.repeat(entry, true).await;
        self.answered(ticket, entry, (entry.outcome.clone(), entry.effects.clone()), Duration::ZERO);
        repeated?;
        self.may_read(ticket, entry)?;
        match &entry.outcome {
            Outcome::Page(page) => Ok(Yield::Page(Arc::clone(page))),
            Outcome::Value(value) => Ok(Yield::Value(value.clone())),
            Outcome::Failed(error) => Err(self.place_error(ticket, CrawlError::clone(error), Duration::ZERO)),
        }
    }

    /// Answers with the entry's page, read anew.
    pub(super) async fn reread(&self, ticket: &Ticket, entry: &Arc<Entry>) -> Result<Yield, CrawlError> {
        let (Task::Crawl(request), Some(base)) = (&self.task, &entry.base) else {
            return self.reuse(ticket, entry).await;
        };
        let repeated = self.repeat(entry, false).await;
        self.host.attend(&self.row.id, &self.task.closures(), false);
        let started = std::time::Instant::now();
        let result = reading::read(base, &request.reading, self.host, Deadline::after(request.timeout)).await.map_err(
            |mut error| {
                error.page.get_or_insert_with(|| Arc::clone(base));
                self.place_error(ticket, error, started.elapsed())
            },
        );
        let effects = with_reading(entry.effects.as_ref(), self.host.attended().did);
        self.answered(ticket, entry, (outcome(&result, Outcome::Page), effects), started.elapsed());
        repeated?;
        self.may_read(ticket, entry)?;
        let page = result?;
        for message in reading::warnings(base, &page) {
            let (step, session) = (Some(ticket.seq), Some(self.row.id.clone()));
            self.host.event(Event::Warning { step, session, message: message.clone() });
        }
        Ok(Yield::Page(page))
    }

    /// Refuses what another run, with other limits, read of a page that this one may not load.
    fn may_read(&self, ticket: &Ticket, entry: &Entry) -> Result<(), CrawlError> {
        let Some(page) = &entry.base else { return Ok(()) };
        let allowed = self.core.config.access.page(page.url());
        allowed.map_err(|denied| self.place_error(ticket, CrawlError { place: None, ..denied }, Duration::ZERO))
    }

    /// Does what the script's closures did in the entry's step, which do not run again.
    async fn repeat(&self, entry: &Entry, reading: bool) -> Result<(), CrawlError> {
        let Some(did) = &entry.effects else { return Ok(()) };
        self.host.repeat(&self.row.id, &self.task.closures(), did, reading).await
    }

    fn answered(
        &self,
        ticket: &Ticket,
        entry: &Arc<Entry>,
        (outcome, effects): (Outcome, Option<Value>),
        elapsed: Duration,
    ) {
        if let Some(page) = &entry.base {
            self.row.note_page(page.url(), page.title());
            if matches!(entry.call, Call::Recalled) {
                self.note_files(page);
            }
        }
        let ok = !matches!(outcome, Outcome::Failed(_));
        if ok {
            self.remember(entry.base.as_deref(), &entry.sent);
        }
        let finished = self.finished(self.task.call(entry.base.as_deref()), outcome, elapsed);
        let finished = Finished { effects, ..finished };
        let what = finished.what.clone();
        self.core.journal.record_reused(ticket, entry, finished);
        self.ended((ticket, what), elapsed, (ok, true), StepCost::default());
    }
}

impl Passage<'_> {
    /// Notes which files the step opened, and which its page names, of a run of another process.
    fn note_files(&self, page: &Page) {
        if let Task::Crawl(request) = &self.task
            && let Some(url) = &request.url
        {
            // That run was allowed to.
            let _ = self.core.named_files.refuse(url, &self.core.config.access, || self.host.own_texts());
        }
        self.core.named_files.note_page(page);
    }
}

/// What closures did in a step, with what computed fields did when its page was read again.
fn with_reading(before: Option<&Value>, now: Option<Value>) -> Option<Value> {
    let read = now.map(|mut now| now["read"].take()).unwrap_or_default();
    match before {
        None if read.is_null() => None,
        before => {
            let mut effects = before.cloned().unwrap_or_else(|| json!({}));
            effects["read"] = read;
            Some(effects)
        }
    }
}
