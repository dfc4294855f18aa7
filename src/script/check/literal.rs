//! The checks of values that stand in the text: types, selectors, JavaScript, addresses, durations.

use rhai::{Expr, FnCallExpr, Position};
use serde_json::Value;

use super::mend;
use crate::browser::{Chord, KeyError, UrlPattern};
use crate::diag::Diagnostic;
use crate::page::{Selector, SelectorError, Target, TargetError, Transform, regular_expression};
use crate::script::builtin::Kind;
use crate::script::builtins::hooks::POINTS;
use crate::script::duration::{DURATION_HELP, parse};
use crate::script::options::{FIELD_FOR_CONDITION, Text, classify};
use crate::script::session_option::SessionOption;
use crate::script::sources::Script;
use crate::syntax::{JsProgram, StringLiteral, token_at};
use crate::text::{Span, nearest_in};

/// The reports for a value of an option or parameter; nothing when it is no literal.
pub fn check(script: &Script, name: &str, kind: Kind, value: &Expr) -> Vec<Diagnostic> {
    let checker = Checker { script, name };
    if let Kind::Session(option) = kind {
        return checker.session(option, value).into_iter().collect();
    }
    match value {
        Expr::StringConstant(text, position) => checker.text(kind, text, *position).into_iter().collect(),
        Expr::Array(items, _) if matches!(kind, Kind::Js | Kind::Condition) => {
            items.iter().flat_map(|item| check(script, name, kind, item)).collect()
        }
        other => checker.other(kind, other).into_iter().collect(),
    }
}

/// What a literal is, in words; `None` when the value is computed.
#[must_use]
pub fn kind(value: &Expr) -> Option<&'static str> {
    Some(match value {
        Expr::StringConstant(..) => "a string",
        Expr::BoolConstant(..) => "a boolean",
        Expr::IntegerConstant(..) => "an integer",
        Expr::FloatConstant(..) => "a number",
        Expr::CharConstant(..) => "a character",
        Expr::Map(..) => "a map",
        Expr::Array(..) => "an array",
        _ => return None,
    })
}

struct Checker<'a> {
    script: &'a Script,
    name: &'a str,
}

