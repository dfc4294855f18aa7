//! Requests that a session does not make: by the kind of resource, and by address.

use std::sync::Arc;

use super::tab::UrlPattern;

/// The kinds of resources, by the names that scripts use, with those of CDP (`Network.ResourceType`).
pub const RESOURCE_KINDS: &[(&str, &[&str])] = &[
    ("document", &["Document"]),
    ("stylesheet", &["Stylesheet"]),
    ("image", &["Image"]),
    ("media", &["Media"]),
    ("font", &["Font"]),
    ("script", &["Script"]),
    ("texttrack", &["TextTrack"]),
    ("xhr", &["XHR"]),
    ("fetch", &["Fetch"]),
    ("eventsource", &["EventSource"]),
    ("manifest", &["Manifest"]),
    ("ping", &["Ping"]),
    ("other", &["Other", "Prefetch", "CSPViolationReport"]),
];

/// The name that scripts use for a kind of the protocol's; one that has none is told in lower case.
pub(super) fn kind_word(kind: &str) -> String {
    let known = RESOURCE_KINDS.iter().find(|(_, own)| own.first() == Some(&kind));
    known.map_or_else(|| kind.to_ascii_lowercase(), |(word, _)| (*word).to_owned())
}

/// What is blocked, ready to be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocking(Arc<Rules>);

#[derive(Debug, Default)]
struct Rules {
    kinds: Vec<&'static str>,
    patterns: Vec<UrlPattern>,
}

impl Blocking {
    /// Reads what a session's `block` says; a pattern that is none blocks nothing, for it was refused before.
    pub(super) fn of(block: &[String]) -> Self {
        let mut rules = Rules::default();
        for word in block {
            match RESOURCE_KINDS.iter().find(|(kind, _)| kind == word) {
                Some((_, own)) => rules.kinds.extend(own.iter().copied()),
                None => rules.patterns.extend(UrlPattern::new(word)),
            }
        }
        Self(Arc::new(rules))
    }

    /// Nothing is blocked.
    pub(super) fn is_empty(&self) -> bool {
        self.0.kinds.is_empty() && self.0.patterns.is_empty()
    }

    /// The kinds that are blocked as such, by the protocol's names.
    pub(super) fn kinds(&self) -> &[&'static str] {
        &self.0.kinds
    }

    /// Whether addresses count too.
    pub(super) fn asks_addresses(&self) -> bool {
        !self.0.patterns.is_empty()
    }

    /// Whether a request is not to be made; `kind` by the protocol's name.
    pub(super) fn refuses(&self, kind: &str, url: &str) -> bool {
        self.0.kinds.contains(&kind) || self.0.patterns.iter().any(|pattern| pattern.matches(url))
    }
}
