//! Reads a script from a file or from standard input.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::diag::Diagnostic;
use crate::text::Source;

/// The script at `path`, `-` being standard input.
pub fn read(path: &Path) -> Result<Source, Box<Diagnostic>> {
    let name = path.display().to_string();
    let (name, bytes) = if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable("standard input", &error, SCRIPT))?;
        ("<stdin>".to_owned(), bytes)
    } else {
        let bytes = std::fs::read(path).map_err(|error| unreadable(&name, &error, SCRIPT))?;
        (name, bytes)
    };
    let text = String::from_utf8(bytes).map_err(|error| Box::new(not_utf8(&name, &error)))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Source::new(name, text))
}

/// What to give instead of a script's path that leads to none.
const SCRIPT: &str = "give the path of a `.crawl` script, or `-` for standard input";

/// Why a file that was named cannot be read; `otherwise` says what to give where no file of the folder has a name like it.
pub(super) fn unreadable(name: &str, error: &std::io::Error, otherwise: &str) -> Box<Diagnostic> {
    let missing = error.kind() == std::io::ErrorKind::NotFound;
    let code = if missing { "crawl::usage::no_script" } else { "crawl::usage::unreadable" };
    let message = if missing { format!("there is no file `{name}`") } else { format!("cannot read `{name}`: {error}") };
    let report = Diagnostic::error(code, message);
    Box::new(if missing { report.help(beside(name, otherwise)) } else { report })
}

/// The nearest file name in the same folder, when there is one.
fn beside(name: &str, otherwise: &str) -> String {
    match crate::store::nearest_file(Path::new(name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Diagnostic {
    let at = error.utf8_error().valid_up_to();
    let before = &error.as_bytes()[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = at - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1) + 1;
    let message = format!("`{name}` is not UTF-8: byte {at} (line {line}, column {column})");
    Diagnostic::error("crawl::syntax::not_utf8", message).help("save the script as UTF-8")
}

/// `--set NAME=VALUE`: JSON where it parses as JSON, else text.
pub fn parameters(set: &[String]) -> Result<BTreeMap<String, Value>, Box<Diagnostic>> {
    let one = |entry: &String| {
        let (name, value) = entry.split_once('=').filter(|(name, _)| is_name(name)).ok_or_else(|| {
            let message = format!("`--set {entry}` is not NAME=VALUE");
            Box::new(Diagnostic::error("crawl::usage::set", message).help("such as `--set pages=5`"))
        })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok((name.to_owned(), value))
    };
    set.iter().map(one).collect()
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
