//! The nearest known name to a misspelt one: every "did you mean" goes through here.

/// The candidate closest to `name` by edit distance, when close enough to be a slip of the hand.
///
/// Close enough is one edit per three characters, at least one; a difference in case or in
/// `_`/`-` alone always counts.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let other = fold(candidate);
            let distance = if other == folded { 0 } else { strsim::osa_distance(&folded, &other) };
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= limit || (folded.len() >= 4 && fold(candidate).starts_with(&folded))
        })
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate)
}

/// A ready help line for an unknown name: the nearest one, else the list when it is short.
#[must_use]
pub fn nearest_in(name: &str, kind: &str, candidates: &[&str]) -> Option<String> {
    if let Some(hit) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean `{hit}`?"));
    }
    if candidates.is_empty() {
        return None;
    }
    let list: Vec<String> = candidates.iter().map(|c| format!("`{c}`")).collect();
    Some(format!("{kind}: {}", list.join(", ")))
}

/// How many edits lead from one text to another, of their first two hundred characters.
#[must_use]
pub fn distance(one: &str, other: &str) -> usize {
    let head = |text: &str| text.chars().take(200).collect::<String>();
    strsim::osa_distance(&head(one), &head(other))
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| *c != '_' && *c != '-').flat_map(char::to_lowercase).collect()
}
