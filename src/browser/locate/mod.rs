//! The script that finds targets and readies them for acts: its text, its calls and the shapes of its replies.
//!
//! It is put into the isolated world of a document by the first act there: documents that nobody acts on do without.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::aim::{Check, Deed, Did, Found, Missed, Place, Wish};
use super::error::BrowserError;
use super::inpage::json;

/// The script; installing it twice is harmless.
pub(super) const SCRIPT: &str = concat!(
    "(() => {\nif (globalThis.crawlLocate) return;\n",
    include_str!("accessible.js"),
    include_str!("find.js"),
    include_str!("ready.js"),
    include_str!("deed.js"),
    include_str!("calls.js"),
    "})();"
);

/// What the page says where the script is not there yet.
pub(super) const MISSING: &str = "crawlLocate is not defined";

/// The element that the last call found.
pub(super) const HELD: &str = "crawlLocate.held()";

/// A call that lets the page have its next frame.
pub(super) const FRAMES: &str = "crawlLocate.frames()";

/// A call that waits until a target is ready.
pub(super) fn ready_call(wish: &Wish<'_>, timeout: Duration) -> String {
    #[derive(Serialize)]
    struct Call<'a> {
        place: &'a Place,
        checks: &'a [Check],
        op: Option<&'a Deed>,
        position: Option<(f64, f64)>,
        timeout: u64,
    }
    let timeout = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).min(i32::MAX as u64);
    let call = Call { place: wish.place, checks: wish.checks, op: wish.deed, position: wish.position, timeout };
    format!("crawlLocate.ready({})", json(&call))
}

/// A call that translates a point of the held frame's document into this one's.
pub(super) fn outward_call(point: (f64, f64)) -> String {
    format!("crawlLocate.outward({})", json(&point))
}

/// A call that translates an area of the held frame's document into this one's.
pub(super) fn surround_call(area: [f64; 4]) -> String {
    format!("crawlLocate.surround({})", json(&area))
}

/// A call that scrolls the document.
pub(super) fn scroll_call(deed: &Deed) -> String {
    format!("crawlLocate.scroll({})", json(deed))
}

/// The reply to these calls.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    point: Option<(f64, f64)>,
    #[serde(default)]
    did: Did,
    #[serde(flatten)]
    missed: Missed,
}

impl Answer {
    pub(super) fn into_result(self) -> Result<Found, BrowserError> {
        match self.ok {
            true => Ok(Found { point: self.point.unwrap_or_default(), did: self.did }),
            false => Err(BrowserError::Target(Box::new(self.missed))),
        }
    }
}
