//! A chromedriver of our own: its process, its port, its end.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::error::BrowserError;
use super::reaper::Reaper;

/// How often a driver is started that ends before it listens: it takes a free port of IPv4, then wants the same one of
/// IPv6, which another program may have.
const STARTS: usize = 5;

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
        let mut last_words = String::new();
        for _ in 0..STARTS {
            match Self::start_once(program, folder, reaper).await? {
                Ok(driver) => return Ok(driver),
                Err(words) => last_words = words,
            }
        }
        Err(failed(program, &format!("it ended before it told its port{last_words}")))
    }

    /// One try; the inner error is what a driver said that ended before it listened.
    async fn start_once(
        program: &Path,
        folder: &Path,
        reaper: &Arc<Reaper>,
    ) -> Result<Result<Self, String>, BrowserError> {
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
        match tokio::time::timeout(START_LIMIT, port(stdout)).await {
            Ok(Ok(port)) => driver.port = port,
            Ok(Err(words)) => {
                driver.end().await;
                return Ok(Err(words));
            }
            Err(_) => return Err(failed(program, "it did not tell its port in time")),
        }
        Ok(Ok(driver))
    }

    /// The process group that it and its browser form.
    pub(super) fn group(&self) -> u32 {
        self.group
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

/// The port that a driver tells, or its last line, ready to be put behind a sentence.
async fn port(stdout: ChildStdout) -> Result<u16, String> {
    let mut lines = BufReader::new(stdout).lines();
    let mut last = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let told = line.split_once("started successfully on port ");
        if let Some(port) = told.and_then(|(_, after)| after.trim_end_matches('.').trim().parse().ok()) {
            // A driver whose pipe is full or closed would stop: read on for as long as it writes.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
        last = format!(" ({})", line.trim());
    }
    Err(last)
}

fn failed(program: &Path, why: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("`{}` did not start: {why}", program.display()),
        help: "run `crawl doctor`".to_owned(),
    }
}
