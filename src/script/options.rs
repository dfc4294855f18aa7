//! Values of the script into the typed options of steps and sessions, each refusal with its reason.

use std::sync::Arc;
use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map};

use super::builtin::Call;
use super::closure::Closure;
use super::condition_value::ConditionValue;
use super::duration::{DURATION_HELP, parse};
use super::failure::raise;
use super::schema_value::SchemaValue;
use super::value::describe;
use crate::browser::DomCondition;
use crate::crawl::{ClosureRef, Condition, CrawlError, ErrorPlace};
use crate::page::{Schema, Selector};
use crate::syntax::JsProgram;

/// What to do about a schema's field where a condition is wanted.
pub const FIELD_FOR_CONDITION: &str = "as a condition, `text` takes two arguments: `text(\"h1\", \"Welcome\")`; whether a selector matches, the selector \
     itself asks: `wait_for: \"h1\"`";

type Refused = Box<rhai::EvalAltResult>;

/// Headers of the connection, which are the browser's own affair.
const OWN_HEADERS: &[&str] =
    &["host", "content-length", "connection", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer"];

impl Call<'_, '_> {
    /// A duration: `"10s"`, `"500ms"`, or milliseconds.
    pub fn duration(&self, name: &str) -> Result<Option<Duration>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        duration(&value).map(Some).ok_or_else(|| {
            let got =
                value.clone().into_immutable_string().map_or_else(|_| describe(&value), |text| format!("\"{text}\""));
            let message = format!("`{name}` takes {DURATION_HELP}, got {got}");
            self.refuse(name, CrawlError::new("crawl::argument::type", message))
        })
    }

    /// One of a few words.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&'static str, T)]) -> Result<Option<T>, Refused> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.as_str()) {
            return Ok(Some(*value));
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let mut error = CrawlError::new("crawl::argument::value", format!("`{name}` cannot be \"{text}\""));
        error.help = crate::text::nearest_in(&text, "it is one of", &known);
        Err(self.refuse(name, error))
    }

    /// Headers by their names.
    pub fn headers(&self, name: &'static str) -> Result<Option<Vec<(String, String)>>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Some(map) = value.read_lock::<Map>() else { return Err(self.wrong(name, "a map of strings", &value)) };
        let headers = map.iter().map(|(key, value)| self.header(name, (key.to_string(), value.to_string())));
        headers.collect::<Result<_, _>>().map(Some)
    }

    /// A header that a browser sends when it is told to.
    pub fn header(&self, option: &'static str, (name, value): (String, String)) -> Result<(String, String), Refused> {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let own = name.to_ascii_lowercase();
        let why = if name.is_empty() || !name.chars().all(token) {
            format!("`{}` is no name of a header", name.escape_debug())
        } else if value.chars().any(|c| matches!(c, '\r' | '\n' | '\0')) {
            format!("the value of `{name}` has a line break in it")
        } else if OWN_HEADERS.contains(&own.as_str()) || own.starts_with("proxy-") {
            format!("the browser writes `{name}` itself, and takes no other")
        } else {
            return Ok((name, value));
        };
        let error = CrawlError::new("crawl::argument::value", why);
        Err(self.refuse(option, error.help("leave it out, or write it as HTTP has it (RFC 9110, section 5)")))
    }

    /// One string or an array of them.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let as_text = |item: &Dynamic| item.clone().into_immutable_string().map(|text| text.to_string());
        let list = match value.read_lock::<Array>() {
            Some(items) => items.iter().map(as_text).collect::<Result<Vec<_>, _>>(),
            None => as_text(&value).map(|text| vec![text]),
        };
        list.map(Some).map_err(|_| self.wrong(name, "a string or an array of strings", &value))
    }

    /// JavaScript: a string or an array of strings, parsed.
    pub fn programs(&self, name: &'static str) -> Result<Vec<JsProgram>, Refused> {
        let texts = self.strings(name)?.unwrap_or_default();
        texts.iter().enumerate().map(|(index, text)| self.program(name, index, text)).collect()
    }

    /// A piece of JavaScript, parsed.
    pub fn program(&self, name: &'static str, index: usize, text: &str) -> Result<JsProgram, Refused> {
        JsProgram::parse(text).map_err(|error| {
            let mut failure = CrawlError::new("crawl::js::syntax", format!("the js does not parse: {}", error.message));
            failure.help = error.help.clone();
            failure.place = Some(ErrorPlace { option: name.into(), index, place: None, span: Some(error.span) });
            raise(self.ctx, failure)
        })
    }

    /// A selector that a snapshot can answer.
    pub fn selector(&self, name: &'static str) -> Result<Option<Selector>, Refused> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        self.parse_selector(name, &text).map(Some)
    }

    /// Parses a selector; the error points into the string.
    pub fn parse_selector(&self, name: &'static str, text: &str) -> Result<Selector, Refused> {
        Selector::parse(text).map_err(|error| raise(self.ctx, selector_error(name, &error)))
    }

    /// A schema.
    pub fn schema(&self, name: &str) -> Result<Option<Arc<Schema>>, Refused> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let schema = value.read_lock::<SchemaValue>().map(|schema| Arc::clone(&schema.0));
        schema.map(Some).ok_or_else(|| self.wrong(name, "a schema", &value))
    }

    /// Conditions: one, or an array that must all hold.
    pub fn conditions(&self, name: &'static str) -> Result<Vec<Condition>, Refused> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        if let Some(items) = value.read_lock::<Array>() {
            return items.iter().enumerate().map(|(index, item)| self.condition(name, index, item)).collect();
        }
        Ok(vec![self.condition(name, 0, &value)?])
    }

    /// One condition: a string, a typed condition or a closure.
    pub fn condition(&self, name: &'static str, index: usize, value: &Dynamic) -> Result<Condition, Refused> {
        if let Some(condition) = value.read_lock::<ConditionValue>() {
            return Ok(condition.condition.clone());
        }
        if let Ok(text) = value.clone().into_immutable_string() {
            return self.condition_text(name, index, &text);
        }
        if let Some(pointer) = value.clone().try_cast::<FnPtr>() {
            let closure = Closure::new(self.ctx, self.run, pointer);
            let fingerprint = closure.fingerprint(self.run);
            return Ok(Condition::Closure(ClosureRef { id: self.run.keep_closure(closure), fingerprint }));
        }
        if value.read_lock::<super::schema_value::FieldValue>().is_some() {
            let error =
                CrawlError::new("crawl::argument::type", format!("`{name}` takes a condition, got a schema's field"));
            return Err(self.refuse(name, error.help(FIELD_FOR_CONDITION)));
        }
        let wanted = "a condition: a selector, `visible(…)`, `changed(…)`, `js(…)`, a closure or an array of them";
        Err(self.wrong(name, wanted, value))
    }

    fn condition_text(&self, name: &'static str, index: usize, text: &ImmutableString) -> Result<Condition, Refused> {
        match classify(text) {
            Text::Js(js) => self.program(name, index, js).map(Condition::Js),
            Text::Css(css) => {
                if let Err(error) = Selector::parse_live(css) {
                    let mut failure = selector_error(name, &error);
                    if let Some(place) = &mut failure.place {
                        place.index = index;
                    }
                    return Err(raise(self.ctx, failure));
                }
                Ok(Condition::Dom(DomCondition::Attached { css: css.to_owned() }))
            }
        }
    }
}

