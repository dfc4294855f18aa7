//! What is in a file, as far as it takes to tell that it changed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// A file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// There is no such file, or none that can be read.
    Missing,
    /// It is empty.
    Empty,
    /// The digest of what is in it.
    Some(u64),
}

impl Content {
    /// The content of the file at `path` now; links are followed. A pipe or a device is left alone.
    pub fn of(path: &Path) -> Self {
        if !path.is_file() {
            return Self::Missing;
        }
        match std::fs::read(path) {
            Ok(bytes) if bytes.is_empty() => Self::Empty,
            Ok(bytes) => {
                let mut hasher = DefaultHasher::new();
                bytes.hash(&mut hasher);
                Self::Some(hasher.finish())
            }
            Err(_) => Self::Missing,
        }
    }

    /// Whether there is any.
    pub fn is_any(self) -> bool {
        matches!(self, Self::Some(_))
    }
}
