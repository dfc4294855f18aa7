//! Back, forward and reload (BiDi `browsingContext`), and dragging.

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::history::History;
use crate::browser::tab::Traversal;

use super::page::{SHORT, WebDriverTab};

impl WebDriverTab {
    pub(super) async fn go_through_history(&self, to: Traversal, deadline: Deadline) -> Result<bool, BrowserError> {
        let mark = self.events.tracker.mark_act()?;
        let delta = match to {
            Traversal::Reload => {
                let params = json!({ "context": self.context, "wait": "none" });
                let _: IgnoredAny = self.ask("browsingContext.reload", params, deadline).await?;
                self.events.tracker.set_out(&mark, deadline).await?;
                return Ok(true);
            }
            Traversal::Back => -1,
            Traversal::Forward => 1,
        };
        // The standard does not tell what pages there are.
        let within = deadline.left().min(SHORT / 10);
        let history: Option<History> = self.vendor_call("Page.getNavigationHistory", json!({}), within).await;
        if history.is_some_and(|history| history.entry(to).is_none()) {
            return Ok(false);
        }
        let params = json!({ "context": self.context, "delta": delta });
        let going = self.call::<IgnoredAny>("browsingContext.traverseHistory", params, deadline.left().min(SHORT));
        match self.events.tracker.until_lost(going).await? {
            Ok(_) => {}
            Err(CdpError::Refused { message, .. }) if message.contains("history") => return Ok(false),
            Err(error) => return Err(self.explain(error)),
        }
        self.events.tracker.set_out(&mark, deadline).await?;
        Ok(true)
    }
}
