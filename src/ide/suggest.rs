//! What an editor offers at a place: the candidates of [`complete`] with kind and documentation, values of options, words
//! in strings, functions of modules, and snippets.

use super::analysis::{Analysis, OpenCall, Surrounding};
use super::completion::{Vocabulary, complete};
use super::docs;
use super::guess::{Holds, members};
use super::module::by_alias;
use super::names::SymbolKind;
use super::seen::Pages;
use super::vocabulary::keywords;
use super::{quoted, snippet};
use crate::script::builtin::{Builtin, Kind, Receiver};
use crate::script::builtins;
use crate::syntax::CallKind;
use crate::text::Span;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// A function.
    Function,
    /// A method.
    Method,
    /// A part after a dot, or a schema's field.
    Property,
    /// A named argument.
    Option,
    /// A word or value that an option takes.
    Value,
    /// A variable, parameter or constant.
    Variable,
    /// A schema.
    Schema,
    /// A module.
    Module,
    /// A word of the language.
    Keyword,
    /// A form with places to fill in.
    Snippet,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What the list shows.
    pub label: String,
    /// What it is.
    pub kind: CandidateKind,
    /// What is inserted; with `$1`, `${2:word}` and `$0` as places where [`Self::places`] says so.
    pub insert: String,
    /// Whether [`Self::insert`] has places.
    pub places: bool,
    /// What it replaces.
    pub span: Span,
    /// A signature or a few words.
    pub detail: String,
    /// Markdown; empty when there is nothing to say.
    pub doc: String,
}

impl Candidate {
    /// A candidate without documentation.
    #[must_use]
    pub fn new(label: impl Into<String>, kind: CandidateKind, span: Span) -> Self {
        let label = label.into();
        let insert = label.clone();
        Self { label, kind, insert, places: false, span, detail: String::new(), doc: String::new() }
    }
}

/// The candidates at `offset`, in no order that means anything; names on a page are there while `pages` are known.
#[must_use]
pub fn suggest(script: &Analysis, offset: usize, pages: Option<&Pages>) -> Vec<Candidate> {
    let offset = offset.min(script.text().len());
    match script.surrounding(offset) {
        Surrounding::Comment => return Vec::new(),
        Surrounding::Text(token) => return quoted::candidates(script, &token, offset, pages),
        Surrounding::Code => {}
    }
    let start = word_start(script.text(), offset);
    let span = Span::new(start, offset);
    let before = &script.text()[..start];
    let call = script.open_call(start);
    if let Some(alias) = before.strip_suffix("::") {
        return module_functions(script, last_word(alias), span);
    }
    let mut found = Vec::new();
    if let Some(call) = &call
        && call.name.is_some()
        && before.trim_end().ends_with(':')
    {
        found.extend(values(script, call, span));
    }
    let vocabulary = Vocabulary::at(script, offset);
    let (from, words) = complete(script.text(), offset, &vocabulary);
    let owner = owner(script, before);
    let words = words.into_iter().filter(|word| !given(call.as_ref(), word));
    let describe = |word: String| describe(script, &word, Span::new(from, offset), owner, call.as_ref());
    found.extend(words.map(describe));
    if owner.is_none() && !before.ends_with('.') {
        found.extend(snippet::candidates(script, start, offset));
    }
    found
}

fn word_start(text: &str, offset: usize) -> usize {
    let before = &text[..offset];
    let word = before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').map(char::len_utf8).sum::<usize>();
    offset - word
}

fn last_word(text: &str) -> &str {
    &text[word_start(text, text.len())..]
}

/// Whether an option is among the call's arguments already.
fn given(call: Option<&OpenCall>, word: &str) -> bool {
    let option = word.strip_suffix(": ");
    option.is_some_and(|name| call.is_some_and(|call| call.given.iter().any(|given| given == name)))
}

/// What stands before the dot at the end of `before`.
fn owner(script: &Analysis, before: &str) -> Option<Holds> {
    let earlier = before.strip_suffix('.')?;
    let word = last_word(earlier);
    let start = earlier.len() - word.len();
    let symbol = script.names().seen_at(start).find(|symbol| symbol.name == word);
    symbol.and_then(|symbol| super::guess::holds(script, symbol))
}

fn describe(script: &Analysis, word: &str, span: Span, owner: Option<Holds>, call: Option<&OpenCall>) -> Candidate {
    if let Some(name) = word.strip_suffix(": ") {
        let mut option = Candidate::new(name, CandidateKind::Option, span);
        option.insert = word.to_owned();
        option.doc = call.and_then(builtin_of).and_then(|of| docs::option(of, name)).unwrap_or_default();
        return option;
    }
    if script.text()[..span.start].ends_with('.') {
        return member(word, span, owner);
    }
    if let Some(name) = word.strip_suffix('(') {
        return function(script, name, span);
    }
    if let Some(alias) = word.strip_suffix("::") {
        let mut module = Candidate::new(alias, CandidateKind::Module, span);
        module.insert = word.to_owned();
        return module;
    }
    let symbol = script.names().seen_at(span.start).find(|symbol| symbol.name == word);
    let kind = match symbol.map(|symbol| symbol.kind) {
        Some(SymbolKind::Schema) => CandidateKind::Schema,
        Some(_) => CandidateKind::Variable,
        None if keywords().any(|known| known == word) => CandidateKind::Keyword,
        None => CandidateKind::Variable,
    };
    let mut candidate = Candidate::new(word, kind, span);
    if let Some(schema) = script.facts.schemas.iter().find(|schema| schema.name == word) {
        candidate.doc = docs::schema(script, schema);
    }
    candidate
}

