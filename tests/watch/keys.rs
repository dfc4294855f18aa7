//! Watch on a terminal: its keys, and the terminal as it was afterwards.

use libtest_mimic::Trial;

use super::{Desk, trial};
use crate::process::stage::signal;
use crate::terminal::screen::Screen;
use crate::terminal::talk::{CTRL_C, CTRL_D, PROMPT, READ, abandon, said};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("r_runs_again_what_ran_last_and_capital_r_everything", again),
        trial("s_lists_the_steps", steps),
        trial("p_holds_saves_back", pause),
        trial("i_opens_a_prompt_on_the_page", prompt),
        trial("i_stands_where_the_run_failed_with_its_variables", where_it_failed),
        trial("i_shows_the_variables_of_the_function_that_failed", in_a_function),
        trial("an_interrupt_at_the_prompt_ends_its_piece_alone", interrupt),
        trial("other_signals_at_the_prompt_end_watch", signals),
        trial("keys_are_heard_while_a_step_runs", during),
        trial("every_way_out_leaves_the_terminal_as_it_was", restored),
        trial("without_a_terminal_there_are_no_keys", no_terminal),
    ]
}

const SCRIPT: &str = r#"session("a") {
    print("hits", crawl("SITE/cache-me", css: ".hits").selected[0].text);
    print("js", crawl(js: "JS").js);
}"#;

