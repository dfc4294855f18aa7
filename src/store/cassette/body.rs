//! Bodies: each kept once, under the digest of its bytes, compressed where that saves room.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;

use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::LAYOUT;
use crate::store::StoreError;

/// The SHA-256 of a body's bytes.
pub(super) type BodyDigest = [u8; 32];

/// So many first bytes tell whether the rest is worth compressing: pictures, fonts and archives are compressed already.
const SAMPLE: usize = 16 * 1024;

/// Of a body up to this many bytes no sample is taken: it would cost about as much.
const SMALL: usize = 8 * SAMPLE;

/// SQLite keeps no larger one: bytes.
const LARGEST: u64 = 1_000_000_000;

/// Keeps a body unless an equal one is there.
pub(super) fn put(connection: &Connection, bytes: &[u8]) -> rusqlite::Result<BodyDigest> {
    let digest: BodyDigest = Sha256::digest(bytes).into();
    let known = connection.prepare_cached("SELECT 1 FROM bodies WHERE digest = ?1")?.exists([&digest])?;
    if !known {
        let packed = packed(bytes);
        let (coding, kept) = packed.as_deref().map_or(("none", bytes), |packed| ("deflate", packed));
        connection
            .prepare_cached("INSERT INTO bodies (digest, size, coding, bytes) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![digest, bytes.len() as u64, coding, kept])?;
    }
    Ok(digest)
}

/// Keeps a body that may be missing.
pub(super) fn put_some(connection: &Connection, bytes: Option<&[u8]>) -> rusqlite::Result<Option<BodyDigest>> {
    bytes.map(|bytes| put(connection, bytes)).transpose()
}

/// The bytes of a body.
pub(super) fn get(path: &Path, connection: &Connection, digest: &[u8]) -> Result<Vec<u8>, StoreError> {
    let failed = |error| LAYOUT.explain(path, &error);
    let row: Option<(u64, String, Vec<u8>)> = connection
        .prepare("SELECT size, coding, bytes FROM bodies WHERE digest = ?1")
        .and_then(|mut query| query.query_row([digest], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional())
        .map_err(failed)?;
    let wrong = |what: &str| LAYOUT.damaged(path, format!("the body {} {what}", hex(digest)));
    let (size, coding, kept) = row.ok_or_else(|| wrong("is missing"))?;
    if size > LARGEST {
        return Err(wrong("is larger than any"));
    }
    let bytes = if coding == "deflate" { unpacked(&kept, size) } else { Some(kept) };
    bytes
        .filter(|bytes| bytes.len() as u64 == size && Sha256::digest(bytes).as_slice() == digest)
        .ok_or_else(|| wrong("is not what was written"))
}

/// The body compressed, where it is smaller then.
fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let worth = |packed: &[u8], of: &[u8]| packed.len() <= of.len() * 9 / 10;
    if bytes.len() > SMALL && !worth(&deflated(&bytes[..SAMPLE])?, &bytes[..SAMPLE]) {
        return None;
    }
    deflated(bytes).filter(|packed| worth(packed, bytes))
}

fn deflated(bytes: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        // To make one anew costs about as much as to pack a small body.
        static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
    }
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        let mut packed = Vec::with_capacity(bytes.len() / 2 + SAMPLE);
        loop {
            let done = usize::try_from(packer.total_in()).ok()?;
            match packer.compress_vec(&bytes[done..], &mut packed, FlushCompress::Finish).ok()? {
                Status::StreamEnd => return Some(packed),
                Status::Ok | Status::BufError => packed.reserve(bytes.len() / 2 + SAMPLE),
            }
        }
    })
}

fn unpacked(bytes: &[u8], size: u64) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    // Damaged ones may go on and on.
    DeflateDecoder::new(bytes).take(size.saturating_add(1)).read_to_end(&mut all).ok()?;
    Some(all)
}

fn hex(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