fn member(word: &str, span: Span, owner: Option<Holds>) -> Candidate {
    let name = word.trim_end_matches('(');
    let method = name.len() < word.len();
    let kind = if method { CandidateKind::Method } else { CandidateKind::Property };
    let mut candidate = Candidate::new(name, kind, span);
    if method {
        call_snippet(&mut candidate);
    }
    let known = owner.map(members).unwrap_or_default();
    if let Some((_, doc, _)) = known.iter().find(|(known, _, _)| *known == name) {
        candidate.doc = (*doc).to_owned();
    }
    let receiver = |builtin: &&Builtin| match owner {
        Some(Holds::Value(receiver)) => builtin.receiver == receiver,
        _ => builtin.receiver != Receiver::None,
    };
    if let Some(builtin) = builtins::named(name).find(receiver).filter(|_| method) {
        candidate.detail = builtin.signature();
        candidate.doc = docs::builtin(builtin);
    }
    candidate
}

fn function(script: &Analysis, name: &str, span: Span) -> Candidate {
    let mut candidate = Candidate::new(name, CandidateKind::Function, span);
    call_snippet(&mut candidate);
    let own: Vec<_> = script.facts.functions.iter().filter(|function| function.name == name).collect();
    if let Some(first) = own.first() {
        candidate.detail = docs::signature(first);
        candidate.doc = docs::function(script, "", &own);
    } else if let Some(builtin) = builtins::named(name).find(|builtin| builtin.receiver == Receiver::None) {
        candidate.detail = builtin.signature();
        candidate.doc = docs::builtin(builtin);
    }
    candidate
}

fn call_snippet(candidate: &mut Candidate) {
    candidate.insert = format!("{}($0)", candidate.label);
    candidate.places = true;
}

fn module_functions(script: &Analysis, alias: &str, span: Span) -> Vec<Candidate> {
    let Some(module) = by_alias(script, alias) else { return Vec::new() };
    let mut names: Vec<&str> = module.functions().map(|function| function.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let candidates = names.into_iter().map(|name| {
        let mut candidate = Candidate::new(name, CandidateKind::Function, span);
        call_snippet(&mut candidate);
        let ways = module.named(name);
        candidate.detail = ways.last().map(|function| docs::signature(function)).unwrap_or_default();
        candidate.doc = docs::function(&module.analysis, &format!("{alias}::"), &ways);
        candidate
    });
    candidates.collect()
}

/// The builtin that a call means: a method with that argument rather than one without.
#[must_use]
pub fn builtin_of(call: &OpenCall) -> Option<&'static Builtin> {
    let method = call.kind == CallKind::Method;
    let fits = |builtin: &&Builtin| (builtin.receiver != Receiver::None) == method;
    let named = call.name.as_deref();
    let known: Vec<&'static Builtin> = builtins::named(&call.callee).filter(fits).collect();
    let takes = |builtin: &&&'static Builtin| named.is_none_or(|name| builtin.kind_of(name).is_some());
    known.iter().find(takes).or(known.first()).copied()
}

/// What the argument at hand takes.
#[must_use]
pub fn kind_of(call: &OpenCall) -> Option<Kind> {
    let builtin = builtin_of(call)?;
    match &call.name {
        Some(name) => builtin.kind_of(name),
        None => builtin.params.get(call.index).map(|param| param.kind),
    }
}

/// Values of a named argument.
fn values(script: &Analysis, call: &OpenCall, span: Span) -> Vec<Candidate> {
    let value = |text: &str| Candidate::new(text, CandidateKind::Value, span);
    match kind_of(call) {
        Some(Kind::Word(words)) => words.iter().map(|word| value(&format!("\"{word}\""))).collect(),
        Some(Kind::Bool) => vec![value("true"), value("false")],
        Some(Kind::Duration) => vec![value("\"10s\""), value("\"500ms\"")],
        Some(Kind::Schema) => {
            let schemas = script.facts.schemas.iter();
            let offer = |schema: &crate::syntax::SchemaFact| Candidate {
                doc: docs::schema(script, schema),
                ..Candidate::new(schema.name.clone(), CandidateKind::Schema, span)
            };
            schemas.map(offer).collect()
        }
        _ => Vec::new(),
    }
}
