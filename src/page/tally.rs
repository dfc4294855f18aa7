//! Counts, per field, of values that are missing or unfit.

use super::extract::Warning;
use super::plan::PlannedField;
use super::transform::Outcome;

/// The counts of all fields of a schema.
pub(super) struct Tally {
    fields: Vec<Count>,
    /// What the row that is being read came to; it counts when the row is kept.
    row: Vec<(usize, Fault)>,
}

enum Fault {
    None,
    Missing,
    Unfit(&'static str, String),
}

struct Count {
    path: String,
    silent: bool,
    seen: usize,
    missing: usize,
    unfit: usize,
    example: Option<(&'static str, String)>,
}

impl Tally {
    pub(super) fn new(fields: &[PlannedField<'_>]) -> Self {
        let mut tally = Self { fields: Vec::new(), row: Vec::new() };
        tally.add(fields);
        tally
    }

    fn add(&mut self, fields: &[PlannedField<'_>]) {
        for field in fields {
            debug_assert_eq!(field.number, self.fields.len(), "fields are numbered in this order");
            let (path, silent) = (field.path.clone(), field.field.may_be_absent());
            self.fields.push(Count { path, silent, seen: 0, missing: 0, unfit: 0, example: None });
            self.add(&field.inner);
        }
    }

    pub(super) fn count(&mut self, number: usize, outcome: &Outcome) {
        let fault = match outcome {
            Outcome::Found(_) => Fault::None,
            Outcome::Absent => Fault::Missing,
            Outcome::Unfit(wanted, example) => Fault::Unfit(wanted, example.clone()),
        };
        self.row.push((number, fault));
    }

    /// The row is kept: what was counted for it holds.
    pub(super) fn keep(&mut self) {
        for (number, fault) in self.row.drain(..) {
            let count = &mut self.fields[number];
            count.seen += 1;
            match fault {
                Fault::None => {}
                Fault::Missing => count.missing += 1,
                Fault::Unfit(wanted, example) => {
                    count.unfit += 1;
                    count.example.get_or_insert((wanted, example));
                }
            }
        }
    }

    /// The row is dropped, and what was counted for it.
    pub(super) fn drop_row(&mut self) {
        self.row.clear();
    }

    /// One warning for each field with something to say.
    pub(super) fn warnings(self) -> impl Iterator<Item = Warning> {
        self.fields.into_iter().filter(|count| !count.silent).filter_map(|count| {
            let rows = if count.seen == 1 { "row" } else { "rows" };
            let missing =
                (count.missing > 0).then(|| format!("is missing in {} of {} {rows}", count.missing, count.seen));
            let unfit = count.example.map(|(wanted, example)| {
                format!("is not {wanted} in {} of {} {rows}, such as `{example}`", count.unfit, count.seen)
            });
            let parts: Vec<String> = missing.into_iter().chain(unfit).collect();
            (!parts.is_empty()).then(|| Warning { message: format!("`{}` {}", count.path, parts.join(", and ")) })
        })
    }
}
