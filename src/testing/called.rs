//! What the run that was recorded was called with, where its case is called otherwise.

use serde_json::Value;

use super::failure::code;
use super::{Case, Ran};
use crate::recording::Facts;
use crate::store::Cassette;

/// A word about that for a run that its recording had no answer for.
pub(super) fn otherwise(case: &Case, ran: &Ran) -> Option<String> {
    let recording = case.recording.as_ref().filter(|_| ran.exit != 0)?;
    code(&ran.stderr).filter(|code| code.starts_with("crawl::replay::"))?;
    let facts = Facts::of(&Cassette::open(recording).ok()?.facts().ok()?);
    let differing = facts.parameters.iter().filter(|(name, value)| set(case, name).as_ref() != Some(*value));
    let pairs: Vec<String> = differing.map(|(name, value)| format!("{name}={}", plain(value))).collect();
    let told = pairs.iter().map(|pair| format!("`{pair}`")).collect::<Vec<_>>().join(", ");
    let quoted = |pair: &String| if pair.contains(char::is_whitespace) { format!("'{pair}'") } else { pair.clone() };
    let args = pairs.iter().map(|pair| format!(" --set {}", quoted(pair))).collect::<String>();
    let words = format!("the recording was made with {told}: `//! args:{args}` says so to the test");
    (!pairs.is_empty()).then_some(words)
}

/// What a case gives a parameter, read as `--set` does; the last of several counts.
fn set(case: &Case, name: &str) -> Option<Value> {
    let args = &case.settings.args;
    let given = args.iter().enumerate().filter_map(|(index, arg)| match arg.strip_prefix("--set") {
        Some("") => args.get(index + 1).map(String::as_str),
        joined => joined?.strip_prefix('='),
    });
    let value = given.filter_map(|pair| pair.split_once('=')).rfind(|(own, _)| *own == name)?.1;
    Some(serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned())))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
