//! What pages say stays what it is, whatever it says: data, never a part of the report.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl::browser::{ConsoleLine, Exchange, Snapshot};
use crawl::crawl::journal::Call;
use crawl::crawl::{
    BranchPath, CallSite, Content, CrawlError, CrawlRequest, Event, Outcome, Page, StepCost, StepListener, StepRecord,
    Verb,
};
use crawl::diag::Diagnostic;
use crawl::report::{Collector, Ending};
use crawl::text::Source;
use libtest_mimic::Trial;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use super::{Report, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("report::nothing_of_a_page_breaks_out", || {
            let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
            TestRunner::new(config).run(&hostile(), |text| stays_data(&text)).map_err(|error| error.to_string().into())
        }),
        trial("a_page_is_kept_once", kept_once),
    ]
}

/// How many texts the property is tried with; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|given| given.parse().ok()).unwrap_or(60)
}

/// Texts made of what ends or begins something in HTML, JavaScript or JSON, and of any others.
fn hostile() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "</script>",
        "</SCRIPT >",
        "<script>",
        "<script id=data>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "\u{2028}",
        "\u{2029}",
        "\"",
        "'",
        "\\",
        "\\u003c",
        "{{blocks}}",
        "{{script}}",
        "{{style}}",
        "</style>",
        "</iframe>",
        "<img src=x onerror=alert(1)>",
        "&lt;/script&gt;",
        "&amp;",
        "\0",
        "\r\n",
        "\u{feff}",
        "</body></html>",
        "javascript:alert(1)",
        "<plaintext>",
        "<template shadowrootmode=open>",
        "${alert(1)}",
        "`",
        "\u{202e}",
    ];
    let piece =
        prop_oneof![prop::sample::select(PIECES).prop_map(str::to_owned), any::<String>(), Just(" ".to_owned())];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// A run of one step in which everything that a page or script can say is this text.
fn report(text: &str) -> String {
    let heard = Collector::default();
    heard.ended(step(1, text));
    heard.line(text);
    heard.record(Some(text), &json!({ text: text }));
    heard.event(&Event::Warning { step: Some(1), session: None, message: text.to_owned() });
    written(&heard, text)
}

/// A step in which everything is this text.
fn step(seq: u64, text: &str) -> StepRecord {
    let page = Page {
        content: Content::new(Snapshot {
            html: format!("<p>{text}"),
            url: text.to_owned(),
            title: text.to_owned(),
            frames: vec![Snapshot { html: text.to_owned(), ..Snapshot::default() }],
            ..Snapshot::default()
        }),
        js: json!({ text: text }),
        ..Page::default()
    };
    let console =
        ConsoleLine { level: text.to_owned(), text: text.to_owned(), url: Some(text.to_owned()), line: Some(1) };
    let exchange = Exchange {
        url: text.to_owned(),
        method: text.to_owned(),
        kind: text.to_owned(),
        mime: Some(text.to_owned()),
        failed: Some(text.to_owned()),
        ..Exchange::default()
    };
    let thread = std::thread::current().id();
    StepRecord {
        seq,
        branch: BranchPath::default(),
        session: text.to_owned(),
        verb: Verb::Crawl,
        what: text.to_owned(),
        text: Some(text.to_owned()),
        site: Some(CallSite { source: text.to_owned(), line: Some(1), thread }),
        nested: false,
        call: Call::Crawl(Box::new(CrawlRequest { url: Some(text.to_owned()), ..CrawlRequest::default() })),
        began: Instant::now(),
        elapsed: Duration::from_millis(1),
        cost: StepCost::default(),
        outcome: Outcome::Page(Arc::new(page.clone())),
        error: Some(CrawlError::new("crawl::internal", text).note(text).help(text)),
        page: Some(Arc::new(page)),
        picture: Some(text.as_bytes().to_vec()),
        console: vec![console],
        requests: vec![exchange],
        cookies: Vec::new(),
        headers: Vec::new(),
    }
}

/// The report of a run that failed.
fn written(heard: &Collector, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let source = |_: &str| Some(Source::new(text, text));
    let reports = [Diagnostic::error("crawl::internal", text).help(text)];
    let ending = Ending { script: text, sources: &source, reports: &reports, ended: "failed" };
    heard.write(Path::new(&path), &ending).unwrap();
    std::fs::read_to_string(path).unwrap()
}

fn stays_data(text: &str) -> Result<(), TestCaseError> {
    let (plain, told) = (Report::read(&report("plain")), Report::read(&report(text)));
    prop_assert_eq!(&told.elements, &plain.elements, "the report's own elements and no others");
    let step = told.step(1);
    for place in [
        "/session",
        "/what",
        "/text",
        "/url",
        "/title",
        "/source",
        "/error/message",
        "/error/notes/0",
        "/error/help",
        "/console/0/text",
        "/console/0/level",
        "/requests/0/0",
        "/requests/0/1",
        "/requests/0/2",
        "/requests/0/4",
        "/requests/0/8",
        "/said/kept/0/line",
        "/said/kept/1/set",
        "/warnings/0",
    ] {
        let said = step.pointer(place).and_then(Value::as_str).unwrap_or_default();
        // An empty title is left out.
        prop_assert_eq!(said, text, "{}", place);
    }
    let value: Value = serde_json::from_str(step["value"].as_str().unwrap()).unwrap();
    prop_assert_eq!(value, json!({ text: text }));
    prop_assert_eq!(&told.data["sources"][text], text);
    let document = &told.documents["document-0"];
    prop_assert_eq!(&document["html"], &format!("<p>{text}"));
    prop_assert_eq!(&document["frames"][0]["html"], text);
    Ok(())
}

fn kept_once() {
    let heard = Collector::default();
    ["one", "two", "one"].into_iter().zip(1..).for_each(|(text, seq)| heard.ended(step(seq, text)));
    let told = Report::read(&written(&heard, "plain"));
    assert_eq!((told.documents.len(), told.pictures.len()), (2, 2));
    let document = |seq: u64| told.step(seq)["document"].as_u64().unwrap();
    assert_eq!(document(1), document(3));
    assert_ne!(document(1), document(2));
}
