//! What the script named secret: left out of reports, progress and the pages that are kept for people to look at.

use std::borrow::Cow;

use super::run::{Run, lock};
use crate::crawl::Event;
use crate::diag::Diagnostic;
use crate::syntax::passwords;

impl Run {
    /// Takes note of a secret's name and value.
    pub fn note_secret(&self, name: &str, value: &str) {
        let mut secrets = lock(&self.secrets);
        if !secrets.iter().any(|(known, text)| known == name && text == value) {
            secrets.push((name.to_owned(), value.to_owned()));
            lock(&self.hidden).add(value);
        }
    }

    /// Leaves the passwords in a script's text out of whatever is logged or kept of the run.
    pub fn hide_passwords(&self, script: &str) {
        passwords(script).iter().for_each(|(_, password)| self.crawler.hide(password));
    }

    /// A text without the secrets in it.
    #[must_use]
    pub fn conceal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        lock(&self.hidden).hide_in(text)
    }

    /// An event without the secrets in it.
    #[must_use]
    pub fn conceal_event(&self, event: Event) -> Event {
        match event {
            Event::StepStarted { step, session, verb, what } => {
                Event::StepStarted { step, session, verb, what: self.conceal(&what).into_owned() }
            }
            Event::StepEnded { step, session, verb, what, url, elapsed, ok, reused, cost } => {
                let (what, url) = (self.conceal(&what).into_owned(), self.conceal(&url).into_owned());
                Event::StepEnded { step, session, verb, what, url, elapsed, ok, reused, cost }
            }
            Event::Warning { step, session, message } => {
                Event::Warning { step, session, message: self.conceal(&message).into_owned() }
            }
        }
    }

    /// A report without the secrets in it. The script's own text, which it shows, has none.
    pub fn conceal_report(&self, report: &mut Diagnostic) {
        let own = |text: &mut String| *text = self.conceal(text).into_owned();
        own(&mut report.message);
        report.help.iter_mut().for_each(own);
        report.notes.iter_mut().for_each(own);
        report.context.url.iter_mut().for_each(own);
    }
}
