//! Conditions as a script writes them (LANGUAGE section 3).

use std::time::Duration;

use crate::browser::{DomCondition, UrlPattern};
use crate::syntax::JsProgram;

/// A condition tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Answered by the DOM, baselines not yet taken.
    Dom(DomCondition),
    /// The user's js, truthy.
    Js(JsProgram),
    /// The main document's address.
    Url(UrlPattern),
    /// A response since the baseline; it becomes `page.response`.
    Response(UrlPattern),
    /// No request in flight for that long.
    Idle(Duration),
    /// A closure of the script, polled.
    Closure(ClosureRef),
    /// All of them.
    All(Vec<Condition>),
    /// One of them.
    Any(Vec<Condition>),
}

/// A closure of the script: its number in the host's table, and what it compares by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureRef {
    /// The number in the host's table.
    pub id: u64,
    /// Source and captured values; `None` when it captured a live handle and is never equal.
    pub fingerprint: Option<String>,
}
