//! A cassette that is being written.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use serde_json::Value;

use super::backlog::{Backlog, Place};
use super::rewrite::{Rewrite, rewrite as rewrite_all};
use super::row::{ExchangeRow, OutputRow, SightRow, StepRow};
use super::write::{Given, Keeper};
use super::{LAYOUT, seal};
use crate::store::layout::{PATIENCE, write_ahead};
use crate::store::{Replacement, StoreError};

/// A cassette that takes rows from any thread, which waits for the disk only when that is 64 MB behind. An error shows at
/// the next [`CassetteWriter::flush`] or at the end.
///
/// Dropped, a new one leaves no trace; one that is added to keeps what it was given.
#[derive(Debug)]
pub struct CassetteWriter {
    path: PathBuf,
    given: Option<Sender<(Given, Place)>>,
    backlog: Backlog,
    keeper: Option<JoinHandle<Result<Connection, StoreError>>>,
    /// Where a new one is until it is complete.
    replacement: Option<Replacement>,
}

impl CassetteWriter {
    /// Begins a new one for `path`, which only its owner may read. What is there stays until [`CassetteWriter::finish`].
    ///
    /// # Errors
    /// [`StoreError::Io`] when it cannot be written there, [`StoreError::Database`] when SQLite refuses.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let mut replacement = Replacement::create(path)?;
        replacement.make_private();
        let mut connection = replacement.open_with(|place| open(path, place))?;
        // The file is nobody else's until it is complete: no journal is needed, and it has no name to find one by.
        connection.pragma_update(None, "journal_mode", "OFF").map_err(|error| LAYOUT.explain(path, &error))?;
        prepare(path, &mut connection)?;
        Self::start(Keeper::of_new(connection, path), Some(replacement))
    }

    /// Adds to the one at `path`, or makes it, for its owner alone. Whenever the program is killed, the file can be read:
    /// all that was flushed is in it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a file that is no cassette, [`StoreError::Newer`] for one of a later version,
    /// [`StoreError::Io`] or [`StoreError::Database`] when it cannot be written.
    pub fn append(path: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(|error| StoreError::io("write", path, &error))?;
        let mut connection = open(path, path)?;
        prepare(path, &mut connection)?;
        write_ahead(&connection).map_err(|error| LAYOUT.explain(path, &error))?;
        Self::start(Keeper::of_lasting(connection, path), None)
    }

    fn start(keeper: Keeper, replacement: Option<Replacement>) -> Result<Self, StoreError> {
        let path = keeper.path.clone();
        let (given, rows) = channel();
        let thread = thread::Builder::new().name("cassette".to_owned()).spawn(move || keeper.serve(&rows));
        let thread = thread.map_err(|error| StoreError::io("write", &path, &error))?;
        Ok(Self { path, given: Some(given), backlog: Backlog::default(), keeper: Some(thread), replacement })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether so much waits to be written that who gives more may have to wait.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.backlog.is_long()
    }

    /// States something about the run; a later statement of that name replaces it.
    pub fn fact(&self, name: &str, value: &Value) {
        self.give(Given::Fact(name.to_owned(), value.to_string()));
    }

    /// Keeps the text of a script or module.
    pub fn source(&self, name: &str, text: &str) {
        self.give(Given::Source(name.to_owned(), text.to_owned()));
    }

    /// Keeps a file: what a script read, or what is made of its run. A later one of that name replaces it.
    pub fn file(&self, name: &str, bytes: &[u8]) {
        self.give(Given::File(name.to_owned(), bytes.to_owned()));
    }

    /// Keeps a request with what came of it.
    pub fn exchange(&self, row: ExchangeRow) {
        self.give(Given::Exchange(row));
    }

    /// Keeps a step.
    pub fn step(&self, row: StepRow) {
        self.give(Given::Step(row));
    }

    /// Keeps something that was seen.
    pub fn sight(&self, row: SightRow) {
        self.give(Given::Sight(row));
    }

    /// Keeps a line or a record.
    pub fn output(&self, row: OutputRow) {
        self.give(Given::Output(row));
    }

    /// Returns when all that was given is committed.
    ///
    /// # Errors
    /// The first failure since the beginning.
    pub fn flush(&self) -> Result<(), StoreError> {
        let (answer, answered) = channel();
        self.give(Given::Flush(answer));
        answered.recv().unwrap_or_else(|_| Err(self.ended()))
    }

    /// Ends it: every text goes through `rewrite`, nothing of what was replaced stays in the file, and a new one takes the
    /// place of what was there.
    ///
    /// # Errors
    /// The first failure since the beginning, or that of this end. Of a new one nothing is left then.
    pub fn finish(mut self, rewrite: Option<Rewrite<'_>>) -> Result<(), StoreError> {
        let mut connection = self.end().unwrap_or_else(|| Err(self.ended()))?;
        let failed = |error: rusqlite::Error| LAYOUT.explain(&self.path, &error);
        if let Some(rewrite) = rewrite {
            rewrite_all(&self.path, &mut connection, rewrite)?;
        }
        seal::seal(&connection).map_err(failed)?;
        if self.replacement.is_none() {
            // Its log is written into it and removed.
            connection.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
        }
        connection.close().map_err(|(_, error)| failed(error))?;
        self.replacement.take().map_or(Ok(()), |replacement| replacement.put_in_place().map(drop))
    }

    fn give(&self, given: Given) {
        if let Some(keeper) = &self.given {
            let place = self.backlog.place(given.size());
            // A thread that is gone tells at the end why.
            let _ = keeper.send((given, place));
        }
    }

    /// Lets the thread come to its end.
    fn end(&mut self) -> Option<Result<Connection, StoreError>> {
        self.given = None;
        self.keeper.take()?.join().ok()
    }

    fn ended(&self) -> StoreError {
        StoreError::Database { path: self.path.clone(), reason: "its writer ended".to_owned() }
    }
}

impl Drop for CassetteWriter {
    fn drop(&mut self) {
        self.end();
    }
}

/// Opens the file at `place`; errors name `path`.
fn open(path: &Path, place: &Path) -> Result<Connection, StoreError> {
    let opened = Connection::open(place).and_then(|connection| {
        connection.busy_timeout(PATIENCE)?;
        Ok(connection)
    });
    opened.map_err(|error| LAYOUT.explain(path, &error))
}

/// Makes it ready to be written.
fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    LAYOUT.prepare(path, connection)?;
    let prepared = || -> rusqlite::Result<()> {
        // What a killed program wrote stays written; only a system that goes down could take it along.
        connection.pragma_update(None, "synchronous", "OFF")?;
        // Bodies are always put in first, and a check for each row that goes would look through all others.
        connection.pragma_update(None, "foreign_keys", false)?;
        seal::unseal(connection)
    };
    prepared().map_err(|error| LAYOUT.explain(path, &error))
}
