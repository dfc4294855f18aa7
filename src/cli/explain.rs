//! `crawl explain`.

use super::report;
use super::say::say;
use crate::diag::{CODES, Diagnostic, Exit, Format, describe};
use crate::text::nearest_in;

/// Prints a code's explanation, or the list of all codes.
pub fn explain(code: Option<&str>) -> Exit {
    let Some(code) = code else {
        for doc in CODES {
            say!("{:<34} {}", doc.code, doc.title);
        }
        return Exit::Ok;
    };
    let full = if code.starts_with("crawl::") { code.to_owned() } else { format!("crawl::{code}") };
    if let Some(doc) = describe(&full) {
        say!("{}: {}\n\n{}", doc.code, doc.title, doc.text);
        return Exit::Ok;
    }
    let codes: Vec<&str> = CODES.iter().map(|doc| doc.code).collect();
    let mut report = Diagnostic::error("crawl::usage::unknown_code", format!("there is no code `{code}`"));
    report.help = crate::text::nearest(&full, codes.iter().copied())
        .map(|near| format!("did you mean `{near}`?"))
        .or_else(|| nearest_in(&full, "", &[]))
        .or_else(|| Some("`crawl explain` lists all codes".to_owned()));
    report::fail(&[report], Format::Human)
}
