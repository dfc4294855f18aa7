//! JSON Lines: one record a line.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::format::Sink;
use crate::store::{Replacement, StoreError};

/// How many bytes are gathered before they are written.
const GATHERED: usize = 64 * 1024;

/// A file of lines that can always be cut back to its last whole one.
pub(super) struct Lines {
    file: Replacement,
    pending: Vec<u8>,
    /// The length of the file up to the last write that went well.
    whole: u64,
    pub(super) records: u64,
}

/// Records as JSON Lines.
pub(super) struct LinesSink(Lines);

impl Lines {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { file: Replacement::create(path)?, pending: Vec::new(), whole: 0, records: 0 })
    }

    /// Takes one record's text.
    pub(super) fn push(&mut self, text: &str) -> Result<(), StoreError> {
        self.pending.extend_from_slice(text.as_bytes());
        self.records += 1;
        if self.pending.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// Writes what is gathered; after a failure the file still ends with a whole record, and the rest is tried again.
    pub(super) fn flush(&mut self) -> Result<(), StoreError> {
        let path = self.file.path().to_owned();
        let (whole, pending) = (self.whole, &self.pending);
        let file = self.file.file();
        let written = file.seek(SeekFrom::Start(whole)).and_then(|_| file.write_all(pending));
        if let Err(error) = written {
            // Best effort: what cannot even be cut is cut at the next try.
            let _ = file.set_len(whole);
            return Err(StoreError::io("write", &path, &error));
        }
        self.whole += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Adds an ending that is no record (`empty` where there is none), and puts the file in place. Gathered records that
    /// cannot be written are lost, those before them are kept.
    pub(super) fn finish(mut self, end: &str, empty: &str) -> Result<PathBuf, StoreError> {
        let lost = self.flush();
        self.pending.clear();
        let end = if self.whole == 0 { empty } else { end };
        self.pending.extend_from_slice(end.as_bytes());
        let ended = self.flush();
        let placed = self.file.put_in_place();
        lost.and(ended).and(placed)
    }
}

impl LinesSink {
    pub(super) fn create(path: &Path) -> Result<Self, StoreError> {
        Lines::create(path).map(Self)
    }
}

impl Sink for LinesSink {
    fn write(&mut self, _: Option<&str>, record: &Value) -> Result<(), StoreError> {
        self.0.push(&format!("{record}\n"))
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.0.flush()
    }

    fn records(&self) -> u64 {
        self.0.records
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, StoreError> {
        self.0.finish("", "")
    }
}
