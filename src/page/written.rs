//! Reads HTML as browsers write it (HTML, "serializing HTML fragments"): every element closed, every attribute quoted,
//! four characters escaped. A step's page comes in that form, and is read here in a fraction of a parser's time, and
//! as the page's own tree: what scripts nested against the parser's rules stays where it stands.
//!
//! Any other text is refused, and left to the parser.

use ego_tree::NodeId;
use html5ever::{LocalName, Namespace, QualName, namespace_prefix, ns};
use memchr::memchr;
use scraper::node::{Comment, Doctype, Element, Text};
use scraper::{Html, Node, StrTendril};

/// The only document type for which a browser is never in a mode of quirks, as it is written.
const DOCTYPE: &str = "<!DOCTYPE html>";

/// The tree of a document that a browser wrote; `None` when it cannot be one.
pub(super) fn read(text: &str) -> Option<Html> {
    let rest = text.strip_prefix(DOCTYPE)?.trim_start();
    if !rest.starts_with("<html") {
        return None;
    }
    let mut html = Html::new_document();
    let empty = StrTendril::new();
    let doctype = Doctype { name: "html".into(), public_id: empty.clone(), system_id: empty };
    html.tree.root_mut().append(Node::Doctype(doctype));
    let root = Open { name: "", node: html.tree.root().id(), inside: Inside::Html };
    let mut reader = Reader { rest, html, open: vec![root] };
    while !reader.rest.is_empty() {
        reader.piece()?;
    }
    (reader.open.len() == 1).then_some(reader.html)
}

/// What an element's children are, where their name alone does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Html,
    Svg,
    MathMl,
}

impl Inside {
    fn namespace(self) -> Namespace {
        match self {
            Self::Html => ns!(html),
            Self::Svg => ns!(svg),
            Self::MathMl => ns!(mathml),
        }
    }

    /// What an element of `name` among these children is.
    fn of(self, name: &str) -> Self {
        match (self, name) {
            (Self::Html, "svg") => Self::Svg,
            (Self::Html, "math") => Self::MathMl,
            _ => self,
        }
    }

    /// What the children of an element of that kind are (HTML, "integration points").
    fn below(self, name: &str) -> Self {
        match (self, name) {
            (Self::Svg, "foreignObject" | "desc" | "title") => Self::Html,
            (Self::MathMl, "mi" | "mo" | "mn" | "ms" | "mtext" | "annotation-xml") => Self::Html,
            _ => self,
        }
    }
}

struct Open<'a> {
    name: &'a str,
    /// Where its children go.
    node: NodeId,
    inside: Inside,
}

struct Reader<'a> {
    rest: &'a str,
    html: Html,
    /// The document, then the elements under way.
    open: Vec<Open<'a>>,
}

impl<'a> Reader<'a> {
    fn piece(&mut self) -> Option<()> {
        let Some(tag) = self.rest.strip_prefix('<') else {
            let end = at(self.rest, b'<').unwrap_or(self.rest.len());
            let text = self.take(end);
            return self.text(text);
        };
        match tag.as_bytes().first()? {
            b'/' => {
                let (name, rest) = cut(&tag[1..], b'>')?;
                let closed = self.open.pop()?;
                self.rest = rest;
                (closed.name == name && !self.open.is_empty()).then_some(())
            }
            b'!' => {
                let (comment, rest) = tag.strip_prefix("!--")?.split_once("-->")?;
                self.rest = rest;
                self.append(Node::Comment(Comment { comment: comment.into() }));
                Some(())
            }
            first if first.is_ascii_alphabetic() => {
                self.rest = tag;
                self.element()
            }
            _ => None,
        }
    }

    /// White space may follow the whole document; all other text stands in an element.
    fn text(&mut self, text: &str) -> Option<()> {
        if self.open.len() > 1 {
            let text = unescaped(text)?;
            self.append(Node::Text(Text { text }));
            return Some(());
        }
        text.trim().is_empty().then_some(())
    }

