//! A document's request that is not a plain GET, or a document that is not fetched at all.

use super::tab::Navigation;

/// What to do with the next request of the main document.
#[derive(Debug, Clone)]
pub(super) enum Rewrite {
    /// Send it otherwise.
    Send { method: Option<String>, headers: Vec<(String, String)>, body: Option<String> },
    /// Answer it with this document.
    Answer { content: String },
}

impl Rewrite {
    /// What `to` needs, if anything.
    pub(super) fn of(to: &Navigation) -> Option<Self> {
        if let Some(content) = &to.content {
            return Some(Self::Answer { content: content.clone() });
        }
        if to.method.is_none() && to.body.is_none() && to.headers.is_empty() {
            return None;
        }
        Some(Self::Send { method: to.method.clone(), headers: to.headers.clone(), body: to.body.clone() })
    }

    /// The method that the request is sent with, if it is not its own.
    pub(super) fn method(&self) -> Option<&str> {
        match self {
            Self::Answer { .. } => None,
            Self::Send { method, body, .. } => method.as_deref().or(body.as_ref().map(|_| "POST")),
        }
    }
}

/// The request's own headers with those of the navigation in their places.
pub(super) fn merged(
    request: impl Iterator<Item = (String, String)>,
    own: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        request.filter(|(name, _)| !own.iter().any(|(mine, _)| mine.eq_ignore_ascii_case(name))).collect();
    all.extend(own);
    all
}