fn start(desk: &Desk) -> Screen {
    desk.save("s.crawl", &SCRIPT.replace("JS", "1 + 1"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("q quit");
    screen.until("js 2");
    screen.until("0 reused · 2 live");
    screen
}

fn again() {
    let desk = Desk::new();
    let mut screen = start(&desk);
    desk.save("s.crawl", &SCRIPT.replace("JS", "1 + 2"));
    screen.until("1 reused · 1 live");
    screen.press("r");
    screen.until("1 reused · 1 live");
    screen.until("step 2 was asked for");
    assert_eq!(desk.hits(), 3, "two rebuildings");
    screen.press("R");
    screen.until("~ line 1: hits 1 → hits 4");
    screen.until("0 reused · 2 live");
    screen.until("all afresh");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn steps() {
    let desk = Desk::new();
    let mut screen = start(&desk);
    desk.save("s.crawl", &SCRIPT.replace("JS", "1 + 2"));
    screen.until("1 reused · 1 live");
    screen.press("s");
    let shown = screen.until("1 + 2");
    assert!(shown.contains("reused") && shown.contains("cache-me"), "{shown}");
    screen.press("?");
    screen.until("keys: ");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn pause() {
    let desk = Desk::new();
    let mut screen = start(&desk);
    screen.press("p");
    screen.until("paused");
    desk.save("s.crawl", &SCRIPT.replace("JS", "1 + 2"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(screen.all().matches(" live").count(), 1, "{}", screen.all());
    screen.press("p");
    screen.until("~ line 2: js 2 → js 3");
    screen.until("1 reused · 1 live");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn prompt() {
    let desk = Desk::new();
    let mut screen = start(&desk);
    desk.save("s.crawl", &SCRIPT.replace("JS", "nowhere.at"));
    screen.until("failed");
    screen.press("i");
    screen.until("Ctrl-D");
    screen.until("a ⟩ /cache-me › ");
    said(&mut screen, "crawl().title", "Cache me");
    said(&mut screen, "print(\"said\", 1)", "\nsaid 1");
    said(&mut screen, ":select .hits", "1 match");
    screen.press(":select .hi\t");
    screen.until(".hits");
    abandon(&mut screen);
    said(&mut screen, ":undo", "taken back: print(");
    // A save meanwhile waits until the prompt is closed.
    desk.save("s.crawl", &SCRIPT.replace("JS", "3 + 4"));
    said(&mut screen, "40 + 2", "\n42");
    screen.press(CTRL_D);
    screen.until("~ line 2: js 2 → js 7");
    screen.until(" live");
    screen.press("i");
    screen.until("Ctrl-D");
    screen.until(PROMPT);
    screen.enter(":quit");
    screen.until(READ);
    desk.save("s.crawl", &SCRIPT.replace("JS", "4 + 4"));
    screen.until("~ line 2: js 7 → js 8");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

const LOOP: &str = r#"let top = 7;
session("a") {
    let page = crawl("SITE/cache-me");
    for n in [1, 2, 3] {
        evaluate(`document.title = 't${n}'`);
        let inner = n * 10;
        if n == 2 { crawl(js: "nowhere.at"); }
    }
}"#;

fn where_it_failed() {
    let desk = Desk::new();
    desk.save("s.crawl", LOOP);
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("failed");
    screen.press("i");
    screen.until("after line 3 in session `a`");
    screen.until("a ⟩ /cache-me › ");
    said(&mut screen, "top + n + inner", "\n29");
    said(&mut screen, "page.title", "Cache me");
    // The page is left as it stands, and nothing ran again.
    said(&mut screen, "evaluate(\"document.title\")", "\nt2");
    assert_eq!(desk.hits(), 1);
    said(&mut screen, "evaluate(\"document.title = 'other'\");", "\n");
    said(&mut screen, ":undo", "taken back: evaluate(\"document.title = 'other'");
    said(&mut screen, "inner", "\n20");
    // Brought back to where it failed, what the failed statement had done before included.
    said(&mut screen, "evaluate(\"document.title\")", "\nt2");
    assert_eq!(desk.hits(), 2);
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: for n in");
    said(&mut screen, "inner", "unknown variable");
    said(&mut screen, "evaluate(\"document.title\")", "\nCache me");
    screen.press(CTRL_D);
    screen.until("watching again");
    desk.save(
        "s.crawl",
        &LOOP.replace("nowhere.at", "document.title").replace("}\n}", "}\n    print(evaluate(\"document.title\"));\n}"),
    );
    screen.until("t3");
    screen.until(" live");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn in_a_function() {
    let desk = Desk::new();
    let script = r##"const HELLO = "hi";
schema Hits at ".hits" { n: text(":self") }
fn visit(path) {
    let full = HELLO + path;
    let pick = |name| { let own = name + full; evaluate(`throw new Error("${own}")`) };
    pick.call("#");
}
let site = "SITE";
session("a") {
    crawl(`${site}/cache-me`);
    visit("x");
}"##;
    desk.save("s.crawl", script);
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("failed");
    screen.press("i");
    screen.until("after line 10");
    screen.until(PROMPT);
    said(&mut screen, "own", "\n#hix");
    said(&mut screen, "HELLO", "\nhi");
    said(&mut screen, "site.len > 0", "\ntrue");
    said(&mut screen, "crawl().extract(Hits).len", "\n1");
    said(&mut screen, "visit(\"y\")", "#hiy");
    screen.press(CTRL_D);
    screen.until("watching again");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

fn interrupt() {
    let desk = Desk::new();
    let mut screen = start(&desk);
    screen.press("i");
    screen.until("Ctrl-D");
    screen.until(PROMPT);
    for line in ["crawl(wait_for: \".never\", timeout: \"1h\")", "loop { }"] {
        screen.enter(line);
        screen.until(READ);
        std::thread::sleep(std::time::Duration::from_millis(300));
        screen.press(CTRL_C);
        screen.until("cancelled");
        screen.until(PROMPT);
        said(&mut screen, "40 + 2", "\n42");
    }
    screen.press(CTRL_D);
    screen.until(READ);
    desk.save("s.crawl", &SCRIPT.replace("JS", "3 + 4"));
    screen.until("~ line 2: js 2 → js 7");
    screen.press(CTRL_C);
    assert_eq!(screen.end(), 130);
}

fn signals() {
    for name in ["TERM", "HUP"] {
        let desk = Desk::new();
        let mut screen = start(&desk);
        screen.press("i");
        screen.until("Ctrl-D");
        screen.until(PROMPT);
        signal(name, screen.id());
        assert_eq!(screen.wait(), 130, "{name}");
        let settings = screen.settings();
        assert!(settings.contains("ICANON") && settings.contains("ECHO"), "{name}: {settings}");
    }
}

fn restored() {
    for leave in ["q", "\u{3}", "\u{4}", "TERM", "HUP"] {
        let desk = Desk::new();
        desk.save("s.crawl", "print(\"here\");");
        let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
        screen.until("here");
        screen.until("0 live");
        assert!(!screen.settings().contains("ICANON"), "{}", screen.settings());
        match leave {
            "TERM" | "HUP" => signal(leave, screen.id()),
            key => screen.press(key),
        }
        let quit = matches!(leave, "q" | "\u{4}");
        assert_eq!(screen.wait(), if quit { 0 } else { 130 }, "{leave}");
        let settings = screen.settings();
        assert!(settings.contains("ICANON") && settings.contains("ECHO"), "{leave}: {settings}");
    }
}

fn no_terminal() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"here\");");
    let mut watch = desk.watch(&[]);
    watch.until("here");
    watch.until("0 live");
    assert!(!watch.said("keys:"));
}

fn during() {
    let desk = Desk::new();
    let script = |end: &str| format!("session(\"a\") {{ print(crawl(\"SITE/cache-me\").title); {end} }}");
    desk.save("s.crawl", &script("crawl(wait_for: \".never\", timeout: \"1h\");"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("Cache me");
    screen.press("s");
    screen.until("1 a ");
    screen.press("i");
    screen.until("the script runs");
    screen.press("R");
    screen.until("Cache me");
    desk.save("s.crawl", &script(""));
    screen.until("1 reused · 0 live");
    desk.save("s.crawl", &script("loop { }"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}
