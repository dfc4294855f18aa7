//! Rows on their way into a cassette: one thread takes them in order and writes what has gathered; whoever gives them
//! waits only where that thread is far behind.

use std::iter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender};

use rusqlite::{Connection, params};

use super::backlog::Place;
use super::row::{ExchangeRow, OutputRow, SightRow, StepRow};
use super::{LAYOUT, body};
use crate::store::StoreError;

/// At most so many rows are taken at once.
const BATCH: usize = 500;

/// What the thread is given.
pub(super) enum Given {
    /// A fact: name, JSON.
    Fact(String, String),
    /// A source: name, text.
    Source(String, String),
    Exchange(ExchangeRow),
    Step(StepRow),
    Sight(SightRow),
    Output(OutputRow),
    /// A file: name, bytes.
    File(String, Vec<u8>),
    /// Somebody waits until all before this is committed.
    Flush(Sender<Result<(), StoreError>>),
}

impl Given {
    /// Its bytes, but for those of small things.
    pub(super) fn size(&self) -> usize {
        let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        match self {
            Self::Exchange(row) => length(&row.request_body) + length(&row.response_body),
            Self::Step(row) => row.blobs.iter().map(Vec::len).sum(),
            Self::Output(row) => row.text.len(),
            Self::File(_, bytes) => bytes.len(),
            Self::Fact(_, text) | Self::Source(_, text) => text.len(),
            Self::Sight(_) | Self::Flush(_) => 0,
        }
    }
}

/// The thread's own.
pub(super) struct Keeper {
    pub connection: Connection,
    /// The file that errors name.
    pub path: PathBuf,
    /// The first failure: nothing is written after it.
    pub failed: Option<StoreError>,
    /// What was written is committed at once, for whoever reads the file if this program is killed.
    lasting: bool,
}

impl Keeper {
    /// Of a file that is nobody's until it is complete: all is one change.
    pub fn of_new(connection: Connection, path: &Path) -> Self {
        Self { connection, path: path.to_owned(), failed: None, lasting: false }
    }

    /// Of a file that can be read at any time.
    pub fn of_lasting(connection: Connection, path: &Path) -> Self {
        Self { lasting: true, ..Self::of_new(connection, path) }
    }

    /// Writes until nobody is left who could give more; the connection, or the first failure.
    pub fn serve(mut self, given: &Receiver<(Given, Place)>) -> Result<Connection, StoreError> {
        while let Ok(first) = given.recv() {
            let batch = iter::once(first).chain(given.try_iter().take(BATCH - 1));
            let (mut rows, mut waiting) = (Vec::new(), Vec::new());
            for given in batch {
                match given {
                    (Given::Flush(answer), _) => waiting.push(answer),
                    row => rows.push(row),
                }
            }
            let lasting = self.lasting || !waiting.is_empty();
            self.attempt(|keeper| keeper.keep(rows, lasting));
            for answer in waiting {
                // Whoever no longer waits needs no answer.
                let _ = answer.send(self.failed.clone().map_or(Ok(()), Err));
            }
        }
        self.attempt(|keeper| keeper.keep(Vec::new(), true));
        self.failed.map_or(Ok(self.connection), Err)
    }

    fn attempt(&mut self, act: impl FnOnce(&mut Self) -> rusqlite::Result<()>) {
        if self.failed.is_none()
            && let Err(error) = act(self)
        {
            self.failed = Some(LAYOUT.explain(&self.path, &error));
        }
    }

    fn keep(&mut self, rows: Vec<(Given, Place)>, lasting: bool) -> rusqlite::Result<()> {
        if !rows.is_empty() && self.connection.is_autocommit() {
            // At once for writing: one that read first would not wait for another program, but fail.
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
        }
        for (row, _place) in rows {
            write(&self.connection, row)?;
        }
        match lasting && !self.connection.is_autocommit() {
            true => self.connection.execute_batch("COMMIT"),
            false => Ok(()),
        }
    }
}

fn write(connection: &Connection, given: Given) -> rusqlite::Result<()> {
    match given {
        Given::Fact(name, value) => connection
            .prepare_cached("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)")?
            .execute([name, value]),
        Given::Source(name, text) => connection
            .prepare_cached(
                "INSERT INTO sources (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = ?2",
            )?
            .execute([name, text]),
        Given::Exchange(row) => {
            let sent = body::put_some(connection, row.request_body.as_deref())?;
            let came = body::put_some(connection, row.response_body.as_deref())?;
            connection
                .prepare_cached(
                    "INSERT INTO exchanges (session, method, url, head, request_body, response_body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![row.session, row.method, row.url, row.head.to_string(), sent, came])
        }
        Given::Step(row) => write_step(connection, &row),
        Given::Sight(row) => connection
            .prepare_cached("INSERT INTO sights (of, value) VALUES (?1, ?2)")?
            .execute([row.of.to_string(), row.value.to_string()]),
        Given::Output(row) => connection
            .prepare_cached("INSERT INTO outputs (branch, kind, data_set, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![row.branch, row.kind, row.data_set, row.text]),
        Given::File(name, bytes) => {
            let digest = body::put(connection, &bytes)?;
            connection
                .prepare_cached("INSERT OR REPLACE INTO files (name, body) VALUES (?1, ?2)")?
                .execute(params![name, digest])
        }
        Given::Flush(_) => Ok(0),
    }
    .map(drop)
}

fn write_step(connection: &Connection, row: &StepRow) -> rusqlite::Result<usize> {
    let written = connection
        .prepare_cached("INSERT INTO steps (seq, title, head) VALUES (?1, ?2, ?3)")?
        .execute(params![row.seq, row.title, row.head.to_string()])?;
    let step = connection.last_insert_rowid();
    for (number, blob) in row.blobs.iter().enumerate() {
        let digest = body::put(connection, blob)?;
        connection.prepare_cached("INSERT INTO blobs (step, number, body) VALUES (?1, ?2, ?3)")?.execute(params![
            step,
            number as u64,
            digest
        ])?;
    }
    Ok(written)
}
