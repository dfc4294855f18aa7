//! The names that a selector for a document can be made of, each with its count.

use super::Document;
use super::census::Census;
use super::stable::TEST_IDS;

/// Names with their counts, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectorNames {
    /// Element names.
    pub tags: Vec<(String, usize)>,
    /// Values of `id`.
    pub ids: Vec<(String, usize)>,
    /// Single classes.
    pub classes: Vec<(String, usize)>,
    /// Attribute names.
    pub attributes: Vec<(String, usize)>,
    /// Roles and test ids as they are selected: `role='button'`, `data-testid='next'`.
    pub marks: Vec<(String, usize)>,
}

impl Document {
    /// The names in the document.
    #[must_use]
    pub fn selector_names(&self) -> SelectorNames {
        let census = self.read(Census::of);
        let list = |names: &std::collections::BTreeMap<String, usize>| {
            names.iter().map(|(name, count)| (name.clone(), *count)).collect::<Vec<_>>()
        };
        let marking = std::iter::once(&"role").chain(TEST_IDS);
        let marks = marking.flat_map(|name| {
            let values = census.values.get(*name).into_iter().flatten();
            let plain = values.filter(|(value, _)| !value.contains(['\'', '"', '\\']));
            plain.map(move |(value, count)| (format!("{name}='{value}'"), *count))
        });
        SelectorNames {
            tags: list(&census.tags),
            ids: list(&census.ids),
            classes: list(&census.classes),
            attributes: list(&census.attributes),
            marks: marks.collect(),
        }
    }
}
