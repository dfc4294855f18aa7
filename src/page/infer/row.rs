//! What is in the rows: places that say something, each with a selector that starts from the row.

use std::collections::HashMap;

use super::super::outline::Outline;
use super::super::{Document, Selector};
use super::value::is_money;

/// What a place in a row gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Gives {
    /// Text of a reader.
    Text,
    /// Text, and an address.
    Link,
    /// A picture's address.
    Image,
    /// A moment, in an attribute.
    Moment,
    /// Several of its kind, one after another.
    Several,
    /// An attribute of the row itself: the field of its name.
    Own,
}

/// A place that rows have in common.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// The selector from the row; of [`Gives::Own`] the attribute's name.
    pub css: String,
    pub gives: Gives,
    /// Where it was first seen.
    pub first: usize,
    /// The row it was first seen in.
    pub row: usize,
    /// In how many of the rows looked at.
    pub seen: usize,
    /// How many rows were looked at.
    pub of: usize,
}

/// How many rows are looked at for places.
const SAMPLE: usize = 40;

/// Elements that format a part of a line.
const FORMATTING: &[&str] = &[
    "abbr", "b", "bdi", "br", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "u", "var", "wbr",
];

/// The places of the rows in the order of their first appearance.
pub(super) fn slots(document: &Document, outline: &Outline, rows: &[usize]) -> Vec<Slot> {
    let sample = &rows[..rows.len().min(SAMPLE)];
    let several = repeated(outline, sample);
    let mut finder = Finder { document, outline, selectors: HashMap::new() };
    let mut slots: Vec<Slot> = Vec::new();
    for row in sample {
        for (css, gives, first) in finder.row(*row, &several) {
            match slots.iter_mut().find(|slot| slot.css == css && slot.gives == gives) {
                Some(slot) => slot.seen += 1,
                None => slots.push(Slot { css, gives, first, row: *row, seen: 1, of: sample.len() }),
            }
        }
    }
    slots
}

/// Classes whose elements come in changing numbers, side by side, in the rows.
fn repeated(outline: &Outline, rows: &[usize]) -> Vec<String> {
    let mut counts: HashMap<String, Vec<usize>> = HashMap::new();
    for row in rows {
        let mut here: HashMap<(String, Option<usize>), usize> = HashMap::new();
        for item in outline.below(*row).map(|at| &outline.items[at]).filter(|item| !item.unseen) {
            if let Some(class) = item.classes.first() {
                *here.entry((format!("{}.{class}", item.tag), item.parent)).or_default() += 1;
            }
        }
        let mut most: HashMap<String, usize> = HashMap::new();
        for ((css, _), count) in here {
            let known = most.entry(css).or_default();
            *known = (*known).max(count);
        }
        most.into_iter().for_each(|(css, count)| counts.entry(css).or_default().push(count));
    }
    let several = counts.into_iter().filter(|(_, counts)| {
        let many = counts.iter().filter(|count| **count > 1).count();
        many * 4 >= counts.len() && counts.iter().any(|count| *count != counts[0])
    });
    several.map(|(css, _)| css).collect()
}

struct Finder<'a> {
    document: &'a Document,
    outline: &'a Outline,
    selectors: HashMap<String, Option<Selector>>,
}

