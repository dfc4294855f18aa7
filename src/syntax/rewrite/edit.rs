//! The list of changes to a text, and the map between the offsets before and after them.

/// One replacement; an insertion when it removes nothing.
#[derive(Debug, Clone)]
struct Edit {
    at: usize,
    removed: usize,
    added: String,
}

/// A change whose text is known only later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot(usize);

/// Changes in the order in which they were decided; those at one place keep that order.
#[derive(Debug, Default)]
pub(super) struct Edits {
    edits: Vec<Edit>,
}

impl Edits {
    /// Inserts `text` at `at`.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push(Edit { at, removed: 0, added: text.into() });
    }

    /// Replaces `removed` bytes at `at`.
    pub(super) fn replace(&mut self, at: usize, removed: usize, text: impl Into<String>) {
        self.edits.push(Edit { at, removed, added: text.into() });
    }

    /// Keeps the place of an insertion.
    pub(super) fn reserve(&mut self, at: usize) -> Slot {
        self.insert(at, String::new());
        Slot(self.edits.len() - 1)
    }

    /// Gives a kept place its text.
    pub(super) fn fill(&mut self, slot: Slot, text: impl Into<String>) {
        self.edits[slot.0].added = text.into();
    }

    /// The changed text and the map between both.
    pub(super) fn apply(mut self, original: &str) -> (String, PositionMap) {
        self.edits.retain(|edit| edit.removed > 0 || !edit.added.is_empty());
        self.edits.sort_by_key(|edit| edit.at);
        let mut text = String::with_capacity(original.len() + self.edits.len() * 8);
        let mut steps = Vec::with_capacity(self.edits.len());
        let mut copied = 0;
        for edit in &self.edits {
            text.push_str(&original[copied..edit.at]);
            steps.push(Step {
                original: edit.at,
                rewritten: text.len(),
                removed: edit.removed,
                added: edit.added.len(),
            });
            text.push_str(&edit.added);
            copied = edit.at + edit.removed;
        }
        text.push_str(&original[copied..]);
        (text, PositionMap { steps })
    }
}

/// One change with its offsets in both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    original: usize,
    rewritten: usize,
    removed: usize,
    added: usize,
}

/// Takes byte offsets of the rewritten text back to the original and the other way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PositionMap {
    steps: Vec<Step>,
}

impl PositionMap {
    /// The original offset of a rewritten one; inside an insertion, the place where it was inserted.
    #[must_use]
    pub fn to_original(&self, offset: usize) -> usize {
        let after = self.steps.partition_point(|step| step.rewritten <= offset);
        let Some(step) = after.checked_sub(1).map(|index| self.steps[index]) else { return offset };
        let into = offset - step.rewritten;
        if into >= step.added {
            step.original + step.removed + (into - step.added)
        } else {
            step.original + into.min(step.removed.saturating_sub(1))
        }
    }

    /// The rewritten offset of an original one; where something was inserted, the place after it.
    #[must_use]
    pub fn to_rewritten(&self, offset: usize) -> usize {
        let after = self.steps.partition_point(|step| step.original <= offset);
        let Some(step) = after.checked_sub(1).map(|index| self.steps[index]) else { return offset };
        let into = offset - step.original;
        if into >= step.removed {
            step.rewritten + step.added + (into - step.removed)
        } else {
            step.rewritten + into.min(step.added)
        }
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Sorts named places by name and calls `report` for each that repeats an earlier one.
pub(super) fn repeated<'a, T>(
    names: impl Iterator<Item = (&'a str, T)>,
    place: impl Fn(&T) -> usize,
    mut report: impl FnMut(&str, &T, &T),
) {
    let mut sorted: Vec<(&str, T)> = names.collect();
    sorted.sort_by_key(|(name, at)| (*name, place(at)));
    for pair in sorted.windows(2) {
        if pair[0].0 == pair[1].0 {
            report(pair[1].0, &pair[0].1, &pair[1].1);
        }
    }
}
