//! Standard output of a run that can be resumed: what an earlier run delivered is not written again.
//!
//! A line is known by its branch, its number there and its digest. Lines are gathered, written in one go and noted at
//! once, after the steps that came before them are in the journal: soon, at the end, and before a step whose predecessor
//! changed something.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::journal::JournalFile;
use crate::cli::console::Terminal;
use crate::crawl::Event;
use crate::script::{Console, ConsoleError, Run, lock};

/// A line waits so long for others.
const SOON: Duration = Duration::from_millis(50);

/// A pipe takes so many bytes whole or not at all (POSIX: `PIPE_BUF`, 4096 on Linux).
const WHOLE: usize = 4096;

/// Writes each line once over all runs.
pub struct Delivery {
    terminal: Arc<Terminal>,
    file: Arc<JournalFile>,
    runtime: Handle,
    run: OnceLock<Weak<Run>>,
    lines: Mutex<Lines>,
    sends_again: AtomicBool,
    /// Standard output is a pipe.
    pipe: bool,
    me: OnceLock<Weak<Self>>,
}

#[derive(Default)]
struct Lines {
    branches: HashMap<String, Branch>,
    waiting: Vec<(String, String)>,
    /// Somebody will write them soon.
    timed: bool,
    failed: Option<ConsoleError>,
}

/// The lines of one branch.
#[derive(Default)]
struct Branch {
    said: u64,
    delivered: Vec<String>,
}

impl Delivery {
    /// A delivery that goes on after these.
    pub fn new(terminal: Arc<Terminal>, file: Arc<JournalFile>, said: &str, runtime: Handle) -> Self {
        let stdout = std::io::stdout();
        let kind = stdout.as_fd().try_clone_to_owned().and_then(|fd| std::fs::File::from(fd).metadata()).ok();
        let emptied = kind.as_ref().is_some_and(|kind| kind.is_file() && kind.len() == 0);
        let pipe = kind.is_some_and(|kind| kind.file_type().is_fifo() || kind.file_type().is_socket());
        let mut lines = Lines::default();
        // A file that was emptied has none of them.
        for note in said.split_inclusive('\n').filter(|_| !emptied).filter_map(|note| note.strip_suffix('\n')) {
            let [branch, number, digest] = note.split(' ').collect::<Vec<_>>()[..] else { continue };
            let branch = lines.branches.entry(branch.to_owned()).or_default();
            let number = number.parse().unwrap_or(usize::MAX);
            if number <= branch.delivered.len() {
                branch.delivered.truncate(number);
                branch.delivered.push(digest.to_owned());
            }
        }
        Self {
            terminal,
            file,
            runtime,
            run: OnceLock::new(),
            lines: Mutex::new(lines),
            sends_again: AtomicBool::new(false),
            pipe,
            me: OnceLock::new(),
        }
    }

    /// Lets sessions be rebuilt although that sends data again.
    pub fn sends_again(&self, allowed: bool) {
        self.sends_again.store(allowed, Ordering::Relaxed);
    }

    /// The run whose lines these are.
    pub fn belongs_to(self: &Arc<Self>, run: &Arc<Run>) {
        let _ = self.run.set(Arc::downgrade(run));
        let _ = self.me.set(Arc::downgrade(self));
    }

    fn say(&self, line: String) -> Result<(), ConsoleError> {
        let place = self.run.get().and_then(Weak::upgrade).map(|run| run.place());
        let branch = place.map(|place| place.branch.path().to_string()).unwrap_or_default();
        let mut lines = lock(&self.lines);
        if let Some(failed) = &lines.failed {
            return Err(failed.clone());
        }
        let digest = digest(&line);
        let known = lines.branches.entry(branch.clone()).or_default();
        let number = known.said;
        known.said += 1;
        let before = usize::try_from(number).ok().and_then(|number| known.delivered.get(number));
        if before == Some(&digest) {
            return Ok(());
        }
        if before.is_some() {
            known.delivered.clear();
            let message =
                format!("line {} differs from what an earlier run wrote: all from there on is written", number + 1);
            self.terminal.event(&Event::Warning { step: None, session: None, message });
        }
        lines.waiting.push((format!("{branch} {number} {digest}\n"), line + "\n"));
        if !std::mem::replace(&mut lines.timed, true)
            && let Some(me) = self.me.get().cloned()
        {
            self.runtime.spawn(async move {
                tokio::time::sleep(SOON).await;
                let Some(me) = me.upgrade() else { return };
                let _ = tokio::task::spawn_blocking(move || me.deliver()).await;
            });
        }
        Ok(())
    }

    /// Writes what is waiting, after all steps so far are in the journal.
    ///
    /// # Errors
    /// The first failure since the beginning.
    pub fn deliver(&self) -> Result<(), ConsoleError> {
        let mut lines = lock(&self.lines);
        lines.timed = false;
        let waiting = std::mem::take(&mut lines.waiting);
        // An error shows at the end of the run.
        let _ = self.file.flush();
        let mut waiting = waiting.into_iter().peekable();
        while waiting.peek().is_some() && lines.failed.is_none() {
            let (mut text, mut notes) = (String::new(), String::new());
            while let Some((note, line)) =
                waiting.next_if(|(_, line)| !self.pipe || text.is_empty() || text.len() + line.len() <= WHOLE)
            {
                text.push_str(&line);
                notes.push_str(&note);
            }
            let noted = self.terminal.deliver(&text).and_then(|()| {
                let failed = |error| ConsoleError::Failed(format!("cannot note what was written: {error}"));
                self.file.delivered(&notes).map_err(failed)
            });
            lines.failed = noted.err();
        }
        lines.failed.clone().map_or(Ok(()), Err)
    }
}

/// What a line is known by.
fn digest(line: &str) -> String {
    Sha256::digest(line.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl Console for Delivery {
    fn print(&self, line: &str) -> Result<(), ConsoleError> {
        self.say(line.to_owned())
    }

    fn emit(&self, data_set: Option<&str>, record: Value) -> Result<(), ConsoleError> {
        match self.terminal.to_files() {
            // The file is written anew, and put in place whole.
            true => self.terminal.emit(data_set, record),
            false => self.say(record.to_string()),
        }
    }

    async fn may_send_again(&self, _session: &str, _sent: &[String]) -> bool {
        self.sends_again.load(Ordering::Relaxed)
    }

    async fn pause(&self, message: &str) -> bool {
        // The next line tells, or the end.
        let _ = self.deliver();
        self.terminal.pause(message).await
    }

    fn event(&self, event: &Event) {
        if matches!(event, Event::StepStarted { .. }) && self.file.owes() {
            let _ = self.deliver();
        }
        self.terminal.event(event);
    }
}
