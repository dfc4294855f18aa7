//! `crawl infer`: a schema for what repeats on a page.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use super::arguments::InferOptions;
use super::console::Terminal;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::{say, tell};
use super::{report, signals};
use crate::crawl::Mode;
use crate::diag::{Diagnostic, Exit, Format};
use crate::page::{Document, Inference, Selector, infer as suggest};
use crate::repl::render;
use crate::script::{Cancel, Failure, Interpreter, Shown, on_script_thread};
use crate::text::Source;

/// How many rows are shown beside the schema.
const SAMPLE_ROWS: usize = 5;

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
        let document = document(&interpreter, &options.page);
        console.settle();
        Ok(tell_schemas(options, &proposals(&interpreter, &*document?, within.as_ref())))
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
    let shown = best.rows.len().min(SAMPLE_ROWS);
    tell!("{}", render(&Shown::rows(&best.rows[..shown]), width));
    if shown < best.rows.len() {
        tell!("the first {shown} of {} rows on this page", best.rows.len());
    }
    others(found).iter().for_each(|line| tell!("{line}"));
    Exit::Ok
}

/// The schemas that a page suggests, each checked as text of a script: it compiles and extracts the rows it came with.
pub(super) fn proposals(interpreter: &Interpreter, document: &Document, within: Option<&Selector>) -> Vec<Inference> {
    let mut found = suggest(document, within);
    found.retain(|inference| interpreter.extracts(&inference.text, document).as_deref() == Some(&inference.rows));
    found
}

/// A line for each schema beside the best one.
pub(super) fn others(found: &[Inference]) -> Vec<String> {
    let line = |inference: &Inference| {
        let (rows, fields) = (inference.rows.len(), inference.schema.fields.len());
        format!("also: {rows} rows × {fields} fields at {}", inference.schema.at)
    };
    found.iter().skip(1).take(MOST_OTHERS).map(line).collect()
}

/// The page of an address, or of a file that is there.
fn document(interpreter: &Interpreter, page: &str) -> Result<Arc<Document>, Failure> {
    let path = Path::new(page);
    if !page.contains("://") && path.is_file() {
        let html = std::fs::read(path).map_err(|error| {
            let message = format!("cannot read `{page}`: {error}");
            failed(Box::new(Diagnostic::error("crawl::usage::unreadable", message)))
        })?;
        let url = std::path::absolute(path).ok().and_then(|path| url::Url::from_file_path(path).ok());
        let url = url.unwrap_or_else(|| url::Url::parse("about:blank").expect("`about:blank` is an address"));
        return Ok(Arc::new(Document::parse(String::from_utf8_lossy(&html), &url)));
    }
    let script = format!("crawl({});", serde_json::json!(page));
    let compiled = interpreter.compile(Source::new("<infer>", script), &[]);
    let compiled = compiled.map_err(|reports| Failure::Reports(reports, None))?;
    interpreter.evaluate(&compiled).map(drop)?;
    let page = interpreter.run().last_page();
    page.map(|page| page.document()).ok_or(Failure::Interrupted)
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
