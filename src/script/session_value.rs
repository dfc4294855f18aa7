//! A session's handle in the script.

/// `let s = session("shop")`: an id to call `crawl`, `close`, `cookies` … on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionValue {
    /// The session's id.
    pub id: String,
}
