//! What an author waits for under `crawl watch`: from the save of a script to the line that it then prints.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::pages::{BYTES, article};
use super::report::median;
use super::run::ms;
use super::{BenchError, Plan, Row, Target};

/// From save to the new result of a changed selector, in milliseconds.
const READING: f64 = 50.0;

/// An appended step beyond its own live time, in milliseconds.
const APPENDED: f64 = 20.0;

/// The steps before the first one that is appended.
const STEPS: usize = 40;

/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Who is measured, for errors.
const WHO: &str = "`crawl watch`";

/// Measures both.
pub(super) fn rows(plan: &Plan, folder: &Path) -> Result<Vec<Row>, BenchError> {
    Ok(vec![reading(plan, folder)?, appended(plan, folder)?])
}

/// A selector that changes over a stored page of 1.05 MB: each save asks for another section's heading.
fn reading(plan: &Plan, folder: &Path) -> Result<Row, BenchError> {
    let page = folder.join("article.html");
    std::fs::write(&page, article(BYTES)).map_err(|error| BenchError::system("write a page", &error))?;
    let script = |section: usize| {
        format!(
            "session(\"a\") {{\n  let page = crawl(\"file:{}\", css: \"#s{section} h2\");\n  \
             print(\"bench\", {section}, page.selected[0].text);\n}}\n",
            page.display()
        )
    };
    let mut watch = Watch::start(plan, folder.join("reading.crawl"), &script(1))?;
    let mut times = Vec::new();
    for section in 2..plan.rounds.max(5) + 2 {
        times.push(ms(watch.save(&script(section), section)?.0));
    }
    let name = "watch: changed selector, 1.05 MB".to_owned();
    Ok(Row { name, ours: median(times), floor: None, unit: "ms", target: Target::Most(READING) })
}

/// A step after forty that are known; its floor is what the step says it took itself.
fn appended(plan: &Plan, folder: &Path) -> Result<Row, BenchError> {
    let script = |steps: usize| {
        let mut text = format!("session(\"a\") {{\n  let page = crawl(\"{}/products\");\n", plan.site);
        (2..=steps).for_each(|step| text.push_str(&format!("  page = crawl(js: \"document.title = '{step}'\");\n")));
        text.push_str(&format!("  print(\"bench\", {steps}, page.timing.total);\n}}\n"));
        text
    };
    let mut watch = Watch::start(plan, folder.join("appended.crawl"), &script(STEPS))?;
    let (mut whole, mut live) = (Vec::new(), Vec::new());
    for step in STEPS + 1..=STEPS + plan.rounds.max(5) {
        let (took, said) = watch.save(&script(step), step)?;
        let own: f64 = said.parse().map_err(|_| wrong(&said))?;
        whole.push(ms(took));
        live.push(own);
    }
    let name = "watch: appended step, floor: the step alone".to_owned();
    let target = Target::Beyond(APPENDED);
    Ok(Row { name, ours: median(whole), floor: Some(median(live)), unit: "ms", target })
}

/// `crawl watch` over a script.
struct Watch {
    child: Child,
    script: PathBuf,
    lines: Receiver<(Instant, String)>,
}

impl Watch {
    /// Starts it, and waits for its first run.
    fn start(plan: &Plan, script: PathBuf, text: &str) -> Result<Self, BenchError> {
        write(&script, text)?;
        let child = Command::new(&plan.program)
            .args(["watch", "-q", "--browser", "headless-shell"])
            .arg(&script)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| BenchError::system("run a process", &error))?;
        let (sender, lines) = channel();
        listen(child.stdout.take(), sender.clone());
        listen(child.stderr.take(), sender);
        let mut watch = Self { child, script, lines };
        watch.next()?;
        Ok(watch)
    }

    /// Saves the script and waits for the line that begins with `bench ROUND`: how long that took, and the rest of it.
    fn save(&mut self, text: &str, round: usize) -> Result<(Duration, String), BenchError> {
        let begun = Instant::now();
        write(&self.script, text)?;
        let (at, said) = self.next()?;
        let rest = said.strip_prefix(&format!("{round} ")).ok_or_else(|| wrong(&said))?;
        Ok((at.duration_since(begun), rest.to_owned()))
    }

    /// The next line of the script's own.
    fn next(&mut self) -> Result<(Instant, String), BenchError> {
        let deadline = Instant::now() + LIMIT;
        let mut seen = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok((at, line)) = self.lines.recv_timeout(left) else { return Err(wrong(&seen)) };
            if let Some(rest) = line.strip_prefix("bench ") {
                return Ok((at, rest.to_owned()));
            }
            seen.push_str(&line);
            seen.push('\n');
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Its reaper ends the browsers of a program that was killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(path: &Path, text: &str) -> Result<(), BenchError> {
    std::fs::write(path, text).map_err(|error| BenchError::system("write a script", &error))
}

fn wrong(said: &str) -> BenchError {
    BenchError::Process { who: WHO, workload: "watch", stderr: said.to_owned() }
}

/// Passes on the lines of a stream with the moment at which each came.
fn listen(stream: Option<impl Read + Send + 'static>, to: Sender<(Instant, String)>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if to.send((Instant::now(), line)).is_err() {
                return;
            }
        }
    });
}
