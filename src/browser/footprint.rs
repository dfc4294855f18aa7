//! How much memory a browser takes: all processes of its group, shared pages counted in parts (PSS).

use std::fs;
use std::path::PathBuf;

/// The memory of a process group in bytes; `None` where the system does not tell.
pub(super) fn footprint(group: u32) -> Option<u64> {
    let processes = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| {
        let place = entry.path();
        place.file_name()?.to_str()?.parse::<u32>().ok()?;
        (group_of(&place)? == group).then_some(place)
    });
    let sizes: Vec<u64> = processes.filter_map(|place| proportional_size(&place)).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum())
}

/// The process group in `stat`; the name before it may hold anything, so it is read from the last parenthesis on.
fn group_of(place: &PathBuf) -> Option<u32> {
    let stat = fs::read_to_string(place.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

fn proportional_size(place: &PathBuf) -> Option<u64> {
    let rollup = fs::read_to_string(place.join("smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}
