//! Rows on their way into a cassette: one thread takes them in order and commits what has gathered, so that whoever gives
//! them does not wait.

use std::iter;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};

use rusqlite::{Connection, params};

use super::row::{ExchangeRow, OutputRow, SightRow, StepRow};
use super::{LAYOUT, body};
use crate::store::StoreError;

/// At most so many rows are committed at once.
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
    /// Somebody waits until all before this is committed.
    Flush(Sender<Result<(), StoreError>>),
}

/// The thread's own.
pub(super) struct Keeper {
    pub connection: Connection,
    /// The file that errors name.
    pub path: PathBuf,
    /// The first failure: nothing is written after it.
    pub failed: Option<StoreError>,
}

impl Keeper {
    /// Writes until nobody is left who could give more; the connection, or the first failure.
    pub fn serve(mut self, given: &Receiver<Given>) -> Result<Connection, StoreError> {
        while let Ok(first) = given.recv() {
            let batch: Vec<Given> = iter::once(first).chain(given.try_iter().take(BATCH - 1)).collect();
            let mut waiting = Vec::new();
            if let Err(error) = self.keep(batch, &mut waiting) {
                self.failed.get_or_insert_with(|| LAYOUT.explain(&self.path, &error));
            }
            for answer in waiting {
                // Whoever no longer waits needs no answer.
                let _ = answer.send(self.failed.clone().map_or(Ok(()), Err));
            }
        }
        self.failed.map_or(Ok(self.connection), Err)
    }

    fn keep(&mut self, batch: Vec<Given>, waiting: &mut Vec<Sender<Result<(), StoreError>>>) -> rusqlite::Result<()> {
        let mut rows = Vec::with_capacity(batch.len());
        for given in batch {
            match given {
                Given::Flush(answer) => waiting.push(answer),
                row => rows.push(row),
            }
        }
        if rows.is_empty() || self.failed.is_some() {
            return Ok(());
        }
        let change = self.connection.transaction()?;
        for row in rows {
            write(&change, row)?;
        }
        change.commit()
    }
}

fn write(connection: &Connection, given: Given) -> rusqlite::Result<()> {
    match given {
        Given::Fact(name, value) => {
            connection.prepare("INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)")?.execute([name, value])
        }
        Given::Source(name, text) => connection
            .prepare("INSERT INTO sources (name, text) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET text = ?2")?
            .execute([name, text]),
        Given::Exchange(row) => {
            let sent = body::put_some(connection, row.request_body.as_deref())?;
            let came = body::put_some(connection, row.response_body.as_deref())?;
            connection
                .prepare(
                    "INSERT INTO exchanges (session, method, url, head, request_body, response_body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![row.session, row.method, row.url, row.head.to_string(), sent, came])
        }
        Given::Step(row) => write_step(connection, &row),
        Given::Sight(row) => connection
            .prepare("INSERT INTO sights (of, value) VALUES (?1, ?2)")?
            .execute([row.of.to_string(), row.value.to_string()]),
        Given::Output(row) => connection
            .prepare("INSERT INTO outputs (branch, kind, data_set, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![row.branch, row.kind, row.data_set, row.text]),
        Given::Flush(_) => Ok(0),
    }
    .map(drop)
}

fn write_step(connection: &Connection, row: &StepRow) -> rusqlite::Result<usize> {
    let written = connection.prepare("INSERT INTO steps (seq, title, head) VALUES (?1, ?2, ?3)")?.execute(params![
        row.seq,
        row.title,
        row.head.to_string()
    ])?;
    let step = connection.last_insert_rowid();
    for (number, blob) in row.blobs.iter().enumerate() {
        let digest = body::put(connection, blob)?;
        connection.prepare("INSERT INTO blobs (step, number, body) VALUES (?1, ?2, ?3)")?.execute(params![
            step,
            number as u64,
            digest
        ])?;
    }
    Ok(written)
}
