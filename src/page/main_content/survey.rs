//! The survey of a page: how much text, how many links and how much prose each element holds.

use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{ElementRef, Node};

use crate::page::document::Tree;
use crate::page::node::attribute;
use crate::page::reader::{is_shown, separates};
use crate::page::shadow::shown_children;

/// The least text of a block, in bytes, that is prose: a sentence, not a label.
const SENTENCE: usize = 60;
/// What a picture counts as text.
const PICTURE: usize = 20;

/// All elements that a reader sees, in document order; the first is the body.
pub(super) struct Survey<'a> {
    pub parts: Vec<Part<'a>>,
}

/// One element. Text is counted in bytes without white space, so that signs that say more count for more.
pub(super) struct Part<'a> {
    pub id: NodeId,
    pub element: &'a Element,
    pub parent: usize,
    /// The place after its last descendant.
    pub end: usize,
    /// The text in it, and how much of that is in links.
    pub text: usize,
    pub linked: usize,
    /// How many links it holds.
    pub links: usize,
    /// Whether a `h1` is in it, or it is one.
    pub headline: bool,
    /// What its author says that it is.
    pub hint: Option<Hint>,
    /// Whether a hint is in it, or around it.
    pub holds_hint: bool,
    pub in_hint: bool,
    /// The text that has no element between, all of it and what is in links.
    pub own_text: usize,
    /// The text of which it is the nearest block.
    block_text: usize,
    block_linked: usize,
    block: usize,
    in_link: bool,
}

/// An author's word for content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// `main`, `[role=main]`, `[itemprop=articleBody]`.
    Main,
    /// `article`, of which a page may have many.
    Article,
}

impl<'a> Survey<'a> {
    pub(super) fn take(tree: &'a Tree, body: ElementRef<'a>) -> Self {
        let mut survey = Self { parts: Vec::new() };
        let mut stack: Vec<(NodeRef<'a, Node>, usize)> = vec![(*body, 0)];
        while let Some((node, parent)) = stack.pop() {
            match node.value() {
                Node::Text(text) => survey.text(parent, visible(text)),
                Node::Element(element) if survey.parts.is_empty() || is_shown(element, &node) => {
                    let place = survey.element(node.id(), element, parent);
                    shown_children(&tree.shadows, node, |child| stack.push((child, place)));
                }
                _ => {}
            }
        }
        survey.sum();
        survey
    }

    /// The places of an element's descendants.
    pub(super) fn below(&self, place: usize) -> std::ops::Range<usize> {
        place + 1..self.parts[place].end
    }

    /// The element's children.
    pub(super) fn children(&self, place: usize) -> impl Iterator<Item = usize> {
        let end = self.parts[place].end;
        let next = move |at: usize| (at < end).then_some(at);
        std::iter::successors(next(place + 1), move |at| next(self.parts[*at].end))
    }

    fn text(&mut self, place: usize, length: usize) {
        let part = &mut self.parts[place];
        part.own_text += length;
        let (block, linked) = (part.block, if part.in_link { length } else { 0 });
        part.text += length;
        part.linked += linked;
        let block = &mut self.parts[block];
        block.block_text += length;
        block.block_linked += linked;
    }

    fn element(&mut self, id: NodeId, element: &'a Element, parent: usize) -> usize {
        let place = self.parts.len();
        let above = self.parts.get(parent);
        let name = element.name();
        let is_link = name == "a" && attribute(element, "href").is_some();
        let is_block = place == 0 || separates(element) || name.contains('-');
        let hint = if place > 0 { hint(element) } else { None };
        let part = Part {
            id,
            element,
            parent,
            end: place + 1,
            text: 0,
            linked: 0,
            links: usize::from(is_link),
            headline: name == "h1",
            hint,
            holds_hint: hint.is_some(),
            in_hint: hint.is_some() || above.is_some_and(|above| above.in_hint),
            own_text: 0,
            block_text: 0,
            block_linked: 0,
            block: above.map_or(0, |above| if is_block { place } else { above.block }),
            in_link: is_link || above.is_some_and(|above| above.in_link),
        };
        self.parts.push(part);
        if name == "img" {
            self.text(place, PICTURE);
        }
        place
    }

    /// Adds what the elements hold to what is around them.
    fn sum(&mut self) {
        for place in (1..self.parts.len()).rev() {
            let (above, from) = self.parts.split_at_mut(place);
            let (part, parent) = (&from[0], &mut above[from[0].parent]);
            parent.end = parent.end.max(part.end);
            parent.text += part.text;
            parent.linked += part.linked;
            parent.links += part.links;
            parent.headline |= part.headline;
            parent.holds_hint |= part.holds_hint;
        }
    }
}

impl Part<'_> {
    /// The prose that the element itself adds: a block's running text, if it is more than a label and no row of links.
    pub(super) fn own_prose(&self) -> usize {
        let plain = self.block_text - self.block_linked;
        if plain >= SENTENCE && plain >= self.block_linked { plain } else { 0 }
    }

    /// Whether at least so many percent of its text is in links.
    pub(super) fn is_linked(&self, percent: usize) -> bool {
        self.linked * 100 >= self.text * percent
    }

    /// The words of its `role`.
    pub(super) fn has_role(&self, roles: &[&str]) -> bool {
        let said = attribute(self.element, "role").unwrap_or_default();
        said.split_ascii_whitespace().next().is_some_and(|role| roles.iter().any(|r| role.eq_ignore_ascii_case(r)))
    }
}

fn hint(element: &Element) -> Option<Hint> {
    let is = |name, value: &str| attribute(element, name).is_some_and(|said| said.trim().eq_ignore_ascii_case(value));
    match element.name() {
        "main" => Some(Hint::Main),
        _ if is("role", "main") || is("itemprop", "articleBody") => Some(Hint::Main),
        "article" => Some(Hint::Article),
        _ => is("role", "article").then_some(Hint::Article),
    }
}

fn visible(text: &str) -> usize {
    text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count()
}
