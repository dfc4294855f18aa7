//! A page of the floor: navigate and wait for the DOM, evaluate and take the value.

use std::sync::{Arc, Weak};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::browser::{PATIENCE, refused};
use crate::bench::BenchError;
use crate::browser::{CdpSocket, EventSink};

/// An attached page.
pub(super) struct Page {
    socket: CdpSocket,
    session: String,
    loaded: Arc<Loaded>,
}

/// One permit for each document whose DOM is complete.
struct Loaded(Semaphore);

impl EventSink for Loaded {
    fn event(&self, _: Option<&str>, method: &str, _: &RawValue) {
        if method == "Page.domContentEventFired" {
            self.0.add_permits(1);
        }
    }

    fn gone(&self, _: &str) {
        self.0.close();
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result: Object,
    exception_details: Option<Value>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    error_text: Option<String>,
}

impl Page {
    pub(super) async fn attach(socket: &CdpSocket, session: String) -> Result<Self, BenchError> {
        let loaded = Arc::new(Loaded(Semaphore::new(0)));
        let weak: Weak<dyn EventSink> = Arc::<Loaded>::downgrade(&loaded);
        socket.listen(&session, weak);
        let page = Self { socket: socket.clone(), session, loaded };
        let _: IgnoredAny = page.call("Page.enable", json!({})).await?;
        Ok(page)
    }

    /// Loads a document until its DOM is complete.
    pub(super) async fn go(&self, url: &str) -> Result<(), BenchError> {
        let navigated: Navigated = self.call("Page.navigate", json!({ "url": url })).await?;
        match navigated.error_text {
            Some(reason) => Err(BenchError::Floor(reason)),
            None => self.arrived().await,
        }
    }

    /// Waits for the DOM of the next document.
    pub(super) async fn arrived(&self) -> Result<(), BenchError> {
        let permit = tokio::time::timeout(PATIENCE, self.loaded.0.acquire()).await;
        permit.map_err(refused)?.map_err(refused)?.forget();
        Ok(())
    }

    /// The value of an expression; a promise is awaited.
    pub(super) async fn evaluate(&self, js: &str) -> Result<Value, BenchError> {
        let params = json!({ "expression": js, "awaitPromise": true, "returnByValue": true });
        let evaluated: Evaluated = self.call("Runtime.evaluate", params).await?;
        match evaluated.exception_details {
            Some(details) => Err(BenchError::Floor(details.to_string())),
            None => Ok(evaluated.result.value),
        }
    }

    async fn call<R: serde::de::DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<R, BenchError> {
        self.socket.call(Some(&self.session), method, params, PATIENCE).await.map_err(refused)
    }
}
