//! Capsules: a failed run in one file, looked at and gone on with where neither its site nor its script is.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use libtest_mimic::Trial;

use super::played::with_playground;
use super::trial;
use crate::process::stage::{Ended, Running, Stage};

/// Reads a file and a module, logs in, and fails at its ninth step.
const FAILING: &str = r#"import "shop/words" as words;
let site = param("site");
let rates = read_json("shop/rates.json");
session("shop") <
  crawl(`${site}/login`);
  fill("label=User name", "ada");
  fill("label=Password", secret("CRAWL_TEST_PASSWORD"));
  click("role=button", then: ".user");
  for number in 1..3 {
    crawl(`${site}/secured/${number}`);
    emit(#{ number: number, words: words::shout("report"), eur: rates.eur });
  }
  crawl(`${site}/commits`);
  crawl(js: "document.querySelector('[data-testid=pagination-next-button]').click()", wait_for: changed("li h4"));
  crawl(js: "document.querySelector('.nothing').click()");
  print("not reached");
>
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("capsule::a_failed_run_is_gone_on_with_elsewhere", elsewhere),
        trial("capsule::shows_its_report", report),
        trial("capsule::stands_where_it_is_asked_to", midway),
        trial("capsule::a_recording_without_a_report_says_so", plain),
    ]
}

/// A capsule of a failed run, whose site and script are gone; the lines of the failure.
fn failed(name: &str) -> (Stage, Ended) {
    let stage = Stage::with(FAILING);
    fs::create_dir(stage.path("shop")).unwrap();
    stage.write("shop/words.crawl", "fn shout(word) { word.upper() + \"!\" }\n");
    stage.write("shop/rates.json", "{\"eur\": 1.5}");
    let ended = with_playground(|site| {
        let site = format!("site={site}");
        let mut command = stage.command(&["run", "script.crawl", "--set", &site, "--capsule", name]);
        Running::of(command.env("CRAWL_TEST_PASSWORD", "lovelace").spawn().unwrap()).end()
    });
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    fs::remove_dir_all(stage.path("shop")).unwrap();
    fs::remove_file(stage.path("script.crawl")).unwrap();
    (stage, ended)
}

/// A dialogue over the capsule, with lines said in it.
fn said(stage: &Stage, args: &[&str], lines: &str) -> Ended {
    let mut command = stage.command(&[&["repl"], args].concat());
    let mut child = command.env_remove("CRAWL_TEST_PASSWORD").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    Running::of(child).end()
}

fn elsewhere() {
    let (stage, first) = failed("night.capsule");
    assert!(first.stderr.contains("crawl::js::exception"), "{}", first.stderr);
    let lines = r#"print(rates.eur, words::shout("done"))
print(crawl(js: "document.querySelectorAll('li h4').length").js)
print(crawl("/secured/2").text("h1"))
crawl("/article")
"#;
    let ended = said(&stage, &["night.capsule"], lines);
    let [records, rest] = [&first.stdout[..], &ended.stdout[first.stdout.len()..]];
    assert!(ended.stdout.starts_with(records) && records.lines().count() == 2, "{}", ended.stdout);
    assert_eq!(rest, "1.5 DONE!\n30\nReport 2\n", "{}", ended.stderr);
    assert!(ended.stderr.contains("standing in script.crawl after line 14"), "{}", ended.stderr);
    // What was not recorded cannot be had, and the network is not asked for it.
    assert!(ended.stderr.contains("crawl::replay::unmatched"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn midway() {
    let (stage, _) = failed("night.capsule");
    let lines = "print(crawl().title)\nprint(crawl(\"/secured/1\").text(\"h1\"))\n";
    let ended = said(&stage, &["night.capsule", "--at", "step:5"], lines);
    let last: Vec<&str> = ended.stdout.lines().rev().take(2).collect();
    // The loop that takes the step is a whole.
    assert_eq!(last, ["Report 1", "Report 2"], "{}\n{}", ended.stdout, ended.stderr);
    stage.assert_nothing_left();
}

fn report() {
    let (stage, _) = failed("night.capsule");
    let ended = stage.start(&["open", "night.capsule", "--output", "seen.html"]).end();
    assert_eq!((ended.stdout.as_str(), ended.status.code()), ("seen.html\n", Some(0)), "{}", ended.stderr);
    let page = fs::read_to_string(stage.path("seen.html")).unwrap();
    assert!(page.contains("crawl::js::exception") && page.contains("Content-Security-Policy"));
    // The report of a plain run: nothing in it tells the password.
    assert!(!page.contains("lovelace"));
}

fn plain() {
    let stage = Stage::with("crawl(\"raw:<p>x\");");
    let ended = stage.start(&["run", "script.crawl", "--record", "a.cassette"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let ended = stage.start(&["open", "a.cassette"]).end();
    assert!(ended.stderr.contains("`a.cassette` is a recording without a report"), "{}", ended.stderr);
    let ended = stage.start(&["open", "script.crawl"]).end();
    assert!(ended.stderr.contains("crawl::usage::recording"), "{}", ended.stderr);
}
