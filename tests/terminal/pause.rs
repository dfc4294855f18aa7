//! `pause`: a person reads what to do, does it, and presses Enter - in a run, at the prompt, in watch.

use std::time::Duration;

use crawl::playground::Playground;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use super::screen::Screen;
use super::talk::{CTRL_C, PROMPT, READ, open, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("pause_waits_for_enter_and_the_page_goes_on", waits),
        trial("pause_ends_by_an_interrupt", interrupted),
        trial("pause_ends_by_its_timeout", times_out),
        trial("repl_pauses", at_the_prompt),
        trial("watch_pauses_once", watched),
        trial("log_in_by_hand_is_kept_for_runs_without_a_person", by_hand),
    ]
}

/// A page that asks something and then changes, while the person is busy.
const PAGE: &str = "setTimeout(() => { alert('still there?'); document.title = 'later'; }, 100)";

fn script() -> String {
    format!(
        "session(\"a\") {{\n  crawl(`${{playground()}}/article`, js: \"{PAGE}\");\n  pause(\"solve the captcha, then press Enter\");\n  print(\"title:\", crawl().title);\n}}\n"
    )
}

fn waits() {
    let stage = Stage::with(&script());
    let mut screen = Screen::start(&stage, &["run", "script.crawl"]);
    screen.until("solve the captcha, then press Enter");
    std::thread::sleep(Duration::from_millis(600));
    assert!(!screen.shows("title:"), "{}", screen.all());
    screen.press("\r");
    screen.until("title: later");
    assert_eq!(screen.end(), 0);
    stage.assert_nothing_left();
}

fn interrupted() {
    let stage = Stage::with(&script());
    let mut screen = Screen::start(&stage, &["run", "script.crawl"]);
    screen.until("solve the captcha");
    screen.press(CTRL_C);
    assert_eq!(screen.wait(), 130);
    assert!(!screen.shows("title:"), "{}", screen.all());
    stage.assert_nothing_left();
}

fn times_out() {
    let stage = Stage::with(
        "session(\"a\") {\n  crawl(`${playground()}/article`);\n  pause(\"hurry\", timeout: \"300ms\");\n}\n",
    );
    let mut screen = Screen::start(&stage, &["run", "script.crawl"]);
    screen.until("hurry");
    screen.until("crawl::pause::timeout");
    screen.until("nobody pressed Enter within 300ms");
    assert_eq!(screen.end(), 4);
}

fn at_the_prompt() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "crawl(`${playground()}/article`).ok", "\ntrue");
    screen.enter("pause(\"look around\"); print(\"went\", \"on\");");
    screen.until(READ);
    screen.until("look around\r\n");
    screen.press("\r");
    screen.until("went on");
    screen.until(PROMPT);
    screen.enter("pause(\"never mind\")");
    screen.until(READ);
    screen.until("never mind\r\n");
    screen.press(CTRL_C);
    screen.until("cancelled");
    screen.until(PROMPT);
    said(&mut screen, "40 + 2", "\n42");
    quit(screen, &stage);
}

/// What a person did stays done: a save that changes nothing before it does not ask again.
fn watched() {
    let stage = Stage::with(&script());
    let mut screen = Screen::start(&stage, &["watch", "script.crawl"]);
    screen.until("solve the captcha");
    std::thread::sleep(Duration::from_millis(600));
    screen.press("\r");
    screen.until("title: later");
    screen.until("0 reused · 3 live");
    stage.write("script.crawl", &script().replace("\"title:\"", "\"it is\""));
    screen.until("it is later");
    let seen = screen.until("3 reused · 0 live");
    assert!(!seen.contains("captcha"), "{seen}");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

/// What a person does in the window, done by the page itself a moment after it is there.
const PERSON: &str = "addEventListener('load', () => { if (location.pathname === '/login') setTimeout(() => { document.querySelector('[name=username]').value = 'ada'; document.querySelector('[name=password]').value = 'lovelace'; document.forms[0].submit(); }, 1500); })";

/// The person logs in where the script stops; later runs take the log-in from the file, without a terminal.
fn by_hand() {
    let runtime = Runtime::new().unwrap();
    let site = runtime.block_on(Playground::start(None)).unwrap();
    let script = |options: &str| {
        format!(
            "import \"std/login\" as login;\nsession(\"a\"{options}) {{\n  let page = login::by_hand(\"{0}/login\", start: \"{0}/account\", signed_in: \".user\", state: \"ada.json\", message: \"your turn\");\n  print(\"title:\", page.title);\n}}\n",
            site.url()
        )
    };
    let stage = Stage::with(&script(&format!(", init_js: \"{PERSON}\"")));
    let mut screen = Screen::start(&stage, &["run", "script.crawl"]);
    screen.until("your turn");
    std::thread::sleep(Duration::from_millis(2500));
    screen.press("\r");
    screen.until("title: Account of Ada");
    assert_eq!(screen.end(), 0);
    stage.write("script.crawl", &script(""));
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!((ended.status.code(), ended.stdout.trim()), (Some(0), "title: Account of Ada"), "{}", ended.stderr);
    runtime.block_on(site.stop());
}
