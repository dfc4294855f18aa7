//! Processes and folders: nothing is left behind, however a run ends; a killed browser is started again.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl::browser::{BrowserError, BrowserKind, Browsers, Identity, Launch, Program, Tab, find};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use super::relay;
use super::stage::{firefox_missing, program, soon};

/// The variable that makes this program the helper; its value says how the helper ends.
const ROLE: &str = "CRAWL_TEST_ENDING";

/// The variable that gives the helper a Firefox.
const BROWSER: &str = "CRAWL_TEST_BROWSER";

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = ["shutdown", "drop", "panic", "exit", "INT", "TERM", "HUP", "KILL"]
        .into_iter()
        .map(|ending| {
            Trial::test(format!("browser::process::leaves_nothing_after_{ending}"), move || {
                leaves_nothing(ending, "");
                Ok(())
            })
        })
        .collect();
    let missing = firefox_missing();
    let skipped = missing.map(|why| format!(" (skipped: {why})")).unwrap_or_default();
    for ending in ["shutdown", "panic", "INT", "KILL"] {
        let name = format!("browser::process::firefox_leaves_nothing_after_{ending}{skipped}");
        let trial = Trial::test(name, move || {
            leaves_nothing(ending, "firefox");
            Ok(())
        });
        trials.push(trial.with_ignored_flag(missing.is_some()));
    }
    trials.push(Trial::test("browser::process::starts_a_killed_browser_again", || {
        Runtime::new()?.block_on(starts_again());
        Ok(())
    }));
    trials.push(Trial::test("browser::process::a_browser_that_takes_too_much_gets_no_new_tabs", || {
        Runtime::new()?.block_on(recycles());
        Ok(())
    }));
    for (name, way, launch) in SERVERS {
        trials.push(Trial::test(format!("browser::process::uses_a_server_{name}"), move || {
            Runtime::new()?.block_on(uses_a_server(*way, launch()));
            Ok(())
        }));
    }
    trials
}

/// A server that runs already: the trial's name, how it is reached by its port, and what is asked of it.
type Server = (&'static str, fn(u16) -> u16, fn() -> Launch);

const SERVERS: &[Server] = &[
    ("that_already_runs", |port| port, Launch::default),
    ("without_its_cdp_socket", |port| port, || Launch { fast_lane: false, ..Launch::default() }),
    ("whose_browser_cannot_be_reached", relay::start, Launch::default),
];

/// A run with a browser of its own, which then ends as `ROLE` says.
pub fn helper() -> Option<ExitCode> {
    let ending = std::env::var(ROLE).ok()?;
    let runtime = Runtime::new().unwrap();
    let browsers = Browsers::new();
    let tab = runtime.block_on(async {
        let firefox = std::env::var(BROWSER).is_ok_and(|browser| browser == "firefox");
        let browser = if firefox { BrowserKind::Firefox } else { BrowserKind::default() };
        let launch = Launch { browser, ..Launch::default() };
        let opened = browsers.open_tab(&launch, &Identity::default(), soon()).await.unwrap();
        opened.tab.run(&program("1"), soon()).await.unwrap();
        opened.tab
    });
    println!("open");
    match ending.as_str() {
        "shutdown" => runtime.block_on(browsers.shutdown()),
        "drop" => drop(browsers),
        "panic" => panic!("as asked"),
        "again" => runtime.block_on(survive(&browsers, tab.as_ref())),
        "exit" => std::process::exit(3),
        _ => std::thread::sleep(Duration::from_secs(60)),
    }
    drop(tab);
    Some(ExitCode::SUCCESS)
}

fn leaves_nothing(ending: &str, browser: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(ending, browser, folder.path());
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "open");
    if ending.chars().all(char::is_uppercase) {
        assert!(!processes_of(folder.path()).is_empty(), "a browser runs");
        let kill = Command::new("sh").args(["-c", &format!("kill -{ending} {}", child.id())]).status().unwrap();
        assert!(kill.success());
    }
    child.wait().unwrap();
    let begun = Instant::now();
    loop {
        let left = processes_of(folder.path());
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()).collect();
        if left.is_empty() && files.is_empty() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "left: {left:?} {files:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn start(ending: &str, browser: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .env(ROLE, ending)
        .env(BROWSER, browser)
        .env("TMPDIR", folder)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Every process whose environment names `folder`: drivers and browsers inherit it from the run.
fn processes_of(folder: &Path) -> Vec<(u32, String)> {
    let name = folder.to_str().unwrap();
    let ids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| {
        let place = PathBuf::from(format!("/proc/{id}"));
        let environment = fs::read(place.join("environ")).ok()?;
        let ours = String::from_utf8_lossy(&environment).contains(name);
        let command = fs::read(place.join("cmdline")).ok()?;
        (ours && !command.is_empty()).then(|| (id, String::from_utf8_lossy(&command).replace('\0', " ")))
    })
    .collect()
}

