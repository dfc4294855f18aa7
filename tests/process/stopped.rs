//! `crawl test` that is told to end, or killed, leaves none of its cases running and none of their files.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::stage::{LIMIT, Stage};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("sigint_ends_tests_in_order", || signalled("INT", &[])),
        trial("sigterm_ends_tests_in_order", || signalled("TERM", &[])),
        trial("sighup_ends_tests_in_order", || signalled("HUP", &["--record"])),
        trial("a_second_signal_ends_tests_at_once", twice),
        trial("tests_that_are_killed_leave_nothing", || killed(&[])),
        trial("tests_that_are_killed_while_they_record_leave_nothing", || killed(&["--record"])),
    ]
}

/// A case that ends, one that hangs in a page, and one that waits for its turn; it stands by when the page hangs.
fn stage() -> Stage {
    let stage = Stage::new();
    stage.write("a.crawl", "print(\"a\");\n");
    stage.write("a.out", "a\n");
    stage.write(
        "b.crawl",
        "session(\"s\") {\n  crawl(`${playground()}/article`);\n  save_state(\"s\", \"open.json\");\n  \
         crawl(js: \"new Promise(() => {})\", timeout: \"1h\");\n}\n",
    );
    stage.write("c.crawl", "print(\"c\");\n");
    stage.write("c.out", "c\n");
    stage
}

fn until_it_hangs(stage: &Stage) {
    let begun = Instant::now();
    while !stage.path("open.json").exists() {
        assert!(begun.elapsed() < LIMIT, "the case did not come to its page");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(!stage.browsers().is_empty(), "a browser runs");
}

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["test", ".", "--jobs", "1"], more].concat()
}

fn signalled(name: &str, more: &[&str]) {
    let stage = stage();
    let run = stage.start(&arguments(more));
    until_it_hangs(&stage);
    run.signal(name);
    let ended = run.end();
    assert_eq!(ended.status.code(), Some(130), "{}\n{}", ended.stdout, ended.stderr);
    assert_eq!(ended.stdout, "ok      a\n1 passed, 0 failed, 2 not run\n", "{}", ended.stderr);
    assert!(!stage.path("b.cassette").exists());
    stage.assert_nothing_left();
}

fn twice() {
    let stage = stage();
    let run = stage.start(&arguments(&[]));
    until_it_hangs(&stage);
    run.signal("INT");
    run.signal("INT");
    assert_eq!(run.end().status.code(), Some(130));
    stage.assert_nothing_left();
}

fn killed(more: &[&str]) {
    let stage = stage();
    let run = stage.start(&arguments(more));
    until_it_hangs(&stage);
    run.signal("KILL");
    assert_eq!(run.end().status.signal(), Some(9));
    stage.assert_nothing_left();
}
