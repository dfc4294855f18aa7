//! Files as editors treat them: replaced, removed for a moment, linked, saved in bursts, half typed.

use std::os::unix::fs::symlink;
use std::time::Duration;

use libtest_mimic::Trial;

use super::{Desk, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_syntax_error_is_told_and_survived", syntax_error),
        trial("editors_may_replace_the_file", replaced),
        trial("what_a_script_imports_or_reads_is_watched_too", other_files),
        trial("a_page_in_a_file_is_watched_too", changed_page_file),
        trial("a_burst_of_saves_ends_in_the_last_one", burst),
        trial("a_file_that_is_gone_is_told_and_comes_back", gone),
        trial("a_file_that_is_empty_for_a_moment_is_not_run", emptied),
        trial("links_are_followed_where_they_lead", links),
        trial("two_scripts_may_share_a_module", shared_module),
        trial("a_missing_module_may_appear", missing_module),
        trial("a_folder_may_go_and_come_back", folder),
        trial("a_save_without_a_change_runs_nothing", unchanged),
        trial("what_the_script_writes_itself_is_no_change", own_file),
    ]
}

fn syntax_error() {
    let desk = Desk::new();
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\"); }");
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\") ; let = }");
    watch.until("crawl::syntax");
    watch.until("failed");
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\"); print(\"well again\"); }");
    watch.until("well again");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn replaced() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"one\");");
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    desk.save("new", "print(\"two\");");
    std::fs::rename(desk.path("new"), desk.path("s.crawl")).unwrap();
    watch.until("two");
    watch.until("0 live");
    std::fs::remove_file(desk.path("s.crawl")).unwrap();
    desk.save("s.crawl", "print(\"three\");");
    watch.until("three");
    watch.until("0 live");
    desk.save("s.crawl", "print(\"four\");");
    watch.until("four");
}

fn other_files() {
    let desk = Desk::new();
    desk.save("words.crawl", "fn word() { \"one\" }");
    desk.save("note.txt", "a note");
    desk.save("s.crawl", "import \"words\" as words; print(words::word(), read_text(\"note.txt\"));");
    let mut watch = desk.watch(&[]);
    watch.until("one a note");
    watch.until("0 live");
    desk.save("words.crawl", "fn word() { \"two\" }");
    watch.until("two a note");
    watch.until("0 live");
    desk.save("note.txt", "another");
    watch.until("two another");
}

fn changed_page_file() {
    let desk = Desk::new();
    desk.save("page.html", "<title>One</title>");
    desk.save("s.crawl", "session(\"a\") { print(\"title\", crawl(\"file:page.html\").title); }");
    let mut watch = desk.watch(&[]);
    watch.until("title One");
    watch.until("0 reused · 1 live");
    desk.save("page.html", "<title>Two</title>");
    watch.until("title Two");
    watch.until("0 reused · 1 live");
}

fn burst() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"begin\");");
    let mut watch = desk.watch(&[]);
    watch.until("begin");
    watch.until("0 live");
    for number in 0..50 {
        desk.save("s.crawl", &format!("print(\"number {number}.\");"));
    }
    watch.until("number 49.");
    watch.until("0 live");
    desk.save("s.crawl", "print(\"end\");");
    watch.until("end");
}

fn gone() {
    let desk = Desk::new();
    desk.save("s.crawl", "session(\"a\") { print(\"here\", crawl(\"SITE/cache-me\").title); }");
    let mut watch = desk.watch(&[]);
    watch.until("here Cache me");
    watch.until("0 reused · 1 live");
    std::fs::remove_file(desk.path("s.crawl")).unwrap();
    watch.until("crawl::usage::no_script");
    watch.until("failed");
    desk.save("s.crawl", "session(\"a\") { print(\"back\", crawl(\"SITE/cache-me\").title); }");
    watch.until("back Cache me");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn emptied() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"one\");");
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    desk.save("s.crawl", "");
    std::thread::sleep(Duration::from_millis(60));
    desk.save("s.crawl", "print(\"two\");");
    watch.until("two");
    watch.until("0 live");
    std::fs::remove_file(desk.path("s.crawl")).unwrap();
    std::thread::sleep(Duration::from_millis(60));
    desk.save("s.crawl", "print(\"three\");");
    watch.until("three");
    assert!(!watch.said("failed"), "{:?}", watch.pending);
}

