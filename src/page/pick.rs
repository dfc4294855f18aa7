//! From a text that a reader sees to selectors for it, the most lasting first.

use serde::Deserialize;

use super::outline::{Item, Outline};
use super::stable::quoted;
use super::{Document, ElementId, Selector};

/// What a selector rests on, the most lasting first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stability {
    /// An attribute that is there for tests.
    TestId,
    /// The element's id.
    Id,
    /// Its role, its label or its name in a form.
    RoleName,
    /// Its classes.
    Class,
    /// The address that it leads to.
    Address,
    /// Where it stands among its siblings.
    Structure,
}

impl Stability {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::TestId => "test id",
            Self::Id => "id",
            Self::RoleName => "role or name",
            Self::Class => "class",
            Self::Address => "address",
            Self::Structure => "structure",
        }
    }
}

/// A selector that matches the element with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The selector.
    pub selector: String,
    /// What it rests on.
    pub stability: Stability,
    /// How many elements of the document it matches.
    pub count: usize,
}

/// The element that was meant by a text, and selectors for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// The element.
    pub element: ElementId,
    /// How many elements show the text as well as this one does.
    pub candidates: usize,
    /// Selectors that match it, checked on the document, the most lasting first.
    pub picks: Vec<Pick>,
}

/// Which element of a live page one is, in a document that was parsed from its snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ElementMark {
    /// Its name in lower case.
    pub tag: String,
    /// Its attributes, sorted by name, without those of a control's live state: `value`, `checked`, `selected`.
    pub attributes: Vec<(String, String)>,
    /// How many elements of that name and with these attributes come before it.
    pub ordinal: usize,
}

impl ElementMark {
    fn fits(&self, item: &Item) -> bool {
        let lasting = |(name, _): &&(String, String)| !matches!(name.as_str(), "value" | "checked" | "selected");
        item.tag == self.tag && {
            let mut own: Vec<&(String, String)> = item.attrs.iter().filter(lasting).collect();
            own.sort();
            own.into_iter().eq(&self.attributes)
        }
    }
}

/// Attributes whose text a reader sees or hears.
const SPOKEN: &[&str] = &["aria-label", "placeholder", "alt", "title", "value"];

/// Looks for the smallest element that shows `text`, exactly or as a part of what it shows, and for selectors of it.
#[must_use]
pub fn pick(document: &Document, text: &str) -> Option<Picked> {
    let outline = Outline::of(document);
    let wanted = folded(text);
    if wanted.is_empty() {
        return None;
    }
    let found = showing(document, &outline, &wanted);
    let (part, length, _) = *found.iter().min()?;
    // Of elements around one another that show the same, the innermost is meant.
    let equal: Vec<usize> = found.iter().filter(|(p, l, _)| (*p, *l) == (part, length)).map(|(_, _, at)| *at).collect();
    let inner: Vec<usize> =
        equal.iter().copied().filter(|at| !equal.iter().any(|other| outline.below(*at).contains(other))).collect();
    let at = *inner.first()?;
    let picks = Picker { document, outline: &outline, at }.picks();
    Some(Picked { element: outline.items[at].id, candidates: inner.len(), picks })
}

/// Selectors for the element of a mark; `None` when the document has none such.
#[must_use]
pub fn pick_marked(document: &Document, mark: &ElementMark) -> Option<Picked> {
    let outline = Outline::of(document);
    let fitting = outline.items.iter().enumerate().filter(|(_, item)| mark.fits(item));
    let at = fitting.map(|(at, _)| at).nth(mark.ordinal)?;
    let picks = Picker { document, outline: &outline, at }.picks();
    Some(Picked { element: outline.items[at].id, candidates: 1, picks })
}

/// The most lasting selector that matches the frame of that number alone, the frames counted in document order.
#[must_use]
pub fn frame_selector(document: &Document, number: usize) -> Option<String> {
    let outline = Outline::of(document);
    let frames = outline.items.iter().enumerate().filter(|(_, item)| matches!(item.tag.as_str(), "iframe" | "frame"));
    let at = frames.map(|(at, _)| at).nth(number)?;
    let picks = Picker { document, outline: &outline, at }.picks();
    picks.into_iter().find(|pick| pick.count == 1).map(|pick| pick.selector)
}

/// The elements that show the text: whether as a part of more, how much they show, and their place.
fn showing(document: &Document, outline: &Outline, wanted: &str) -> Vec<(bool, usize, usize)> {
    let mut found = Vec::new();
    let mut without = 0;
    for (at, item) in outline.items.iter().enumerate().filter(|(_, item)| !item.unseen) {
        let mut texts: Vec<String> = SPOKEN.iter().filter_map(|name| item.attr(name)).map(folded).collect();
        if at >= without && !matches!(item.tag.as_str(), "html" | "body") {
            let text = folded(&document.text(item.id));
            // What is in an element shows no more than the element does.
            if !text.contains(wanted) {
                without = item.end;
            }
            texts.push(text);
        }
        let fitting = texts.iter().filter(|text| text.contains(wanted));
        if let Some((part, length)) = fitting.map(|text| (text != wanted, text.len())).min() {
            found.push((part, length, at));
        }
    }
    found
}

