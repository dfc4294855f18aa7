//! The call around a place: how it is written, and which argument is at hand.

use super::analysis::{Analysis, OpenCall};
use super::docs;
use super::module::by_alias;
use super::suggest::builtin_of;
use super::vocabulary::options_of;
use crate::script::builtin::{Builtin, Receiver};
use crate::script::builtins;
use crate::syntax::{CallKind, FunctionFact};

/// One way to call what is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `name(a, b?, option: …) → result`.
    pub label: String,
    /// Each argument as it stands in [`Self::label`], with what it takes.
    pub arguments: Vec<(String, String)>,
    /// Markdown.
    pub doc: String,
    /// The argument at hand.
    pub active: Option<usize>,
}

/// Every way to make the call around `offset`; the most likely comes first.
#[must_use]
pub fn signatures(script: &Analysis, offset: usize) -> Vec<Signature> {
    let Some(call) = script.open_call(offset) else { return Vec::new() };
    if call.kind == CallKind::Module {
        let index = script.word_at(call.callee_span.start).unwrap_or_default();
        let alias = script.word(index.saturating_sub(2)).to_owned();
        let Some(module) = by_alias(script, &alias) else { return Vec::new() };
        let ways = module.named(&call.callee).into_iter().rev();
        return ways.map(|function| own(&module.analysis, &format!("{alias}::"), function, &call)).collect();
    }
    let functions = script.facts.functions.iter().filter(|function| function.name == call.callee);
    let mut found: Vec<Signature> = functions.map(|function| own(script, "", function, &call)).collect();
    let method = call.kind == CallKind::Method;
    let likely = builtin_of(&call).map(std::ptr::from_ref);
    let mut known: Vec<&Builtin> =
        builtins::named(&call.callee).filter(|builtin| (builtin.receiver != Receiver::None) == method).collect();
    known.sort_by_key(|builtin| likely != Some(std::ptr::from_ref(*builtin)));
    found.extend(known.into_iter().map(|builtin| of_builtin(builtin, &call)));
    found
}

fn of_builtin(builtin: &Builtin, call: &OpenCall) -> Signature {
    let params = builtin.params.iter().map(|param| {
        let label = if param.optional { format!("{}?", param.name) } else { param.name.to_owned() };
        (label, docs::kind(param.kind))
    });
    let options = builtin.options.iter().map(|option| {
        let default = if option.default.is_empty() { "…" } else { option.default };
        (format!("{}: {default}", option.name), option.doc.to_owned())
    });
    let arguments: Vec<(String, String)> = params.chain(options).collect();
    let named = |name: &String| {
        let names =
            builtin.params.iter().map(|param| param.name).chain(builtin.options.iter().map(|option| option.name));
        names.into_iter().position(|known| known == name)
    };
    let last = builtin.params.len().saturating_sub(1);
    let by_position = if builtin.variadic { call.index.min(last) } else { call.index };
    let active = match &call.name {
        Some(name) => named(name),
        None => (by_position < builtin.params.len()).then_some(by_position),
    };
    let label = label(builtin.name, &arguments, builtin.result);
    Signature { label, arguments, doc: builtin.doc.to_owned(), active }
}

fn own(home: &Analysis, prefix: &str, function: &FunctionFact, call: &OpenCall) -> Signature {
    let mut arguments: Vec<(String, String)> =
        function.params.iter().map(|(name, _)| (name.clone(), String::new())).collect();
    let options = options_of(home, function);
    let mut active = (call.index < arguments.len()).then_some(call.index);
    if !options.is_empty() {
        arguments.pop();
        let first = arguments.len();
        active = active.filter(|index| *index < first);
        if let Some(name) = &call.name {
            active = options.iter().position(|option| option == name).map(|at| first + at);
        }
        arguments.extend(options.into_iter().map(|option| (format!("{option}: …"), String::new())));
    } else if call.name.is_some() {
        active = arguments.len().checked_sub(1);
    }
    let label = label(&format!("{prefix}{}", function.name), &arguments, "");
    Signature { label, arguments, doc: docs::function_doc(home, function), active }
}

fn label(name: &str, arguments: &[(String, String)], result: &str) -> String {
    let list: Vec<&str> = arguments.iter().map(|(label, _)| label.as_str()).collect();
    let result = if result.is_empty() { String::new() } else { format!(" → {result}") };
    format!("{name}({}){result}", list.join(", "))
}
