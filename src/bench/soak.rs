//! Long runs: what our process and its browser take after many sessions and many steps.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::BenchError;
use super::measure::{children, named};
use crate::browser::{group_footprint, process_footprint};

/// How long a run is.
#[derive(Debug, Clone)]
pub struct SoakPlan {
    /// The program that runs the scripts.
    pub program: PathBuf,
    /// The address of the site.
    pub site: String,
    /// How many sessions are opened and closed.
    pub sessions: u32,
    /// How many steps one session does.
    pub steps: u32,
}

/// What was seen at a moment.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Mark {
    /// How many sessions or steps were done.
    pub done: u32,
    /// Seconds since the begin.
    pub seconds: f64,
    /// Megabytes of our own process (PSS).
    pub ours: f64,
    /// Megabytes of the driver and the browser (PSS).
    pub browser: f64,
    /// Processes of driver and browser.
    pub processes: usize,
    /// Open files of our own process.
    pub files: usize,
}

/// One long run.
#[derive(Debug, Clone, Serialize)]
pub struct Soaked {
    /// What was done.
    pub name: String,
    /// The marks; the first is the level that the others are held against.
    pub marks: Vec<Mark>,
}

/// The first mark: caches are filled and what is made once is there.
const WARM: u32 = 50;

/// After the script has said that it is at a mark, what it just did may still be cleared away.
const CALM: Duration = Duration::from_millis(300);

/// Does both runs; `tell` hears what is being done.
///
/// # Errors
/// [`BenchError`] when a run fails.
pub fn soak(plan: &SoakPlan, tell: &dyn Fn(&str)) -> Result<Vec<Soaked>, BenchError> {
    let folder = tempfile::tempdir().map_err(|error| BenchError::system("make a temporary folder", &error))?;
    let mut runs = Vec::new();
    for (script, what, count) in [
        (include_str!("scripts/soak_sessions.crawl"), "sessions opened and closed", plan.sessions),
        (include_str!("scripts/soak_steps.crawl"), "steps of one session", plan.steps),
    ] {
        if count == 0 {
            continue;
        }
        let name = format!("{count} {what}");
        tell(&name);
        let path = folder.path().join("soak.crawl");
        std::fs::write(&path, script).map_err(|error| BenchError::system("write a script", &error))?;
        runs.push(Soaked { name, marks: one(plan, &path, count)? });
    }
    Ok(runs)
}

fn marks(count: u32) -> Vec<u32> {
    let mut marks = vec![WARM.min(count)];
    marks.extend((1..=4).map(|quarter| count * quarter / 4).filter(|mark| *mark > WARM));
    marks.dedup();
    marks
}

fn one(plan: &SoakPlan, script: &Path, count: u32) -> Result<Vec<Mark>, BenchError> {
    let failed = |error| BenchError::system("run a process", &error);
    let wanted: Vec<String> = marks(count).iter().map(u32::to_string).collect();
    let mut child = Command::new(&plan.program)
        .args(["run", "-q", "--browser", "headless-shell"])
        .args(["--set", &format!("site={}", plan.site), "--set", &format!("count={count}")])
        .args(["--set", &format!("marks=\"{}\"", wanted.join(","))])
        .arg(script)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(failed)?;
    let begun = Instant::now();
    let stdout = child.stdout.take().expect("it was asked to be piped");
    let mut seen = Vec::new();
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if let Some(done) = line.strip_prefix("mark ").and_then(|number| number.parse().ok()) {
            std::thread::sleep(CALM);
            seen.push(look(&child, done, begun.elapsed().as_secs_f64()));
        }
    }
    let good = child.wait().map_err(failed)?.success();
    if !good || seen.len() != wanted.len() {
        return Err(BenchError::Process { who: "`crawl run`", workload: "soak", stderr: String::new() });
    }
    Ok(seen)
}

fn look(child: &Child, done: u32, seconds: f64) -> Mark {
    const MEGABYTE: f64 = 1024.0 * 1024.0;
    #[expect(clippy::cast_precision_loss, reason = "megabytes to a tenth")]
    let megabytes = |bytes: Option<u64>| bytes.unwrap_or(0) as f64 / MEGABYTE;
    let id = child.id();
    // A driver leads the group of its browser.
    let drivers: Vec<u32> = children(id).into_iter().filter(|child| named(*child, "chromedriver")).collect();
    let groups: Vec<_> = drivers.iter().filter_map(|driver| group_footprint(*driver)).collect();
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count);
    Mark {
        done,
        seconds,
        ours: megabytes(process_footprint(id)),
        browser: megabytes(Some(groups.iter().map(|group| group.bytes).sum())),
        processes: groups.iter().map(|group| group.processes).sum(),
        files,
    }
}

impl Soaked {
    /// The marks as a table, each with how far it is from the first.
    #[must_use]
    pub fn table(&self) -> String {
        let Some(first) = self.marks.first() else { return String::new() };
        let mut text = format!(
            "{}\n{:>6} {:>8} {:>17} {:>17} {:>10} {:>6}\n",
            self.name, "after", "s", "ours, MB", "browser, MB", "processes", "files"
        );
        for mark in &self.marks {
            let grown = |now: f64, then: f64| format!("{now:.1} ({:+.0} %)", (now / then - 1.0) * 100.0);
            let (ours, browser) = (grown(mark.ours, first.ours), grown(mark.browser, first.browser));
            let (done, seconds, processes, files) = (mark.done, mark.seconds, mark.processes, mark.files);
            text.push_str(&format!("{done:>6} {seconds:>8.1} {ours:>17} {browser:>17} {processes:>10} {files:>6}\n"));
        }
        text
    }
}
