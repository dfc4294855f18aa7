//! Cookies as the storage module writes them (`network.Cookie`, `storage.PartialCookie`).

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::Cookie;

use super::event::Bytes;
use super::page::WebDriverTab;

/// `network.Cookie`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stored {
    name: String,
    value: Bytes,
    domain: String,
    path: String,
    http_only: bool,
    secure: bool,
    same_site: String,
    expiry: Option<f64>,
}

impl From<Stored> for Cookie {
    fn from(stored: Stored) -> Self {
        let same_site = match stored.same_site.as_str() {
            "strict" => Some("Strict"),
            "lax" => Some("Lax"),
            // The driver says so of a cookie that names no rule too; only a secure one can have meant it.
            "none" if stored.secure => Some("None"),
            _ => None,
        };
        Self {
            name: stored.name,
            value: stored.value.text(),
            domain: Some(stored.domain),
            path: Some(stored.path),
            url: None,
            expires: stored.expiry,
            http_only: stored.http_only,
            secure: stored.secure,
            same_site: same_site.map(str::to_owned),
        }
    }
}

impl WebDriverTab {
    /// All cookies of the identity.
    pub(super) async fn all_cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError> {
        #[derive(Deserialize)]
        struct Jar {
            cookies: Vec<Stored>,
        }
        let jar: Jar = self.ask("storage.getCookies", json!({ "partition": self.partition() }), deadline).await?;
        Ok(jar.cookies.into_iter().map(Cookie::from).collect())
    }

    /// Removes all of them.
    pub(super) async fn drop_cookies(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "partition": self.partition() });
        self.ask::<IgnoredAny>("storage.deleteCookies", params, deadline).await.map(drop)
    }

    /// Adds cookies to the identity; where one is refused the error names it.
    pub(super) async fn put_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        cookies.iter().try_for_each(Cookie::check)?;
        for cookie in cookies {
            let params = json!({ "cookie": partial(cookie)?, "partition": self.partition() });
            let set = self.ask::<IgnoredAny>("storage.setCookie", params, deadline).await;
            set.map_err(|error| error.of_cookie(&cookie.name))?;
        }
        Ok(())
    }
}

/// The cookie as `storage.setCookie` takes it.
fn partial(cookie: &Cookie) -> Result<Value, BrowserError> {
    let url = cookie.url.as_deref().and_then(|url| url::Url::parse(url).ok());
    let host = || url.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
    let domain = cookie.domain.clone().or_else(host).ok_or_else(|| BrowserError::Cookie {
        name: cookie.name.clone(),
        reason: "it names neither a domain nor a URL".to_owned(),
    })?;
    let mut partial = json!({
        "name": cookie.name,
        "value": { "type": "string", "value": cookie.value },
        "domain": domain,
        "path": cookie.path.as_deref().unwrap_or("/"),
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    });
    if let Some(rule) = &cookie.same_site {
        partial["sameSite"] = json!(rule.to_ascii_lowercase());
    }
    if let Some(expires) = cookie.expires {
        #[expect(clippy::cast_possible_truncation, reason = "the standard takes whole seconds")]
        let seconds = expires as i64;
        partial["expiry"] = json!(seconds);
    }
    Ok(partial)
}
