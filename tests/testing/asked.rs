//! What is asked of `crawl test` amiss or twice.

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
    let folder = folder(&[("a.crawl", ""), ("b.out", "")]);
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
