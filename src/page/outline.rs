//! A document's elements in order, with what names them: the ground that inference and picking work on.

use std::collections::HashMap;

use scraper::ElementRef;

use super::Document;
use super::document::{ElementId, Tree};
use super::node::is_hidden;
use super::stable::{TEST_IDS, is_stable, quoted};

/// One element.
#[derive(Debug)]
pub(super) struct Item {
    pub id: ElementId,
    /// The element around it, by its place in the outline.
    pub parent: Option<usize>,
    /// The first place after its last descendant.
    pub end: usize,
    pub tag: String,
    /// All attributes.
    pub attrs: Vec<(String, String)>,
    /// Classes that are likely to stay.
    pub classes: Vec<String>,
    /// It holds text of its own, not that of elements in it.
    pub own_text: bool,
    /// A reader does not see it, or it is no content: scripts, styles, pictures' insides.
    pub unseen: bool,
    /// It is part of what stands around the content: navigation, headers, footers.
    pub around: bool,
    /// The text of a header cell; empty for others.
    pub said: String,
}

/// All elements in document order.
pub(super) struct Outline {
    pub items: Vec<Item>,
}

const UNSEEN: &[&str] =
    &["script", "style", "template", "noscript", "head", "svg", "select", "iframe", "object", "math", "datalist"];
const AROUND: &[&str] = &["nav", "header", "footer", "aside"];
const AROUND_ROLES: &[&str] = &["navigation", "banner", "contentinfo", "complementary", "menu", "menubar", "tablist"];

impl Outline {
    /// The outline of a document.
    pub(super) fn of(document: &Document) -> Self {
        let mut items = document.read(collect);
        for at in (0..items.len()).rev() {
            let end = items[at].end.max(at + 1);
            items[at].end = end;
            if let Some(parent) = items[at].parent {
                items[parent].end = items[parent].end.max(end);
            }
        }
        Self { items }
    }

    /// The places below an element.
    pub(super) fn below(&self, at: usize) -> std::ops::Range<usize> {
        at + 1..self.items[at].end
    }

    /// The elements around one, innermost first.
    pub(super) fn ancestors(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.items[at].parent, |at| self.items[*at].parent)
    }

    /// The element's number among its siblings of the same tag, and of all, from 1.
    pub(super) fn ordinals(&self, at: usize) -> (usize, usize) {
        let item = &self.items[at];
        let from = item.parent.map_or(0, |parent| parent + 1);
        let before = || self.items[from..at].iter().filter(|other| other.parent == item.parent);
        (before().filter(|other| other.tag == item.tag).count() + 1, before().count() + 1)
    }
}

impl Item {
    /// The value of an attribute.
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `[data-testid='x']` or the like.
    pub(super) fn test_id(&self) -> Option<String> {
        TEST_IDS.iter().find_map(|name| Some(format!("[{name}={}]", quoted(self.attr(name)?)?)))
    }

    /// `[itemprop='x']`.
    pub(super) fn property(&self) -> Option<String> {
        Some(format!("[itemprop={}]", quoted(self.attr("itemprop")?)?))
    }

    /// `#x`, where the id is likely to stay.
    pub(super) fn anchor(&self) -> Option<String> {
        self.attr("id").filter(|id| is_stable(id)).map(|id| format!("#{id}"))
    }

    /// The shortest selector that names it for what it is; nothing where its tag alone would.
    pub(super) fn label(&self) -> Option<String> {
        self.anchor()
            .or_else(|| self.test_id())
            .or_else(|| self.property())
            .or_else(|| self.classes.first().map(|class| format!("{}.{class}", self.tag)))
    }
}

fn collect(tree: &Tree) -> Vec<Item> {
    let mut places = HashMap::new();
    let mut items: Vec<Item> = Vec::new();
    for element in std::iter::once(tree.html.root_element()).chain(tree.html.root_element().descendent_elements()) {
        if places.contains_key(&element.id()) {
            continue;
        }
        let parent = element.parent().and_then(|parent| places.get(&parent.id()).copied());
        places.insert(element.id(), items.len());
        let (unseen, around) =
            parent.map_or((false, false), |parent: usize| (items[parent].unseen, items[parent].around));
        items.push(item(element, parent, unseen, around));
    }
    items
}

fn item(element: ElementRef<'_>, parent: Option<usize>, unseen: bool, around: bool) -> Item {
    let value = element.value();
    let tag = value.name().to_owned();
    let attrs: Vec<(String, String)> = value.attrs().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let classes = attrs.iter().find(|(name, _)| name == "class").map(|(_, all)| all.as_str()).unwrap_or_default();
    let classes = classes.split_whitespace().filter(|class| is_stable(class)).map(str::to_owned).collect();
    let role = attrs.iter().find(|(name, _)| name == "role").map(|(_, role)| role.as_str());
    let own_text = element.children().any(|child| child.value().as_text().is_some_and(|text| speaks(text)));
    Item {
        id: ElementId(element.id()),
        parent,
        end: 0,
        unseen: unseen || UNSEEN.contains(&tag.as_str()) || is_hidden(value),
        around: around || AROUND.contains(&tag.as_str()) || role.is_some_and(|role| AROUND_ROLES.contains(&role)),
        tag,
        said: if value.name() == "th" { element.text().collect::<String>().trim().to_owned() } else { String::new() },
        attrs,
        classes,
        own_text,
    }
}

/// Whether a text says something: a letter or a digit.
fn speaks(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
