//! Talking to the REPL: lines in, answers out.

use super::screen::Screen;
use crate::process::stage::Stage;

/// The end of the prompt.
pub const PROMPT: &str = "› ";
pub const CTRL_C: &str = "\u{3}";
/// Written when the line editor has let go of the terminal: bracketed paste is off.
pub const READ: &str = "\u{1b}[?2004l";
pub const CTRL_D: &str = "\u{4}";

pub fn open(stage: &Stage) -> Screen {
    open_with(stage, &[])
}

/// A dialogue with further arguments.
pub fn open_with(stage: &Stage, args: &[&str]) -> Screen {
    let args: Vec<&str> = ["repl"].iter().chain(args).copied().collect();
    let mut screen = Screen::start(stage, &args);
    screen.until(PROMPT);
    screen
}

/// Leaves a line unsaid. What is typed before the next prompt stands would be dropped with it.
pub fn abandon(screen: &mut Screen) {
    screen.press(CTRL_C);
    screen.until(READ);
    screen.until(PROMPT);
}

/// Types a line and waits for its answer and the next prompt; all that was written in between. A single line break asks
/// for no answer, one before a text for a line that ends so.
pub fn said(screen: &mut Screen, line: &str, answer: &str) -> String {
    screen.enter(line);
    screen.until(READ);
    let mut seen = match answer.strip_prefix('\n') {
        Some("") => String::new(),
        Some(value) => screen.until(&format!("{value}\r\n")),
        None => screen.until(answer),
    };
    // An answer may be the prompt itself.
    if !answer.ends_with(PROMPT) {
        seen.push_str(&screen.until(PROMPT));
    }
    seen
}

pub fn quit(mut screen: Screen, stage: &Stage) {
    screen.press(CTRL_D);
    assert_eq!(screen.end(), 0);
    stage.assert_nothing_left();
}
