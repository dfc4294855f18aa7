//! Conditions in the script.

use crate::crawl::Condition;

/// A condition made by `visible(…)`, `changed(…)` and the like, with its text for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionValue {
    /// The condition itself.
    pub condition: Condition,
}
