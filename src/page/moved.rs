//! Where elements went that a selector matched on an earlier page: what says the same now, under another name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::stable::{TEST_IDS, is_stable, quoted};
use super::{Document, ElementId, Selector};

/// So many of the elements are looked for.
const SAMPLE: usize = 40;

/// A page with more elements that have names is left alone.
const MOST: usize = 5_000;

/// How alike two texts are at least: of the words of both, so many are in each.
const ALIKE: f64 = 0.5;

/// What of the elements must be found again under one name, and what of those of that name must be such.
const SHARE: f64 = 0.5;

/// A selector for what says now what `elements` said on `before`; looked for below `rows` of `after`, or everywhere.
#[must_use]
pub fn moved(
    (before, elements): (&Document, &[ElementId]),
    after: &Document,
    rows: Option<&[ElementId]>,
) -> Option<String> {
    let wanted: Vec<BTreeSet<String>> = elements.iter().take(SAMPLE).map(|id| words(before, *id)).collect();
    let wanted: Vec<BTreeSet<String>> = wanted.into_iter().filter(|words| !words.is_empty()).collect();
    let tag = before.name(*elements.first()?);
    let named = Selector::parse("[class], [itemprop], [data-testid], [data-test], [data-qa], [data-cy]").ok()?;
    let below = |rows: &[ElementId]| rows.iter().flat_map(|row| after.select_in(*row, &named)).collect();
    let candidates: Vec<ElementId> = rows.map_or_else(|| after.select(&named), below);
    if wanted.is_empty() || candidates.len() > MOST {
        return None;
    }
    // How well each of the wanted is found under a name, and how many elements have it.
    let mut found: HashMap<String, (BTreeMap<usize, f64>, usize)> = HashMap::new();
    for id in candidates {
        let words = words(after, id);
        let hits = wanted.iter().map(|wanted| alike(wanted, &words)).enumerate().filter(|(_, alike)| *alike >= ALIKE);
        let hits: Vec<(usize, f64)> = hits.collect();
        for name in names(after, id) {
            let (hit, all) = found.entry(name).or_default();
            for (number, alike) in &hits {
                let best = hit.entry(*number).or_default();
                *best = alike.max(*best);
            }
            *all += 1;
        }
    }
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let good = |(name, (hit, all)): (String, (BTreeMap<usize, f64>, usize))| {
        // What was looked for stands for all that there was.
        let again = share(hit.len(), wanted.len());
        let precise = (again * share(elements.len(), all)).min(1.0);
        let same = name.starts_with(&format!("{tag}."));
        let alike = hit.values().sum::<f64>() / wanted.len() as f64;
        (again >= SHARE && precise >= SHARE).then_some((alike * precise, same, name))
    };
    let better = |one: &(f64, bool, String), other: &(f64, bool, String)| {
        let by = one.0.total_cmp(&other.0).then(one.1.cmp(&other.1));
        // Of two that are as good, the shorter one, and always the same.
        by.then_with(|| other.2.len().cmp(&one.2.len())).then_with(|| other.2.cmp(&one.2))
    };
    found.into_iter().filter_map(good).max_by(better).map(|(.., name)| name)
}

fn words(document: &Document, id: ElementId) -> BTreeSet<String> {
    document.text(id).split_whitespace().map(str::to_lowercase).collect()
}

/// The share of words that two texts have in common (Jaccard index).
fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let common = one.intersection(other).count();
    common as f64 / (one.len() + other.len() - common).max(1) as f64
}

/// Selectors that a person would write for the element.
fn names(document: &Document, id: ElementId) -> Vec<String> {
    let tag = document.name(id);
    let mut names = Vec::new();
    for (attribute, value) in document.attrs(id) {
        match attribute.as_str() {
            "class" => {
                let classes = value.split_whitespace().filter(|class| is_stable(class));
                names.extend(classes.flat_map(|class| [format!(".{class}"), format!("{tag}.{class}")]));
            }
            name if name == "itemprop" || TEST_IDS.contains(&name) => {
                names.extend(quoted(&value).map(|value| format!("[{name}={value}]")));
            }
            _ => {}
        }
    }
    names
}
