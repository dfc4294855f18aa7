//! Sets cookies. The browser takes all of them in one command, and does not say which one it refuses.

use std::slice;

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Cookie;

use super::page::ChromiumTab;

impl ChromiumTab {
    /// Adds cookies to the identity; where one is refused the error names it.
    pub(super) async fn put_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        if cookies.is_empty() {
            return Ok(());
        }
        cookies.iter().try_for_each(Cookie::check)?;
        match self.hand_cookies(cookies, deadline).await {
            Err(BrowserError::Protocol { .. }) => {}
            other => return other,
        }
        for cookie in cookies {
            let handed = self.hand_cookies(slice::from_ref(cookie), deadline).await;
            handed.map_err(|error| error.of_cookie(&cookie.name))?;
        }
        Ok(())
    }

    async fn hand_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        let params = self.household.with_context(json!({ "cookies": cookies }));
        self.ask_browser::<IgnoredAny>("Storage.setCookies", params, deadline).await.map(drop)
    }
}
