//! HAR 1.2, the HTTP Archive format: taken in from others, and given to them.

mod beside;
mod export;
mod import;

pub use export::export_har;
pub use import::{Imported, OfHar, import_har};

use std::path::PathBuf;

use crate::store::StoreError;

/// Where a HAR of a cassette says what stands in the place of which secret, by [`super::Vault::facts`].
const SECRETS: &str = "_secrets";

/// What goes wrong between HAR and cassette.
#[derive(Debug, thiserror::Error)]
pub enum HarError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is no HAR.
    #[error("`{}` is no HAR: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where, and what is wrong there.
        problem: String,
    },
    /// The cassette.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HAR cannot be written.
    #[error("cannot write the HAR: {0}")]
    Write(#[from] std::io::Error),
}

impl HarError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Invalid { .. } => Some("save it again from the tool that it comes from, as HAR 1.2".to_owned()),
            Self::Store(error) => error.help(),
            Self::Unreadable { .. } | Self::Write(_) => None,
        }
    }
}
