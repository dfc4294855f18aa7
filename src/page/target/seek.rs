//! Which elements of a captured document a target means, as far as its markup tells; acts ask the live page.

use std::collections::HashSet;

use ego_tree::NodeId;
use regex::RegexBuilder;
use scraper::{ElementRef, Node};

use super::{Query, Target, Words};
use crate::page::accessible::{Accessible, button_name, kind_of_input, tidy};
use crate::page::document::Tree;
use crate::page::{Document, ElementId, Selector};

/// The attributes that `testid=` looks at.
pub(in crate::page) const TEST_IDS: &[&str] = &["data-testid", "data-test-id", "data-test"];

/// The attributes that `placeholder=` looks at.
pub(in crate::page) const PLACEHOLDERS: &[&str] = &["placeholder", "aria-placeholder"];

impl Document {
    /// The elements that a target means, in document order: of several those that a person can see, where there are such.
    /// None at all for what only a live page can answer: XPath, `:hover`, expressions that are JavaScript's own.
    #[must_use]
    pub fn aimed(&self, target: &Target) -> Option<Vec<ElementId>> {
        let found = match &target.query {
            Query::Css { css } => self.select(&Selector::parse(css).ok()?),
            Query::XPath { .. } => return None,
            query => {
                let wanted = Wanted::of(query)?;
                self.read(|tree| wanted.all(&Accessible::of(tree), tree))
            }
        };
        if found.len() < 2 {
            return Some(found);
        }
        let seen = self.read(|tree| {
            let accessible = Accessible::of(tree);
            let seen = |id: &&ElementId| tree.element(**id).is_some_and(|element| !accessible.is_concealed(element));
            found.iter().filter(seen).copied().collect::<Vec<_>>()
        });
        Some(if seen.is_empty() { found } else { seen })
    }
}

type Fits = Box<dyn Fn(&str) -> bool>;

enum Wanted<'q> {
    Text(Fits),
    Role { role: &'q str, name: Option<Fits>, states: &'q [(String, String)], hidden: bool },
    Label(Fits),
    Attribute(&'static [&'static str], Fits),
}

impl<'q> Wanted<'q> {
    fn of(query: &'q Query) -> Option<Self> {
        Some(match query {
            Query::Text { words } => Self::Text(asks(words)?),
            Query::Label { words } => Self::Label(asks(words)?),
            Query::Placeholder { words } => Self::Attribute(PLACEHOLDERS, asks(words)?),
            Query::TestId { words } => Self::Attribute(TEST_IDS, asks(words)?),
            Query::Role { role, name, states, hidden } => {
                let name = match name {
                    Some(words) => Some(asks(words)?),
                    None => None,
                };
                Self::Role { role, name, states, hidden: *hidden }
            }
            Query::Css { .. } | Query::XPath { .. } => return None,
        })
    }

    fn all(&self, accessible: &Accessible<'_>, tree: &Tree) -> Vec<ElementId> {
        if let Self::Text(fits) = self {
            return by_text(fits, tree);
        }
        accessible.elements().filter(|at| self.is(accessible, *at)).map(|at| ElementId(at.id())).collect()
    }

    fn is<'a>(&self, accessible: &Accessible<'a>, at: ElementRef<'a>) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Role { role, name, states, hidden } => {
                accessible.role(at).as_deref() == Some(role)
                    && (*hidden || !accessible.is_concealed(at))
                    && states.iter().all(|(key, value)| state(at, key) == *value)
                    && name.as_ref().is_none_or(|fits| fits(&accessible.name(at)))
            }
            Self::Label(fits) => {
                let labels = if is_control(at) { accessible.labels(at) } else { Vec::new() };
                labels.iter().any(|label| fits(label)) || (labels.len() > 1 && fits(&labels.join(" ")))
            }
            Self::Attribute(names, fits) => {
                names.iter().filter_map(|name| at.attr(name)).any(|value| fits(&tidy(value)))
            }
        }
    }
}

/// Whether a text is what is looked for; none for expressions that are JavaScript's own.
fn asks(words: &Words) -> Option<Fits> {
    Some(match words {
        Words::Whole { text } => {
            let wanted = tidy(text);
            Box::new(move |text| text == wanted)
        }
        Words::Part { text } => {
            let wanted = tidy(text).to_lowercase();
            Box::new(move |text| text.to_lowercase().contains(&wanted))
        }
        Words::Regex { source, flags } => {
            let has = |flag: char| flags.contains(flag);
            let mut builder = RegexBuilder::new(source);
            builder.case_insensitive(has('i')).multi_line(has('m')).dot_matches_new_line(has('s'));
            let expression = builder.build().ok()?;
            Box::new(move |text| expression.is_match(text))
        }
    })
}

