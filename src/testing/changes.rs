//! What changed between the outputs of two runs: lines of text, and records field by field.

use std::fmt;
use std::ops::Range;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use crate::text::{cut, cut_apart, field_changes};

/// How long a comparison may look for the shortest answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// How far apart a record and its changed self may stand.
const WINDOW: usize = 100;

/// The longest value that is shown whole, in characters.
const SHOWN: usize = 60;

/// The longest line that came or went.
const LINE: usize = 400;

/// The longest record that did.
const RECORD: usize = 90;

/// So many lines that came or went are shown.
const LINES: usize = 20;

/// And so many records.
const RECORDS: usize = 3;

/// So many fields of a record that changed.
const FIELDS: usize = 12;

/// One thing that a run said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A line of text.
    Line(String),
    /// A record, with the name of its data set if it has one.
    Record(Option<String>, Value),
}

/// One change from one run's output to the next one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A line or record is another one: its name, and what of it changed.
    Changed(String, Vec<String>),
    /// There are more: how many, of what, and the first ones.
    Added(usize, String, Vec<String>),
    /// There are fewer.
    Removed(usize, String, Vec<String>),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(name, parts) => write!(f, "~ {name}: {}", parts.join(", ")),
            Self::Added(count, what, first) => several(f, '+', *count, what, first),
            Self::Removed(count, what, first) => several(f, '-', *count, what, first),
        }
    }
}

fn several(f: &mut fmt::Formatter<'_>, sign: char, count: usize, what: &str, first: &[String]) -> fmt::Result {
    if let ([only], 1) = (first, count) {
        return write!(f, "{sign} 1 {what}: {only}");
    }
    write!(f, "{sign} {count} {what}s:")?;
    first.iter().try_for_each(|one| write!(f, "\n    {one}"))?;
    if first.len() < count { write!(f, "\n    …") } else { Ok(()) }
}

/// What changed from `old` to `new`. With `partial`, the new run did not come to its end: what is missing at the end is
/// no change.
#[must_use]
pub fn changes(old: &[Said], new: &[Said], partial: bool) -> Vec<Change> {
    let mut streams: Vec<Option<Option<&str>>> = Vec::new();
    for said in old.iter().chain(new) {
        let stream = stream(said);
        if !streams.contains(&stream) {
            streams.push(stream);
        }
    }
    let part = |all: &'_ [Said], wanted| all.iter().filter(|said| stream(said) == wanted).cloned().collect::<Vec<_>>();
    streams.into_iter().flat_map(|wanted| compare(&part(old, wanted), &part(new, wanted), partial)).collect()
}

/// Lines, or the records of one data set.
fn stream(said: &Said) -> Option<Option<&str>> {
    match said {
        Said::Line(_) => None,
        Said::Record(data_set, _) => Some(data_set.as_deref()),
    }
}

fn compare(old: &[Said], new: &[Said], partial: bool) -> Vec<Change> {
    let (before, after) = (texts(old), texts(new));
    let until = Instant::now() + PATIENCE;
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &before, &after, Some(until));
    let mut found = Found::of(old, new);
    for op in ops {
        let (was, is) = (op.old_range(), op.new_range());
        let ends = partial && was.end == old.len();
        let removed = found.removed.len();
        match op {
            DiffOp::Equal { .. } => {}
            _ => found.pair(was, is),
        }
        if ends {
            found.removed.truncate(removed);
        }
    }
    found.told()
}

fn texts(said: &[Said]) -> Vec<String> {
    said.iter().map(whole).collect()
}

/// What changed of the records among printed lines, field by field, and the old text with those as they are now: what
/// still differs is in other lines.
pub(super) fn record_lines(old: &str, new: &str) -> (Vec<Change>, String) {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let (was, is) = (before.iter().map(printed).collect::<Vec<_>>(), after.iter().map(printed).collect::<Vec<_>>());
    let until = Instant::now() + PATIENCE;
    let mut found = Found::of(&was, &is);
    for op in capture_diff_slices_deadline(Algorithm::Myers, &before, &after, Some(until)) {
        if !matches!(op, DiffOp::Equal { .. }) {
            found.pair(op.old_range(), op.new_range());
        }
    }
    let mut text = before;
    let mut changes = Vec::new();
    for (old, new) in found.pairs {
        let parts = parts(&was[old], &is[new]);
        if matches!(is[new], Said::Record(..)) && !parts.is_empty() {
            text[old] = after[new];
            changes.push(Change::Changed(format!("line {}", new + 1), parts));
        }
    }
    (changes, text.concat())
}

