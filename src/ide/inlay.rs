//! Behind each selector what it matches on the page that its step last captured: how many, and the first of them.

use std::sync::OnceLock;

use url::Url;

use super::analysis::Analysis;
use crate::page::{Document, ElementId, Selector};
use crate::script::builtin::{Builtin, Kind, Receiver};
use crate::script::builtins;
use crate::store::SeenStep;
use crate::syntax::{CallFact, CallKind, SchemaFact, StringLiteral};
use crate::text::{Span, cut, plain};

/// How much of a first match is shown, in characters.
const SHOWN: usize = 32;

/// The pages that the steps of a script captured.
#[derive(Debug, Default)]
pub struct Pages {
    steps: Vec<(SeenStep, OnceLock<Document>)>,
}

/// A few words behind a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The place that they stand behind.
    pub offset: usize,
    /// The words.
    pub text: String,
    /// More of them, for whoever asks.
    pub more: String,
}

impl Pages {
    /// Takes what was seen. Documents are parsed when they are first asked about.
    #[must_use]
    pub fn new(steps: Vec<SeenStep>) -> Self {
        Self { steps: steps.into_iter().map(|step| (step, OnceLock::new())).collect() }
    }

    fn document(&self, index: usize) -> Option<&Document> {
        let (step, document) = self.steps.get(index)?;
        let url = Url::parse(&step.url).or_else(|_| Url::parse("about:blank")).ok()?;
        Some(document.get_or_init(|| Document::parse(step.html.clone(), &url)))
    }
}

/// What the selectors between the ends of `within` match, in the order of the text.
#[must_use]
pub fn inlay_hints(script: &Analysis, pages: &Pages, within: Span) -> Vec<Hint> {
    let seer = Seer { script, pages, calls: steps_of_calls(script, pages) };
    let calls = script.facts.calls.iter().filter(|call| super::touches(call.span, within));
    let schemas = script.facts.schemas.iter().filter(|schema| super::touches(schema.whole, within));
    let mut hints: Vec<Hint> = calls.flat_map(|call| seer.of_call(call)).collect();
    hints.extend(schemas.filter_map(|schema| seer.of_schema(schema)));
    hints.retain(|hint| within.start <= hint.offset && hint.offset <= within.end);
    hints.sort_by_key(|hint| hint.offset);
    hints
}

/// The calls that are steps, with the numbers of their pages: by their text, or, where that was changed since, by their line.
fn steps_of_calls(script: &Analysis, pages: &Pages) -> Vec<(Span, usize)> {
    let calls = script.facts.calls.iter().filter_map(|call| {
        let text = script.source.slice(call.span);
        let line = script.source.line_column(call.span.start).line;
        let exact = pages.steps.iter().position(|(step, _)| step.call == text);
        let near = || {
            pages
                .steps
                .iter()
                .position(|(step, _)| step.line == line && step.call.split('(').next() == Some(call.callee.as_str()))
        };
        exact.or_else(near).map(|index| (call.span, index))
    });
    calls.collect()
}

struct Seer<'a> {
    script: &'a Analysis,
    pages: &'a Pages,
    calls: Vec<(Span, usize)>,
}

