//! A parsed document: selection and what can be read from elements.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use ego_tree::NodeId;
use memchr::memchr_iter;
use scraper::{ElementRef, Html};
use url::Url;

use super::control::{ControlState, apply_controls};
use super::node::{attribute, serialise};
use super::selector::Reach;
use super::shadow::{Shadows, hoist};
use super::{Selector, reader, written};

/// A parsed HTML document with its base address. `Send` and `Sync`; share it in an `Arc`.
pub struct Document {
    html: String,
    url: Url,
    base: Url,
    // The tree's elements cache their ids and classes in cells, so that readers take turns.
    tree: Mutex<Tree>,
}

/// What the lock guards.
pub(super) struct Tree {
    pub html: Html,
    pub shadows: Shadows,
    /// The contents of `template` elements, which are no part of the page.
    pub templates: HashMap<NodeId, NodeId>,
}

/// An element of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub(super) NodeId);

impl Document {
    /// Parses `html` of the page at `url`.
    #[must_use]
    pub fn parse(html: impl Into<String>, url: &Url) -> Self {
        let html = html.into();
        let parsed = Html::parse_document(&html);
        Self::finish(html, parsed, url)
    }

    /// Reads `html` as a snapshot has it, and writes the controls' live state into it; [`Document::source`] is then the
    /// text with that state.
    ///
    /// Controls are all `input`, `textarea` and `option` elements in document order, those in open shadow roots
    /// included and those in ordinary `template` elements not, numbered from 0.
    #[must_use]
    pub fn captured(html: impl Into<String>, url: &Url, controls: &[ControlState]) -> Self {
        let html = html.into();
        let mut parsed = written::read(&html).unwrap_or_else(|| Html::parse_document(&html));
        if !apply_controls(&mut parsed, controls) {
            return Self::finish(html, parsed, url);
        }
        let html = serialise(parsed.tree.root(), true);
        Self::finish(html, parsed, url)
    }

    fn finish(html: String, mut parsed: Html, url: &Url) -> Self {
        // The text tells faster than the tree that there is nothing to look for.
        let (shadows, templates) = if mentions(&html, "template") { hoist(&mut parsed) } else { Default::default() };
        let base = if mentions(&html, "base") { base_of(&parsed, url) } else { url.clone() };
        let tree = Mutex::new(Tree { html: parsed, shadows, templates });
        Self { html, url: url.clone(), base, tree }
    }

