//! Trusted input as the lanes send it: pointer, keys, text.

use super::key::Key;

/// A button of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Button {
    /// The main one.
    #[default]
    Left,
    /// The wheel's.
    Middle,
    /// The one that opens context menus.
    Right,
}

impl Button {
    /// `MouseEvent.button`.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// One event of input. Points are CSS pixels of the viewport of the main document.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The pointer moves.
    Move(f64, f64),
    /// A button goes down where the pointer is; with which click of a row of clicks, from 1.
    Down(Button, u8),
    /// It goes up.
    Up(Button, u8),
    /// A key goes down.
    KeyDown(Key),
    /// It goes up.
    KeyUp(Key),
    /// Text as typed over what is selected, in one piece where the browser can do that.
    Text(String),
}

impl Input {
    /// A key pressed and let go.
    #[must_use]
    pub fn stroke(key: &Key) -> [Self; 2] {
        [Self::KeyDown(key.clone()), Self::KeyUp(key.clone())]
    }

    /// Takes hold at a point and moves to another by steps, as a hand does: pages begin a drag only after some way.
    #[must_use]
    pub fn lift(from: (f64, f64), to: (f64, f64)) -> Vec<Self> {
        const STEPS: u32 = 5;
        let way = |step: u32| {
            let part = f64::from(step) / f64::from(STEPS);
            Self::Move(from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
        };
        [Self::Move(from.0, from.1), Self::Down(Button::Left, 1)].into_iter().chain((1..=STEPS).map(way)).collect()
    }

    /// Lets go at a point.
    #[must_use]
    pub fn lower(at: (f64, f64)) -> Vec<Self> {
        vec![Self::Move(at.0, at.1), Self::Up(Button::Left, 1)]
    }

    /// Buttons pressed and let go `count` times at a point.
    #[must_use]
    pub fn clicks((x, y): (f64, f64), button: Button, count: u8) -> Vec<Self> {
        let clicks = (1..=count).flat_map(|n| [Self::Down(button, n), Self::Up(button, n)]);
        std::iter::once(Self::Move(x, y)).chain(clicks).collect()
    }
}
