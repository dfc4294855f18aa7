//! Local storage as its changes tell it: what a session has of it when its browser is gone.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::events::{Events, on};

/// An item larger than this is more than browsers keep.
const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The parameters of the events of the `DOMStorage` domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    storage_id: StorageId,
    key: Option<String>,
    new_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StorageId {
    storage_key: Option<String>,
    security_origin: Option<String>,
    is_local_storage: bool,
}

impl StorageId {
    /// The origin; `None` for storage of a frame apart from its own site, which no page of ours can write again.
    fn origin(&self) -> Option<String> {
        let name = self.storage_key.as_deref().or(self.security_origin.as_deref())?;
        let plain = self.is_local_storage && name.starts_with("http") && !name.contains('^');
        plain.then(|| name.trim_end_matches('/').to_owned())
    }
}

/// Takes one event of the `DOMStorage` domain.
pub(super) fn take(events: &Events, name: &str, params: &RawValue) {
    on(params, |change: Change| {
        let Some(origin) = change.storage_id.origin() else { return };
        let mut state = events.state();
        let items = state.lane.stored.entry(origin).or_default();
        match (name, change.key, change.new_value) {
            ("domStorageItemAdded" | "domStorageItemUpdated", Some(key), Some(value))
                if key.len() + value.len() < MOST_BYTES =>
            {
                items.insert(key, value);
            }
            ("domStorageItemRemoved", Some(key), _) => drop(items.remove(&key)),
            ("domStorageItemsCleared", ..) => items.clear(),
            _ => {}
        }
    });
}
