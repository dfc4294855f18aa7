//! A folder of its own for the program, and what it leaves in it and among the processes.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_crawl");

/// Far more than anything here takes: what is not over by then hangs.
pub const LIMIT: Duration = Duration::from_secs(60);

/// For what ends by itself once its browser has, on a machine that has other things to do.
const SOON: Duration = Duration::from_secs(10);

/// A folder with a place for scripts (`work`) and one for what the program keeps for a while (`tmp`).
pub struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["work", "tmp", "data", "cache"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    /// A stage with a script, `script.crawl`.
    pub fn with(script: &str) -> Self {
        let stage = Self::new();
        stage.write("script.crawl", script);
        stage
    }

    /// Where scripts are, and where the program runs.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The program's surroundings: its temporary, data and cache folders, and nothing of the caller's taste.
    pub fn surroundings(&self) -> Vec<(&'static str, String)> {
        let folder = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("TMPDIR", folder("tmp")),
            ("XDG_DATA_HOME", folder("data")),
            ("XDG_CACHE_HOME", folder("cache")),
            ("CRAWL_CACHE", folder("cache/pages.sqlite")),
            ("NO_COLOR", "1".to_owned()),
        ]
    }

    /// The program with these arguments, its streams piped.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).current_dir(self.work()).envs(self.surroundings());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the program.
    pub fn start(&self, args: &[&str]) -> Running {
        Running::of(self.command(args).spawn().unwrap())
    }

    /// Processes that the program started and that still run, and what is left of its temporary files.
    pub fn left(&self) -> Vec<String> {
        let mut left = processes_of(self.folder.path());
        let files = fs::read_dir(self.folder.path().join("tmp")).unwrap().flatten();
        left.extend(files.map(|entry| entry.path().display().to_string()));
        left
    }

    /// The ids of processes of the program's whose command line has all these words.
    pub fn processes(&self, words: &[&str]) -> Vec<u32> {
        let all = processes_of(self.folder.path()).into_iter();
        let wanted = all.filter(|line| words.iter().all(|word| line.contains(word)));
        wanted.filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
    }

    /// The browser's own process, that of no page.
    pub fn browsers(&self) -> Vec<u32> {
        let parts = self.processes(&["headless-shell", "--type="]);
        self.processes(&["headless-shell", "--remote-debugging-port"])
            .into_iter()
            .filter(|id| !parts.contains(id))
            .collect()
    }

    /// Fails unless everything is gone: at once, or soon on a machine that has other things to do.
    pub fn assert_nothing_left(&self) {
        let begun = Instant::now();
        loop {
            let left = self.left();
            if left.is_empty() {
                return;
            }
            assert!(begun.elapsed() < SOON, "left behind: {left:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Every process whose environment names `folder`, for drivers and browsers inherit it from the run, and those of the
/// groups that they lead: a browser's pages write their names over their environment.
fn processes_of(folder: &Path) -> Vec<String> {
    let name = folder.to_str().unwrap();
    let ids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: Vec<(u32, u32, bool, String)> = ids
        .filter_map(|id: u32| {
            let place = PathBuf::from(format!("/proc/{id}"));
            let environment = String::from_utf8_lossy(&fs::read(place.join("environ")).ok()?).into_owned();
            let command = String::from_utf8_lossy(&fs::read(place.join("cmdline")).ok()?).replace('\0', " ");
            let stat = fs::read_to_string(place.join("stat")).ok()?;
            let group = stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()?;
            let ours = environment.contains(name) || command.contains(name);
            (!command.is_empty()).then_some((id, group, ours, command))
        })
        .collect();
    let led: Vec<u32> = all.iter().filter(|(id, group, ours, _)| *ours && id == group).map(|(id, ..)| *id).collect();
    let ours = all.into_iter().filter(|(_, group, ours, _)| *ours || led.contains(group));
    ours.map(|(id, _, _, command)| format!("{id} {command}")).collect()
}

/// Sends a signal to a process.
pub fn signal(name: &str, id: u32) {
    let kill = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap();
    assert!(kill.success(), "SIG{name} to {id}");
}

/// The program under way.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    errors: Option<std::thread::JoinHandle<String>>,
    seen: String,
}

/// How it ended.
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    /// The time from the last signal, or from when it was waited for.
    pub took: Duration,
}

impl Running {
    pub fn of(mut child: Child) -> Self {
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        let errors = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = stderr.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).into_owned()
            })
        });
        Self { child, lines, errors, seen: String::new() }
    }

    /// Kills the program itself, where it has not come to its end.
    pub fn kill_now(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits until the program printed that line.
    pub fn until(&mut self, wanted: &str) {
        let begun = Instant::now();
        loop {
            match self.lines.recv_timeout(LIMIT.saturating_sub(begun.elapsed())) {
                Ok(line) => {
                    self.seen.push_str(&line);
                    self.seen.push('\n');
                    if line == wanted {
                        return;
                    }
                }
                Err(_) => {
                    let _ = self.child.kill();
                    let errors = self.errors.take().map(|errors| errors.join().unwrap()).unwrap_or_default();
                    panic!("`{wanted}` was not printed; stdout:\n{}\nstderr:\n{errors}", self.seen);
                }
            }
        }
    }

    pub fn signal(&self, name: &str) {
        signal(name, self.child.id());
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ended {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > LIMIT {
                let _ = self.child.kill();
                self.seen.extend(self.lines.iter().map(|line| line + "\n"));
                let errors = self.errors.take().map(|errors| errors.join().unwrap()).unwrap_or_default();
                panic!("the program did not end; stdout:\n{}\nstderr:\n{errors}", self.seen);
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let took = begun.elapsed();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(5)) {
            self.seen.push_str(&line);
            self.seen.push('\n');
        }
        let stderr = self.errors.take().map(|errors| errors.join().unwrap()).unwrap_or_default();
        Ended { status, stdout: self.seen, stderr, took }
    }
}
