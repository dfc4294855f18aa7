//! Errors as the script sees them: one value for all, whatever failed.

use std::sync::Arc;

use rhai::{Dynamic, EvalAltResult, ImmutableString, Map, NativeCallContext, Position};
use serde_json::{Value, json};

use super::nested_error::innermost;
use super::page_value::PageValue;
use crate::crawl::CrawlError;

/// What a builtin returns.
pub type Outcome = Result<Dynamic, Box<EvalAltResult>>;

/// What `catch (e)` offers of every error.
pub const ERROR_PARTS: &[&str] =
    &["code", "message", "help", "notes", "url", "session_id", "step", "elapsed", "page", "value"];

/// A caught error: `e.code`, `e.message`, `e.help` are always strings; `e.url`, `e.session_id`, `e.elapsed`, `e.page`,
/// `e.value` are `()` where there is none.
#[derive(Debug, Clone)]
pub struct ErrorValue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    error: CrawlError,
    origin: Option<Origin>,
    thrown: Option<Dynamic>,
}

/// Where an error arose, in the rewritten text of a source.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The source's name; `None` for the main script.
    pub source: Option<String>,
    /// Line and column there.
    pub position: Position,
}

impl ErrorValue {
    /// An error of a step or a builtin.
    #[must_use]
    pub fn new(error: CrawlError, origin: Option<Origin>) -> Self {
        Self(Arc::new(Inner { error, origin, thrown: None }))
    }

    /// A value that the script threw itself.
    #[must_use]
    pub fn thrown(value: Dynamic) -> Self {
        let field = |name: &str| {
            let map = value.read_lock::<Map>()?;
            map.get(name).and_then(|field| field.clone().into_immutable_string().ok())
        };
        let message = field("message").unwrap_or_else(|| value.to_string().into());
        let mut error = CrawlError::new("crawl::eval::thrown", message.to_string());
        error.help = field("help").map(|help| help.to_string());
        Self(Arc::new(Inner { error, origin: None, thrown: Some(value) }))
    }

    /// The same error, told to have happened in the step of another where it has none of its own.
    #[must_use]
    fn during(&self, step: &CrawlError) -> Self {
        let Inner { error, origin, thrown } = &*self.0;
        let mut error = error.clone();
        if error.step.is_none() {
            (error.step, error.elapsed) = (step.step, step.elapsed);
            error.session = error.session.or_else(|| step.session.clone());
            error.url = error.url.or_else(|| step.url.clone());
        }
        Self(Arc::new(Inner { error, origin: origin.clone(), thrown: thrown.clone() }))
    }

    /// The error itself.
    #[must_use]
    pub fn error(&self) -> &CrawlError {
        &self.0.error
    }

    /// Where it arose first.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.0.origin.as_ref()
    }

    /// The code that the script gave the error which it threw.
    #[must_use]
    pub fn own_code(&self) -> Option<ImmutableString> {
        self.0.thrown.as_ref().and_then(thrown_code)
    }

    /// One field; `None` when there is no such field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Dynamic> {
        let error = &self.0.error;
        let text = |text: &Option<String>| text.clone().map_or(Dynamic::UNIT, Dynamic::from);
        Some(match name {
            "code" => match self.own_code() {
                Some(code) => code.into(),
                None => error.code.into(),
            },
            "message" => error.message.clone().into(),
            "help" => error.help.clone().unwrap_or_default().into(),
            "notes" => error.notes.iter().map(|note| Dynamic::from(note.clone())).collect::<rhai::Array>().into(),
            "url" => text(&error.url),
            "session_id" => text(&error.session),
            "step" => error.step.map_or(Dynamic::UNIT, |step| i64::try_from(step).unwrap_or(i64::MAX).into()),
            "elapsed" => error.elapsed.map_or(Dynamic::UNIT, |time| millis(time).into()),
            "page" => error.page.clone().map_or(Dynamic::UNIT, |page| Dynamic::from(PageValue::new(page))),
            "value" => self.0.thrown.clone().unwrap_or(Dynamic::UNIT),
            _ => return None,
        })
    }

    /// As `print` shows it.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}: {}", self.0.error.code, self.0.error.message)
    }

    /// As data.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let error = &self.0.error;
        json!({ "code": error.code, "message": error.message, "help": error.help, "url": error.url })
    }
}

