//! Runs a case as a process of its own: the program as a user would call it.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

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
/// [`TestError::Io`] when the program cannot be started, [`TestError::Timeout`] when it does not end in time.
pub fn spawn(program: &Path, case: &Case, over: &Over, options: &Options) -> Result<Ran, TestError> {
    let failed = |error| TestError::io("run", program, &error);
    let own = tempfile::tempdir().map_err(failed)?;
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
    let mut child = command.spawn().map_err(failed)?;
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    feed(child.stdin.take(), settings.stdin.clone());
    let ended = wait(&mut child, settings.timeout).map_err(failed)?;
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
        Some(exit) => Ok(Ran { stdout, stderr, exit, records, tests, snapshots }),
        None => Err(TestError::Timeout { timeout: settings.timeout, stderr }),
    }
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

/// The exit code; `None` when the child had to be stopped.
fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<i32>> {
    let end = Instant::now() + timeout;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(exit_code(status)));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
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
