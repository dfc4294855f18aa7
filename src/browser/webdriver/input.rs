//! Trusted input: what a person's mouse and keyboard would send (WebDriver BiDi `input.performActions`).

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::browser::cdp::CdpError;
use crate::browser::deadline::Deadline;
use crate::browser::engine::Engine;
use crate::browser::error::BrowserError;
use crate::browser::input::{Button, Input};
use crate::browser::key::Key;

use super::page::WebDriverTab;
use super::world::left;

// Firefox drops nothing that is dragged so, and would go on dragging: the drag ends before it begins.
const NO_DATA: &str = "(() => {
    globalThis.crawlDrag = new AbortController();
    addEventListener('dragstart', (event) => {
        if (event.defaultPrevented) return;
        event.preventDefault();
        globalThis.crawlDrag = null;
    }, { signal: globalThis.crawlDrag.signal });
    return true;
})()";

/// Whether a drag of data would have begun.
const DATA: &str = "(globalThis.crawlDrag?.abort(), globalThis.crawlDrag === null)";

impl WebDriverTab {
    /// Sends input events in one command.
    pub(super) async fn send_input(&self, events: &[Input], deadline: Deadline) -> Result<(), BrowserError> {
        let mut ticks = Ticks::default();
        events.iter().for_each(|event| ticks.add(event));
        let params = ticks.params(&self.input_context());
        let performing = self.call::<IgnoredAny>("input.performActions", params, deadline.left());
        match self.events.tracker.until_lost(performing).await? {
            Ok(_) => Ok(()),
            Err(CdpError::Silent { .. }) => {
                self.unstick().await;
                Err(self.silent("input.performActions", deadline))
            }
            // The document that took it in left.
            Err(error) if left(&error) => self.events.tracker.state().usable(),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Drags from one point to another.
    pub(super) async fn drag_to(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        deadline: Deadline,
    ) -> Result<(), BrowserError> {
        let firefox = self.home.engine == Engine::Firefox;
        if firefox {
            let _: bool = self.try_in_sandbox(&self.frame(), NO_DATA, deadline).await?.unwrap_or_default();
        }
        self.send_input(&Input::lift(from, to), deadline).await?;
        let began = firefox && self.try_in_sandbox(&self.frame(), DATA, deadline).await?.unwrap_or_default();
        self.send_input(&Input::lower(to), deadline).await?;
        match began {
            true => {
                Err(BrowserError::Unsupported { what: "a drag of the page's own data (HTML drag and drop)".to_owned() })
            }
            false => Ok(()),
        }
    }

    /// Lets go of what is held down, and of the memory of earlier clicks: the next one is the first of its row.
    pub(super) fn release_input(&self) {
        self.socket.send(None, "input.releaseActions", json!({ "context": self.input_context() }));
    }
}

/// Two devices whose actions happen in turn.
#[derive(Default)]
struct Ticks {
    pointer: Vec<Value>,
    keys: Vec<Value>,
}

impl Ticks {
    fn add(&mut self, event: &Input) {
        match event {
            // The standard takes whole pixels.
            Input::Move(x, y) => self.point(json!({ "type": "pointerMove", "x": whole(*x), "y": whole(*y) })),
            Input::Down(button, _) => self.point(json!({ "type": "pointerDown", "button": number(*button) })),
            Input::Up(button, _) => self.point(json!({ "type": "pointerUp", "button": number(*button) })),
            Input::KeyDown(key) => self.strike("keyDown", key),
            Input::KeyUp(key) => self.strike("keyUp", key),
            Input::Text(text) => {
                for key in text.replace("\r\n", "\n").chars().map(Key::typing) {
                    self.strike("keyDown", &key);
                    self.strike("keyUp", &key);
                }
            }
        }
    }

    fn point(&mut self, action: Value) {
        self.pointer.push(action);
        self.keys.push(json!({ "type": "pause" }));
    }

    fn strike(&mut self, kind: &str, key: &Key) {
        self.keys.push(json!({ "type": kind, "value": key.code_point() }));
        self.pointer.push(json!({ "type": "pause" }));
    }

    fn params(self, context: &str) -> Value {
        let mouse = json!({
            "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": self.pointer,
        });
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": self.keys });
        json!({ "context": context, "actions": [mouse, keyboard] })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a viewport is small")]
fn whole(number: f64) -> i64 {
    number.floor() as i64
}

fn number(button: Button) -> u8 {
    button.number()
}
