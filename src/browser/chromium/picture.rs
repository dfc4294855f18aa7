//! What a page looks like: as a picture, on paper, as an archive.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::aim::Place;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;

use super::page::ChromiumTab;

const SHOOT: &str = "Page.captureScreenshot";

/// What CDP answers with: text, or bytes as base64.
#[derive(Deserialize)]
struct Given {
    data: String,
}

impl ChromiumTab {
    pub(super) async fn shot(&self, full_page: bool, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let mut params = json!({ "format": "png", "captureBeyondViewport": full_page });
        if full_page {
            params["clip"] = self.whole_page(deadline).await?;
        }
        self.shoot(params, deadline).await
    }

    /// A small picture of the viewport, for people.
    pub(super) async fn glimpse(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.shoot(json!({ "format": "webp", "quality": 60 }), deadline).await
    }

    pub(super) async fn shot_of(&self, place: &Place, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let [x, y, width, height] = self.area(place, deadline).await?;
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": 1 });
        self.shoot(json!({ "format": "png", "captureBeyondViewport": true, "clip": clip }), deadline).await
    }

    pub(super) async fn printed(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let params = json!({ "printBackground": true, "preferCSSPageSize": true });
        let printed = self.until_lost(self.call::<Given>("Page.printToPDF", params, deadline.left())).await?;
        decoded("Page.printToPDF", &printed.map_err(|error| self.explain(error))?.data)
    }

    pub(super) async fn archived(&self, deadline: Deadline) -> Result<String, BrowserError> {
        let params = json!({ "format": "mhtml" });
        let archived = self.until_lost(self.call::<Given>("Page.captureSnapshot", params, deadline.left())).await?;
        archived.map(|archived| archived.data).map_err(|error| self.explain(error))
    }

    async fn shoot(&self, params: Value, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.need_frames();
        let shot: Given = self.ask(SHOOT, params, deadline).await?;
        decoded(SHOOT, &shot.data)
    }

    /// The clip that takes in everything.
    async fn whole_page(&self, deadline: Deadline) -> Result<Value, BrowserError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Metrics {
            css_content_size: Size,
        }
        #[derive(Deserialize)]
        struct Size {
            width: f64,
            height: f64,
        }
        let metrics: Metrics = self.ask("Page.getLayoutMetrics", json!({}), deadline).await?;
        let Size { width, height } = metrics.css_content_size;
        Ok(json!({ "x": 0, "y": 0, "width": width.max(1.0), "height": height.max(1.0), "scale": 1 }))
    }
}

fn decoded(command: &str, data: &str) -> Result<Vec<u8>, BrowserError> {
    BASE64_STANDARD
        .decode(data)
        .map_err(|error| BrowserError::Protocol { command: command.to_owned(), message: error.to_string() })
}
