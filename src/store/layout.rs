//! How an SQLite file of ours is marked, made and known again, and what SQLite's errors say of it.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::{FileKind, StoreError};

/// How long another process may hold a file before a call gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A kind of file.
pub(super) struct Layout {
    /// What it is to the user.
    pub kind: FileKind,
    /// Marks the file as ours: its `application_id`.
    pub application: i64,
    /// Its `user_version`; a later program raises it.
    pub version: i64,
    /// The statements that make a new one.
    pub schema: &'static str,
}

/// What a file is found to be.
enum Found {
    Empty,
    Ours,
}

impl Layout {
    /// Makes the layout in a new file, or checks that the file is ours.
    pub fn prepare(&self, path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
        let failed = |error| self.explain(path, &error);
        // Two processes may start on a new file at once: the second waits here and then finds the layout made.
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        if matches!(self.find(path, &change)?, Found::Empty) {
            change.execute_batch(self.schema).map_err(failed)?;
            change.pragma_update(None, "application_id", self.application).map_err(failed)?;
            change.pragma_update(None, "user_version", self.version).map_err(failed)?;
        }
        change.commit().map_err(failed)
    }

    /// Checks that the file is ours and that nothing of it is missing.
    pub fn check(&self, path: &Path, connection: &Connection) -> Result<(), StoreError> {
        if matches!(self.find(path, connection)?, Found::Empty) {
            return Err(self.damaged(path, "it is empty"));
        }
        let others = "SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')";
        let others: i64 =
            connection.query_row(others, [], |row| row.get(0)).map_err(|error| self.explain(path, &error))?;
        if others > 0 {
            return Err(self.damaged(path, "it has more in it than tables"));
        }
        let found: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|error| self.explain(path, &error))?;
        if found == "ok" { Ok(()) } else { Err(self.damaged(path, found.trim())) }
    }

    fn find(&self, path: &Path, connection: &Connection) -> Result<Found, StoreError> {
        let failed = |error| self.explain(path, &error);
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
        let (application, version) = (number("application_id")?, number("user_version")?);
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(failed)?;
        match (application, version) {
            (0, 0) if tables == 0 => Ok(Found::Empty),
            (application, version) if (application, version) == (self.application, self.version) => Ok(Found::Ours),
            (application, found) if application == self.application && found > self.version => {
                Err(StoreError::Newer { kind: self.kind, path: path.to_owned(), found, known: self.version })
            }
            _ => Err(self.damaged(path, "it is a database of something else")),
        }
    }

    /// The file is not what it should be.
    pub fn damaged(&self, path: &Path, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged { kind: self.kind, path: path.to_owned(), reason: reason.into() }
    }

    /// SQLite's error as ours. Our statements fit our layout: where one cannot be understood, or a value is of another
    /// type than its column, the file is damaged.
    pub fn explain(&self, path: &Path, error: &rusqlite::Error) -> StoreError {
        let reason = match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            None | Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown) => {
                self.damaged(path, reason)
            }
            Some(_) => StoreError::Database { path: path.to_owned(), reason },
        }
    }
}

/// Turns write-ahead logging on. SQLite does not wait by itself where others hold the file during this change.
pub(super) fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}
