//! A script opened in the REPL: standing in its middle, and saving what was said at its place.

use libtest_mimic::Trial;

use super::screen::Screen;
use super::talk::{PROMPT, open_with, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_stands_after_a_line", after_line),
        trial("repl_stands_after_a_step", after_step),
        trial("repl_stands_before_what_fails", before_failure),
        trial("repl_stands_before_a_loop_that_a_line_is_in", before_loop),
        trial("repl_merges_what_was_said_into_the_script", merges),
        trial("repl_saves_in_the_style_of_the_script", keeps_style),
        trial("repl_takes_statements_of_the_script_back", undoes),
        trial("repl_loads_a_url_first", url),
        trial("repl_refuses_a_place_that_is_none", refuses),
    ]
}

const SCRIPT: &str = "// A shop.\nconst LIMIT = 2;\nfn shout(text) { text.upper() }\nlet site = playground();\n\n\
    session(\"shop\") <\n  let page = crawl(`${site}/products`);\n  let n = page.count(\"h2\") * LIMIT;\n  // The log.\n  \
    crawl(`${site}/commits`);\n>\nlet after = 7;\nprint(shout(\"end\"));\n";

fn after_line() {
    let stage = Stage::with(SCRIPT);
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "8"]);
    screen.until("standing in script.crawl after line 8");
    screen.until("shop ⟩ /products › ");
    said(&mut screen, "n", "\n16");
    said(&mut screen, "shout(page.title)", "\nPRODUCTS");
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/products");
    said(&mut screen, "after", "unknown variable");
    quit(screen, &stage);
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "12"]);
    screen.until("after line 12");
    screen.until("main › ");
    said(&mut screen, "after", "\n7");
    said(&mut screen, "n", "unknown variable");
    quit(screen, &stage);
}

fn after_step() {
    let stage = Stage::with(SCRIPT);
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "step:2"]);
    screen.until("after line 10");
    screen.until("shop ⟩ /commits › ");
    said(&mut screen, "n", "\n16");
    quit(screen, &stage);
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "step:9"]);
    screen.until("END");
    screen.until("the script takes 2 steps");
    screen.until(PROMPT);
    quit(screen, &stage);
}

fn before_failure() {
    let stage = Stage::with("let a = 40;\nlet b = a + 2;\nthrow \"no\";\nlet c = 1;\n");
    let mut screen = Screen::start(&stage, &["repl", "script.crawl"]);
    screen.until("script.crawl:3:");
    screen.until("standing in script.crawl after line 2");
    screen.until(PROMPT);
    said(&mut screen, "b", "\n42");
    quit(screen, &stage);
}

fn before_loop() {
    let stage = Stage::with("let sum = 0;\nfor n in 0..3 {\n  sum += n;\n}\nsum += 100;\n");
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "3"]);
    screen.until("line 3 lies within a statement that begins on line 2");
    screen.until(PROMPT);
    said(&mut screen, "sum + 7000", "\n7000");
    quit(screen, &stage);
    let mut screen = Screen::start(&stage, &["repl", "script.crawl", "--at", "4"]);
    screen.until("after line 4");
    screen.until(PROMPT);
    said(&mut screen, "sum + 7000", "\n7003");
    quit(screen, &stage);
}

fn merges() {
    let stage = Stage::with(SCRIPT);
    let mut screen = open_with(&stage, &["script.crawl", "--at", "8"]);
    said(&mut screen, "n + 1", "\n17");
    said(&mut screen, "fn twice(n) { n * 2 }", "\n");
    said(&mut screen, "print(twice(n));", "\n32");
    said(&mut screen, "throw \"not this\"", "not this");
    said(&mut screen, ":save other.crawl", "other.crawl: 2 pieces");
    said(&mut screen, ":save script.crawl", "script.crawl: 2 pieces");
    quit(screen, &stage);
    let wanted = SCRIPT
        .replace("LIMIT;\n  // The", "LIMIT;\n  print(twice(n));\n  // The")
        .replace("session(", "fn twice(n) { n * 2 }\nsession(");
    assert_eq!(stage.read("script.crawl"), wanted);
    let ended = stage.start(&["run", "-q", "script.crawl"]).end();
    assert_eq!(ended.stdout, "32\nEND\n", "{}", ended.stderr);
    let ended = stage.start(&["run", "-q", "other.crawl"]).end();
    assert_eq!(ended.stdout, "32\n", "{}{}", stage.read("other.crawl"), ended.stderr);
}

/// A script in the one style stays in it, and one in a style of its own keeps that.
fn keeps_style() {
    for (text, wanted) in [("let a = 1;\n", "let a = 1;\nlet b = 2;\n"), ("let a=1;\n", "let a=1;\nlet b=2;\n")] {
        let stage = Stage::with(text);
        let mut screen = open_with(&stage, &["script.crawl"]);
        said(&mut screen, "let b=2;", "\n");
        said(&mut screen, ":save script.crawl", "script.crawl: 1 piece\r\n");
        assert_eq!(stage.read("script.crawl"), wanted);
        quit(screen, &stage);
    }
}

fn undoes() {
    let stage = Stage::with(SCRIPT);
    let mut screen = open_with(&stage, &["script.crawl", "--at", "step:2"]);
    said(&mut screen, ":undo", "taken back: crawl(`${site}/commits`)");
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/products");
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: let n");
    said(&mut screen, "n", "unknown variable");
    said(&mut screen, "page.title", "\nProducts");
    quit(screen, &stage);
}

fn url() {
    let stage = Stage::new();
    stage.write("page.html", "<title>A page</title><p>x");
    let address = format!("file:{}", stage.path("page.html").display());
    let mut screen = Screen::start(&stage, &["repl", "--url", &address]);
    screen.until("A page");
    screen.until("page.html › ");
    quit(screen, &stage);
}

fn refuses() {
    let stage = Stage::with(SCRIPT);
    for args in [["repl", "script.crawl", "--at", "x"].as_slice(), &["repl", "--at", "3"]] {
        let ended = stage.start(args).end();
        assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
    }
}
