//! The REPL as a person types it.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use libtest_mimic::Trial;

use super::talk::{CTRL_C, PROMPT, READ, abandon, open, open_with, quit, said};
use super::trial;
use crate::process::stage::{Running, Stage};

const UP: &str = "\u{1b}[A";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_keeps_what_was_said", keeps),
        trial("repl_forgets_a_line_that_failed", forgets),
        trial("repl_takes_several_lines_as_one_piece", several_lines),
        trial("repl_completes", completes),
        trial("repl_keeps_its_history", history),
        trial("repl_cancels_a_line_and_keeps_the_page", cancels),
        trial("repl_ends_on_signals", signals),
        trial("repl_answers_commands", commands),
        trial("repl_works_piped", piped),
        trial("repl_saves_a_script_that_runs", saves),
        trial("repl_tells_the_place_in_an_earlier_line", places),
    ]
}

fn keeps() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "const RATE = 3;", "\n");
    said(&mut screen, "fn rated(n) { n * RATE }", "\n");
    said(&mut screen, "import \"std/paginate\" as pages;", "\n");
    said(&mut screen, "schema Product at \".product\" { name: text(\"h2\") }", "\n");
    said(&mut screen, "let site = playground();", "\n");
    said(&mut screen, "rated(14)", "\n42");
    said(&mut screen, "let page = crawl(`${site}/products`);", "\n");
    said(&mut screen, "page.extract(Product).len", "\n8");
    said(&mut screen, "session(\"shop\") { crawl(`${site}/article`); }", "\n");
    said(&mut screen, "session(\"shop\") { evaluate(\"location.pathname\") }", "\n/article");
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/products");
    quit(screen, &stage);
}

fn forgets() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "let list = [1];", "\n");
    said(&mut screen, "list.push(2); let other = 1; throw \"no\";", "no");
    said(&mut screen, "list.len", "\n1");
    said(&mut screen, "other", "unknown variable");
    said(&mut screen, "schema Row at \"li\" { a: text(\"b\") } throw \"no\";", "no");
    said(&mut screen, "Row", "unknown variable");
    quit(screen, &stage);
}

fn several_lines() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    screen.press("fn add(a, b) {\r  a + b\r}\r");
    screen.until(READ);
    screen.until(PROMPT);
    said(&mut screen, "add(40, 2)", "\n42");
    screen.press("let n = session(\"x\") <\r  7 * 6\r>;\r");
    screen.until(READ);
    screen.until(PROMPT);
    said(&mut screen, "n + 1000", "\n1042");
    screen.press("let text = `one\rtwo`;\r");
    screen.until(READ);
    screen.until(PROMPT);
    said(&mut screen, "text.len + 2000", "\n2007");
    screen.press("if true {\r");
    screen.until("{");
    abandon(&mut screen);
    said(&mut screen, "1 + 3000", "\n3001");
    quit(screen, &stage);
}

fn completes() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    for (typed, whole) in [
        ("playgr\t", "playground("),
        ("crawl(wait_f\t", "crawl(wait_for: "),
        ("crawl(\"u\", screensh\t", "crawl(\"u\", screenshot: "),
        (":expl\t", ":explain"),
        ("on(\"before_go\t", "on(\"before_goto"),
    ] {
        screen.press(typed);
        screen.until(whole);
        abandon(&mut screen);
    }
    said(&mut screen, "let harbour = crawl(\"raw:<p>x\"); session(\"the-shop\");", "\n");
    for (typed, whole) in
        [("harb\t", "harbour"), ("harbour.mark\t", "harbour.markdown"), ("close(\"the-\t", "close(\"the-shop")]
    {
        screen.press(typed);
        screen.until(whole);
        abandon(&mut screen);
    }
    quit(screen, &stage);
}

fn history() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "40 + 2", "\n42");
    quit(screen, &stage);
    let mut screen = open(&stage);
    screen.press(UP);
    screen.until("40 + 2");
    screen.press("000\r");
    screen.until("\n2040");
    screen.until(PROMPT);
    quit(screen, &stage);
}

fn cancels() {
    ["headless-shell", "firefox"].into_iter().for_each(cancels_in);
}

