//! The hooks of a run: which closures hold at which point for which session.

use std::sync::Mutex;

use super::closure::Closure;
use super::run::{Run, lock};
use crate::crawl::HookPoint;

/// One hook.
#[derive(Clone)]
pub struct Hook {
    /// Where it fires.
    pub point: HookPoint,
    /// The session it holds for; `None`: all.
    pub session: Option<String>,
    /// The closure.
    pub closure: Closure,
}

/// All hooks, in the order of their `on(…)`.
#[derive(Default)]
pub struct HookTable(Mutex<Vec<Hook>>);

impl HookTable {
    /// Adds a hook.
    pub fn add(&self, hook: Hook) {
        lock(&self.0).push(hook);
    }

    /// Drops all hooks (a new run of watch).
    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    /// All hooks, to be put back by [`HookTable::restore`].
    #[must_use]
    pub fn all(&self) -> Vec<Hook> {
        lock(&self.0).clone()
    }

    /// Puts back what [`HookTable::all`] gave.
    pub fn restore(&self, hooks: Vec<Hook>) {
        *lock(&self.0) = hooks;
    }

    /// The hooks that hold at a point for a session, in order, each with its number among all of the session.
    #[must_use]
    pub fn at(&self, point: HookPoint, session: &str) -> Vec<(usize, Hook)> {
        self.of(session).into_iter().enumerate().filter(|(_, hook)| hook.point == point).collect()
    }

    /// The hooks that hold for a session, in order.
    #[must_use]
    pub fn of(&self, session: &str) -> Vec<Hook> {
        let holds = |hook: &&Hook| hook.session.as_deref().is_none_or(|id| id == session);
        lock(&self.0).iter().filter(holds).cloned().collect()
    }

    /// Whether any session has a hook at that point.
    #[must_use]
    pub fn anywhere(&self, point: HookPoint) -> bool {
        lock(&self.0).iter().any(|hook| hook.point == point)
    }

    /// Whether there is any.
    #[must_use]
    pub fn any(&self, point: HookPoint, session: &str) -> bool {
        lock(&self.0).iter().any(|hook| hook.point == point && hook.session.as_deref().is_none_or(|id| id == session))
    }

    /// What the hooks of a session compare by; `None`: never equal.
    #[must_use]
    pub fn fingerprint(&self, run: &Run, session: &str) -> Option<String> {
        let mut out = String::new();
        for hook in self.of(session) {
            out.push_str(hook.point.name());
            out.push('\u{1}');
            out.push_str(&hook.closure.fingerprint(run)?);
            out.push('\u{2}');
        }
        Some(out)
    }
}
