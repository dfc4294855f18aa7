//! What the thing under the pointer is, in Markdown.

use super::analysis::{Analysis, Surrounding};
use super::docs;
use super::guess::{Holds, holds, members};
use super::module::{by_alias, imported};
use super::names::{Symbol, SymbolKind};
use super::suggest::builtin_of;
use crate::diag::describe;
use crate::script::builtin::{Builtin, Receiver};
use crate::script::builtins::{self, fields::SCHEMA_OPTIONS};
use crate::syntax::{StringLiteral, Token};
use crate::text::Span;

/// A text about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// Markdown.
    pub text: String,
}

/// What is known about the place at `offset`.
#[must_use]
pub fn hover(script: &Analysis, offset: usize) -> Option<Hover> {
    match script.surrounding(offset) {
        Surrounding::Comment => None,
        Surrounding::Text(token) => in_text(script, &token),
        Surrounding::Code => {
            let index = script.word_at(offset)?;
            let text = word(script, index)?;
            Some(Hover { span: script.solid[index].span, text })
        }
    }
}

fn in_text(script: &Analysis, token: &Token) -> Option<Hover> {
    let literal = StringLiteral::decode(script.text(), token)?;
    let import = script.facts.imports.iter().find(|import| import.path_span == token.span);
    let text = match import {
        Some(import) => module(script, &import.alias.as_ref()?.0)?,
        None => docs::code(&describe(&literal.value)?),
    };
    Some(Hover { span: token.span, text })
}

fn word(script: &Analysis, index: usize) -> Option<String> {
    let name = script.word(index);
    let span = script.solid[index].span;
    match script.word_before(index) {
        "::" => {
            let alias = script.word(index.checked_sub(2)?);
            let module = by_alias(script, alias)?;
            let ways = module.named(name);
            return (!ways.is_empty()).then(|| docs::function(&module.analysis, &format!("{alias}::"), &ways));
        }
        "." | "?." => return member(script, index, name),
        _ => {}
    }
    if script.is_key(index) {
        return key(script, span.start, name);
    }
    if let Some((symbol, _)) = script.names().at(span.start) {
        return own(script, symbol);
    }
    match name {
        "schema" => return Some(SCHEMA_FORM.to_owned()),
        "import" => return Some(IMPORT_FORM.to_owned()),
        _ => {}
    }
    let known: Vec<&Builtin> = builtins::named(name).filter(|builtin| builtin.receiver == Receiver::None).collect();
    all(&known)
}

const SCHEMA_FORM: &str = "```crawl\nschema Name at \"selector\", min: 1, unique: \"field\" { field: text(\"…\"), … }\n```\n\
    Rows and their fields: `crawl(…, extract: Name)` gives `page.items`";
const IMPORT_FORM: &str = "```crawl\nimport \"std/paginate\" as paginate;\n```\nLooked up beside the script, in `CRAWL_PATH`, then in the standard library";

fn all(builtins: &[&Builtin]) -> Option<String> {
    let texts: Vec<String> = builtins.iter().map(|builtin| docs::builtin(builtin)).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n---\n\n"))
}

/// A name before a colon: an option of the call around, a schema's option or one of its fields.
fn key(script: &Analysis, start: usize, name: &str) -> Option<String> {
    if let Some(mut call) = script.open_call(start).filter(|call| !call.nested) {
        call.name = Some(name.to_owned());
        return builtin_of(&call).and_then(|builtin| docs::option(builtin, name));
    }
    let schema = script.facts.schemas.iter().find(|schema| schema.whole.contains(start))?;
    let field = schema.fields.iter().any(|(_, span)| span.start == start);
    match field {
        true => Some(format!("field `{name}` of schema `{}`", schema.name)),
        false => SCHEMA_OPTIONS.contains(&name).then(|| format!("option `{name}` of schema `{}`", schema.name)),
    }
}

/// A word after a dot.
fn member(script: &Analysis, index: usize, name: &str) -> Option<String> {
    let called = script.word(index + 1) == "(";
    let before = index.checked_sub(2).map(|before| script.solid[before].span.start);
    let owner = before.and_then(|start| script.names().at(start)).and_then(|(symbol, _)| holds(script, symbol));
    let methods = |fits: &dyn Fn(&Builtin) -> bool| {
        let known: Vec<&Builtin> = builtins::named(name).filter(|builtin| fits(builtin)).collect();
        all(&known)
    };
    if called {
        let exact = match owner {
            Some(Holds::Value(receiver)) => methods(&|builtin| builtin.receiver == receiver),
            _ => None,
        };
        let own = || script.names().at(script.solid[index].span.start).and_then(|(symbol, _)| own(script, symbol));
        return exact.or_else(|| methods(&|builtin| builtin.receiver != Receiver::None)).or_else(own);
    }
    let guesses = [Holds::Value(Receiver::Page), Holds::Value(Receiver::Element), Holds::Error];
    let parts = owner.into_iter().chain(guesses).flat_map(members);
    let mut parts = parts.filter(|(part, _, method)| *part == name && !method);
    let field = script.facts.schemas.iter().find(|schema| schema.fields.iter().any(|(field, _)| field == name));
    let part = parts.next().map(|(part, doc, _)| format!("`.{part}` — {doc}"));
    part.or_else(|| field.map(|schema| format!("field `{name}` of schema `{}`", schema.name)))
}

/// One of the script's own names.
fn own(script: &Analysis, symbol: &Symbol) -> Option<String> {
    let name = &symbol.name;
    match symbol.kind {
        SymbolKind::Function => {
            let ways: Vec<_> = script.facts.functions.iter().filter(|function| function.name == *name).collect();
            Some(docs::function(script, "", &ways))
        }
        SymbolKind::Schema => {
            script.facts.schemas.iter().find(|schema| schema.name == *name).map(|schema| docs::schema(script, schema))
        }
        SymbolKind::Module => module(script, name),
        SymbolKind::Parameter => Some(format!("parameter `{name}`{}", holding(script, symbol))),
        SymbolKind::Constant | SymbolKind::Variable => {
            let line = script.source.line_column(symbol.definitions.first()?.start).line;
            let text = script.source.slice(script.source.line_span(line)).trim();
            let doc = script.doc_above(symbol.definitions.first()?.start);
            Some(format!("```crawl\n{text}\n```\n{}{doc}", holding(script, symbol).trim_start_matches(": ")))
        }
    }
}

fn holding(script: &Analysis, symbol: &Symbol) -> String {
    match holds(script, symbol) {
        Some(Holds::Value(receiver)) => format!(": a {}", receiver.word().unwrap_or("value")),
        Some(Holds::Error) => ": the error that was caught".to_owned(),
        _ => String::new(),
    }
}

fn module(script: &Analysis, alias: &str) -> Option<String> {
    let import =
        script.facts.imports.iter().find(|import| import.alias.as_ref().is_some_and(|(name, _)| name == alias));
    let module = imported(script, import?)?;
    let mut names: Vec<String> =
        module.functions().map(|function| format!("{alias}::{}", docs::signature(function))).collect();
    names.dedup();
    Some(format!("module `{}`\n\n{}\n\n```crawl\n{}\n```", module.path, module.analysis.lead(), names.join("\n")))
}
