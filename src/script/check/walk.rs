//! The checks of names and calls.

use std::collections::{HashMap, HashSet};

use rhai::{AST, Expr, FnCallExpr, Position};

use super::module::Imports;
use super::{literal, mend};
use crate::diag::Diagnostic;
use crate::script::builtin::{Builtin, Kind, Receiver};
use crate::script::builtins::{self, fields::SCHEMA_DEFINE, fields::SCHEMA_OPTIONS};
use crate::script::names;
use crate::script::sources::Script;
use crate::script::{ELEMENT_PARTS, PAGE_PARTS};
use crate::text::{Span, nearest, nearest_in};

/// Methods of ours whose names arrays have too, with other arguments.
const SHARED: &[&str] = &["extract"];

/// Collects reports while the tree is walked.
pub struct Walker<'s> {
    pub(super) script: &'s Script,
    pub(super) reports: Vec<Diagnostic>,
    pub(super) imports: Imports,
    functions: HashSet<String>,
    globals: HashSet<String>,
    own: HashMap<String, Vec<usize>>,
    declared: HashSet<String>,
    captured: HashSet<String>,
}

impl<'s> Walker<'s> {
    /// A walker that knows these names.
    pub fn new(script: &'s Script, functions: HashSet<String>, globals: HashSet<String>, imports: Imports) -> Self {
        let declared = names::declared(script).into_iter().collect();
        Self {
            script,
            reports: Vec::new(),
            imports,
            functions,
            globals,
            own: HashMap::new(),
            declared,
            captured: HashSet::new(),
        }
    }

    /// Takes note of the script's own functions.
    pub fn note_functions(&mut self, ast: &AST) {
        for function in ast.iter_fn_def() {
            if function.name.starts_with("anon$") {
                // What a closure captures arrives as a parameter, which Rhai looks up by name.
                self.captured.extend(function.params.iter().map(ToString::to_string));
            }
            self.own.entry(function.name.to_string()).or_default().push(function.params.len());
        }
    }

    /// A name that is no local variable.
    pub fn variable(&mut self, name: &str, position: Position, top: bool) {
        if !top && self.captured.contains(name) {
            return;
        }
        if self.globals.contains(name) {
            self.schema_order(name, position, top);
            return;
        }
        let mut report =
            self.at("crawl::check::unknown_variable", format!("unknown variable `{name}`"), position, "not known here");
        report.help = self.variable_help(name);
        if let Some(meant) = self.meant_variable(name) {
            report = report.replace_by(meant);
        }
        self.reports.push(report);
    }

    /// What the name is a slip of: another variable, or a function without its `()`.
    fn meant_variable(&self, name: &str) -> Option<String> {
        if self.declared.contains(name) {
            return None;
        }
        let known = self.globals.iter().chain(&self.declared).map(String::as_str);
        let near = nearest(name, known).map(str::to_owned);
        near.or_else(|| builtins::named(name).next().map(|function| format!("{}()", function.name)))
    }

    fn variable_help(&self, name: &str) -> Option<String> {
        if self.declared.contains(name) {
            return Some(format!(
                "a `let` is not seen inside `fn`, nor outside its block: pass `{name}` as a parameter, make it a `const`, or use a closure"
            ));
        }
        let known = self.globals.iter().chain(&self.declared).map(String::as_str);
        let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        let call = || {
            let function = builtins::all().map(|builtin| builtin.name).find(|known| *known == name)?;
            Some(format!("`{function}` is a function: call it as `{function}(…)`"))
        };
        near.or_else(call)
    }

    /// A schema used by the script itself before its line.
    fn schema_order(&mut self, name: &str, position: Position, top: bool) {
        let schema = self.script.facts().schemas.iter().find(|schema| schema.name == name);
        let (Some(schema), Some(offset)) = (schema, self.script.offset(position)) else { return };
        if top && offset < schema.span.start {
            let line = self.script.source.line_column(schema.span.start).line;
            let message = format!("schema `{name}` is used before it is defined");
            let report = self
                .at("crawl::check::schema_order", message, position, "used here")
                .also(&self.script.source, schema.span, "defined here")
                .help(format!("move this below line {line}, or the schema above it"));
            self.reports.push(report);
        }
    }

