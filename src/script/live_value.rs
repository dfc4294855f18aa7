//! The live page that a hook gets.

use crate::crawl::LivePage;

/// A page while its step runs: what is asked of it goes to the browser.
#[derive(Clone)]
pub struct LiveValue(pub LivePage);

impl std::fmt::Debug for LiveValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "live page of `{}`", self.0.session)
    }
}
