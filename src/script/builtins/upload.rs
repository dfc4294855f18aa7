//! `upload`: files that the run may read, named by absolute paths for the browser.

use std::path::{Path, PathBuf};

use rhai::Dynamic;
use sha2::{Digest, Sha256};

use super::actions::perform;
use crate::crawl::{CrawlError, Gesture};
use crate::script::builtin::Call;
use crate::script::failure::Outcome;

/// Gives files to a field.
pub fn upload(call: &mut Call<'_, '_>) -> Outcome {
    let place = call.aimed_at("target")?;
    let paths = call.strings("path")?.unwrap_or_default();
    if paths.is_empty() && call.value("path").is_none() {
        return Err(call.wrong("path", "a path or an array of paths", &Dynamic::UNIT));
    }
    let mut files = Vec::new();
    let mut digests = Vec::new();
    for path in &paths {
        let (file, digest) = look_at(call, path).map_err(|error| call.refuse("path", error))?;
        files.push(file);
        digests.push(digest);
    }
    perform(call, Gesture::Upload { place, files, digests })
}

/// The absolute path and what is in it: a changed file is another upload.
fn look_at(call: &Call<'_, '_>, path: &str) -> Result<(String, String), CrawlError> {
    let absolute: PathBuf = std::path::absolute(Path::new(path)).unwrap_or_else(|_| PathBuf::from(path));
    call.run.crawler.access().read(&absolute)?;
    call.run.note_file(Path::new(path));
    let content = std::fs::read(&absolute).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        };
        CrawlError::new("crawl::file::read", format!("cannot upload `{path}`: {why}"))
            .help("paths are looked up from the folder that the program was started in")
    })?;
    let digest = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((absolute.display().to_string(), digest))
}
