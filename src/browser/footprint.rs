//! How much memory processes take, shared pages counted in parts (PSS), as far as the system tells.

use std::fs;
use std::path::{Path, PathBuf};

/// What a process group takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footprint {
    /// Its memory.
    pub(crate) bytes: u64,
    /// How many processes it has.
    pub(crate) processes: usize,
}

/// What the processes of a group take: a driver with its browser.
pub(crate) fn group_footprint(group: u32) -> Option<Footprint> {
    let processes = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| {
        let place = entry.path();
        place.file_name()?.to_str()?.parse::<u32>().ok()?;
        (group_of(&place)? == group).then_some(place)
    });
    let sizes: Vec<u64> = processes.filter_map(|place| proportional_size(&place)).collect();
    (!sizes.is_empty()).then(|| Footprint { bytes: sizes.iter().sum(), processes: sizes.len() })
}

/// Whether a process of the group was stopped (`SIGSTOP`), and will not answer until it is told to go on.
pub(super) fn is_stopped(group: u32) -> bool {
    let Ok(all) = fs::read_dir("/proc") else { return false };
    all.flatten().any(|entry| {
        let place = entry.path();
        let state = fields(&place).and_then(|fields| Some((fields.first()?.clone(), fields.get(2)?.parse().ok()?)));
        state.is_some_and(|(state, of): (String, u32)| of == group && state == "T")
    })
}

/// The memory of one process in bytes.
pub(crate) fn process_footprint(id: u32) -> Option<u64> {
    proportional_size(&PathBuf::from(format!("/proc/{id}")))
}

fn group_of(place: &Path) -> Option<u32> {
    fields(place)?.get(2)?.parse().ok()
}

/// State, parent, group and what follows in `stat`; the name before them may hold anything, so they are read from the
/// last parenthesis on.
fn fields(place: &Path) -> Option<Vec<String>> {
    let stat = fs::read_to_string(place.join("stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().take(4).map(str::to_owned).collect())
}

fn proportional_size(place: &Path) -> Option<u64> {
    let rollup = fs::read_to_string(place.join("smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
