//! Which elements of a page repeat: candidates for rows, grouped by tag and name, the most telling first.

use std::collections::{HashMap, HashSet};

use super::super::outline::Outline;
use super::super::{Document, ElementId, Selector};
use super::{FEWEST_ROWS, count};

/// Elements that may be the rows of a list.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// The selector that matches them and nothing else.
    pub css: String,
    /// Their places in the outline.
    pub rows: Vec<usize>,
    /// How lasting the selector is, around 1.
    pub weight: f64,
}

/// How many groups are checked with their selectors.
const CHECKED: usize = 60;

/// Tags of what is inside a line of text, or too large to be one of many.
const NO_ROWS: &[&str] = &[
    "a", "abbr", "b", "body", "br", "button", "cite", "code", "col", "dd", "em", "head", "hr", "html", "i", "img",
    "input", "label", "link", "main", "meta", "option", "p", "pre", "q", "small", "source", "strong", "sub", "sup",
    "tbody", "td", "tfoot", "th", "thead", "time", "title", "u",
];

/// The regions of a document, or of what `within` matches.
pub(super) fn regions(document: &Document, outline: &Outline, within: Option<&Selector>) -> Vec<Region> {
    let mut scope = None;
    if let Some(selector) = within {
        let places: HashMap<ElementId, usize> =
            outline.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let matches: Vec<usize> = document.select(selector).iter().filter_map(|id| places.get(id).copied()).collect();
        if matches.len() >= FEWEST_ROWS && !nested(outline, &matches) {
            return vec![Region { css: selector.as_str().to_owned(), rows: matches, weight: 1.0 }];
        }
        scope = Some((selector.as_str(), matches));
    }
    let scope = scope.as_ref().map(|(css, matches)| (*css, matches.as_slice()));
    let mut groups: Vec<Region> = grouped(outline, scope).into_iter().filter(|group| tells(outline, group)).collect();
    groups.sort_by(|a, b| worth(outline, b).total_cmp(&worth(outline, a)));
    let mut seen: HashSet<Vec<usize>> = HashSet::new();
    groups.truncate(CHECKED);
    groups.retain(|group| holds(document, outline, group) && seen.insert(group.rows.clone()));
    groups
}

/// Every way to name an element that may be a row, with the elements so named.
fn grouped(outline: &Outline, scope: Option<(&str, &[usize])>) -> Vec<Region> {
    let mut order: Vec<Region> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for at in 0..outline.items.len() {
        let item = &outline.items[at];
        let inside = scope.is_none_or(|(_, scopes)| scopes.iter().any(|scope| outline.below(*scope).contains(&at)));
        let around = item.around && scope.is_none();
        if item.unseen || around || !inside || NO_ROWS.contains(&item.tag.as_str()) {
            continue;
        }
        let narrowed = |(css, weight): &(String, f64)| {
            let (scope, _) = scope?;
            Some((format!("{scope} {css}"), weight * 0.99))
        };
        let keys = keys(outline, at);
        // Where the name matches elements outside too, the one that starts from the part holds.
        let narrowed: Vec<_> = keys.iter().filter_map(narrowed).collect();
        for (css, weight) in keys.into_iter().chain(narrowed) {
            let place = *known.entry(css.clone()).or_insert_with(|| {
                order.push(Region { css, rows: Vec::new(), weight });
                order.len() - 1
            });
            order[place].rows.push(at);
            // A list is more often around rows than one of them, and a part of a line in one.
            if matches!(item.tag.as_str(), "table" | "ul" | "ol" | "dl" | "span") {
                order[place].weight = weight * 0.6;
            }
        }
    }
    order
}

/// Selectors that an element shares with its like, the most lasting with the greatest weight.
fn keys(outline: &Outline, at: usize) -> Vec<(String, f64)> {
    let item = &outline.items[at];
    let mut keys: Vec<(String, f64)> = Vec::new();
    keys.extend(item.test_id().map(|css| (format!("{}{css}", item.tag), 1.1)));
    keys.extend(item.property().map(|css| (format!("{}{css}", item.tag), 1.08)));
    keys.extend(item.classes.iter().map(|class| (format!("{}.{class}", item.tag), 1.05)));
    if item.tag == "tr" {
        keys.extend(table_rows(outline, at).map(|css| (css, 1.0)));
        return keys;
    }
    let Some(parent) = item.parent else { return keys };
    let mut way = item.tag.clone();
    for above in std::iter::once(parent).chain(outline.ancestors(parent)).take(3) {
        let upper = &outline.items[above];
        if let Some(label) = upper.label() {
            keys.push((format!("{label} > {way}"), 1.0));
            return keys;
        }
        way = format!("{} > {way}", upper.tag);
        if upper.tag == "body" {
            break;
        }
    }
    keys.push((way, 0.9));
    keys
}

/// The rows of a table by its name; header rows have no `td`.
fn table_rows(outline: &Outline, at: usize) -> Option<String> {
    if !outline.below(at).any(|below| outline.items[below].tag == "td") {
        return None;
    }
    let table = outline.ancestors(at).find(|above| outline.items[*above].tag == "table")?;
    let section = outline.items[at].parent.map(|parent| outline.items[parent].tag.as_str());
    let label = outline.items[table].label().unwrap_or_else(|| "table".to_owned());
    let headed = outline
        .below(table)
        .any(|row| outline.items[row].parent == outline.items[at].parent && !has_cell(outline, row));
    let cells = if headed { ":has(td)" } else { "" };
    Some(match section {
        Some(section @ ("tbody" | "tfoot")) => format!("{label} > {section} > tr{cells}"),
        _ => format!("{label} tr{cells}"),
    })
}

fn has_cell(outline: &Outline, row: usize) -> bool {
    outline.below(row).any(|below| outline.items[below].tag == "td")
}

/// Whether there are enough of them, none within another, and they differ.
fn tells(outline: &Outline, group: &Region) -> bool {
    group.rows.len() >= FEWEST_ROWS
        && !nested(outline, &group.rows)
        && group.rows.iter().take(40).any(|at| leaves(outline, *at) > 0)
}

fn nested(outline: &Outline, rows: &[usize]) -> bool {
    rows.windows(2).any(|pair| outline.below(pair[0]).contains(&pair[1]))
}

/// A first guess at how much a group says.
fn worth(outline: &Outline, group: &Region) -> f64 {
    let sample = group.rows.len().min(40);
    let content: usize = group.rows.iter().take(sample).map(|at| leaves(outline, *at).min(14)).sum();
    count(content) * group.weight
}

/// How many elements below one say something by themselves.
fn leaves(outline: &Outline, at: usize) -> usize {
    let says = |at: usize| {
        let item = &outline.items[at];
        !item.unseen && (item.own_text || matches!(item.tag.as_str(), "img" | "time"))
    };
    std::iter::once(at).chain(outline.below(at)).filter(|at| says(*at)).count()
}

/// Whether the selector matches these very elements.
fn holds(document: &Document, outline: &Outline, group: &Region) -> bool {
    let Ok(selector) = Selector::parse(&group.css) else { return false };
    let mut wanted: Vec<ElementId> = group.rows.iter().map(|at| outline.items[*at].id).collect();
    let mut found = document.select(&selector);
    wanted.sort_unstable();
    found.sort_unstable();
    wanted == found
}
