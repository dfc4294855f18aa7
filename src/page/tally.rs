//! Counts, per field, of values that are missing or unfit.

use super::extract::Warning;
use super::plan::PlannedField;
use super::transform::Outcome;

/// So many unfit values are kept of a field.
const EXAMPLES: usize = 5;

/// The counts of all fields of a schema.
pub(super) struct Tally {
    fields: Vec<Count>,
    /// The row that is read, from 1.
    row: usize,
}

struct Count {
    path: String,
    silent: bool,
    seen: usize,
    missing: usize,
    unfit: usize,
    wanted: &'static str,
    examples: Vec<(usize, String)>,
}

/// A field with values that are not what they should be.
pub(super) struct Unfit<'t> {
    /// Its name, with those that it lies in.
    pub path: &'t str,
    /// What was wanted.
    pub wanted: &'static str,
    /// How many are not.
    pub count: usize,
    /// Of how many.
    pub seen: usize,
    /// The first of them, with their rows.
    pub examples: &'t [(usize, String)],
}

impl Tally {
    pub(super) fn new(fields: &[PlannedField<'_>]) -> Self {
        let mut tally = Self { fields: Vec::new(), row: 1 };
        tally.add(fields);
        tally
    }

    fn add(&mut self, fields: &[PlannedField<'_>]) {
        for field in fields {
            debug_assert_eq!(field.number, self.fields.len(), "fields are numbered in this order");
            let (path, silent) = (field.path.clone(), field.field.may_be_absent());
            let examples = Vec::new();
            self.fields.push(Count { path, silent, seen: 0, missing: 0, unfit: 0, wanted: "", examples });
            self.add(&field.inner);
        }
    }

    pub(super) fn count(&mut self, number: usize, outcome: &Outcome) {
        let count = &mut self.fields[number];
        count.seen += 1;
        match outcome {
            Outcome::Found(_) => {}
            Outcome::Absent => count.missing += 1,
            Outcome::Unfit(wanted, example) => {
                count.unfit += 1;
                count.wanted = wanted;
                if count.examples.len() < EXAMPLES {
                    count.examples.push((self.row, example.clone()));
                }
            }
        }
    }

    /// What is counted from now on is another row's.
    pub(super) fn next_row(&mut self) {
        self.row += 1;
    }

    /// The fields with unfit values where there must be fit ones.
    pub(super) fn unfit(&self) -> impl Iterator<Item = Unfit<'_>> {
        self.fields.iter().filter(|count| !count.silent && count.unfit > 0).map(|count| Unfit {
            path: &count.path,
            wanted: count.wanted,
            count: count.unfit,
            seen: count.seen,
            examples: &count.examples,
        })
    }

    /// One warning for each field with something to say.
    pub(super) fn warnings(self) -> impl Iterator<Item = Warning> {
        self.fields.into_iter().filter(|count| !count.silent).filter_map(|count| {
            let rows = if count.seen == 1 { "row" } else { "rows" };
            let missing =
                (count.missing > 0).then(|| format!("is missing in {} of {} {rows}", count.missing, count.seen));
            let unfit = count.examples.first().map(|(_, example)| {
                format!("is not {} in {} of {} {rows}, such as `{example}`", count.wanted, count.unfit, count.seen)
            });
            let parts: Vec<String> = missing.into_iter().chain(unfit).collect();
            (!parts.is_empty()).then(|| Warning { message: format!("`{}` {}", count.path, parts.join(", and ")) })
        })
    }
}
