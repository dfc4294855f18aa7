//! What ended a run that failed, by what it wrote to standard error, and failures that say nothing of script or site.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::called::otherwise;
use super::lost::has_pages;
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

/// What a browser calls failures of a site that did answer, or that was not asked.
const ANSWERED: [&str; 10] = [
    "ERR_TOO_MANY_REDIRECTS",
    "ERR_HTTP_RESPONSE_CODE_FAILURE",
    "ERR_INVALID_RESPONSE",
    "ERR_INVALID_HTTP_RESPONSE",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_CONTENT_LENGTH_MISMATCH",
    "ERR_CONTENT_DECODING_FAILED",
    "ERR_BLOCKED_BY_",
    "ERR_FILE_NOT_FOUND",
    "ERR_UNSAFE_PORT",
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
    let note = otherwise(case, ran).map(|words| format!("note: {words}\n")).unwrap_or_default();
    Some(TestError::Unwritten { exit: ran.exit, failure: format!("{}{note}", told(ran)), help })
}

/// How golden files are made to expect a failure.
fn expecting(case: &Case, exit: i32, code: &str) -> String {
    let file = |ending| case.script.with_extension(ending).display().to_string();
    let error = if code.is_empty() { String::new() } else { format!(", and `{}` hold `{code}`", file("err")) };
    format!("where the script is to end so, let `{}` hold `{exit}`{error} first", file("exit"))
}

/// Why a live run says nothing of the site: it did not come to it, although the run over the recording did.
pub(super) fn unreached(replayed: &Ran, live: &Ran, taped: &Path) -> Option<TestError> {
    let kept_away = |code: &str, text: &str| match code {
        "crawl::navigation::failed" => !ANSWERED.iter().any(|name| text.contains(name)),
        "crawl::navigation::tls" => true,
        // A page that takes too long is one that changed, where others came.
        "crawl::navigation::timeout" => !has_pages(taped),
        code => LACKING.contains(&code),
    };
    let failed = |ran: &Ran| ran.tests.iter().filter_map(|test| test.failure.clone()).collect::<Vec<_>>();
    let told_code = |ran: &Ran| code(&ran.stderr).filter(|_| ran.exit != 0).map(str::to_owned);
    let before =
        failed(replayed).into_iter().map(|failure| failure.code).chain(told_code(replayed)).collect::<Vec<_>>();
    let own = told_code(live).map(|code| (code, told(live)));
    let tests = failed(live).into_iter().map(|failure| (failure.code, failure.plain));
    let found = own.into_iter().chain(tests).find(|(code, text)| !before.contains(code) && kept_away(code, text));
    found.map(|(_, failure)| TestError::Unreached { failure })
}

/// What a run told from its error on.
fn told(ran: &Ran) -> String {
    let from = CODE.find(&ran.stderr).map_or(0, |found| found.start());
    let from = ran.stderr[..from].rfind('\n').map_or(0, |line| line + 1);
    ran.stderr[from..].to_owned()
}
