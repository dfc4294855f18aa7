//! `crawl infer`: a schema for what repeats on a page.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use super::arguments::InferOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::{say, tell};
use super::{report, script_file, signals};
use crate::crawl::Mode;
use crate::diag::{Diagnostic, Exit, Format};
use crate::page::{Document, Explanation, Inference, Selector, explain, infer as suggest};
use crate::repl::render;
use crate::script::{Cancel, Failure, Interpreter, Shown, on_script_thread};
use crate::syntax::format;
use crate::text::Source;

/// How many rows are shown beside the schema.
const SAMPLE_ROWS: usize = 5;

/// What to give instead of a file that is not there.
const PAGE: &str = "give the path of an HTML file, or an address with its scheme, such as `https://example.org`";

/// How many further schemas are mentioned.
const MOST_OTHERS: usize = 3;

/// Looks at a page and proposes a schema.
pub fn infer(options: &InferOptions) -> Exit {
    match attempt(options) {
        Ok(exit) => exit,
        Err(Failure::Interrupted) => Exit::Interrupted,
        Err(Failure::Reports(reports, _)) => report::fail(&reports, Format::Human),
    }
}

fn attempt(options: &InferOptions) -> Result<Exit, Failure> {
    let within = options.selector.as_deref().map(parse).transpose().map_err(failed)?;
    let console = Arc::new(Terminal::new(None, Progress::new(Level::Normal)).map_err(failed)?);
    let machine = Machine::with(&options.browser).map_err(failed)?;
    let cancel = Cancel::default();
    signals::watch(machine.runtime.handle(), cancel.clone());
    let interpreter = machine.interpreter(Plan {
        params: std::collections::BTreeMap::new(),
        browser: options.browser.clone(),
        access: crate::crawl::Access::default(),
        mode: Mode::Plain,
        console: Arc::clone(&console) as _,
        cancel,
    });
    let result = on_script_thread(|| {
        let looked_at = looked_at(&interpreter, &options.page);
        console.settle();
        let (document, frames) = looked_at?;
        if let Some(selector) = within.as_ref().filter(|selector| document.select(selector).is_empty()) {
            return Err(failed(unmatched(options, selector, &explain(&document, &frames, selector))));
        }
        Ok(tell_schemas(options, &proposals(&interpreter, &document, within.as_ref())))
    });
    drop(interpreter);
    machine.shutdown();
    result
}

fn tell_schemas(options: &InferOptions, found: &[Inference]) -> Exit {
    let Some(best) = found.first() else {
        let message = format!("nothing repeats on `{}`", options.page);
        let help = "name a part of the page, or its rows, by a selector after the address";
        let report = Diagnostic::error("crawl::infer::nothing", message).help(help);
        return report::fail(&[report], Format::Human);
    };
    if options.rows {
        best.rows.iter().for_each(|row| say!("{}", serde_json::Value::Object(row.clone())));
        tell!("{}", best.text);
        return Exit::Ok;
    }
    say!("{}", best.text);
    let width = std::io::stderr().is_terminal().then(|| report::look().width);
    tell!("{}", sample(best, width));
    others(found).iter().for_each(|line| tell!("{line}"));
    Exit::Ok
}

/// Why there is no part of the page to look into.
fn unmatched(options: &InferOptions, selector: &Selector, explanation: &Explanation) -> Box<Diagnostic> {
    let message = format!("`{}` matches nothing on `{}`", selector.as_str(), options.page);
    let mut report = Diagnostic::error("crawl::select::no_match", message);
    report.notes.extend(explanation.findings.iter().cloned());
    Box::new(match &explanation.suggestion {
        Some(suggestion) => report.help(format!("did you mean `{suggestion}`?")),
        None => report.help("without a selector the whole page is looked at"),
    })
}

/// The schemas that a page suggests, in the formatter's style and each checked as text of a script: it compiles and
/// extracts the rows it came with.
pub(super) fn proposals(interpreter: &Interpreter, document: &Document, within: Option<&Selector>) -> Vec<Inference> {
    let mut found = suggest(document, within);
    for inference in &mut found {
        if let Ok(text) = format(&Source::new("<infer>", inference.text.as_str()), None) {
            inference.text = text.trim_end().to_owned();
        }
    }
    found.retain(|inference| interpreter.extracts(&inference.text, document).as_deref() == Some(&inference.rows));
    found
}

/// The first rows of a schema as a table, and how many there are where that is not all.
pub(super) fn sample(inference: &Inference, width: Option<usize>) -> String {
    let (rows, shown) = (inference.rows.len(), inference.rows.len().min(SAMPLE_ROWS));
    let table = render(&Shown::rows(&inference.rows[..shown]), width);
    if shown == rows { table } else { format!("{table}\nthe first {shown} of {rows} rows on this page") }
}

/// A line for each schema beside the best one.
pub(super) fn others(found: &[Inference]) -> Vec<String> {
    let line = |inference: &Inference| {
        let (rows, fields) = (inference.rows.len(), inference.schema.fields.len());
        format!("also: {rows} rows × {fields} fields at {}", inference.schema.at)
    };
    found.iter().skip(1).take(MOST_OTHERS).map(line).collect()
}

/// The document of an address with those of its frames, or that of a file.
fn looked_at(interpreter: &Interpreter, page: &str) -> Result<(Arc<Document>, Vec<Document>), Failure> {
    let path = Path::new(page);
    if path.is_file() || url::Url::parse(page).is_err() {
        let html = std::fs::read(path).map_err(|error| failed(script_file::unreadable(page, &error, PAGE)))?;
        let url = std::path::absolute(path).ok().and_then(|path| url::Url::from_file_path(path).ok());
        let url = url.unwrap_or_else(|| url::Url::parse("about:blank").expect("`about:blank` is an address"));
        return Ok((Arc::new(Document::parse(String::from_utf8_lossy(&html), &url)), Vec::new()));
    }
    let script = format!("crawl({});", serde_json::json!(page));
    let compiled = interpreter.compile(Source::new("<infer>", script), &[]);
    let compiled = compiled.map_err(|reports| Failure::Reports(reports, None))?;
    interpreter.evaluate(&compiled).map(drop)?;
    let page = interpreter.run().last_page();
    page.map(|page| (page.document(), page.frame_documents())).ok_or(Failure::Interrupted)
}

fn parse(css: &str) -> Result<Selector, Box<Diagnostic>> {
    Selector::parse(css).map_err(|error| {
        let mut report = Diagnostic::error("crawl::select::syntax", error.message.clone());
        report.help = error.help;
        Box::new(report)
    })
}

fn failed(problem: Box<Diagnostic>) -> Failure {
    Failure::Reports(vec![*problem], None)
}
