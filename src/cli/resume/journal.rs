//! The file that a resumable run's journal stands in.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use crate::crawl::Crawler;
use crate::crawl::journal::{Archive, ArchivedSight, ArchivedStep};
use crate::diag::Diagnostic;
use crate::script::lock;
use crate::store::{Cassette, CassetteWriter, SightRow, StepRow, StoreError, own_folder};
use crate::text::Source;

/// The folder of the program in the current one.
const FOLDER: &str = ".crawl";

/// So many steps that only read may be on their way into the file.
const MOST_BEHIND: u64 = 16;

/// The journal of one script with these parameters, open for one run.
pub struct JournalFile {
    path: PathBuf,
    writer: Mutex<Option<CassetteWriter>>,
    /// Steps that were given to the writer, and those of them that are in the file for certain.
    given: Steps,
    kept: Steps,
    /// What an earlier run left; taken when it is recalled.
    left: Mutex<Option<Left>>,
    /// What standard output was given. A file of its own: a line is noted there by one call of the system right after the
    /// one that wrote it, so that next to no time is left to be killed between them.
    said: File,
    /// Held as long as the run goes on.
    locked: (PathBuf, File),
}

/// How many steps did something beside reading, and how many there are.
#[derive(Default)]
struct Steps {
    acting: AtomicU64,
    all: AtomicU64,
}

/// What an earlier run left.
struct Left {
    steps: Vec<StepRow>,
    sights: Vec<SightRow>,
}

impl JournalFile {
    /// Opens the script's own, and what was delivered before.
    pub fn open(script: &Path, source: &Source, set: &[String]) -> Result<(Self, String), Box<Diagnostic>> {
        let folder = own_folder(Path::new(FOLDER), "resume").map_err(|error| unreadable(&error, None))?;
        let path = folder.join(format!("{}.journal", name(script, source, set)));
        let locked = occupy(&path.with_extension("lock"))?;
        let failed = |error: StoreError| unreadable(&error, Some(&path));
        let mut said = String::new();
        let log = path.with_extension("said");
        let left = match path.exists() {
            false => None,
            true => {
                let before = Cassette::open(&path).map_err(failed)?;
                said = std::fs::read_to_string(&log).unwrap_or_default();
                Some(Left { steps: before.steps().map_err(failed)?, sights: before.sights().map_err(failed)? })
            }
        };
        if left.is_none() {
            // Of a journal that is gone.
            let _ = std::fs::remove_file(&log);
        }
        let writer = CassetteWriter::append(&path).map_err(failed)?;
        let log = private(OpenOptions::new().append(true), &log)?;
        Ok((
            Self {
                said: log,
                path,
                writer: Mutex::new(Some(writer)),
                given: Steps::default(),
                kept: Steps::default(),
                left: Mutex::new(left),
                locked,
            },
            said,
        ))
    }

    /// Makes what an earlier run came to known to this one; how many steps, where there was one.
    pub fn recall(&self, crawler: &Crawler) -> Result<Option<usize>, Box<Diagnostic>> {
        let Some(left) = lock(&self.left).take() else { return Ok(None) };
        let count = left.steps.len();
        let steps = left.steps.into_iter().map(|row| {
            let StepRow { seq, title, head, blobs } = row;
            ArchivedStep { seq, title, acts: false, head, blobs }
        });
        let sights = left.sights.into_iter().map(|SightRow { of, value }| ArchivedSight { of, value });
        crawler.recall(steps, sights).map_err(|reason| {
            let message = format!("`{}` cannot be resumed from: {reason}", self.path.display());
            Box::new(Diagnostic::error("crawl::resume::unreadable", message).help(remove(&self.path)))
        })?;
        // A run that ended before its first step leaves next to nothing.
        Ok(Some(count).filter(|count| *count > 0))
    }

    /// Notes lines that were delivered, each as it is known.
    pub fn delivered(&self, notes: &str) -> std::io::Result<()> {
        (&self.said).write_all(notes.as_bytes())
    }

    /// Whether the next step has to wait for [`Self::flush`]. One after a step that only read need not: to read again
    /// does no harm, and the row is written meanwhile.
    pub fn owes(&self) -> bool {
        let behind = |given: &AtomicU64, kept: &AtomicU64| {
            given.load(Ordering::Acquire).saturating_sub(kept.load(Ordering::Acquire))
        };
        behind(&self.given.acting, &self.kept.acting) > 0 || behind(&self.given.all, &self.kept.all) > MOST_BEHIND
    }

