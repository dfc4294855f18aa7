//! What is asked of `crawl test` amiss or twice, and how much of what differs it shows.

use std::fs;

use libtest_mimic::Trial;

use super::command::{crawl, folder, test};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("asked::a_folder_without_cases_is_no_success", empty),
        trial("asked::no_jobs_are_refused", jobs),
        trial("asked::a_script_named_twice_runs_once", twice),
        trial("asked::a_golden_file_is_no_script", golden),
        trial("asked::a_case_out_of_time_shows_what_it_printed", late),
        trial("asked::records_among_lines_are_compared_field_by_field", among),
        trial("asked::of_many_changed_records_the_first_are_shown", many),
    ]
}

fn empty() {
    let ended = test(folder(&[("_module.crawl", "")]).path(), &[]);
    assert!(ended.err.contains("crawl::usage::no_tests") && ended.out.is_empty(), "{}", ended.err);
    assert_eq!(ended.code, Some(2));
}

fn jobs() {
    let ended = test(folder(&[("a.crawl", "")]).path(), &["--jobs", "0"]);
    assert_eq!((ended.out.as_str(), ended.code), ("", Some(2)), "{}", ended.err);
}

fn twice() {
    let folder = folder(&[("a.crawl", "print(1);\n"), ("a.out", "1\n"), ("b.out", "")]);
    let ended = crawl(folder.path(), &["test", "a.crawl", ".", "./a.crawl", "."], &[]);
    assert!(ended.out.ends_with("1 passed, 0 failed, 1 error\n"), "{}", ended.out);
}

fn golden() {
    let folder = folder(&[("a.crawl", "print(1);\n"), ("a.out", "1\n")]);
    let ended = crawl(folder.path(), &["test", "a.out"], &[]);
    assert!(ended.err.contains("run its script: `a.crawl`") && ended.out.is_empty(), "{}", ended.err);
    assert_eq!(ended.code, Some(2));
}

fn late() {
    let script = "//! timeout: 2\nfor i in 0..30 { print(`line ${i}`); }\nloop {}\n";
    let ended = test(folder(&[("a.crawl", script)]).path(), &[]);
    assert!(ended.out.contains("stdout, after 10 lines:\n  line 10\n"), "{}", ended.out);
    assert!(ended.out.contains("  line 29\n") && !ended.out.contains("line 9\n"), "{}", ended.out);
}

fn among() {
    let script = "for id in 1..=3 { emit(#{ id: id, title: \"b\" }); print(`row ${id}`); }\n";
    let golden =
        "{\"id\":1,\"title\":\"b\"}\nrow 1\n{\"id\":2,\"title\":\"a\"}\nrow 2\n{\"id\":3,\"title\":\"b\"}\nrow 3\n";
    let folder = folder(&[("a.crawl", script), ("a.out", golden)]);
    let ended = test(folder.path(), &[]);
    let wanted = "FAILED  a\nrecords: expected → came\n~ line 3: `title` \"a\" → \"b\"\n0 passed, 1 failed\n";
    assert_eq!((ended.out.as_str(), ended.code), (wanted, Some(1)));
    // Other lines stay a text, and records that only came are lines as well.
    fs::write(folder.path().join("a.out"), golden.replace("row 3", "row three").replace("row 1\n", "")).unwrap();
    let ended = test(folder.path(), &[]).out;
    assert!(ended.contains("- row three\n+ row 3\n") && ended.contains("+ row 1\n"), "{ended}");
    assert!(ended.contains("~ line 3: `title` \"a\" → \"b\"\n") && !ended.contains("- {"), "{ended}");
    // What is the same by its fields is another text all the same.
    fs::write(folder.path().join("a.out"), golden.replace("\"a\"", "\"b\"").replace("\"id\":3", "\"id\":3.0")).unwrap();
    let ended = test(folder.path(), &[]).out;
    assert!(ended.contains("- {\"id\":3.0,"), "{ended}");
}

fn many() {
    let golden: String = (0..2000).map(|n| format!("{{\"id\":{n},\"n\":0}}\n")).collect();
    let script = "for id in 0..2000 { emit(#{ id: id, n: 1 }); }\nemit(#{ id: 2000, n: 1 });\n";
    let folder = folder(&[("a.crawl", script), ("a.records.jsonl", &golden)]);
    let ended = test(folder.path(), &[]).out;
    assert_eq!(ended.lines().filter(|line| line.starts_with("~ record ")).count(), 20, "{ended}");
    assert!(ended.contains("\n~ and 1980 more that changed\n") && ended.contains("+ 1 record: "), "{ended}");
}
