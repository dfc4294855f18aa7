//! Reports, places and parts as the protocol says them.

use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentSymbol, Location, NumberOrString, Range,
    SymbolKind, Uri,
};

use super::document::{Document, uri_of};
use super::position::LineIndex;
use crate::diag::{Diagnostic as Report, Label, Severity};
use crate::ide::{Home, Part, PartKind, Target};
use crate::script::modules::STDLIB;
use crate::text::{Source, Span};

/// The scheme of the standard library's modules, for editors that ask us for their text.
pub const SCHEME: &str = "crawl-std:";

/// Where an editor finds texts that it has not open.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// Modules of the standard library have addresses of their own, and no files.
    pub virtual_modules: bool,
}

impl Addresses {
    /// The address of a module of the standard library.
    #[must_use]
    pub fn module(self, name: &str) -> Option<Uri> {
        if self.virtual_modules {
            return format!("{SCHEME}/{name}.crawl").parse().ok();
        }
        let (_, text) = STDLIB.iter().find(|(known, _)| *known == name)?;
        uri_of(&crate::store::module_file(name, text).ok()?)
    }

    /// A place in some text as a location; `here` is the text that was asked about.
    #[must_use]
    pub fn target(self, here: &Document, target: &Target) -> Option<Location> {
        let uri = match &target.home {
            Home::Here => return Some(here.location(target.span)),
            Home::File(path) => uri_of(path)?,
            Home::Embedded(name) => self.module(name)?,
        };
        Some(Location::new(uri, range(&target.source, target.span)))
    }

    fn label(self, here: &Document, label: &Label) -> Option<Location> {
        let name = label.source.name();
        if name == here.source.name() {
            return Some(here.location(label.span));
        }
        let module = name.strip_suffix(".crawl").filter(|name| STDLIB.iter().any(|(known, _)| known == name));
        let uri = match module {
            Some(module) => self.module(module)?,
            None => uri_of(std::path::Path::new(name))?,
        };
        Some(Location::new(uri, range(&label.source, label.span)))
    }

    /// A report about a text. One that points elsewhere stands where this text leads there.
    #[must_use]
    pub fn diagnostic(self, here: &Document, report: &Report) -> Diagnostic {
        let labels = || report.primary.iter().chain(&report.secondary);
        let own = labels().find(|label| label.source.name() == here.source.name());
        let related = labels().filter(|label| own.is_none_or(|own| !std::ptr::eq(own, *label)));
        let related = related.filter_map(|label| {
            let location = self.label(here, label)?;
            Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
        });
        let mut message = report.message.clone();
        for note in &report.notes {
            message.push_str(&format!("\n{note}"));
        }
        if let Some(help) = &report.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        Diagnostic {
            range: own.map(|label| here.range(label.span)).unwrap_or_default(),
            severity: Some(match report.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String(report.code.to_owned())),
            source: Some("crawl".to_owned()),
            message,
            related_information: Some(related.collect()),
            ..Diagnostic::default()
        }
    }
}

fn range(source: &Source, span: Span) -> Range {
    LineIndex::new(source.text()).range(source.text(), span)
}

/// A part of the outline with what is in it.
#[must_use]
pub fn symbol(here: &Document, part: &Part) -> DocumentSymbol {
    #[allow(deprecated, reason = "the protocol's type still has the field")]
    DocumentSymbol {
        name: part.name.clone(),
        detail: None,
        kind: match part.kind {
            PartKind::Schema => SymbolKind::STRUCT,
            PartKind::Field => SymbolKind::FIELD,
            PartKind::Function => SymbolKind::FUNCTION,
            PartKind::Session => SymbolKind::NAMESPACE,
            PartKind::Test => SymbolKind::METHOD,
            PartKind::Constant => SymbolKind::CONSTANT,
        },
        tags: None,
        deprecated: None,
        range: here.range(part.whole),
        selection_range: here.range(part.span),
        children: Some(part.parts.iter().map(|part| symbol(here, part)).collect()),
    }
}