/// Where a selector stands among the others: an address goes before classes where nothing lasting but it is unique.
fn place(pick: &Pick, lone_address: bool) -> (Stability, bool) {
    match pick.stability {
        Stability::Address if lone_address && pick.count == 1 => (Stability::RoleName, true),
        other => (other, false),
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

struct Picker<'a> {
    document: &'a Document,
    outline: &'a Outline,
    at: usize,
}

impl Picker<'_> {
    fn picks(&self) -> Vec<Pick> {
        let mut picks: Vec<Pick> = Vec::new();
        let own = self.own();
        let around = own.iter().filter(|(_, css)| self.count(css).is_some_and(|count| count > 1));
        let narrowed: Vec<_> = around.filter_map(|(kind, css)| Some((*kind, self.within(css)?))).collect();
        let all = own.iter().cloned().chain(narrowed).chain([(Stability::Structure, self.path())]);
        for (stability, selector) in all {
            let Some(count) = self.count(&selector) else { continue };
            if !picks.iter().any(|known| known.selector == selector) {
                picks.push(Pick { selector, stability, count });
            }
        }
        let lone = !picks.iter().any(|pick| pick.count == 1 && pick.stability < Stability::Address);
        picks.sort_by_key(|pick| (place(pick, lone), pick.count, pick.selector.len()));
        picks
    }

    /// How many elements a selector matches; nothing when ours is not among them.
    fn count(&self, css: &str) -> Option<usize> {
        let found = self.document.select(&Selector::parse(css).ok()?);
        found.contains(&self.outline.items[self.at].id).then_some(found.len())
    }

    /// Selectors made of what the element itself says.
    fn own(&self) -> Vec<(Stability, String)> {
        let item = &self.outline.items[self.at];
        let tag = &item.tag;
        let mut all: Vec<(Stability, String)> = Vec::new();
        all.extend(item.test_id().map(|css| (Stability::TestId, css)));
        all.extend(item.anchor().map(|css| (Stability::Id, css)));
        let attribute = |name: &str| Some(format!("{tag}[{name}={}]", quoted(item.attr(name)?)?));
        let named = ["role", "aria-label", "name", "placeholder", "itemprop", "rel"].into_iter().filter_map(attribute);
        all.extend(named.map(|css| (Stability::RoleName, css)));
        all.extend(attribute("href").map(|css| (Stability::Address, css)));
        let classes = item.classes.iter().map(|class| (Stability::Class, format!("{tag}.{class}")));
        all.extend(classes);
        if let [first, second, ..] = item.classes.as_slice() {
            all.push((Stability::Class, format!("{tag}.{first}.{second}")));
        }
        all
    }

    /// The selector within the nearest element that makes it match less.
    fn within(&self, css: &str) -> Option<String> {
        let all = self.count(css)?;
        let mut best: Option<(usize, String)> = None;
        for ancestor in self.outline.ancestors(self.at) {
            let item = &self.outline.items[ancestor];
            let Some(label) = item.anchor().or_else(|| item.test_id()).or_else(|| item.label()) else { continue };
            let narrowed = format!("{label} {css}");
            if let Some(count) = self.count(&narrowed).filter(|count| *count < all)
                && best.as_ref().is_none_or(|(least, _)| count < *least)
            {
                best = Some((count, narrowed));
            }
        }
        best.map(|(_, css)| css)
    }

    /// The way to it by places among siblings, from the nearest element with a name.
    fn path(&self) -> String {
        let mut path = self.step(self.at);
        for ancestor in self.outline.ancestors(self.at) {
            let item = &self.outline.items[ancestor];
            if let Some(anchor) = item.anchor().or_else(|| item.test_id()) {
                return format!("{anchor} > {path}");
            }
            if item.tag == "body" || item.tag == "html" {
                return format!("{} > {path}", item.tag);
            }
            path = format!("{} > {path}", self.step(ancestor));
        }
        path
    }

    fn step(&self, at: usize) -> String {
        let item = &self.outline.items[at];
        let (ordinal, _) = self.outline.ordinals(at);
        let siblings = self.outline.items.iter().filter(|other| other.parent == item.parent && other.tag == item.tag);
        if siblings.count() == 1 { item.tag.clone() } else { format!("{}:nth-of-type({ordinal})", item.tag) }
    }
}
