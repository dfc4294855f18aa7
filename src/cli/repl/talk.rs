//! The dialogue itself: what is read, what is said to the interpreter, what is shown.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::{Either, select};

use super::console::Stage;
use super::words;
use crate::cli::report;
use crate::cli::say::{say, tell};
use crate::crawl::{CrawlError, Page};
use crate::diag::{Exit, Format};
use crate::page::SelectorNames;
use crate::repl::{Input, Known, Terminal, Words, render};
use crate::script::{Cancel, Dialogue, Failure, Run, Shown, Until, lock};
use crate::syntax::{Completeness, completeness};
use crate::text::Source;

/// The longest part of an address that the prompt shows.
const LONGEST_PATH: usize = 40;

/// A dialogue with its terminal.
pub(in crate::cli) struct Repl {
    pub dialogue: Dialogue,
    pub console: Arc<dyn Stage>,
    cancel: Cancel,
    /// That of the first piece that failed, for dialogues that are piped in.
    pub exit: Exit,
    lines: usize,
    /// A signal ended the program.
    ended: Arc<AtomicBool>,
    /// `:quit` was said.
    pub over: bool,
    /// Why nothing can be taken back, where that is so.
    pub lasting: Option<&'static str>,
    /// How wide the terminal is; `None` where nobody looks.
    pub width: Option<usize>,
    /// The names of the page that was looked at last.
    names: Option<(Arc<Page>, Arc<SelectorNames>)>,
    /// The person's folder, where the script's is another one.
    pub home: PathBuf,
}

impl Repl {
    pub fn new(dialogue: Dialogue, console: Arc<dyn Stage>, cancel: Cancel, ended: Arc<AtomicBool>) -> Self {
        let width = std::io::stdout().is_terminal().then_some(80);
        Self {
            dialogue,
            console,
            cancel,
            exit: Exit::Ok,
            lines: 0,
            ended,
            over: false,
            lasting: None,
            width,
            names: None,
            home: PathBuf::new(),
        }
    }

    /// Reads from a terminal until the end, with a first line for the person there.
    pub fn talk(&mut self, greeting: &str) {
        let (words, known): (Words, Known) = (Arc::new(Mutex::default()), Arc::new(Mutex::default()));
        let history = dirs::data_dir().map(|folder| folder.join("crawl").join("history"));
        let colors = report::look().color;
        let Ok(mut terminal) = Terminal::new(Arc::clone(&words), Arc::clone(&known), history.as_deref(), colors) else {
            return self.piped();
        };
        say!("{greeting}");
        while !self.over {
            *lock(&words) = words::vocabulary(&self.dialogue);
            let names = self.names();
            *lock(&known) = words::surroundings(&self.dialogue, names);
            self.width = self.width.map(|_| terminal.width());
            // Before the line, so that no Ctrl-C after it is lost.
            self.ready();
            match terminal.read(&self.prompt()) {
                Input::Text(text) => {
                    self.width = self.width.map(|_| terminal.width());
                    self.line(&text);
                }
                Input::Cancelled => {}
                Input::End => break,
            }
        }
        self.exit = Exit::Ok;
    }

