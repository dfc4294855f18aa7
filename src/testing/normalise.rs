//! Takes out of a run's output what differs from run to run.

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::account::stable;
use super::{Case, Ran, Said};

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(http://)?(127\.0\.0\.1|localhost):\d+").expect("the pattern is tested"));
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    let fraction = r"\b\d+\.\d+ ?(?:µs|ms|s|min)\b";
    let elapsed = r"\b\d+ ?(?:µs|ms|s|min) elapsed\b";
    let after = r"\b(?:elapsed:?|took) \d+(?:\.\d+)? ?(?:µs|ms|s|min)\b";
    Regex::new(&format!("{fraction}(?: elapsed)?|{elapsed}|{after}")).expect("the pattern is tested")
});

/// The output with the playground's address as `http://site` (its other name as `http://localhost`), the case's folder
/// left off paths, and, in standard error, measured times as `<time>`.
///
/// A time counts as measured when it has a fraction (`0.18 s`) or is called elapsed; `within 10s` is the script's own.
#[must_use]
pub fn normalise(case: &Case, ran: &Ran) -> Ran {
    let stdout = places(case.folder(), &ran.stdout);
    let stderr = places(case.folder(), &ran.stderr);
    // Whoever runs the cases: root's browsers warn.
    let stderr: String =
        stderr.split_inclusive('\n').filter(|line| !line.starts_with("warning: running as root")).collect();
    let stderr = DURATION.replace_all(&stderr, |found: &Captures<'_>| times(&found[0])).into_owned();
    let record = |said: &Said| match said {
        Said::Record(data_set, record) => Said::Record(data_set.clone(), stable(case.folder(), record)),
        line => line.clone(),
    };
    let records = ran.records.iter().map(record).collect();
    Ran { stdout, stderr, records, ..ran.clone() }
}

pub(super) fn places(folder: &Path, text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    for folder in [whole.as_path(), folder] {
        let prefix = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
        if folder.is_absolute() && text.contains(&prefix) {
            text = Cow::Owned(text.replace(&prefix, ""));
        }
    }
    let named = |found: &Captures<'_>| {
        let name = if &found[2] == "localhost" { "localhost" } else { "site" };
        format!("{}{name}", found.get(1).map_or("", |scheme| scheme.as_str()))
    };
    ADDRESS.replace_all(&text, named).into_owned()
}

/// The words around the number stay.
fn times(found: &str) -> String {
    if found.ends_with("elapsed") {
        return "<time> elapsed".to_owned();
    }
    let start = found.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    format!("{}<time>", &found[..start])
}
