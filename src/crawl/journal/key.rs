//! What steps compare by: the act key for what they do, the reading key for what they read from the snapshot.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::browser::Launch;
use crate::crawl::{Act, ActRequest, Condition, CrawlRequest, Reading, SessionOptions};
use crate::page::{ComputeId, Schema};

/// The keys of one step. `None`: equal to no other step, not even to itself in another run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepKeys {
    /// Url, js, conditions, deadline, the session's options, hooks: all that acts.
    pub act: Option<String>,
    /// The act key of what a recording keeps of the act, where that is not the act itself: a replay has no other.
    pub kept: Option<String>,
    /// What the act key is a digest of, where the run is recorded.
    pub of: Option<Value>,
    /// css and extract.
    pub reading: Option<String>,
    /// What the act key is made of, by name, so that a change of it can be told; compared by nothing.
    pub parts: Vec<(Cow<'static, str>, u64)>,
}

/// What counts into a step's keys beside its request.
pub struct KeyContext<'a> {
    /// The session's options; `None` for a fresh identity's.
    pub options: Option<&'a SessionOptions>,
    /// The fingerprint of the session's hooks; `None`: never equal.
    pub hooks: Option<String>,
    /// A hook may replace the HTML after reading, so that a changed reading is a changed act.
    pub hook_rewrites: bool,
    /// What sessions and steps have that say nothing else: the browser and the deadline of the run. Where a session or a
    /// step has just these they count for nothing, so that a run with others follows it.
    pub defaults: Option<(&'a Launch, Duration)>,
    /// The fingerprint of a computed field.
    pub compute: &'a (dyn Fn(ComputeId) -> Option<String> + Sync + 'a),
    /// A text with the names of secrets in their place, if it has any: a run without them compares equal.
    pub conceal: &'a (dyn Fn(&str) -> Option<String> + Sync + 'a),
    /// Whether the run is recorded.
    pub recorded: bool,
}

impl KeyContext<'_> {
    /// A session's browser, unless it is the run's.
    fn launch<'l>(&self, launch: &'l Launch) -> Option<&'l Launch> {
        Some(launch).filter(|launch| self.defaults.is_none_or(|(own, _)| own != *launch))
    }

    /// A deadline, unless it is the run's.
    fn timeout(&self, timeout: Duration) -> Option<String> {
        let own = self.defaults.is_some_and(|(_, own)| own == timeout);
        (!own).then(|| timeout.as_nanos().to_string())
    }
}

/// The keys of a `crawl`.
#[must_use]
pub fn crawl_keys(request: &CrawlRequest, context: &KeyContext<'_>) -> StepKeys {
    let reading = reading_key(&request.reading, context.compute);
    let Some(parts) = crawl_parts(request, context) else { return StepKeys { reading, ..StepKeys::default() } };
    let mut act = act_value("crawl", &parts);
    if context.hook_rewrites {
        act = match &reading {
            Some(reading) => json!([act, reading]),
            None => return StepKeys::default(),
        };
    }
    StepKeys { reading, ..acting(act, &parts, context) }
}

/// The act key of a `crawl`: everything of the request but its reading and its text.
#[must_use]
pub fn act_key(request: &CrawlRequest, context: &KeyContext<'_>) -> Option<String> {
    crawl_parts(request, context).map(|parts| act_of("crawl", &parts))
}

