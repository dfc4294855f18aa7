//! What to call a schema and its fields, from what the page's author called them.

use std::collections::HashSet;

use super::super::outline::{Item, Outline};
use super::super::stable::TEST_IDS;

/// Words that say no more than that there is something.
const EMPTY: &[&str] = &[
    "block",
    "body",
    "box",
    "card",
    "cell",
    "col",
    "column",
    "container",
    "content",
    "data",
    "div",
    "element",
    "entry",
    "field",
    "grid",
    "group",
    "inner",
    "item",
    "items",
    "label",
    "line",
    "link",
    "list",
    "row",
    "rows",
    "section",
    "span",
    "table",
    "td",
    "text",
    "tile",
    "value",
    "view",
    "wrap",
    "wrapper",
];

/// Words of the language that cannot be a field's name.
const TAKEN: &[&str] = &[
    "as", "at", "break", "catch", "const", "continue", "do", "else", "export", "false", "fn", "for", "if", "import",
    "in", "is", "let", "loop", "private", "return", "schema", "session", "switch", "this", "throw", "true", "try",
    "until", "while",
];

/// A name for the rows: `Commit` for `commit-row-item`, `Product` for `li.product` or `ul.products > li`.
pub(super) fn of_rows(outline: &Outline, row: usize) -> String {
    let places = std::iter::once(row).chain(outline.ancestors(row).take(3));
    let names = places.flat_map(|at| named(&outline.items[at]));
    let telling = names.map(|name| meaningful(&name)).find(|words| !words.is_empty());
    let words = telling.unwrap_or_else(|| vec!["row".to_owned()]);
    let mut name: String = words.iter().take(2).map(|word| capital(word)).collect();
    if name.len() > 3 && name.ends_with('s') && !name.ends_with("ss") {
        name.pop();
        if let Some(stem) = name.strip_suffix("ie") {
            name = format!("{stem}y");
        }
    }
    let taken = ["Array", "Map", "String", "Fn"].contains(&name.as_str());
    if taken || !name.starts_with(|c: char| c.is_ascii_alphabetic()) { format!("Row{name}") } else { name }
}

/// A name for what an element of a row says.
pub(super) fn of_field(outline: &Outline, row: usize, at: usize) -> String {
    let item = &outline.items[at];
    let above: Vec<usize> = outline.ancestors(at).take_while(|above| *above != row).collect();
    if let Some(header) = header(outline, at, &above) {
        return header;
    }
    let own = named(item);
    // A picture is named by itself: what is around it is more than that.
    let around = if item.tag == "img" { 0 } else { 2 };
    let near = above.iter().take(around).flat_map(|above| named(&outline.items[*above]));
    let of_row: HashSet<String> = named(&outline.items[row]).iter().flat_map(|name| words(name)).collect();
    let heading = |at: usize| matches!(outline.items[at].tag.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let titled = std::iter::once(at).chain(above.iter().copied()).any(heading);
    let candidates = own.into_iter().chain(near);
    let telling = candidates.map(|name| {
        let mut words = meaningful(&last_part(&name));
        words.retain(|word| !of_row.contains(word) && !of_row.contains(&format!("{word}s")));
        words
    });
    if titled && item.tag != "img" && item.attr("itemprop").is_none() {
        return "title".to_owned();
    }
    match telling.into_iter().find(|words| !words.is_empty()) {
        Some(words) => identifier(&words[words.len().saturating_sub(3)..].join("_")),
        None if item.tag != "img" && std::iter::once(at).chain(above).any(|at| outline.items[at].tag == "a") => {
            "title".to_owned()
        }
        None => of_tag(&item.tag).to_owned(),
    }
}

/// A name from an attribute's: `data-product-id` is `product_id`.
pub(super) fn of_attribute(name: &str) -> String {
    identifier(&words(name.trim_start_matches("data-")).join("_"))
}

/// The name, or with a number where it is taken.
pub(super) fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut unique = name.clone();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{name}_{number}");
        number += 1;
    }
    unique
}

/// What the column's header says.
fn header(outline: &Outline, at: usize, above: &[usize]) -> Option<String> {
    let cell = std::iter::once(at).chain(above.iter().copied()).find(|at| outline.items[*at].tag == "td")?;
    let table = outline.ancestors(cell).find(|above| outline.items[*above].tag == "table")?;
    let ordinal = outline.ordinals(cell).1;
    let first = outline.below(table).find(|row| outline.items[*row].tag == "tr")?;
    let cells: Vec<usize> = outline.below(first).filter(|at| outline.items[*at].parent == Some(first)).collect();
    let plain = cells.iter().all(|at| {
        let item = &outline.items[*at];
        item.tag == "th" && item.attr("colspan").is_none() && item.attr("rowspan").is_none()
    });
    let named = named(&outline.items[cell]).iter().any(|name| !meaningful(name).is_empty());
    let fallback = (!named && cell == at).then(|| format!("column_{ordinal}"));
    let text = plain.then(|| cells.get(ordinal - 1)).flatten().map(|at| outline.items[*at].said.clone());
    let name = text.map(|text| identifier(&words(&text).join("_"))).filter(|name| !name.is_empty());
    name.or(fallback)
}

/// What its author called an element, the most telling first.
fn named(item: &Item) -> Vec<String> {
    let typed = item.attr("itemtype").and_then(|kind| kind.rsplit('/').next());
    let test = TEST_IDS.iter().find_map(|name| item.attr(name));
    let single = item.attr("itemprop").into_iter().chain(typed).chain(test);
    single.map(str::to_owned).chain(item.classes.iter().cloned()).chain(item.anchor()).collect()
}

/// The element's part of a name in blocks: `card__price--big` is its `price`.
fn last_part(name: &str) -> String {
    let part = name.rsplit("__").next().unwrap_or(name);
    part.split("--").next().unwrap_or(part).to_owned()
}

fn meaningful(name: &str) -> Vec<String> {
    words(name).into_iter().filter(|word| !EMPTY.contains(&word.as_str()) && word.len() > 1).collect()
}

/// The words of a name in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        let parts = !c.is_ascii_alphanumeric();
        if parts || (c.is_ascii_uppercase() && lower) {
            words.push(String::new());
        }
        if !parts && let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        lower = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// A word that the language takes as a name.
fn identifier(name: &str) -> String {
    let name: String = name.chars().take(40).collect();
    if TAKEN.contains(&name.as_str()) {
        return format!("{name}_");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("n{name}") } else { name }
}

fn of_tag(tag: &str) -> &str {
    match tag {
        "a" => "link",
        "img" => "image",
        "time" | "relative-time" | "time-ago" => "date",
        "p" | "div" | "span" | "blockquote" => "text",
        "li" | "dd" => "item",
        "dt" | "th" => "term",
        "b" | "strong" | "em" | "i" => "name",
        "code" => "code",
        other if other.chars().all(|c| c.is_ascii_alphanumeric()) => other,
        _ => "text",
    }
}