/// A line as a record where it is one.
fn printed(line: &&str) -> Said {
    match serde_json::from_str(line) {
        Ok(record @ Value::Object(_)) => Said::Record(None, record),
        _ => Said::Line((*line).to_owned()),
    }
}

struct Found<'a> {
    old: &'a [Said],
    new: &'a [Said],
    pairs: Vec<(usize, usize)>,
    added: Vec<usize>,
    removed: Vec<usize>,
}

impl<'a> Found<'a> {
    fn of(old: &'a [Said], new: &'a [Said]) -> Self {
        Self { old, new, pairs: Vec::new(), added: Vec::new(), removed: Vec::new() }
    }

    /// Tells in a stretch that differs what is another one of what was there, and what is new or gone.
    fn pair(&mut self, was: Range<usize>, is: Range<usize>) {
        let side_by_side = was.len() == is.len();
        let mut left: Vec<usize> = was.collect();
        for index in is {
            let near = left.iter().take(WINDOW).position(|old| alike(&self.old[*old], &self.new[index]));
            let near = near.or_else(|| {
                let first = left.first().filter(|_| side_by_side)?;
                same_kind(&self.old[*first], &self.new[index]).then_some(0)
            });
            match near {
                Some(at) => self.pairs.push((left.remove(at), index)),
                None => self.added.push(index),
            }
        }
        self.removed.extend(left);
    }

    fn name(&self, index: usize) -> String {
        format!("{} {}", what(&self.new[index]), index + 1)
    }

    fn told(self) -> Vec<Change> {
        let mut told = Vec::new();
        for &(old, new) in &self.pairs {
            let parts = parts(&self.old[old], &self.new[new]);
            // Keys in another order, or 1 for 1.0, are no change.
            if !parts.is_empty() {
                told.push(Change::Changed(self.name(new), parts));
            }
        }
        if let Some(first) = self.added.first() {
            let (what, samples) = (what(&self.new[*first]), samples(self.new, &self.added));
            told.push(Change::Added(self.added.len(), what, samples));
        }
        if let Some(first) = self.removed.first() {
            let (what, samples) = (what(&self.old[*first]), samples(self.old, &self.removed));
            told.push(Change::Removed(self.removed.len(), what, samples));
        }
        told
    }
}

/// The first of those that came or went: lines are what an author prints to see them, records are alike.
fn samples(all: &[Said], which: &[usize]) -> Vec<String> {
    let sample = |index: &usize| match &all[*index] {
        Said::Line(line) => cut(line, LINE),
        Said::Record(_, value) => cut(&value.to_string(), RECORD),
    };
    let most = if matches!(all[which[0]], Said::Line(_)) { LINES } else { RECORDS };
    which.iter().take(most).map(sample).collect()
}

fn what(said: &Said) -> String {
    match said {
        Said::Line(_) => "line".to_owned(),
        Said::Record(None, _) => "record".to_owned(),
        Said::Record(Some(data_set), _) => format!("`{data_set}` record"),
    }
}

/// Whether one may be the other, changed: records that share half of their fields.
fn alike(old: &Said, new: &Said) -> bool {
    let (Some(old), Some(new)) = (fields(old), fields(new)) else { return false };
    let same = new.iter().filter(|(key, value)| old.get(*key) == Some(value)).count();
    same > 0 && same * 2 >= old.len().max(new.len())
}

/// Whether one may stand in the other's place: lines, or records with the same fields.
fn same_kind(old: &Said, new: &Said) -> bool {
    match (fields(old), fields(new)) {
        (Some(old), Some(new)) => old.len() == new.len() && new.keys().all(|key| old.contains_key(key)),
        (None, None) => true,
        _ => false,
    }
}

fn fields(said: &Said) -> Option<&Map<String, Value>> {
    match said {
        Said::Record(_, Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// What differs, field by field; the first ones of many.
fn parts(old: &Said, new: &Said) -> Vec<String> {
    let (Said::Record(_, before), Said::Record(_, after)) = (old, new) else {
        let (before, after) = cut_apart(&whole(old), &whole(new), SHOWN);
        return vec![format!("{before} → {after}")];
    };
    let changes = field_changes(before, after);
    let mut parts: Vec<String> = changes.iter().take(FIELDS).map(ToString::to_string).collect();
    if changes.len() > FIELDS {
        parts.push(format!("and {} more", changes.len() - FIELDS));
    }
    parts
}

fn whole(said: &Said) -> String {
    match said {
        Said::Line(line) => line.clone(),
        Said::Record(_, value) => value.to_string(),
    }
}
