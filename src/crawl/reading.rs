//! The reading part of a step: css and extract over the snapshot, nothing else.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::words::{counted, duration};
use super::{ComputeFn, CrawlError, Host, Page, Reading};
use crate::browser::{Deadline, apart};
use crate::page::{ComputeId, Explanation, ExtractError, Extraction, Schema, Selector, explain, extract};

/// The page with its cut and rows. `base` is untouched: it can be read anew.
pub(super) async fn read(
    base: &Arc<Page>,
    reading: &Reading,
    host: &dyn Host,
    deadline: Deadline,
) -> Result<Arc<Page>, CrawlError> {
    if reading.css.is_none() && reading.extract.is_none() {
        return Ok(Arc::clone(base));
    }
    if !reading.extract.as_ref().is_some_and(|schema| schema.computes()) {
        let mut compute = |_: ComputeId, _: &Map<String, Value>| Ok(Value::Null);
        return apart(base.size(), || read_now(base, reading, &mut compute)).map(Arc::new);
    }
    let answer: Arc<Mutex<Option<Result<Page, CrawlError>>>> = Arc::default();
    let (slot, page, wanted) = (Arc::clone(&answer), Arc::clone(base), reading.clone());
    let job = Box::new(move |compute: &mut ComputeFn<'_>| {
        let result = read_now(&page, &wanted, compute);
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    });
    if tokio::time::timeout_at(deadline.instant().into(), host.read(job, deadline)).await.is_err() {
        return Err(late(deadline).on(base));
    }
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    answer.expect("the host runs the reading before it returns").map(Arc::new)
}

/// What came of the reading that is worth a word; the rest of a page's warnings was so before it was read.
pub(super) fn warnings<'a>(base: &Page, read: &'a Page) -> &'a [String] {
    read.warnings.get(base.warnings.len()..).unwrap_or_default()
}

fn late(deadline: Deadline) -> CrawlError {
    let message = format!("the page was not read when the step's {} were over", duration(deadline.total()));
    CrawlError::new("crawl::extract::timeout", message)
        .help("let computed fields do less, or give the step more time with `timeout:`")
        .at("extract", 0)
}

fn read_now(base: &Page, reading: &Reading, compute: &mut ComputeFn<'_>) -> Result<Page, CrawlError> {
    let mut page = base.clone();
    if let Some(css) = &reading.css {
        page.selected = Some(cut(base, css, reading.optional)?);
    }
    if let Some(schema) = &reading.extract {
        let extraction = base.extract(schema, compute)?;
        page.warnings.extend(extraction.warnings.into_iter().map(|warning| warning.message));
        page.items = Some(extraction.items);
    }
    Ok(page)
}

fn cut(page: &Page, css: &Selector, optional: bool) -> Result<Vec<String>, CrawlError> {
    let document = page.document();
    let found: Vec<String> = document.select(css).into_iter().map(|id| document.outer_html(id)).collect();
    if found.is_empty() && !optional {
        let error = CrawlError::new("crawl::select::no_match", format!("`css` matches nothing: `{}`", css.as_str()));
        let help = "give `optional: true` where the part may be missing";
        return Err(explained(error, &page.explain(css), help).at("css", 0));
    }
    Ok(found)
}

/// Adds an explanation's findings; its suggestion is the next action where there is one.
pub(super) fn explained(mut error: CrawlError, explanation: &Explanation, otherwise: &str) -> CrawlError {
    error.notes.extend(explanation.findings.iter().cloned());
    match &explanation.suggestion {
        Some(selector) => error.help(format!("did you mean `{selector}`?")),
        None => error.help(otherwise),
    }
}

/// Adds the rows in which it is so.
fn with_evidence(mut error: CrawlError, evidence: Vec<String>) -> CrawlError {
    error.notes.extend(evidence);
    error
}

fn extract_error(page: &Page, error: ExtractError<CrawlError>) -> CrawlError {
    match error {
        ExtractError::TooFew { schema, found: 0, min: _, explanation } => {
            let error = CrawlError::new("crawl::extract::no_match", format!("schema `{schema}` matches no row"));
            let help = "wait for the rows with `wait_for:`, or allow none with `min: 0`";
            explained(error, &explanation.unwrap_or_default(), help)
        }
        ExtractError::TooFew { schema, found, min, explanation } => {
            let message = format!("schema `{schema}` matches {}, fewer than `min: {min}`", counted(found, "row"));
            let error = CrawlError::new("crawl::extract::too_few", message);
            let help = "wait until they are there with `wait_for: count(…, at_least: …)`, or lower `min:`";
            explained(error, &explanation.unwrap_or_default(), help)
        }
        ExtractError::TooMany { schema, found, max } => {
            let message = format!("schema `{schema}` matches {}, more than `max: {max}`", counted(found, "row"));
            CrawlError::new("crawl::extract::too_many", message).help("make the selector narrower, or raise `max:`")
        }
        ExtractError::Fill { schema, field, filled, rows, wanted, evidence } => {
            let message = format!(
                "`{field}` of schema `{schema}` is filled in {filled} of {rows} rows, less than `fill: {wanted}`"
            );
            with_evidence(CrawlError::new("crawl::extract::fill", message), evidence)
                .help(format!("check the selector of `{field}` with `explain(…)`, or lower `fill:`"))
        }
        ExtractError::Type { schema, field, wanted, unfit, seen, evidence } => {
            let message = format!("`{field}` of schema `{schema}` is not {wanted} in {unfit} of {}", counted(seen, "row"));
            with_evidence(CrawlError::new("crawl::extract::type", message), evidence).help(
                "cut the value out with `.regex(…)`, or foresee such text: `.default(…)`, `optional(…)`, or `fill:` for some rows",
            )
        }
        ExtractError::Unique { schema, field, repeats, evidence } => {
            let repeat = if repeats == 1 { "repeats" } else { "repeat" };
            let rows = counted(repeats, "row");
            let message = format!("`{field}` of schema `{schema}` is not unique: {rows} {repeat} that of an earlier one");
            with_evidence(CrawlError::new("crawl::extract::unique", message), evidence)
                .help("make the row's selector narrower, or name a field after `unique:` that tells rows apart")
        }
        ExtractError::Transform { schema, field, message } => {
            CrawlError::new("crawl::argument::value", format!("`{field}` of schema `{schema}`: {message}"))
                .help("correct the transform in the schema")
        }
        ExtractError::Compute { schema, field, mut error } => {
            error.notes.push(format!("while computing `{field}` of schema `{schema}`"));
            return error;
        }
    }
    .at("extract", 0)
    .on(page)
}

impl Page {
    /// Why `selector` matches nothing on this page.
    #[must_use]
    pub fn explain(&self, selector: &Selector) -> Explanation {
        explain(&self.document(), &self.frame_documents(), selector)
    }

    /// The rows of a schema.
    pub fn extract(&self, schema: &Schema, compute: &mut ComputeFn<'_>) -> Result<Extraction, CrawlError> {
        extract(&self.document(), schema, compute).map_err(|error| extract_error(self, error))
    }

    /// The rows of `extract`, if there was one.
    #[must_use]
    pub fn rows(&self) -> &[Map<String, Value>] {
        self.items.as_deref().unwrap_or_default()
    }
}