    /// Returns when all that was given is in the file.
    pub fn flush(&self) -> Result<(), StoreError> {
        let (acting, all) = (self.given.acting.load(Ordering::Acquire), self.given.all.load(Ordering::Acquire));
        let flushed = lock(&self.writer).as_ref().map_or(Ok(()), CassetteWriter::flush);
        self.kept.acting.fetch_max(acting, Ordering::Release);
        self.kept.all.fetch_max(all, Ordering::Release);
        flushed
    }

    /// Closes the file; a run that ended well needs none.
    pub fn end(&self, well: bool) -> Result<(), StoreError> {
        let whole = self.flush();
        drop(lock(&self.writer).take());
        if well {
            for end in ["", "-wal", "-shm"] {
                let mut path = self.path.clone().into_os_string();
                path.push(end);
                // What is gone already need not be removed.
                let _ = std::fs::remove_file(path);
            }
            let _ = std::fs::remove_file(self.path.with_extension("said"));
            let _ = std::fs::remove_file(&self.locked.0);
            return Ok(());
        }
        whole
    }
}

impl Archive for JournalFile {
    // What is said meanwhile waits for it, and the next step where that must be: `Delivery`.
    fn step(&self, step: ArchivedStep) {
        if let Some(writer) = lock(&self.writer).as_ref() {
            let ArchivedStep { seq, title, acts, head, blobs } = step;
            writer.step(StepRow { seq, title, head, blobs });
            // Counted once it is on its way: a flush that sees it has it.
            self.given.all.fetch_add(1, Ordering::Release);
            self.given.acting.fetch_add(u64::from(acts), Ordering::Release);
        }
    }

    fn sight(&self, sight: ArchivedSight) {
        if let Some(writer) = lock(&self.writer).as_ref() {
            writer.sight(SightRow { of: sight.of, value: sight.value });
        }
    }
}

/// The script's name, and a digest of where it is and of its parameters.
fn name(script: &Path, source: &Source, set: &[String]) -> String {
    let mut digest = Sha256::new();
    match script.canonicalize() {
        Ok(path) => digest.update(path.as_os_str().as_encoded_bytes()),
        // Standard input is nowhere: its text says which script it is.
        Err(_) => digest.update(source.text()),
    }
    for parameter in set {
        digest.update(b"\0");
        digest.update(parameter);
    }
    let digest: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let stem = script.file_stem().map(|stem| stem.to_string_lossy().into_owned()).filter(|stem| stem != "-");
    format!("{}-{digest}", stem.as_deref().unwrap_or("stdin"))
}

/// Takes the lock that one run at a time holds; the system lets go of it however the run ends.
fn occupy(path: &Path) -> Result<(PathBuf, File), Box<Diagnostic>> {
    loop {
        let file = private(OpenOptions::new().write(true).truncate(false), path)?;
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => return Ok((path.to_owned(), file)),
            // A run that just ended removed it.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!("another run of this script holds its journal: `{}` is locked", path.display());
                let report = Diagnostic::error("crawl::resume::in_use", message);
                return Err(Box::new(report.help("wait until it ends, or run this one without `--resume`")));
            }
            Err(TryLockError::Error(error)) => return Err(unopened(path, &error)),
        }
    }
}

/// A file that its owner alone may read, made where there is none.
fn private(options: &mut OpenOptions, path: &Path) -> Result<File, Box<Diagnostic>> {
    use std::os::unix::fs::OpenOptionsExt;
    options.create(true).mode(0o600).open(path).map_err(|error| unopened(path, &error))
}

fn unopened(path: &Path, error: &std::io::Error) -> Box<Diagnostic> {
    let message = format!("cannot open `{}`: {error}", path.display());
    Box::new(Diagnostic::error("crawl::resume::unreadable", message))
}

/// Whether the file is still the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

fn unreadable(error: &StoreError, path: Option<&Path>) -> Box<Diagnostic> {
    let mut report = Diagnostic::error("crawl::resume::unreadable", error.to_string());
    if let Some(path) = path {
        report = report.help(remove(path));
    }
    Box::new(report)
}

fn remove(path: &Path) -> String {
    format!("remove `{}` to begin the run anew", path.display())
}
