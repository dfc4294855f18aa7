//! Where in a run a step is asked for: the branch of `parallel`, and the turn it is nested in.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::browser::Deadline;

/// One fork of a run: which `parallel` call of its parent branch, and which of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fork {
    /// The number of the `parallel` call within the parent branch, from 0.
    pub call: u32,
    /// The index of the item, never its order of arrival.
    pub index: u32,
}

/// The path of forks from the run's top to a step; the empty path is the script itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct BranchPath(pub Vec<Fork>);

impl BranchPath {
    /// Whether two branches run side by side, so that neither comes before the other.
    #[must_use]
    pub fn concurrent(&self, other: &Self) -> bool {
        let differing = self.0.iter().zip(&other.0).find(|(mine, theirs)| mine != theirs);
        differing.is_some_and(|(mine, theirs)| mine.call == theirs.call)
    }
}

impl std::fmt::Display for BranchPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, fork) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { "/" };
            write!(f, "{gap}{}.{}", fork.call, fork.index)?;
        }
        Ok(())
    }
}

/// Who asks for a step: a branch, and the turn whose hook or closure is running there, if any.
///
/// The script side keeps one per interpreter thread. Around a hook or closure it uses [`Branch::within`] with the
/// turn of the [`super::LivePage`] it was given, so that what the hook crawls is nested in that turn.
#[derive(Debug, Clone, Default)]
pub struct Branch {
    path: BranchPath,
    turn: Option<Turn>,
}

impl Branch {
    /// The branch of the script itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The branch of item `index` of this branch's `parallel` call number `call`. It starts outside any turn.
    #[must_use]
    pub fn child(&self, call: u32, index: u32) -> Self {
        let mut path = self.path.clone();
        path.0.push(Fork { call, index });
        Self { path, turn: None }
    }

    /// The same branch while a hook or closure of `turn` runs on it.
    #[must_use]
    pub fn within(&self, turn: &Turn) -> Self {
        Self { path: self.path.clone(), turn: Some(turn.clone()) }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &BranchPath {
        &self.path
    }

    /// The turn that it is in.
    #[must_use]
    pub fn turn(&self) -> Option<&Turn> {
        self.turn.as_ref()
    }

    /// Whether this branch is inside a turn of `session`: its steps there are nested, wait for nobody and fire no hooks.
    #[must_use]
    pub fn holds(&self, session: &str) -> bool {
        self.turn.as_ref().is_some_and(|turn| turn.holds(session))
    }
}

/// A session's turn: the time from the start of one step to its end, handed to hooks and closures.
#[derive(Debug, Clone)]
pub struct Turn(Arc<TurnInner>);

#[derive(Debug)]
struct TurnInner {
    session: String,
    deadline: Mutex<Deadline>,
    parent: Option<Turn>,
}

impl Turn {
    /// A turn of `session` asked for from within `parent`.
    #[must_use]
    pub fn new(session: &str, deadline: Deadline, parent: Option<&Self>) -> Self {
        Self(Arc::new(TurnInner {
            session: session.to_owned(),
            deadline: Mutex::new(deadline),
            parent: parent.cloned(),
        }))
    }

    /// The step's deadline; nested steps end by it too.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        *self.0.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the step as much more time as was spent on what is not its own: the start of its browser.
    pub fn postpone(&self, by: Duration) {
        let mut deadline = self.0.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        *deadline = deadline.postponed(by);
    }

    /// Whether this turn, or one that it is nested in, is the session's.
    #[must_use]
    pub fn holds(&self, session: &str) -> bool {
        self.0.session == session || self.0.parent.as_ref().is_some_and(|turn| turn.holds(session))
    }
}
