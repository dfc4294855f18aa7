//! The end of a browser that keeps a profile: by itself, so that it writes what it has yet to write.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;

use super::footprint::group_footprint;
use super::process::Socket;

/// How long a browser may take to write its profile.
const LIMIT: Duration = Duration::from_secs(10);

/// How often is looked whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Tells the browser to end and waits until it has; of `group` no more than `rest` processes are left then.
pub(super) async fn write(socket: &Socket, group: Option<u32>, rest: usize) {
    let goodbye = match socket {
        Socket::Cdp(_) => "Browser.close",
        Socket::Bidi(_) => "browser.close",
    };
    let (Socket::Cdp(wire) | Socket::Bidi(wire)) = socket;
    let ending = async {
        let _ = wire.call::<IgnoredAny>(None, goodbye, json!({}), LIMIT).await;
        // The socket goes before the last is written.
        while wire.open() || group.is_some_and(|group| group_footprint(group).is_some_and(|left| left.processes > rest))
        {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    // What does not end by itself is killed.
    let _ = tokio::time::timeout(LIMIT, ending).await;
}
