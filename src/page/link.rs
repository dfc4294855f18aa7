//! The links of a page.

use serde::{Deserialize, Serialize};

use super::document::{Document, Tree};
use super::node::attribute;
use super::reader;
use scraper::ElementRef;

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address, resolved against the page's base.
    pub href: String,
    /// The link's text as a reader sees it; a picture's `alt` where there is no text.
    pub text: String,
    /// The `title` attribute.
    pub title: Option<String>,
    /// The `rel` attribute.
    pub rel: Option<String>,
    /// Whether it leads to the page's own host.
    pub internal: bool,
}

impl Document {
    /// The page's links (`a` and `area` with an address) in document order, repeats included; `javascript:` and what is
    /// no address is left out.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        self.read(|tree| {
            let elements = tree.html.root_element().descendent_elements();
            elements.filter(|e| matches!(e.value().name(), "a" | "area")).filter_map(|e| self.link(tree, e)).collect()
        })
    }

    fn link(&self, tree: &Tree, element: ElementRef<'_>) -> Option<Link> {
        let of = |name| attribute(element.value(), name).map(str::to_owned);
        let href = self.resolve(attribute(element.value(), "href")?).filter(|url| url.scheme() != "javascript")?;
        let mut text = reader::line(tree, element);
        if text.is_empty() {
            let mut pictures = element.descendent_elements().filter_map(|e| attribute(e.value(), "alt"));
            text = pictures.find(|alt| !alt.trim().is_empty()).unwrap_or_default().trim().to_owned();
        }
        let internal = href.scheme() == self.url().scheme() && href.host() == self.url().host()
            || is_web(&href) && is_web(self.url()) && href.host() == self.url().host();
        Some(Link { href: href.into(), text, title: of("title"), rel: of("rel"), internal })
    }
}

fn is_web(url: &url::Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
