//! A report as JUnit XML, as CI servers read it: a suite for each case, in it a test case for its output and for each test.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Entry, Verdict};

/// The whole document.
#[must_use]
pub fn junit(entries: &[Entry]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"crawl test\" {}>", counts(entries));
    for suite in entries.chunk_by(|one, next| one.case == next.case) {
        let name = attribute(&suite[0].case);
        let _ = writeln!(out, "  <testsuite name=\"{name}\" {}>", counts(suite));
        suite.iter().for_each(|entry| case(&mut out, entry));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(entries: &[Entry]) -> String {
    let count = |verdict| entries.iter().filter(|entry| entry.verdict == verdict).count();
    // A case's time holds that of its tests.
    let outputs: Vec<&Entry> = entries.iter().filter(|entry| entry.test.is_none()).collect();
    let timed = if outputs.is_empty() { entries.iter().collect() } else { outputs };
    let time: Duration = timed.iter().map(|entry| entry.elapsed).sum();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        entries.len(),
        count(Verdict::Failed),
        count(Verdict::Error),
        count(Verdict::Skipped),
        seconds(time),
    )
}

fn case(out: &mut String, entry: &Entry) {
    let name = entry.test.as_deref().unwrap_or("output");
    let line = entry.place.map(|(line, _)| format!(" line=\"{line}\"")).unwrap_or_default();
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\"{line} time=\"{}\"",
        attribute(name),
        attribute(&entry.case),
        attribute(&entry.file.display().to_string()),
        seconds(entry.elapsed),
    );
    let mut inside = String::new();
    if let Some(live) = entry.live {
        let property = format!("<property name=\"verdict\" value=\"{}\"/>", live.word());
        let _ = writeln!(inside, "      <properties>{property}</properties>");
    }
    let message = attribute(&entry.message);
    match entry.verdict {
        Verdict::Failed | Verdict::Error => {
            let tag = if entry.verdict == Verdict::Failed { "failure" } else { "error" };
            let kind = attribute(entry.code.as_deref().unwrap_or("crawl::test"));
            let detail = text(&entry.detail);
            let _ = writeln!(inside, "      <{tag} message=\"{message}\" type=\"{kind}\">{detail}</{tag}>");
        }
        Verdict::Skipped => {
            let _ = writeln!(inside, "      <skipped message=\"{message}\"/>");
        }
        Verdict::Passed | Verdict::Updated => {}
    }
    if !entry.output.is_empty() {
        let _ = writeln!(inside, "      <system-out>{}</system-out>", text(&entry.output.join("\n")));
    }
    out.push_str(&if inside.is_empty() { "/>\n".to_owned() } else { format!(">\n{inside}    </testcase>\n") });
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text between tags. What XML 1.0 (section 2.2) has no character for becomes U+FFFD.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// Text in an attribute, where a reader would make spaces of line breaks.
fn attribute(words: &str) -> String {
    text(words).replace('\n', "&#10;").replace('\t', "&#9;")
}
