//! Answers kept from one run to the next, in an SQLite file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::layout::{Layout, PATIENCE, write_ahead};
use super::{FileKind, StoreError};

/// "crwl", its one table in the first version.
const LAYOUT: Layout = Layout {
    kind: FileKind::Cache,
    application: 0x6372_776c,
    version: 1,
    schema: "CREATE TABLE pages (key TEXT NOT NULL PRIMARY KEY, stored_at TEXT NOT NULL, body TEXT NOT NULL) STRICT;",
};

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
        let failed = |error| LAYOUT.explain(path, &error);
        let mut connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        LAYOUT.prepare(path, &mut connection)?;
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
            .map_err(|error| LAYOUT.explain(&self.path, &error))?;
        let Some((stored_at, body)) = row else { return Ok(None) };
        let damaged = |reason: String| LAYOUT.damaged(&self.path, reason);
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
            .map_err(|error| LAYOUT.explain(&self.path, &error))?;
        Ok(())
    }

    /// Forgets everything; the number of entries that were there.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the file cannot be written.
    pub fn clear(&self) -> Result<usize, StoreError> {
        self.lock().execute("DELETE FROM pages", []).map_err(|error| LAYOUT.explain(&self.path, &error))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic between two statements leaves SQLite's own state whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
