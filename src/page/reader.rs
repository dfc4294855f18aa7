//! Text as a reader sees it: words kept apart, white space collapsed, what is not shown left out.

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{ElementRef, Node};

use super::document::Tree;
use super::node::{attribute, declarations, is_hidden};
use super::shadow::shown_children;

/// The element's text in one line.
pub(super) fn line(tree: &Tree, element: ElementRef<'_>) -> String {
    read(tree, element, false)
}

/// The element's text, each block on its own line.
pub(super) fn lines(tree: &Tree, element: ElementRef<'_>) -> String {
    read(tree, element, true)
}

fn read(tree: &Tree, element: ElementRef<'_>, lines: bool) -> String {
    if is_raw(element.value().name()) {
        // Asked for by name: the text as it is (JSON in a script).
        return element.text().collect::<String>().trim().to_owned();
    }
    let mut writer = Writer { out: String::new(), gap: Gap::None, lines, preserved: 0 };
    walk(tree, *element, &mut writer);
    writer.out
}

enum Visit<'a> {
    Enter(NodeRef<'a, Node>),
    Leave(NodeRef<'a, Node>),
}

// A stack of its own: documents nest deeper than threads have stack.
fn walk<'a>(tree: &'a Tree, start: NodeRef<'a, Node>, writer: &mut Writer) {
    let mut stack = vec![Visit::Enter(start)];
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Enter(node) => match node.value() {
                Node::Text(text) => writer.text(text),
                Node::Element(element) if node == start || is_shown(element, &node) => {
                    writer.edge(element, true);
                    stack.push(Visit::Leave(node));
                    shown_children(&tree.shadows, node, |child| stack.push(Visit::Enter(child)));
                }
                _ => {}
            },
            Visit::Leave(node) => {
                if let Node::Element(element) = node.value() {
                    writer.edge(element, false);
                }
            }
        }
    }
}

/// White space that is owed before the next word, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Cell,
    Line,
}

struct Writer {
    out: String,
    gap: Gap,
    lines: bool,
    preserved: usize,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            // Most of most texts, taken at once.
            let plain = rest.bytes().take_while(u8::is_ascii_graphic).count();
            let (taken, after) = rest.split_at(plain.max(first.len_utf8()));
            rest = after;
            match first {
                _ if plain > 0 => self.word(taken),
                '\n' if self.preserved > 0 => self.line_break(),
                c if self.preserved > 0 && c != '\r' && !is_invisible(c) => self.word(taken),
                c if c.is_whitespace() => self.owe(Gap::Space),
                c if is_invisible(c) => {}
                _ => self.word(taken),
            }
        }
    }

    fn word(&mut self, characters: &str) {
        match std::mem::replace(&mut self.gap, Gap::None) {
            _ if self.out.is_empty() => {}
            Gap::None => {}
            Gap::Space => self.out.push(' '),
            Gap::Cell => self.out.push('\t'),
            Gap::Line => self.out.push('\n'),
        }
        self.out.push_str(characters);
    }

    fn owe(&mut self, gap: Gap) {
        let gap = if self.lines { gap } else { gap.min(Gap::Space) };
        self.gap = self.gap.max(gap);
    }

    /// A line break that is part of the text: several in a row count.
    fn line_break(&mut self) {
        if self.lines && self.gap == Gap::Line && self.preserved > 0 && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.owe(Gap::Line);
    }

    fn edge(&mut self, element: &Element, entering: bool) {
        match separation(element.name()) {
            Separation::None => {}
            Separation::Space => self.owe(Gap::Space),
            Separation::Cell => self.owe(Gap::Cell),
            Separation::Line if shown_inline(element) => self.owe(Gap::Space),
            Separation::Line => self.owe(Gap::Line),
        }
        if self.lines && matches!(element.name(), "pre" | "textarea" | "listing" | "xmp" | "plaintext") {
            if entering {
                self.preserved += 1;
            } else {
                self.preserved = self.preserved.saturating_sub(1);
            }
        }
    }
}

enum Separation {
    None,
    Space,
    Cell,
    Line,
}

/// Whether an element's edges part the words within from those around as a block's do.
pub(super) fn separates(element: &Element) -> bool {
    match separation(element.name()) {
        Separation::Cell => true,
        Separation::Line => !shown_inline(element),
        Separation::Space | Separation::None => false,
    }
}

fn separation(name: &str) -> Separation {
    match name {
        "td" | "th" => Separation::Cell,
        "button" | "img" | "input" | "select" | "option" | "iframe" | "object" | "video" | "audio" | "canvas"
        | "svg" | "meter" | "progress" | "rt" => Separation::Space,
        "address" | "article" | "aside" | "blockquote" | "body" | "br" | "caption" | "center" | "dd" | "details"
        | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "html" | "legend" | "li" | "listing"
        | "main" | "menu" | "nav" | "ol" | "optgroup" | "p" | "plaintext" | "pre" | "search" | "section"
        | "summary" | "table" | "tbody" | "textarea" | "tfoot" | "thead" | "tr" | "ul" | "xmp" => Separation::Line,
        _ => Separation::None,
    }
}

/// Whether the element's own style makes a block part of the line.
fn shown_inline(element: &Element) -> bool {
    let Some(style) = attribute(element, "style") else { return false };
    declarations(style).any(|(name, value)| name.eq_ignore_ascii_case("display") && value.starts_with("inline"))
}

fn is_raw(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "noframes" | "noembed" | "iframe" | "template")
}

/// Whether a reader sees an element, as far as its own markup tells.
pub(super) fn is_shown(element: &Element, node: &NodeRef<'_, Node>) -> bool {
    match element.name() {
        "head" | "datalist" | "rp" | "video" | "audio" | "canvas" | "area" | "param" => return false,
        "title" | "desc" | "metadata" => return false,
        name if is_raw(name) => return false,
        "option" if !is_chosen(node) => return false,
        _ => {}
    }
    !is_hidden(element)
}

/// Of a drop-down list only the chosen option is shown: the last selected one, else the first that can be chosen.
fn is_chosen(node: &NodeRef<'_, Node>) -> bool {
    let is_select = |node: &NodeRef<'_, Node>| node.value().as_element().is_some_and(|e| e.name() == "select");
    let Some(list) = node.ancestors().find(is_select) else { return true };
    let Node::Element(select) = list.value() else { return true };
    let size = attribute(select, "size").and_then(|size| size.trim().parse::<u32>().ok());
    if attribute(select, "multiple").is_some() || size.is_some_and(|size| size > 1) {
        return true;
    }
    let mut first = None;
    let mut selected = None;
    for other in list.descendants() {
        let Node::Element(element) = other.value() else { continue };
        if element.name() != "option" {
            continue;
        }
        if attribute(element, "selected").is_some() {
            selected = Some(other.id());
        }
        if first.is_none() && attribute(element, "disabled").is_none() {
            first = Some(other.id());
        }
    }
    selected.or(first) == Some(node.id())
}

/// Signs without width that only guide line breaking. Joiners stay: they shape Arabic, Indic scripts and emoji.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}
