//! Selenium Grid: how many of its slots are free.

use std::time::Duration;

use serde::Deserialize;

/// A hub that takes longer is asked again at the next session.
const LIMIT: Duration = Duration::from_secs(3);

/// The reply to `GET /status`, as far as it tells of slots. A plain driver's has no nodes.
#[derive(Deserialize)]
struct Status {
    value: Value,
}

#[derive(Deserialize)]
struct Value {
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(default)]
    availability: String,
    #[serde(default)]
    max_sessions: usize,
    #[serde(default)]
    slots: Vec<Slot>,
}

#[derive(Deserialize)]
struct Slot {
    session: Option<serde::de::IgnoredAny>,
    stereotype: Stereotype,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stereotype {
    #[serde(default)]
    browser_name: String,
}

/// What grids and drivers call Chromium, with a window or without.
pub(super) const BROWSER: &str = "chrome";

/// What they call Firefox.
pub(super) const FIREFOX: &str = "firefox";

/// How many more sessions of `browser` the server could run now; `None` where it is no grid, or does not say.
pub(super) async fn free_slots(url: &str, browser: &str) -> Option<usize> {
    let client = reqwest::Client::builder().timeout(LIMIT).build().ok()?;
    let address = format!("{}/status", url.trim_end_matches('/'));
    let text = client.get(address).send().await.ok()?.text().await.ok()?;
    free(&text, browser)
}

fn free(text: &str, browser: &str) -> Option<usize> {
    let status: Status = serde_json::from_str(text).ok()?;
    if status.value.nodes.is_empty() {
        return None;
    }
    let up = status.value.nodes.iter().filter(|node| node.availability == "UP");
    Some(
        up.map(|node| {
            let taken = node.slots.iter().filter(|slot| slot.session.is_some()).count();
            let fitting = node.slots.iter().filter(|slot| slot.session.is_none());
            let fitting = fitting.filter(|slot| slot.stereotype.browser_name == browser).count();
            fitting.min(node.max_sessions.saturating_sub(taken))
        })
        .sum(),
    )
}
