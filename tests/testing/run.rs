//! Running, normalising, comparing, rewriting.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crawl::testing::{
    Case, Difference, Options, Outcome, Over, Ran, Runner, TestError, normalise, run_all, run_case, spawn,
};
use libtest_mimic::Trial;

use super::{cases, trial, write};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("a_case_passes_only_when_all_three_are_equal", verdicts),
        trial("a_difference_shows_the_lines_around_it", diffs),
        trial("a_missing_line_break_at_the_end_is_a_difference", line_break),
        trial("a_skipped_case_is_not_run", skipped),
        trial("cases_run_side_by_side_and_are_reported_in_order", order),
        trial("update_rewrites_what_changed_and_removes_what_is_empty", update),
        trial("addresses_paths_and_measured_times_are_made_stable", stable),
    ];
    #[cfg(unix)]
    trials.extend([
        trial("spawn_calls_the_program_as_a_user_would", spawned),
        trial("spawn_tells_signals_and_missing_programs", spawn_ends),
        trial("spawn_stops_what_does_not_end", spawn_timeout),
    ]);
    trials
}

fn one(files: &[(&str, &str)]) -> (tempfile::TempDir, Case) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    let case = cases(folder.path()).remove(0);
    (folder, case)
}

fn ran(stdout: &str, stderr: &str, exit: i32) -> Ran {
    Ran { stdout: stdout.to_owned(), stderr: stderr.to_owned(), exit, ..Ran::default() }
}

fn outcome(case: &Case, update: bool, runner: &Runner<'_>) -> Outcome {
    run_case(case, &Options { update, ..Options::default() }, runner).outcome
}

fn verdicts() {
    let (_folder, case) = one(&[("a.crawl", ""), ("a.out", "o\n"), ("a.err", "e\n"), ("a.exit", "1")]);
    let failures = |actual: Ran| match outcome(&case, false, &|_, _| Ok(actual.clone())) {
        Outcome::Passed => 0,
        Outcome::Failed(differences) => differences.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(failures(ran("o\n", "e\n", 1)), 0);
    assert_eq!(failures(ran("", "e\n", 1)), 1);
    assert_eq!(failures(ran("o\n", "", 1)), 1);
    assert_eq!(failures(ran("o\n", "e\n", 0)), 1);
    assert_eq!(failures(ran("x", "y", 0)), 3);
}

fn diffs() {
    let old: String = (1..=20).map(|n| format!("line {n}\n")).collect();
    let new = old.replace("line 10\n", "line ten\n").replace("line 20\n", "");
    let (_folder, case) = one(&[("a.crawl", ""), ("a.out", &old)]);
    let Outcome::Failed(differences) = outcome(&case, false, &|_, _| Ok(ran(&new, "", 3))) else { panic!("it passed") };
    assert_eq!(differences[0], Difference::Exit { expected: 0, actual: 3 });
    let text = differences[1].to_string();
    assert!(text.starts_with("stdout: - expected, + came\n  line 7\n"), "{text}");
    assert!(text.contains("- line 10\n+ line ten\n  line 11\n"), "{text}");
    assert!(text.ends_with("  line 19\n- line 20\n"), "{text}");
    assert!(!text.contains("line 2\n") && text.contains("…\n"), "{text}");
}

fn line_break() {
    let (_folder, case) = one(&[("a.crawl", ""), ("a.out", "x\n")]);
    let Outcome::Failed(differences) = outcome(&case, false, &|_, _| Ok(ran("x", "", 0))) else { panic!("it passed") };
    assert!(differences[0].to_string().contains("no line break at the end"), "{}", differences[0]);
}

fn skipped() {
    let (_folder, case) = one(&[("a.crawl", "//! skip: needs the moon\n")]);
    let outcome = outcome(&case, true, &|_, _| panic!("it was run"));
    assert_eq!(outcome, Outcome::Skipped("needs the moon".to_owned()));
}

fn order() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..9 {
        write(folder.path(), &[(&format!("c{number}.crawl"), ""), (&format!("c{number}.out"), "ok\n")]);
    }
    let cases = cases(folder.path());
    let (running, threads) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    let runner = |case: &Case, _: &Over| {
        threads.lock().unwrap().insert(format!("{:?}", thread::current().id()));
        // The first cannot end before another one runs beside it.
        running.fetch_add(1, Ordering::SeqCst);
        while case.name == "c0" && running.load(Ordering::SeqCst) < 2 {
            thread::sleep(Duration::from_millis(1));
        }
        if case.name == "c5" {
            return Err(TestError::Orphan { path: case.script.clone() });
        }
        Ok(ran(if case.name == "c3" { "no\n" } else { "ok\n" }, "", 0))
    };
    let mut reported = Vec::new();
    let options = Options { jobs: 3, ..Options::default() };
    let results = run_all(&cases, &options, &runner, &mut |result| reported.push(result.name.clone()));
    let names: Vec<String> = (0..9).map(|number| format!("c{number}")).collect();
    assert_eq!(reported, names);
    let bad: Vec<&str> = results.iter().filter(|result| !result.is_good()).map(|result| result.name.as_str()).collect();
    assert_eq!(bad, ["c3", "c5"]);
    assert!(threads.lock().unwrap().len() <= 3);
    assert_eq!(run_all(&[], &options, &runner, &mut |_| panic!("nothing to report")), []);
}

