//! `crawl setup`, and `crawl run --setup`.

use super::report;
use super::say::tell;
use crate::diag::{Diagnostic, Exit, Format};

/// Finds or installs a browser and its driver, telling what it does.
pub fn setup() -> Exit {
    match ensure() {
        Ok(()) => Exit::Ok,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

/// Makes sure that a browser and its driver are there.
pub fn ensure() -> Result<(), Box<Diagnostic>> {
    let runtime = super::machine::runtime()?;
    let result = runtime.block_on(crate::browser::set_up(&mut |line| tell!("setup: {line}")));
    result.map(drop).map_err(|error| {
        let (message, help) = match error {
            crate::browser::BrowserError::Unavailable { message, help } => (message, help),
            other => (other.to_string(), "see `crawl doctor`".to_owned()),
        };
        Box::new(Diagnostic::error("crawl::browser::setup", message).help(help))
    })
}
