//! Watch on a terminal: it asks before data is sent to a site again.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::{Desk, SOON, sending};

pub fn asked() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let pty = native_pty_system().openpty(PtySize { rows: 40, cols: 200, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_crawl"));
    command.args(["watch", "s.crawl"]);
    command.cwd(desk.folder.path());
    command.env("CRAWL_CACHE", desk.path("cache.sqlite"));
    let mut child = pty.slave.spawn_command(command).unwrap();
    let screen = Arc::new(Mutex::new(String::new()));
    let (mut reader, shown) = (pty.master.try_clone_reader().unwrap(), Arc::clone(&screen));
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            shown.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    });
    let mut keys = pty.master.take_writer().unwrap();
    let until = |words: &str| {
        let begun = Instant::now();
        while !screen.lock().unwrap().contains(words) {
            assert!(begun.elapsed() < SOON, "no `{words}` in:\n{}", screen.lock().unwrap());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        screen.lock().unwrap().clear();
    };
    until("3 live");
    desk.save("s.crawl", &sending("2"));
    until("send? [y/N]");
    keys.write_all(b"n\r").unwrap();
    until("unsafe_replay");
    desk.save("s.crawl", &sending("3"));
    until("send? [y/N]");
    keys.write_all(b"y\r").unwrap();
    until("last 3");
    keys.write_all(b"\x03").unwrap();
    assert_eq!(child.wait().unwrap().exit_code(), 130);
}
