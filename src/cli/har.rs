//! `crawl har`.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::report;
use super::say::tell;
use crate::diag::{Diagnostic, Exit, Format};
use crate::recording::{HarError, OfHar, Vault, export_har, import_har, to_row};
use crate::store::{Cassette, CassetteWriter, Replacement};

/// What to do with a HAR.
#[derive(Debug, Clone, Subcommand)]
pub enum HarCommand {
    /// Make a cassette of a HAR: of a browser's tools, or of Playwright's `recordHar`, also as a zip archive
    Import(HarFiles),
    /// Make a HAR 1.2 of a cassette's requests
    Export(HarFiles),
}

/// From where to where.
#[derive(Debug, Clone, Args)]
pub struct HarFiles {
    /// The file to read
    #[arg(value_name = "FILE")]
    pub from: PathBuf,
    /// The file to write
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub to: PathBuf,
}

/// Turns the one kind of file into the other.
pub fn har(command: &HarCommand) -> Exit {
    let done = match command {
        HarCommand::Import(files) => import(&files.from, &files.to),
        HarCommand::Export(files) => export(&files.from, &files.to),
    };
    match done {
        Ok(()) => Exit::Ok,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

fn import(from: &Path, to: &Path) -> Result<(), Box<Diagnostic>> {
    let writer = CassetteWriter::create(to).map_err(|error| unwritten(&error.into()))?;
    let mut vault = Vault::default();
    let imported = import_har(from, &mut |part| match part {
        OfHar::Secrets(facts) => vault.adopt(facts),
        OfHar::Exchange(session, exchanged) => {
            vault.learn(&exchanged);
            writer.exchange(to_row(session, vault.hide_exchange(*exchanged)));
        }
    });
    let imported = imported.map_err(|error| unread(&error))?;
    writer.fact("crawl", &Value::from(env!("CARGO_PKG_VERSION")));
    writer.fact("made", &Value::from(jiff::Timestamp::now().to_string()));
    writer.fact("source", &json!("har"));
    writer.fact("secrets", &vault.facts());
    // What a later exchange told may stand in an earlier one.
    let mut hide = |text: &str| match vault.hide(text) {
        std::borrow::Cow::Owned(new) => Some(new),
        std::borrow::Cow::Borrowed(_) => None,
    };
    writer.finish(Some(&mut hide)).map_err(|error| unwritten(&error.into()))?;
    tell!("{} in `{}`", count(imported.exchanges), to.display());
    if imported.without_body > 0 {
        tell!("{} of them without a body: the HAR has none", imported.without_body);
    }
    Ok(())
}

fn export(from: &Path, to: &Path) -> Result<(), Box<Diagnostic>> {
    let cassette = Cassette::open(from).map_err(|error| unread(&error.into()))?;
    let mut replacement = Replacement::create(to).map_err(|error| unwritten(&error.into()))?;
    let mut out = BufWriter::new(replacement.file());
    let written = export_har(&cassette, &mut out).map_err(|error| match &error {
        HarError::Write(_) => unwritten(&error),
        _ => unread(&error),
    })?;
    out.flush().map_err(|error| unwritten(&error.into()))?;
    drop(out);
    replacement.put_in_place().map_err(|error| unwritten(&error.into()))?;
    tell!("{} in `{}`", count(written), to.display());
    Ok(())
}

fn count(exchanges: usize) -> String {
    if exchanges == 1 { "1 request".to_owned() } else { format!("{exchanges} requests") }
}

fn unread(error: &HarError) -> Box<Diagnostic> {
    let code = match error {
        HarError::Invalid { .. } => "crawl::har::invalid",
        _ => "crawl::usage::unreadable",
    };
    told(code, error)
}

fn unwritten(error: &HarError) -> Box<Diagnostic> {
    told("crawl::output::write", error)
}

fn told(code: &'static str, error: &HarError) -> Box<Diagnostic> {
    let report = Diagnostic::error(code, error.to_string());
    Box::new(match error.help() {
        Some(help) => report.help(help),
        None => report,
    })
}
