//! From a name to its definition and to its uses, and to another name.

use std::path::PathBuf;

use super::analysis::{Analysis, Surrounding};
use super::module::{ImportedModule, by_alias, imported};
use super::names::Symbol;
use crate::script::builtins;
use crate::syntax::{TokenKind, is_keyword, lex};
use crate::text::{Source, Span};

/// Whose text a place is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// The script that was asked about.
    Here,
    /// A file.
    File(PathBuf),
    /// A module of the standard library, by the path it is imported by.
    Embedded(String),
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Whose text.
    pub home: Home,
    /// The text.
    pub source: Source,
    /// The place in it.
    pub span: Span,
}

/// Where what stands at `offset` is defined: every place, when there are several.
#[must_use]
pub fn definition(script: &Analysis, offset: usize) -> Vec<Target> {
    let here = |span: &Span| Target { home: Home::Here, source: script.source.clone(), span: *span };
    if let Surrounding::Text(token) = script.surrounding(offset) {
        let import = script.facts.imports.iter().find(|import| import.path_span == token.span);
        let module = import.and_then(|import| imported(script, import));
        return module.map(|module| target(&module, Span::at(0))).into_iter().collect();
    }
    let Some(index) = script.word_at(offset) else { return Vec::new() };
    if script.word_before(index) == "::" && index >= 2 {
        let Some(module) = by_alias(script, script.word(index - 2)) else { return Vec::new() };
        return module.named(script.word(index)).iter().map(|function| target(&module, function.span)).collect();
    }
    if let Some((symbol, _)) = script.names().at(script.solid[index].span.start) {
        return symbol.definitions.iter().map(here).collect();
    }
    if matches!(script.word_before(index), "." | "?.") {
        let fields = script.facts.schemas.iter().flat_map(|schema| &schema.fields);
        return fields.filter(|(name, _)| name == script.word(index)).map(|(_, span)| here(span)).collect();
    }
    Vec::new()
}

fn target(module: &ImportedModule, span: Span) -> Target {
    let home = match &module.file {
        Some(path) => Home::File(path.clone()),
        None => Home::Embedded(module.path.trim_end_matches(".crawl").to_owned()),
    };
    Target { home, source: module.analysis.source.clone(), span }
}

/// Every place of the script's own name at `offset`, in the order of the text.
#[must_use]
pub fn references(script: &Analysis, offset: usize, with_definitions: bool) -> Vec<Span> {
    let Some((symbol, _)) = named(script, offset) else { return Vec::new() };
    let definitions = symbol.definitions.iter().filter(|_| with_definitions);
    let mut places: Vec<Span> = definitions.chain(&symbol.uses).copied().collect();
    places.sort_unstable();
    places
}

fn named(script: &Analysis, offset: usize) -> Option<(&Symbol, Span)> {
    if script.surrounding(offset) != Surrounding::Code {
        return None;
    }
    script.names().at(offset)
}

/// The place of the name at `offset`, when it is the script's own and so can be given another.
#[must_use]
pub fn renamable(script: &Analysis, offset: usize) -> Option<Span> {
    named(script, offset).map(|(_, span)| span)
}

/// Gives the name at `offset` another one: every place to replace.
///
/// # Errors
/// Why that cannot be done, in words.
pub fn rename(script: &Analysis, offset: usize, new: &str) -> Result<Vec<Span>, String> {
    let Some((symbol, _)) = named(script, offset) else {
        let word = script.word_at(offset).map(|index| script.word(index)).unwrap_or_default();
        let known = builtins::named(word).next().is_some();
        let why = if known { "belongs to the language" } else { "is no name of this script" };
        return Err(format!("`{word}` {why} and cannot be renamed"));
    };
    if !is_name(new) {
        return Err(format!("`{new}` cannot be a name: names are made of the letters a-z, digits and `_`"));
    }
    let overlaps = |other: &&Symbol| other.scope.start < symbol.scope.end && symbol.scope.start < other.scope.end;
    let taken = script.names().symbols.iter().filter(|other| other.name == new && *other != symbol).find(overlaps);
    if let Some(taken) = taken {
        let line = taken.definitions.first().map_or(1, |span| script.source.line_column(span.start).line);
        return Err(format!("there is a `{new}` already, on line {line}"));
    }
    let places = references(script, offset, true);
    if !keeps_meaning(script, &places, new) {
        let old = &symbol.name;
        return Err(format!("`{old}` cannot be called `{new}`: other names here would come to mean something else"));
    }
    Ok(places)
}

/// Whether the same places belong together once another name stands in these.
fn keeps_meaning(script: &Analysis, places: &[Span], new: &str) -> bool {
    let apart = places.windows(2).all(|pair| pair[0].end <= pair[1].start);
    let mut text = script.text().to_owned();
    places.iter().rev().filter(|_| apart).for_each(|span| text.replace_range(span.start..span.end, new));
    let renamed = Analysis::new(Source::new(script.source.name(), text));
    apart && script.names().groups() == renamed.names().groups()
}

fn is_name(text: &str) -> bool {
    let tokens = lex(text);
    let whole = |span: Span| span == Span::new(0, text.len());
    matches!(tokens.as_slice(), [token] if token.kind == TokenKind::Identifier && whole(token.span))
        && !is_keyword(text)
}
