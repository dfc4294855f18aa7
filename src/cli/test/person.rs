//! The results of tests for people: a line for each, what differs below it, and how many of each at the end.

use std::io::{IsTerminal, Write};

use crate::testing::{Entry, Verdict, harmless};
use crate::text::plain;

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";

/// Somebody who looks on, perhaps in colours.
pub struct Person {
    color: bool,
    /// GitHub's runner reads along, for commands.
    actions: bool,
}

impl Person {
    /// Whoever reads standard output.
    pub fn new(actions: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { color: !refused && std::io::stdout().is_terminal(), actions }
    }

    /// Tells one result.
    pub fn tell(&self, entry: &Entry) {
        let title = entry.title();
        let live = entry.live.map(|live| format!(" ({})", live.word())).unwrap_or_default();
        match entry.verdict {
            Verdict::Passed => self.line(GREEN, "ok     ", &format!("{title}{live}")),
            Verdict::Skipped => self.line(YELLOW, "skipped", &format!("{title} ({})", entry.message)),
            Verdict::Updated => {
                entry.updated.iter().for_each(|file| self.line(YELLOW, "updated", &file.display().to_string()));
            }
            Verdict::Failed => self.bad("FAILED ", entry),
            Verdict::Error => self.bad("ERROR  ", entry),
        }
    }

    fn bad(&self, word: &str, entry: &Entry) {
        let place = entry.place.map(|(line, _)| format!(" ({}:{line})", entry.file.display())).unwrap_or_default();
        self.line(RED, word, &format!("{}{place}", entry.title()));
        match entry.colored.as_ref().filter(|_| self.color) {
            // Made by our own renderer, which leaves out what a page could do to a terminal.
            Some(colored) => self.write(colored.trim_end()),
            None => entry.detail.lines().for_each(|line| self.detail(line)),
        }
        if !entry.output.is_empty() {
            self.write("  the test said:");
            entry
                .output
                .iter()
                .flat_map(|said| said.lines())
                .for_each(|line| self.write(&format!("    {}", plain(line))));
        }
    }

    /// How many of each.
    pub fn end(&self, entries: &[Entry], not_run: usize) {
        let count = |verdict| entries.iter().filter(|entry| entry.verdict == verdict).count();
        let errors = count(Verdict::Error);
        let counts = [
            (count(Verdict::Updated), "updated", YELLOW),
            (count(Verdict::Skipped), "skipped", YELLOW),
            (not_run, "not run", YELLOW),
            (errors, if errors == 1 { "error" } else { "errors" }, RED),
        ];
        let mut words = vec![
            self.painted(GREEN, &format!("{} passed", count(Verdict::Passed))),
            self.painted(
                if count(Verdict::Failed) > 0 { RED } else { "" },
                &format!("{} failed", count(Verdict::Failed)),
            ),
        ];
        let others = counts.into_iter().filter(|(count, ..)| *count > 0);
        words.extend(others.map(|(count, word, color)| self.painted(color, &format!("{count} {word}"))));
        self.write(&words.join(", "));
    }

    fn line(&self, color: &str, word: &str, rest: &str) {
        self.write(&format!("{} {}", self.painted(color, word), plain(rest)));
    }

    /// A line of a difference, by its sign.
    fn detail(&self, line: &str) {
        let color = match line.chars().next() {
            Some('-') => RED,
            Some('+') => GREEN,
            Some('~') => YELLOW,
            Some(c) if c.is_alphabetic() && !line.starts_with("help:") => BOLD,
            _ => "",
        };
        self.write(&self.painted(color, &plain(line)));
    }

    fn painted(&self, color: &str, text: &str) -> String {
        if self.color && !color.is_empty() { format!("{color}{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A reader that went away is no error.
    fn write(&self, text: &str) {
        for line in text.split('\n') {
            let line = if self.actions { harmless(line) } else { line.into() };
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    }
}
