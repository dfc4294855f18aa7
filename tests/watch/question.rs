//! Watch on a terminal: it asks before data is sent to a site again.

use super::{Desk, sending};
use crate::terminal::screen::Screen;

pub fn asked() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut screen = Screen::start(&desk.stage, &["watch", "s.crawl"]);
    screen.until("3 live");
    desk.save("s.crawl", &sending("2"));
    screen.until("send? [y/N]");
    screen.enter("n");
    screen.until("unsafe_replay");
    desk.save("s.crawl", &sending("3"));
    screen.until("send? [y/N]");
    screen.enter("y");
    screen.until("last 3");
    screen.press("\x03");
    assert_eq!(screen.end(), 130);
}
