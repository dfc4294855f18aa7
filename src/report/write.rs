//! Writes the page: one file in which nothing is left to ask for. Secrets are left out here, when all of them are known.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::clean::clean;
use super::collect::{Collector, State};
use super::shelf::Snapshot;
use super::step::millis;
use crate::diag::{Diagnostic, Format, Look, render};
use crate::page::{Document, Selector};
use crate::store::{Replacement, StoreError};
use crate::text::{HIDDEN, Secrets, Source};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPTS: [&str; 4] =
    [include_str!("document.js"), include_str!("network.js"), include_str!("detail.js"), include_str!("page.js")];

/// How a run ended.
pub struct Ending<'a> {
    /// The script as the user named it.
    pub script: &'a str,
    /// The texts that steps were asked for from.
    pub sources: &'a dyn Fn(&str) -> Option<Source>,
    /// Why it failed.
    pub reports: &'a [Diagnostic],
    /// `ok`, `failed`, `interrupted`.
    pub ended: &'static str,
}

impl Collector {
    /// Writes the report of a run that ended.
    ///
    /// # Errors
    /// [`StoreError::Io`]; what was there before then stands.
    pub fn write(&self, path: &Path, ending: &Ending<'_>) -> Result<(), StoreError> {
        let mut replacement = Replacement::create(path)?;
        let state = self.state();
        let mut file = io::BufWriter::new(replacement.file());
        let written = self.page(&state, ending, &mut file).and_then(|()| file.flush());
        drop(file);
        let failed =
            |error: io::Error| StoreError::Io { action: "write", path: path.into(), reason: error.to_string() };
        written.map_err(failed)?;
        replacement.put_in_place().map(drop)
    }

    /// The report of a run that ended, as bytes.
    ///
    /// # Errors
    /// Where what was kept on disk cannot be read.
    pub fn bytes(&self, ending: &Ending<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.page(&self.state(), ending, &mut bytes)?;
        Ok(bytes)
    }

    fn page(&self, state: &State, ending: &Ending<'_>, out: &mut impl Write) -> io::Result<()> {
        let script = SCRIPTS.concat();
        let (before, after) = PAGE.split_once("{{blocks}}").expect("the page has a place for blocks");
        let digest = BASE64_STANDARD.encode(Sha256::digest(script.as_bytes()));
        let before = before.replace("{{script-hash}}", &digest).replace("{{style}}", STYLE);
        out.write_all(before.as_bytes())?;
        let telling = documents(state, out)?;
        let unshown = pictures(state, &telling, out)?;
        let mut data = self.data(state, ending, &unshown);
        clean(&mut data, &state.secrets);
        write!(out, "<script type=\"application/json\" id=\"data\">{}</script>", embedded(&data))?;
        out.write_all(after.replace("{{script}}", &script).as_bytes())
    }

    fn data(&self, state: &State, ending: &Ending<'_>, unshown: &BTreeSet<u64>) -> Value {
        let mut said = state.said.by_step();
        let before = said.remove(&0);
        let mut steps: Vec<Map<String, Value>> = Vec::with_capacity(state.steps.len());
        let mut names = HashSet::new();
        for (seq, facts) in &state.steps {
            let mut facts = facts.clone();
            facts.extend(said.remove(seq).map(|said| ("said".to_owned(), said)));
            facts.extend(state.warnings.get(seq).map(|warnings| ("warnings".to_owned(), json!(warnings))));
            if unshown.contains(seq) {
                facts.remove("picture");
                facts.insert("unshown".to_owned(), json!(true));
            }
            names.extend(facts.get("source").and_then(Value::as_str).map(str::to_owned));
            steps.push(facts);
        }
        let sources: Map<String, Value> =
            names.iter().filter_map(|name| Some((name.clone(), json!((ending.sources)(name)?.text())))).collect();
        let report = |report: &Diagnostic| {
            let text = render(report, Format::Human, Look::default());
            json!({ "code": report.code, "message": report.message, "step": report.context.step, "text": text })
        };
        let began = jiff::Timestamp::try_from(self.began_at).map(|at| at.to_string()).unwrap_or_default();
        json!({
            "script": ending.script,
            "version": env!("CARGO_PKG_VERSION"),
            "ended": ending.ended,
            "began": began,
            "took": millis(self.begun.elapsed()),
            "sources": sources,
            "steps": steps,
            "before": before,
            "warnings": state.warnings.get(&0),
            "reports": ending.reports.iter().map(report).collect::<Vec<_>>(),
        })
    }
}

