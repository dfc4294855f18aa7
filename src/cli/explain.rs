//! `crawl explain`.

use super::report;
use super::say::say;
use crate::diag::{Diagnostic, Exit, Format, codes, describe};
use crate::text::nearest;

/// Prints a code's explanation, or the list of all codes.
pub fn explain(code: Option<&str>) -> Exit {
    let Some(code) = code else {
        for doc in codes() {
            say!("{:<40} {}", doc.code, doc.title);
        }
        return Exit::Ok;
    };
    let full = if code.starts_with("crawl::") { code.to_owned() } else { format!("crawl::{code}") };
    if let Some(doc) = describe(&full) {
        say!("{}: {}\n\n{}", doc.code, doc.title, doc.text);
        return Exit::Ok;
    }
    let mut report = Diagnostic::error("crawl::usage::unknown_code", format!("there is no code `{code}`"));
    let near = nearest(&full, codes().map(|doc| doc.code));
    report.help = Some(
        near.map_or_else(|| "`crawl explain` lists all codes".to_owned(), |near| format!("did you mean `{near}`?")),
    );
    report::fail(&[report], Format::Human)
}
