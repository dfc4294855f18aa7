//! Looking at the last page: reading never touches the browser.

use std::sync::Arc;

use super::talk::Repl;
use crate::cli::say::say;
use crate::crawl::{Page, Verb};
use crate::page::{Document, ElementId, Selector, SelectorError, Target, explain};
use crate::repl::text;
use crate::script::Shown;
use crate::syntax::JsProgram;
use crate::text::one_line;

/// How many matches are shown.
const SAMPLES: usize = 5;

impl Repl {
    /// `:page`.
    pub fn look_at_page(&mut self) {
        if let Some(page) = self.page() {
            self.show(&Shown::Page(Arc::clone(&page)));
            self.tell_age(&page);
        }
    }

    /// `:html`.
    pub fn html(&mut self, css: &str) {
        self.read(css, |page| page.html(), |document, id| document.outer_html(id));
    }

    /// `:text`.
    pub fn text(&mut self, css: &str) {
        self.read(css, |page| page.document().text_all(), |document, id| document.text_lines(id));
    }

    fn read(&self, css: &str, whole: impl Fn(&Page) -> String, of: impl Fn(&Document, ElementId) -> String) {
        let Some(page) = self.page() else { return };
        if css.is_empty() {
            say!("{}", text(&whole(&page), self.width));
            return;
        }
        let Some((target, found)) = meant(&page, css) else { return };
        let document = page.document();
        match found.as_slice() {
            [] => tell_absence(&page, &target),
            [first, rest @ ..] => {
                say!("{}", text(&of(&document, *first), self.width));
                if !rest.is_empty() {
                    say!("… the first of {} matches", rest.len() + 1);
                }
            }
        }
    }

    /// `:links`.
    pub fn links(&mut self) {
        let Some(page) = self.page() else { return };
        let links = page.document().links();
        let rows = links.iter().map(|link| vec![link.text.clone(), link.href.clone()]).collect();
        self.show(&Shown::Records { columns: vec!["text".to_owned(), "href".to_owned()], rows });
    }

    /// `:select`.
    pub fn select(&mut self, css: &str) {
        let Some(page) = self.page() else { return };
        let Some((target, found)) = meant(&page, css) else { return };
        let document = page.document();
        say!("{} {}", found.len(), if found.len() == 1 { "match" } else { "matches" });
        if found.is_empty() {
            tell_absence(&page, &target);
        }
        let wide = self.width.unwrap_or(120);
        for id in found.iter().take(SAMPLES) {
            say!("  {}", one_line(&document.outer_html(*id), wide.saturating_sub(2)));
        }
        self.tell_age(&page);
        if let Some(css) = target.css() {
            self.outline_in_window(&page.session, css);
        }
    }

    /// `:explain`.
    pub fn explain(&mut self, css: &str) {
        let (Some(page), Some(selector)) = (self.page(), selector(css)) else { return };
        say!("{}", explain(&page.document(), &page.frame_documents(), &selector));
        self.tell_age(&page);
    }

    /// Says so when something was done to the page since it was captured.
    pub fn tell_age(&self, page: &Page) {
        let steps = self.run().crawler.steps();
        let later = steps.iter().filter(|step| step.session == page.session && step.seq > page.step);
        let acts = later.filter(|step| !matches!(step.verb, Verb::Cookies | Verb::Screenshot)).count();
        if acts > 0 {
            let words = if acts == 1 { "a step was" } else { "steps were" };
            say!("as captured by step {}; {words} taken since: `crawl()` captures the page anew", page.step);
        }
    }

    /// Whether the session's browser has a window.
    pub fn headed(&self, session: &str) -> bool {
        self.run().crawler.session_options(session).is_some_and(|options| !options.launch.headless)
    }

    /// Outlines matches in the browser's window, where there is one.
    fn outline_in_window(&self, session: &str, css: &str) {
        let run = self.run();
        if self.headed(session)
            && let Ok(js) = JsProgram::parse(&super::shot::outlining(css))
        {
            // A page that is gone cannot be marked; the matches are told all the same.
            let mark = async { Ok(run.crawler.glance_by_js(session, &js).await.ok()) };
            let _ = self.glance(mark);
        }
    }
}

/// A target with what it means on a page; says what is wrong with one that is none.
fn meant(page: &Page, text: &str) -> Option<(Target, Vec<ElementId>)> {
    let target = Target::parse(text).map_err(tell_fault).ok()?;
    let found = match target.css() {
        Some(css) => page.document().select(&selector(css)?),
        None => match page.document().aimed(&target) {
            Some(found) => found,
            None => {
                say!("`{target}` can be answered only by the live page");
                return None;
            }
        },
    };
    Some((target, found))
}

/// Says why a target means nothing on a page.
fn tell_absence(page: &Page, target: &Target) {
    match target.css().and_then(|css| Selector::parse(css).ok()) {
        Some(selector) => say!("{}", explain(&page.document(), &page.frame_documents(), &selector)),
        None => say!("nothing on the page is `{target}`"),
    }
}

fn tell_fault(error: SelectorError) {
    say!("{error}{}", error.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default());
}

/// The selector of a command; says what is wrong with one that is none.
pub(super) fn selector(css: &str) -> Option<Selector> {
    Selector::parse(css).map_err(tell_fault).ok()
}
