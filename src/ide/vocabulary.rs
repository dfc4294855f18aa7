//! The words that can be completed at a place of a script: the language's and the script's own.

use super::analysis::Analysis;
use super::completion::Vocabulary;
use super::guess::{holds, members};
use super::module::imported;
use super::names::SymbolKind;
use crate::script::builtin::{Kind, Receiver};
use crate::script::builtins::{self, hooks::POINTS};
use crate::script::{ELEMENT_PARTS, PAGE_PARTS};
use crate::syntax::{FORM_WORDS, FunctionFact, KEYWORDS, StringLiteral, TokenKind};

/// The words that are no names: the grammar's, and those of our forms that are no function's.
pub(super) fn keywords() -> impl Iterator<Item = &'static str> {
    let forms = FORM_WORDS.iter().copied().filter(|word| builtins::named(word).next().is_none());
    KEYWORDS.iter().copied().chain(forms)
}

impl Vocabulary {
    /// The language's own words, without those of any script.
    #[must_use]
    pub fn language() -> Self {
        let owned = |name: &str| name.to_owned();
        let functions = || builtins::all().filter(|builtin| builtin.receiver == Receiver::None);
        let called = functions().map(|builtin| format!("{}(", builtin.name));
        let parts = PAGE_PARTS.iter().chain(ELEMENT_PARTS).map(|(name, _)| owned(name));
        let methods = builtins::all().filter(|builtin| builtin.receiver != Receiver::None);
        let options = builtins::all()
            .filter(|builtin| !builtin.options.is_empty())
            .map(|builtin| (owned(builtin.name), builtin.option_names().into_iter().map(owned).collect()));
        let words = functions().filter_map(|builtin| match builtin.params.first()?.kind {
            Kind::HookPoint => Some((owned(builtin.name), POINTS.iter().copied().map(owned).collect())),
            Kind::Word(words) => Some((owned(builtin.name), words.iter().copied().map(owned).collect())),
            _ => None,
        });
        Self {
            names: called.chain(keywords().map(owned)).collect(),
            options: options.collect(),
            members: parts.chain(methods.map(|method| format!("{}(", method.name))).collect(),
            words: words.collect(),
            ..Self::default()
        }
    }

    /// The words at a place of a script.
    #[must_use]
    pub fn at(script: &Analysis, offset: usize) -> Self {
        let mut words = Self::language();
        words.sessions = session_ids(script);
        let fields = script.facts.schemas.iter().flat_map(|schema| &schema.fields);
        words.members.extend(fields.map(|(name, _)| name.clone()));
        let owner = owner(script.text(), offset);
        for symbol in script.names().seen_at(offset) {
            match symbol.kind {
                SymbolKind::Function => words.names.push(format!("{}(", symbol.name)),
                SymbolKind::Module => words.names.push(format!("{}::", symbol.name)),
                _ if owner != Some(symbol.name.as_str()) => words.variables.push((symbol.name.clone(), Vec::new())),
                _ => {
                    let members = holds(script, symbol).map(members).unwrap_or_default();
                    let members = members.into_iter().map(|(name, _, method)| shown(name, method));
                    let members: Vec<String> = members.collect();
                    let members = if members.is_empty() { words.members.clone() } else { members };
                    words.variables.push((symbol.name.clone(), members));
                }
            }
        }
        let own = script.facts.functions.iter().map(|function| (function.name.clone(), options_of(script, function)));
        words.options.extend(own);
        for import in &script.facts.imports {
            let module = imported(script, import);
            let functions = module.iter().flat_map(|module| module.functions().map(move |own| (module, own)));
            let options = functions.map(|(module, own)| (own.name.clone(), options_of(&module.analysis, own)));
            let options: Vec<_> = options.filter(|(_, options)| !options.is_empty()).collect();
            words.options.splice(0..0, options);
        }
        words
    }
}

/// The word before the dot that is completed after, if any.
fn owner(text: &str, offset: usize) -> Option<&str> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let before = text.get(..offset)?.trim_end_matches(inside).strip_suffix('.')?;
    Some(&before[before.trim_end_matches(inside).len()..])
}

fn shown(name: &str, method: bool) -> String {
    if method { format!("{name}(") } else { name.to_owned() }
}

/// The ids of the sessions that a script names by a string.
#[must_use]
pub fn session_ids(script: &Analysis) -> Vec<String> {
    let calls = script.facts.calls.iter().filter(|call| call.callee == "session");
    let first = calls.filter_map(|call| call.arguments.first()).filter_map(|argument| {
        let index = script.solid.partition_point(|token| token.span.start < argument.value.start);
        StringLiteral::decode(script.text(), script.solid.get(index)?)
    });
    let mut ids: Vec<String> = first.map(|literal| literal.value).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The named arguments that a function takes: the keys of its `with_defaults(#{ … }, ["…"])`.
#[must_use]
pub fn options_of(home: &Analysis, function: &FunctionFact) -> Vec<String> {
    let next = home.facts.functions.iter().map(|other| other.span.start).filter(|start| *start > function.span.start);
    let end = next.min().unwrap_or(home.text().len());
    let inside = |at: usize| function.span.start <= at && at < end;
    let mut calls = home.facts.calls.iter().filter(|call| inside(call.span.start));
    let Some(call) = calls.find(|call| call.callee == "with_defaults") else { return Vec::new() };
    let tokens = home
        .solid
        .iter()
        .enumerate()
        .filter(|(_, token)| call.callee_span.end <= token.span.start && token.span.end <= call.span.end);
    let mut names = Vec::new();
    for (index, token) in tokens {
        match token.kind {
            TokenKind::Identifier if home.is_key(index) => names.push(home.word(index).to_owned()),
            TokenKind::String(_) if home.word_before(index) != ":" => {
                names.extend(StringLiteral::decode(home.text(), token).map(|literal| literal.value));
            }
            _ => {}
        }
    }
    names
}