    /// The document as text: as given, or with the controls' live state.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.html
    }

    /// The document's own address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The address that relative references start from: `<base href>`, else the document's own.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The absolute address of a reference; `None` when it is no address.
    #[must_use]
    pub fn resolve(&self, href: &str) -> Option<Url> {
        self.base.join(href.trim()).ok()
    }

    /// The `html` element.
    #[must_use]
    pub fn root(&self) -> ElementId {
        self.read(|tree| ElementId(tree.html.root_element().id()))
    }

    /// All matches in document order; the children of an open shadow root follow its host's own.
    #[must_use]
    pub fn select(&self, selector: &Selector) -> Vec<ElementId> {
        self.read(|tree| {
            let root = tree.html.root_element();
            let own = selector.compiled().matches(&root).then_some(root);
            own.into_iter().chain(root.select(selector.compiled())).map(|element| ElementId(element.id())).collect()
        })
    }

    /// The first match.
    #[must_use]
    pub fn select_first(&self, selector: &Selector) -> Option<ElementId> {
        self.read(|tree| {
            let root = tree.html.root_element();
            let own = selector.compiled().matches(&root).then_some(root);
            own.or_else(|| root.select(selector.compiled()).next()).map(|element| ElementId(element.id()))
        })
    }

    /// The matches below `scope`; a relative selector may also match `scope` itself or the siblings after it.
    #[must_use]
    pub fn select_in(&self, scope: ElementId, selector: &Selector) -> Vec<ElementId> {
        self.read(|tree| tree.matches(scope, selector, usize::MAX))
    }

    /// The first match below `scope`.
    #[must_use]
    pub fn select_first_in(&self, scope: ElementId, selector: &Selector) -> Option<ElementId> {
        self.read(|tree| tree.matches(scope, selector, 1).first().copied())
    }

    /// The number of matches in the whole document.
    #[must_use]
    pub fn count(&self, selector: &Selector) -> usize {
        self.select(selector).len()
    }

    /// The element's text as a reader sees it, in one line (see [`Document::text_all`] for what is left out).
    #[must_use]
    pub fn text(&self, id: ElementId) -> String {
        self.read(|tree| tree.element(id).map_or_else(String::new, |element| reader::line(tree, element)))
    }

    /// The element's text as a reader sees it, each block on its own line.
    #[must_use]
    pub fn text_lines(&self, id: ElementId) -> String {
        self.read(|tree| tree.element(id).map_or_else(String::new, |element| reader::lines(tree, element)))
    }

    /// The page's text as a reader sees it, each block on its own line, cells of a row parted by tabs.
    ///
    /// Left out are scripts, styles, templates, `noscript`, what has the `hidden` attribute or `display: none` in its
    /// own style, options that are not chosen, and the values of inputs; a `textarea` shows its text.
    #[must_use]
    pub fn text_all(&self) -> String {
        self.read(|tree| {
            let root = tree.html.root_element();
            let body = root.child_elements().find(|child| matches!(child.value().name(), "body" | "frameset"));
            reader::lines(tree, body.unwrap_or(root))
        })
    }

    /// The element's inner HTML.
    #[must_use]
    pub fn html(&self, id: ElementId) -> String {
        self.read(|tree| {
            let inner = tree.templates.get(&id.0).copied().unwrap_or(id.0);
            tree.html.tree.get(inner).map_or_else(String::new, |node| serialise(node, false))
        })
    }

    /// The element's HTML with its own tags.
    #[must_use]
    pub fn outer_html(&self, id: ElementId) -> String {
        self.read(|tree| tree.html.tree.get(id.0).map_or_else(String::new, |node| serialise(node, true)))
    }

    /// The element's name in lower case.
    #[must_use]
    pub fn name(&self, id: ElementId) -> String {
        self.read(|tree| tree.element(id).map_or_else(String::new, |element| element.value().name().to_owned()))
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, id: ElementId, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        self.read(|tree| {
            let element = tree.element(id)?.value();
            attribute(element, &lower).or_else(|| attribute(element, name)).map(str::to_owned)
        })
    }

    /// All attributes, sorted by name.
    #[must_use]
    pub fn attrs(&self, id: ElementId) -> Vec<(String, String)> {
        self.read(|tree| {
            let element = tree.element(id);
            element.into_iter().flat_map(|e| e.value().attrs()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
        })
    }

    /// The document's title, white space collapsed.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        self.read(|tree| {
            let mut elements = tree.html.root_element().descendent_elements();
            let is_title = |e: &ElementRef<'_>| e.value().name() == "title" && &*e.value().name.ns == XHTML;
            elements.find(is_title).map(|title| reader::line(tree, title))
        })
    }

    /// The document's language: the `lang` attribute of `html`.
    #[must_use]
    pub fn lang(&self) -> Option<String> {
        self.read(|tree| {
            let lang = attribute(tree.html.root_element().value(), "lang")?.trim();
            (!lang.is_empty()).then(|| lang.to_owned())
        })
    }

    /// Runs `f` with the tree locked; `f` must not call back into the document.
    pub(super) fn read<T>(&self, f: impl FnOnce(&Tree) -> T) -> T {
        f(&self.tree.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tree {
    /// The element of an id; `None` for an id of another document that does not fit.
    pub(super) fn element(&self, id: ElementId) -> Option<ElementRef<'_>> {
        self.html.tree.get(id.0).and_then(ElementRef::wrap)
    }

    /// Up to `limit` matches of a selector that starts at `scope`.
    pub(super) fn matches(&self, scope: ElementId, selector: &Selector, limit: usize) -> Vec<ElementId> {
        let Some(scope) = self.element(scope) else { return Vec::new() };
        let compiled = selector.compiled();
        let itself = [scope].into_iter();
        let hits = |element: &ElementRef<'_>| compiled.matches_with_scope(element, Some(scope));
        let ids = |element: ElementRef<'_>| ElementId(element.id());
        match selector.reach() {
            Reach::Itself => vec![ids(scope)],
            Reach::Below => scope.select(compiled).take(limit).map(ids).collect(),
            Reach::WithItself => itself.filter(hits).chain(scope.select(compiled)).take(limit).map(ids).collect(),
            Reach::Following => {
                let after = scope.next_siblings().filter_map(ElementRef::wrap).flat_map(|e| e.descendent_elements());
                itself.chain(scope.select(any_element())).chain(after).filter(hits).take(limit).map(ids).collect()
            }
        }
    }
}

fn any_element() -> &'static scraper::Selector {
    static ANY: std::sync::LazyLock<scraper::Selector> =
        std::sync::LazyLock::new(|| scraper::Selector::parse("*").expect("`*` is a selector"));
    &ANY
}

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Whether a text may hold an element of that name.
fn mentions(html: &str, name: &str) -> bool {
    let begins = |at: usize| html.as_bytes().get(at + 1..=at + name.len());
    memchr_iter(b'<', html.as_bytes())
        .any(|at| begins(at).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes())))
}

/// The address that others are relative to (HTML, "set the frozen base URL"): that of the first `<base>` with an address,
/// unless it names a document or a script of its own.
fn base_of(parsed: &Html, url: &Url) -> Url {
    let mut elements = parsed.root_element().descendent_elements();
    let href = elements.find_map(|e| if e.value().name() == "base" { attribute(e.value(), "href") } else { None });
    let base = href.and_then(|href| url.join(href.trim()).ok());
    base.filter(|base| !["data", "javascript"].contains(&base.scheme())).unwrap_or_else(|| url.clone())
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({:?}, {} bytes)", self.url.as_str(), self.html.len())
    }
}
