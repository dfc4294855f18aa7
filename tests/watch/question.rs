//! Watch on a terminal: it asks before data is sent to a site again.

use super::{Desk, sending};
use crate::terminal::screen::Screen;
use crate::terminal::talk::{CTRL_C, CTRL_D, PROMPT, READ, said};

pub fn asked() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("3 live");
    desk.save("s.crawl", &sending("2"));
    screen.until("send? [y/N");
    screen.press("n");
    screen.until("unsafe_replay");
    desk.save("s.crawl", &sending("3"));
    screen.until("send? [y/N");
    screen.press("y");
    screen.until("last 3");
    screen.until("live");
    desk.save("s.crawl", &sending("4"));
    screen.until("send? [y/N");
    screen.press("a");
    screen.until("last 4");
    screen.until("live");
    desk.save("s.crawl", &sending("5"));
    let shown = screen.until("last 5");
    assert!(!shown.contains("send?"), "always: {shown}");
    screen.press("\x03");
    assert_eq!(screen.end(), 130);
}

pub fn withdrawn() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("3 live");
    desk.save("s.crawl", &sending("2"));
    screen.until("send? [y/N");
    desk.save("s.crawl", &sending("1"));
    screen.until("3 reused · 0 live");
    assert_eq!(desk.requests("/echo"), 1);
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

/// At the prompt the keys are the line's: the question is answered by one.
pub fn at_prompt() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("3 live");
    let whole = sending("1");
    let (without_last, _) = whole.split_once("print").unwrap();
    desk.save("s.crawl", &format!("{without_last} }}"));
    screen.until("2 reused · 0 live");
    screen.press("i");
    screen.until("Ctrl-D");
    screen.until(PROMPT);
    let line = "crawl(js: \"document.title.length\").js";
    for (answer, outcome) in [("n\r", "unsafe_replay"), (CTRL_C, "cancelled")] {
        screen.enter(line);
        screen.until("send? [y/N]");
        screen.press(answer);
        screen.until(outcome);
        screen.until(PROMPT);
        assert_eq!(desk.requests("/echo"), 1);
    }
    screen.enter(line);
    screen.until("send? [y/N]");
    screen.enter("y");
    screen.until(PROMPT);
    assert_eq!(desk.requests("/echo"), 2);
    said(&mut screen, "40 + 2", "\n42");
    screen.press(CTRL_D);
    screen.until(READ);
    desk.save("s.crawl", "print(\"over\");");
    screen.until("0 reused · 0 live");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}
