//! Ctrl-C ends whatever a script is in the middle of, and keeps the records that were whole.

use std::time::Duration;

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

/// No timing is asserted here, only that nothing waits for a deadline or for the script.
const LIMIT: Duration = Duration::from_secs(5);

/// What the script does when the signal comes: name, lines before the records, lines after them.
const SCENES: &[(&str, &str, &str)] = &[
    ("an_endless_loop", "", "loop { }"),
    ("an_endless_loop_in_a_function", "fn spin(n) { let i = 0; while true { i += n; } }", "spin(1);"),
    ("an_endless_loop_that_catches", "", "loop { try { loop { } } catch { } }"),
    ("recursion_without_an_end_in_sight", "fn deep(n) { if n > 0 { deep(n - 1); deep(n - 1); } }", "deep(500);"),
    (
        "a_slow_sort",
        "",
        "let a = []; for i in 0..5000 { a.push(i * 7919 % 5003); } a.sort(|x, y| { for i in 0..10000 { } x - y });",
    ),
    (
        "endless_string_building",
        "let text = \"x\";",
        "loop { text += text.len().to_string(); if text.len > 100000 { text = \"\"; } }",
    ),
    (
        "endless_printing_of_closures",
        "",
        "loop { let rows = [3, 1, 2]; rows.sort(|a, b| a - b); rows.map(|x| x + 1); }",
    ),
    ("a_long_sleep", "", "sleep(\"1h\");"),
    ("a_step_that_waits", "", "session(\"s\") { crawl(wait_for: \".never\", timeout: \"1h\"); }"),
    ("a_polled_closure_that_loops", "", "session(\"s\") { crawl(wait_for: || { loop { } }, timeout: \"1h\"); }"),
    (
        "a_hook_that_loops",
        "on(\"before_retrieve_html\", |page| { if page.url.contains(\"login\") { loop { } } });",
        "session(\"s\") { crawl(\"/login\", timeout: \"1h\"); }",
    ),
    ("js_that_never_returns", "", "session(\"s\") { crawl(js: \"while (true) {}\", timeout: \"1h\"); }"),
    ("js_that_never_settles", "", "session(\"s\") { crawl(js: \"new Promise(() => {})\", timeout: \"1h\"); }"),
    ("an_endless_answer", "", "session(\"s\") { crawl(\"/broken/endless\", timeout: \"1h\"); }"),
    ("a_slow_answer", "", "session(\"s\") { crawl(\"/slow?delay=600000\", timeout: \"1h\"); }"),
    ("a_dialog_that_stays", "", "session(\"s\") { crawl(js: \"for (;;) alert('again')\", timeout: \"1h\"); }"),
    ("parallel_branches", "", "parallel([1, 2, 3], |n| { if n == 1 { sleep(\"1h\"); } loop { } }, workers: 3);"),
];

pub fn trials() -> Vec<Trial> {
    let scene = |(name, before, after): &(&'static str, &'static str, &'static str)| {
        let (name, before, after) = (*name, *before, *after);
        Trial::test(format!("process::ctrl_c_ends_{name}"), move || {
            interrupted(name, before, after);
            Ok(())
        })
    };
    let mut trials: Vec<Trial> = SCENES.iter().map(scene).collect();
    trials.push(trial("ctrl_c_keeps_the_records_in_every_format", formats));
    trials.push(trial("endless_recursion_is_an_error", recursion));
    trials
}

fn script(before: &str, after: &str) -> String {
    format!(
        "{before}\nsession(\"s\") {{ crawl(`${{playground()}}/article`); }}\nemit(#{{ n: 1 }});\nemit(#{{ n: 2 }});\n\
         print(\"open\");\nsession(\"s\") {{ crawl(); }}\n{after}\nprint(\"past\");\n"
    )
}

fn interrupted(name: &str, before: &str, after: &str) {
    let stage = Stage::with(&script(before, after));
    let mut run = stage.start(&["run", "script.crawl", "--output", "rows.jsonl"]);
    run.until("open");
    std::thread::sleep(Duration::from_millis(200));
    run.signal("INT");
    let ended = run.end();
    println!("{name}: ended after {:?}", ended.took);
    assert_eq!(ended.status.code(), Some(130), "{}\n{}", ended.stdout, ended.stderr);
    assert_eq!(stage.read("rows.jsonl"), "{\"n\":1}\n{\"n\":2}\n");
    assert!(ended.took < LIMIT, "it took {:?}", ended.took);
    assert!(!ended.stderr.contains("error"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn formats() {
    for (file, kept) in [("rows.json", "[\n"), ("rows.csv", "n\n1\n2\n"), ("rows.sqlite", "SQLite format 3")] {
        let stage = Stage::with("emit(#{ n: 1 });\nemit(#{ n: 2 });\nprint(\"open\");\ncrawl(\"raw:<p>x\");\nloop { }");
        let mut run = stage.start(&["run", "script.crawl", "--output", file]);
        run.until("open");
        run.signal("TERM");
        assert_eq!(run.end().status.code(), Some(130));
        let bytes = std::fs::read(stage.path(file)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with(kept), "{file}: {text}");
        if file.ends_with(".json") {
            let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(rows.len(), 2);
        }
    }
}

fn recursion() {
    let stage = Stage::with("fn deep(n) { deep(n + 1) }\nemit(#{ n: 1 });\ndeep(0);");
    let ended = stage.start(&["run", "script.crawl", "--output", "rows.jsonl"]).end();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("deep"), "{}", ended.stderr);
    assert_eq!(stage.read("rows.jsonl"), "{\"n\":1}\n");
}
