//! A piece of a dialogue that went well.

use std::ops::RangeInclusive;
use std::time::Duration;

/// What was said at once.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The name that reports know it by.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The session that it was said in.
    pub session: String,
    /// The numbers of its steps; empty when it took none.
    pub steps: RangeInclusive<u64>,
    /// It did no more than look at something.
    pub looked: bool,
    /// How long it took.
    pub elapsed: Duration,
}
