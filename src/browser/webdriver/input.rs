//! Trusted input: what a person's mouse would send.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::condition::LastSeen;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::inpage::{self, Aim};

use super::page::WebDriverTab;

impl WebDriverTab {
    pub(super) async fn click_on(&self, css: &str, deadline: Deadline) -> Result<bool, BrowserError> {
        let (x, y) = self.aim(css, deadline).await?;
        let asked = self.events.tracker.begin_act()?;
        // The standard takes whole pixels.
        #[expect(clippy::cast_possible_truncation, reason = "a place in a viewport is small")]
        let (x, y) = (x.floor() as i64, y.floor() as i64);
        let mouse = json!({
            "type": "pointer",
            "id": "mouse",
            "parameters": { "pointerType": "mouse" },
            "actions": [
                { "type": "pointerMove", "x": x, "y": y },
                { "type": "pointerDown", "button": 0 },
                { "type": "pointerUp", "button": 0 },
            ],
        });
        let params = json!({ "context": self.context, "actions": [mouse] });
        let _: IgnoredAny = self.ask("input.performActions", params, deadline).await?;
        self.catch_up(deadline).await?;
        Ok(self.events.tracker.navigated_since(asked))
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
