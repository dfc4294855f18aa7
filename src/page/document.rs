//! A parsed document: selection and what can be read from elements.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Selector;

/// A parsed HTML document with its base address. `Send` and `Sync`; share it in an `Arc`.
#[derive(Debug)]
pub struct Document {}

/// An element of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ElementId(pub(super) usize);

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address, resolved against the page's base.
    pub href: String,
    /// The link's text as a reader sees it.
    pub text: String,
    /// The `title` attribute.
    pub title: Option<String>,
    /// The `rel` attribute.
    pub rel: Option<String>,
    /// Whether it leads to the page's own host.
    pub internal: bool,
}

/// A control's live state, as a snapshot carries it. See `browser::FormPatch`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControlState {
    /// The number of the control.
    pub index: usize,
    /// Its live value.
    pub value: Option<String>,
    /// Whether it is checked now.
    pub checked: Option<bool>,
    /// Whether it is selected now.
    pub selected: Option<bool>,
}

impl Document {
    /// Parses `html` of the page at `url`.
    #[must_use]
    pub fn parse(_html: &str, _url: &Url) -> Self {
        todo!("the page branch brings it")
    }

    /// All matches in document order.
    #[must_use]
    pub fn select(&self, _selector: &Selector) -> Vec<ElementId> {
        todo!("the page branch brings it")
    }
}
