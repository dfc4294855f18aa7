//! A HAR's text and the bodies beside it: in the same folder, or in one archive with it, as Playwright writes both.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;

use super::HarError;

/// What Playwright calls the HAR in its archive.
const NAME: &str = "har.har";

/// Where the bodies are that a HAR names and does not hold.
pub(super) enum Beside {
    Folder(PathBuf),
    Archive(ZipArchive<File>),
}

impl Beside {
    /// The text of a HAR file or of the HAR in an archive, and what is beside it.
    pub fn open(path: &Path) -> Result<(Vec<u8>, Self), HarError> {
        let unreadable =
            |reason: &dyn std::fmt::Display| HarError::Unreadable { path: path.to_owned(), reason: reason.to_string() };
        let mut file = File::open(path).map_err(|error| unreadable(&error))?;
        let mut start = [0; 4];
        if !matches!(file.read(&mut start), Ok(4) if start == *b"PK\x03\x04") {
            let text = fs::read(path).map_err(|error| unreadable(&error))?;
            return Ok((text, Self::Folder(path.parent().unwrap_or(Path::new("")).to_owned())));
        }
        let invalid = |problem: String| HarError::Invalid { path: path.to_owned(), problem };
        let mut archive = ZipArchive::new(file).map_err(|error| invalid(format!("the archive is damaged: {error}")))?;
        let names: Vec<String> =
            archive.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect();
        let hars: Vec<&String> = names.iter().filter(|name| name.ends_with(".har")).collect();
        let Some(har) = hars.iter().find(|name| **name == NAME).or_else(|| hars.first().filter(|_| hars.len() == 1))
        else {
            return Err(invalid(format!("the archive holds {} `.har` files, not one", hars.len())));
        };
        let text = entry(&mut archive, har).map_err(|error| invalid(format!("the archive is damaged: {error}")))?;
        Ok((text, Self::Archive(archive)))
    }

    /// The body of that name; `None` where there is none.
    ///
    /// # Errors
    /// In words, when the name leads elsewhere.
    pub fn body(&mut self, name: &str) -> Result<Option<Vec<u8>>, &'static str> {
        match self {
            Self::Folder(folder) => {
                let inside = Path::new(name).components().all(|one| matches!(one, Component::Normal(_)));
                if inside { Ok(fs::read(folder.join(name)).ok()) } else { Err("is not a file beside it") }
            }
            Self::Archive(archive) => Ok(entry(archive, name).ok()),
        }
    }
}

fn entry(archive: &mut ZipArchive<File>, name: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    archive.by_name(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}
