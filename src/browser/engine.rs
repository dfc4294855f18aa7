//! Whose browser it is, where the protocol alone does not tell.

use serde_json::Value;
use thirtyfour::WebDriver;

use super::grid;

/// What a browser is built of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    /// Chromium, and all that is built of it.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Engine {
    /// The engine behind a session, by the name that the server tells.
    pub(super) fn of(session: &WebDriver) -> Self {
        let name = session.capabilities().get("browserName").and_then(Value::as_str).unwrap_or_default();
        if name.eq_ignore_ascii_case(grid::FIREFOX) { Self::Firefox } else { Self::Chromium }
    }
}
