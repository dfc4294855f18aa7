//! The texts that the editor has open, in step with its changes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use lsp_types::{Location, Position, Range, TextDocumentContentChangeEvent, Uri};
use url::Url;

use super::position::LineIndex;
use crate::ide::Analysis;
use crate::text::{Source, Span};

/// One version of an open text.
#[derive(Debug)]
pub struct Document {
    /// Its address.
    pub uri: Uri,
    /// Its version as the editor counts.
    pub version: i32,
    /// The text under the name that imports are looked up from.
    pub source: Source,
    index: LineIndex,
    analysis: OnceLock<Arc<Analysis>>,
}

impl Document {
    fn new(uri: Uri, version: i32, text: String) -> Self {
        let name = path_of(&uri).map_or_else(|| last_part(&uri), |path| path.display().to_string());
        let index = LineIndex::new(&text);
        Self { uri, version, source: Source::new(name, text), index, analysis: OnceLock::new() }
    }

    /// What is known of the text.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| Arc::new(Analysis::new(self.source.clone())))
    }

    /// The byte offset of a position.
    #[must_use]
    pub fn offset(&self, position: Position) -> usize {
        self.index.offset(self.source.text(), position)
    }

    /// The position of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        self.index.position(self.source.text(), offset)
    }

    /// The range of a span.
    #[must_use]
    pub fn range(&self, span: Span) -> Range {
        self.index.range(self.source.text(), span)
    }

    /// The span of a range.
    #[must_use]
    pub fn span(&self, range: Range) -> Span {
        self.index.span(self.source.text(), range)
    }

    /// A span of this text as a location.
    #[must_use]
    pub fn location(&self, span: Span) -> Location {
        Location::new(self.uri.clone(), self.range(span))
    }
}

/// All open texts by their addresses.
#[derive(Debug, Default)]
pub struct Documents {
    open: HashMap<String, Document>,
}

impl Documents {
    /// The text at an address.
    #[must_use]
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri.as_str())
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }

    /// Takes a text that was opened, or all of it anew.
    pub fn open(&mut self, uri: &Uri, version: i32, text: String) {
        self.open.insert(uri.as_str().to_owned(), Document::new(uri.clone(), version, text));
    }

    /// Applies changes in their order, each to what the one before left.
    pub fn change(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let Some(document) = self.open.get_mut(uri.as_str()) else { return };
        let mut text = document.source.text().to_owned();
        let mut index = document.index.clone();
        for change in changes {
            match change.range {
                Some(range) => {
                    let span = index.span(&text, range);
                    text.replace_range(span.start..span.end, &change.text);
                }
                None => text = change.text,
            }
            index = LineIndex::new(&text);
        }
        *document = Document::new(uri.clone(), version, text);
    }

    /// Forgets a text.
    pub fn close(&mut self, uri: &Uri) {
        self.open.remove(uri.as_str());
    }
}

/// The file at an address.
#[must_use]
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    Url::parse(uri.as_str()).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

/// The address of a file.
#[must_use]
pub fn uri_of(path: &std::path::Path) -> Option<Uri> {
    let path = std::path::absolute(path).ok()?;
    Url::from_file_path(path).ok()?.as_str().parse().ok()
}

/// A name for a text that is in no file.
fn last_part(uri: &Uri) -> String {
    let text = uri.as_str();
    text.rsplit(['/', ':']).next().filter(|part| !part.is_empty()).unwrap_or("script").to_owned()
}