    fn element(&mut self) -> Option<()> {
        let end = self.rest.find([' ', '>', '/', '<', '"'])?;
        let name = self.take(end);
        let inside = self.open.last()?.inside.of(name);
        let mut element = Element::new(QualName::new(None, inside.namespace(), LocalName::from(name)), Vec::new());
        while let Some(rest) = self.rest.strip_prefix(' ') {
            let (key, rest) = rest.split_once("=\"")?;
            if key.is_empty() || key.contains([' ', '>', '<', '"', '/', '=']) {
                return None;
            }
            let (value, rest) = cut(rest, b'"')?;
            self.rest = rest;
            element.attrs.push((attribute_name(key, inside), unescaped(value)?));
        }
        self.rest = self.rest.strip_prefix('>')?;
        // As the tree keeps them for its look-ups.
        element.attrs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let node = self.append(Node::Element(element));
        if inside == Inside::Html {
            if is_void(name) {
                return Some(());
            }
            if is_raw(name) {
                return self.raw(name, node);
            }
        }
        let mut open = Open { name, node, inside: inside.below(name) };
        if inside == Inside::Html && name == "template" {
            open.node = self.html.tree.get_mut(node)?.append(Node::Fragment).id();
        }
        self.open.push(open);
        Some(())
    }

    /// Text that is written as it is, up to its element's end.
    fn raw(&mut self, name: &str, node: NodeId) -> Option<()> {
        let end = self.rest.match_indices("</").find_map(|(at, _)| {
            let rest = self.rest[at + 2..].strip_prefix(name)?.strip_prefix('>')?;
            Some((at, rest))
        });
        let (end, rest) = end?;
        let text = &self.rest[..end];
        self.rest = rest;
        if !text.is_empty() {
            self.html.tree.get_mut(node)?.append(Node::Text(Text { text: text.into() }));
        }
        Some(())
    }

    fn append(&mut self, node: Node) -> NodeId {
        let parent = self.open.last().expect("the document stays open").node;
        self.html.tree.get_mut(parent).expect("made in this tree").append(node).id()
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

/// Where an ASCII character first stands.
fn at(text: &str, character: u8) -> Option<usize> {
    memchr(character, text.as_bytes())
}

/// What stands before and after it.
fn cut(text: &str, character: u8) -> Option<(&str, &str)> {
    at(text, character).map(|place| (&text[..place], &text[place + 1..]))
}

/// The characters of a text; `None` for a reference that no browser writes.
fn unescaped(text: &str) -> Option<StrTendril> {
    let Some(first) = at(text, b'&') else { return Some(text.into()) };
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    let mut next = Some(first);
    while let Some(found) = next {
        out.push_str(&rest[..found]);
        let (reference, after) = rest[found + 1..].split_once(';')?;
        out.push(match reference {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "nbsp" => '\u{a0}',
            _ => return None,
        });
        rest = after;
        next = at(rest, b'&');
    }
    out.push_str(rest);
    Some(out.as_str().into())
}

/// HTML, "adjust foreign attributes".
fn attribute_name(key: &str, inside: Inside) -> QualName {
    let foreign = match key.split_once(':') {
        _ if inside == Inside::Html => None,
        Some(("xlink", local)) => Some((Some(namespace_prefix!("xlink")), ns!(xlink), local)),
        Some(("xml", local)) => Some((Some(namespace_prefix!("xml")), ns!(xml), local)),
        Some(("xmlns", local)) => Some((Some(namespace_prefix!("xmlns")), ns!(xmlns), local)),
        None if key == "xmlns" => Some((None, ns!(xmlns), key)),
        _ => None,
    };
    let (prefix, space, local) = foreign.unwrap_or((None, ns!(), key));
    QualName::new(prefix, space, LocalName::from(local))
}

/// Elements without content and end tag, those of old included.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose text is not escaped.
fn is_raw(name: &str) -> bool {
    matches!(name, "style" | "script" | "xmp" | "iframe" | "noembed" | "noframes" | "plaintext" | "noscript")
}
