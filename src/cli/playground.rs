//! `crawl playground`.

use super::report;
use super::say::say;
use crate::diag::{Diagnostic, Exit, Format};
use crate::playground::{Playground, pages};

/// Serves the built-in site until Ctrl-C.
pub fn playground(port: Option<u16>) -> Exit {
    let runtime = match super::machine::runtime() {
        Ok(runtime) => runtime,
        Err(report) => return report::fail(&[*report], Format::Human),
    };
    let mut signals = super::signals::Signals::new(runtime.handle());
    runtime.block_on(async {
        let site = match Playground::start(port).await {
            Ok(site) => site,
            Err(error) => {
                let report = Diagnostic::error("crawl::playground::failed", error.to_string());
                return report::fail(&[report.help("choose another port, or none")], Format::Human);
            }
        };
        say!("{}", site.url());
        for entry in pages() {
            say!("  {:<22} {}", entry.path, entry.about);
        }
        say!("Ctrl-C ends it");
        signals.next().await;
        site.stop().await;
        Exit::Ok
    })
}
