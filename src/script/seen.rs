//! The pages that a run's steps captured, tied to the calls in the script's text: what editors are shown.

use super::run::Run;
use crate::crawl::Outcome;
use crate::store::SeenStep;

/// The last page of every call of the main script that led to one, in the order of the text. Calls of modules are not
/// among them.
#[must_use]
pub fn seen_steps(run: &Run) -> Vec<SeenStep> {
    let Some(script) = run.sources.find(None) else { return Vec::new() };
    let mut seen: Vec<SeenStep> = Vec::new();
    for step in run.crawler.steps() {
        let page = match step.outcome {
            Some(Outcome::Page(page)) => Some(page),
            // A selector that matches nothing is what people want to see the page for.
            _ => step.base,
        };
        let (Some(call), Some(page)) = (step.text, page) else { continue };
        let Some(at) = script.source.text().find(&call) else { continue };
        let line = script.source.line_column(at).line;
        let now = SeenStep { call, line, url: page.url().to_owned(), html: run.conceal(&page.html()).into_owned() };
        match seen.iter_mut().find(|before| before.line == line && before.call == now.call) {
            Some(before) => *before = now,
            None => seen.push(now),
        }
    }
    seen.sort_by_key(|step| step.line);
    seen
}
