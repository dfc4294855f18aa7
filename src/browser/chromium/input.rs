//! Trusted input: what a person's mouse would send.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::condition::LastSeen;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, Aim};

use super::page::ChromiumTab;

impl ChromiumTab {
    pub(super) async fn click_on(&self, css: &str, deadline: Deadline) -> Result<bool, BrowserError> {
        let (x, y) = self.aim(css, deadline).await?;
        let asked = self.events.tracker.begin_act()?;
        let mouse =
            |kind: &str, count: u8| json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": count });
        for (kind, count) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 1)] {
            let _: IgnoredAny = self.ask("Input.dispatchMouseEvent", mouse(kind, count), deadline).await?;
        }
        // The input's reply comes another way than the page's events; a word with the page puts them in order.
        match self.ask::<IgnoredAny>("Runtime.evaluate", json!({ "expression": "0" }), deadline).await {
            Ok(_) | Err(BrowserError::Protocol { .. }) => Ok(self.events.tracker.navigated_since(asked)),
            Err(error) => Err(error),
        }
    }

    /// Waits until the target can be hit.
    async fn aim(&self, css: &str, deadline: Deadline) -> Result<(f64, f64), BrowserError> {
        loop {
            let aim: Aim = self.in_page(|| inpage::aim_call(css), deadline).await?;
            let words = match aim.into_result()? {
                Ok(point) => return Ok(point),
                Err(words) => words,
            };
            if deadline.passed() {
                return Err(BrowserError::WaitTimeout { last: LastSeen { words, ..LastSeen::default() } });
            }
            tokio::time::sleep(Duration::from_millis(20).min(deadline.left())).await;
        }
    }
}