impl Finder<'_> {
    /// The places of one row, each once.
    fn row(&mut self, row: usize, several: &[String]) -> Vec<(String, Gives, usize)> {
        let mut places: Vec<(String, Gives, usize)> = Vec::new();
        let outline = self.outline;
        for (name, value) in &outline.items[row].attrs {
            let own = name == "id" || name.starts_with("data-");
            if own && !name.starts_with("data-test") && value.len() <= 40 && !value.is_empty() {
                places.push((name.clone(), Gives::Own, row));
            }
        }
        let mut at = row + 1;
        let mut line_until = 0;
        while at < outline.items[row].end {
            let item = &outline.items[at];
            let class = item.classes.first().map(|class| format!("{}.{class}", item.tag));
            if let Some(css) = class.filter(|css| several.contains(css)) {
                if !places.iter().any(|(known, ..)| *known == css) {
                    places.push((css, Gives::Several, at));
                }
                at = item.end;
                continue;
            }
            if self.is_split_price(at) {
                if let Some(css) = self.selector(row, at) {
                    places.push((css, Gives::Text, at));
                }
                at = item.end;
                continue;
            }
            let plain = item.label().is_none() && FORMATTING.contains(&item.tag.as_str());
            let said = at < line_until && plain;
            if !item.unseen && !said {
                self.place(row, at, &mut places);
                if item.own_text {
                    line_until = line_until.max(item.end);
                }
            }
            at = if item.unseen { item.end } else { at + 1 };
        }
        if outline.items[row].own_text && !places.iter().any(|(_, gives, _)| *gives == Gives::Text) {
            places.push((":self".to_owned(), Gives::Text, row));
        }
        if outline.items[row].tag == "a" && outline.items[row].attr("href").is_some() {
            places.push((":self".to_owned(), Gives::Link, row));
        }
        places
    }

    /// Whether the parts of an amount stand in elements of their own: `<span>$</span><span>49.99</span>`.
    fn is_split_price(&self, at: usize) -> bool {
        let parts = self.outline.below(at);
        let plain = |at: usize| FORMATTING.contains(&self.outline.items[at].tag.as_str());
        let item = &self.outline.items[at];
        !item.unseen
            && !item.own_text
            && (2..=6).contains(&parts.len())
            && parts.clone().all(plain)
            && is_money(&self.document.text(item.id))
    }

    fn place(&mut self, row: usize, at: usize, places: &mut Vec<(String, Gives, usize)>) {
        let item = &self.outline.items[at];
        let gives = if item.attr("datetime").is_some() {
            Gives::Moment
        } else if item.tag == "a" && item.attr("href").is_some() {
            Gives::Link
        } else if item.tag == "img" && item.attr("src").is_some() {
            Gives::Image
        } else if item.own_text || matches!(item.tag.as_str(), "td") {
            Gives::Text
        } else {
            return;
        };
        // A cell that holds an element with a name of its own is that element's.
        let cell_of_link = item.tag == "td" && !item.own_text && self.outline.items[at].end > at + 1;
        if cell_of_link && gives == Gives::Text {
            return;
        }
        if let Some(css) = self.selector(row, at)
            && !places.iter().any(|(known, kind, _)| *known == css && *kind == gives)
        {
            places.push((css, gives, at));
        }
    }

    /// The most lasting selector whose first match in the row is the element.
    fn selector(&mut self, row: usize, at: usize) -> Option<String> {
        let item = &self.outline.items[at];
        let mut tries: Vec<String> = Vec::new();
        tries.extend(item.property());
        tries.extend(item.test_id());
        tries.extend(item.classes.iter().map(|class| format!(".{class}")));
        let above: Vec<usize> = self.outline.ancestors(at).take_while(|above| *above != row).collect();
        let cell = above.iter().copied().chain([at]).find(|at| self.outline.items[*at].tag == "td");
        if let Some(cell) = cell {
            let (_, ordinal) = self.outline.ordinals(cell);
            let inner = if cell == at { String::new() } else { format!(" {}", item.tag) };
            tries.push(format!("td:nth-child({ordinal}){inner}"));
        }
        for above in above {
            let upper = &self.outline.items[above];
            let label = upper.property().or_else(|| upper.test_id());
            let label = label.or_else(|| upper.classes.first().map(|class| format!(".{class}")));
            let heading = matches!(upper.tag.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
            tries.extend(
                label.or_else(|| heading.then(|| upper.tag.clone())).map(|label| format!("{label} {}", item.tag)),
            );
        }
        if !matches!(item.tag.as_str(), "div" | "span") {
            tries.push(item.tag.clone());
        }
        tries.push(self.path(row, at));
        tries.into_iter().find(|css| self.hits(row, css, at))
    }

    fn hits(&mut self, row: usize, css: &str, at: usize) -> bool {
        let parse = || Selector::parse_relative(css).ok();
        let selector = self.selectors.entry(css.to_owned()).or_insert_with(parse);
        let (row, at) = (self.outline.items[row].id, self.outline.items[at].id);
        selector.as_ref().is_some_and(|selector| self.document.select_first_in(row, selector) == Some(at))
    }

    fn path(&self, row: usize, at: usize) -> String {
        let step = |at: usize| format!("> {}:nth-of-type({})", self.outline.items[at].tag, self.outline.ordinals(at).0);
        let mut steps = vec![step(at)];
        steps.extend(self.outline.ancestors(at).take_while(|above| *above != row).map(step));
        steps.reverse();
        steps.join(" ")
    }
}