fn links() {
    let desk = Desk::new();
    for (name, word) in [("first.crawl", "one"), ("second.crawl", "two")] {
        std::fs::create_dir_all(desk.path("real")).unwrap();
        desk.save(&format!("real/{name}"), &format!("print(\"{word}\");"));
    }
    symlink("real/first.crawl", desk.path("s.crawl")).unwrap();
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    desk.save("real/first.crawl", "print(\"changed\");");
    watch.until("changed");
    watch.until("0 live");
    symlink("real/second.crawl", desk.path("new")).unwrap();
    std::fs::rename(desk.path("new"), desk.path("s.crawl")).unwrap();
    watch.until("two");
    watch.until("0 live");
    desk.save("real/second.crawl", "print(\"followed\");");
    watch.until("followed");
}

fn shared_module() {
    let desk = Desk::new();
    desk.save("words.crawl", "fn word() { \"one\" }");
    for name in ["s.crawl", "t.crawl"] {
        desk.save(name, &format!("import \"words\" as words; print(\"{name}\", words::word());"));
    }
    let (mut first, mut second) = (desk.watch(&[]), desk.watch_file("t.crawl", &[]));
    for (watch, name) in [(&mut first, "s.crawl"), (&mut second, "t.crawl")] {
        watch.until(&format!("{name} one"));
        watch.until("0 live");
    }
    desk.save("words.crawl", "fn word() { \"two\" }");
    first.until("s.crawl two");
    second.until("t.crawl two");
    first.until("0 live");
    desk.save("s.crawl", "print(\"alone\");");
    first.until("alone");
    first.until("0 live");
    desk.save("words.crawl", "fn word() { \"three\" }");
    second.until("t.crawl three");
    assert!(!first.said("0 live"), "it has no such module any more");
}

fn missing_module() {
    let desk = Desk::new();
    desk.save("s.crawl", "import \"words\" as words; print(words::word());");
    let mut watch = desk.watch(&[]);
    watch.until("crawl::module::unknown");
    watch.until("failed");
    desk.save("words.crawl", "fn word() { \"there\" }");
    watch.until("there");
}

fn unchanged() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"one\");");
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    // The same content, put in place as editors do.
    desk.save("new", "print(\"one\");");
    std::fs::rename(desk.path("new"), desk.path("s.crawl")).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!watch.said("0 live"));
    desk.save("s.crawl", "print(\"two\");");
    watch.until("two");
}

fn own_file() {
    let desk = Desk::new();
    desk.save("count.txt", "0");
    desk.save(
        "s.crawl",
        "let count = read_text(\"count.txt\").int() + 1; write_text(\"count.txt\", count); print(\"run\", count);",
    );
    let mut watch = desk.watch(&[]);
    watch.until("run 1");
    watch.until("0 live");
    std::thread::sleep(Duration::from_millis(300));
    assert!(!watch.said("run"), "its own doing");
    desk.save("s.crawl", "print(\"count\", read_text(\"count.txt\"));");
    watch.until("count 1");
    watch.until("0 live");
    desk.save("count.txt", "5");
    watch.until("count 5");
}

fn folder() {
    let desk = Desk::new();
    let make = || std::fs::create_dir(desk.path("parts")).unwrap();
    make();
    desk.save("parts/words.crawl", "fn word() { \"one\" }");
    desk.save("s.crawl", "import \"parts/words\" as words; print(words::word());");
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    for word in ["two", "three"] {
        std::fs::remove_dir_all(desk.path("parts")).unwrap();
        watch.until("crawl::module::unknown");
        watch.until("failed");
        make();
        std::thread::sleep(Duration::from_millis(100));
        desk.save("parts/words.crawl", &format!("fn word() {{ \"{word}\" }}"));
        watch.until(word);
        watch.until("0 live");
    }
    // Another folder in its place, as when a branch is switched.
    std::fs::create_dir(desk.path("other")).unwrap();
    desk.save("other/words.crawl", "fn word() { \"four\" }");
    std::fs::rename(desk.path("parts"), desk.path("old")).unwrap();
    std::fs::rename(desk.path("other"), desk.path("parts")).unwrap();
    watch.until("four");
    desk.save("parts/words.crawl", "fn word() { \"five\" }");
    watch.until("five");
}
