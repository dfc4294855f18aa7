//! The way to a Chromium of our own while its driver still makes the session.
//!
//! A driver waits for its browser, looks for a page and asks after it, which takes longer than the browser's start. The
//! browser says where it listens (`DevToolsActivePort` in its profile's folder) as soon as it does; steps over CDP need
//! no more. Whether driver and browser fit together is known before: their versions are compared.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::cdp::{CdpSocket, ProtocolLog};
use super::endpoint::REACH_LIMIT;

/// How often the profile's folder is looked into.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// The beginning of a browser-level address, and how long the whole path is at least: it ends with a UUID.
const PATH: (&str, usize) = ("/devtools/browser/", 54);

/// `Browser.getVersion`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    product: String,
    user_agent: String,
}

/// Connects to the browser whose profile comes to be in `folder`, and tells what it calls itself. `None`: it cannot be
/// reached, or is of another major version than its `driver`; the session is to be waited for.
pub(super) async fn reach(folder: &Path, driver: &str, log: Option<Arc<ProtocolLog>>) -> Option<(CdpSocket, String)> {
    let address = loop {
        match address(folder) {
            Some(address) => break address,
            None => tokio::time::sleep(LOOK_EVERY).await,
        }
    };
    let connecting = tokio::time::timeout(REACH_LIMIT, CdpSocket::connect(&address, log));
    let socket = connecting.await.ok()?.ok()?;
    let version: Version = socket.call(None, "Browser.getVersion", json!({}), REACH_LIMIT).await.ok()?;
    let fits = major(&version.product).is_some() && major(&version.product) == major(driver);
    fits.then_some((socket, version.user_agent))
}

/// The number before the first point: of `HeadlessChrome/156.0.7890.1`, of `156.0.7890.1 (a revision/with words)`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().next()?.rsplit('/').next()?;
    number.split('.').next()?.parse().ok()
}

/// Where the browser listens whose profile is in a folder below `folder`, once it has written that down.
fn address(folder: &Path) -> Option<String> {
    let profiles = std::fs::read_dir(folder).ok()?;
    let mut told =
        profiles.flatten().filter_map(|entry| std::fs::read_to_string(entry.path().join("DevToolsActivePort")).ok());
    told.find_map(|text| {
        let (port, path) = text.split_once('\n')?;
        let (port, path): (u16, _) = (port.trim().parse().ok()?, path.trim());
        (path.starts_with(PATH.0) && path.len() >= PATH.1).then(|| format!("ws://127.0.0.1:{port}{path}"))
    })
}
