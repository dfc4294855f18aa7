//! `:pick` by a click in the browser's window, on a display of its own. Without the programs for one it is passed over.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::screen::Screen;
use super::talk::{CTRL_C, PROMPT, READ, open, quit, said};
use super::trial;
use crate::process::stage::{LIMIT, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_picks_what_is_clicked_in_the_window", clicks),
        trial("repl_picks_by_text_alone_without_a_window", headless),
    ]
}

/// A page that is a button, which would note a click.
const PAGE: &str = "crawl(\"raw:<title>as it was</title><button data-testid=buy class=big style='position:fixed;inset:0' \
    onclick='document.title=1'>Buy</button>\").ok";

/// A page of a frame of a frame of a button, which would note a click.
const FRAMED: &str = "crawl(\"raw:<title>as it was</title><p>before</p><iframe></iframe>\
    <iframe data-testid=outer style='position:fixed;inset:0;width:100%;height:100%' srcdoc='<iframe id=inner \
    style=\\\"position:fixed;inset:0;width:100%;height:100%\\\" srcdoc=\\\"<button data-testid=pay \
    style=position:fixed;inset:0 onclick=top.document.title=1>Pay</button>\\\"></iframe>'></iframe>\").ok";

fn headless() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "let page = crawl(`${playground()}/products`);", "\n");
    said(&mut screen, ":pick", "`:pick TEXT`");
    said(&mut screen, "let page = crawl(`${playground()}/iframe`);", "\n");
    let found = said(&mut screen, ":pick inside a frame of a frame", "p.inside");
    assert!(found.contains("in a frame: frame(\"#same\", || frame(\"#nested\", || …))"), "{found}");
    quit(screen, &stage);
}

fn clicks() {
    let Some(display) = Display::open() else { return };
    let stage = Stage::new();
    let mut screen = Screen::start_with(&stage, &["repl", "--headed"], &[("DISPLAY", &display.name)]);
    screen.until(PROMPT);
    said(&mut screen, PAGE, "\ntrue");
    screen.enter(":pick");
    screen.until("click an element");
    display.until(&mut screen, &["mousemove", "400", "400", "click", "1"], "1 match  [data-testid='buy']");
    screen.until(PROMPT);
    said(&mut screen, "evaluate(\"document.title\")", "\nas it was");
    said(&mut screen, FRAMED, "\ntrue");
    screen.enter(":pick");
    screen.until("click an element");
    display.until(&mut screen, &["mousemove", "400", "400", "click", "1"], "1 match  [data-testid='pay']");
    screen.until(PROMPT);
    let frames = "in a frame: frame(\"[data-testid='outer']\", || frame(\"#inner\", || …))";
    assert!(screen.all().contains(frames), "{}", screen.all());
    said(&mut screen, "evaluate(\"document.title\")", "\nas it was");
    screen.enter(":pick");
    screen.until("click an element");
    display.until(&mut screen, &["key", "Escape"], "called off");
    screen.until(PROMPT);
    screen.enter(":pick");
    screen.until(READ);
    screen.until("click an element");
    screen.press(CTRL_C);
    screen.until("cancelled");
    screen.until(PROMPT);
    said(&mut screen, "40 + 2", "\n42");
    quit(screen, &stage);
}

/// A display that nobody sees.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn open() -> Option<Self> {
        let there = |program: &str, flag: &str| {
            Command::new(program).arg(flag).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        };
        if !there("xdotool", "version") {
            eprintln!("passed over: there is no `xdotool`");
            return None;
        }
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = server else {
            eprintln!("passed over: there is no `Xvfb`");
            return None;
        };
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Some(Self { server, name: format!(":{}", number.trim()) })
    }

    /// Does it again and again until it shows: nobody tells when the window listens.
    fn until(&self, screen: &mut Screen, act: &[&str], wanted: &str) {
        let begun = Instant::now();
        while !screen.shows(wanted) {
            assert!(begun.elapsed() < LIMIT, "`{wanted}` did not appear:\n{}", screen.all());
            assert!(Command::new("xdotool").args(act).env("DISPLAY", &self.name).status().unwrap().success());
            std::thread::sleep(Duration::from_millis(300));
        }
        screen.until(wanted);
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
