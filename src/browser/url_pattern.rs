//! The URL patterns of waits and of what is not loaded.

/// A URL glob as written in `url("**/done")`: `*` within a path segment, `**` across, else exact or a substring-free match.
#[derive(Debug, Clone)]
pub struct UrlPattern {
    text: String,
    glob: globset::GlobMatcher,
}

impl UrlPattern {
    /// Compiles the glob; the error says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = globset::GlobBuilder::new(text)
            .literal_separator(true)
            .build()
            .map_err(|error| format!("`{text}` is no URL pattern: {}", error.kind()))?
            .compile_matcher();
        Ok(Self { text: text.to_owned(), glob })
    }

    /// The glob as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `url` satisfies it, with or without its query and fragment.
    #[must_use]
    pub fn matches(&self, url: &str) -> bool {
        let bare = url.split(['?', '#']).next().unwrap_or(url);
        self.glob.is_match(url) || self.glob.is_match(bare)
    }
}

impl PartialEq for UrlPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
