//! Downloads: taken from where the browser put them, and saved under names that can do no harm.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::stage::Stage;
use super::words::quoted;
use super::{CrawlError, failure};
use crate::browser::{Download, DownloadState, DownloadWait, Tab};

/// A download that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDownload {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its MIME type: as the server said, else by its name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Where it came from.
    pub url: String,
    /// The name that it was given, as it came.
    pub suggested: String,
}

/// How long a step that asks for downloads waits for one to begin after its js.
const BEGIN: Duration = Duration::from_millis(500);

/// Saves what the step downloaded.
pub(super) async fn harvest(stage: &Stage<'_>, tab: &dyn Tab, acted: bool) -> Result<Vec<SavedDownload>, CrawlError> {
    let wait = if acted { DownloadWait::Within(BEGIN) } else { DownloadWait::Begun };
    let ended = tab.downloads(wait, stage.deadline()).await.map_err(failure::of_browser)?;
    let mut saved = Vec::new();
    for download in ended {
        let from = whole(stage, &download)?;
        let folder = match &stage.session.options.downloads {
            Some(folder) => folder.clone(),
            None => from.parent().map(|folder| folder.join("saved")).unwrap_or_default(),
        };
        let made = std::fs::create_dir_all(&folder);
        made.map_err(|error| cannot(&download, &format!("`{}`: {error}", folder.display())))?;
        let name = safe_name(&download.suggested);
        saved.push(put(stage, &download, from, move || unclaimed(&folder, &name)).await?);
    }
    Ok(saved)
}

/// Saves the first download that begins from here on as `path`.
pub(super) async fn first(stage: &Stage<'_>, tab: &dyn Tab, path: &Path) -> Result<SavedDownload, CrawlError> {
    let ended = tab.downloads(DownloadWait::One, stage.deadline()).await.map_err(failure::of_browser)?;
    let Some(download) = ended.into_iter().next() else {
        return Err(CrawlError::new("crawl::download::none", "no download began")
            .help("does the click lead to a page instead? `crawl` it; what takes long needs more `timeout:`"));
    };
    let from = whole(stage, &download)?;
    let to = path.to_owned();
    put(stage, &download, from, move || replace(&to)).await
}

/// Where a download lies that came to its end, from where this run may load something.
fn whole<'d>(stage: &Stage<'_>, download: &'d Download) -> Result<&'d Path, CrawlError> {
    match &download.state {
        DownloadState::Done(path) => match stage.core.config.access.page(&download.url) {
            Ok(()) => Ok(path),
            Err(denied) => {
                // The run's folder goes in the end, with all that is in it.
                let _ = std::fs::remove_file(path);
                Err(CrawlError { place: None, ..denied }
                    .note(format!("it was to be downloaded from `{}`", download.url)))
            }
        },
        DownloadState::TooLarge(limit) => {
            let most = super::words::size(*limit);
            let message = format!("{} is larger than {most}, and was called off", quoted(&download.suggested));
            Err(CrawlError::new("crawl::download::too_large", message)
                .note(format!("from `{}`", download.url))
                .help("allow more with `max_size:` of the download, or `max_download:` of the session"))
        }
        DownloadState::Failed => Err(cannot(download, "it was called off, or the connection broke")),
        DownloadState::Going => {
            let time = super::words::duration(stage.deadline().total());
            let message = format!("the download of `{}` did not end within {time}", download.url);
            Err(CrawlError::new("crawl::download::timeout", message)
                .note(format!("{} bytes had come", download.received))
                .help("give the step more time with `timeout:`"))
        }
    }
}

fn cannot(download: &Download, why: &str) -> CrawlError {
    CrawlError::new("crawl::download::failed", format!("{} was not downloaded: {why}", quoted(&download.suggested)))
        .note(format!("from `{}`", download.url))
        .help("try again; look at the folder's rights where it could not be written")
}

