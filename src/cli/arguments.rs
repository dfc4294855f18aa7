//! What the command line takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use super::choice::{BlockSigns, Browser, Diagnostics, browser};
use crate::bench::{Part, Workload};
use crate::browser::Launch;
use crate::crawl::{Access, Limits, host_pattern};
use crate::script::Until;
use crate::script::duration::parse;

/// Crawls dynamic web sites by `.crawl` scripts, through real browser sessions.
#[derive(Debug, Parser)]
#[command(name = "crawl", version, about, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a script; `-` reads it from standard input
    Run(super::report_file::RunCommand),
    /// Find what is wrong with scripts, without a browser
    Check(CheckOptions),
    /// Bring scripts into the one style; `-` formats standard input
    Fmt(FmtOptions),
    /// Explain a diagnostic's code; without one, list them all
    Explain {
        /// Such as `crawl::wait::timeout`
        code: Option<String>,
    },
    /// Show versions, paths, what works and what to install
    Doctor,
    /// Find or install a browser and its driver
    Setup {
        /// Which browser
        #[arg(long, value_enum)]
        browser: Option<Browser>,
    },
    /// Show the report of a run that is in a capsule
    Open(super::open::OpenOptions),
    /// Try things out on a live page
    Repl(ReplOptions),
    /// Propose a schema for what repeats on a page
    Infer(InferOptions),
    /// Run a script again on every save; what did not change is not crawled again
    Watch(WatchOptions),
    /// Serve an editor: the Language Server Protocol over standard input and output
    Lsp {
        /// What editors like to add; there is no other way
        #[arg(long)]
        stdio: bool,
    },
    /// Serve the built-in demo site
    Playground {
        /// The port; a free one when not given
        #[arg(long)]
        port: Option<u16>,
    },
    /// Run scripts' tests, and compare scripts with their golden files
    Test(super::test::TestOptions),
    /// Make a recording of a HAR, or a HAR of a recording
    #[command(subcommand)]
    Har(super::har::HarCommand),
    /// Measure speed and size against raw CDP
    Bench(BenchOptions),
    /// The floor that `bench` measures against
    #[command(hide = true)]
    BenchFloor {
        /// The workload
        #[arg(value_parser = workload)]
        workload: Workload,
        /// The site's address
        site: String,
    },
    /// Delete a session of a WebDriver server: what is left to do for a run that was killed
    #[command(hide = true)]
    DeleteSession {
        /// Its address, `http://…/session/ID`
        address: String,
    },
    /// Print a completion script
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// The browser of a run.
#[derive(Debug, Clone, Default, Args)]
pub struct BrowserOptions {
    /// Which browser
    #[arg(long, value_enum)]
    pub browser: Option<Browser>,
    /// Show the browser's window
    #[arg(long)]
    pub headed: bool,
    /// A WebDriver server that already runs
    #[arg(long, value_name = "URL")]
    pub webdriver: Option<String>,
    /// The deadline of each step, such as `30s`
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub timeout: Option<Duration>,
    /// Open new sessions in another browser once one takes more than so many megabytes
    #[arg(long, value_name = "MB", default_value_t = 2048)]
    pub browser_memory: u64,
    /// Write every message to and from the browser there, but for frames of pages; secrets left out
    #[arg(long, value_name = "FILE")]
    pub protocol_log: Option<PathBuf>,
}

impl BrowserOptions {
    /// Where sessions get their browser from.
    #[must_use]
    pub fn launch(&self) -> Launch {
        Launch {
            browser: browser(self.browser, self.headed),
            headless: !self.headed,
            webdriver: self.webdriver.clone(),
            fast_lane: true,
            profile: None,
        }
    }
}

/// What a script may reach. Any of these given, it may reach nothing else.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits: with any of these, nothing else is allowed")]
pub struct AccessOptions {
    /// Pages of this host; `*.example.com` for its subdomains
    #[arg(long, value_name = "HOST", value_delimiter = ',', value_parser = host_pattern)]
    pub allow_host: Vec<String>,
    /// Reading this file, or files in this folder
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub allow_read: Vec<PathBuf>,
    /// Writing this file, or files in this folder
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub allow_write: Vec<PathBuf>,
    /// This environment variable
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allow_env: Vec<String>,
}

impl AccessOptions {
    /// The script's powers.
    #[must_use]
    pub fn access(&self) -> Access {
        Access::within(Limits {
            hosts: self.allow_host.clone(),
            read: self.allow_read.clone(),
            write: self.allow_write.clone(),
            env: self.allow_env.clone(),
        })
    }
}

