//! The REPL sessions that README shows are what happens: typed at a terminal, with these prompts and these answers.

use std::path::Path;

use libtest_mimic::{Failed, Trial};

use crate::process::stage::Stage;
use crate::terminal::screen::Screen;

/// Between the program's name and a line: the end of every prompt.
const PROMPT: &str = " › ";

/// Written when the line editor takes the terminal and when it lets go of it.
const ASKS: &str = "\u{1b}[?2004h";
const READ: &str = "\u{1b}[?2004l";

/// Lines of a start that README leaves out: the banner, and what is said to root alone.
const LEFT_OUT: &[&str] = &["crawl 0.", "warning: running as root"];

/// What is typed at a prompt, and what is answered.
struct Turn {
    prompt: String,
    typed: String,
    answer: Vec<String>,
}

/// A session as it is shown.
struct Session {
    files: Vec<(String, String)>,
    arguments: Vec<String>,
    greeting: Vec<String>,
    turns: Vec<Turn>,
}

pub fn trials(blocks: Vec<String>) -> Vec<Trial> {
    let sessions: Vec<Session> = blocks.iter().filter_map(|block| read(block)).collect();
    assert!(!sessions.is_empty(), "README shows a session");
    let trial = |(at, session): (usize, Session)| {
        Trial::test(format!("docs::README session {}", at + 1), move || play(&session))
    };
    sessions.into_iter().enumerate().map(trial).collect()
}

/// Reads a block that shows files (`$ cat NAME`) and then a session (`$ crawl repl …`); none where it shows no session.
fn read(block: &str) -> Option<Session> {
    let start = block.lines().position(|line| line.starts_with("$ crawl repl"))?;
    let mut files: Vec<(String, String)> = Vec::new();
    for line in block.lines().take(start) {
        match (line.strip_prefix("$ cat "), files.last_mut()) {
            (Some(name), _) => files.push((name.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => panic!("no file yet: {line}"),
        }
    }
    let mut lines = block.lines().skip(start);
    let command = lines.next()?.strip_prefix("$ crawl ")?;
    let arguments = command.split(' ').map(str::to_owned).collect();
    let mut session = Session { files, arguments, greeting: Vec::new(), turns: Vec::new() };
    for line in lines {
        match (line.split_once(PROMPT), session.turns.last_mut()) {
            (Some((place, typed)), _) => {
                let (prompt, typed) = (format!("{place}{PROMPT}"), typed.to_owned());
                session.turns.push(Turn { prompt, typed, answer: Vec::new() });
            }
            (None, Some(turn)) => turn.answer.push(line.to_owned()),
            (None, None) => session.greeting.push(line.to_owned()),
        }
    }
    Some(session)
}

fn play(session: &Session) -> Result<(), Failed> {
    let stage = Stage::new();
    for (name, text) in &session.files {
        assert!(Path::new(name).components().count() == 1, "{name}");
        stage.write(name, text);
    }
    let arguments: Vec<&str> = session.arguments.iter().map(String::as_str).collect();
    let mut screen = Screen::start(&stage, &arguments);
    let mut said = lines(&screen.until(ASKS));
    said.retain(|line| !LEFT_OUT.iter().any(|start| line.starts_with(start)));
    assert_eq!(said, session.greeting);
    for turn in &session.turns {
        screen.until(&turn.prompt);
        screen.enter(&turn.typed);
        screen.until(READ);
        assert_eq!(lines(&screen.until(ASKS)), turn.answer, "`{}`", turn.typed);
    }
    screen.until(PROMPT);
    screen.press("\u{4}");
    assert_eq!(screen.end(), 0);
    Ok(())
}

/// What a terminal shows of it, without empty lines: no control sequences, and of a line written over, what came last.
fn lines(written: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = written;
    while let Some(at) = rest.find('\u{1b}') {
        text.push_str(&rest[..at]);
        let sequence =
            rest[at + 1..].trim_start_matches(|c: char| c == '[' || c == '?' || c == ';' || c.is_ascii_digit());
        rest = sequence.get(1..).unwrap_or_default();
    }
    text.push_str(rest);
    let shown = |line: &str| line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default().to_owned();
    text.split('\n').map(shown).filter(|line| !line.trim().is_empty()).collect()
}
