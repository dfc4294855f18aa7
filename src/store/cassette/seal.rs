//! The seal of a finished cassette: a digest over all rows. What was changed since is found out when it is opened.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::LAYOUT;
use super::body::BodyDigest;
use crate::store::StoreError;

/// All that counts, in a fixed order. Bodies are told by their digests, which are checked when a body is read.
const ROWS: &[&str] = &[
    "SELECT name, value FROM facts ORDER BY name",
    "SELECT id, name, text FROM sources ORDER BY id",
    "SELECT id, session, method, url, head, request_body, response_body FROM exchanges ORDER BY id",
    "SELECT id, seq, title, head FROM steps ORDER BY id",
    "SELECT step, number, body FROM blobs ORDER BY step, number",
    "SELECT id, of, value FROM sights ORDER BY id",
    "SELECT id, branch, kind, data_set, text FROM outputs ORDER BY id",
];

/// Seals what is there.
pub(super) fn seal(connection: &Connection) -> rusqlite::Result<()> {
    let digest = digest(connection)?;
    connection.execute("INSERT INTO seal (digest) VALUES (?1)", [digest]).map(drop)
}

/// Takes the seal off, for more is to come.
pub(super) fn unseal(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM seal", []).map(drop)
}

/// Checks the seal, where there is one: a run that was killed left none.
pub(super) fn check(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let failed = |error| LAYOUT.explain(path, &error);
    let sealed: Option<Vec<u8>> =
        connection.query_row("SELECT digest FROM seal", [], |row| row.get(0)).optional().map_err(failed)?;
    let Some(sealed) = sealed else { return Ok(()) };
    if digest(connection).map_err(failed)?.as_slice() == sealed {
        return Ok(());
    }
    Err(LAYOUT.damaged(path, "its rows are not those that were written"))
}

fn digest(connection: &Connection) -> rusqlite::Result<BodyDigest> {
    let mut hash = Sha256::new();
    for select in ROWS {
        let mut query = connection.prepare(select)?;
        let columns = query.column_count();
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let (kind, bytes): (u8, &[u8]) = match row.get_ref(column)? {
                    ValueRef::Null => (0, &[]),
                    ValueRef::Integer(number) => (1, &number.to_be_bytes()),
                    ValueRef::Real(number) => (2, &number.to_be_bytes()),
                    ValueRef::Text(text) => (3, text),
                    ValueRef::Blob(bytes) => (4, bytes),
                };
                hash.update([kind]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
        // Else the last row of a table could as well be the first of the next.
        hash.update([u8::MAX]);
    }
    Ok(hash.finalize().into())
}