fn cancels_in(browser: &str) {
    let stage = Stage::new();
    let mut screen = open_with(&stage, &["--browser", browser]);
    said(&mut screen, "let site = playground(); let p = crawl(`${site}/article`);", "\n");
    let waits = ["crawl(wait_for: \".never\", timeout: \"1h\")", "crawl(js: \"new Promise(() => {})\")"];
    for line in ["loop { }", "crawl(js: \"while (true) {}\")"].into_iter().chain(waits) {
        screen.enter(line);
        std::thread::sleep(Duration::from_millis(300));
        screen.press(CTRL_C);
        screen.until("cancelled");
        screen.until(PROMPT);
        said(&mut screen, "evaluate(\"location.pathname\")", "\n/article");
    }
    screen.press("half a line");
    screen.until("half a line");
    abandon(&mut screen);
    said(&mut screen, "1 + 41", "\n42");
    quit(screen, &stage);
}

fn signals() {
    for name in ["TERM", "HUP"] {
        let stage = Stage::new();
        let mut screen = open(&stage);
        said(&mut screen, "crawl(\"raw:<p>x\").text", "\nx");
        let kill = format!("kill -{name} {}", screen.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(screen.end(), 130);
        stage.assert_nothing_left();
    }
}

fn commands() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":help", ":explain SEL");
    said(&mut screen, ":page", "no page yet");
    said(&mut screen, "let site = playground(); let p = crawl(`${site}/products`);", "\n");
    said(&mut screen, ":page", "Products");
    said(&mut screen, ":select h2", "8 matches");
    said(&mut screen, ":explain .produkt", "`.product` (8)");
    said(&mut screen, ":sessions", "main");
    said(&mut screen, ":steps", "crawl(`${site}/products`)");
    said(&mut screen, ":doc crawl", "wait_for");
    said(&mut screen, ":doc crwl", "did you mean `crawl`?");
    said(&mut screen, ":sesions", "did you mean `:sessions`?");
    screen.enter(":quit");
    assert_eq!(screen.end(), 0);
    stage.assert_nothing_left();
}

/// What a dialogue that is piped in prints, and its exit code.
fn dialogue(stage: &Stage, lines: &str) -> (String, String, Option<i32>) {
    let mut child = stage.command(&["repl"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ended = Running::of(child).end();
    (ended.stdout, ended.stderr, ended.status.code())
}

fn piped() {
    let stage = Stage::new();
    let (stdout, stderr, code) = dialogue(&stage, "let a = [\n  1,\n  2\n];\na.len\nfn f(x) {\n x + 1\n}\nf(2)");
    assert_eq!((stdout.as_str(), stderr.as_str(), code), ("2\n3\n", "", Some(0)));
    let (stdout, stderr, code) = dialogue(&stage, "1 +* 2\n3\nthrow \"no\"\n");
    assert_eq!((stdout.as_str(), code), ("3\n", Some(3)), "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "no colours in a pipe: {stderr}");
}

fn saves() {
    let stage = Stage::new();
    let lines = "fn twice(n) {\n  n * 2\n}\nlet site = playground();\nconst LIMIT = 4;\nimport \"std/paginate\" as pages;\n\
        crawl(`${site}/products`) // a remark\nschema Product at \".product\" { name: text(\"h3\") }\n\
        schema Product at \".product\" { name: text(\"h2\") }\nlet rows = crawl(extract: Product).items;\nthrow \"not this\"\n\
        print(twice(rows.len), LIMIT);\n[1, 2].len\n:save out.crawl\n";
    let (stdout, stderr, _) = dialogue(&stage, lines);
    assert!(stdout.contains("\n16 4\n") && stdout.contains("out.crawl:"), "{stdout}\n{stderr}");
    assert!(!stdout.contains("needs a change"), "{stdout}\n{stderr}");
    let ended = stage.start(&["run", "out.crawl"]).end();
    let script = stage.read("out.crawl");
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "16 4\n"), "{script}\n{}", ended.stderr);
}

fn places() {
    let stage = Stage::new();
    let (_, stderr, _) = dialogue(&stage, "fn broken(n) { n.nowhere.here }\nlet a = 1; broken(#{})\n");
    assert!(stderr.contains("<repl 1>:1:") && stderr.contains("<repl 2>:1:"), "{stderr}");
}
