//! Why a step had to run live, in words.

use super::{Beyond, Entry, StepKeys};

/// Why the journal did not answer for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The last run had no step in its place.
    New,
    /// It does something else: the parts that changed.
    Changed(Vec<String>),
    /// It failed last time.
    Failed,
    /// It is equal to no other step.
    Unequal,
    /// Somebody asked for it.
    Asked,
    /// A file that it saved is gone.
    Gone,
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
        if keys.act != old.keys.act && keys.act != old.keys.kept {
            return Some(Self::Changed(differing(&old.keys, keys)));
        }
        if old.stale {
            return Some(Self::Asked);
        }
        if old.act_failed() {
            return Some(Self::Failed);
        }
        old.lacks_files().then_some(Self::Gone)
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
            Self::Gone => write!(f, "saved a file that is gone"),
            Self::After => write!(f, "comes after what ran"),
        }
    }
}

impl Why {
    /// Whether the last run's step answers all the same where nothing may run: failures, what is equal to nothing, and,
    /// for somebody who only looks, what saved files that are gone.
    pub fn is_answered_alone(&self, old: Option<&Entry>, beyond: Beyond) -> bool {
        match self {
            Self::Failed | Self::Asked => true,
            Self::Gone => beyond == Beyond::Ends,
            Self::Unequal => old.is_some_and(|old| old.keys.act.is_none()),
            Self::New | Self::Changed(_) | Self::After => false,
        }
    }
}

/// The parts of two keys that differ, by name.
fn differing(old: &StepKeys, new: &StepKeys) -> Vec<String> {
    new.parts.iter().filter(|part| !old.parts.contains(part)).map(|(name, _)| name.to_string()).collect()
}