    /// Reads pieces from a pipe; an incomplete one takes further lines.
    pub fn piped(&mut self) {
        let mut text = String::new();
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            text.push_str(&line);
            text.push('\n');
            if !text.starts_with(':') && matches!(completeness(&text), Completeness::Incomplete { .. }) {
                continue;
            }
            self.line(&std::mem::take(&mut text));
            if self.over || self.ended.load(Ordering::SeqCst) {
                return;
            }
        }
        if !text.trim().is_empty() {
            self.line(&text);
        }
    }

    /// The session and its page: `shop ⟩ /orders › `.
    fn prompt(&self) -> String {
        let session = self.dialogue.session();
        let page = self.dialogue.page().filter(|page| page.session == session);
        let url = page.and_then(|page| url::Url::parse(page.url()).ok()).filter(|url| url.scheme() != "about");
        let path = url.map(|url| {
            let path = url.path();
            let skipped = path.chars().count().saturating_sub(LONGEST_PATH);
            let shown: String = path.chars().skip(skipped).collect();
            format!(" ⟩ {}{shown}", if skipped > 0 { "…" } else { "" })
        });
        format!("{session}{} › ", path.unwrap_or_default())
    }

    /// The names that selectors for the last page can use.
    fn names(&mut self) -> Arc<SelectorNames> {
        let Some(page) = self.dialogue.page() else { return Arc::default() };
        if let Some((known, names)) = &self.names
            && Arc::ptr_eq(known, &page)
        {
            return Arc::clone(names);
        }
        let names = Arc::new(page.document().selector_names());
        self.names = Some((page, Arc::clone(&names)));
        names
    }

    /// One piece or command.
    fn line(&mut self, text: &str) {
        let text = text.trim();
        if text.starts_with(':') {
            let (command, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            self.command(command, rest.trim());
        } else if !text.is_empty() {
            self.say(text);
        }
    }

    /// Says a piece and shows its value.
    pub fn say(&mut self, text: &str) {
        self.lines += 1;
        let name = format!("<repl {}>", self.lines);
        self.say_as(&name, text);
    }

    /// Says a piece under a name of its own.
    pub fn say_as(&mut self, name: &str, text: &str) {
        let result = self.dialogue.say(name, text);
        self.console.settle();
        match result {
            Ok(Some(shown)) => self.show(&shown),
            Ok(None) => {}
            Err(failure) => self.fail(&failure),
        }
    }

    /// Opens a script, and tells where the dialogue stands in it.
    pub fn open(&mut self, source: Source, until: Option<Until>) {
        let name = source.name().to_owned();
        let result = self.dialogue.open(source, until.unwrap_or(Until::End));
        self.console.settle();
        let failed = result.is_err();
        if let Err(failure) = &result {
            self.fail(failure);
        }
        let stand = self.dialogue.stand();
        if let Some(note) = &stand.note {
            tell!("{note}");
        }
        if until.is_some() || failed {
            let where_to = if stand.line == 0 {
                "before its first statement".to_owned()
            } else {
                format!("after line {}", stand.line)
            };
            tell!("standing in {name} {where_to}");
        }
    }

    pub fn show(&self, shown: &Shown) {
        say!("{}", render(shown, self.width));
    }

    pub fn fail(&mut self, failure: &Failure) {
        match failure {
            Failure::Interrupted => tell!("cancelled"),
            Failure::Reports(reports, _) => {
                let exit = report::fail(reports, Format::Human);
                if self.exit == Exit::Ok {
                    self.exit = exit;
                }
            }
        }
    }

    /// Makes a cancelled run ready again.
    pub fn ready(&self) {
        self.cancel.reset();
    }

    /// What a look at the live page finds. A failure is told, and Ctrl-C ends the look.
    pub fn glance<T>(&self, look: impl Future<Output = Result<T, CrawlError>>) -> Option<T> {
        let (look, cancelled) = (std::pin::pin!(look), std::pin::pin!(self.cancel.wait()));
        match self.run().runtime.block_on(select(look, cancelled)) {
            Either::Left((Ok(found), _)) => return Some(found),
            Either::Left((Err(error), _)) => {
                say!("{error}{}", error.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default());
            }
            Either::Right(_) => tell!("cancelled"),
        }
        None
    }

    pub fn run(&self) -> Arc<Run> {
        Arc::clone(self.dialogue.interpreter().run())
    }

    /// The page that commands look at; says so when there is none.
    pub fn page(&self) -> Option<Arc<Page>> {
        let page = self.dialogue.page();
        if page.is_none() {
            say!("there is no page yet: `crawl(\"https://…\")`");
        }
        page
    }
}
