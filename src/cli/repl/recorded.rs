//! A dialogue that goes on with a recorded run, offline: its steps answer up to the place asked for, its requests answer
//! what is tried from there on.

use std::path::Path;
use std::sync::Arc;

use super::talk;
use crate::cli::arguments::ReplOptions;
use crate::cli::capsule::{self, Unpacked};
use crate::cli::machine::Seams;
use crate::cli::recording::unread;
use crate::cli::say::tell;
use crate::cli::script_file;
use crate::diag::{Diagnostic, Exit};
use crate::recording::Replay;
use crate::script::Until;
use crate::text::Source;

/// Opens a recording, and stands where its run failed or where it is asked to.
pub fn go_on(options: &ReplOptions, file: &Path) -> Result<Exit, Box<Diagnostic>> {
    let access = options.access.access();
    let secret = |name: &str| access.env(name).ok().and_then(|()| std::env::var(name).ok());
    let replay = Arc::new(Replay::open(file, secret).map_err(|error| unread(&error))?);
    replay.load().map_err(|error| unread(&error))?;
    let unpacked = Unpacked::of(&replay)?;
    let params = replay.parameters(script_file::parameters(&options.set)?);
    let text = unpacked.text()?;
    let source = Source::new(unpacked.script.display().to_string(), text);
    let failed = replay.facts().ended == "failed";
    let until = options.at.or(failed.then_some(Until::Failure));
    tell!("{}: recorded requests answer, nothing reaches the network", file.display());
    let steps = replay.steps().map_err(|error| unread(&error))?;
    let sights = replay.sights().map_err(|error| unread(&error))?;
    let limits = if access.is_limited() { access } else { capsule::limits(&unpacked, &replay) };
    let seams = Seams { network: Some(Arc::clone(&replay) as _), ..Seams::default() };
    let home = std::env::current_dir().unwrap_or_default();
    let exit = talk(options, params, Some((source, until)), limits, seams, |interpreter| {
        // Paths mean in there what they meant where the run was started.
        std::env::set_current_dir(unpacked.folder()).map_err(|error| {
            let message = format!("cannot use `{}`: {error}", unpacked.folder().display());
            Box::new(Diagnostic::error("crawl::usage::recording", message).help("set TMPDIR to another folder"))
        })?;
        let crawler = &interpreter.run().crawler;
        crawler.recall(steps.into_iter().map(|(step, _)| step), sights).map_err(|reason| {
            let message = format!("the recording's steps cannot be used: {reason}");
            Box::new(Diagnostic::error("crawl::usage::recording", message).help("record the run again"))
        })?;
        Ok(home.clone())
    });
    // The folder cannot be the current one when it goes.
    let _ = std::env::set_current_dir(&home);
    exit
}
