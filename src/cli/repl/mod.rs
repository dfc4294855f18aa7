//! `crawl repl`: a script typed line by line on a live page.

use std::io::{BufRead, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::arguments::ReplOptions;
use super::console;
use super::machine::{Machine, Plan};
use super::progress::{Level, Progress};
use super::say::{say, tell};
use super::{report, script_file, signals};
use crate::crawl::Mode;
use crate::diag::{Diagnostic, Exit, Format};
use crate::repl::{Input, Terminal, Vocabulary, Words, transcript};
use crate::script::builtin::{Kind, Receiver};
use crate::script::builtins::hooks::POINTS;
use crate::script::{Cancel, Dialogue, ELEMENT_PARTS, Failure, PAGE_PARTS, SESSION, builtins, lock, on_script_thread};
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
    let machine = Machine::with(&options.browser)?;
    let cancel = Cancel::default();
    let typed = std::io::stdin().is_terminal();
    let ended = Arc::new(AtomicBool::new(false));
    on_signals(&machine, cancel.clone(), Arc::clone(&ended), typed);
    let console = Arc::new(console::Terminal::new(None, Progress::new(Level::Normal))?);
    let plan = Plan {
        params,
        browser: options.browser.clone(),
        access: options.access.access(),
        mode: Mode::Keep,
        console: Arc::clone(&console) as _,
        cancel: cancel.clone(),
    };
    let interpreter = machine.interpreter(plan);
    let first = options.file.as_deref().map(script_file::read).transpose()?;
    let exit = on_script_thread(|| {
        let mut repl = Repl { dialogue: Dialogue::new(interpreter), console, cancel, exit: Exit::Ok, lines: 0, ended };
        if let Some(source) = first {
            repl.say(source.name(), source.text());
        }
        if typed {
            repl.talk();
        } else {
            repl.piped();
        }
        repl.exit
    });
    machine.shutdown();
    Ok(exit)
}

/// At a terminal Ctrl-C ends the running piece, and the page stays. Every other signal, and one to a dialogue that is
/// piped in, ends the program.
fn on_signals(machine: &Machine, cancel: Cancel, ended: Arc<AtomicBool>, typed: bool) {
    let state = typed.then(terminal_state).flatten();
    let browsers = Arc::clone(&machine.browsers);
    machine.runtime.spawn(async move {
        while signals::next().await && typed {
            cancel.cancel();
        }
        ended.store(true, Ordering::SeqCst);
        cancel.cancel();
        // A read of standard input cannot be ended from here: the program ends instead.
        browsers.shutdown().await;
        if let Some(state) = state {
            let _ = std::process::Command::new("stty").arg(state).status();
        }
        std::process::exit(Exit::Interrupted as i32);
    });
}

