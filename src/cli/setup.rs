//! `crawl setup`, and `crawl run --setup`.

use super::choice::Browser;
use super::report;
use super::say::tell;
use crate::diag::{Diagnostic, Exit, Format};

/// Finds or installs a browser and its driver, telling what it does.
pub fn setup(browser: Option<Browser>) -> Exit {
    match ensure(browser) {
        Ok(()) => Exit::Ok,
        Err(problem) => report::fail(&[*problem], Format::Human),
    }
}

/// Makes sure that a browser is there, and its driver where it needs one.
pub fn ensure(browser: Option<Browser>) -> Result<(), Box<Diagnostic>> {
    let runtime = super::machine::runtime()?;
    let mut say = |line: &str| tell!("setup: {line}");
    let result = runtime.block_on(async {
        match browser {
            Some(Browser::Firefox) => crate::browser::set_up_firefox(&mut say).await.map(drop),
            _ => crate::browser::set_up(&mut say).await.map(drop),
        }
    });
    result.map_err(|error| {
        let (message, help) = match error {
            crate::browser::BrowserError::Unavailable { message, help } => (message, help),
            other => (other.to_string(), "see `crawl doctor`".to_owned()),
        };
        Box::new(Diagnostic::error("crawl::browser::setup", message).help(help))
    })
}