/// What a label can name.
pub(in crate::page) fn is_control(element: ElementRef<'_>) -> bool {
    let marked = ["contenteditable", "aria-label", "aria-labelledby"].iter().any(|name| element.attr(name).is_some());
    let control = match element.value().name() {
        "input" => kind_of_input(element) != "hidden",
        name => matches!(name, "textarea" | "select" | "button" | "output" | "meter" | "progress"),
    };
    marked || control
}

fn is_unread(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "head" | "title")
}

/// The smallest elements whose text says it.
fn by_text(fits: &Fits, tree: &Tree) -> Vec<ElementId> {
    let root = tree.html.root_element();
    let body = root.child_elements().find(|child| matches!(child.value().name(), "body" | "frameset")).unwrap_or(root);
    let unread = |at: ElementRef<'_>| {
        let around = at.ancestors().filter_map(ElementRef::wrap);
        std::iter::once(at).chain(around).any(|at| is_unread(at.value().name()))
    };
    let elements = body.descendent_elements().filter(|at| !unread(*at));
    let found: Vec<ElementRef<'_>> = elements.filter(|at| fits(&tidy(&text(*at)))).collect();
    let outer: HashSet<NodeId> = found.iter().flat_map(|at| at.ancestors()).map(|node| node.id()).collect();
    found.into_iter().map(|at| at.id()).filter(|id| !outer.contains(id)).map(ElementId).collect()
}

/// The text that an element and all in it are written with; what a button that is an input says.
pub(in crate::page) fn text(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut skipped = None;
    for edge in element.traverse() {
        let (node, open) = match edge {
            ego_tree::iter::Edge::Open(node) => (node, true),
            ego_tree::iter::Edge::Close(node) => (node, false),
        };
        if let Some(outer) = skipped {
            if !open && outer == node.id() {
                skipped = None;
            }
            continue;
        }
        match node.value() {
            Node::Text(words) if open => text.push_str(words),
            Node::Element(inner) if open && is_unread(inner.name()) => skipped = Some(node.id()),
            Node::Element(inner) if open && inner.name() == "br" => text.push(' '),
            Node::Element(_) if open => {
                let button = ElementRef::wrap(node);
                text.push_str(&button.filter(|at| is_button_input(*at)).map(button_name).unwrap_or_default());
            }
            _ => {}
        }
    }
    text
}

fn is_button_input(element: ElementRef<'_>) -> bool {
    matches!(kind_of_input(element).as_str(), "submit" | "button" | "reset")
}

/// A state as `role=…[state]` asks for it.
fn state(element: ElementRef<'_>, name: &str) -> String {
    let said = |attribute: &str, other: &str| element.attr(attribute).unwrap_or(other).to_owned();
    match name {
        "checked" if matches!(kind_of_input(element).as_str(), "checkbox" | "radio") => {
            element.attr("checked").is_some().to_string()
        }
        "checked" => said("aria-checked", "false"),
        "disabled" => is_disabled(element).to_string(),
        "expanded" => {
            let details = std::iter::once(*element).chain(element.ancestors()).filter_map(ElementRef::wrap);
            let open = details.into_iter().find(|at| at.value().name() == "details");
            said("aria-expanded", if open.is_some_and(|at| at.attr("open").is_some()) { "true" } else { "false" })
        }
        "selected" => said("aria-selected", if element.attr("selected").is_some() { "true" } else { "false" }),
        "pressed" => said("aria-pressed", "false"),
        "level" => {
            let heading = element.value().name().strip_prefix('h').filter(|level| level.len() == 1);
            said("aria-level", heading.unwrap_or_default())
        }
        _ => String::new(),
    }
}

fn is_disabled(element: ElementRef<'_>) -> bool {
    let around = || std::iter::once(*element).chain(element.ancestors()).filter_map(ElementRef::wrap);
    let native = |at: ElementRef<'_>| {
        let kinds = ["button", "input", "select", "textarea", "option", "optgroup", "fieldset"];
        kinds.contains(&at.value().name()) && at.attr("disabled").is_some()
    };
    around().any(native) || around().any(|at| at.attr("aria-disabled") == Some("true"))
}
