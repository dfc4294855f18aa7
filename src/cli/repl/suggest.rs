//! `:pick` and `:infer`: from what is on the page to selectors and a schema.

use std::sync::Arc;
use std::time::Duration;

use super::look::selector;
use super::talk::Repl;
use crate::cli::infer::{others, proposals, sample};
use crate::cli::say::say;
use crate::crawl::{Clicked, Page};
use crate::page::{self, Document, Picked, frame_selector};
use crate::text::one_line;

/// How many selectors are told.
const MOST_PICKS: usize = 8;

/// What shows a text: in the page itself, else in the first of its frames that does, with selectors for the frames around.
fn find(page: &Page, text: &str) -> Option<(Vec<Option<String>>, Arc<Document>, Picked)> {
    let document = page.document();
    if let Some(picked) = page::pick(&document, text) {
        return Some((Vec::new(), document, picked));
    }
    page.frames().iter().enumerate().find_map(|(number, frame)| {
        let (mut frames, inner, picked) = find(frame, text)?;
        frames.insert(0, frame_selector(&document, number));
        Some((frames, inner, picked))
    })
}

/// Says how a script comes to what lies in frames.
fn tell_frames(frames: &[Option<String>]) {
    if frames.is_empty() {
        return;
    }
    let calls = frames.iter().rev().fold("…".to_owned(), |inner, frame| {
        let selector = frame.as_deref().unwrap_or("iframe");
        format!("frame({}, || {inner})", serde_json::json!(selector))
    });
    say!("in a frame: {calls}");
}

/// How long a click is waited for.
const CLICK_LIMIT: Duration = Duration::from_secs(120);

impl Repl {
    /// `:pick`.
    pub fn pick(&mut self, text: &str) {
        if text.is_empty() {
            return self.pick_by_click();
        }
        let Some(page) = self.page() else { return };
        let Some((frames, document, picked)) = find(&page, text.trim_matches('"')) else {
            say!("nothing on the page shows `{text}`");
            return;
        };
        tell_frames(&frames);
        self.tell_picked(&document, &picked);
        self.tell_age(&page);
    }

    /// Waits for a click in the browser's window.
    fn pick_by_click(&mut self) {
        let session = self.dialogue.session();
        if !self.headed(&session) {
            say!("`:pick TEXT` finds what shows a text; `:pick` alone takes a click in a browser's window: `--headed`");
            return;
        }
        let run = self.run();
        if self.glance(run.crawler.expect_click(&session)).is_none() {
            return;
        }
        say!("click an element in the browser's window · Escape there or Ctrl-C here calls it off");
        let Some(clicked) = self.glance(run.crawler.glance_at_click(&session, CLICK_LIMIT)) else {
            // A page that is gone waits for no click.
            let _ = run.runtime.block_on(run.crawler.end_click(&session));
            return;
        };
        match clicked {
            None => say!("called off"),
            Some(Clicked { frames, document, picked: Some(picked), sealed }) => {
                tell_frames(&frames);
                self.tell_picked(&document, &picked);
                if sealed {
                    say!(
                        "a click cannot be followed into a frame of another origin: `:pick TEXT` looks into all frames"
                    );
                }
            }
            Some(_) => say!("the element changed while it was clicked: try again"),
        }
    }

    fn tell_picked(&self, document: &Document, picked: &Picked) {
        say!("{}", one_line(&document.outer_html(picked.element), self.width.unwrap_or(120)));
        if picked.candidates > 1 {
            say!("the first of {} elements that show it", picked.candidates);
        }
        for pick in picked.picks.iter().take(MOST_PICKS) {
            let count = if pick.count == 1 { "1 match".to_owned() } else { format!("{} matches", pick.count) };
            say!("  {:<14} {count:>10}  {}", pick.stability.word(), pick.selector);
        }
    }

    /// `:infer`.
    pub fn infer(&mut self, css: &str) {
        let Some(seen) = self.page() else { return };
        let within = match css {
            "" => None,
            css => match selector(css) {
                Some(selector) => Some(selector),
                None => return,
            },
        };
        let document = seen.document();
        if let Some(selector) = within.as_ref().filter(|selector| document.select(selector).is_empty()) {
            say!("{}", page::explain(&document, &seen.frame_documents(), selector));
            return;
        }
        let found = proposals(self.dialogue.interpreter(), &document, within.as_ref());
        let Some(best) = found.first() else {
            say!(
                "nothing repeats here{}",
                if css.is_empty() { ": `:infer SEL` looks into a part of the page" } else { "" }
            );
            return;
        };
        say!("{}", best.text);
        say!("{}", sample(best, self.width));
        others(&found).iter().for_each(|line| say!("{line}"));
        self.tell_age(&seen);
    }
}
