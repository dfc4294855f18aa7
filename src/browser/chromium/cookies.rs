//! Reads and sets cookies. The browser takes all of them in one command, and does not say which one it refuses.

use std::slice;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Cookie;

use super::page::ChromiumTab;

impl ChromiumTab {
    /// All cookies of the identity.
    pub(super) async fn all_cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError> {
        #[derive(Deserialize)]
        struct Jar {
            cookies: Vec<Cookie>,
        }
        let params = self.household.with_context(json!({}));
        let jar: Jar = self.ask_browser("Storage.getCookies", params, deadline).await?;
        // CDP writes -1 for a cookie that ends with the session.
        let session = |mut cookie: Cookie| {
            cookie.expires = cookie.expires.filter(|expires| *expires >= 0.0);
            cookie
        };
        Ok(jar.cookies.into_iter().map(session).collect())
    }

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
