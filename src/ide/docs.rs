//! What hover, completion and signature help say of builtins, functions, schemas and codes, in Markdown.

use super::analysis::Analysis;
use crate::diag::CodeDoc;
use crate::script::builtin::{Builtin, Kind};
use crate::syntax::{FunctionFact, SchemaFact};

/// A builtin: signature, one line, options, example.
#[must_use]
pub fn builtin(builtin: &Builtin) -> String {
    let mut text = format!("```crawl\n{}\n```\n{}", builtin.call_signature(), builtin.doc);
    if !builtin.options.is_empty() {
        text.push_str("\n\n| option | takes | default | |\n|---|---|---|---|");
        for option in builtin.options {
            let default = if option.default.is_empty() { String::new() } else { format!("`{}`", option.default) };
            text.push_str(&format!("\n| `{}` | {} | {default} | {} |", option.name, kind(option.kind), option.doc));
        }
    }
    text.push_str(&format!("\n\n```crawl\n{}\n```", builtin.example));
    text
}

/// An option or parameter of a builtin.
#[must_use]
pub fn option(builtin: &Builtin, name: &str) -> Option<String> {
    let kind = kind(builtin.kind_of(name)?);
    let known = builtin.options.iter().find(|option| option.name == name);
    let doc = known.map(|option| option.doc).unwrap_or_default();
    let default = known.map(|option| option.default).filter(|default| !default.is_empty());
    let default = default.map_or_else(String::new, |default| format!(", default `{default}`"));
    let gap = if doc.is_empty() { "" } else { "\n\n" };
    Some(format!("`{}({name}: …)` takes {kind}{default}{gap}{doc}", builtin.name))
}

/// What an option takes, in a few words.
#[must_use]
pub fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "a string",
        Kind::Bool => "true or false",
        Kind::Int => "a whole number",
        Kind::Number => "a number",
        Kind::Duration => "a duration such as `\"10s\"`",
        Kind::List => "an array",
        Kind::Map => "a map",
        Kind::Function => "a closure",
        Kind::Url => "an address",
        Kind::Js => "js, or an array of it",
        Kind::Css | Kind::RowCss => "a selector",
        Kind::Target => "a target: CSS, `text=…`, `role=…`, `label=…`, `placeholder=…`, `testid=…` or XPath",
        Kind::Keys => "a key such as `\"Enter\"`, or a chord such as `\"Control+A\"`",
        Kind::Condition => "a condition, or an array of them",
        Kind::Regex => "a regular expression",
        Kind::UrlPattern => "a pattern of addresses",
        Kind::DateFormat => "a date's format",
        Kind::Schema => "a schema",
        Kind::HookPoint => "a hook point",
        Kind::Session(option) => option.wanted(),
        Kind::Word(words) => return words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
        Kind::Any => "any value",
    }
    .to_owned()
}

/// `name(a, b)` as it is defined.
#[must_use]
pub fn signature(function: &FunctionFact) -> String {
    let params: Vec<&str> = function.params.iter().map(|(name, _)| name.as_str()).collect();
    format!("{}({})", function.name, params.join(", "))
}

/// A script's or module's function: every way to call it, and its `///` comment.
#[must_use]
pub fn function(home: &Analysis, prefix: &str, functions: &[&FunctionFact]) -> String {
    let ways: Vec<String> = functions.iter().map(|function| format!("fn {prefix}{}", signature(function))).collect();
    let docs = functions.iter().map(|function| function_doc(home, function)).find(|doc| !doc.is_empty());
    let doc = docs.map_or_else(String::new, |doc| format!("\n{}", as_crawl(&doc)));
    format!("```crawl\n{}\n```{doc}", ways.join("\n"))
}

/// The `///` comment above a function.
#[must_use]
pub fn function_doc(home: &Analysis, function: &FunctionFact) -> String {
    home.doc_above(function.span.start)
}

/// A schema: its rows' selector and its fields as written, and its `///` comment.
#[must_use]
pub fn schema(home: &Analysis, schema: &SchemaFact) -> String {
    let doc = home.doc_above(schema.whole.start);
    let gap = if doc.is_empty() { String::new() } else { format!("\n{}", as_crawl(&doc)) };
    format!("```crawl\n{}\n```{gap}", home.source.slice(schema.whole))
}

/// A diagnostic's code.
#[must_use]
pub fn code(doc: &CodeDoc) -> String {
    format!("**{}** — {}\n\n{}", doc.code, doc.title, doc.text)
}

/// Code blocks without a language are scripts.
fn as_crawl(doc: &str) -> String {
    let mut open = false;
    let lines = doc.lines().map(|line| {
        if !line.starts_with("```") {
            return line.to_owned();
        }
        open = !open;
        if open && line == "```" { "```crawl".to_owned() } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}
