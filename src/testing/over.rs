//! What a case's script runs over: the live site, or the recording beside it.

use std::path::PathBuf;

/// What answers a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// The site.
    Live,
    /// The recording in that file, and nothing else.
    Recording(PathBuf),
    /// The site, and the run is recorded there.
    Taped(PathBuf),
}

impl Over {
    /// With whole paths.
    #[must_use]
    pub(super) fn absolute(&self) -> Self {
        let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        match self {
            Self::Live => Self::Live,
            Self::Recording(path) => Self::Recording(whole(path)),
            Self::Taped(path) => Self::Taped(whole(path)),
        }
    }

    /// What the run is told of it.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let option = |name: &str, path: &PathBuf| vec![name.to_owned(), path.display().to_string()];
        match self {
            Self::Live => Vec::new(),
            Self::Recording(path) => option("--replay", path),
            Self::Taped(path) => option("--record", path),
        }
    }
}
