//! A nameless file that takes what is too much for memory and gives it back as long as the program runs. However the
//! program ends, the system removes it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The file.
#[derive(Debug)]
pub struct Spool {
    file: File,
    space: Mutex<Space>,
}

/// Which parts of the file are free.
#[derive(Debug, Default)]
struct Space {
    end: u64,
    /// Lengths by offset; no two touch.
    free: BTreeMap<u64, u64>,
}

/// Bytes in the file. Dropped, they make room for others.
#[derive(Debug)]
pub struct Spooled {
    spool: Arc<Spool>,
    offset: u64,
    length: usize,
}

impl Spool {
    /// An empty one in the system's temporary folder.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new() -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self { file: tempfile::tempfile()?, space: Mutex::default() }))
    }

    /// Takes bytes in.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn put(self: &Arc<Self>, bytes: &[u8]) -> io::Result<Spooled> {
        let offset = self.space().take(bytes.len() as u64);
        let spooled = Spooled { spool: Arc::clone(self), offset, length: bytes.len() };
        self.file.write_all_at(bytes, offset)?;
        Ok(spooled)
    }

    /// How long the file is, free parts included, in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.space().end
    }

    /// Whether nothing was put in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn space(&self) -> MutexGuard<'_, Space> {
        self.space.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spooled {
    /// The bytes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.length];
        self.spool.file.read_exact_at(&mut bytes, self.offset)?;
        Ok(bytes)
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        self.spool.space().give(self.offset, self.length as u64);
    }
}

impl Space {
    /// The offset of so many free bytes: the first gap that is large enough, else the end.
    fn take(&mut self, length: u64) -> u64 {
        let gap = self.free.iter().find(|(_, free)| **free >= length).map(|(offset, free)| (*offset, *free));
        let Some((offset, free)) = gap.filter(|_| length > 0) else {
            let offset = self.end;
            self.end += length;
            return offset;
        };
        self.free.remove(&offset);
        if free > length {
            self.free.insert(offset + length, free - length);
        }
        offset
    }

    /// Frees a part; with its free neighbours it is one gap.
    fn give(&mut self, mut offset: u64, mut length: u64) {
        if length == 0 {
            return;
        }
        if let Some(after) = self.free.remove(&(offset + length)) {
            length += after;
        }
        let before = self.free.range(..offset).next_back().map(|(start, free)| (*start, *free));
        if let Some((start, free)) = before.filter(|(start, free)| start + free == offset) {
            self.free.remove(&start);
            offset = start;
            length += free;
        }
        self.free.insert(offset, length);
    }
}
