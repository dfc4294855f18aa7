//! A step that is called off while it runs: by the user, or by whoever wants the session for something else.

use std::sync::Arc;

use super::session::Session;

/// Held while a step runs; dropped before its end, the page's script ends with the step, so that the next one finds a page
/// that answers.
pub(super) struct Running<'a>(Option<&'a Arc<Session>>);

impl<'a> Running<'a> {
    /// A step of that session begins.
    pub fn begin(row: &'a Arc<Session>) -> Self {
        Self(Some(row))
    }

    /// It came to its end.
    pub fn end(mut self) {
        self.0 = None;
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(tab) = self.0.and_then(|row| row.tab()) {
            tab.call_off();
        }
    }
}
