//! Small readings of single nodes: attributes, visibility, HTML.

use ego_tree::NodeRef;
use html5ever::serialize::{Serialize, SerializeOpts, Serializer, TraversalScope, serialize};
use scraper::Node;
use scraper::node::Element;

/// The value of an attribute by its local name.
pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attrs().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether the element's own attributes take it from the reader's sight.
pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => true,
        "style" => hides(value),
        _ => false,
    })
}

fn hides(style: &str) -> bool {
    declarations(style).any(|(name, value)| {
        let value = value.trim_end_matches("!important").trim_end();
        name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none")
    })
}

/// The declarations of a style: names and values, as written.
///
/// A semicolon between quotes or parentheses is part of a value, as in `url(data:image/png;base64,…)`.
pub(super) fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = style;
    let next = move || {
        (!rest.is_empty()).then(|| {
            let end = declaration_end(rest);
            let (one, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            one
        })
    };
    std::iter::from_fn(next).filter_map(|one| one.split_once(':')).map(|(name, value)| (name.trim(), value.trim()))
}

fn declaration_end(style: &str) -> usize {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut bytes = style.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            _ if quote.is_some() => quote = quote.filter(|open| *open != byte),
            b'"' | b'\'' => quote = Some(byte),
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => return at,
            _ => {}
        }
    }
    style.len()
}

/// The node's HTML, with or without its own tags.
pub(super) fn serialise(node: NodeRef<'_, Node>, with_itself: bool) -> String {
    // As a browser with JavaScript has it: the content of `noscript` is text and stays as it was.
    let name = node.value().as_element().map(|element| element.name.clone());
    let traversal_scope = if with_itself { TraversalScope::IncludeNode } else { TraversalScope::ChildrenOnly(name) };
    let options = SerializeOpts { scripting_enabled: true, traversal_scope, create_missing_parent: true };
    let mut bytes = Vec::new();
    serialize(&mut bytes, &Whole(node), options).expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("the serializer writes UTF-8")
}

struct Whole<'a>(NodeRef<'a, Node>);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, out: &mut S, scope: TraversalScope) -> std::io::Result<()> {
        use ego_tree::iter::Edge;
        let outside = |node: &NodeRef<'_, Node>| *node == self.0 && scope != TraversalScope::IncludeNode;
        for edge in self.0.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Doctype(doctype) => out.write_doctype(doctype.name())?,
                    Node::Comment(comment) => out.write_comment(comment)?,
                    Node::Text(text) => out.write_text(text)?,
                    Node::Element(element) if !outside(&node) => {
                        let attributes = element.attrs.iter().map(|(name, value)| (name, &value[..]));
                        out.start_elem(element.name.clone(), attributes)?;
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    if let (Node::Element(element), false) = (node.value(), outside(&node)) {
                        out.end_elem(element.name.clone())?;
                    }
                }
            }
        }
        Ok(())
    }
}
