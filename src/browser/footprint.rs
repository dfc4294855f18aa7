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

/// The memory of one process in bytes.
pub(crate) fn process_footprint(id: u32) -> Option<u64> {
    proportional_size(&PathBuf::from(format!("/proc/{id}")))
}

/// The process group in `stat`; the name before it may hold anything, so it is read from the last parenthesis on.
fn group_of(place: &Path) -> Option<u32> {
    let stat = fs::read_to_string(place.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

fn proportional_size(place: &Path) -> Option<u64> {
    let rollup = fs::read_to_string(place.join("smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
