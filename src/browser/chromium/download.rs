//! Downloads: their beginning, their progress, and their end before it where they are too large.

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::download::{Download, DownloadState};
use crate::browser::error::BrowserError;
use crate::browser::tab::DownloadWait;

use super::event::{DownloadBegins, DownloadGoes};
use super::events::Events;
use super::page::ChromiumTab;

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
        self.manner.family.burst().add();
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

impl ChromiumTab {
    /// Has downloads kept from here on, in a folder of the run's.
    pub(super) async fn expect_downloads(&self, limit: Option<u64>, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.manner.family.set_limit(limit);
        if self.events.manner.family.folder().is_some() {
            // One that begins sooner is dropped.
            let left = self.events.manner.family.burst().left();
            tokio::time::sleep(left.unwrap_or_default().min(deadline.left())).await;
            return Ok(());
        }
        let unsupported = || BrowserError::Unsupported { what: "a download to another machine".to_owned() };
        let folder = self
            .home
            .downloads
            .as_ref()
            .ok_or_else(unsupported)?
            .join(self.household.context.as_deref().unwrap_or("profile"));
        let wish = json!({ "behavior": "allowAndName", "downloadPath": folder, "eventsEnabled": true });
        let params = self.household.with_context(wish);
        self.ask_browser::<IgnoredAny>("Browser.setDownloadBehavior", params, deadline).await?;
        self.events.manner.family.set_folder(folder);
        Ok(())
    }

    /// The downloads of the step, once those that `wait` names have ended.
    pub(super) async fn take_downloads(
        &self,
        wait: DownloadWait,
        deadline: Deadline,
    ) -> Result<Vec<Download>, BrowserError> {
        let family = &self.events.manner.family;
        let ended = self.until_lost(family.ended_downloads(wait, deadline)).await?;
        if family.burst().take_filled() && ended.len() > 1 {
            let warning = "the browser begins ten downloads of a page's links within a second: of any more that the page \
                           asked for, nothing came";
            self.events.change(|state| state.happenings.warnings.push(warning.to_owned()));
        }
        for download in ended.iter().filter(|download| download.state == DownloadState::Going) {
            self.events.call_off(&download.id);
        }
        Ok(ended)
    }
}
