//! From every phase's errors to reports in the user's text.

use std::sync::Arc;

use rhai::{EvalAltResult, ParseError, Position};

use super::call_site::{argument, inside, literal};
use super::eval_error::of_variant;
use super::failure::{ErrorValue, Origin};
use super::names;
use super::run::Run;
use super::sources::Script;
use crate::crawl::CrawlError;
use crate::diag::Diagnostic;
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
    report
}

/// The report of Rhai's parse error.
#[must_use]
pub fn parse(script: &Script, error: &ParseError) -> Diagnostic {
    let (message, help) = super::parse_error::words(error.err_type());
    let span = script.span(error.position()).unwrap_or_else(|| Span::at(script.source.text().len()));
    let mut report = Diagnostic::error("crawl::syntax::parse", message).at(&script.source, span, "here");
    report.help = help;
    report
}

/// The reports of a run that failed: one, or those of the module that did not compile.
#[must_use]
pub fn run(run: &Run, error: &EvalAltResult) -> Vec<Diagnostic> {
    let mut walk = Walk { run, script: run.sources.find(None), stack: Vec::new() };
    walk.descend(error)
}

struct Walk<'r> {
    run: &'r Run,
    script: Option<Arc<Script>>,
    /// The calls passed on the way in, outermost first.
    stack: Vec<(Source, Span, String)>,
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
                vec![self.with_stack(report)]
            }
        }
    }

    fn called(&mut self, name: &str, position: Position) {
        let Some(script) = &self.script else { return };
        let Some(span) = script.span(position) else { return };
        let words = if name.starts_with("anon$") || name.is_empty() {
            "called from here".to_owned()
        } else {
            format!("in `{name}`, called from here")
        };
        self.stack.push((script.source.clone(), span, words));
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
            if let Some(argument) = argument(call, place.option, slot) {
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
        for (source, span, text) in self.stack.iter().rev().take(8) {
            report = report.also(source, *span, text.clone());
        }
        report
    }
}

/// What stands at the place, in a few words, by the error's family.
fn label(code: &str) -> &'static str {
    match code {
        "crawl::js::exception" => "thrown here",
        "crawl::js::syntax" => "this js does not parse",
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