fn millis(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

fn thrown_code(value: &Dynamic) -> Option<ImmutableString> {
    value.read_lock::<Map>()?.get("code")?.clone().into_immutable_string().ok()
}

/// Raises an error of ours at the place of the call.
#[must_use]
pub fn raise(ctx: &NativeCallContext, error: CrawlError) -> Box<EvalAltResult> {
    if let Some(kept) = error.script.as_ref().and_then(|script| script.downcast_ref::<Kept>()) {
        let (name, source) = (ctx.fn_name().to_owned(), ctx.call_source().unwrap_or_default().to_owned());
        let inner = during(kept.take(), &error);
        return Box::new(EvalAltResult::ErrorInFunctionCall(name, source, inner, ctx.call_position()));
    }
    let origin = Origin { source: ctx.call_source().map(str::to_owned), position: ctx.call_position() };
    let value = ErrorValue::new(error, Some(origin));
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(value), ctx.call_position()))
}

/// Carries a Rhai error through a step: a hook's or closure's failure keeps its own place and call stack.
pub struct Kept(std::sync::Mutex<Option<Box<EvalAltResult>>>, String);

impl Kept {
    fn take(&self) -> Box<EvalAltResult> {
        let kept = self.0.lock().ok().and_then(|mut slot| slot.take());
        kept.unwrap_or_else(|| Box::new(EvalAltResult::ErrorRuntime(self.1.clone().into(), Position::NONE)))
    }
}

/// Wraps a closure's error for its way through a step.
#[must_use]
pub fn wrap(error: Box<EvalAltResult>) -> CrawlError {
    let inner = error_value(&error);
    let mut wrapped =
        inner.map_or_else(|| CrawlError::new("crawl::eval::failed", error.to_string()), |value| value.error().clone());
    let message = wrapped.message.clone();
    wrapped.script = Some(Arc::new(Kept(std::sync::Mutex::new(Some(error)), message)));
    wrapped
}

/// What a hook or closure threw, with the step during which it did.
fn during(mut error: Box<EvalAltResult>, step: &CrawlError) -> Box<EvalAltResult> {
    let mut inner = &mut *error;
    while let EvalAltResult::ErrorInFunctionCall(_, _, next, _) | EvalAltResult::ErrorInModule(_, next, _) = inner {
        inner = next;
    }
    if let EvalAltResult::ErrorRuntime(value, _) = inner
        && !value.is_unit()
    {
        *value = Dynamic::from(caught(value.clone()).during(step));
    }
    error
}

/// The error value inside a Rhai error, under its call stack.
#[must_use]
pub fn error_value(error: &EvalAltResult) -> Option<ErrorValue> {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            error_value(inner)
        }
        EvalAltResult::ErrorRuntime(value, _) => value.read_lock::<ErrorValue>().map(|value| (*value).clone()),
        _ => None,
    }
}

/// What `catch (e)` makes of anything that was thrown.
#[must_use]
pub fn caught(value: Dynamic) -> ErrorValue {
    if let Some(known) = value.read_lock::<ErrorValue>() {
        return (*known).clone();
    }
    let own = value.read_lock::<Map>().and_then(|map| rhai_error(&map));
    own.unwrap_or_else(|| ErrorValue::thrown(value))
}

/// Rhai hands its own errors to `catch` as a map with `error` (the variant) and `message`.
fn rhai_error(map: &Map) -> Option<ErrorValue> {
    let kind = map.get("error")?.clone().into_immutable_string().ok()?;
    if !kind.starts_with("Error") {
        return None;
    }
    let number = |key: &str| map.get(key).and_then(|v| v.as_int().ok()).and_then(|n| u16::try_from(n).ok());
    let message = map.get("message").map(ToString::to_string).unwrap_or_default();
    let position = match (number("line"), number("position")) {
        (Some(line), column) if line > 0 => Position::new(line, column.unwrap_or(0)),
        _ => Position::NONE,
    };
    let source = map.get("source").map(ToString::to_string).filter(|source| !source.is_empty());
    if matches!(kind.as_str(), "ErrorInFunctionCall" | "ErrorInModule") {
        let inner = innermost(&message);
        let (code, message) = super::eval_error::of_variant(inner.variant, &inner.message);
        let origin = Origin { source: inner.source.or(source), position: inner.position };
        return Some(ErrorValue::new(CrawlError::new(code, message), Some(origin)));
    }
    let (code, message) = super::eval_error::of_variant(&kind, &message);
    Some(ErrorValue::new(CrawlError::new(code, message), Some(Origin { source, position })))
}

/// Raises an error of ours at a place, where there is no call of a builtin.
#[must_use]
pub fn raise_at(error: CrawlError, source: Option<&str>, position: Position) -> Box<EvalAltResult> {
    let origin = Origin { source: source.map(str::to_owned), position };
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(ErrorValue::new(error, Some(origin))), position))
}
