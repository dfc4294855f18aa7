//! The command line of `crawl test`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

/// `crawl test`.
#[derive(Debug, Clone, Args)]
pub struct TestOptions {
    /// Scripts, or folders of them; `samples` when not given
    pub paths: Vec<PathBuf>,
    /// Rewrite golden files and snapshots to what comes, and list what changed
    #[arg(long)]
    pub update: bool,
    /// Run scripts that have a recording live as well, and tell whether the site changed or the script
    #[arg(long, conflicts_with = "update")]
    pub live: bool,
    /// Make recordings and golden files anew where the site changed, and list them
    #[arg(long, requires = "live", conflicts_with = "update")]
    pub accept_site: bool,
    /// Record scripts that have no recording yet and run as expected
    #[arg(long)]
    pub record: bool,
    /// Only scripts, and tests in them, whose names contain this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How many scripts at once; as many as there are cores when not given
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Begin nothing more after the first that is not as expected
    #[arg(long)]
    pub fail_fast: bool,
    /// Write a report there as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Print results as JSON, an object a line
    #[arg(long)]
    pub json: bool,
}
