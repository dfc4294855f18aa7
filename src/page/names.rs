//! The names that selectors and targets for a document can be made of, each with its count.

use std::collections::{BTreeMap, HashMap};

use scraper::ElementRef;

use super::Document;
use super::accessible::{Accessible, tidy};
use super::census::Census;
use super::document::Tree;
use super::stable::TEST_IDS;
use super::target::{PLACEHOLDERS, TARGET_TEST_IDS, is_control, text};

/// Names with how often they are there.
pub type Counted = Vec<(String, usize)>;

/// Names with their counts, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectorNames {
    /// Element names.
    pub tags: Counted,
    /// Values of `id`.
    pub ids: Counted,
    /// Single classes.
    pub classes: Counted,
    /// Attribute names.
    pub attributes: Counted,
    /// Roles and test ids as they are selected: `role='button'`, `data-testid='next'`.
    pub marks: Counted,
    /// The other attributes with their values, as they are selected.
    pub values: Counted,
    /// What targets can be made of.
    pub targets: TargetNames,
}

/// What `role=`, `testid=` and their like find, sorted by name; what assistive technology passes over is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetNames {
    /// Roles.
    pub roles: Counted,
    /// The accessible names of the elements with a role.
    pub named: HashMap<String, Counted>,
    /// Test ids.
    pub test_ids: Counted,
    /// Labels of controls.
    pub labels: Counted,
    /// Placeholders.
    pub placeholders: Counted,
    /// Texts of what is clicked and read first: links, buttons, labels, headings, cells, items.
    pub texts: Counted,
}

/// Longer names nobody writes in a target.
const LONGEST: usize = 80;

/// Elements whose texts people aim at.
const SPOKEN: &[&str] = &[
    "a", "button", "dt", "h1", "h2", "h3", "h4", "label", "legend", "li", "option", "p", "span", "summary", "td", "th",
];

/// Roles of what stands for nothing by itself.
const MEANINGLESS: &[&str] = &["generic", "none"];

impl Document {
    /// The names in the document.
    #[must_use]
    pub fn selector_names(&self) -> SelectorNames {
        let (census, targets) = self.read(|tree| (Census::of(tree), target_names(tree)));
        let is_mark = |name: &str| name == "role" || TEST_IDS.contains(&name);
        let marking = std::iter::once("role").chain(TEST_IDS.iter().copied());
        let others = census.values.keys().map(String::as_str).filter(|name| !is_mark(name));
        SelectorNames {
            marks: marking.flat_map(|name| selected(&census, name)).collect(),
            values: others.flat_map(|name| selected(&census, name)).collect(),
            tags: list(census.tags),
            ids: list(census.ids),
            classes: list(census.classes),
            attributes: list(census.attributes),
            targets,
        }
    }
}

/// An attribute with its values, those that take escapes left out.
fn selected(census: &Census, name: &str) -> Counted {
    let values = census.values.get(name).into_iter().flatten();
    let plain = values.filter(|(value, _)| !value.contains(['\'', '"', '\\', '\n']));
    plain.map(|(value, count)| (format!("{name}='{value}'"), *count)).collect()
}

fn list(names: BTreeMap<String, usize>) -> Counted {
    names.into_iter().collect()
}

fn target_names(tree: &Tree) -> TargetNames {
    let accessible = Accessible::of(tree);
    let mut roles = BTreeMap::new();
    let mut named: HashMap<String, BTreeMap<String, usize>> = HashMap::new();
    let [mut test_ids, mut labels, mut placeholders, mut texts] = [const { BTreeMap::new() }; 4];
    for element in accessible.elements() {
        let attributes = |names: &'static [&str]| names.iter().filter_map(move |name| element.attr(name));
        attributes(TARGET_TEST_IDS).for_each(|value| add(&mut test_ids, value));
        attributes(PLACEHOLDERS).for_each(|value| add(&mut placeholders, value));
        if accessible.is_concealed(element) {
            continue;
        }
        if is_control(element) {
            accessible.labels(element).iter().for_each(|label| add(&mut labels, label));
        }
        let chosen = |at: ElementRef<'_>| matches!(at.value().name(), "select" | "textarea");
        if SPOKEN.contains(&element.value().name()) && !element.descendent_elements().any(chosen) {
            add(&mut texts, &text(element));
        }
        if let Some(role) = accessible.role(element).filter(|role| !MEANINGLESS.contains(&role.as_str())) {
            add(&mut roles, &role);
            add(named.entry(role).or_default(), &accessible.name(element));
        }
    }
    TargetNames {
        roles: list(roles),
        named: named.into_iter().map(|(role, names)| (role, list(names))).collect(),
        test_ids: list(test_ids),
        labels: list(labels),
        placeholders: list(placeholders),
        texts: list(texts),
    }
}

fn add(counts: &mut BTreeMap<String, usize>, name: &str) {
    let name = tidy(name);
    if !name.is_empty() && name.len() <= LONGEST {
        *counts.entry(name).or_default() += 1;
    }
}
