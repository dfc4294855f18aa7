//! What a script sees beside pages: as it is, as the last run saw it, or as a recorded one did.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::journal::{ArchivedSight, Observation, sight_of};
use super::{Branch, BranchPath, Crawler};

/// What another run saw, by branch, kind and name, in order.
#[derive(Default)]
pub(super) struct AsSeen(Mutex<HashMap<String, VecDeque<Value>>>);

impl Crawler {
    /// Something observed beside pages: `make` looks, and the journal may answer with what the last run saw.
    pub fn observe<E>(
        &self,
        branch: &Branch,
        kind: Observation,
        key: &str,
        make: impl FnOnce() -> Result<Value, E>,
    ) -> Result<Value, E> {
        if let Some(seen) = self.recorded_sight(branch.path(), kind, key) {
            return Ok(seen);
        }
        self.core.journal.observe(branch.path(), kind, key, || match self.as_seen(branch.path(), kind, key) {
            Some(seen) => Ok(seen),
            None => make(),
        })
    }

    /// The script is to see times and random values as another run saw them, as long as there are any.
    pub fn see_as(&self, sights: impl IntoIterator<Item = ArchivedSight>) {
        let mut all = self.core.as_seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = [Observation::Time, Observation::Random].map(Observation::name);
        for ArchivedSight { of, value } in sights {
            if of[1].as_str().is_some_and(|kind| drawn.contains(&kind)) {
                let place: Value = of.as_array().into_iter().flatten().take(3).cloned().collect();
                all.entry(place.to_string()).or_default().push_back(value);
            }
        }
    }

    fn as_seen(&self, branch: &BranchPath, kind: Observation, key: &str) -> Option<Value> {
        if self.reaches_no_site() {
            return None;
        }
        let mut all = self.core.as_seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(&sight_of(branch, kind, key).to_string())?.pop_front()
    }

    /// What the recording that answers has there.
    pub(super) fn recorded_sight(&self, branch: &BranchPath, kind: Observation, key: &str) -> Option<Value> {
        self.core.config.network.as_ref()?.seen(&sight_of(branch, kind, key))
    }
}
