//! How `crawl run` ends: by its script, an error, a signal; quickly, with what was emitted, and with nothing left.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use tempfile::TempDir;

/// So long anything may take on a busy machine; what is measured is only printed.
const SOON: Duration = Duration::from_secs(30);

/// A crawled page, a record of it, then what the trial is about.
const BEGIN: &str = r#"
let site = playground();
emit(#{ title: session("a").crawl(`${site}/article`).title });
print("ready");
"#;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("a_script_that_ends_leaves_nothing", || ends("", Some(0))),
        trial("a_script_that_fails_leaves_nothing", || ends("throw \"over\";", Some(4))),
        trial("a_second_run_beside_it_lives_on", side_by_side),
        trial("a_reader_that_goes_away_is_no_error", reader_gone),
        trial("a_closed_standard_input_is_no_error", no_input),
    ];
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        trials.push(Trial::test(format!("process::sig{}_leaves_nothing", signal.to_lowercase()), move || {
            signalled(signal);
            Ok(())
        }));
    }
    for (name, script) in [
        ("a_loop_without_end", "let n = 0; loop { n += 1; }"),
        ("a_recursion_without_end", "fn again(n) { again(n + 1) } loop { try { again(0); } catch (e) { } }"),
        ("a_string_that_grows", "let text = \"\"; loop { text += \"x\"; if text.len() > 1000 { text = \"\"; } }"),
        ("a_long_sleep", "sleep(\"1h\");"),
        ("a_wait_without_end", "session(\"a\").crawl(wait_for: \".never\", timeout: \"1h\");"),
        ("js_that_never_returns", "session(\"a\").crawl(js: \"for (;;);\", timeout: \"1h\");"),
        ("js_that_never_settles", "session(\"a\").crawl(js: \"new Promise(() => {})\", timeout: \"1h\");"),
        ("a_response_without_end", "session(\"a\").crawl(`${site}/broken/endless`, timeout: \"1h\");"),
        ("a_closure_that_is_polled", "session(\"a\").crawl(wait_for: || false, timeout: \"1h\");"),
        (
            "branches_that_wait",
            "parallel([1, 2], |n| session(`s${n}`).crawl(`${site}/slow?delay=600000`, timeout: \"1h\"));",
        ),
    ] {
        trials.push(Trial::test(format!("process::an_interrupt_ends_{name}"), move || {
            interrupted(script);
            Ok(())
        }));
    }
    trials
}

fn trial(name: &str, body: fn()) -> Trial {
    Trial::test(format!("process::{name}"), move || {
        body();
        Ok(())
    })
}

/// A run in a folder of its own, whose temporary files are there too.
struct Run {
    folder: TempDir,
    child: Child,
    output: BufReader<Box<dyn Read + Send>>,
}

impl Run {
    fn start(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.crawl"), format!("{BEGIN}{script}")).unwrap();
        let mut child = command(folder.path()).spawn().unwrap();
        let output = BufReader::new(Box::new(child.stdout.take().unwrap()) as Box<dyn Read + Send>);
        Self { folder, child, output }
    }

    /// Waits until the script says that its page is there.
    fn ready(&mut self) -> BTreeSet<u32> {
        let mut line = String::new();
        while line.trim() != "ready" {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "it ended: {:?}", self.child.wait());
        }
        let started = descendants(self.child.id());
        assert!(!started.is_empty(), "no browser runs");
        started
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < SOON {
            if let Some(status) = self.child.try_wait().unwrap() {
                println!("ended after {:?}", begun.elapsed());
                return status;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("it did not end");
    }

    fn records(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("out.jsonl")).unwrap()
    }

    /// Nothing of these processes runs, and no temporary file is left.
    fn leaves_nothing(&self, started: &BTreeSet<u32>) {
        let begun = Instant::now();
        let temporary = self.folder.path().join("tmp");
        loop {
            let left: Vec<u32> = started.iter().copied().filter(|pid| alive(*pid)).collect();
            let files: Vec<_> = std::fs::read_dir(&temporary).unwrap().map(|entry| entry.unwrap().path()).collect();
            if left.is_empty() && files.is_empty() {
                return;
            }
            assert!(begun.elapsed() < SOON, "left: processes {left:?}, files {files:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path) -> Command {
    let temporary = folder.join("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_crawl"));
    command.args(["run", "-q", "--output", "out.jsonl", "s.crawl"]).current_dir(folder).env("TMPDIR", temporary);
    command.env("CRAWL_CACHE", folder.join("cache.sqlite"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn ends(script: &str, code: Option<i32>) {
    let mut run = Run::start(&format!("sleep(\"300ms\"); {script}"));
    let started = run.ready();
    assert_eq!(run.wait().code(), code);
    assert_eq!(run.records().lines().count(), 1);
    run.leaves_nothing(&started);
}

fn signalled(name: &str) {
    let mut run = Run::start("sleep(\"1h\");");
    let started = run.ready();
    run.signal(name);
    let status = run.wait();
    if name != "KILL" {
        assert_eq!(status.code(), Some(130));
        assert_eq!(run.records().lines().count(), 1);
    }
    run.leaves_nothing(&started);
}

fn interrupted(script: &str) {
    let mut run = Run::start(script);
    let started = run.ready();
    std::thread::sleep(Duration::from_millis(200));
    run.signal("INT");
    assert_eq!(run.wait().code(), Some(130));
    assert_eq!(run.records().lines().count(), 1);
    run.leaves_nothing(&started);
}

fn side_by_side() {
    let mut first = Run::start("sleep(\"1h\");");
    let started = first.ready();
    let mut second = Run::start("sleep(\"300ms\"); print(session(\"a\").crawl(js: \"1 + 1\").js);");
    second.ready();
    first.signal("KILL");
    first.wait();
    first.leaves_nothing(&started);
    assert_eq!(second.wait().code(), Some(0));
}

fn reader_gone() {
    let mut run = Run::start("for n in 0..200000 { print(n); }");
    let started = run.ready();
    run.output = BufReader::new(Box::new(std::io::empty()));
    assert_eq!(run.wait().code(), Some(0));
    run.leaves_nothing(&started);
}

fn no_input() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.crawl"), BEGIN).unwrap();
    let script = format!("exec {} run -q s.crawl <&-", env!("CARGO_BIN_EXE_crawl"));
    let out = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// The processes below one.
pub fn descendants(of: u32) -> BTreeSet<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| {
            let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut found = vec![of];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found.into_iter().skip(1).collect()
}

/// Whether a process runs: one that waits to be collected does not.
pub fn alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
