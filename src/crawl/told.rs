//! What whoever listens to a run is told, and what nobody is to be told.

use std::sync::PoisonError;

use super::Crawler;
use super::crawler::Core;

impl Core {
    /// A text with the names of secrets in their place, if it has any and the run is one that is kept.
    pub fn conceal(&self, text: &str) -> Option<String> {
        self.config.network.as_ref()?.conceal(text)
    }

    /// Whether a recording is made of the run: its requests are heard, and its steps kept.
    pub fn is_recorded(&self) -> bool {
        self.config.network.is_some() && self.config.archive.is_some()
    }
}

impl Crawler {
    /// Leaves a secret out of whatever is logged or kept from now on; `name` says which it was.
    pub fn hide_named(&self, name: &str, secret: &str) {
        self.hide(secret);
        if let Some(network) = &self.core.config.network {
            network.hide(name, secret);
        }
    }

    /// Leaves a secret out of whatever is logged from now on.
    pub fn hide(&self, secret: &str) {
        self.core.secrets.lock().unwrap_or_else(PoisonError::into_inner).add(secret);
        self.core.config.tabs.hide(secret);
        self.core.config.listener.iter().for_each(|listener| listener.hide(secret));
    }

    /// What stands for the secret of that name where the environment has none: a recording answers to it.
    #[must_use]
    pub fn stand_in(&self, name: &str) -> Option<String> {
        self.core.config.network.as_ref()?.stand_in(name)
    }

    /// Tells whoever is told of steps what the script looked for on the page that one of them gave.
    pub fn note_read(&self, step: u64, css: &str) {
        self.core.config.listener.iter().for_each(|listener| listener.read(step, css));
    }

    /// Whether somebody is told of every step.
    #[must_use]
    pub fn is_listened_to(&self) -> bool {
        self.core.config.listener.is_some()
    }
}
