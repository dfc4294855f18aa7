//! Runs the workloads, ours and the floor's by turns, and what needs no floor.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::measure::{self, Taken};
use super::report::median;
use super::{BenchError, Part, Report, Row, Target, Workload, author, pages};

/// What is to be measured.
pub struct Plan {
    /// The program: it runs the scripts, and the floor.
    pub program: PathBuf,
    /// The address of the site.
    pub site: String,
    /// What is measured.
    pub parts: Vec<Part>,
    /// How often each is measured.
    pub rounds: usize,
}

/// A script's start without a step, in milliseconds.
const START_TARGET: f64 = 10.0;

/// Megabytes of our own process in W2.
const MEMORY_TARGET: f64 = 25.0;

/// Milliseconds of processor time in W2, chromedriver counted in.
const CPU_TARGET: f64 = 250.0;

/// Measures; `tell` hears what is being done.
///
/// # Errors
/// [`BenchError`] when a process fails or does not do the work.
pub fn run(plan: &Plan, tell: &dyn Fn(&str)) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir().map_err(|error| BenchError::system("make a temporary folder", &error))?;
    let mut report = Report { rounds: plan.rounds, rows: Vec::new() };
    for part in &plan.parts {
        match *part {
            Part::Work(workload) => {
                tell(&format!("{} {}", workload.name(), workload.about()));
                report.rows.extend(by_turns(plan, folder.path(), workload)?);
            }
            Part::Start => {
                tell("start of a script without a step");
                report.rows.push(start(plan, folder.path().join("empty.crawl"))?);
            }
            Part::Pages => {
                tell("pages of 1.05 MB, no browser");
                report.rows.extend(pages::rows(plan.rounds));
            }
            Part::Watch => {
                tell("from save to result under `crawl watch`");
                report.rows.extend(author::rows(plan, folder.path())?);
            }
        }
    }
    Ok(report)
}

/// Ours and the floor's, by turns: who goes second finds files and processors warm.
fn by_turns(plan: &Plan, folder: &Path, workload: Workload) -> Result<Vec<Row>, BenchError> {
    let script = folder.join(format!("{}.crawl", workload.name()));
    std::fs::write(&script, workload.script()).map_err(|error| BenchError::system("write a script", &error))?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        if round % 2 == 1 {
            floor.push(measure::workload("the floor", plan.floor(workload), workload)?);
        }
        ours.push(measure::workload("`crawl run`", plan.ours(&script), workload)?);
        if round % 2 == 0 {
            floor.push(measure::workload("the floor", plan.floor(workload), workload)?);
        }
    }
    Ok(rows(workload, &ours, &floor))
}

impl Plan {
    fn ours(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["run", "-q", "--browser", "headless-shell", "--set"]);
        command.arg(format!("site={}", self.site)).arg(script);
        command
    }

    fn floor(&self, workload: Workload) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["bench-floor", workload.name(), &self.site]);
        command
    }
}

fn rows(workload: Workload, ours: &[Taken], floor: &[Taken]) -> Vec<Row> {
    let time = |taken: &Taken| ms(if workload.counts_start() { taken.wall } else { taken.work });
    let pair = |name: String, unit, target, of: &dyn Fn(&Taken) -> f64| Row {
        name,
        ours: median(ours.iter().map(of).collect()),
        floor: Some(median(floor.iter().map(of).collect())),
        unit,
        target,
    };
    let name = |what: &str| format!("{} {what}", workload.name());
    let mut rows = vec![pair(name(workload.about()), "ms", Target::Times(workload.target()), &time)];
    if workload == Workload::W2 {
        let both = |taken: &Taken| ms(taken.cpu + taken.driver_cpu);
        rows.push(pair(name("to exit"), "ms", Target::Times(workload.target()), &|taken| ms(taken.wall)));
        let memory = &|taken: &Taken| taken.pss_kib as f64 / 1024.0;
        rows.push(pair(name("memory, peak PSS"), "MB", Target::Most(MEMORY_TARGET), memory));
        rows.push(pair(name("processor, ours alone"), "ms", Target::Most(CPU_TARGET), &|taken| ms(taken.cpu)));
        rows.push(pair(name("processor with chromedriver"), "ms", Target::Most(CPU_TARGET), &both));
    }
    rows
}

fn start(plan: &Plan, script: PathBuf) -> Result<Row, BenchError> {
    std::fs::write(&script, "print(1);\n").map_err(|error| BenchError::system("write a script", &error))?;
    let mut times = Vec::new();
    for _ in 0..plan.rounds * 4 {
        let ran = measure::process(Command::new(&plan.program).args(["run", "-q"]).arg(&script))?;
        if !ran.good {
            return Err(BenchError::Process { who: "`crawl run`", workload: "an empty script", stderr: ran.stderr });
        }
        times.push(ms(ran.taken.wall));
    }
    let name = "start of a script without a step".to_owned();
    Ok(Row { name, ours: median(times), floor: None, unit: "ms", target: Target::Most(START_TARGET) })
}

pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