impl Seer<'_> {
    fn of_call(&self, call: &CallFact) -> Vec<Hint> {
        let Some(builtin) = builtin_of(call) else { return Vec::new() };
        let arguments = call.arguments.iter().enumerate().filter_map(|(index, argument)| {
            let kind = match &argument.name {
                Some((name, _)) => builtin.kind_of(name)?,
                None => builtin.params.get(index)?.kind,
            };
            Some((kind, argument.value))
        });
        let hints = arguments.flat_map(|(kind, value)| match kind {
            Kind::Css | Kind::Condition => self.on_page(call, kind, value),
            Kind::RowCss => self.on_rows(call, value).into_iter().collect(),
            _ => Vec::new(),
        });
        hints.collect()
    }

    /// Selectors of a whole page.
    fn on_page(&self, call: &CallFact, kind: Kind, value: Span) -> Vec<Hint> {
        let Some(document) = self.page_of(call) else { return Vec::new() };
        let hint = |literal: StringLiteral| {
            let text = if kind == Kind::Condition { css_of(&literal.value)? } else { literal.value.as_str() };
            let found = document.select(&Selector::parse(text).ok()?);
            let first = found.first().map(|first| document.text(*first));
            Some(hint(literal.span.end, found.len().to_string(), first, document))
        };
        self.literals(value).into_iter().filter_map(hint).collect()
    }

    /// The selector of a schema's field, in its rows.
    fn on_rows(&self, call: &CallFact, value: Span) -> Option<Hint> {
        let schema = self.script.facts.schemas.iter().find(|schema| schema.whole.contains(call.span.start))?;
        let document = self.page_of_schema(schema)?;
        let literal = self.literals(value).into_iter().next()?;
        let selector = Selector::parse_relative(&literal.value).ok()?;
        let rows = document.select(&self.rows(schema)?);
        let firsts: Vec<ElementId> = rows.iter().filter_map(|row| document.select_first_in(*row, &selector)).collect();
        let attribute = match call.callee.as_str() {
            "attr" => call.arguments.get(1).and_then(|name| self.literals(name.value).into_iter().next()),
            _ => None,
        };
        let shown = |element: &ElementId| match &attribute {
            Some(name) => document.attr(*element, &name.value).unwrap_or_default(),
            None => document.text(*element),
        };
        let first = firsts.first().map(shown);
        Some(hint(literal.span.end, format!("{}/{}", firsts.len(), rows.len()), first, document))
    }

    /// The selector of a schema's rows.
    fn of_schema(&self, schema: &SchemaFact) -> Option<Hint> {
        let document = self.page_of_schema(schema)?;
        let found = document.select(&self.rows(schema)?);
        let first = found.first().map(|first| document.text(*first));
        Some(hint(schema.at.end, found.len().to_string(), first, document))
    }

    fn rows(&self, schema: &SchemaFact) -> Option<Selector> {
        let literal = self.literals(schema.at).into_iter().next()?;
        Selector::parse(&literal.value).ok()
    }

    /// The strings of an argument: itself, or the items of a list.
    fn literals(&self, value: Span) -> Vec<StringLiteral> {
        let first = self.script.solid.partition_point(|token| token.span.start < value.start);
        let end = self.script.solid.partition_point(|token| token.span.end <= value.end);
        let wanted = usize::from(self.script.word(first) == "[");
        let mut depth = 0;
        let mut found = Vec::new();
        for index in first..end {
            match self.script.word(index) {
                "(" | "[" | "{" | "#{" | "${" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ if depth == wanted && (depth == 1 || end == first + 1) => {
                    found.extend(StringLiteral::decode(self.script.text(), &self.script.solid[index]));
                }
                _ => {}
            }
        }
        found
    }

    /// The page that a call's selectors are for: that of the step it is or is in, of its receiver, or of the step before.
    fn page_of(&self, call: &CallFact) -> Option<&Document> {
        let around = self.calls.iter().filter(|(span, _)| span.start <= call.span.start && call.span.end <= span.end);
        if let Some((_, index)) = around.min_by_key(|(span, _)| span.len()) {
            return self.pages.document(*index);
        }
        if call.kind == CallKind::Method {
            return self.pages.document(self.receiver(call)?);
        }
        let before = self.calls.iter().filter(|(span, _)| span.end <= call.span.start);
        self.pages.document(before.max_by_key(|(span, _)| span.end)?.1)
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

    /// The page of the last step that reads a schema.
    fn page_of_schema(&self, schema: &SchemaFact) -> Option<&Document> {
        let reads = |call: &&CallFact| {
            let mut values = call.arguments.iter().map(|argument| self.script.source.slice(argument.value));
            values.any(|value| value == schema.name)
        };
        self.script.facts.calls.iter().filter(reads).filter_map(|call| self.page_of(call)).last()
    }
}

fn builtin_of(call: &CallFact) -> Option<&'static Builtin> {
    let method = call.kind == CallKind::Method;
    let known = builtins::named(&call.callee);
    known.filter(|_| call.kind != CallKind::Module).find(|builtin| (builtin.receiver != Receiver::None) == method)
}

/// The selector that a condition given as a string is.
fn css_of(condition: &str) -> Option<&str> {
    let trimmed = condition.trim();
    let js = trimmed.starts_with("js:") || trimmed.contains("=>") || trimmed.starts_with("function");
    (!js).then(|| trimmed.strip_prefix("css:").unwrap_or(trimmed).trim())
}

fn hint(offset: usize, count: String, first: Option<String>, document: &Document) -> Hint {
    let first = first.map(|first| plain(&first).trim().to_owned()).filter(|first| !first.is_empty());
    let more =
        format!("{count} on {}{}", document.url(), first.as_ref().map_or_else(String::new, |f| format!("\n{f}")));
    let first = first.map_or_else(String::new, |first| format!(" · {}", cut(&first, SHOWN)));
    Hint { offset, text: format!("{count}{first}"), more }
}