/// Runs in a process of its own: the browser to kill must not be one that other trials use.
async fn starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start("again", "", folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "open");
    let browsers: Vec<u32> = processes_of(folder.path())
        .into_iter()
        .filter(|(_, command)| command.contains("headless-shell") && !command.contains("--type="))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(browsers.len(), 1);
    assert!(Command::new("sh").args(["-c", &format!("kill -KILL {}", browsers[0])]).status().unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "lost, then started again");
    assert!(child.wait().unwrap().success());
}

/// The helper's side of it.
async fn survive(browsers: &Browsers, tab: &dyn Tab) {
    let begun = Instant::now();
    let error = tab.run(&program("await new Promise(() => {})"), soon()).await.unwrap_err();
    assert!(matches!(error, BrowserError::Lost { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5) && !tab.alive());
    let next = browsers.open_tab(&Launch::default(), &Identity::default(), soon()).await.unwrap();
    assert!(next.browser_started);
    assert_eq!(next.tab.run(&program("1 + 1"), soon()).await.unwrap().value, 2);
    println!("lost, then started again");
}

/// With no memory allowed at all each browser is too large once it has been looked at.
async fn recycles() {
    let browsers = Browsers::new().within_memory(1);
    let open = || async { browsers.open_tab(&Launch::default(), &Identity::default(), soon()).await.unwrap() };
    let first = open().await;
    let begun = Instant::now();
    let second = loop {
        let next = open().await;
        if next.browser_started {
            break next;
        }
        next.tab.close().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(10), "its memory is never looked at");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(first.tab.run(&program("1 + 1"), soon()).await.unwrap().value, 2, "its tabs stay");
    first.tab.close().await.unwrap();
    let gone = Arc::clone(&first.tab);
    drop(first);
    drop(gone);
    let third = open().await;
    assert_eq!(second.tab.run(&program("1 + 2"), soon()).await.unwrap().value, 3);
    assert_eq!(third.tab.run(&program("1 + 3"), soon()).await.unwrap().value, 4);
    browsers.shutdown().await;
}

async fn uses_a_server(way: fn(u16) -> u16, launch: Launch) {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Command::new(find(Program::ChromeDriver).unwrap())
        .arg("--port=0")
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.find(|line| line.contains("started successfully on port")).unwrap();
    let port = ready.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap();
    let launch = Launch { webdriver: Some(format!("http://127.0.0.1:{}", way(port))), ..launch };
    let browsers = Browsers::new();
    let opened = browsers.open_tab(&launch, &Identity::default(), soon()).await.unwrap();
    assert_eq!(opened.tab.run(&program("1 + 1"), soon()).await.unwrap().value, 2);
    browsers.shutdown().await;
    let left = processes_of(folder.path());
    assert!(left.iter().all(|(id, _)| *id == driver.id()), "the session was deleted: {left:?}");
    driver.kill().unwrap();
    driver.wait().unwrap();
}