/// The terminal's settings, which the line editor changes while it reads.
fn terminal_state() -> Option<String> {
    let output = std::process::Command::new("stty").arg("-g").stdin(std::process::Stdio::inherit()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

struct Repl {
    dialogue: Dialogue,
    console: Arc<console::Terminal>,
    cancel: Cancel,
    /// That of the first piece that failed, for dialogues that are piped in.
    exit: Exit,
    lines: usize,
    /// A signal ended the program.
    ended: Arc<AtomicBool>,
}

impl Repl {
    fn talk(&mut self) {
        let words: Words = Arc::new(Mutex::default());
        let history = dirs::data_dir().map(|folder| folder.join("crawl").join("history"));
        let Ok(mut terminal) = Terminal::new(Arc::clone(&words), history.as_deref(), report::look().color) else {
            return self.piped();
        };
        say!("crawl {} · `:help` lists the commands", env!("CARGO_PKG_VERSION"));
        loop {
            *lock(&words) = self.words();
            match terminal.read(&self.prompt()) {
                Input::Text(text) if !self.line(&text) => break,
                Input::Text(_) | Input::Cancelled => {}
                Input::End => break,
            }
        }
        self.exit = Exit::Ok;
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
            if !self.line(&std::mem::take(&mut text)) || self.ended.load(Ordering::SeqCst) {
                return;
            }
        }
        if !text.trim().is_empty() {
            self.line(&text);
        }
    }

    fn prompt(&self) -> String {
        let run = self.dialogue.interpreter().run();
        let page =
            run.last_page().and_then(|page| url::Url::parse(page.url()).ok()).filter(|url| url.scheme() != "about");
        page.map_or_else(|| "crawl ⟩ ".to_owned(), |url| format!("{} ⟩ ", url.path()))
    }

    fn words(&self) -> Vocabulary {
        let owned = |name: &str| name.to_owned();
        let functions = || builtins::all().filter(|builtin| builtin.receiver == Receiver::None);
        let keywords = [
            "const", "else", "false", "for", "import", "in", "let", "loop", "return", "schema", "true", "try", "while",
        ];
        let called = functions().map(|builtin| format!("{}(", builtin.name));
        let own = self.dialogue.functions().into_iter().map(|name| format!("{name}("));
        let parts = PAGE_PARTS.iter().chain(ELEMENT_PARTS).map(|(name, _)| owned(name));
        let methods = builtins::all().filter(|builtin| matches!(builtin.receiver, Receiver::Page | Receiver::Element));
        let options = builtins::all()
            .map(|builtin| (owned(builtin.name), builtin.option_names().into_iter().map(owned).collect()));
        let words = functions().filter_map(|builtin| match builtin.params.first()?.kind {
            Kind::HookPoint => Some((owned(builtin.name), POINTS.iter().copied().map(owned).collect())),
            Kind::Word(words) => Some((owned(builtin.name), words.iter().copied().map(owned).collect())),
            _ => None,
        });
        Vocabulary {
            commands: COMMANDS.iter().map(|(name, _, _)| owned(name)).collect(),
            names: called.chain(own).chain(keywords.map(owned)).collect(),
            options: options.collect(),
            variables: self
                .dialogue
                .variables()
                .into_iter()
                .map(|name| (name.clone(), self.dialogue.members(&name)))
                .collect(),
            members: parts.chain(methods.map(|method| format!("{}(", method.name))).collect(),
            sessions: self
                .dialogue
                .interpreter()
                .run()
                .crawler
                .sessions()
                .into_iter()
                .map(|session| session.id)
                .collect(),
            words: words.collect(),
        }
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
                let exit = report::fail(&reports, Format::Human);
                if self.exit == Exit::Ok {
                    self.exit = exit;
                }
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
            ":select" => self.select(rest),
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
            ":doc" => doc(rest.trim_end_matches('(')),
            other => {
                let names: Vec<&str> = COMMANDS.iter().map(|(name, _, _)| *name).collect();
                let near = crate::text::nearest(other, names).map(|near| format!(": did you mean `{near}`?"));
                say!("there is no command `{other}`{}", near.unwrap_or_default());
            }
        }
        true
    }

    /// Shows what a selector matches on the live page of the last step's session.
    fn select(&mut self, css: &str) {
        let run = Arc::clone(self.dialogue.interpreter().run());
        let open = run.crawler.sessions();
        let session = run.last_page().map(|page| page.session.clone());
        let Some(session) = session.filter(|id| open.iter().any(|session| session.id == *id)) else {
            say!("there is no page: `crawl(\"https://…\")`");
            return;
        };
        self.ask(&format!(
            "session({}) {{ let found = crawl().select({}); print(found.len(), \"matches\"); \
             let shown = 0; for element in found {{ if shown < 3 {{ print(element); }} shown += 1; }} }}",
            serde_json::json!(session),
            serde_json::json!(css)
        ));
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

    /// Writes what worked as a script, and says so when that script would not run by itself.
    fn save(&self, path: &str) {
        if path.is_empty() {
            say!("give the file's name: `:save FILE.crawl`");
            return;
        }
        let steps = self.dialogue.interpreter().run().crawler.steps();
        let own = steps.iter().any(|step| step.session == SESSION && step.error.is_none());
        let pieces: Vec<String> = self.dialogue.said().iter().filter(|piece| !piece.is_empty()).cloned().collect();
        let text = transcript(&pieces, own.then_some(SESSION));
        match crate::store::write_atomic(std::path::Path::new(path), text.as_bytes()) {
            Ok(()) => say!("{path}: {} pieces", pieces.len()),
            Err(error) => say!("cannot write `{path}`: {error}"),
        }
        if let Err(Failure::Reports(reports, _)) = self.dialogue.check(path, &text) {
            say!("as a script it needs a change first:");
            let _ = report::fail(&reports, Format::Human);
        }
    }
}

fn doc(name: &str) {
    if name.is_empty() {
        let mut names: Vec<&str> = builtins::all().map(|builtin| builtin.name).collect();
        names.sort_unstable();
        names.dedup();
        say!("`:doc NAME` explains one of these:\n{}", names.join(" "));
        return;
    }
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