fn update() {
    let (folder, case) = one(&[("a.crawl", ""), ("a.out", "old\n"), ("a.err", "gone\n"), ("a.exit", "4\n")]);
    let actual = ran("new\n", "", 4);
    let Outcome::Updated(files) = outcome(&case, true, &|_, _| Ok(actual.clone())) else { panic!("no update") };
    assert_eq!(files, ["out", "err"].map(|ending| case.script.with_extension(ending)));
    assert_eq!(fs::read_to_string(case.script.with_extension("out")).unwrap(), "new\n");
    assert_eq!(fs::read_to_string(case.script.with_extension("exit")).unwrap(), "4\n");
    assert!(!case.script.with_extension("err").exists());
    let again = cases(folder.path()).remove(0);
    assert_eq!(outcome(&again, true, &|_, _| Ok(actual.clone())), Outcome::Passed);
}

fn stable() {
    let (folder, case) = one(&[("a.crawl", "")]);
    let here = folder.path().canonicalize().unwrap().display().to_string();
    let text = format!(
        "http://127.0.0.1:41234/commits http://localhost:41234/x 127.0.0.1:9 {here}/a.crawl:3\n\
         step 1 took 312ms, 0.18 s, 1.2s elapsed, 40 ms elapsed, elapsed: 3 s\nwithin 10s, version 1.2.3, 500ms, 1.5 stars"
    );
    let made = normalise(&case, &ran(&text, &text, 0));
    let places = "http://site/commits http://localhost/x site a.crawl:3\n";
    assert_eq!(
        made.stderr,
        format!(
            "{places}step 1 took <time>, <time>, <time> elapsed, <time> elapsed, elapsed: <time>\n\
             within 10s, version 1.2.3, 500ms, 1.5 stars"
        )
    );
    assert!(made.stdout.starts_with(places) && made.stdout.contains("0.18 s, 1.2s elapsed"), "{}", made.stdout);
}

/// A program that is a shell script.
#[cfg(unix)]
fn program(folder: &Path, script: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("_program");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
fn spawned() {
    let header =
        "//! command: check\n//! args: --set 'a=1 2' --output {tmp}/x\n//! stdin: hello\\nyou\n//! env: GREETING=hi\n";
    let (folder, case) = one(&[("deep/a.crawl", header)]);
    let script =
        "for a in \"$@\"; do echo \"$a\"; done; cat; echo; ls; echo \"$GREETING $NO_COLOR\"; echo err >&2; exit 7";
    let ran = spawn(&program(folder.path(), script), &case, &Over::Live, &Options::default()).unwrap();
    assert_eq!(ran.stdout, "check\n--set\na=1 2\n--output\n<tmp>/x\na.crawl\nhello\nyou\na.crawl\nhi 1\n");
    assert_eq!((ran.stderr.as_str(), ran.exit), ("err\n", 7));
}

#[cfg(unix)]
fn spawn_ends() {
    let (folder, case) = one(&[("a.crawl", "")]);
    assert_eq!(
        spawn(&program(folder.path(), "kill -TERM $$"), &case, &Over::Live, &Options::default()).unwrap().exit,
        128 + 15
    );
    let error = spawn(&folder.path().join("_nothing"), &case, &Over::Live, &Options::default()).unwrap_err();
    assert!(matches!(error, TestError::Io { action: "run", .. }), "{error:?}");
}

#[cfg(unix)]
fn spawn_timeout() {
    let (folder, case) = one(&[("a.crawl", "//! timeout: 1\n")]);
    let error =
        spawn(&program(folder.path(), "echo so far >&2; exec sleep 600"), &case, &Over::Live, &Options::default())
            .unwrap_err();
    assert_eq!(
        error,
        TestError::Timeout { timeout: Duration::from_secs(1), stdout: String::new(), stderr: "so far\n".to_owned() }
    );
}
