//! Markdown of a page or an element.
//!
//! `htmd` writes it: small, maintained, on html5ever like our parser, with tables, lists and fenced code of its own.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ego_tree::{NodeId, NodeRef};
use htmd::HtmlToMarkdown;
use htmd::options::{BulletListMarker, HrStyle, Options};
use scraper::node::Element;
use scraper::{ElementRef, Node};

use super::document::{Document, ElementId, Tree};
use super::main_content::main_content;
use super::node::attribute;
use super::reader::{is_shown, lines};
use super::shadow::shown_children;

/// Tags deeper than this are left out, their text kept: the converter recurses.
const DEEPEST: usize = 60;

impl Document {
    /// Markdown of an element, or of the whole body: links and pictures with absolute addresses, without what a reader
    /// does not see.
    #[must_use]
    pub fn markdown(&self, id: Option<ElementId>) -> String {
        self.read(|tree| {
            let start = id.and_then(|id| tree.element(id)).unwrap_or_else(|| body(tree));
            self.write(tree, &[start], &HashSet::new())
        })
    }

    /// Markdown of the page's main content: without navigation, side bars, footers, cookie banners and lists of links.
    /// Where no part of the page stands out it is the Markdown of the whole.
    #[must_use]
    pub fn fit_markdown(&self) -> String {
        self.read(|tree| {
            let body = body(tree);
            if let Some(content) = main_content(tree, body) {
                let starts = content.starts.iter().filter_map(|id| tree.element(ElementId(*id)));
                let fit = self.write(tree, &starts.collect::<Vec<_>>(), &content.dropped);
                if !fit.trim().is_empty() {
                    return fit;
                }
            }
            self.write(tree, &[body], &HashSet::new())
        })
    }

    fn write(&self, tree: &Tree, starts: &[ElementRef<'_>], dropped: &HashSet<NodeId>) -> String {
        let mut cleaner = Cleaner { document: self, tree, dropped, out: String::new(), depth: 0 };
        starts.iter().for_each(|start| cleaner.clean(**start));
        // The plain text is better than nothing where the converter gives up.
        let plain = || starts.iter().map(|start| lines(tree, *start)).collect::<Vec<_>>().join("\n");
        convert(&cleaner.out).unwrap_or_else(plain)
    }
}

fn body(tree: &Tree) -> ElementRef<'_> {
    let root = tree.html.root_element();
    root.child_elements().find(|child| child.value().name() == "body").unwrap_or(root)
}

fn convert(html: &str) -> Option<String> {
    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        hr_style: HrStyle::Dashes,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder().options(options).build();
    catch_unwind(AssertUnwindSafe(|| converter.convert(html))).ok()?.ok()
}

/// Writes the HTML that a reader's Markdown needs, and no more.
struct Cleaner<'a> {
    document: &'a Document,
    tree: &'a Tree,
    /// What is left out though a reader sees it.
    dropped: &'a HashSet<NodeId>,
    out: String,
    depth: usize,
}

enum Visit<'a> {
    Enter(NodeRef<'a, Node>),
    Leave(&'a str),
}

impl Cleaner<'_> {
    fn clean(&mut self, start: NodeRef<'_, Node>) {
        let mut stack = vec![Visit::Enter(start)];
        while let Some(visit) = stack.pop() {
            match visit {
                Visit::Enter(node) => match node.value() {
                    Node::Text(text) => escape(&mut self.out, text),
                    Node::Element(element) if node == start || self.is_written(element, &node) => {
                        if let Some(name) = self.open(element) {
                            stack.push(Visit::Leave(name));
                        }
                        shown_children(&self.tree.shadows, node, |child| stack.push(Visit::Enter(child)));
                    }
                    _ => {}
                },
                Visit::Leave(name) => {
                    self.depth -= 1;
                    let _ = write!(self.out, "</{name}>");
                }
            }
        }
    }

    fn is_written(&self, element: &Element, node: &NodeRef<'_, Node>) -> bool {
        is_shown(element, node) && (self.dropped.is_empty() || !self.dropped.contains(&node.id()))
    }

    /// Writes the start tag; gives the name where an end tag must follow.
    fn open<'e>(&mut self, element: &'e Element) -> Option<&'e str> {
        let name = element.name();
        match name {
            "br" | "hr" | "img" => {}
            _ if !is_kept(name) => return None,
            _ if self.depth >= DEEPEST => {
                self.out.push(' ');
                return None;
            }
            _ => {}
        }
        let _ = write!(self.out, "<{name}");
        for key in ["href", "src", "alt", "title", "start", "align", "class"] {
            if let Some(value) = attribute(element, key).and_then(|value| self.kept(name, key, value)) {
                let _ = write!(self.out, " {key}=\"");
                escape(&mut self.out, &value);
                self.out.push('"');
            }
        }
        self.out.push('>');
        if matches!(name, "br" | "hr" | "img") {
            return None;
        }
        self.depth += 1;
        Some(name)
    }

    fn kept(&self, name: &str, key: &str, value: &str) -> Option<String> {
        match (name, key) {
            ("a", "href") | ("img", "src") => {
                let url = self.document.resolve(value)?;
                (url.scheme() != "javascript").then(|| String::from(url))
            }
            ("code" | "pre", "class") => Some(value.to_owned()),
            (_, "class" | "href" | "src") => None,
            _ => Some(value.to_owned()),
        }
    }
}

fn is_kept(name: &str) -> bool {
    matches!(
        name,
        "a" | "article"
            | "aside"
            | "b"
            | "blockquote"
            | "body"
            | "caption"
            | "code"
            | "dd"
            | "del"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "em"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "i"
            | "kbd"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "s"
            | "samp"
            | "section"
            | "strong"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\u{a0}']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut after = special.chars();
        out.push_str(match after.next() {
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('&') => "&amp;",
            Some('"') => "&quot;",
            _ => " ",
        });
        rest = after.as_str();
    }
    out.push_str(rest);
}
