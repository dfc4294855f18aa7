//! What ended a run that failed, read off what it wrote to standard error, and failures that tell nothing of the script.

use std::sync::LazyLock;

use regex::Regex;

use super::{Case, Ran, TestError};
use crate::diag::Exit;

/// As people read it, on a line of its own, and as JSON.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    let code = "crawl::[a-z0-9_]+::[a-z0-9_]+";
    let pattern = format!(r#"(?m)^({code})\n\n *×|\berror\[({code})\]|"code":"({code})""#);
    Regex::new(&pattern).expect("the pattern is tested")
});

/// What a machine lacks that runs a script.
const LACKING: [&str; 6] = [
    "crawl::env::missing",
    "crawl::browser::failed",
    "crawl::browser::given_up",
    "crawl::browser::no_answer",
    "crawl::browser::not_found",
    "crawl::browser::setup",
];

/// The code of the first error that a run told.
pub(super) fn code(stderr: &str) -> Option<&str> {
    let found = CODE.captures(stderr)?;
    (1..=3).find_map(|group| found.get(group)).map(|code| code.as_str())
}

/// Whether golden files expect what ended a run: its exit code, and the code of its error.
pub(super) fn is_expected(case: &Case, ran: &Ran) -> bool {
    ran.exit == case.expected.exit && code(&ran.stderr).is_none_or(|code| case.expected.stderr.contains(code))
}

/// Why golden files must not be made to say what a run gave: it failed by its call, its machine or its recording, and
/// they do not expect that.
pub(super) fn unwritable(case: &Case, ran: &Ran) -> Option<TestError> {
    let code = code(&ran.stderr).unwrap_or_default();
    let unanswered = code.starts_with("crawl::replay::");
    let own = match Exit::from_code(ran.exit) {
        Some(Exit::Usage | Exit::Browser | Exit::Interrupted) | None => true,
        Some(Exit::Runtime) => unanswered || LACKING.contains(&code),
        Some(Exit::Ok | Exit::Failed | Exit::Syntax) => false,
    };
    if !own || is_expected(case, ran) {
        return None;
    }
    let help = match &case.recording {
        Some(recording) if unanswered || code == "crawl::usage::recording" => format!(
            "delete `{}`, and `crawl test --record --update` makes it and the golden files anew",
            recording.display()
        ),
        _ => expecting(case, ran.exit, code),
    };
    Some(TestError::Unwritten { exit: ran.exit, failure: told(ran), help })
}

/// How golden files are made to expect a failure.
fn expecting(case: &Case, exit: i32, code: &str) -> String {
    let file = |ending| case.script.with_extension(ending).display().to_string();
    let error = if code.is_empty() { String::new() } else { format!(", and `{}` hold `{code}`", file("err")) };
    format!("where the script is to end so, let `{}` hold `{exit}`{error} first", file("exit"))
}

/// What a run told from its error on.
pub(super) fn told(ran: &Ran) -> String {
    let from = CODE.find(&ran.stderr).map_or(0, |found| found.start());
    let from = ran.stderr[..from].rfind('\n').map_or(0, |line| line + 1);
    ran.stderr[from..].to_owned()
}