/// Writes the documents, compressed; the numbers of those that show a secret to whoever looks at them.
fn documents(state: &State, out: &mut impl Write) -> io::Result<HashSet<u64>> {
    let mut telling = HashSet::new();
    for (number, spooled) in (0_u64..).zip(state.documents.kept()) {
        let mut snapshot: Snapshot = serde_json::from_slice(&spooled.read()?)?;
        if hide(&mut snapshot, &state.secrets) && shows(&snapshot) {
            telling.insert(number);
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(4));
        serde_json::to_writer(&mut encoder, &snapshot)?;
        block(out, "document", number, &encoder.finish()?)?;
    }
    Ok(telling)
}

/// Writes the pictures but those of documents that show a secret; the numbers of the steps that have none for that.
fn pictures(state: &State, telling: &HashSet<u64>, out: &mut impl Write) -> io::Result<BTreeSet<u64>> {
    let number = |facts: &Map<String, Value>, name: &str| facts.get(name).and_then(Value::as_u64);
    // Of a page without its document nobody knows what is to be seen on it.
    let bare = |facts: &Map<String, Value>| match number(facts, "document") {
        Some(document) => telling.contains(&document),
        None => !state.secrets.is_empty(),
    };
    let pictured: Vec<(u64, u64, bool)> =
        (state.steps.iter()).filter_map(|(seq, facts)| Some((*seq, number(facts, "picture")?, bare(facts)))).collect();
    // The same picture may belong to another document as well.
    let withheld: HashSet<u64> = pictured.iter().filter(|(.., bare)| *bare).map(|(_, picture, _)| *picture).collect();
    for (number, spooled) in (0_u64..).zip(state.pictures.kept()) {
        if !withheld.contains(&number) {
            block(out, "picture", number, &spooled.read()?)?;
        }
    }
    Ok(pictured.into_iter().filter(|(_, picture, _)| withheld.contains(picture)).map(|(seq, ..)| seq).collect())
}

fn block(out: &mut impl Write, kind: &str, number: u64, bytes: &[u8]) -> io::Result<()> {
    writeln!(out, "<script type=\"text/plain\" id=\"{kind}-{number}\">{}</script>", BASE64_STANDARD.encode(bytes))
}

/// Leaves secrets out of a snapshot; whether there were any.
fn hide(snapshot: &mut Snapshot, secrets: &Secrets) -> bool {
    let mut hidden = false;
    for text in [&mut snapshot.html, &mut snapshot.url] {
        if let Cow::Owned(without) = secrets.hide_in(text) {
            *text = without;
            hidden = true;
        }
    }
    snapshot.frames.iter_mut().fold(hidden, |hidden, frame| hide(frame, secrets) || hidden)
}

/// Whether what was left out is to be seen on the page: in its text, or in a field that shows what is in it.
fn shows(snapshot: &Snapshot) -> bool {
    let blank = Url::parse("about:blank").expect("`about:blank` is an address");
    let document = Document::parse(snapshot.html.as_str(), &blank);
    let field = Selector::parse("input").expect("`input` is a selector");
    let shown = |id| {
        let kind = document.attr(id, "type").unwrap_or_default().to_ascii_lowercase();
        let value = document.attr(id, "value").unwrap_or_default();
        !matches!(kind.as_str(), "password" | "hidden") && value.contains(HIDDEN)
    };
    let fields = document.select(&field).into_iter().any(shown);
    fields || document.text_all().contains(HIDDEN) || snapshot.frames.iter().any(shows)
}

/// JSON that may stand in an HTML script element: in it these characters stand in strings alone, where an escape says the
/// same.
fn embedded(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
    out
}
