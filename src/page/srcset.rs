//! Source sets: the candidates that `srcset` and its lazy twins name (HTML, "parsing a srcset attribute").

use super::node::attribute;
use scraper::node::Element;

/// One candidate of a source set, its address as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate<'a> {
    pub address: &'a str,
    /// The width descriptor, in pixels.
    pub width: Option<u64>,
    /// The pixel density descriptor.
    pub density: Option<f64>,
}

impl Candidate<'_> {
    /// How it ranks: addresses before data, then by width, then by density; `1x` where nothing is said.
    fn rank(&self) -> (bool, u64, f64) {
        (!is_data(self.address), self.width.unwrap_or(0), self.density.unwrap_or(1.0))
    }
}

/// Attributes under which lazy loaders keep the address until the picture is near, the commonest first.
const LAZY_SRC: &[&str] = &["data-src", "data-lazy-src", "data-original", "data-lazy"];
const LAZY_SRCSET: &[&str] = &["data-srcset", "data-lazy-srcset"];

/// What an element offers: its source set, a lazy loader's before the one that stands in for it, and its plain address.
pub(super) fn candidates(element: &Element) -> Vec<Candidate<'_>> {
    let lists = LAZY_SRCSET.iter().chain(&["srcset"]).filter_map(|name| attribute(element, name));
    let mut found: Vec<Candidate<'_>> = lists.flat_map(parse).collect();
    found.extend(address(element).map(|address| Candidate { address, width: None, density: None }));
    found
}

/// An element's plain address: a lazy loader's before `src`, which holds its placeholder.
pub(super) fn address(element: &Element) -> Option<&str> {
    LAZY_SRC.iter().chain(&["src"]).find_map(|name| address_in(element, name))
}

fn address_in<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    attribute(element, name).map(str::trim).filter(|value| !value.is_empty() && !value.starts_with(['{', '[']))
}

/// The best of several: the largest one, of equals the first.
pub(super) fn best<'a>(candidates: &[Candidate<'a>]) -> Option<Candidate<'a>> {
    candidates.iter().copied().reduce(|best, next| if next.rank() > best.rank() { next } else { best })
}

/// Whether an address is the data itself.
pub(super) fn is_data(address: &str) -> bool {
    address.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

fn parse(list: &str) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return found;
        }
        // A comma within an address is part of it, at its end it parts the candidates.
        let (word, after) = rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
        let address = word.trim_end_matches(',');
        let (descriptors, after) = if address.len() < word.len() { ("", after) } else { until_comma(after) };
        rest = after;
        let number = |unit| descriptors.split_ascii_whitespace().find_map(|word| word.strip_suffix(unit));
        let width = number('w').and_then(|digits| digits.parse().ok());
        let density = number('x').and_then(|digits| digits.parse().ok()).filter(|density: &f64| density.is_finite());
        found.push(Candidate { address, width, density });
    }
}

/// Parts a text at its first comma outside parentheses.
fn until_comma(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}