impl Checker<'_> {
    fn text(&self, kind: Kind, text: &str, position: Position) -> Option<Diagnostic> {
        match kind {
            Kind::Css => self.selector(Selector::parse(text).err()?, position, 0),
            Kind::Target => self.target(Target::parse(text).err()?, position),
            Kind::Keys => self.keys(Chord::parse(text).err()?, position),
            Kind::RowCss => self.selector(Selector::parse_relative(text).err()?, position, 0),
            Kind::Condition => match classify(text) {
                Text::Css(css) => self.selector(Selector::parse_live(css).err()?, position, offset_in(text, css)),
                Text::Js(js) => self.js(js, position, offset_in(text, js)),
            },
            Kind::Js => self.js(text, position, 0),
            Kind::Regex => {
                let message = regular_expression(text).err()?;
                Some(self.at("crawl::value::regex", message, position, None, "here"))
            }
            Kind::DateFormat => {
                let message = Transform::Date(Some(text.to_owned())).check().err()?;
                Some(self.at("crawl::argument::value", message, position, None, "here"))
            }
            Kind::UrlPattern => {
                let message = UrlPattern::new(text).err()?;
                Some(self.at("crawl::argument::value", message, position, None, "here"))
            }
            Kind::Url => self.address(text, position),
            Kind::Duration if parse(text).is_none() => {
                Some(self.wrong(DURATION_HELP, &format!("\"{text}\""), position))
            }
            Kind::HookPoint if !POINTS.contains(&text) => {
                let message = format!("there is no hook point `{text}`");
                let mut report = self.at("crawl::hook::unknown", message, position, None, "unknown point");
                report.help = nearest_in(text, "points", POINTS);
                Some(mend::nearly_quoted(report, text, POINTS))
            }
            Kind::Word(words) if !words.contains(&text) => {
                let message = format!("`{}` cannot be \"{text}\"", self.name);
                let mut report = self.at("crawl::argument::value", message, position, None, "unknown word");
                report.help = nearest_in(text, "it is one of", words);
                Some(mend::nearly_quoted(report, text, words))
            }
            Kind::Bool | Kind::Int | Kind::Number | Kind::List | Kind::Map | Kind::Function | Kind::Schema => {
                Some(self.wrong(wanted(kind)?, "a string", position))
            }
            _ => None,
        }
    }

    fn other(&self, kind: Kind, value: &Expr) -> Option<Diagnostic> {
        if let Expr::FnCall(call, position) = value
            && kind == Kind::Condition
            && is_field(call)
        {
            let message = format!("`{}` takes a condition, got a schema's field", self.name);
            let report = self.at("crawl::argument::type", message, *position, None, "a schema's field");
            return Some(report.help(FIELD_FOR_CONDITION));
        }
        let got = self::kind(value)?;
        let fits = match kind {
            Kind::Any => true,
            Kind::Bool => got == "a boolean",
            Kind::Int => got == "an integer",
            Kind::Number | Kind::Duration => matches!(got, "an integer" | "a number"),
            Kind::List => got == "an array",
            Kind::Map => matches!(got, "a map" | "an array"),
            Kind::Condition | Kind::Js => got == "an array",
            _ => false,
        };
        if fits { None } else { Some(self.wrong(wanted(kind)?, got, value.position())) }
    }

    /// A value of a session's option that is all literal.
    fn session(&self, option: SessionOption, value: &Expr) -> Option<Diagnostic> {
        let wrong = option.check(&json(value)?).err()?;
        let (code, message) = match wrong.shape {
            true => ("crawl::argument::type", format!("`{}` {}, got {}", self.name, wrong.message, kind(value)?)),
            false => ("crawl::argument::value", format!("`{}` {}", self.name, wrong.message)),
        };
        let mut report = self.at(code, message, value.position(), None, "here");
        report.help = wrong.help;
        Some(report)
    }

    fn address(&self, text: &str, position: Position) -> Option<Diagnostic> {
        let error = crate::crawl::check_url(text)?;
        let mut report = self.at(error.code, error.message, position, None, "this address");
        report.help = error.help;
        Some(match crate::crawl::meant_url(text).filter(|meant| !meant.contains(['"', '\\'])) {
            Some(meant) => report.replace_by(format!("\"{meant}\"")),
            None => report,
        })
    }

    fn selector(&self, error: SelectorError, position: Position, shift: usize) -> Option<Diagnostic> {
        let inside = Span::new(error.span.start + shift, error.span.end + shift);
        let mut report = self.at("crawl::select::syntax", error.message, position, Some(inside), "in this selector");
        report.help = error.help;
        Some(match error.meant {
            Some(meant) => report.replace_by(meant),
            None => report,
        })
    }

    fn target(&self, error: TargetError, position: Position) -> Option<Diagnostic> {
        let mut report = self.at("crawl::target::syntax", error.message, position, Some(error.span), "in this target");
        report.help = error.help;
        Some(report)
    }

    fn keys(&self, error: KeyError, position: Position) -> Option<Diagnostic> {
        let mut report = self.at("crawl::act::key", error.message, position, None, "this key");
        report.help = error.help;
        Some(report)
    }

    fn js(&self, text: &str, position: Position, shift: usize) -> Option<Diagnostic> {
        let error = JsProgram::parse(text).err()?;
        let inside = Span::new(error.span.start + shift, error.span.end + shift);
        let message = format!("the js does not parse: {}", error.message);
        let mut report = self.at("crawl::js::syntax", message, position, Some(inside), "the js goes wrong here");
        report.help = error.help;
        Some(report)
    }

    fn wrong(&self, wanted: &str, got: &str, position: Position) -> Diagnostic {
        let message = format!("`{}` takes {wanted}, got {got}", self.name);
        self.at("crawl::argument::type", message, position, None, got)
    }

    fn at(
        &self,
        code: &'static str,
        message: String,
        position: Position,
        inside: Option<Span>,
        label: &str,
    ) -> Diagnostic {
        let report = Diagnostic::error(code, message);
        let Some(span) = self.script.span(position) else { return report };
        let literal = token_at(self.script.tokens(), span.start)
            .and_then(|token| StringLiteral::decode(self.script.source.text(), token));
        let span = self.script.whole(span);
        let exact = inside.and_then(|inside| crate::script::call_site::inside(&literal?, Some(inside), None));
        report.at(&self.script.source, exact.unwrap_or(span), label)
    }
}

/// The value of an expression that is all literal.
fn json(value: &Expr) -> Option<Value> {
    Some(match value {
        Expr::StringConstant(text, _) => Value::from(text.as_str()),
        Expr::BoolConstant(flag, _) => Value::from(*flag),
        Expr::IntegerConstant(number, _) => Value::from(*number),
        Expr::FloatConstant(number, _) => Value::from(**number),
        Expr::Array(items, _) => Value::Array(items.iter().map(json).collect::<Option<_>>()?),
        Expr::Map(entries, _) => {
            let entry = |(name, value): &(rhai::Ident, Expr)| Some((name.name.to_string(), json(value)?));
            Value::Object(entries.0.iter().map(entry).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// `text("h1")`: with one argument the builder of a schema's field.
fn is_field(call: &FnCallExpr) -> bool {
    call.name == "text" && call.namespace.is_empty() && call.args.len() == 1
}

fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

fn wanted(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Text | Kind::Css | Kind::RowCss | Kind::Keys | Kind::Regex | Kind::UrlPattern | Kind::DateFormat => {
            "a string"
        }
        Kind::Target => "a target such as \"text=Save\"",
        Kind::Bool => "true or false",
        Kind::Int => "a whole number",
        Kind::Number => "a number",
        Kind::Duration => DURATION_HELP,
        Kind::List => "an array",
        Kind::Map => "a map",
        Kind::Function => "a closure such as `|x| …`",
        Kind::Url => "an address",
        Kind::Js => "js as a string or an array of strings",
        Kind::Condition => "a condition",
        Kind::Schema => "a schema",
        Kind::Session(option) => option.wanted(),
        Kind::HookPoint | Kind::Word(_) => "a word in quotes",
        Kind::Any => return None,
    })
}
