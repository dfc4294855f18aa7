//! A HAR's text and the bodies beside it: in the same folder, or in one archive with it, as Playwright writes both.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::HarError;

/// What Playwright calls the HAR in its archive.
const NAME: &str = "har.har";

/// What an archive may unpack to, all in all.
const LARGEST: u64 = 1024 * 1024 * 1024;

/// What was unpacked of an archive: many entries of a HAR name the same body.
#[derive(Default)]
pub(super) struct Unpacked {
    names: HashSet<String>,
    bytes: u64,
}

/// Where the bodies are that a HAR names and does not hold.
pub(super) enum Beside {
    Folder(PathBuf),
    /// The archive, the folder in it that the HAR is in (empty, or ending with a slash), and what was unpacked.
    Archive(ZipArchive<File>, String, Unpacked),
}

impl Beside {
    /// The text of a HAR file or of the HAR in an archive, and what is beside it.
    pub fn open(path: &Path) -> Result<(Vec<u8>, Self), HarError> {
        let unreadable =
            |error: std::io::Error| HarError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        let mut file = File::open(path).map_err(unreadable)?;
        let mut start = Vec::new();
        file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
        if start != b"PK\x03\x04" {
            // It may be a pipe, which is read once.
            file.read_to_end(&mut start).map_err(unreadable)?;
            return Ok((start, Self::Folder(path.parent().unwrap_or(Path::new("")).to_owned())));
        }
        file.rewind().map_err(unreadable)?;
        let invalid = |problem: String| HarError::Invalid { path: path.to_owned(), problem };
        let damaged = |error: &dyn std::fmt::Display| invalid(format!("the archive is damaged: {error}"));
        let mut archive = ZipArchive::new(file).map_err(|error| damaged(&error))?;
        let names: Vec<String> = archive.file_names().filter_map(|name| name.ok().map(Cow::into_owned)).collect();
        let hars: Vec<&String> = names.iter().filter(|name| is_har(name)).collect();
        let only = || hars.first().filter(|_| hars.len() == 1);
        let Some(har) = hars.iter().find(|name| **name == NAME).or_else(only) else {
            return Err(invalid(format!("the archive holds {} `.har` files, not one", hars.len())));
        };
        let mut unpacked = Unpacked::default();
        let text =
            entry(&mut archive, har, &mut unpacked).map_err(|why| invalid(format!("`{har}` in the archive {why}")))?;
        let text = text.ok_or_else(|| damaged(&"its list names what it does not have"))?;
        let folder = har.rfind('/').map_or("", |end| &har[..=end]).to_owned();
        Ok((text, Self::Archive(archive, folder, unpacked)))
    }

    /// The body of that name; `None` where there is none.
    ///
    /// # Errors
    /// In words, when the name leads elsewhere or what is there cannot be read.
    pub fn body(&mut self, name: &str) -> Result<Option<Vec<u8>>, String> {
        match self {
            Self::Folder(folder) => {
                let inside = Path::new(name).components().all(|one| matches!(one, Component::Normal(_)));
                if inside { Ok(fs::read(folder.join(name)).ok()) } else { Err("is not a file beside it".to_owned()) }
            }
            Self::Archive(archive, folder, unpacked) => entry(archive, &format!("{folder}{name}"), unpacked),
        }
    }
}

/// Whether a file in an archive is a HAR, and not what macOS adds to each file.
fn is_har(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    Path::new(last).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("har")) && !last.starts_with("._")
}

fn entry(archive: &mut ZipArchive<File>, name: &str, unpacked: &mut Unpacked) -> Result<Option<Vec<u8>>, String> {
    let packed = match archive.by_name(name) {
        Ok(packed) => packed,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(format!("cannot be unpacked: {error}")),
    };
    let known = unpacked.names.contains(name);
    let left = if known { LARGEST } else { LARGEST - unpacked.bytes };
    let mut bytes = Vec::new();
    packed.take(left + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be unpacked: {error}"))?;
    let length = bytes.len() as u64;
    if length > left {
        return Err("makes the archive unpack to more than 1 GB".to_owned());
    }
    if !known {
        unpacked.bytes += length;
        unpacked.names.insert(name.to_owned());
    }
    Ok(Some(bytes))
}