/// What a key is made of, by the names of options.
type Parts = Vec<(&'static str, Value)>;

fn crawl_parts(request: &CrawlRequest, context: &KeyContext<'_>) -> Option<Parts> {
    if request.fresh {
        return None;
    }
    let mut parts = identity(context)?;
    parts.extend([
        ("url", json!(request.url)),
        ("file", json!(file_digest(request))),
        ("base_url", json!(request.base_url)),
        ("js", json!(sources(request))),
        ("js_only", json!(request.js_only)),
        ("wait_for", conditions(&request.wait_for)?),
        ("wait_until", json!(request.wait_until)),
        ("timeout", json!(context.timeout(request.timeout))),
        ("cache", json!(format!("{:?}", request.cache))),
        ("retries", json!(request.retries)),
        ("delay", json!(request.delay.as_nanos().to_string())),
        ("screenshot", json!(request.screenshot)),
        ("console", json!(request.console)),
        ("network", json!(request.network)),
        ("certificate", json!(request.certificate)),
        ("cookies", json!(request.cookies)),
        ("downloads", json!(request.downloads)),
        ("pdf", json!(request.pdf)),
        ("mhtml", json!(request.mhtml)),
        ("headers", json!(request.headers)),
        ("method", json!(request.method)),
        ("body", json!(request.body)),
    ]);
    Some(concealed(parts, context))
}

/// The parts without secrets.
fn concealed(parts: Parts, context: &KeyContext<'_>) -> Parts {
    let conceal = |value: Value| match (context.conceal)(&value.to_string()) {
        Some(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        None => value,
    };
    parts.into_iter().map(|(name, value)| (name, conceal(value))).collect()
}

fn act_of(verb: &str, parts: &Parts) -> String {
    digest(&act_value(verb, parts))
}

fn act_value(verb: &str, parts: &Parts) -> Value {
    let values: Vec<&Value> = parts.iter().map(|(_, value)| value).collect();
    json!([verb, values])
}

/// The keys of something that reads nothing.
fn acting(act: Value, parts: &Parts, context: &KeyContext<'_>) -> StepKeys {
    StepKeys {
        act: Some(digest(&act)),
        kept: None,
        reading: Some(String::new()),
        parts: digests(parts),
        of: context.recorded.then_some(act),
    }
}

fn digests(parts: &Parts) -> Vec<(Cow<'static, str>, u64)> {
    let digest = |value: &Value| {
        let whole = Sha256::digest(value.to_string().as_bytes());
        whole.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    parts.iter().map(|(name, value)| (Cow::Borrowed(*name), digest(value))).collect()
}

/// The keys of an act. It reads nothing.
#[must_use]
pub fn act_keys(request: &ActRequest, context: &KeyContext<'_>) -> StepKeys {
    let verb = request.act.verb().name();
    let parts = act_parts(request, context);
    parts.map_or_else(nothing_equal, |parts| acting(act_value(verb, &parts), &parts, context))
}

/// The keys of what acts, and is equal to nothing.
fn nothing_equal() -> StepKeys {
    StepKeys { reading: Some(String::new()), ..StepKeys::default() }
}

/// The key of closing a session.
pub(in crate::crawl) fn close_keys(context: &KeyContext<'_>) -> StepKeys {
    let parts = identity(context).map(|identity| concealed(identity, context));
    parts.map_or_else(nothing_equal, |parts| acting(act_value("close", &parts), &Vec::new(), context))
}

fn act_parts(request: &ActRequest, context: &KeyContext<'_>) -> Option<Parts> {
    let what = match &request.act {
        Act::Evaluate(program) => json!(program.source()),
        Act::WaitFor(all) | Act::Holds(all) => conditions(all)?,
        Act::Person(action) => action.key(),
        Act::Screenshot { full_page } => json!(full_page),
        Act::Cookies | Act::ClearCookies => Value::Null,
        Act::SetCookies(cookies) => json!(cookies),
        Act::SetHeaders(headers) => json!(headers),
        Act::Ensure(ensured) => ensured.key()?,
        Act::Session(act) => act.value(),
    };
    let mut parts = identity(context)?;
    parts.extend([
        (request.act.verb().name(), what),
        ("frame", json!(request.frames)),
        ("then", conditions(&request.then)?),
        ("timeout", json!(context.timeout(request.timeout))),
    ]);
    Some(concealed(parts, context))
}

/// The reading key: css, schema with the fingerprints of its computed fields, and whether an empty cut is allowed.
#[must_use]
pub fn reading_key(reading: &Reading, compute: &dyn Fn(ComputeId) -> Option<String>) -> Option<String> {
    let schema = match &reading.extract {
        Some(schema) => Some(schema_fingerprint(schema, compute)?),
        None => None,
    };
    let css = reading.css.as_ref().map(crate::page::Selector::as_str);
    Some(digest(&json!([css, schema, reading.optional])))
}

fn schema_fingerprint(schema: &Schema, compute: &dyn Fn(ComputeId) -> Option<String>) -> Option<String> {
    let unequal = Cell::new(false);
    let fingerprint = schema.fingerprint(&|id| {
        compute(id).unwrap_or_else(|| {
            unequal.set(true);
            String::new()
        })
    });
    (!unequal.get()).then_some(fingerprint)
}

fn identity(context: &KeyContext<'_>) -> Option<Parts> {
    let hooks = context.hooks.as_ref()?;
    let options = context.options.map(|options| {
        let (launch, downloads) = (&options.launch, options.downloads.as_deref().map(from_here));
        let plain = Launch { profile: None, ..launch.clone() };
        json!([context.launch(&plain), launch.profile.as_deref().map(from_here), options.identity, downloads])
    });
    Some(vec![("session's options", json!(options)), ("hooks", json!(hooks))])
}

/// A path that means the same where the folder that the program runs in has moved.
fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path)
}

/// What is in the file that the step loads, for nothing else tells that it changed.
fn file_digest(request: &CrawlRequest) -> Option<String> {
    let path = request.url.as_deref()?.trim().strip_prefix("file:")?;
    let content = std::fs::read(path.strip_prefix("//").unwrap_or(path)).ok()?;
    Some(hexadecimal(&Sha256::digest(content)))
}

fn sources(request: &CrawlRequest) -> Vec<&str> {
    request.js.iter().map(crate::syntax::JsProgram::source).collect()
}

/// Conditions as written, closures by their fingerprints.
pub(in crate::crawl) fn conditions(all: &[Condition]) -> Option<Value> {
    let mut closures = Vec::new();
    for condition in all.iter().flat_map(Condition::tree) {
        if let Condition::Closure(closure) = condition {
            closures.push(closure.fingerprint.as_deref()?);
        }
    }
    let written: Vec<String> = all.iter().map(Condition::to_string).collect();
    Some(json!([written, closures]))
}

/// A canonical value's SHA-256 in hexadecimal.
#[must_use]
pub fn digest(value: &Value) -> String {
    hexadecimal(&Sha256::digest(value.to_string().as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
