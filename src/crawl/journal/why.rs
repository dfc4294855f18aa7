//! Why a step had to run live, in words.

use super::{Entry, StepKeys};

/// Why the journal did not answer for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The last run had no step in its place.
    New,
    /// It does something else: the parts that changed.
    Changed(Vec<&'static str>),
    /// It failed last time.
    Failed,
    /// It is equal to no other step.
    Unequal,
    /// Somebody asked for it.
    Asked,
    /// Something before it ran live.
    After,
}

impl Why {
    /// Why a step cannot be answered by the last run's step in its place; `None`: it can.
    pub fn of(old: Option<&Entry>, keys: &StepKeys) -> Option<Self> {
        let Some(old) = old else { return Some(Self::New) };
        if keys.act.is_none() {
            return Some(Self::Unequal);
        }
        if keys.act != old.keys.act {
            return Some(Self::Changed(differing(&old.keys, keys)));
        }
        if old.stale {
            return Some(Self::Asked);
        }
        old.act_failed().then_some(Self::Failed)
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::New => write!(f, "is new"),
            Self::Changed(parts) if parts.is_empty() => write!(f, "changed"),
            Self::Changed(parts) => write!(f, "changed: {}", parts.join(", ")),
            Self::Failed => write!(f, "failed last time"),
            Self::Unequal => write!(f, "always runs"),
            Self::Asked => write!(f, "was asked for"),
            Self::After => write!(f, "comes after what ran"),
        }
    }
}

/// The parts of two keys that differ, by name.
fn differing(old: &StepKeys, new: &StepKeys) -> Vec<&'static str> {
    let other = |(name, digest): &&(&'static str, u64)| !old.parts.contains(&(*name, *digest));
    new.parts.iter().filter(other).map(|(name, _)| *name).collect()
}
