//! What only the fast lane knows of a tab: its worlds, its frames' sessions, how it is asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::browser::known::Known;
use crate::browser::rewrite::Rewrite;
use crate::browser::tracker;

use super::ahead::Ahead;
use super::chooser::Chooser;
use super::event::Children;
use super::frames::Pace;
use super::input::Hand;
use super::setup::Command;

/// The state of a tab on the fast lane.
pub(super) type State = tracker::State<Lane>;

/// The lane's own part of it.
#[derive(Default)]
pub(super) struct Lane {
    /// Isolated worlds by frame id.
    pub(super) worlds: HashMap<String, World>,
    /// The main world of the main frame: its `uniqueContextId`.
    pub(super) main_world: Option<String>,
    /// The main worlds of the other frames, by frame id.
    pub(super) frame_worlds: HashMap<String, World>,
    /// What the document of the last navigation was asked as it began.
    pub(super) ahead: Option<Ahead>,
    /// The page's text as it was sent last.
    pub(super) known: Known,
    /// Selectors that the page's engine has taken: a baseline of these cannot fail for what they say.
    pub(super) taken: HashSet<String>,
    /// What the identity wants of every frame, also of those that come later.
    pub(super) everywhere: Vec<Command>,
    /// Sessions of out-of-process frames: session id to frame id.
    pub(super) children: Children,
    /// The frames that are acted in, outermost first; none: the main frame.
    pub(super) entered: Vec<String>,
    /// Those of them that the page took away meanwhile.
    pub(super) left: HashSet<String>,
    /// Pointer and keyboard.
    pub(super) hand: Hand,
    /// The file chooser that the page would have opened.
    pub(super) chooser: Option<Chooser>,
    /// The data of a drag that the browser would begin.
    pub(super) dragged: Option<serde_json::Value>,
    /// When its frames are due.
    pub(super) pace: Pace,
    /// The page takes itself to have the focus.
    pub(super) focused: bool,
    /// Local storage by origin, as the page's changes told it.
    pub(super) stored: BTreeMap<String, BTreeMap<String, String>>,
    /// How the next document's request differs from a plain one.
    pub(super) rewrite: Option<Rewrite>,
    /// Why requests failed, where the browser has no name for it.
    pub(super) reasons: HashMap<String, String>,
    /// Requests that were given credentials: a second question means that these are wrong.
    pub(super) answered: HashSet<String>,
}

/// Where a frame's isolated world is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World {
    /// The CDP session that serves the frame.
    pub(super) session: String,
    /// `uniqueContextId`.
    pub(super) context: String,
}
