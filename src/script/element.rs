//! An element of a captured page in the script.

use std::sync::Arc;

use rhai::{Array, Dynamic};
use serde_json::{Value, json};

use super::value::from_json;
use crate::crawl::{CrawlError, Page};
use crate::page::{Document, ElementId, Selector};
use crate::text::{cut, nearest_in};

/// The columns of an element that is printed.
const SUMMARY: usize = 120;

/// An element with its document. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct ElementValue {
    document: Arc<Document>,
    id: ElementId,
}

/// The parts of an element with one line each.
pub const ELEMENT_PARTS: &[(&str, &str)] = &[
    ("attributes", "all attributes as a map"),
    ("html", "the element's HTML"),
    ("inner_html", "the HTML inside"),
    ("markdown", "the element as Markdown"),
    ("name", "the tag's name"),
    ("table", "the table that it is, or the first one in it: caption, headers, records, footer, rows"),
    ("text", "the text as a reader sees it"),
];

impl ElementValue {
    /// An element of a document.
    #[must_use]
    pub fn new(document: Arc<Document>, id: ElementId) -> Self {
        Self { document, id }
    }

    /// One part; an unknown one is an error.
    pub fn get(&self, name: &str) -> Result<Dynamic, CrawlError> {
        Ok(match name {
            "text" => self.document.text(self.id).into(),
            "html" => self.document.outer_html(self.id).into(),
            "inner_html" => self.document.html(self.id).into(),
            "name" => self.document.name(self.id).into(),
            "markdown" => self.document.markdown(Some(self.id)).into(),
            "table" => {
                let table = self.document.table(self.id).and_then(|table| serde_json::to_value(table).ok());
                let none = || CrawlError::new("crawl::select::no_match", "the element is no table, and none is in it");
                from_json(&table.ok_or_else(none)?)
            }
            "attributes" => {
                let pairs = self.document.attrs(self.id).into_iter();
                Dynamic::from_map(pairs.map(|(name, value)| (name.into(), value.into())).collect())
            }
            _ => {
                let names: Vec<&str> = ELEMENT_PARTS.iter().map(|(name, _)| *name).collect();
                let mut error = CrawlError::new("crawl::page::unknown_part", format!("an element has no `{name}`"));
                error.help = nearest_in(name, "its parts", &names);
                return Err(error);
            }
        })
    }

    /// An attribute.
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<String> {
        self.document.attr(self.id, name)
    }

    /// All matches below.
    #[must_use]
    pub fn select(&self, selector: &Selector) -> Vec<Self> {
        let ids = self.document.select_in(self.id, selector);
        ids.into_iter().map(|id| Self { document: Arc::clone(&self.document), id }).collect()
    }

    /// The text as a reader sees it.
    #[must_use]
    pub fn text(&self) -> String {
        self.document.text(self.id)
    }

    /// As `print` shows it: its short HTML.
    #[must_use]
    pub fn summary(&self) -> String {
        cut(&self.document.outer_html(self.id), SUMMARY)
    }

    /// As data: tag, text and HTML.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "name": self.document.name(self.id), "text": self.text(), "html": self.document.outer_html(self.id) })
    }
}

/// All matches of a page as an array of elements.
#[must_use]
pub fn select_all(document: &Arc<Document>, selector: &Selector) -> Array {
    let ids = document.select(selector);
    ids.into_iter().map(|id| Dynamic::from(ElementValue::new(Arc::clone(document), id))).collect()
}

/// The elements of a step's cut: each fragment is parsed by itself, so that the cut is what the step saw.
pub fn from_fragments(fragments: &[String], page: &Page) -> Dynamic {
    let blank = || url::Url::parse("about:blank").expect("`about:blank` is an address");
    let base = url::Url::parse(page.url()).unwrap_or_else(|_| blank());
    let body = Selector::parse("body > *").expect("a plain selector");
    let element = |html: &String| {
        let document = Arc::new(Document::parse(html.as_str(), &base));
        let id = document.select_first(&body).unwrap_or_else(|| document.root());
        Dynamic::from(ElementValue::new(document, id))
    };
    fragments.iter().map(element).collect::<Array>().into()
}
