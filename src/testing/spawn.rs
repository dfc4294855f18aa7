//! Runs a case as a process of its own: the program as a user would call it.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value};

use super::{Assignment, Case, Options, Over, Said, TestError, TestReport, account, snapshots};

/// What a case printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ran {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code; 128 and the signal's number where a signal ended it.
    pub exit: i32,
    /// The records that it emitted.
    pub records: Vec<Said>,
    /// Its tests.
    pub tests: Vec<TestReport>,
    /// The snapshots that its tests asked for, as they came.
    pub snapshots: Map<String, Value>,
}

/// Runs `program COMMAND ARGS SCRIPT` in the script's folder, without colours and with a cache of its own. A `run` gives an
/// account of its records and tests, and runs over what it is told to.
///
/// # Errors
/// [`TestError::Io`] when the program cannot be started, [`TestError::Timeout`] when it does not end in time,
/// [`TestError::Interrupted`] when it was to end before.
pub fn spawn(program: &Path, case: &Case, over: &Over, options: &Options) -> Result<Ran, TestError> {
    let failed = |error| TestError::io("run", program, &error);
    let own = options.folder()?;
    let folder = own.path().to_string_lossy().into_owned();
    let settings = &case.settings;
    let mut command = Command::new(program);
    command.arg(&settings.command).args(settings.args.iter().map(|arg| arg.replace("{tmp}", &folder)));
    let told = own.path().join("account.jsonl");
    if settings.command == "run" {
        command.arg("--test-assignment").arg(assign(case, options, own.path(), &told)?);
        // The process runs in the script's folder.
        command.args(over.absolute().arguments());
    }
    command.arg(case.script.file_name().unwrap_or_default()).current_dir(case.folder());
    command.env("NO_COLOR", "1").env("CRAWL_CACHE", own.path().join("cache.sqlite"));
    command.envs(settings.env.iter().map(|(name, value)| (name, value.replace("{tmp}", &folder))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // In a group of its own: what a terminal sends to all at once comes to it through us.
    let mut child = Running::of(command.process_group(0).spawn().map_err(failed)?, options);
    let (stdout, stderr) = (drain(child.process.stdout.take()), drain(child.process.stderr.take()));
    feed(child.process.stdin.take(), settings.stdin.clone());
    let ended = child.wait(settings.timeout).map_err(failed)?;
    let text = |thread: JoinHandle<String>| thread.join().unwrap_or_default().replace(&folder, "<tmp>");
    let (stdout, mut stderr) = (text(stdout), text(stderr));
    if matches!(over, Over::Taped(_)) {
        // Where the recording went for the time being is nobody's.
        stderr = stderr.split_inclusive('\n').filter(|line| !line.starts_with("recorded: ")).collect();
    }
    // A run that was refused before it began has given no account.
    let account = fs::read_to_string(&told).unwrap_or_default().replace(&folder, "<tmp>");
    let account::Contents { records, tests, snapshots } = account::read(&account);
    match ended {
        Ended::Itself(exit) => Ok(Ran { stdout, stderr, exit, records, tests, snapshots }),
        Ended::TooLate => Err(TestError::Timeout { timeout: settings.timeout, stdout: last(&stdout), stderr }),
        Ended::Asked => Err(TestError::Interrupted),
    }
}

/// So many lines of a case that did not end are shown: it may have printed all the time.
const LAST: usize = 20;

fn last(stdout: &str) -> String {
    let lines: Vec<&str> = stdout.lines().collect();
    let from = lines.len().saturating_sub(LAST);
    let head = match (lines.len(), from) {
        (0, _) => return String::new(),
        (_, 0) => "stdout:\n".to_owned(),
        (_, from) => format!("stdout, after {from} lines:\n"),
    };
    lines[from..].iter().fold(head, |text, line| format!("{text}  {line}\n"))
}

/// Writes what is asked of the run, and returns where.
fn assign(case: &Case, options: &Options, folder: &Path, account: &Path) -> Result<PathBuf, TestError> {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let assignment = Assignment {
        account: account.to_owned(),
        snapshots: whole(&case.script.with_extension(snapshots::ENDING)),
        folder: whole(case.folder()),
        records_apart: case.expected.records.is_some(),
        update: options.update,
        filter: options.filter_of_tests(case).map(str::to_owned),
        fail_fast: options.fail_fast,
        recording: case.recording.as_deref().map(whole),
    };
    let path = folder.join("assignment.json");
    let text = serde_json::to_vec(&assignment).map_err(|error| TestError::io("write", &path, &error.into()))?;
    fs::write(&path, text).map_err(|error| TestError::io("write", &path, &error))?;
    Ok(path)
}

fn drain(stream: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before the stream broke is still worth comparing.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn feed(stream: Option<impl Write + Send + 'static>, text: String) {
    thread::spawn(move || {
        if let Some(mut stream) = stream {
            // A script need not read what it is given.
            let _ = stream.write_all(text.as_bytes());
        }
    });
}

/// How long a case that was asked to end may take to close its browsers and to keep what it has.
const ORDER: Duration = Duration::from_secs(10);

/// A case's process.
struct Running<'o> {
    process: Child,
    options: &'o Options,
}

/// How it came to its end.
enum Ended {
    /// With that exit code.
    Itself(i32),
    /// It had to be killed.
    TooLate,
    /// It was asked to.
    Asked,
}

impl<'o> Running<'o> {
    fn of(process: Child, options: &'o Options) -> Self {
        if let Some(ground) = &options.ground {
            ground.reaper.add(process.id());
        }
        Self { process, options }
    }

    fn wait(&mut self, timeout: Duration) -> io::Result<Ended> {
        let mut end = Instant::now() + timeout;
        let mut asked = false;
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(if asked { Ended::Asked } else { Ended::Itself(exit_code(status)) });
            }
            if !asked && self.options.stop.cancelled() {
                asked = true;
                end = Instant::now() + ORDER;
                self.signal(Signal::TERM);
            }
            if Instant::now() >= end {
                self.signal(Signal::KILL);
                self.process.wait()?;
                return Ok(if asked { Ended::Asked } else { Ended::TooLate });
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    /// To the process alone: its browsers are its own affair, and its reaper's.
    fn signal(&self, signal: Signal) {
        // It may have ended just now.
        let _ = kill_process(Pid::from_child(&self.process), signal);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(ground) = &self.options.ground {
            ground.reaper.forget(self.process.id());
        }
    }
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

#[cfg(not(unix))]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
