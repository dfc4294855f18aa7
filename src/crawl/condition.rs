//! Conditions as a script writes them (LANGUAGE section 3).

use std::fmt::{Display, Formatter};
use std::time::Duration;

use super::words::{duration, quoted};
use crate::browser::{DomCondition, UrlPattern};
use crate::syntax::JsProgram;

/// A condition tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Answered by the DOM, baselines not yet taken.
    Dom(DomCondition),
    /// The user's js, truthy.
    Js(JsProgram),
    /// The main document's address.
    Url(UrlPattern),
    /// A response since the baseline; it becomes `page.response`.
    Response(UrlPattern),
    /// No request in flight for that long.
    Idle(Duration),
    /// A closure of the script, polled.
    Closure(ClosureRef),
    /// All of them.
    All(Vec<Condition>),
    /// One of them.
    Any(Vec<Condition>),
}

/// A closure of the script: its number in the host's table, and what it compares by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureRef {
    /// The number in the host's table.
    pub id: u64,
    /// Source and captured values; `None` when it captured a live handle and is never equal.
    pub fingerprint: Option<String>,
}

impl Condition {
    /// Every condition of the tree, itself first.
    #[must_use]
    pub fn tree(&self) -> Vec<&Self> {
        let mut all = vec![self];
        if let Self::All(of) | Self::Any(of) = self {
            all.extend(of.iter().flat_map(Self::tree));
        }
        all
    }

    /// Brings the parts that the DOM can answer together, so that each `all` and `any` asks the page once.
    #[must_use]
    pub(super) fn folded(conditions: &[Self]) -> Option<Self> {
        match conditions {
            [] => None,
            [one] => Some(one.fold()),
            many => Some(Self::All(many.to_vec()).fold()),
        }
    }

    fn fold(&self) -> Self {
        match self {
            Self::All(of) => Self::gather(of, |of| DomCondition::All { of }, Self::All),
            Self::Any(of) => Self::gather(of, |of| DomCondition::Any { of }, Self::Any),
            leaf => leaf.clone(),
        }
    }

    fn gather(of: &[Self], dom: impl FnOnce(Vec<DomCondition>) -> DomCondition, mixed: fn(Vec<Self>) -> Self) -> Self {
        let (mut inside, mut others) = (Vec::new(), Vec::new());
        for child in of.iter().map(Self::fold) {
            match child {
                Self::Dom(condition) => inside.push(condition),
                other => others.push(other),
            }
        }
        let gathered = match inside.len() {
            0 => None,
            1 => inside.pop(),
            _ => Some(dom(inside)),
        };
        match gathered {
            Some(condition) if others.is_empty() => Self::Dom(condition),
            Some(condition) => {
                others.insert(0, Self::Dom(condition));
                mixed(others)
            }
            None => mixed(others),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dom(condition) => dom(condition, f),
            Self::Js(program) => write!(f, "js({})", quoted(program.source())),
            Self::Url(pattern) => write!(f, "url({})", quoted(pattern.as_str())),
            Self::Response(pattern) => write!(f, "response({})", quoted(pattern.as_str())),
            Self::Idle(quiet) => write!(f, "idle({})", quoted(&duration(*quiet))),
            Self::Closure(_) => f.write_str("|| …"),
            Self::All(of) => list("all", of, f, Self::fmt),
            Self::Any(of) => list("any", of, f, Self::fmt),
        }
    }
}

fn dom(condition: &DomCondition, f: &mut Formatter<'_>) -> std::fmt::Result {
    match condition {
        DomCondition::Attached { css } => f.write_str(&quoted(css)),
        DomCondition::Visible { css } => write!(f, "visible({})", quoted(css)),
        DomCondition::Hidden { css } => write!(f, "hidden({})", quoted(css)),
        DomCondition::Gone { css } => write!(f, "gone({})", quoted(css)),
        DomCondition::Count { css, at_least, at_most, exactly } => {
            write!(f, "count({}", quoted(css))?;
            let bounds = [("at_least", at_least), ("at_most", at_most), ("exactly", exactly)];
            for (name, bound) in bounds {
                if let Some(bound) = bound {
                    write!(f, ", {name}: {bound}")?;
                }
            }
            f.write_str(")")
        }
        DomCondition::Text { css, text } => write!(f, "text({}, {})", quoted(css), quoted(text)),
        DomCondition::Changed { css, .. } => write!(f, "changed({})", quoted(css)),
        DomCondition::Grows { css, .. } => write!(f, "grows({})", quoted(css)),
        DomCondition::All { of } => list("all", of, f, dom),
        DomCondition::Any { of } => list("any", of, f, dom),
    }
}

fn list<T>(
    name: &str,
    of: &[T],
    f: &mut Formatter<'_>,
    each: fn(&T, &mut Formatter<'_>) -> std::fmt::Result,
) -> std::fmt::Result {
    write!(f, "{name}([")?;
    for (i, condition) in of.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        each(condition, f)?;
    }
    f.write_str("])")
}
