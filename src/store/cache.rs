//! Answers kept from one run to the next, in an SQLite file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// Marks the file as ours: "crwl".
const APPLICATION: i64 = 0x6372_776c;
/// The layout below; a later program raises it.
const LAYOUT: i64 = 1;
const SCHEMA: &str =
    "CREATE TABLE pages (key TEXT NOT NULL PRIMARY KEY, stored_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;";
/// How long another process may hold the file before a call gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open cache; shared by threads, and by processes through the file.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    connection: Mutex<Connection>,
}

/// A kept value and its age.
#[derive(Debug, Clone, PartialEq)]
pub struct Cached<T> {
    /// The value.
    pub value: T,
    /// When it was kept.
    pub stored_at: Timestamp,
}

/// `crawl/cache.sqlite` in the user's cache folder; `None` where the system has no such folder.
#[must_use]
pub fn default_cache_path() -> Option<PathBuf> {
    dirs::cache_dir().map(|folder| folder.join("crawl").join("cache.sqlite"))
}

/// Turns write-ahead logging on. SQLite does not wait by itself where others hold the file during this change.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
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

impl Cache {
    /// Opens the cache at `path`; the file and its folders are made when they are not there.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a file that is no cache of ours, [`StoreError::Newer`] for one of a later layout,
    /// [`StoreError::Io`] or [`StoreError::Database`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| StoreError::io("create", folder, &error))?;
        }
        let failed = |error| explain(path, &error);
        let mut connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        prepare(path, &mut connection)?;
        write_ahead(&connection).map_err(failed)?;
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is kept under `key`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the entry is no `T`; [`StoreError::Database`] when the file cannot be read.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Cached<T>>, StoreError> {
        let row: Option<(String, String)> = self
            .lock()
            .prepare("SELECT stored_at, body FROM pages WHERE key = ?1")
            .and_then(|mut query| query.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .map_err(|error| explain(&self.path, &error))?;
        let Some((stored_at, body)) = row else { return Ok(None) };
        let damaged = |reason: String| StoreError::Damaged { path: self.path.clone(), reason };
        let stored_at = stored_at.parse().map_err(|error: jiff::Error| damaged(error.to_string()))?;
        let value = serde_json::from_str(&body).map_err(|error| damaged(error.to_string()))?;
        Ok(Some(Cached { value, stored_at }))
    }

    /// Keeps `value` under `key`, in place of what was there.
    ///
    /// # Errors
    /// [`StoreError::Value`] when it has no JSON form; [`StoreError::Database`] when the file cannot be written.
    pub fn put<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let body = serde_json::to_string(value).map_err(|error| StoreError::Value { reason: error.to_string() })?;
        let stored_at = Timestamp::now().to_string();
        self.lock()
            .prepare("INSERT OR REPLACE INTO pages (key, stored_at, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![key, stored_at, body]))
            .map_err(|error| explain(&self.path, &error))?;
        Ok(())
    }

    /// Forgets everything; the number of entries that were there.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file cannot be written.
    pub fn clear(&self) -> Result<usize, StoreError> {
        self.lock().execute("DELETE FROM pages", []).map_err(|error| explain(&self.path, &error))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic between two statements leaves SQLite's own state whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the layout in a new file, or checks that the file is ours.
fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let failed = |error| explain(path, &error);
    // Two processes may start on a new file at once: the second waits here and then finds the layout made.
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let number = |name: &str| change.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
    let (application, layout) = (number("application_id")?, number("user_version")?);
    let tables: i64 = change.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0)).map_err(failed)?;
    match (application, layout) {
        (0, 0) if tables == 0 => {
            change.execute_batch(SCHEMA).map_err(failed)?;
            change.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
            change.pragma_update(None, "user_version", LAYOUT).map_err(failed)?;
            change.commit().map_err(failed)
        }
        (APPLICATION, LAYOUT) => Ok(()),
        (APPLICATION, found) if found > LAYOUT => {
            Err(StoreError::Newer { path: path.to_owned(), found, known: LAYOUT })
        }
        _ => {
            Err(StoreError::Damaged { path: path.to_owned(), reason: "it is a database of something else".to_owned() })
        }
    }
}

/// SQLite's error as ours.
fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    let reason = match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, reason },
        _ => StoreError::Database { path, reason },
    }
}
