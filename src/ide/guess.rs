//! What a variable probably holds, as far as the text tells: what completion offers after its dot.

use super::analysis::Analysis;
use super::names::{Symbol, SymbolKind};
use crate::script::builtin::Receiver;
use crate::script::builtins::{self, live::LIVE_PARTS};
use crate::script::{ELEMENT_PARTS, ERROR_PARTS, PAGE_PARTS};
use crate::syntax::CallFact;
use crate::text::Span;

/// What is before a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A value with methods of ours.
    Value(Receiver),
    /// What `catch` caught.
    Error,
    /// A schema itself.
    Schema,
}

/// What a symbol holds; nothing where that is anybody's guess.
#[must_use]
pub fn holds(script: &Analysis, symbol: &Symbol) -> Option<Holds> {
    let definition = *symbol.definitions.first()?;
    match symbol.kind {
        SymbolKind::Schema => return Some(Holds::Schema),
        SymbolKind::Function | SymbolKind::Module => return None,
        SymbolKind::Parameter => {
            let call = script.open_call(definition.start)?;
            return (call.callee == "on" && call.index == 1).then_some(Holds::Value(Receiver::Live));
        }
        SymbolKind::Variable | SymbolKind::Constant => {}
    }
    let index = script.word_at(definition.start)?;
    if script.word_before(index) == "(" && index >= 2 && script.word(index - 2) == "catch" {
        return Some(Holds::Error);
    }
    if script.word_before(index) == "for" {
        let elements = call_at_end(script, symbol.value?)?.callee == "select";
        return elements.then_some(Holds::Value(Receiver::Element));
    }
    value(script, symbol.value?)
}

/// The call that an expression ends with.
fn call_at_end(script: &Analysis, value: Span) -> Option<&CallFact> {
    let end = value.start + script.source.slice(value).trim_end().len();
    // Calls are noted as they are closed.
    let calls = &script.facts.calls;
    calls.get(calls.partition_point(|call| call.span.end < end)).filter(|call| call.span.end == end)
}

/// What the last call of an expression returns.
fn value(script: &Analysis, value: Span) -> Option<Holds> {
    let text = script.source.slice(value).trim_end();
    if text.starts_with(['"', '`']) {
        return Some(Holds::Value(Receiver::Text));
    }
    let call = call_at_end(script, value)?;
    let result = builtins::named(&call.callee).map(|builtin| builtin.result).next()?;
    Some(Holds::Value(match result {
        "page" => Receiver::Page,
        "element" => Receiver::Element,
        "session" => Receiver::Session,
        "field" => Receiver::Field,
        "expectation" => Receiver::Expectation,
        "string" => Receiver::Text,
        _ => return None,
    }))
}

/// The parts and methods of what is held: name, one line, whether it is a method.
#[must_use]
pub fn members(holds: Holds) -> Vec<(&'static str, &'static str, bool)> {
    let parts: Vec<(&str, &str)> = match holds {
        Holds::Value(Receiver::Page) => PAGE_PARTS.to_vec(),
        Holds::Value(Receiver::Element) => ELEMENT_PARTS.to_vec(),
        Holds::Value(Receiver::Live) => LIVE_PARTS.to_vec(),
        Holds::Value(Receiver::Session) => vec![("id", "the session's id")],
        Holds::Error => ERROR_PARTS.iter().map(|part| (*part, "a part of what was caught")).collect(),
        Holds::Schema => vec![("name", "the schema's name"), ("selector", "the selector of its rows")],
        Holds::Value(_) => Vec::new(),
    };
    let parts = parts.into_iter().map(|(name, doc)| (name, doc, false));
    let Holds::Value(receiver) = holds else { return parts.collect() };
    let methods = builtins::all().filter(|builtin| builtin.receiver == receiver);
    parts.chain(methods.map(|builtin| (builtin.name, builtin.doc, true))).collect()
}
