//! Trusted input: what a person's mouse and keyboard would send (CDP `Input`).

use serde_json::{Value, json};

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::input::{Button, Input};
use crate::browser::key::{Key, Modifier};

use super::page::ChromiumTab;

/// Where the pointer is and what is held down.
#[derive(Debug, Default, Clone)]
pub(super) struct Hand {
    at: (f64, f64),
    /// `MouseEvent.buttons`.
    buttons: u8,
    /// The bits of CDP's modifiers.
    modifiers: u8,
    /// The button that went down last.
    last: Button,
}

impl ChromiumTab {
    /// Sends input events in one go; each reply comes when the page has taken the event in.
    pub(super) async fn send_input(&self, events: &[Input], deadline: Deadline) -> Result<(), BrowserError> {
        self.need_frames();
        let commands: Vec<(&'static str, Value)> = {
            let mut state = self.events.state();
            state.usable()?;
            state.round_trips += 1;
            let hand = &mut state.lane.hand;
            events.iter().filter_map(|event| hand.command(event)).collect()
        };
        let begin = |(method, params)| self.socket.begin(Some(&self.session), method, params);
        let pending: Result<Vec<_>, CdpError> = commands.into_iter().map(begin).collect();
        for reply in pending.map_err(|error| self.explain(error))? {
            match self.until_lost(reply.wait(deadline.left())).await? {
                Ok(_) => {}
                Err(CdpError::Silent { .. }) => {
                    self.unstick().await;
                    return Err(self.silent("Input", deadline));
                }
                // The document that took it in left.
                Err(error) if error.context_lost() || error.target_lost() => self.events.state().usable()?,
                Err(error) => return Err(self.explain(error)),
            }
        }
        Ok(())
    }
}

impl Hand {
    /// A drop ended what the button held.
    pub(super) fn let_go(&mut self) {
        self.buttons = 0;
    }

    fn command(&mut self, event: &Input) -> Option<(&'static str, Value)> {
        match event {
            Input::Move(x, y) => {
                self.at = (*x, *y);
                let button = if self.buttons == 0 { "none" } else { name(self.last) };
                Some(self.mouse("mouseMoved", button, 0))
            }
            Input::Down(button, count) => {
                self.buttons |= bit(*button);
                self.last = *button;
                Some(self.mouse("mousePressed", name(*button), *count))
            }
            Input::Up(button, count) => {
                self.buttons &= !bit(*button);
                Some(self.mouse("mouseReleased", name(*button), *count))
            }
            Input::KeyDown(key) => {
                self.modifiers |= held(key);
                Some(self.key_down(key))
            }
            Input::KeyUp(key) => {
                self.modifiers &= !held(key);
                (!key.code.is_empty()).then(|| ("Input.dispatchKeyEvent", self.key("keyUp", key)))
            }
            Input::Text(text) => Some(("Input.insertText", json!({ "text": text }))),
        }
    }

    fn mouse(&self, kind: &str, button: &str, count: u8) -> (&'static str, Value) {
        let (x, y) = self.at;
        let params = json!({
            "type": kind, "x": x, "y": y, "button": button, "buttons": self.buttons, "clickCount": count,
            "modifiers": self.modifiers,
        });
        ("Input.dispatchMouseEvent", params)
    }

    fn key_down(&self, key: &Key) -> (&'static str, Value) {
        // What no key of the keyboard types comes as from an input method.
        if key.code.is_empty() {
            return ("Input.insertText", json!({ "text": key.text }));
        }
        let typed = if self.modifiers & !Modifier::Shift.bit() == 0 { key.text.as_str() } else { "" };
        let mut params = self.key(if typed.is_empty() { "rawKeyDown" } else { "keyDown" }, key);
        if !typed.is_empty() {
            params["text"] = json!(typed);
            params["unmodifiedText"] = json!(typed);
        }
        // Elsewhere the browser knows the editing commands of a chord by itself.
        if cfg!(target_os = "macos") && self.modifiers & Modifier::Meta.bit() != 0 && key.code == "KeyA" {
            params["commands"] = json!(["selectAll"]);
        }
        ("Input.dispatchKeyEvent", params)
    }

    fn key(&self, kind: &str, key: &Key) -> Value {
        json!({
            "type": kind, "key": key.key, "code": key.code, "windowsVirtualKeyCode": key.key_code,
            "nativeVirtualKeyCode": key.key_code, "modifiers": self.modifiers,
        })
    }
}

fn held(key: &Key) -> u8 {
    Modifier::ALL.iter().find(|(_, name)| *name == key.key).map_or(0, |(modifier, _)| modifier.bit())
}

fn name(button: Button) -> &'static str {
    match button {
        Button::Left => "left",
        Button::Middle => "middle",
        Button::Right => "right",
    }
}

fn bit(button: Button) -> u8 {
    match button {
        Button::Left => 1,
        Button::Right => 2,
        Button::Middle => 4,
    }
}
