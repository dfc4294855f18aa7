//! The REPL and acts: targets that are tried out, acts that are saved and taken back, in frames too.

use libtest_mimic::Trial;

use super::talk::{open, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_shows_what_a_target_means", targets),
        trial("repl_saves_and_takes_back_acts", acts),
        trial("repl_saves_and_takes_back_acts_in_frames", frames),
    ]
}

fn targets() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "crawl(`${playground()}/form`).ok", "\ntrue");
    let seen = said(&mut screen, ":select role=radio", "2 matches");
    assert!(seen.contains("value=\"small\"") && seen.contains("value=\"large\""), "{seen}");
    said(&mut screen, ":html label=Name", "<input id=\"name\"");
    said(&mut screen, ":text role=heading", "\nForm");
    said(&mut screen, ":select label=Nobody", "nothing on the page is `label=Nobody`");
    said(&mut screen, ":select //h1", "`//h1` can be answered only by the live page");
    said(&mut screen, ":select rle=button", "targets do not begin with `rle=`: did you mean `role`?");
    quit(screen, &stage);
}

fn acts() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "let page = crawl(`${playground()}/form`);", "\n");
    let name = "evaluate(\"document.querySelector('#name').value\")";
    said(&mut screen, "fill(\"label=Name\", \"Ada\");", "\n");
    said(&mut screen, "fill(\"label=Nobody\", \"Ada\", timeout: 50);", "crawl::act::");
    said(&mut screen, &format!("print(\"first\", {name});"), "\nfirst Ada");
    said(&mut screen, "fill(\"label=Name\", \"Eve\");", "\n");
    said(&mut screen, name, "\nEve");
    said(&mut screen, ":save acts.crawl", "acts.crawl: 5 pieces");
    let text = stage.read("acts.crawl");
    assert!(text.contains("\"Eve\"") && !text.contains("Nobody"), "{text}");
    let ended = stage.start(&["run", "-q", "acts.crawl"]).end();
    assert_eq!((ended.stdout.as_str(), ended.status.code()), ("first Ada\n", Some(0)), "{text}{}", ended.stderr);
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: fill(\"label=Name\", \"Eve\")");
    said(&mut screen, name, "\nAda");
    let seen = said(&mut screen, ":steps", "evaluate(");
    assert!(seen.contains("fill(\"label=Name\", \"Ada\")") && !seen.contains("Eve"), "{seen}");
    quit(screen, &stage);
}

fn frames() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    let page = "crawl(`raw:<iframe id=f srcdoc=\"<button onclick='this.textContent += 1'>b</button>\"></iframe>`);";
    said(&mut screen, page, "\n");
    let press = "frame(\"#f\", || click(\"role=button\"));";
    let label = "frame(\"#f\", || evaluate(\"document.querySelector('button').textContent\"))";
    said(&mut screen, press, "\n");
    said(&mut screen, &format!("print(\"label\", {label});"), "\nlabel b1");
    said(&mut screen, press, "\n");
    said(&mut screen, label, "\nb11");
    said(&mut screen, ":save frames.crawl", "frames.crawl: 5 pieces");
    let ended = stage.start(&["run", "-q", "frames.crawl"]).end();
    let text = stage.read("frames.crawl");
    assert_eq!((ended.stdout.as_str(), ended.status.code()), ("label b1\n", Some(0)), "{text}{}", ended.stderr);
    said(&mut screen, ":undo", "taken back: frame(");
    said(&mut screen, ":undo", "taken back: frame(");
    said(&mut screen, label, "\nb1");
    quit(screen, &stage);
}