/// What a condition given as a string is.
pub enum Text<'a> {
    /// JavaScript, its `js:` prefix dropped.
    Js(&'a str),
    /// A selector, its `css:` prefix dropped.
    Css(&'a str),
}

/// Tells JavaScript from a selector: prefixes, and arrow or function expressions.
#[must_use]
pub fn classify(text: &str) -> Text<'_> {
    let trimmed = text.trim_start();
    if let Some(js) = trimmed.strip_prefix("js:") {
        return Text::Js(js);
    }
    if let Some(css) = trimmed.strip_prefix("css:") {
        return Text::Css(css.trim());
    }
    let function = ["()", "async ", "async(", "function", "(("].iter().any(|start| trimmed.starts_with(start));
    if function && (trimmed.contains("=>") || trimmed.contains("function")) {
        Text::Js(text)
    } else {
        Text::Css(trimmed.trim())
    }
}

/// A duration from a string or a number of milliseconds.
#[must_use]
pub fn duration(value: &Dynamic) -> Option<Duration> {
    if let Ok(ms) = value.as_int() {
        return u64::try_from(ms).ok().map(Duration::from_millis);
    }
    if let Ok(ms) = value.as_float() {
        return Duration::try_from_secs_f64(ms / 1000.0).ok();
    }
    parse(&value.clone().into_immutable_string().ok()?)
}

/// The error for a bad selector, with its place in the option's string.
#[must_use]
pub fn selector_error(option: &'static str, error: &crate::page::SelectorError) -> CrawlError {
    let mut failure = CrawlError::new("crawl::select::syntax", error.message.clone());
    failure.help = error.help.clone();
    failure.place = Some(ErrorPlace { option: option.into(), index: 0, place: None, span: Some(error.span) });
    failure
}
