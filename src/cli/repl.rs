//! `crawl repl`: a script typed line by line on a live page.

use std::io::{BufRead, IsTerminal};
use std::sync::{Arc, Mutex};

use super::arguments::ReplOptions;
use super::console;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::{say, tell};
use super::{report, script_file, signals};
use crate::crawl::Mode;
use crate::diag::{Diagnostic, Exit, Format};
use crate::repl::{Input, Terminal, Words};
use crate::script::{Cancel, Dialogue, Failure, builtins, lock, on_script_thread};
use crate::syntax::{Completeness, completeness};

/// The commands: name, what follows it, what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    (":help", "", "this list"),
    (":page", "", "the last page"),
    (":select", "SEL", "how many match on the last page, and the first few"),
    (":explain", "SEL", "why a selector matches nothing"),
    (":sessions", "", "the open sessions"),
    (":steps", "", "the steps so far"),
    (":save", "FILE", "what worked, as a script"),
    (":doc", "NAME", "a builtin's signature, its line of help and an example"),
    (":quit", "", "the end"),
];

/// Runs the dialogue until its end.
pub fn repl(options: &ReplOptions) -> Exit {
    match attempt(options) {
        Ok(exit) => exit,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt(options: &ReplOptions) -> Result<Exit, Box<Diagnostic>> {
    let params = script_file::parameters(&options.set)?;
    let machine = Machine::new()?;
    let cancel = Cancel::default();
    cancel_on_signal(&machine, cancel.clone());
    let console = Arc::new(console::Terminal::new(None, Progress::new(Level::Normal))?);
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        mode: Mode::Keep,
        console: Arc::clone(&console) as _,
        cancel: cancel.clone(),
    };
    let interpreter = machine.interpreter(plan);
    let first = options.file.as_deref().map(script_file::read).transpose()?;
    let failed = on_script_thread(move || {
        let mut repl = Repl { dialogue: Dialogue::new(interpreter), console, cancel, failed: false, lines: 0 };
        if let Some(source) = first {
            repl.say(source.name(), source.text());
        }
        if std::io::stdin().is_terminal() {
            repl.talk()
        } else {
            repl.piped()
        }
        repl.failed
    });
    machine.shutdown();
    Ok(if failed { Exit::Runtime } else { Exit::Ok })
}

/// Ctrl-C ends the running step; the browser stays.
fn cancel_on_signal(machine: &Machine, cancel: Cancel) {
    machine.runtime.spawn(async move {
        loop {
            signals::next().await;
            cancel.cancel();
        }
    });
}

struct Repl {
    dialogue: Dialogue,
    console: Arc<console::Terminal>,
    cancel: Cancel,
    failed: bool,
    lines: usize,
}

impl Repl {
    fn talk(&mut self) {
        let words: Words = Arc::new(Mutex::default());
        let history = dirs::data_dir().map(|folder| folder.join("crawl").join("history"));
        let Ok(mut terminal) = Terminal::new(Arc::clone(&words), history.as_deref()) else { return self.piped() };
        say!("crawl {} · `:help` lists the commands", env!("CARGO_PKG_VERSION"));
        loop {
            *lock(&words) = self.words();
            match terminal.read(&self.prompt()) {
                Input::Text(text) if !self.line(&text) => break,
                Input::Text(_) | Input::Cancelled => {}
                Input::End => break,
            }
        }
        self.failed = false;
    }

    /// Reads pieces from a pipe; an incomplete one takes further lines.
    fn piped(&mut self) {
        let mut text = String::new();
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            text.push_str(&line);
            text.push('\n');
            if !text.starts_with(':') && matches!(completeness(&text), Completeness::Incomplete { .. }) {
                continue;
            }
            if !self.line(&std::mem::take(&mut text)) {
                return;
            }
        }
        if !text.trim().is_empty() {
            self.line(&text);
        }
    }

    fn prompt(&self) -> String {
        let run = self.dialogue.interpreter().run();
        let page = run.last_page().and_then(|page| url::Url::parse(page.url()).ok());
        page.map_or_else(|| "crawl ⟩ ".to_owned(), |url| format!("{} ⟩ ", url.path()))
    }

    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = COMMANDS.iter().map(|(name, _, _)| (*name).to_owned()).collect();
        for builtin in builtins::all() {
            words.push(builtin.name.to_owned());
            words.extend(builtin.option_names().into_iter().map(|option| format!("{option}:")));
        }
        words.extend(self.dialogue.variables());
        words.extend(self.dialogue.interpreter().run().crawler.sessions().into_iter().map(|session| session.id));
        words.sort();
        words.dedup();
        words
    }

    /// One piece or command; whether to go on.
    fn line(&mut self, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() {
            return true;
        }
        if text.starts_with(':') {
            let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
            return self.command(command, rest.trim());
        }
        self.lines += 1;
        self.say(&format!("<repl {}>", self.lines), text);
        true
    }

    fn say(&mut self, name: &str, text: &str) {
        self.cancel.reset();
        let result = self.dialogue.say(name, text);
        self.console.settle();
        match result {
            Ok(Some(shown)) => say!("{shown}"),
            Ok(None) => {}
            Err(Failure::Interrupted) => tell!("cancelled"),
            Err(Failure::Reports(reports, _)) => {
                self.failed = true;
                let _ = report::fail(&reports, Format::Human);
            }
        }
    }

    fn command(&mut self, command: &str, rest: &str) -> bool {
        let run = Arc::clone(self.dialogue.interpreter().run());
        match command {
            ":quit" | ":q" | ":exit" => return false,
            ":help" => {
                for (name, takes, what) in COMMANDS {
                    say!("{:<16} {what}", format!("{name} {takes}"));
                }
            }
            ":page" => match run.last_page() {
                Some(page) => say!("{}\n{}\n{} links", page.url(), page.title(), page.document().links().len()),
                None => say!("there is no page yet: `crawl(\"https://…\")`"),
            },
            ":select" => self.ask(&format!(
                "{{ let found = crawl().select({0}); print(found.len(), \"matches\"); \
                 let shown = 0; for element in found {{ if shown < 3 {{ print(element); }} shown += 1; }} }}",
                serde_json::json!(rest)
            )),
            ":explain" => self.ask(&format!("print(explain({}));", serde_json::json!(rest))),
            ":sessions" => {
                for session in run.crawler.sessions() {
                    say!("{:<12} {} steps · {} {}", session.id, session.steps, session.url, session.title);
                }
            }
            ":steps" => {
                for step in run.crawler.steps() {
                    let text = step.text.unwrap_or_else(|| step.what.clone());
                    say!("{:>3} {:<10} {}", step.seq, step.session, step.error.unwrap_or(&text));
                }
            }
            ":save" => self.save(rest),
            ":doc" => doc(rest),
            other => {
                let names: Vec<&str> = COMMANDS.iter().map(|(name, _, _)| *name).collect();
                let near = crate::text::nearest(other, names).map(|near| format!(": did you mean `{near}`?"));
                say!("there is no command `{other}`{}", near.unwrap_or_default());
            }
        }
        true
    }

    /// Runs a piece for a command; it is not part of what `:save` writes.
    fn ask(&mut self, text: &str) {
        self.cancel.reset();
        let result = self.dialogue.ask(text);
        self.console.settle();
        if let Err(Failure::Reports(reports, _)) = result {
            let _ = report::fail(&reports, Format::Short);
        }
    }

    fn save(&self, path: &str) {
        let body: Vec<String> = self.dialogue.said().iter().map(|piece| format!("  {}", ended(piece))).collect();
        let text = format!("session(\"main\") {{\n{}\n}}\n", body.join("\n"));
        match crate::store::write_atomic(std::path::Path::new(path), text.as_bytes()) {
            Ok(()) => say!("{path}: {} pieces", body.len()),
            Err(error) => say!("cannot write `{path}`: {error}"),
        }
    }
}

fn ended(piece: &str) -> String {
    if piece.ends_with([';', '}', '>']) { piece.to_owned() } else { format!("{piece};") }
}

fn doc(name: &str) {
    let mut known = false;
    for builtin in builtins::named(name) {
        known = true;
        say!("{}\n  {}\n", builtin.signature(), builtin.doc);
        builtin.options.iter().for_each(|option| say!("  {:<18} {}", option.name, option.doc));
        builtin.example.lines().for_each(|line| say!("    {line}"));
    }
    if !known {
        let names = builtins::all().map(|builtin| builtin.name);
        let near = crate::text::nearest(name, names).map(|near| format!(": did you mean `{near}`?"));
        say!("there is no builtin `{name}`{}", near.unwrap_or_default());
    }
}
