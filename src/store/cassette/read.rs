//! A cassette that is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use serde_json::{Map, Value};

use super::row::{ExchangeRow, OutputRow, SightRow, StepRow};
use super::{LAYOUT, body, seal};
use crate::store::StoreError;
use crate::store::layout::PATIENCE;

/// An open cassette; any thread may read from it. Its file is never changed.
#[derive(Debug)]
pub struct Cassette {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Cassette {
    /// Opens the one at `path`. What a killed run left is read as far as it came.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] for a file that is no cassette, or is not as it was written; [`StoreError::Newer`] for one
    /// of a later version; [`StoreError::Io`] or [`StoreError::Database`] when it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let unread = |error: std::io::Error| StoreError::io("read", path, &error);
        if fs::File::open(path).and_then(|file| file.metadata()).map_err(unread)?.is_dir() {
            return Err(unread(std::io::ErrorKind::IsADirectory.into()));
        }
        let failed = |error| LAYOUT.explain(path, &error);
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        LAYOUT.check(path, &connection)?;
        seal::check(path, &connection)?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is stated about the run, by name.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] or [`StoreError::Database`], as all that reads here.
    pub fn facts(&self) -> Result<Map<String, Value>, StoreError> {
        let rows = self.rows("SELECT name, value FROM facts ORDER BY name", text_pair)?;
        rows.into_iter().map(|(name, value)| Ok((name, self.json(&value)?))).collect()
    }

    /// Names and texts of the script and its modules, in order.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.rows("SELECT name, text FROM sources ORDER BY id", text_pair)
    }

    /// The requests and what came of them, in order, with their bodies.
    ///
    /// # Errors
    /// As [`Cassette::facts`]; a body that is missing or is not what was written is damage.
    pub fn exchanges(&self) -> Result<Vec<ExchangeRow>, StoreError> {
        let mut all = Vec::new();
        self.each_exchange(&mut |row| all.push(row))?;
        Ok(all)
    }

    /// The same one after the other: no more than one body is in memory.
    ///
    /// # Errors
    /// As [`Cassette::exchanges`].
    pub fn each_exchange(&self, take: &mut dyn FnMut(ExchangeRow)) -> Result<(), StoreError> {
        const SELECT: &str =
            "SELECT session, method, url, head, request_body, response_body FROM exchanges ORDER BY id";
        type Digest = Option<Vec<u8>>;
        let rows = self.rows(SELECT, |row| {
            let texts: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
            Ok((texts, row.get::<_, Digest>(4)?, row.get::<_, Digest>(5)?))
        })?;
        for ([session, method, url, head], sent, came) in rows {
            let head = self.json(&head)?;
            let body = |digest: Digest| digest.map(|digest| self.body(&digest)).transpose();
            let (request_body, response_body) = (body(sent)?, body(came)?);
            take(ExchangeRow { session, method, url, head, request_body, response_body });
        }
        Ok(())
    }

    /// The steps in order, with their blobs.
    ///
    /// # Errors
    /// As [`Cassette::exchanges`].
    pub fn steps(&self) -> Result<Vec<StepRow>, StoreError> {
        let rows = self.rows("SELECT id, seq, title, head FROM steps ORDER BY id", |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?))
        })?;
        let mut blobs = self
            .rows("SELECT step, body FROM blobs ORDER BY step, number", |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?
            .into_iter()
            .peekable();
        let mut steps = Vec::with_capacity(rows.len());
        for (id, seq, title, head) in rows {
            let mut own = Vec::new();
            while let Some((_, digest)) = blobs.next_if(|(step, _)| *step == id) {
                own.push(self.body(&digest)?);
            }
            steps.push(StepRow { seq, title, head: self.json(&head)?, blobs: own });
        }
        match blobs.next() {
            None => Ok(steps),
            Some(_) => Err(LAYOUT.damaged(&self.path, "a step is missing")),
        }
    }

    /// Numbers and heads of the steps, in order, without their blobs.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn step_heads(&self) -> Result<Vec<(u64, Value)>, StoreError> {
        let rows = self.rows("SELECT seq, head FROM steps ORDER BY id", |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?))
        })?;
        rows.into_iter().map(|(seq, head)| Ok((seq, self.json(&head)?))).collect()
    }

    /// Whether there are steps.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn has_steps(&self) -> Result<bool, StoreError> {
        let found = self.rows("SELECT EXISTS (SELECT 1 FROM steps)", |row| row.get(0))?;
        Ok(found.first().copied().unwrap_or(false))
    }

    /// What the script saw beside pages, in order.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn sights(&self) -> Result<Vec<SightRow>, StoreError> {
        let rows = self.rows("SELECT of, value FROM sights ORDER BY id", text_pair)?;
        rows.into_iter().map(|(of, value)| Ok(SightRow { of: self.json(&of)?, value: self.json(&value)? })).collect()
    }

    /// The printed lines and emitted records, in order.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn outputs(&self) -> Result<Vec<OutputRow>, StoreError> {
        self.rows("SELECT branch, kind, data_set, text FROM outputs ORDER BY id", |row| {
            Ok(OutputRow { branch: row.get(0)?, kind: row.get(1)?, data_set: row.get(2)?, text: row.get(3)? })
        })
    }

    /// The names of its files, in order of the alphabet.
    ///
    /// # Errors
    /// As [`Cassette::facts`].
    pub fn files(&self) -> Result<Vec<String>, StoreError> {
        self.rows("SELECT name FROM files ORDER BY name", |row| row.get(0))
    }

    /// A file; `None`: there is none of that name.
    ///
    /// # Errors
    /// As [`Cassette::exchanges`].
    pub fn file(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let digest = self
            .lock()
            .query_row("SELECT body FROM files WHERE name = ?1", [name], |row| row.get::<_, Vec<u8>>(0))
            .optional()
            .map_err(|error| LAYOUT.explain(&self.path, &error))?;
        digest.map(|digest| self.body(&digest)).transpose()
    }

    fn rows<T>(&self, select: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>, StoreError> {
        self.lock()
            .prepare(select)
            .and_then(|mut query| query.query_map([], read)?.collect())
            .map_err(|error| LAYOUT.explain(&self.path, &error))
    }

    fn body(&self, digest: &[u8]) -> Result<Vec<u8>, StoreError> {
        body::get(&self.path, &self.lock(), digest)
    }

    fn json(&self, text: &str) -> Result<Value, StoreError> {
        serde_json::from_str(text).map_err(|error| LAYOUT.damaged(&self.path, error.to_string()))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic between two statements leaves SQLite's own state whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text_pair(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}
