//! One case: its script, the settings in its header, and what it is expected to print.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Said, TestError, records, snapshots};
use crate::text::nearest;

const KEYS: [&str; 7] = ["needs", "command", "args", "env", "stdin", "timeout", "skip"];
const PATIENCE: Duration = Duration::from_secs(120);

/// A script with its expectations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `folder/name`, relative to where the search began.
    pub name: String,
    /// The script.
    pub script: PathBuf,
    /// The settings in its header.
    pub settings: Settings,
    /// What its golden files hold.
    pub expected: Expected,
    /// The recording beside it.
    pub recording: Option<PathBuf>,
}

/// The ending of a recording's name.
pub(super) const RECORDING: &str = "cassette";

/// What the leading `//! key: value` lines of a script say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `needs: browser`.
    pub needs_browser: bool,
    /// `command: check`; `run` where nothing is said.
    pub command: String,
    /// `args: --set pages=2`, split as a shell would; `{tmp}` is a fresh folder.
    pub args: Vec<String>,
    /// `env: NAME=value`; may stand several times.
    pub env: Vec<(String, String)>,
    /// `stdin: text`, with `\n` for a line break.
    pub stdin: String,
    /// `timeout: SECONDS`.
    pub timeout: Duration,
    /// `skip: reason`.
    pub skip: Option<String>,
}

/// Expected standard output, standard error and exit code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit code.
    pub exit: i32,
    /// The records; `None`: they are in standard output.
    pub records: Option<Vec<Said>>,
    /// What tests wrote down, by name.
    pub snapshots: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            needs_browser: false,
            command: "run".to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            stdin: String::new(),
            timeout: PATIENCE,
            skip: None,
        }
    }
}

impl Case {
    /// Reads the script's header and its golden files.
    ///
    /// # Errors
    /// [`TestError::Io`], [`TestError::Header`], [`TestError::ExitCode`] or [`TestError::Golden`].
    pub fn load(name: String, script: PathBuf) -> Result<Self, TestError> {
        let bytes = fs::read(&script).map_err(|error| TestError::io("read", &script, &error))?;
        // A script that is not UTF-8 is a case too: for the error that it causes.
        let settings = Settings::parse(&script, &String::from_utf8_lossy(&bytes))?;
        let exit = script.with_extension("exit");
        let records = script.with_extension(records::ENDING);
        // A case from before there were records apart has them among the lines that it prints.
        let apart = records.exists() || !script.with_extension("out").exists();
        let expected = Expected {
            records: apart.then(|| records::parse(&records, &golden(&records)?)).transpose()?,
            snapshots: snapshots::load(&script.with_extension(snapshots::ENDING))?,
            stdout: golden(&script.with_extension("out"))?,
            stderr: golden(&script.with_extension("err"))?,
            exit: match golden(&exit)?.trim() {
                "" => 0,
                code => code.parse().map_err(|_| TestError::ExitCode { path: exit })?,
            },
        };
        let recording = script.with_extension(RECORDING);
        let recording = (settings.may_be_recorded() && recording.exists()).then_some(recording);
        Ok(Self { name, script, settings, expected, recording })
    }

    /// Where its recording is, or would be.
    #[must_use]
    pub fn recording_path(&self) -> PathBuf {
        self.script.with_extension(RECORDING)
    }

    /// The folder that the script stands in, where it is run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.script.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

impl Settings {
    /// Whether a recording can answer it: it runs, and does not name one itself.
    #[must_use]
    pub fn may_be_recorded(&self) -> bool {
        let names = |arg: &String| {
            ["--replay", "--record", "--capsule", "--resume", "--setup"].iter().any(|option| arg.starts_with(option))
        };
        self.command == "run" && !self.args.iter().any(names)
    }

    /// Reads the `//!` lines of the comments that a script begins with; those that are no setting are prose.
    fn parse(script: &Path, text: &str) -> Result<Self, TestError> {
        let mut settings = Self::default();
        let head = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("//"));
        for (index, line) in head.enumerate() {
            let Some((key, value)) = line.strip_prefix("//!").and_then(|line| line.split_once(':')) else { continue };
            let fault = |reason| TestError::Header { path: script.to_owned(), line: index + 1, reason };
            settings.set(key.trim(), value.trim()).map_err(fault)?;
        }
        Ok(settings)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "needs" if value == "browser" => self.needs_browser = true,
            "needs" => return Err(format!("`needs` knows `browser`, not `{value}`")),
            "command" => self.command = value.to_owned(),
            "args" => self.args.extend(words(value)?),
            "env" => {
                let (name, value) = value.split_once('=').ok_or("`env` takes `NAME=value`")?;
                self.env.push((name.trim().to_owned(), value.to_owned()));
            }
            "stdin" => self.stdin = value.replace("\\n", "\n"),
            "timeout" => {
                let seconds = value.parse().map_err(|_| "`timeout` takes a number of seconds")?;
                self.timeout = Duration::from_secs(seconds);
            }
            "skip" => self.skip = Some(value.to_owned()),
            other if other.contains(char::is_whitespace) => {}
            other => {
                if let Some(known) = nearest(other, KEYS) {
                    return Err(format!("unknown setting `{other}`: did you mean `{known}`?"));
                }
            }
        }
        Ok(())
    }
}

/// A golden file's text; nothing when there is no such file.
fn golden(path: &Path) -> Result<String, TestError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| TestError::io("read", path, &error)),
    }
}

/// Words parted by white space; single or double quotes keep it.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    if let Some(quote) = quote {
        return Err(format!("a quote {quote} is not closed"));
    }
    words.extend(word);
    Ok(words)
}
