//! What a person does on a page: the actions of LANGUAGE section 7, as the journal keeps them.

use serde_json::{Value, json};

use super::act::Verb;
use crate::browser::{Button, Choice, Chord, Modifier, Place};
use crate::text::Secrets;

/// An action with its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What is done.
    pub gesture: Gesture,
    /// Without waiting until the target is visible, enabled, still and hit.
    pub force: bool,
}

/// The ways to act.
#[derive(Debug, Clone, PartialEq)]
pub enum Gesture {
    /// Presses and lets go a button of the pointer.
    Click {
        /// `click`, `double_click` or `right_click`.
        verb: Verb,
        place: Place,
        button: Button,
        count: u8,
        modifiers: Vec<Modifier>,
        /// CSS pixels from the target's upper left corner.
        position: Option<(f64, f64)>,
    },
    /// Moves the pointer there.
    Hover { place: Place, position: Option<(f64, f64)>, modifiers: Vec<Modifier> },
    /// Puts a value in place of what a field has.
    Fill { place: Place, value: String },
    /// Types key by key, after what a field has.
    Type { place: Place, text: String },
    /// Presses keys: on the target, else where the focus is.
    Press { place: Option<Place>, keys: String, chord: Chord },
    /// Chooses from a list.
    Select { place: Place, wanted: Vec<Choice> },
    /// Sets a checkbox or radio button.
    Check { place: Place, wanted: bool },
    /// Gives files to a field: absolute paths.
    Upload { place: Place, files: Vec<String>, digests: Vec<String> },
    /// Drags one element onto another.
    Drag { from: Place, to: Place },
    /// Scrolls.
    Scroll { place: Option<Place>, how: Scrolling },
    /// Submits a form.
    Submit { place: Place },
    /// Goes through the tab's history.
    History(Traversal),
}

/// How far to scroll.
#[derive(Debug, Clone, PartialEq)]
pub enum Scrolling {
    /// Until the target is in view.
    Into,
    /// To the beginning or the end of the box: `to_start`, `to_end`.
    To(&'static str),
    /// By CSS pixels to the right and down.
    By(f64, f64),
}

pub use crate::browser::Traversal;

impl Gesture {
    /// Its verb.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Click { verb, .. } => *verb,
            Self::Hover { .. } => Verb::Hover,
            Self::Fill { .. } => Verb::Fill,
            Self::Type { .. } => Verb::TypeText,
            Self::Press { .. } => Verb::Press,
            Self::Select { .. } => Verb::SelectOption,
            Self::Check { wanted: true, .. } => Verb::Check,
            Self::Check { wanted: false, .. } => Verb::Uncheck,
            Self::Upload { .. } => Verb::Upload,
            Self::Drag { .. } => Verb::Drag,
            Self::Scroll { .. } => Verb::Scroll,
            Self::Submit { .. } => Verb::Submit,
            Self::History(Traversal::Back) => Verb::Back,
            Self::History(Traversal::Forward) => Verb::Forward,
            Self::History(Traversal::Reload) => Verb::Reload,
        }
    }

    /// What it aims at first.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Click { place, .. }
            | Self::Hover { place, .. }
            | Self::Fill { place, .. }
            | Self::Type { place, .. }
            | Self::Select { place, .. }
            | Self::Check { place, .. }
            | Self::Upload { place, .. }
            | Self::Submit { place }
            | Self::Drag { from: place, .. } => Some(place),
            Self::Press { place, .. } | Self::Scroll { place, .. } => place.as_ref(),
            Self::History(_) => None,
        }
    }
}

impl Action {
    /// A click on the middle of a target with the main button.
    #[must_use]
    pub fn click(place: Place) -> Self {
        let (verb, button, count) = (Verb::Click, Button::Left, 1);
        let gesture = Gesture::Click { verb, place, button, count, modifiers: Vec::new(), position: None };
        Self { gesture, force: false }
    }

    /// What it compares by.
    #[must_use]
    pub fn key(&self) -> Value {
        let what = match &self.gesture {
            Gesture::Click { button, count, modifiers, position, .. } => json!([button, count, modifiers, position]),
            Gesture::Hover { position, modifiers, .. } => json!([position, modifiers]),
            Gesture::Fill { value, .. } => json!(value),
            Gesture::Type { text, .. } => json!(text),
            Gesture::Press { keys, .. } => json!(keys),
            Gesture::Select { wanted, .. } => json!(wanted),
            Gesture::Check { wanted, .. } => json!(wanted),
            Gesture::Upload { files, digests, .. } => json!([names(files), digests]),
            Gesture::Drag { to, .. } => json!(to),
            Gesture::Scroll { how, .. } => json!(format!("{how:?}")),
            Gesture::Submit { .. } | Gesture::History(_) => Value::Null,
        };
        json!([self.gesture.place(), what, self.force])
    }

    /// What it is about, in a few words.
    #[must_use]
    pub fn words(&self, secrets: &Secrets) -> String {
        use super::words::quoted;
        use crate::text::one_line_without;
        let place = self.gesture.place().map(|place| quoted(&one_line_without(secrets, &place.to_string(), 60)));
        let more = match &self.gesture {
            Gesture::Press { keys, .. } => Some(quoted(keys)),
            Gesture::Drag { to, .. } => Some(quoted(&one_line_without(secrets, &to.to_string(), 60))),
            Gesture::Scroll { how: Scrolling::To(end), .. } => Some((*end).to_owned()),
            Gesture::Scroll { how: Scrolling::By(x, y), .. } => {
                Some(if *x == 0.0 { format!("by {y}") } else { format!("by {x}, {y}") })
            }
            _ => None,
        };
        place.into_iter().chain(more).collect::<Vec<_>>().join(", ")
    }
}

/// What a site sees of files' paths.
fn names(files: &[String]) -> Vec<&str> {
    files.iter().map(|file| file.rsplit(['/', '\\']).next().unwrap_or(file)).collect()
}
