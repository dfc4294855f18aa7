//! However a run ends, no process and no temporary file of it stays.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

const OPEN: &str = r#"let page = session("s") { crawl(`${playground()}/article`) };
print("open");
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_run_that_ends_well_leaves_nothing", well),
        trial("a_script_error_leaves_nothing", script_error),
        trial("a_failed_step_leaves_nothing_but_the_last_page", failed_step),
        trial("an_exit_in_the_script_leaves_nothing", exit),
        trial("sigint_leaves_nothing", || signalled("INT")),
        trial("sigterm_leaves_nothing", || signalled("TERM")),
        trial("sighup_leaves_nothing", || signalled("HUP")),
        trial("sigkill_leaves_nothing", killed),
        trial("sigkill_leaves_nothing_of_its_output", killed_while_writing),
        trial("a_signal_while_the_browser_starts_leaves_nothing", starting),
        trial("a_second_signal_ends_at_once_and_leaves_nothing", twice),
        trial("a_hangup_right_after_a_termination_is_the_same_end", hung_up),
        trial("hooks_of_a_close_have_its_page", farewell),
        trial("a_signal_while_hooks_of_the_end_run_is_an_interruption", cut_off),
        trial("two_runs_at_once_leave_each_other_alone", two),
    ]
}

fn well() {
    let stage = Stage::with(OPEN);
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "open\n"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn script_error() {
    let stage = Stage::with(&format!("{OPEN}throw \"enough\";"));
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(4), "open\n"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn failed_step() {
    let stage = Stage::with(&format!("{OPEN}session(\"s\") {{ crawl(css: \".nowhere\"); }}"));
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    assert!(stage.path(".crawl/last/page.html").exists(), "the page is kept: {}", ended.stderr);
    stage.assert_nothing_left();
}

fn exit() {
    let stage = Stage::with(&format!("{OPEN}exit();"));
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn signalled(name: &str) {
    let stage = Stage::with(&format!("{OPEN}session(\"s\") {{ crawl(js: \"new Promise(() => {{}})\"); }}"));
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("open");
    assert!(!stage.left().is_empty(), "a browser runs");
    run.signal(name);
    let ended = run.end();
    println!("SIG{name}: ended after {:?}", ended.took);
    assert_eq!(ended.status.code(), Some(130), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().filter(|line| !line.starts_with("warning: running as root")).count(), 0);
    stage.assert_nothing_left();
}

fn killed() {
    let stage = Stage::with(&format!("{OPEN}session(\"s\") {{ crawl(js: \"new Promise(() => {{}})\"); }}"));
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("open");
    assert!(!stage.left().is_empty(), "a browser runs");
    run.signal("KILL");
    let ended = run.end();
    assert_eq!(ended.status.signal(), Some(9));
    let begun = std::time::Instant::now();
    stage.assert_nothing_left();
    println!("SIGKILL: all gone after {:?}", begun.elapsed());
}

/// What is written is nowhere to be seen until it is complete, and never left behind.
fn killed_while_writing() {
    for file in ["rows.jsonl", "rows.json", "rows.csv", "rows.sqlite"] {
        let stage = Stage::with(&format!(
            "{OPEN}for n in 0..20000 {{ emit(#{{ n: n, text: \"a record of some length\" }}); }}\nprint(\"hung\");\nsleep(\"1h\");"
        ));
        stage.write(file, "what was there before");
        let args = ["run", "script.crawl", "--output", file, "--record", "kept.cassette", "--report", "report.html"];
        let mut run = stage.start(&args);
        run.until("hung");
        run.signal("KILL");
        assert_eq!(run.end().status.signal(), Some(9));
        stage.assert_nothing_left();
        let mut names: Vec<_> =
            std::fs::read_dir(stage.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [file, "script.crawl"]);
        assert_eq!(stage.read(file), "what was there before");
    }
}

fn starting() {
    for wait in [20, 60, 120, 250] {
        let stage = Stage::with("print(\"begun\");\ncrawl(\"raw:<p>x\");\nsleep(\"1h\");");
        let run = stage.start(&["run", "script.crawl"]);
        std::thread::sleep(Duration::from_millis(wait));
        run.signal("INT");
        let ended = run.end();
        // The signal may come before the program has heard of signals.
        let code = ended.status.code().or(ended.status.signal().map(|signal| 128 + signal));
        assert_eq!(code, Some(130), "after {wait} ms: {}", ended.stderr);
        stage.assert_nothing_left();
    }
}

fn twice() {
    let stage = Stage::with(&format!("{OPEN}session(\"s\") {{ crawl(js: \"new Promise(() => {{}})\"); }}"));
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("open");
    run.signal("INT");
    run.signal("TERM");
    let ended = run.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.stderr);
    stage.assert_nothing_left();
}

/// As a service manager ends its services.
fn hung_up() {
    let stage = Stage::with(&format!("{OPEN}session(\"s\") {{ crawl(js: \"new Promise(() => {{}})\"); }}"));
    let mut run = stage.start(&["run", "script.crawl", "--record", "kept"]);
    run.until("open");
    run.signal("TERM");
    run.signal("HUP");
    let ended = run.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.stderr);
    assert!(ended.stderr.contains("recorded: kept/script.cassette"), "in order: {}", ended.stderr);
    stage.assert_nothing_left();
}

fn farewell() {
    let stage = Stage::with(
        r#"
on("on_close", |page| print(page.session_id, page.eval("document.querySelector('p').textContent"), page.url));
session("named") { crawl("raw:<p>one", base_url: "http://site/1"); }
close("named");
crawl("raw:<p>two", base_url: "http://site/2");
session("left") { crawl("raw:<p>three", base_url: "http://site/3"); }
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    let lines = "named one http://site/1\n~1 two http://site/2\nleft three http://site/3\n";
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), lines), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn cut_off() {
    let stage =
        Stage::with("on(\"on_close\", |page| { print(\"bye\"); loop { } });\nsession(\"s\") { crawl(\"raw:<p>x\"); }");
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("bye");
    run.signal("INT");
    assert_eq!(run.end().status.code(), Some(130));
    stage.assert_nothing_left();
}

fn two() {
    let stage = Stage::with(OPEN);
    stage.write(
        "long.crawl",
        &format!("{OPEN}for i in 1..=20 {{ session(\"s\") {{ crawl(); }} sleep(\"50ms\"); }}\nprint(\"done\");"),
    );
    let mut long = stage.start(&["run", "long.crawl"]);
    long.until("open");
    let short = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(short.status.code(), Some(0), "{}", short.stderr);
    let ended = long.end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stdout.ends_with("done\n"));
    stage.assert_nothing_left();
}