/// Moves a download to the file that `claim` opens, and describes it.
async fn put(
    stage: &Stage<'_>,
    download: &Download,
    from: &Path,
    claim: impl FnOnce() -> std::io::Result<PathBuf> + Send + 'static,
) -> Result<SavedDownload, CrawlError> {
    let from = from.to_owned();
    let moving = tokio::task::spawn_blocking(move || {
        let to = claim()?;
        // Another file system cannot take a file by its name.
        if std::fs::rename(&from, &to).is_err() {
            std::fs::copy(&from, &to)?;
            let _ = std::fs::remove_file(&from);
        }
        let (size, sha256) = digest(&to)?;
        let naming = naming(&to)?;
        Ok::<_, std::io::Error>((to, size, sha256, naming))
    });
    let moved = moving.await.map_err(|error| cannot(download, &error.to_string()))?;
    let (path, size, sha256, naming) = moved.map_err(|error| cannot(download, &error.to_string()))?;
    naming.iter().for_each(|piece| stage.core.named_files.note(piece));
    let kind = download.mime.clone().unwrap_or_else(|| kind_of(&download.suggested).to_owned());
    let (url, suggested) = (download.url.clone(), download.suggested.clone());
    Ok(SavedDownload { path, size, kind, sha256, url, suggested })
}

/// The size and SHA-256 of a file, read piece by piece.
fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let (mut file, mut hash, mut size) = (std::fs::File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        size += read as u64;
    }
    Ok((size, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// The pieces of a file that may name others of this machine, whose addresses a script may read there.
fn naming(path: &Path) -> std::io::Result<Vec<String>> {
    const PIECE: u64 = 1024 * 1024;
    const OVERLAP: usize = 8 * 1024;
    let (mut file, mut pieces, mut piece) = (std::fs::File::open(path)?, Vec::new(), Vec::new());
    while (&mut file).take(PIECE).read_to_end(&mut piece)? > 0 {
        if memchr::memmem::find(&piece.to_ascii_lowercase(), b"file").is_some() {
            pieces.push(String::from_utf8_lossy(&piece).into_owned());
        }
        piece.drain(..piece.len().saturating_sub(OVERLAP));
    }
    Ok(pieces)
}

/// Makes an empty file of that name, or of the name with the first free number.
fn unclaimed(folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let (stem, ending) = match name.rfind('.').filter(|at| *at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut number = 1;
    loop {
        let tried = if number == 1 { name.to_owned() } else { format!("{stem} ({number}){ending}") };
        let path = folder.join(tried);
        match std::fs::File::create_new(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The path as it is, its folder made.
fn replace(path: &Path) -> std::io::Result<PathBuf> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    Ok(path.to_owned())
}

/// Names that are devices on Windows.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// The longest name in bytes; file systems take 255, and a number may come.
const LONGEST: usize = 200;

/// A name that stays within its folder and means a plain file on every system.
#[must_use]
pub fn safe_name(suggested: &str) -> String {
    let last = suggested.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let plain = plain.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let name = if plain.is_empty() { "download".to_owned() } else { shortened(plain) };
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let port = |stem: &str| {
        let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
        number.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if DEVICES.contains(&stem.as_str()) || port(&stem) { format!("_{name}") } else { name }
}

/// The name without what is too much of it; its ending stays.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|at| &name[at..]).filter(|ending| ending.len() <= 20).unwrap_or("");
    let mut end = LONGEST - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", &name[..end])
}

/// The MIME types of the endings that downloads mostly have.
fn kind_of(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let known = [
        ("csv", "text/csv"),
        ("txt", "text/plain"),
        ("html", "text/html"),
        ("json", "application/json"),
        ("xml", "application/xml"),
        ("pdf", "application/pdf"),
        ("zip", "application/zip"),
        ("gz", "application/gzip"),
        ("png", "image/png"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("svg", "image/svg+xml"),
        ("xls", "application/vnd.ms-excel"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ];
    known.iter().find(|(known, _)| *known == ending).map_or("application/octet-stream", |(_, kind)| kind)
}
