//! From every phase's errors to reports in the user's text.

use std::sync::Arc;

use rhai::{EvalAltResult, ParseError, ParseErrorType, Position};

use super::call_site::{argument, inside, literal};
use super::eval_error::of_variant;
use super::failure::{ErrorValue, Origin};
use super::modules;
use super::names;
use super::run::Run;
use super::sources::Script;
use crate::crawl::CrawlError;
use crate::diag::{Diagnostic, Label};
use crate::syntax::SyntaxError;
use crate::text::{Source, Span};

/// The reports of a module that did not compile, on their way through an `import`.
pub struct ModuleReports(pub Vec<Diagnostic>);

/// The report of a problem that the rewrite found.
#[must_use]
pub fn syntax(source: &Source, error: &SyntaxError) -> Diagnostic {
    let mut report = Diagnostic::error(error.code, error.message.clone()).at(source, error.span, error.label.clone());
    for (span, text) in &error.related {
        report = report.also(source, *span, text.clone());
    }
    report.help.clone_from(&error.help);
    match &error.fix {
        Some((span, text)) => report.fix(*span, text.clone()),
        None => report,
    }
}

/// The report of Rhai's parse error.
#[must_use]
pub fn parse(script: &Script, error: &ParseError) -> Diagnostic {
    let span = script.span(error.position()).unwrap_or_else(|| Span::at(script.source.text().len()));
    let (message, help) = super::parse_error::words(error.err_type(), script.source.slice(span));
    let span = if super::parse_error::misses_end(error.err_type()) { script.end_before(span) } else { span };
    let mut report = Diagnostic::error("crawl::syntax::parse", message).at(&script.source, span, "here");
    report.help = help;
    match parse_fix(script, error.err_type(), span) {
        Some((span, text)) => report.fix(span, text),
        None => report,
    }
}

/// The change that the help of a parse error means.
fn parse_fix(script: &Script, error: &ParseErrorType, span: Span) -> Option<(Span, &'static str)> {
    match error {
        missing if super::parse_error::misses_end(missing) => Some((Span::at(span.end), ";")),
        ParseErrorType::WrongDocComment => Some((Span::new(span.start, span.start + 3), "//")),
        ParseErrorType::AssignmentToConstant(name) => {
            let constant = script.facts().consts.iter().find(|(known, _)| known == name)?.1;
            let before = script.tokens().iter().rev().find(|token| token.span.end <= constant.start)?;
            (before.text(script.source.text()) == "const").then_some((before.span, "let"))
        }
        _ => None,
    }
}

/// The reports of a run that failed: one, or those of the module that did not compile.
#[must_use]
pub fn run(run: &Run, error: &EvalAltResult) -> Vec<Diagnostic> {
    let mut walk = Walk { run, script: run.sources.find(None), stack: Vec::new() };
    let mut reports = walk.descend(error);
    reports.iter_mut().for_each(|report| run.conceal_report(report));
    reports
}

struct Walk<'r> {
    run: &'r Run,
    script: Option<Arc<Script>>,
    /// The calls passed on the way in, outermost first.
    stack: Vec<Label>,
}

