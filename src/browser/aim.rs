//! What an act is aimed at, what must hold of it, and what became of looking for it.

use serde::{Deserialize, Serialize};

use crate::page::Target;

/// Where a target is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// What is looked for.
    pub target: Target,
    /// Which of several matches, from 0; a negative number counts from the last.
    pub nth: Option<i64>,
    /// The element that it lies in.
    pub within: Option<Target>,
}

impl Place {
    /// The one match of a target in the whole document.
    #[must_use]
    pub fn of(target: Target) -> Self {
        Self { target, nth: None, within: None }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.target.fmt(f)
    }
}

/// What must hold of an element before something is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// It is rendered and not hidden.
    Visible,
    /// Neither it nor what it lies in is disabled.
    Enabled,
    /// It is not read-only.
    Editable,
    /// Its box is the same in two frames that follow each other.
    Stable,
    /// It has a point in the viewport, scrolled there if need be.
    Point,
    /// The pointer hits it at that point.
    Hit,
}

/// What the page itself does to a target that is ready, or prepares for the input that follows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Deed {
    /// Focuses the field and selects what is in it, or sets the value of one that is not typed into.
    Fill { value: String },
    /// Focuses the field, the caret after what is in it.
    Type,
    /// Focuses the element.
    Focus,
    /// Selects options.
    Select { wanted: Vec<Choice> },
    /// Says whether a click is needed for the box to be checked or not; `now`: it must be by now.
    Checked { wanted: bool, now: bool },
    /// Makes sure that so many files are taken.
    Files { count: usize },
    /// Submits the form that it is or lies in.
    Submit,
    /// Scrolls it into the middle of the view.
    Show,
    /// Scrolls the box that it is, has or lies in: `to_end`, `to_start`, or by pixels to the right and down.
    Scroll { to: Option<String>, by: (f64, f64) },
    /// Scrolls it into view and tells where it lies.
    Picture,
    /// Makes sure that it is a frame.
    Frame,
}

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// By value or label.
    Any(String),
    /// By value.
    Value(String),
    /// By label.
    Label(String),
    /// By number, from 0.
    Index(u64),
}

/// A target with what is wished of it.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Where it is.
    pub place: &'a Place,
    /// What must hold.
    pub checks: &'a [Check],
    /// What is done as soon as it does.
    pub deed: Option<&'a Deed>,
    /// The point in CSS pixels from its upper left corner; the middle where not given.
    pub position: Option<(f64, f64)>,
}

/// A target that is ready.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Its point in CSS pixels of the viewport of the main document.
    pub point: (f64, f64),
    /// What the deed came to.
    pub did: Did,
}

/// What a [`Deed`] came to.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Did {
    /// What is left for input to do.
    pub how: How,
    /// Where it lies: x, y, width and height in CSS pixels of its document's viewport.
    pub area: [f64; 4],
    /// How far its document is scrolled, to the right and down.
    pub scrolled: (f64, f64),
}

impl Did {
    /// Where it lies in its document, however that is scrolled.
    #[must_use]
    pub fn area_of_document(&self) -> [f64; 4] {
        let [x, y, width, height] = self.area;
        [x + self.scrolled.0, y + self.scrolled.1, width, height]
    }
}

/// What is left to do after a [`Deed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// Nothing: it was so already.
    #[default]
    None,
    /// Nothing: it is done.
    Set,
    /// Type over what is selected.
    Type,
    /// Delete what is selected.
    Delete,
    /// Click.
    Click,
    /// Hand over the files.
    Files,
}

/// Why a target is not ready.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Missed {
    /// The reason.
    pub why: Why,
    /// In words: the element, its cover, or what is wrong with the value.
    pub words: String,
    /// The element that was aimed at, where `words` names another.
    pub target: String,
    /// What would be right.
    pub hint: String,
    /// How many matches there are.
    pub count: u64,
    /// The first of several matches.
    pub list: Vec<Candidate>,
    /// Names that there are.
    pub near: Vec<String>,
    /// It is about what `within` names, or the frame.
    pub outer: bool,
}

/// The reasons for which a target is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// Nothing matches.
    #[default]
    None,
    /// More than one matches.
    Many,
    /// It is not visible.
    Hidden,
    /// It is disabled.
    Disabled,
    /// It is read-only.
    Readonly,
    /// It still moves.
    Moving,
    /// It left the document again and again.
    Detached,
    /// Something lies over it.
    Covered,
    /// It cannot be scrolled into the viewport.
    Outside,
    /// It is of the wrong kind for this act.
    Kind,
    /// Its kind does not take this value.
    Value,
    /// The list has no such option.
    Option,
    /// The form's own validation refuses.
    Invalid,
    /// The click did not change its state.
    Unchanged,
    /// The page refuses the selector, the XPath or the regular expression.
    Refused,
}

/// One of several matches.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Candidate {
    /// Its tag with the beginning of its text.
    pub html: String,
    /// A target that means it alone.
    pub selector: String,
}
