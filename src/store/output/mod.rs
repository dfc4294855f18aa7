//! Where a run's records go: to a stream as JSON Lines, or to files whose ending names the format.

mod array;
mod database;
mod format;
mod lines;
mod spill;
mod table;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use self::format::ENDINGS;
use self::format::{Format, Sink};
use super::StoreError;

/// The place of a run's records.
///
/// Dropped without [`Output::finish`], as after a panic, it keeps what [`Output::finish_partial`] keeps.
pub struct Output {
    target: Option<Target>,
    records: u64,
}

enum Target {
    Stream(Box<dyn Write + Send>),
    Files(Files),
}

/// The sinks of one `--output`, by data set; `None` is the unnamed one.
struct Files {
    format: Format,
    path: PathBuf,
    sinks: BTreeMap<Option<String>, Box<dyn Sink>>,
}

/// What a finished output left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The files put in place, in the order of their data sets' names.
    pub files: Vec<PathBuf>,
    /// Records of all data sets.
    pub records: u64,
}

impl Output {
    /// Writes each record as a line of JSON to `stream` at once, whatever its data set.
    #[must_use]
    pub fn stream(stream: Box<dyn Write + Send>) -> Self {
        Self { target: Some(Target::Stream(stream)), records: 0 }
    }

    /// Writes to `path`, whose ending names the format. A named data set goes to a file beside it (`out.orders.csv`) or,
    /// in SQLite, to a table of its name; the unnamed one is the table `records`.
    ///
    /// # Errors
    /// [`StoreError::UnknownFormat`], or [`StoreError::Io`] when the place cannot be written.
    pub fn file(path: &Path) -> Result<Self, StoreError> {
        let format = Format::of(path)?;
        let unnamed = format.sink(path)?;
        let sinks = BTreeMap::from([(None, unnamed)]);
        Ok(Self { target: Some(Target::Files(Files { format, path: path.to_owned(), sinks })), records: 0 })
    }

    /// Takes one record.
    ///
    /// # Errors
    /// [`StoreError::BrokenPipe`] when the stream's reader is gone; [`StoreError::DataSetName`] for a name that cannot be
    /// used; [`StoreError::Io`] when it cannot be written.
    pub fn write(&mut self, data_set: Option<&str>, record: &Value) -> Result<(), StoreError> {
        match self.target.as_mut() {
            Some(Target::Stream(stream)) => send(stream.as_mut(), record)?,
            Some(Target::Files(files)) => files.sink(data_set)?.write(data_set, record)?,
            None => {}
        }
        self.records += 1;
        Ok(())
    }

    /// Hands everything over to the system.
    ///
    /// # Errors
    /// [`StoreError::BrokenPipe`] or [`StoreError::Io`].
    pub fn flush(&mut self) -> Result<(), StoreError> {
        match self.target.as_mut() {
            Some(Target::Stream(stream)) => stream.flush().map_err(|error| stream_error(&error)),
            Some(Target::Files(files)) => files.sinks.values_mut().try_for_each(|sink| sink.flush()),
            None => Ok(()),
        }
    }

    /// Puts the files in place at the end of a run that went well.
    ///
    /// # Errors
    /// [`StoreError::Io`] or [`StoreError::Database`]; files that were there before then stand.
    pub fn finish(mut self) -> Result<Written, StoreError> {
        self.close(false)
    }

    /// Puts in place what a failed run produced, up to the last whole record. A failed run without a record leaves what an
    /// earlier run wrote.
    ///
    /// # Errors
    /// [`StoreError::Io`] or [`StoreError::Database`].
    pub fn finish_partial(mut self) -> Result<Written, StoreError> {
        self.close(true)
    }

    fn close(&mut self, partial: bool) -> Result<Written, StoreError> {
        let mut written = Written { files: Vec::new(), records: self.records };
        match self.target.take() {
            Some(Target::Stream(mut stream)) => stream.flush().map_err(|error| stream_error(&error))?,
            Some(Target::Files(files)) => {
                let named = files.sinks.len() > 1;
                for sink in files.sinks.into_values() {
                    let wanted = sink.records() > 0 || !(named || partial);
                    if wanted {
                        written.files.push(sink.finish()?);
                    }
                }
            }
            None => {}
        }
        Ok(written)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.close(true);
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = match &self.target {
            Some(Target::Files(files)) => files.path.display().to_string(),
            Some(Target::Stream(_)) => "a stream".to_owned(),
            None => "closed".to_owned(),
        };
        write!(f, "Output({path}, {} records)", self.records)
    }
}

impl Files {
    fn sink(&mut self, data_set: Option<&str>) -> Result<&mut Box<dyn Sink>, StoreError> {
        let key = if self.format.holds_all_data_sets() { None } else { data_set };
        if let Some(name) = data_set {
            check_name(name)?;
        }
        if let Some(name) = key
            && !self.sinks.contains_key(&Some(name.to_owned()))
        {
            let twin = self.sinks.keys().flatten().find(|known| known.to_lowercase() == name.to_lowercase());
            if let Some(twin) = twin {
                return Err(only_case(name, twin));
            }
            let sink = self.format.sink(&beside(&self.path, name))?;
            self.sinks.insert(Some(name.to_owned()), sink);
        }
        Ok(self.sinks.get_mut(&key.map(str::to_owned)).expect("the unnamed sink is made with the output"))
    }
}

/// `out.csv` and `orders` make `out.orders.csv`.
fn beside(path: &Path, name: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}.{name}.{ending}"))
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let fault = |reason: &str| Err(StoreError::DataSetName { name: name.to_owned(), reason: reason.to_owned() });
    if name.is_empty() {
        return fault("it is empty");
    }
    if name.len() > 100 {
        return fault("it is too long");
    }
    if let Some(odd) = name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-'))) {
        return fault(&format!("it contains `{}`", odd.escape_debug()));
    }
    if name.to_ascii_lowercase().starts_with("sqlite_") {
        return fault("SQLite keeps names that begin with `sqlite_` for itself");
    }
    Ok(())
}

/// File systems and SQLite take such names for the same one.
fn only_case(name: &str, twin: &str) -> StoreError {
    StoreError::DataSetName { name: name.to_owned(), reason: format!("it differs from `{twin}` only in case") }
}

/// One line, one write: so it keeps its place among what is printed to the same stream.
fn send(stream: &mut (dyn Write + Send), record: &Value) -> Result<(), StoreError> {
    let line = format!("{record}\n");
    stream.write_all(line.as_bytes()).map_err(|error| stream_error(&error))
}

fn stream_error(error: &io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return StoreError::BrokenPipe;
    }
    StoreError::io("write", Path::new("<stdout>"), error)
}
