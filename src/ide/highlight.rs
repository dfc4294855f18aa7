//! What each name of a script is, for colours that a grammar alone cannot give.
//!
//! Strings, numbers and comments are the grammar's: it also colours the js and the selectors inside strings, which a
//! token of ours would paint over.

use super::analysis::Analysis;
use super::names::SymbolKind;
use crate::script::builtin::Receiver;
use crate::script::builtins;
use crate::syntax::{FORM_WORDS, TokenKind, is_keyword};
use crate::text::Span;

/// What a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// A word of the language.
    Keyword,
    /// A module.
    Module,
    /// A schema.
    Schema,
    /// A function.
    Function,
    /// A method.
    Method,
    /// A part after a dot, or the name of a map's entry.
    Property,
    /// A named argument, or a schema's option.
    Option,
    /// A variable.
    Variable,
    /// A parameter.
    Parameter,
}

/// One name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HighlightedName {
    /// Its place; on one line.
    pub span: Span,
    /// What it is.
    pub kind: NameKind,
    /// Whether it is defined here.
    pub definition: bool,
    /// Whether it cannot be changed.
    pub constant: bool,
    /// Whether it is the language's own.
    pub builtin: bool,
}

/// Every name of a script, in its order.
#[must_use]
pub fn highlight(script: &Analysis) -> Vec<HighlightedName> {
    let words = script.solid.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Identifier);
    words.filter_map(|(index, _)| name(script, index)).collect()
}

fn name(script: &Analysis, index: usize) -> Option<HighlightedName> {
    let span = script.solid[index].span;
    let word = script.word(index);
    let called = script.word(index + 1) == "(";
    let of =
        |kind: NameKind, builtin: bool| HighlightedName { span, kind, definition: false, constant: false, builtin };
    let known = |method: bool| builtins::named(word).any(|builtin| (builtin.receiver != Receiver::None) == method);
    match script.word_before(index) {
        "." | "?." if called => return Some(of(NameKind::Method, known(true))),
        "." | "?." => return Some(of(NameKind::Property, false)),
        "::" => return Some(of(NameKind::Function, false)),
        _ => {}
    }
    if let Some((symbol, place)) = script.names().at(span.start).filter(|(_, place)| *place == span) {
        let kind = match symbol.kind {
            SymbolKind::Function => NameKind::Function,
            SymbolKind::Schema => NameKind::Schema,
            SymbolKind::Module => NameKind::Module,
            SymbolKind::Parameter => NameKind::Parameter,
            SymbolKind::Constant | SymbolKind::Variable => NameKind::Variable,
        };
        let definition = symbol.definitions.contains(&place);
        let constant = matches!(symbol.kind, SymbolKind::Constant | SymbolKind::Schema | SymbolKind::Module);
        return Some(HighlightedName { definition, constant, ..of(kind, false) });
    }
    if script.is_key(index) {
        let in_call = script.open_call(span.start).is_some_and(|call| !call.nested);
        return Some(of(if in_call { NameKind::Option } else { NameKind::Property }, false));
    }
    if is_keyword(word) || (FORM_WORDS.contains(&word) && is_of_schema(script, index)) {
        return Some(of(NameKind::Keyword, true));
    }
    called.then(|| of(NameKind::Function, known(false)))
}

/// Whether a word begins a schema or follows the name of one.
fn is_of_schema(script: &Analysis, index: usize) -> bool {
    let start = script.solid[index].span.start;
    let name = index.checked_sub(1).map(|before| script.solid[before].span);
    script.facts.schemas.iter().any(|schema| schema.whole.start == start || Some(schema.span) == name)
}