    /// A call of a function or method.
    pub fn call(&mut self, call: &FnCallExpr, position: Position, method: bool) {
        let name = call.name.as_str();
        if call.op_token.is_some() || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return;
        }
        if !call.namespace.is_empty() {
            self.module_call(call, position);
            return;
        }
        if name == SCHEMA_DEFINE.name {
            self.schema(call);
            return;
        }
        if let Some(counts) = self.own.get(name).filter(|_| !method) {
            let counts = counts.clone();
            self.own_call(name, &counts, call, position);
            return;
        }
        self.known_call(name, call, position, method);
    }

    fn known_call(&mut self, name: &str, call: &FnCallExpr, position: Position, method: bool) {
        let candidates: Vec<&Builtin> =
            builtins::named(name).filter(|builtin| method || builtin.receiver == Receiver::None).collect();
        if candidates.is_empty() {
            let fits = self.functions.contains(name)
                || self.declared.contains(name)
                || self.globals.contains(name)
                || (method && self.own.contains_key(name));
            if !fits {
                self.unknown_function(name, position, method);
            }
            return;
        }
        if method && SHARED.contains(&name) {
            // Which of them it is only the value tells.
        } else if let [builtin] = candidates.as_slice() {
            self.builtin_call(builtin, call, position);
        } else if method && candidates.iter().all(|builtin| builtin.options.is_empty()) {
            // Several receivers share the name: only literals that all refuse are wrong.
        } else if let Some(builtin) = candidates.iter().find(|builtin| !builtin.options.is_empty()) {
            self.builtin_call(builtin, call, position);
        }
    }

    fn unknown_function(&mut self, name: &str, position: Position, method: bool) {
        let kind = if method { "method" } else { "function" };
        let mut report =
            self.at("crawl::check::unknown_function", format!("unknown {kind} `{name}`"), position, "not known");
        let builtins = builtins::all().filter(|b| !method || b.receiver != Receiver::None).map(|b| b.name);
        let own = self.own.keys().map(String::as_str).filter(|name| !name.starts_with("anon$"));
        let first = nearest(name, own.chain(builtins)).map(str::to_owned);
        let near = first.or_else(|| nearest(name, self.functions.iter().map(String::as_str)).map(str::to_owned));
        let part = if method { part(name) } else { None };
        if let Some(near) = near.as_ref().filter(|_| part.is_none()) {
            report = report.replace_by(near.clone());
        }
        if let (Some(part), Some(call)) = (part, self.script.call(position)) {
            report = report.fix(call.span, part);
        }
        report.help = near.map(|near| format!("did you mean `{near}`?"));
        report.help = part.map(|part| format!("`{part}` is a part: write it without `()`")).or(report.help);
        self.reports.push(report);
    }

    fn own_call(&mut self, name: &str, counts: &[usize], call: &FnCallExpr, position: Position) {
        let given = call.args.len();
        if counts.contains(&given) {
            return;
        }
        let takes: Vec<String> = counts.iter().map(ToString::to_string).collect();
        let noun = if counts == [1] { "argument" } else { "arguments" };
        let message = format!("`{name}` takes {} {noun}, got {given}", takes.join(" or "));
        let mut report = self.at("crawl::check::arity", message, position, "this call");
        let named = call.args.last().is_some_and(|last| matches!(last, Expr::Map(..)));
        if named && counts.contains(&(given - 1)) {
            report.help = Some(format!(
                "named arguments arrive as one map: give `fn {name}` a last parameter for it, such as `options`"
            ));
        }
        let facts = self.script.facts();
        let functions: Vec<_> = facts.functions.iter().filter(|function| function.name == name).collect();
        if let ([function], true) = (functions.as_slice(), named && counts.contains(&(given - 1))) {
            let last = function.params.last().map(|(_, span)| (Span::at(span.end), ", options"));
            let (place, text) = last.unwrap_or((Span::at(function.span.end + 1), "options"));
            report = report.fix(place, text);
        }
        for function in functions {
            report = report.also(&self.script.source, function.span, "defined here");
        }
        self.reports.push(report);
    }

    fn module_call(&mut self, call: &FnCallExpr, position: Position) {
        let alias = call.namespace.root();
        let Some(functions) = self.imports.functions(alias) else { return };
        if functions.iter().any(|name| name == call.name.as_str()) {
            return;
        }
        let message = format!("module `{alias}` has no function `{}`", call.name);
        let mut report = self.at("crawl::check::unknown_function", message, position, "not known");
        let names: Vec<&str> = functions.iter().map(String::as_str).collect();
        report.help = nearest_in(&call.name, "its functions", &names);
        self.reports.push(mend::nearly(report, &call.name, &names));
    }

    /// `session(id, options) { … }`, which is no call to Rhai.
    pub fn session_block(&mut self, inputs: &[Expr], position: Position) {
        let Some(builtin) = builtins::named("session").next() else { return };
        self.arguments(builtin, inputs.get(..2).unwrap_or(inputs), position);
    }

    fn builtin_call(&mut self, builtin: &Builtin, call: &FnCallExpr, position: Position) {
        if builtin.options.is_empty()
            && !builtin.variadic
            && builtin.receiver == Receiver::None
            && call.args.len() > builtin.params.len()
            && let Some(Expr::Map(named, _)) = call.args.last()
            && let Some((key, _)) = named.0.first()
        {
            let message = format!("`{}` takes no options, got `{}`", builtin.name, key.name);
            let mut report = self.at("crawl::argument::unknown_option", message, key.pos, "no such option");
            report.help = Some(format!("it is called as `{}`", builtin.signature()));
            self.reports.push(report);
            return;
        }
        self.arguments(builtin, &call.args, position);
    }

    fn arguments(&mut self, builtin: &Builtin, arguments: &[Expr], position: Position) {
        let options = arguments.last().and_then(|last| match last {
            Expr::Map(map, _) if !builtin.options.is_empty() => Some(&map.0),
            _ => None,
        });
        let positional = arguments.len() - usize::from(options.is_some());
        if positional > builtin.params.len() && !builtin.variadic && builtin.receiver == Receiver::None {
            let count = builtin.params.len();
            let noun = if count == 1 { "argument" } else { "arguments" };
            let message = format!("`{}` takes {count} {noun} by position, got {positional}", builtin.name);
            let report = self.at("crawl::check::arity", message, position, "this call");
            self.reports.push(report.help(format!("it is called as `{}`", builtin.signature())));
        }
        for (param, argument) in builtin.params.iter().zip(arguments.iter().take(positional)) {
            self.value(param.name, param.kind, argument);
        }
        self.missing(builtin, arguments, positional, position);
        for (key, value) in options.into_iter().flatten() {
            self.option(builtin, &key.name, key.pos, value, positional);
        }
    }

    /// A parameter that the call leaves out, as far as can be seen: a last argument that is no literal may be options.
    fn missing(&mut self, builtin: &Builtin, arguments: &[Expr], positional: usize, position: Position) {
        let options = arguments.get(positional).map(|options| match options {
            Expr::Map(map, _) => map.0.iter().map(|(key, _)| key.name.to_string()).collect(),
            _ => Vec::new(),
        });
        let dynamic = !builtin.options.is_empty() && arguments.last().is_some_and(|last| !last.is_constant());
        if options.is_none() && dynamic {
            return;
        }
        let given = options.unwrap_or_default();
        let mut wanted = builtin.params.iter().skip(positional);
        let missing = wanted.find(|param| !param.optional && !given.iter().any(|name| name == param.name));
        if let Some(param) = missing {
            let message = format!("`{}` needs `{}`", builtin.name, param.name);
            let report = self.at("crawl::argument::missing", message, position, "this call");
            self.reports.push(report.help(format!("it is called as `{}`", builtin.signature())));
        }
    }

    fn option(&mut self, builtin: &Builtin, key: &str, position: Position, value: &Expr, positional: usize) {
        let Some(kind) = builtin.kind_of(key) else {
            let message = format!("`{}` has no option `{key}`", builtin.name);
            let mut report = self.at("crawl::argument::unknown_option", message, position, "unknown option");
            let names = builtin.option_names();
            report.help = nearest_in(key, "its options", &names);
            self.reports.push(mend::nearly(report, key, &names));
            return;
        };
        if builtin.params.iter().position(|param| param.name == key).is_some_and(|index| index < positional) {
            let message = format!("`{key}` is given by position and by name");
            let report = self.at("crawl::argument::twice", message, position, "given again here");
            let report = report.help("keep one of the two");
            self.reports.push(match mend::argument_with_comma(self.script, position) {
                Some(span) => report.fix(span, ""),
                None => report,
            });
        }
        self.value(key, kind, value);
    }

    fn schema(&mut self, call: &FnCallExpr) {
        let [_, at, options, names, fields] = call.args.as_slice() else { return };
        self.value("at", Kind::Css, at);
        self.fields(fields);
        let Expr::Map(options, _) = options else { return };
        for (key, value) in &options.0 {
            let kind = match key.name.as_str() {
                "min" | "max" => Kind::Int,
                "fill" => Kind::Number,
                "unique" => Kind::Text,
                other => {
                    let mut report = self.at(
                        "crawl::argument::unknown_option",
                        format!("a schema has no option `{other}`"),
                        key.pos,
                        "unknown option",
                    );
                    report.help = nearest_in(other, "its options", SCHEMA_OPTIONS);
                    self.reports.push(mend::nearly(report, other, SCHEMA_OPTIONS));
                    continue;
                }
            };
            self.value(&key.name, kind, value);
            if key.name == "unique" {
                self.unique(value, names);
            }
        }
    }

    /// The fields of a schema that are plain values instead of builders.
    fn fields(&mut self, fields: &Expr) {
        let Expr::Map(fields, _) = fields else { return };
        for (name, value) in &fields.0 {
            let Some(got) = literal::kind(value) else { continue };
            let message = format!("field `{}` takes a builder such as `text(\"h2\")`, got {got}", name.name);
            let report = self.at("crawl::schema::field", message, value.position(), got);
            let report = report.help("a constant is `value(…)`");
            let span = report.primary.as_ref().map(|label| self.script.whole(label.span));
            let text = span.map(|span| self.script.source.slice(span));
            self.reports.push(match (span, text) {
                (Some(span), Some(text)) => report.fix(span, format!("value({text})")),
                _ => report,
            });
        }
    }

    fn unique(&mut self, value: &Expr, names: &Expr) {
        let (Expr::StringConstant(field, position), Expr::Array(names, _)) = (value, names) else { return };
        let names: Vec<&str> = names
            .iter()
            .filter_map(|name| if let Expr::StringConstant(name, _) = name { Some(name.as_str()) } else { None })
            .collect();
        if names.contains(&field.as_str()) {
            return;
        }
        let message = format!("`unique` names no field: `{field}`");
        let mut report = self.at("crawl::schema::unique", message, *position, "no such field");
        report.help = nearest_in(field, "its fields", &names);
        self.reports.push(mend::nearly_quoted(report, field, &names));
    }

    fn value(&mut self, name: &str, kind: Kind, value: &Expr) {
        let reports = literal::check(self.script, name, kind, value);
        self.reports.extend(reports);
    }

    fn at(&self, code: &'static str, message: String, position: Position, label: &str) -> Diagnostic {
        let report = Diagnostic::error(code, message);
        match self.script.span(position) {
            Some(span) => report.at(&self.script.source, span, label),
            None => report,
        }
    }
}

/// The part of a page or element that a method's name means.
fn part(name: &str) -> Option<&'static str> {
    let parts = || PAGE_PARTS.iter().chain(ELEMENT_PARTS).map(|(part, _)| *part);
    parts().find(|part| *part == name).or_else(|| nearest(name, parts()))
}
