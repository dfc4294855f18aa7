//! Dragging: with the pointer alone, or as drag and drop of the page's own data (CDP `Input.setInterceptDrags`).

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::input::Input;
use crate::browser::locate;

use super::page::ChromiumTab;

impl ChromiumTab {
    /// Drags from one point to another.
    pub(super) async fn drag_to(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        deadline: Deadline,
    ) -> Result<(), BrowserError> {
        self.events.state().lane.dragged = None;
        let _: IgnoredAny = self.ask("Input.setInterceptDrags", json!({ "enabled": true }), deadline).await?;
        let done = self.drag_and_drop(from, to, deadline).await;
        self.socket.send(Some(&self.session), "Input.setInterceptDrags", json!({ "enabled": false }));
        done
    }

    async fn drag_and_drop(&self, from: (f64, f64), to: (f64, f64), deadline: Deadline) -> Result<(), BrowserError> {
        self.send_input(&Input::lift(from, to), deadline).await?;
        // The browser tells of a drag of data beside the replies; after the page's next frame it has.
        let _: bool = self.locate(locate::FRAMES, deadline).await?;
        let data = self.events.state().lane.dragged.take();
        let Some(data) = data else {
            return self.send_input(&Input::lower(to), deadline).await;
        };
        for kind in ["dragEnter", "dragOver", "drop"] {
            let params: Value = json!({ "type": kind, "x": to.0, "y": to.1, "data": data });
            let _: IgnoredAny = self.ask("Input.dispatchDragEvent", params, deadline).await?;
        }
        self.events.state().lane.hand.let_go();
        Ok(())
    }
}
