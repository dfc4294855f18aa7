//! A chromedriver of our own: its process, its port, its end.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{ChildStdout, Command};

use super::error::BrowserError;
use crate::process::{Group, Reaper};

/// Ports that no browser lets a page reach (Fetch, "port blocking"), those that need no privilege; without 4190 and 6679,
/// which Chromium lets through. A driver starts any program for whoever asks it from this machine, pages of local sites
/// included: it listens where those cannot ask.
const BLOCKED: [u16; 16] =
    [1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10080];

/// How often a driver is started that ends before it listens: another may have taken its port meanwhile. At last it takes
/// any that is free of IPv4, and wants the same one of IPv6.
const STARTS: usize = 8;

/// How long a driver may take to tell its port; 10 ms are usual.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A running chromedriver with the browser it starts.
#[derive(Debug)]
pub(super) struct Driver {
    group: Group,
    port: u16,
    version: String,
}

impl Driver {
    /// Starts `program` on a free port. Profiles go to `folder`, as the driver's temporary folder: a profile folder of
    /// our own choice hangs headless-shell.
    pub(super) async fn start(program: &Path, folder: &Path, reaper: &Arc<Reaper>) -> Result<Self, BrowserError> {
        let mut last_words = String::new();
        let mut blocked = blocked_ports();
        for start in 0..STARTS {
            let port = blocked.next().filter(|_| start < STARTS / 2).unwrap_or(0);
            match Self::start_once(program, port, folder, reaper).await? {
                Ok(driver) => return Ok(driver),
                Err(words) => last_words = words,
            }
        }
        Err(failed(program, &format!("it ended before it told its port{last_words}")))
    }

    /// One try; the inner error is what a driver said that ended before it listened.
    async fn start_once(
        program: &Path,
        port: u16,
        folder: &Path,
        reaper: &Arc<Reaper>,
    ) -> Result<Result<Self, String>, BrowserError> {
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).env("TMPDIR", folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let (group, stdout) =
            Group::start(&mut command, reaper, |child| child.stdout.take()).map_err(|why| failed(program, &why))?;
        let stdout = stdout.expect("stdout was asked to be piped");
        match tokio::time::timeout(START_LIMIT, told_port(stdout)).await {
            Ok(Ok((port, version))) => Ok(Ok(Self { group, port, version })),
            Ok(Err(words)) => {
                group.end().await;
                Ok(Err(words))
            }
            Err(_) => Err(failed(program, "it did not tell its port in time")),
        }
    }

    /// Its WebDriver address.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its version, as it tells it: `156.0.7890.1 (…)`.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The process group that it and its browser form.
    pub(super) fn into_group(self) -> Group {
        self.group
    }
}

/// The blocked ports that are free now, those first that other runs begin with last.
fn blocked_ports() -> impl Iterator<Item = u16> {
    let first = std::process::id() as usize % BLOCKED.len();
    let ports = BLOCKED.into_iter().cycle().skip(first).take(BLOCKED.len());
    ports.filter(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
}

/// The port and the version that a driver tells, or its last line, ready to be put behind a sentence.
async fn told_port(stdout: ChildStdout) -> Result<(u16, String), String> {
    let mut lines = BufReader::new(stdout).lines();
    let (mut last, mut version) = (String::new(), String::new());
    while let Ok(Some(line)) = lines.next_line().await {
        let told = line.split_once("started successfully on port ");
        if let Some(port) = told.and_then(|(_, after)| after.trim_end_matches('.').trim().parse().ok()) {
            // A driver whose pipe is full or closed would stop: read on for as long as it writes.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((port, version));
        }
        if let Some(told) = line.strip_prefix("Starting ChromeDriver ") {
            told.clone_into(&mut version);
        }
        last = format!(" ({})", line.trim());
    }
    Err(last)
}

/// The error for a program that did not start.
pub(super) fn failed(program: &Path, why: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("`{}` did not start: {why}", program.display()),
        help: "run `crawl doctor`".to_owned(),
    }
}
