//! The rewrite of a `.crawl` text into plain Rhai, with a map back.

use super::SyntaxError;
use crate::text::{Source, Span};

/// The plain Rhai text and the way back.
#[derive(Debug, Clone)]
pub struct Rewritten {
    /// What Rhai parses.
    pub text: String,
    /// Offsets back to the original.
    pub map: PositionMap,
    /// What the pass saw.
    pub facts: Facts,
}

/// Takes byte offsets of the rewritten text back to the original and the other way.
#[derive(Debug, Clone, Default)]
pub struct PositionMap {}

impl PositionMap {
    /// The original offset of a rewritten one; inside an insertion, the place where it was inserted.
    #[must_use]
    pub fn to_original(&self, offset: usize) -> usize {
        offset
    }
}

/// What the pass saw of the script, for checks and scopes.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Top-level `const` names.
    pub consts: Vec<(String, Span)>,
    /// Schemas.
    pub schemas: Vec<SchemaFact>,
}

/// A schema's definition.
#[derive(Debug, Clone)]
pub struct SchemaFact {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub span: Span,
    /// Field names in written order.
    pub fields: Vec<(String, Span)>,
}

/// Rewrites the whole text, or tells everything that is wrong with it.
pub fn rewrite(source: &Source) -> Result<Rewritten, Vec<SyntaxError>> {
    let _ = source;
    todo!("the syntax branch brings it")
}
