//! Downloads: their beginning, their progress, and their end before it where they are too large.

use serde_json::json;

use crate::browser::download::{Download, DownloadState};

use super::event::{DownloadBegins, DownloadGoes};
use super::events::Events;

impl Events {
    /// A download began.
    pub(super) fn download_begins(&self, event: DownloadBegins) {
        let download = Download {
            mime: self.state().mime_of(&event.url),
            id: event.guid,
            url: event.url,
            suggested: event.suggested_filename,
            state: DownloadState::Going,
            received: 0,
        };
        self.manner.family.change_downloads(|all| all.push(download));
    }

    /// It goes on, or came to its end.
    pub(super) fn download_goes(&self, event: &DownloadGoes) {
        let (folder, limit) = (self.manner.family.folder(), self.manner.family.limit());
        let too_large = self.manner.family.change_downloads(|all| {
            let Some(download) = all.iter_mut().find(|download| download.id == event.guid) else { return false };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "CDP writes bytes as a number")]
            let (received, total) = (event.received_bytes as u64, event.total_bytes as u64);
            download.received = received;
            let before = std::mem::replace(&mut download.state, DownloadState::Going);
            download.state = match event.state.as_str() {
                _ if matches!(before, DownloadState::TooLarge(_)) => before,
                "completed" => DownloadState::whole(folder.unwrap_or_default().join(&download.id), limit),
                "canceled" => DownloadState::Failed,
                _ if received.max(total) > limit => DownloadState::TooLarge(limit),
                _ => return false,
            };
            event.state == "inProgress"
        });
        if too_large {
            self.call_off(&event.guid);
        }
    }

    /// Calls a download off.
    pub(super) fn call_off(&self, download: &str) {
        if let Some(household) = self.household.upgrade() {
            let params = household.with_context(json!({ "guid": download }));
            self.socket.send(None, "Browser.cancelDownload", params);
        }
    }
}
