//! Who changed: the site or the script. A run over the recording, held against the golden files, tells what the script does
//! otherwise; a live run, held against that run, tells what the site does.

use super::{Difference, Expected, Lost, Ran, compare};

/// What a live run tells of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveVerdict {
    /// Nothing changed.
    Unchanged,
    /// The script gives over the recording what is expected, and something else live.
    SiteChanged,
    /// The script gives something else than expected, over the recording as well as live.
    ScriptChanged,
    /// Both of it.
    BothChanged,
    /// There is no recording to hold the live run against.
    NoRecording,
}

/// What two runs of a case tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// In a word.
    pub verdict: LiveVerdict,
    /// From what is expected to what came over the recording.
    pub script: Vec<Difference>,
    /// From what came over the recording to what came live.
    pub site: Vec<Difference>,
    /// Selectors that matched when it was recorded and match nothing now.
    pub lost: Vec<Lost>,
    /// What else is worth a word.
    pub notes: Vec<String>,
}

impl LiveVerdict {
    /// As it is told.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::SiteChanged => "site changed",
            Self::ScriptChanged => "script changed",
            Self::BothChanged => "both changed",
            Self::NoRecording => "no recording",
        }
    }

    /// Whether somebody must look at it.
    #[must_use]
    pub fn is_change(self) -> bool {
        matches!(self, Self::SiteChanged | Self::ScriptChanged | Self::BothChanged)
    }
}

/// Tells who changed, from what is expected and two normalised runs.
#[must_use]
pub fn judge(expected: &Expected, replayed: &Ran, live: &Ran) -> Judged {
    let script = script_changes(expected, replayed);
    let mut notes = Vec::new();
    let site = if unanswered(replayed) {
        notes.push(
            "the recording lacks what the script now asks for: whether the site changed cannot be told".to_owned(),
        );
        Vec::new()
    } else {
        site_changes(replayed, live)
    };
    let verdict = match (script.is_empty(), site.is_empty()) {
        (true, true) => LiveVerdict::Unchanged,
        (true, false) => LiveVerdict::SiteChanged,
        (false, true) => LiveVerdict::ScriptChanged,
        (false, false) => LiveVerdict::BothChanged,
    };
    Judged { verdict, script, site, lost: Vec::new(), notes }
}

/// What a run over the recording gives otherwise than expected, its tests included.
fn script_changes(expected: &Expected, replayed: &Ran) -> Vec<Difference> {
    let expected = Expected { stderr: steady(&expected.stderr), ..expected.clone() };
    let mut found = compare(&expected, &without_pictures(replayed));
    found.extend(failing(replayed).map(|(name, message)| Difference::Test { name, message }));
    found
}

/// What a live run gives otherwise than one over the recording.
pub(super) fn site_changes(replayed: &Ran, live: &Ran) -> Vec<Difference> {
    let replayed = without_pictures(replayed);
    let as_expected = Expected {
        stdout: replayed.stdout.clone(),
        stderr: replayed.stderr.clone(),
        exit: replayed.exit,
        records: Some(replayed.records.clone()),
        snapshots: replayed.snapshots.clone(),
    };
    let mut found = compare(&as_expected, &without_pictures(live));
    if found.iter().any(|difference| matches!(difference, Difference::Records(_))) && records_are_printed(&replayed) {
        // The same records again, as lines that nobody can read.
        found.retain(|difference| !matches!(difference, Difference::Text { stream: "stdout", .. }));
    }
    let before: Vec<String> = failing(&replayed).map(|(name, _)| name).collect();
    let new = failing(live).filter(|(name, _)| !before.contains(name));
    found.extend(new.map(|(name, message)| Difference::Test { name, message }));
    found
}

/// Whether standard output is the records and nothing beside them.
fn records_are_printed(ran: &Ran) -> bool {
    ran.stdout.lines().count() == ran.records.len()
}

fn failing(ran: &Ran) -> impl Iterator<Item = (String, String)> {
    let failed = |test: &super::TestReport| Some((test.name.clone(), test.failure.as_ref()?.message.clone()));
    ran.tests.iter().filter_map(failed)
}

/// Whether a run over a recording ended because the recording has no answer.
fn unanswered(replayed: &Ran) -> bool {
    replayed.exit != 0 && replayed.stderr.contains("crawl::replay::")
}

fn without_pictures(ran: &Ran) -> Ran {
    Ran { stderr: steady(&ran.stderr), ..ran.clone() }
}

/// Standard error without what depends on whether there was a browser: where its page and picture are kept.
#[must_use]
pub(super) fn steady(stderr: &str) -> String {
    let kept = |line: &&str| !line.trim_start().starts_with("note: the page is kept in");
    stderr.split_inclusive('\n').filter(kept).collect()
}
