//! `expect(value)` in the script: what is held against an expectation.

use rhai::Dynamic;

/// A value, and what is expected of it is still to be said.
#[derive(Debug, Clone)]
pub struct Expectation(pub Dynamic);
