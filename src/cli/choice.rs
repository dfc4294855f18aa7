//! Options whose value is one of a few words.

use clap::ValueEnum;

use crate::browser::BrowserKind;
use crate::diag::Format;
use crate::syntax::Blocks;

/// The browsers by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Browser {
    /// Full Chromium
    Chromium,
    /// Its small windowless build
    HeadlessShell,
    /// Firefox
    Firefox,
}

/// The browser that is meant: with a window it is not the windowless build.
pub fn browser(named: Option<Browser>, headed: bool) -> BrowserKind {
    match named {
        Some(Browser::Firefox) => BrowserKind::Firefox,
        Some(Browser::Chromium) => BrowserKind::Chromium,
        _ if headed => BrowserKind::Chromium,
        _ => BrowserKind::HeadlessShell,
    }
}

/// The ways to write a session's block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BlockSigns {
    /// `session("shop") < … >`
    Angle,
    /// `session("shop") { … }`
    Brace,
}

impl From<BlockSigns> for Blocks {
    fn from(signs: BlockSigns) -> Self {
        match signs {
            BlockSigns::Angle => Self::Angle,
            BlockSigns::Brace => Self::Brace,
        }
    }
}

/// The ways to write problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Diagnostics {
    /// With the text around
    Human,
    /// One line each
    Short,
    /// One JSON object per line
    Json,
}

impl From<Diagnostics> for Format {
    fn from(diagnostics: Diagnostics) -> Self {
        match diagnostics {
            Diagnostics::Human => Self::Human,
            Diagnostics::Short => Self::Short,
            Diagnostics::Json => Self::Json,
        }
    }
}
