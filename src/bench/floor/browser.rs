//! A browser launched directly: no driver, no session, one socket.

use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::page::Page;
use crate::bench::BenchError;
use crate::browser::{CdpSocket, Program, find, launch_flags};

/// Past this nothing is measured any more.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A running headless shell with a profile folder of its own.
pub(super) struct Browser {
    child: Child,
    pub(super) socket: CdpSocket,
    _profile: TempDir,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    #[serde(default)]
    browser_context_id: String,
    #[serde(default)]
    target_id: String,
    #[serde(default)]
    session_id: String,
}

impl Browser {
    /// Starts it and connects.
    pub(super) async fn launch() -> Result<Self, BenchError> {
        let program = find(Program::HeadlessShell)
            .ok_or_else(|| BenchError::Floor("there is no headless shell: run `crawl setup`".to_owned()))?;
        let profile = tempfile::tempdir().map_err(|error| BenchError::system("make a temporary folder", &error))?;
        let mut child = Command::new(program)
            // Features and drawing stay as the browser has them: what is gained by a choice of them is ours, not the floor's.
            .args(launch_flags(true))
            // Pages as large as a session's are when nothing else is asked for.
            .args(["--window-size=1280,720", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| BenchError::system("start the headless shell", &error))?;
        let mut lines = BufReader::new(child.stderr.take().expect("stderr was asked to be piped")).lines();
        let address = loop {
            let line = lines.next_line().await.ok().flatten();
            let line = line.ok_or_else(|| BenchError::Floor("the browser ended before it listened".to_owned()))?;
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.trim().to_owned();
            }
        };
        // A browser whose pipe is full would stop.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let socket = CdpSocket::connect(&address, None).await.map_err(BenchError::Floor)?;
        Ok(Self { child, socket, _profile: profile })
    }

    /// A page in a browser context of its own.
    pub(super) async fn page(&self) -> Result<Page, BenchError> {
        let context = self.make("Target.createBrowserContext", json!({})).await?.browser_context_id;
        let target = json!({ "url": "about:blank", "browserContextId": context });
        let target = self.make("Target.createTarget", target).await?.target_id;
        let attach = json!({ "targetId": target, "flatten": true });
        let session = self.make("Target.attachToTarget", attach).await?.session_id;
        Page::attach(&self.socket, session).await
    }

    async fn make(&self, method: &'static str, params: Value) -> Result<Made, BenchError> {
        self.socket.call(None, method, params, PATIENCE).await.map_err(refused)
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn end(mut self) {
        self.socket.send(None, "Browser.close", json!({}));
        // One that does not end by itself is killed as the value goes.
        let _ = tokio::time::timeout(PATIENCE, self.child.wait()).await;
    }
}

pub(super) fn refused(error: impl std::fmt::Debug) -> BenchError {
    BenchError::Floor(format!("{error:?}"))
}
