//! What a process took: time, memory, processor.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{BenchError, Workload};
use crate::browser::process_footprint;

/// How often the memory of a running process is looked at.
const SAMPLE_EVERY: Duration = Duration::from_millis(25);

/// `/proc` counts processor time in ticks of 10 ms on every system that matters (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What one run of a process took. Memory and processor are unknown (0) where there is no `/proc`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// From its start to its exit.
    pub(super) wall: Duration,
    /// The part that it timed itself.
    pub(super) work: Duration,
    /// The most proportional set size that was seen, in KiB.
    pub(super) pss_kib: u64,
    /// User and system time.
    pub(super) cpu: Duration,
    /// The same of its chromedriver, if it has one.
    pub(super) driver_cpu: Duration,
}

/// Runs `command` to its end. Its last line must be `bench BEGIN END COUNT`.
pub(super) fn workload(who: &'static str, mut command: Command, workload: Workload) -> Result<Taken, BenchError> {
    let ran = process(&mut command)?;
    let counted = ran.stdout.lines().last().and_then(summary);
    let Some((work, counted)) = counted.filter(|_| ran.good) else {
        return Err(BenchError::Process { who, workload: workload.name(), stderr: ran.stderr });
    };
    if counted != workload.expected() {
        return Err(BenchError::Wrong { who, workload, counted });
    }
    Ok(Taken { work, ..ran.taken })
}

fn summary(line: &str) -> Option<(Duration, u64)> {
    let mut words = line.split_whitespace();
    let moment = |word: Option<&str>| word?.parse::<jiff::Timestamp>().ok();
    if words.next() != Some("bench") {
        return None;
    }
    let (begin, end) = (moment(words.next())?, moment(words.next())?);
    let work = Duration::try_from(end.duration_since(begin)).ok()?;
    Some((work, words.next()?.parse().ok()?))
}

/// A process that has ended.
pub(super) struct Ran {
    pub(super) taken: Taken,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) good: bool,
}

/// Runs `command` to its end and watches what it takes.
pub(super) fn process(command: &mut Command) -> Result<Ran, BenchError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error| BenchError::system("run a process", &error);
    let started = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let stderr = drain(child.stderr.take());
    let (stop, stopped) = channel();
    let id = child.id();
    let sampler = thread::spawn(move || sample(id, &stopped));
    let stdout = drain(child.stdout.take()).join().unwrap_or_default();
    // Its output closes as it ends; what it took is readable until it is waited for.
    let cpu = cpu(id).unwrap_or_default();
    let good = end(&mut child, &stop).map_err(failed)?;
    let wall = started.elapsed();
    let (pss_kib, driver_cpu) = sampler.join().unwrap_or_default();
    let taken = Taken { wall, work: wall, pss_kib, cpu, driver_cpu };
    Ok(Ran { taken, stdout, stderr: stderr.join().unwrap_or_default(), good })
}

fn end(child: &mut Child, stop: &Sender<()>) -> std::io::Result<bool> {
    let status = child.wait();
    // The sampler may have ended by itself.
    let _ = stop.send(());
    Ok(status?.success())
}

fn drain(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before the stream broke still tells what happened.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The most memory seen, and the last processor time of a chromedriver.
fn sample(id: u32, stopped: &Receiver<()>) -> (u64, Duration) {
    let (mut most, mut driver) = (0, Duration::ZERO);
    loop {
        most = most.max(process_footprint(id).unwrap_or(0) / 1024);
        driver = driver.max(driver_cpu(id));
        match stopped.recv_timeout(SAMPLE_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return (most, driver),
        }
    }
}

fn cpu(id: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold blanks; user and system time are the 12th and 13th field after it.
    let (_, fields) = text.rsplit_once(')')?;
    let ticks = |n| fields.split_whitespace().nth(n).and_then(|field| field.parse::<u32>().ok());
    Some(TICK * (ticks(11)? + ticks(12)?))
}

fn driver_cpu(id: u32) -> Duration {
    let driver = children(id).into_iter().find(|child| named(*child, "chromedriver"));
    driver.and_then(cpu).unwrap_or_default()
}

/// Whether a process runs the program of that name.
pub(super) fn named(id: u32, program: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == program)
}

/// The processes that a process started.
pub(super) fn children(id: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{id}/task")) else { return Vec::new() };
    let lists = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}
