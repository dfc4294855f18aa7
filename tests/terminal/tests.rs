//! `crawl test` on a terminal: what differs is seen by its colour, where colours are wanted.

use libtest_mimic::Trial;

use super::screen::Screen;
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![trial("test_colours_what_differs_unless_no_color_says_otherwise", colours)]
}

const CASE: &str = "emit(#{ id: 1, price: 21.99 });\nemit(#{ id: 3, price: 1 });\nprint(\"new\");\n\
    test(\"sum\", || assert_eq(#{ a: 1 }, #{ a: 2 }));\n";
const RECORDS: &str = "{\"id\":1,\"price\":19.99}\n{\"id\":2,\"price\":5,\"name\":\"gone\"}\n";

fn colours() {
    let stage = Stage::new();
    stage.write("shop.crawl", CASE);
    stage.write("shop.records.jsonl", RECORDS);
    stage.write("shop.out", "old\n");
    let shown = |variables: &[(&str, &str)]| {
        let mut screen = Screen::start_with(&stage, &["test", "shop.crawl"], variables);
        screen.until("0 passed");
        let exit = screen.wait();
        assert_eq!(exit, 1);
        screen.all()
    };
    let colored = shown(&[("NO_COLOR", "")]);
    for line in [
        "\x1b[31mFAILED \x1b[0m shop",
        "\x1b[31m- old\x1b[0m",
        "\x1b[32m+ new\x1b[0m",
        "\x1b[33m~ record 1: `price` 19.99 → 21.99\x1b[0m",
        "\x1b[31m- 1 record: ",
        "\x1b[32m+ 1 record: ",
    ] {
        assert!(colored.contains(line), "no {} in {}", line.escape_debug(), colored.escape_debug());
    }
    assert!(colored.contains("note: `a`: expected 2, got 1"), "{colored}");
    let plain = shown(&[("NO_COLOR", "1")]);
    assert!(
        plain.contains("~ record 1: `price` 19.99 → 21.99") && !plain.contains("\x1b["),
        "{}",
        plain.escape_debug()
    );
}
