//! Which names a document uses, and how often.

use std::collections::BTreeMap;

use super::document::Tree;

/// Names with their counts, in a fixed order.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub tags: BTreeMap<String, usize>,
    pub ids: BTreeMap<String, usize>,
    pub classes: BTreeMap<String, usize>,
    pub attributes: BTreeMap<String, usize>,
    /// Values by attribute name; long ones are left out.
    pub values: BTreeMap<String, BTreeMap<String, usize>>,
}

const LONGEST_VALUE: usize = 80;

impl Census {
    /// Counts the names of all elements.
    pub(super) fn of(tree: &Tree) -> Self {
        let mut census = Self::default();
        for element in tree.html.root_element().descendent_elements() {
            let element = element.value();
            add(&mut census.tags, element.name());
            if let Some(id) = element.id() {
                add(&mut census.ids, id);
            }
            for class in element.classes() {
                add(&mut census.classes, class);
            }
            for (name, value) in element.attrs() {
                add(&mut census.attributes, name);
                if value.len() <= LONGEST_VALUE && !matches!(name, "class" | "style") {
                    add(census.values.entry(name.to_owned()).or_default(), value);
                }
            }
        }
        census
    }
}

fn add(counts: &mut BTreeMap<String, usize>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => drop(counts.insert(name.to_owned(), 1)),
    }
}
