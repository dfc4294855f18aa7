//! Which of the pages that a watched script's steps captured a call of its text is about.

use std::sync::{Arc, OnceLock};

use url::Url;

use super::analysis::Analysis;
use crate::page::{Document, SelectorNames};
use crate::store::SeenStep;
use crate::syntax::{CallFact, CallKind, SchemaFact};
use crate::text::Span;

/// The pages that the steps of a script captured.
#[derive(Debug, Default)]
pub struct Pages {
    steps: Vec<Seen>,
}

/// One of them. Documents are parsed when they are first asked about.
#[derive(Debug)]
struct Seen {
    step: SeenStep,
    document: OnceLock<Document>,
    names: OnceLock<Arc<SelectorNames>>,
}

impl Pages {
    /// Takes what was seen.
    #[must_use]
    pub fn new(steps: Vec<SeenStep>) -> Self {
        let seen = |step| Seen { step, document: OnceLock::new(), names: OnceLock::new() };
        Self { steps: steps.into_iter().map(seen).collect() }
    }

    fn document(&self, index: usize) -> Option<&Document> {
        let seen = self.steps.get(index)?;
        let url = Url::parse(&seen.step.url).or_else(|_| Url::parse("about:blank")).ok()?;
        Some(seen.document.get_or_init(|| Document::parse(seen.step.html.clone(), &url)))
    }

    fn names(&self, index: usize) -> Option<Arc<SelectorNames>> {
        let document = self.document(index)?;
        Some(Arc::clone(self.steps.get(index)?.names.get_or_init(|| Arc::new(document.selector_names()))))
    }

    /// The step of a call: by its text, where several are written alike by its line too, or, where the text was changed
    /// since, by line and name.
    fn step_of(&self, script: &Analysis, call: &CallFact) -> Option<usize> {
        let text = script.source.slice(call.span);
        let line = script.source.line_column(call.span.start).line;
        let find = |fits: &dyn Fn(&SeenStep) -> bool| self.steps.iter().position(|seen| fits(&seen.step));
        let named = |step: &SeenStep| step.call.split('(').next() == Some(call.callee.as_str());
        find(&|step| step.call == text && step.line == line)
            .or_else(|| find(&|step| step.call == text))
            .or_else(|| find(&|step| step.line == line && named(step)))
    }
}

/// A script beside its pages.
pub(super) struct Seer<'a> {
    pub script: &'a Analysis,
    pages: &'a Pages,
    /// The calls that are steps, with the numbers of their pages.
    calls: Vec<(Span, usize)>,
}

impl<'a> Seer<'a> {
    pub(super) fn new(script: &'a Analysis, pages: &'a Pages) -> Self {
        let calls = script.facts.calls.iter().filter_map(|call| Some((call.span, pages.step_of(script, call)?)));
        Self { script, pages, calls: calls.collect() }
    }

    /// The page that a call's selectors are for: that of the step it is or is in, of its receiver, or of the step before.
    pub(super) fn page_of(&self, call: &CallFact) -> Option<&'a Document> {
        self.pages.document(self.step_of(call)?)
    }

    /// The page that the target of an act is looked for in: that of the step before. What a block for a frame does is
    /// done elsewhere.
    pub(super) fn page_before(&self, call: &CallFact) -> Option<&'a Document> {
        self.pages.document(self.step_before_act(call)?)
    }

    /// The page of the last step that reads a schema.
    pub(super) fn page_of_schema(&self, schema: &SchemaFact) -> Option<&'a Document> {
        self.pages.document(self.step_of_schema(schema)?)
    }

    fn step_of_schema(&self, schema: &SchemaFact) -> Option<usize> {
        let reads = |call: &&CallFact| {
            let mut values = call.arguments.iter().map(|argument| self.script.source.slice(argument.value));
            values.any(|value| value == schema.name)
        };
        self.script.facts.calls.iter().filter(reads).filter_map(|call| self.step_of(call)).last()
    }

    /// The names on the page that what is typed at `offset` is for.
    pub(super) fn names_at(&self, offset: usize, target: bool) -> Option<Arc<SelectorNames>> {
        if let Some(schema) = self.script.facts.schemas.iter().find(|schema| schema.whole.contains(offset)) {
            return self.pages.names(self.step_of_schema(schema)?);
        }
        let calls = self.script.facts.calls.iter().filter(|call| call.span.start < offset && offset <= call.span.end);
        let step = match calls.min_by_key(|call| call.span.len()) {
            Some(call) if target => self.step_before_act(call),
            Some(call) => self.step_of(call),
            // The call is not closed yet.
            None => self.step_before(offset),
        };
        self.pages.names(step?)
    }

    fn step_of(&self, call: &CallFact) -> Option<usize> {
        let around = self.calls.iter().filter(|(span, _)| span.start <= call.span.start && call.span.end <= span.end);
        if let Some((_, index)) = around.min_by_key(|(span, _)| span.len()) {
            return Some(*index);
        }
        match call.kind {
            CallKind::Method => self.receiver(call),
            _ => self.step_before(call.span.start),
        }
    }

    fn step_before_act(&self, call: &CallFact) -> Option<usize> {
        let around = |outer: &&CallFact| outer.span.start < call.span.start && call.span.end <= outer.span.end;
        let framed = self.script.facts.calls.iter().filter(around).any(|outer| outer.callee == "frame");
        (call.kind == CallKind::Function && !framed).then(|| self.step_before(call.span.start)).flatten()
    }

    fn step_before(&self, offset: usize) -> Option<usize> {
        let before = self.calls.iter().filter(|(span, _)| span.end <= offset);
        before.max_by_key(|(span, _)| span.end).map(|(_, index)| *index)
    }

    /// The step that the value before a method's dot came from.
    fn receiver(&self, call: &CallFact) -> Option<usize> {
        let name = self.script.word_at(call.callee_span.start)?;
        let owner = self.script.solid.get(name.checked_sub(2)?)?.span;
        let ends = |end: usize| self.calls.iter().find(|(span, _)| span.end == end).map(|(_, index)| *index);
        let value = self.script.names().at(owner.start).and_then(|(symbol, _)| symbol.value);
        let value = value.map(|value| value.start + self.script.source.slice(value).trim_end().len());
        value.and_then(ends).or_else(|| ends(owner.end))
    }
}
