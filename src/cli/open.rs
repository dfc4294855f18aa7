//! `crawl open`: the report in a capsule.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use sha2::{Digest, Sha256};

use super::capsule::REPORT;
use super::recording::unread;
use super::report;
use super::say::say;
use crate::diag::{Diagnostic, Exit, Format};
use crate::store::{Cassette, StoreError, cache_folder, write_private};

/// `crawl open`.
#[derive(Debug, Clone, Args)]
pub struct OpenOptions {
    /// What `crawl run --capsule` wrote
    pub file: PathBuf,
    /// Write the report there, and open no window
    #[arg(short, long, value_name = "FILE.html")]
    pub output: Option<PathBuf>,
}

/// Shows the report of a capsule's run, and says where it is.
pub fn open(options: &OpenOptions) -> Exit {
    match attempt(options) {
        Ok(()) => Exit::Ok,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn attempt(options: &OpenOptions) -> Result<(), Box<Diagnostic>> {
    let path = &options.file;
    let cassette = Cassette::open(path).map_err(|error| unread(&error))?;
    let page = cassette.file(REPORT).map_err(|error| unread(&error))?.ok_or_else(|| {
        let message = format!("`{}` is a recording without a report", path.display());
        let report = Diagnostic::error("crawl::usage::recording", message);
        Box::new(report.help("`crawl run --capsule FILE` writes a recording with a report"))
    })?;
    let unwritten = |error: StoreError| {
        let report = Diagnostic::error("crawl::output::write", error.to_string());
        Box::new(report.help("give `--output` another file"))
    };
    if let Some(output) = &options.output {
        write_private(output, &page).map_err(unwritten)?;
        say!("{}", output.display());
        return Ok(());
    }
    let place = place(path);
    place.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| {
        let message = format!("cannot make the folder of `{}`: {error}", place.display());
        Box::new(Diagnostic::error("crawl::output::write", message).help("say where with `--output FILE.html`"))
    })?;
    write_private(&place, &page).map_err(unwritten)?;
    say!("{}", place.display());
    show(&place);
    Ok(())
}

/// Where the report of a capsule is put to be looked at: the same place each time.
fn place(capsule: &Path) -> PathBuf {
    let whole = capsule.canonicalize().unwrap_or_else(|_| capsule.to_owned());
    let digest: String =
        Sha256::digest(whole.as_os_str().as_encoded_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let stem = capsule.file_stem().unwrap_or_default().to_string_lossy();
    let folder = cache_folder().unwrap_or_else(std::env::temp_dir).join("reports");
    folder.join(format!("{stem}-{digest}.html"))
}

/// Opens a window with it where there is somebody to see one.
fn show(page: &Path) {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let program = match std::env::consts::OS {
        "macos" => "open",
        _ if desktop => "xdg-open",
        _ => return,
    };
    // The path was told: whoever has no such program opens it by hand.
    let _ = Command::new(program).arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
