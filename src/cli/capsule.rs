//! Capsules: recordings with the report of their run and the files that its script read, so that somebody else can open a
//! run, see it and go on with it, without the site.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::recording::unread;
use crate::crawl::{Access, Limits};
use crate::diag::Diagnostic;
use crate::process::Ground;
use crate::recording::{Replay, Tape};
use crate::script::{Run, is_embedded, lock};

/// The report among a capsule's files.
pub const REPORT: &str = "report.html";

/// Below which folder of what is unpacked the run's own folder is: what stood above that can be put there too.
const DEPTH: &str = "1/2/3/4/5/6/7/8";

/// A larger file is not taken along: bytes.
const LARGEST: u64 = 256 << 20;

/// Puts into a recording what makes it a capsule.
pub fn fill(tape: &Tape, run: &Run, report: &[u8]) {
    tape.file(REPORT, report);
    for path in lock(&run.files).iter() {
        let module = path.extension() == Some(OsStr::new("crawl"));
        // A pipe would be waited for, and what the script was refused is noted too.
        let size = fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file.len());
        let (Some(size), false, Ok(())) = (size, module, run.crawler.access().read(path)) else { continue };
        if size > LARGEST {
            run.warn(&format!("`{}` is too large for a capsule: it is left out", path.display()));
        } else if let Ok(content) = fs::read(path) {
            tape.file(&path.display().to_string(), &content);
        }
    }
}

/// What a script may do that came in a recording, where nothing else is said: read and write where it was unpacked, and
/// know the secrets that it asked for.
pub fn limits(unpacked: &Unpacked, replay: &Replay) -> Access {
    let root = unpacked.root().to_owned();
    let env = replay.facts().secret_names().map(str::to_owned).collect();
    Access::within(Limits { hosts: vec!["*".to_owned()], read: vec![root.clone()], write: vec![root], env })
}

/// Whether a file is a recording or a capsule, by its first bytes.
pub fn is_one(path: &Path) -> bool {
    let mut first = [0; 16];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && &first == b"SQLite format 3\0"
}

/// A capsule's script with all that it reads, in a folder that goes with this value.
pub struct Unpacked {
    ground: Ground,
    /// The script, as seen from [`Unpacked::folder`].
    pub script: PathBuf,
}

impl Unpacked {
    /// Unpacks what a recording holds.
    pub fn of(replay: &Replay) -> Result<Self, Box<Diagnostic>> {
        let failed = |error: std::io::Error| {
            let message = format!("cannot unpack `{}`: {error}", replay.path().display());
            Box::new(Diagnostic::error("crawl::usage::recording", message).help("make room in TMPDIR"))
        };
        let named = PathBuf::from(&replay.facts().script);
        let base = named.parent().filter(|_| named.is_absolute()).map(Path::to_owned);
        let script = within(base.as_deref(), &named);
        let unpacked = Self { ground: Ground::lay().map_err(failed)?, script };
        if unpacked.place(&unpacked.script).is_none() {
            let message = format!("`{}` names a script outside its run's folder", replay.path().display());
            return Err(Box::new(Diagnostic::error("crawl::usage::recording", message).help("record the run again")));
        }
        fs::create_dir_all(unpacked.folder()).map_err(failed)?;
        let sources = replay.sources().map_err(|error| unread(&error))?;
        let sources = sources.into_iter().filter(|(name, _)| !is_embedded(name));
        let mut all: Vec<(String, Vec<u8>)> = sources.map(|(name, text)| (name, text.into_bytes())).collect();
        all.extend(replay.files().map_err(|error| unread(&error))?.into_iter().filter(|(name, _)| name != REPORT));
        for (name, content) in all {
            if let Some(place) = unpacked.place(&within(base.as_deref(), Path::new(&name))) {
                place.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
                fs::write(place, content).map_err(failed)?;
            }
        }
        Ok(unpacked)
    }

    /// The folder that stands for the one in which the run was started.
    pub fn folder(&self) -> PathBuf {
        self.root().join(DEPTH)
    }

    fn root(&self) -> &Path {
        self.ground.folder.path()
    }

    /// The script's text.
    pub fn text(&self) -> Result<String, Box<Diagnostic>> {
        let read = self.place(&self.script).map(fs::read_to_string);
        let missing = || {
            let message = format!("the recording does not have its script, `{}`", self.script.display());
            Box::new(Diagnostic::error("crawl::usage::recording", message).help("record the run again"))
        };
        read.and_then(Result::ok).ok_or_else(missing)
    }

    /// Where a file goes; `None` for one that would be elsewhere.
    fn place(&self, name: &Path) -> Option<PathBuf> {
        let mut place = self.folder();
        for part in name.components() {
            match part {
                Component::Normal(part) => place.push(part),
                Component::ParentDir => drop(place.pop()),
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        (place.starts_with(self.root()) && place != self.root()).then_some(place)
    }
}

/// A name as seen from the script's folder, where the script was given by its whole path.
fn within(base: Option<&Path>, name: &Path) -> PathBuf {
    base.and_then(|base| name.strip_prefix(base).ok()).unwrap_or(name).to_owned()
}
