//! Closed pipes: a reader that went away is no error, and closed streams stop nothing.

use std::process::{Command, Stdio};

use libtest_mimic::Trial;

use super::stage::{PROGRAM, Running, Stage};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_reader_that_leaves_ends_a_run_quietly", head),
        trial("a_reader_that_leaves_ends_a_run_with_a_browser_quietly", head_with_browser),
        trial("a_reader_of_records_that_leaves_ends_a_run_quietly", head_of_records),
        trial("listings_end_quietly_too", listings),
        trial("a_reader_of_progress_that_leaves_stops_nothing", progress),
        trial("closed_streams_stop_nothing", closed),
        trial("a_script_comes_from_standard_input", stdin),
    ]
}

fn shell(stage: &Stage, line: &str) -> super::stage::Ended {
    let mut command = Command::new("bash");
    command.args(["-o", "pipefail", "-c", line]).env("CRAWL", PROGRAM);
    command.current_dir(stage.work()).envs(stage.surroundings());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::of(command.spawn().unwrap()).end()
}

fn head() {
    let stage = Stage::with("let i = 0; loop { i += 1; print(i); }");
    let ended = shell(&stage, "\"$CRAWL\" run script.crawl | head -1");
    assert_eq!((ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "1\n", ""));
}

fn head_with_browser() {
    let stage = Stage::with(
        "let site = playground();\nsession(\"s\") { loop { print(crawl(`${site}/article`, wait_until: \"dom\").status); } }",
    );
    let ended = shell(&stage, "\"$CRAWL\" run -q script.crawl | head -1");
    assert_eq!((ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "200\n", ""));
    stage.assert_nothing_left();
}

fn head_of_records() {
    let stage = Stage::with("loop { try { emit(#{ n: 1 }); } catch (e) { print(e.code); } }");
    let ended = shell(&stage, "\"$CRAWL\" run script.crawl | head -1");
    assert_eq!((ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "{\"n\":1}\n", ""));
}

fn listings() {
    let stage = Stage::new();
    for arguments in ["explain", "--help", "completions bash", "doctor", "test ."] {
        let ended = shell(&stage, &format!("\"$CRAWL\" {arguments} | true"));
        assert!(!ended.stderr.contains("panicked"), "{arguments}: {}", ended.stderr);
        assert_ne!(ended.status.code(), Some(101), "{arguments}: {}", ended.stderr);
    }
}

fn progress() {
    let stage = Stage::with("for i in 1..=3 { crawl(\"raw:<p>x\"); }\nemit(#{ n: 1 });");
    let ended = shell(&stage, "\"$CRAWL\" run -v script.crawl --output rows.jsonl 2>&1 | true");
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(stage.read("rows.jsonl"), "{\"n\":1}\n");
}

fn closed() {
    let stage = Stage::with("emit(#{ n: crawl(\"raw:<p>x\").text.len });\nprint(\"said\");");
    let ended = shell(&stage, "\"$CRAWL\" run script.crawl --output rows.jsonl <&- 2>&-");
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "said\n"), "{}", ended.stderr);
    assert_eq!(stage.read("rows.jsonl"), "{\"n\":1}\n");
    let ended = shell(&stage, "\"$CRAWL\" run script.crawl --output rows.jsonl <&- >&- 2>&-");
    assert_eq!(ended.status.code(), Some(0));
    stage.assert_nothing_left();
}

fn stdin() {
    let stage = Stage::new();
    let ended = shell(&stage, "echo 'print(1 + 1)' | \"$CRAWL\" run -");
    assert_eq!((ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "2\n", ""));
    let ended = shell(&stage, "\"$CRAWL\" repl <&-");
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}
