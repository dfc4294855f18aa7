//! Behind each selector and target what it matches on the page that its step last captured: how many, and the first.

use super::analysis::Analysis;
use super::seen::{Pages, Seer};
use crate::page::{Document, ElementId, Selector, Target};
use crate::script::builtin::{Builtin, Kind, Receiver};
use crate::script::builtins;
use crate::syntax::{CallFact, CallKind, SchemaFact, StringLiteral};
use crate::text::{Span, cut, plain};

/// How much of a first match is shown, in characters.
const SHOWN: usize = 32;

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

/// What the selectors between the ends of `within` match, in the order of the text.
#[must_use]
pub fn inlay_hints(script: &Analysis, pages: &Pages, within: Span) -> Vec<Hint> {
    let seer = Seer::new(script, pages);
    let calls = script.facts.calls.iter().filter(|call| super::touches(call.span, within));
    let schemas = script.facts.schemas.iter().filter(|schema| super::touches(schema.whole, within));
    let mut hints: Vec<Hint> = calls.flat_map(|call| seer.of_call(call)).collect();
    hints.extend(schemas.filter_map(|schema| seer.of_schema(schema)));
    hints.retain(|hint| within.start <= hint.offset && hint.offset <= within.end);
    hints.sort_by_key(|hint| hint.offset);
    hints
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
            Kind::Target => self.on_page_before(call, value).into_iter().collect(),
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

    /// The target of an act, on the page that the act found.
    fn on_page_before(&self, call: &CallFact, value: Span) -> Option<Hint> {
        let document = self.page_before(call)?;
        let literal = self.literals(value).into_iter().next()?;
        let found = document.aimed(&Target::parse(&literal.value).ok()?)?;
        let first = found.first().map(|first| document.text(*first));
        Some(hint(literal.span.end, found.len().to_string(), first, document))
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