/// How problems and progress are told.
#[derive(Debug, Clone, Args)]
pub struct TellOptions {
    /// How problems are written
    #[arg(long, value_enum, default_value_t = Diagnostics::Human)]
    pub diagnostics: Diagnostics,
    /// No progress and no warnings
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell each step; twice: also where its time went
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// What `crawl run` and `crawl watch` share.
#[derive(Debug, Clone, Args)]
pub struct RunOptions {
    /// The script
    pub file: PathBuf,
    /// A parameter of the script; JSON where it parses as JSON, else text
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Write records there: .jsonl, .json, .csv or .sqlite
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Install what is missing first
    #[arg(long)]
    pub setup: bool,
    #[command(flatten)]
    pub browser: BrowserOptions,
    #[command(flatten)]
    pub tell: TellOptions,
    #[command(flatten)]
    pub access: AccessOptions,
}

/// `crawl watch`.
#[derive(Debug, Clone, Args)]
pub struct WatchOptions {
    #[command(flatten)]
    pub run: RunOptions,
    /// Send forms and other data again without asking, where a session has to be rebuilt
    #[arg(long)]
    pub replay_unsafe: bool,
    /// Clear the terminal before each run and show its whole output
    #[arg(long)]
    pub clear: bool,
    /// After each run compare standard output and exit code with the golden files beside the script
    #[arg(long)]
    pub test: bool,
}

/// `crawl check`.
#[derive(Debug, Clone, Args)]
pub struct CheckOptions {
    /// The scripts
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// A parameter of the scripts, so that its name is known
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// How problems are written
    #[arg(long, value_enum, default_value_t = Diagnostics::Human)]
    pub diagnostics: Diagnostics,
}

/// `crawl fmt`.
#[derive(Debug, Clone, Args)]
pub struct FmtOptions {
    /// The scripts
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Write nothing; list what would change, and exit with 1 if anything would
    #[arg(long, conflicts_with = "diff")]
    pub check: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    pub diff: bool,
    /// Write the blocks of sessions so; as they are when not given
    #[arg(long, value_enum, value_name = "SIGNS")]
    pub blocks: Option<BlockSigns>,
    /// How problems are written
    #[arg(long, value_enum, default_value_t = Diagnostics::Human)]
    pub diagnostics: Diagnostics,
}

/// `crawl repl`.
#[derive(Debug, Clone, Args)]
pub struct ReplOptions {
    /// A script to run first, or a recording to go on with
    pub file: Option<PathBuf>,
    /// Stand in the script after this line, or after a step: `12`, `step:3`
    #[arg(long, value_name = "LINE|step:N", requires = "file", value_parser = place)]
    pub at: Option<Until>,
    /// A page to load then
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Send forms and other data again without asking, where a session has to be rebuilt
    #[arg(long)]
    pub replay_unsafe: bool,
    /// A parameter
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub browser: BrowserOptions,
    #[command(flatten)]
    pub access: AccessOptions,
}

/// `crawl infer`.
#[derive(Debug, Clone, Args)]
pub struct InferOptions {
    /// The page's address, or an HTML file
    #[arg(value_name = "URL|FILE")]
    pub page: String,
    /// A part of the page, or the rows themselves
    #[arg(value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Print all rows as JSON Lines, and the schema to standard error
    #[arg(long)]
    pub rows: bool,
    #[command(flatten)]
    pub browser: BrowserOptions,
}

/// `crawl bench soak`.
#[derive(Debug, Clone, Subcommand)]
pub enum LongRun {
    /// Run for long, and tell what our process and its browser take on the way
    Soak {
        /// How many sessions are opened and closed
        #[arg(long, default_value_t = 1000, value_name = "N")]
        sessions: u32,
        /// How many steps one session does
        #[arg(long, default_value_t = 2000, value_name = "N")]
        steps: u32,
        /// Print the figures as JSON
        #[arg(long)]
        json: bool,
    },
}

/// `crawl bench`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchOptions {
    #[command(subcommand)]
    pub long: Option<LongRun>,
    /// W1, W2, W3, W4, W6, W7, start, pages or watch; all when not given
    #[arg(long, value_parser = part, value_name = "NAME")]
    pub workload: Vec<Part>,
    /// How often each is measured, ours and the floor's by turns
    #[arg(long, default_value_t = 5, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    pub rounds: usize,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// `12`, `line:12`, `step:3`.
fn place(text: &str) -> Result<Until, String> {
    let (kind, number) = text.split_once(':').unwrap_or(("line", text));
    match (kind, number.parse::<usize>()) {
        ("line", Ok(line)) => Ok(Until::Line(line)),
        ("step", Ok(step)) => Ok(Until::Step(step as u64)),
        _ => Err("a line such as `12`, or a step such as `step:3`, is wanted".to_owned()),
    }
}

fn part(text: &str) -> Result<Part, String> {
    let names = || Part::all().into_iter().map(Part::name).collect::<Vec<_>>().join(", ");
    Part::named(text).ok_or_else(|| format!("one of {} is wanted", names()))
}

fn workload(text: &str) -> Result<Workload, String> {
    Workload::named(text).ok_or_else(|| format!("one of {} is wanted", Workload::ALL.map(Workload::name).join(", ")))
}

fn duration(text: &str) -> Result<Duration, String> {
    parse(text).ok_or_else(|| "a duration such as `30s` or `500ms` is wanted".to_owned())
}
