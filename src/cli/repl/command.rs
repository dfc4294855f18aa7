//! The commands of the dialogue: one table for help, completion and dispatch.

use std::io::{IsTerminal, Write};

use super::talk::Repl;
use crate::cli::say::say;
use crate::repl::Takes;

/// One command.
pub(super) struct Command {
    /// With its colon.
    pub name: &'static str,
    /// What follows it, for help.
    pub takes: &'static str,
    /// What follows it, for completion.
    pub kind: Takes,
    /// What it does.
    pub about: &'static str,
    run: fn(&mut Repl, &str),
}

const fn command(
    name: &'static str,
    takes: &'static str,
    kind: Takes,
    about: &'static str,
    run: fn(&mut Repl, &str),
) -> Command {
    Command { name, takes, kind, about, run }
}

/// All commands in the order of `:help`.
pub(super) const COMMANDS: &[Command] = &[
    command(":help", "", Takes::Anything, "this list", |_, _| help()),
    command(":page", "", Takes::Anything, "the last page", |repl, _| repl.look_at_page()),
    command(":html", "[TARGET]", Takes::Target, "its HTML, or that of the first match", Repl::html),
    command(":text", "[TARGET]", Takes::Target, "its text, or that of the first match", Repl::text),
    command(":links", "", Takes::Anything, "its links", |repl, _| repl.links()),
    command(":select", "TARGET", Takes::Target, "how many elements match, and the first few", Repl::select),
    command(":explain", "SEL", Takes::Selector, "why a selector matches nothing", Repl::explain),
    command(
        ":pick",
        "[TEXT]",
        Takes::Anything,
        "selectors for what shows a text, or for what is clicked in the window (`--headed`), the most lasting first",
        Repl::pick,
    ),
    command(":infer", "[SEL]", Takes::Selector, "a schema for what repeats on the page", Repl::infer),
    command(":shot", "[SEL]", Takes::Selector, "a picture of the page, with the matches outlined", Repl::shot),
    command(":sessions", "", Takes::Anything, "the open sessions", |repl, _| repl.sessions()),
    command(":switch", "ID", Takes::Session, "say what follows in another session", Repl::switch),
    command(":cookies", "", Takes::Anything, "the session's cookies", |repl, _| repl.cookies()),
    command(":network", "", Takes::Anything, "what the page has loaded", |repl, _| repl.network()),
    command(":console", "", Takes::Anything, "what the page wrote to its console", |repl, _| repl.page_console()),
    command(":steps", "", Takes::Anything, "the steps so far", |repl, _| repl.steps()),
    command(":undo", "", Takes::Anything, "take the last piece back", |repl, _| repl.undo()),
    command(":time", "", Takes::Anything, "how long the last piece took, step by step", |repl, _| repl.time()),
    command(
        ":doc",
        "[NAME]",
        Takes::Anything,
        "what a builtin, or a function of a module or one's own, does",
        Repl::doc,
    ),
    command(":load", "FILE", Takes::Path, "say what is in a script", Repl::load),
    command(":save", "FILE [--from STEP]", Takes::Path, "what worked, as a script", Repl::save),
    command(":clear", "", Takes::Anything, "an empty screen", |_, _| clear()),
    command(":quit", "", Takes::Anything, "the end", |repl, _| repl.over = true),
];

/// Other names that people type.
const ALIASES: &[(&str, &str)] = &[(":q", ":quit"), (":exit", ":quit"), (":h", ":help"), (":?", ":help")];

impl Repl {
    /// Does what a command says.
    pub fn command(&mut self, name: &str, rest: &str) {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
            let needs = !command.takes.is_empty() && !command.takes.starts_with('[');
            if needs && rest.is_empty() {
                say!("`{name}` takes {}: {}", command.takes, command.about);
            } else {
                (command.run)(self, rest);
            }
            return;
        }
        let near = crate::text::nearest(name, COMMANDS.iter().map(|command| command.name));
        let near = near.map(|near| format!(": did you mean `{near}`?"));
        say!("there is no command `{name}`{}", near.unwrap_or_default());
    }
}

fn help() {
    for command in COMMANDS {
        say!("{:<26} {}", format!("{} {}", command.name, command.takes), command.about);
    }
}

fn clear() {
    if std::io::stdout().is_terminal() {
        let _ = write!(std::io::stdout(), "\u{1b}[2J\u{1b}[H").and_then(|()| std::io::stdout().flush());
    }
}
