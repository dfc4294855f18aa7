//! What watch says: what changed since the last good run, errors that do not end it, and the golden comparison.

use libtest_mimic::Trial;

use super::{Desk, trial};
use crate::terminal::screen::Screen;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("changed_added_and_removed_records_are_marked", records),
        trial("an_error_keeps_the_last_good_output_to_compare_with", after_an_error),
        trial("a_terminal_shows_what_changed_alone", terminal),
        trial("a_cleared_terminal_shows_the_whole_output", cleared),
        trial("the_golden_files_are_compared_after_each_run", golden),
        trial("what_a_changed_schema_misses_is_told", missing),
        trial("an_output_file_is_that_of_the_last_run", output_file),
    ]
}

const EMIT: &str = "emit(read_json(\"rows.json\"));";

fn records() {
    let desk = Desk::new();
    desk.save("rows.json", r#"[{"id": 1, "price": 5, "in": true}, {"id": 2, "price": 19.99, "in": true}]"#);
    desk.save("s.crawl", EMIT);
    let mut watch = desk.watch(&[]);
    watch.until("\"price\":19.99");
    watch.until("0 live");
    desk.save("rows.json", r#"[{"id": 1, "price": 5, "in": true}, {"id": 2, "price": 21.99, "in": true}, {"id": 3}]"#);
    watch.until("~ record 2: `price` 19.99 → 21.99");
    watch.until("+ 1 record: {\"id\":3}");
    watch.until("0 live");
    desk.save("rows.json", r#"[{"id": 2, "price": 21.99, "in": true}, {"id": 3}]"#);
    watch.until("- 1 record: {\"id\":1");
    watch.until("0 live");
    desk.save("s.crawl", &format!("{EMIT} print(\"and a line\");"));
    watch.until("+ 1 line: and a line");
}

fn missing() {
    let desk = Desk::new();
    let script = |fields: &str| format!(r#"schema Row at "body" {{ {fields} }} crawl("SITE/cache-me", extract: Row);"#);
    desk.save("s.crawl", &script("all: text(\":self\")"));
    let mut watch = desk.watch(&[]);
    watch.until("1 live");
    desk.save("s.crawl", &script("all: text(\":self\"), none: text(\".none\")"));
    watch.until("warning: `none` is missing in 1 of 1 row");
    watch.until("0 live");
    assert_eq!(desk.hits(), 1);
}

fn after_an_error() {
    let desk = Desk::new();
    desk.save("rows.json", r#"[{"id": 1, "price": 5}]"#);
    desk.save("s.crawl", EMIT);
    let mut watch = desk.watch(&[]);
    watch.until("0 live");
    desk.save("s.crawl", "emit(read_json(\"rows.json\")); throw \"stopped here\";");
    watch.until("stopped here");
    watch.until("failed");
    assert!(!watch.said("- 1 record"), "what a failed run did not come to is not gone");
    desk.save("rows.json", r#"[{"id": 1, "price": 6}]"#);
    watch.until("~ record 1: `price` 5 → 6");
    watch.until("failed");
    desk.save("s.crawl", EMIT);
    watch.until("~ record 1: `price` 5 → 6");
    watch.until("0 live");
}

fn terminal() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"stays\"); print(\"before\");");
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("before");
    screen.until("0 live");
    desk.save("s.crawl", "print(\"stays\"); print(\"after\");");
    screen.until("~ line 2: before → after");
    screen.until("0 live");
    assert_eq!(screen.all().matches("stays").count(), 1, "{}", screen.all());
    screen.press("o");
    screen.until("stays\r\nafter\r\n");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn cleared() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"stays\"); print(\"before\");");
    let mut screen = Screen::start(&desk.stage, &["watch", "--clear", "s.crawl"]);
    screen.until("before");
    screen.until("0 live");
    desk.save("s.crawl", "print(\"stays\"); print(\"after\");");
    screen.until("\u{1b}[2J");
    screen.until("stays");
    screen.until("after");
    screen.until("~ line 2: before → after");
    screen.until("0 live");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn golden() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"one\"); emit(#{ id: 1 });");
    let mut watch = desk.watch(&["--test"]);
    watch.until("there is no `s.out`");
    watch.until("0 live");
    desk.save("s.out", "one\n{\"id\":1}\n");
    desk.save("s.crawl", "print(\"one\"); emit(#{ id: 1 }); // saved");
    watch.until("test: as in `s.out`");
    watch.until("0 live");
    desk.save("s.crawl", "print(\"two\"); emit(#{ id: 1 });");
    watch.until("test: stdout");
    watch.until("- one");
    watch.until("+ two");
    watch.until("0 live");
    desk.save("s.crawl", "print(\"one\"); emit(#{ id: 1 }); throw \"no\";");
    watch.until("test: exit code: 0 expected, 4 came");
    watch.until("failed");
    desk.save("s.crawl", "prnt(\"one\");");
    watch.until("test: exit code: 0 expected, 1 came");
}

fn output_file() {
    let desk = Desk::new();
    desk.save("rows.json", r#"[{"id": 1}]"#);
    desk.save("s.crawl", EMIT);
    let mut watch = desk.watch(&["--output", "rows.jsonl"]);
    watch.until("0 live");
    assert_eq!(desk.stage.read("rows.jsonl"), "{\"id\":1}\n");
    desk.save("rows.json", r#"[{"id": 2}]"#);
    watch.until("~ record 1: `id` 1 → 2");
    watch.until("0 live");
    assert_eq!(desk.stage.read("rows.jsonl"), "{\"id\":2}\n");
}
