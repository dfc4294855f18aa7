//! `:pick` and `:infer`: from what is on the page to selectors and a schema.

use super::look::selector;
use super::talk::Repl;
use crate::cli::infer::{others, proposals, sample};
use crate::cli::say::say;
use crate::page;
use crate::repl::cut;

/// How many selectors are told.
const MOST_PICKS: usize = 8;

impl Repl {
    /// `:pick`.
    pub fn pick(&mut self, text: &str) {
        let Some(page) = self.page() else { return };
        let document = page.document();
        let Some(picked) = page::pick(&document, text.trim_matches('"')) else {
            say!("nothing on the page shows `{text}`");
            return;
        };
        let html = document.outer_html(picked.element).split_whitespace().collect::<Vec<_>>().join(" ");
        say!("{}", cut(&html, self.width.unwrap_or(120)));
        if picked.candidates > 1 {
            say!("the first of {} elements that show it", picked.candidates);
        }
        for pick in picked.picks.iter().take(MOST_PICKS) {
            let count = if pick.count == 1 { "1 match".to_owned() } else { format!("{} matches", pick.count) };
            say!("  {:<14} {count:>10}  {}", pick.stability.word(), pick.selector);
        }
        self.tell_age(&page);
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
