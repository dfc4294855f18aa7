//! Watch on a terminal: it asks before data is sent to a site again.

use super::{Desk, sending};
use crate::terminal::screen::Screen;

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
