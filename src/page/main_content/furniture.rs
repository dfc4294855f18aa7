//! What stands around the content of a page: navigation, side bars, footers, banners, lists of links.

use super::survey::{Part, Survey};
use crate::page::node::attribute;

/// How surely an element is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Furniture {
    /// It is content, as far as is known.
    None,
    /// Its name or its links say that it is none.
    Likely,
    /// Its author says so, or it asks for consent to cookies.
    Certain,
}

const ROLES: &[&str] = &[
    "alertdialog",
    "banner",
    "complementary",
    "contentinfo",
    "dialog",
    "menu",
    "menubar",
    "navigation",
    "search",
    "tablist",
    "toolbar",
];
/// Words of classes and ids for consent to cookies.
const CONSENT: &[&str] = &["ccpa", "consent", "cookie", "cookiebar", "cookiebanner", "cookies", "gdpr"];
/// Words of classes and ids that people give to what is no content.
const NAMES: &[&str] = &[
    "ad",
    "ads",
    "advert",
    "advertisement",
    "advertising",
    "breadcrumb",
    "breadcrumbs",
    "dropdown",
    "footer",
    "masthead",
    "menu",
    "modal",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "pager",
    "pagination",
    "popup",
    "promo",
    "recommended",
    "related",
    "share",
    "sharing",
    "sidebar",
    "signup",
    "skip",
    "social",
    "sponsor",
    "sponsored",
    "subscribe",
    "toc",
    "toolbar",
];

/// A notice of consent is no longer than this, in bytes.
const LONGEST_NOTICE: usize = 4_000;
/// From this share of linked text, in percent, and this many links, a block is a list of links.
const LINKED: usize = 70;
const LEAST_LINKS: usize = 3;
/// From this share on, in percent, an aside is a collection of links, not a note.
const LINKED_ASIDE: usize = 30;

/// Tells for each element whether it is furniture. What lies in furniture needs no mark of its own.
pub(super) fn furniture(survey: &Survey<'_>) -> Vec<Furniture> {
    let mut marks = vec![Furniture::None; survey.parts.len()];
    let mut place = 1;
    while place < marks.len() {
        marks[place] = judge(survey, place);
        // A footer in a dropped list of links is dropped with it, and must be when the list comes back.
        place = if marks[place] == Furniture::Certain { survey.parts[place].end } else { place + 1 };
    }
    drop_headings(survey, &mut marks);
    marks
}

fn judge(survey: &Survey<'_>, place: usize) -> Furniture {
    let part = &survey.parts[place];
    let name = part.element.name();
    // What holds the content is none, whatever it is called.
    if part.holds_hint {
        return Furniture::None;
    }
    if is_declared(part, name) || !part.headline && is_consent(part) {
        return Furniture::Certain;
    }
    let whole = survey.parts[0].text;
    let small = part.text * 2 <= whole && !part.headline;
    let control = matches!(name, "button" | "select") && !in_heading(survey, place);
    let aside = name == "aside" && (!part.in_hint || part.is_linked(LINKED_ASIDE));
    let named = small && !is_heading(name) && name != "body" && words(part).any(|word| NAMES.contains(&&*word));
    if control || aside || named || is_link_list(part, name) {
        return Furniture::Likely;
    }
    Furniture::None
}

fn is_declared(part: &Part<'_>, name: &str) -> bool {
    match name {
        "nav" | "footer" | "dialog" | "menu" | "search" => true,
        "header" => !part.in_hint && (!part.headline || part.is_linked(50)),
        _ => part.has_role(ROLES) && !part.headline,
    }
}

fn is_consent(part: &Part<'_>) -> bool {
    part.text > 0 && part.text <= LONGEST_NOTICE && words(part).any(|word| CONSENT.contains(&&*word))
}

/// Whether a block is made of links, with few words between them.
fn is_link_list(part: &Part<'_>, name: &str) -> bool {
    let block = matches!(name, "ul" | "ol" | "dl" | "div" | "section" | "p" | "center");
    block && part.links >= LEAST_LINKS && part.is_linked(LINKED) && !part.headline
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn in_heading(survey: &Survey<'_>, place: usize) -> bool {
    let name = survey.parts[survey.parts[place].parent].element.name();
    is_heading(name) || name == "summary"
}

/// The words of an element's class and id, in lower case: `siteNav top-bar` is `site`, `nav`, `top`, `bar`.
fn words<'a>(part: &Part<'a>) -> impl Iterator<Item = String> + use<'a> {
    let named = ["id", "class"].into_iter().filter_map(|name| attribute(part.element, name));
    named
        .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
        .flat_map(humps)
        .map(|word| word.to_ascii_lowercase())
}

/// Parts a word before each capital that follows a small letter.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let pairs = rest.as_bytes().windows(2);
        let end = pairs.into_iter().position(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        let (first, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after;
        (!first.is_empty()).then_some(first)
    })
}

/// Drops the headings that are left with nothing to head: those right before furniture with no content after it until
/// the next heading.
fn drop_headings(survey: &Survey<'_>, marks: &mut [Furniture]) {
    for parent in 0..survey.parts.len() {
        let mut heading = None;
        let mut dropped = Furniture::None;
        for child in survey.children(parent) {
            let part = &survey.parts[child];
            let bare = part.text == 0;
            match marks[child] {
                Furniture::None if is_heading(part.element.name()) && part.element.name() != "h1" => {
                    orphan(marks, heading.replace(child), dropped);
                    dropped = Furniture::None;
                }
                Furniture::None if bare => {}
                Furniture::None => heading = None,
                mark => dropped = mark,
            }
        }
        orphan(marks, heading, dropped);
    }
}

fn orphan(marks: &mut [Furniture], heading: Option<usize>, dropped: Furniture) {
    if let Some(heading) = heading
        && dropped != Furniture::None
    {
        // A heading goes by guess: it comes back where guesses went too far.
        marks[heading] = Furniture::Likely;
    }
}
