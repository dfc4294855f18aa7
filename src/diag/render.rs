//! The one renderer: for people (miette), on one line each, or as JSON.

use std::fmt::Write as _;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, NamedSource, SourceCode, SpanContents};
use serde_json::{Value, json};

use super::diagnostic::Context;
use super::{Diagnostic, Label, Severity};
use crate::text::plain;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// With the text around, for people.
    #[default]
    Human,
    /// `file:line:column: error[code]: message`, one line each.
    Short,
    /// One JSON object per line.
    Json,
}

/// How a terminal wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// A diagnostic as text, line break included.
#[must_use]
pub fn render(diagnostic: &Diagnostic, format: Format, look: Look) -> String {
    match format {
        Format::Human => human(&harmless(diagnostic), look),
        Format::Short => short(&harmless(diagnostic)),
        Format::Json => format!("{}\n", as_json(diagnostic)),
    }
}

/// The same with nothing in it that a terminal would act on: messages quote pages.
fn harmless(diagnostic: &Diagnostic) -> Diagnostic {
    let clean = |text: &String| plain(text).into_owned();
    let label = |label: &Label| Label { text: clean(&label.text), ..label.clone() };
    Diagnostic {
        message: clean(&diagnostic.message),
        primary: diagnostic.primary.as_ref().map(label),
        secondary: diagnostic.secondary.iter().map(label).collect(),
        help: diagnostic.help.as_ref().map(clean),
        notes: diagnostic.notes.iter().map(clean).collect(),
        context: Context {
            url: diagnostic.context.url.as_ref().map(clean),
            session: diagnostic.context.session.as_ref().map(clean),
            ..diagnostic.context.clone()
        },
        ..diagnostic.clone()
    }
}

fn human(diagnostic: &Diagnostic, look: Look) -> String {
    let theme = if look.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(look.width).with_context_lines(1);
    let mut out = String::new();
    let report = Report { diagnostic, labels: &main_labels(diagnostic), source: main_source(diagnostic) };
    if handler.render_report(&mut out, &report).is_err() {
        return short(diagnostic);
    }
    for label in other_labels(diagnostic) {
        let place = label.source.line_column(label.span.start);
        let _ = writeln!(out, "  at: {} ({}:{}:{})", label.text, label.source.name(), place.line, place.column);
    }
    for note in &diagnostic.notes {
        let _ = writeln!(out, "  note: {}", note.replace('\n', "\n        "));
    }
    for line in context(diagnostic) {
        let _ = writeln!(out, "  {line}");
    }
    out
}

/// Labels in the primary label's source are drawn together; those elsewhere are listed.
fn main_labels(diagnostic: &Diagnostic) -> Vec<Label> {
    let Some(primary) = &diagnostic.primary else { return Vec::new() };
    let same = diagnostic.secondary.iter().filter(|label| label.source == primary.source);
    std::iter::once(primary).chain(same).cloned().collect()
}

fn other_labels(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let main = diagnostic.primary.as_ref().map(|label| &label.source);
    diagnostic.secondary.iter().filter(move |label| Some(&label.source) != main)
}

fn main_source(diagnostic: &Diagnostic) -> Option<NamedSource<String>> {
    let primary = diagnostic.primary.as_ref()?;
    Some(NamedSource::new(primary.source.name(), primary.source.text().to_owned()))
}

fn context(diagnostic: &Diagnostic) -> Vec<String> {
    let context = &diagnostic.context;
    let mut line = Vec::new();
    if let Some(step) = context.step {
        line.push(format!("step {step}"));
    }
    if let Some(session) = &context.session {
        line.push(format!("session \"{session}\""));
    }
    if let Some(elapsed) = context.elapsed {
        line.push(format!("after {}", seconds(elapsed)));
    }
    if let Some(url) = &context.url {
        line.push(format!("at {url}"));
    }
    if line.is_empty() { Vec::new() } else { vec![format!("in: {}", line.join(", "))] }
}

fn seconds(time: std::time::Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn short(diagnostic: &Diagnostic) -> String {
    let kind = word(diagnostic.severity);
    let place = diagnostic.primary.as_ref().map_or_else(String::new, |label| {
        let place = label.source.line_column(label.span.start);
        format!("{}:{}:{}: ", label.source.name(), place.line, place.column)
    });
    let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
    format!("{place}{kind}[{}]: {}{help}\n", diagnostic.code, diagnostic.message)
}

fn as_json(diagnostic: &Diagnostic) -> Value {
    let label = |label: &Label| {
        let start = label.source.line_column(label.span.start);
        let end = label.source.line_column(label.span.end);
        json!({
            "file": label.source.name(), "text": label.text,
            "start": { "line": start.line, "column": start.column, "offset": label.span.start },
            "end": { "line": end.line, "column": end.column, "offset": label.span.end },
        })
    };
    json!({
        "code": diagnostic.code,
        "severity": word(diagnostic.severity),
        "message": diagnostic.message,
        "place": diagnostic.primary.as_ref().map(label),
        "related": diagnostic.secondary.iter().map(label).collect::<Vec<_>>(),
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "url": diagnostic.context.url,
        "session": diagnostic.context.session,
        "step": diagnostic.context.step,
        "elapsed_ms": diagnostic.context.elapsed.map(|elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
    })
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A diagnostic in miette's terms.
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    labels: &'a [Label],
    source: Option<NamedSource<String>>,
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report<'_> {}

impl SourceCode for Report<'_> {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        self.source.as_ref().ok_or(MietteError::OutOfBounds)?.read_span(span, before, after)
    }
}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.labels.is_empty() {
            return None;
        }
        let spans = self.labels.iter().enumerate().map(|(index, label)| {
            let range = (label.span.start, label.span.len());
            if index == 0 {
                LabeledSpan::new_primary_with_span(Some(label.text.clone()), range)
            } else {
                LabeledSpan::new_with_span(Some(label.text.clone()), range)
            }
        });
        Some(Box::new(spans))
    }
}
