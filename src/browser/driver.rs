//! A chromedriver of our own: its process, its port, its end.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::error::BrowserError;
use super::reaper::Reaper;

/// How long a driver may take to tell its port; 10 ms are usual.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A killed process is gone in milliseconds.
const END_LIMIT: Duration = Duration::from_secs(2);

/// A running chromedriver with the browser it starts: one process group, which ends with this value.
#[derive(Debug)]
pub(super) struct Driver {
    child: Option<Child>,
    group: u32,
    port: u16,
    reaper: Arc<Reaper>,
}

impl Driver {
    /// Starts `program` on a free port. Profiles go to `folder`, as the driver's temporary folder: a profile folder of
    /// our own choice hangs headless-shell.
    pub(super) async fn start(program: &Path, folder: &Path, reaper: &Arc<Reaper>) -> Result<Self, BrowserError> {
        let mut child = Command::new(program)
            .arg("--port=0")
            .env("TMPDIR", folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(program, &error.to_string()))?;
        let group = child.id().ok_or_else(|| failed(program, "it ended at once"))?;
        reaper.add(group);
        let stdout = child.stdout.take().expect("stdout was asked to be piped");
        let mut driver = Self { child: Some(child), group, port: 0, reaper: Arc::clone(reaper) };
        driver.port = match tokio::time::timeout(START_LIMIT, port(stdout)).await {
            Ok(Some(port)) => port,
            Ok(None) => return Err(failed(program, "it ended before it told its port")),
            Err(_) => return Err(failed(program, "it did not tell its port in time")),
        };
        Ok(driver)
    }

    /// Its WebDriver address.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills driver and browser and collects the driver's exit.
    pub(super) async fn end(mut self) {
        self.reaper.kill(self.group);
        if let Some(mut child) = self.child.take() {
            let _ = tokio::time::timeout(END_LIMIT, child.wait()).await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.reaper.kill(self.group);
        // tokio collects a dropped child in the background; the reaper does the killing, the browser included.
        drop(self.child.take());
    }
}

async fn port(stdout: ChildStdout) -> Option<u16> {
    let mut lines = BufReader::new(stdout).lines();
    let mut port = None;
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, after)) = line.split_once("started successfully on port ") {
            port = after.trim_end_matches('.').trim().parse().ok();
            break;
        }
    }
    // A driver whose pipe is full or closed would stop: read on for as long as it writes.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    port
}

fn failed(program: &Path, why: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("`{}` did not start: {why}", program.display()),
        help: "run `crawl doctor`".to_owned(),
    }
}