impl Walk<'_> {
    fn descend(&mut self, error: &EvalAltResult) -> Vec<Diagnostic> {
        match error {
            EvalAltResult::ErrorInFunctionCall(name, source, inner, position) => {
                self.called(name, *position);
                self.enter(source);
                self.go_home(name);
                self.descend(inner)
            }
            EvalAltResult::ErrorInModule(name, inner, position) => {
                self.called(name, *position);
                self.enter(name);
                self.descend(inner)
            }
            EvalAltResult::ErrorRuntime(value, position) => {
                let known = value.read_lock::<ErrorValue>().map(|value| (*value).clone());
                let value = known.unwrap_or_else(|| super::failure::caught(value.clone()));
                self.of_value(&value, *position)
            }
            other => {
                let text = format!("{other:?}");
                let variant = text.split(['(', ' ']).next().unwrap_or_default();
                let (code, message) = of_variant(variant, &bare_message(other));
                let position = other.position();
                let mut report = self.place(Diagnostic::error(code, message), position, None);
                names::suggest(self.run, self.script.as_deref(), other, &mut report);
                if report.primary.is_none() {
                    report.primary = self.only_call(super::eval_error::race_in(&bare_message(other)));
                }
                vec![self.with_stack(report)]
            }
        }
    }

    fn called(&mut self, name: &str, position: Position) {
        let Some(script) = &self.script else { return };
        let Some(span) = script.span(position) else { return };
        if self.stack.last().is_some_and(|outer| outer.span == span && outer.source == script.source) {
            return;
        }
        let closure = name.starts_with("anon$") || name.is_empty();
        let words = match script.source.slice(span) {
            "on" if closure => "the hook was set here".to_owned(),
            _ if closure => "called from here".to_owned(),
            _ if super::builtins::named(name).next().is_some() => format!("during this `{name}`"),
            _ => format!("in `{name}`, called from here"),
        };
        self.stack.push(Label { source: script.source.clone(), span, text: words });
    }

    /// The place of the one call of that name in the script, for errors that tell no other.
    fn only_call(&self, name: Option<&str>) -> Option<Label> {
        let (script, name) = (self.script.as_ref()?, name?);
        let mut calls = script.facts().calls.iter().filter(|call| call.callee == name);
        let (only, None) = (calls.next()?, calls.next()) else { return None };
        Some(Label { source: script.source.clone(), span: only.callee_span, text: "in this call".to_owned() })
    }

    fn enter(&mut self, source: &str) {
        if !source.is_empty() {
            self.script = self.run.sources.find(Some(source));
        }
    }

    /// A dialogue's functions come from earlier pieces, which Rhai does not tell.
    fn go_home(&mut self, function: &str) {
        let typed = self.script.as_ref().is_some_and(|script| script.source.name().starts_with("<repl"));
        if typed && let Some(home) = self.run.sources.home(function) {
            self.script = Some(home);
        }
    }

    fn of_value(&mut self, value: &ErrorValue, position: Position) -> Vec<Diagnostic> {
        let error = value.error();
        if let Some(module) = error.script.as_ref().and_then(|script| script.downcast_ref::<ModuleReports>()) {
            return module.0.clone();
        }
        let origin = value.origin().filter(|origin| !origin.position.is_none());
        let position = self.stand_at(origin, position);
        let mut report = Diagnostic::error(error.code, error.message.clone());
        report.help.clone_from(&error.help);
        report.notes.clone_from(&error.notes);
        report.notes.extend(value.own_code().map(|code| format!("thrown with the code `{code}`")));
        report.context.url.clone_from(&error.url);
        report.context.session = error.session.clone().filter(|id| !id.starts_with('~'));
        report.context.step = error.step;
        report.context.elapsed = error.elapsed;
        let report = self.place(report, position, Some(error));
        vec![self.with_stack(report)]
    }

    fn stand_at(&mut self, origin: Option<&Origin>, position: Position) -> Position {
        let Some(origin) = origin else { return position };
        if let Some(source) = &origin.source {
            self.script = self.run.sources.find(Some(source));
        }
        origin.position
    }

    /// Puts the report at its place: inside an option's string where that is known, else at the call.
    fn place(&self, report: Diagnostic, position: Position, error: Option<&CrawlError>) -> Diagnostic {
        let Some(script) = &self.script else { return report };
        let place = error.and_then(|error| error.place.as_ref());
        if let (Some(call), Some(place)) = (script.call(position), place) {
            let slot = super::builtins::named(&call.callee)
                .find_map(|builtin| builtin.params.iter().position(|param| param.name == place.option));
            if let Some(argument) = argument(call, &place.option, slot) {
                let literal = literal(script, argument.value, place.index);
                let span = literal.as_ref().and_then(|literal| inside(literal, place.span, place.place));
                let span = span.or(literal.map(|literal| literal.span)).unwrap_or(argument.value);
                let text = label(report.code);
                return report.at(&script.source, span, text);
            }
        }
        let Some(span) = script.span(position) else { return report };
        let text = label(report.code);
        report.at(&script.source, span, text)
    }

    fn with_stack(&self, mut report: Diagnostic) -> Diagnostic {
        let mut calls: Vec<Label> = self.stack.iter().rev().cloned().collect();
        if report.primary.is_none() && !calls.is_empty() {
            // Rhai tells no place for some errors: the nearest one known is the call they came from.
            report.primary = Some(Label { text: "somewhere in this call".to_owned(), ..calls.remove(0) });
        }
        let embedded = |label: &Label| modules::is_embedded(label.source.name());
        if let Some(inner) = report.primary.take_if(|primary| embedded(primary)) {
            // What the standard library was asked to do is the user's to change; where it gave up comes second.
            let outer = calls.iter().position(|call| !embedded(call)).map(|at| calls.remove(at));
            let text = inner.text.clone();
            report.primary = Some(outer.map_or_else(|| inner.clone(), |call| Label { text, ..call }));
            report.secondary.push(inner);
        }
        report.secondary.extend(calls.into_iter().take(8));
        report
    }
}

/// What stands at the place, in a few words, by the error's family.
fn label(code: &str) -> &'static str {
    match code {
        "crawl::js::exception" => "thrown here",
        "crawl::js::syntax" => "the js goes wrong here",
        "crawl::select::syntax" => "in this selector",
        "crawl::select::no_match" | "crawl::extract::no_match" => "matches nothing",
        "crawl::wait::timeout" => "did not come true",
        "crawl::argument::unknown_option" => "in this call",
        _ => "here",
    }
}

/// Rhai's message without the place that it appends.
fn bare_message(error: &EvalAltResult) -> String {
    let mut error_text = error.to_string();
    if let Some(at) = error_text.rfind(" (line ") {
        error_text.truncate(at);
    }
    error_text
}
