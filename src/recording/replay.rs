//! Plays a recording: its steps for a run without a browser, its exchanges in the network's place for one with a browser.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::Notify;

use super::answer::{SessionAnswers, Troubles, reveal};
use super::named::Named;
use super::rows::from_row;
use super::tape::{EXCHANGES, now};
use super::track::Track;
use super::{Facts, Vault, sheet};
use crate::browser::{Identity, Wire};
use crate::crawl::journal::{ArchivedSight, ArchivedStep};
use crate::crawl::{CrawlError, Network};
use crate::store::{Cassette, FileKind, StoreError};

/// Sets a page's clock and its random numbers.
const SEEDED: &str = include_str!("seeded.js");

/// A recording that is played.
pub struct Replay {
    cassette: Cassette,
    facts: Facts,
    shared: Arc<Shared>,
    named: Mutex<Named>,
    /// What the script sees where requests are answered, by branch, kind and name.
    seen: Mutex<HashMap<String, VecDeque<Value>>>,
    /// How far the recording's clock is behind ours: milliseconds, below zero.
    shift: f64,
}

/// What the sessions of a replay share.
pub(super) struct Shared {
    pub vault: Mutex<Vault>,
    /// There once requests are answered.
    pub track: OnceLock<Track>,
    troubles: Mutex<HashMap<String, Troubles>>,
    troubled: Notify,
    notes: Mutex<Vec<String>>,
    /// `crawl test` runs what is answered.
    pub tests: AtomicBool,
}

impl Replay {
    /// Opens a recording. `secret` gives the values of secrets by their names, so that they are put back.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or was written by a newer program.
    pub fn open(path: &Path, secret: impl Fn(&str) -> Option<String>) -> Result<Self, StoreError> {
        let cassette = Cassette::open(path)?;
        let mut facts = Facts::of(&cassette.facts()?);
        let mut vault = Vault::default();
        vault.load(&facts.secrets);
        for name in facts.secret_names() {
            if let Some(value) = secret(name) {
                vault.add_secret(name, &value);
            }
        }
        facts.parameters.values_mut().for_each(|value| *value = sheet::reveal(&vault, value));
        let shared = Shared {
            vault: Mutex::new(vault),
            track: OnceLock::new(),
            troubles: Mutex::default(),
            troubled: Notify::new(),
            notes: Mutex::default(),
            tests: AtomicBool::default(),
        };
        let shift = if facts.began > 0.0 { facts.began - now() } else { 0.0 };
        let (named, seen) = (Mutex::default(), Mutex::default());
        Ok(Self { cassette, facts, shared: Arc::new(shared), named, seen, shift: shift.round() })
    }

    /// The script's parameters: those of the run that was recorded, but for what is given now.
    #[must_use]
    pub fn parameters(&self, given: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        self.facts.parameters.clone().into_iter().chain(given).collect()
    }

    /// Says that `crawl test` runs what is answered, the script's tests too: its errors tell how to record that.
    pub fn serve_tests(&self) {
        self.shared.tests.store(true, Ordering::Relaxed);
    }

    /// What is stated about the run that was recorded.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The script and its modules as they were, by name.
    ///
    /// # Errors
    /// As [`Cassette::sources`].
    pub fn sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.cassette.sources()
    }

    /// The files that belong to the run, by name.
    ///
    /// # Errors
    /// As [`Cassette::file`].
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let names = self.cassette.files()?;
        let vault = lock(&self.shared.vault);
        let file = |name: String| Ok(self.cassette.file(&name)?.map(|content| (name, vault.reveal_body(content))));
        names.into_iter().filter_map(|name| file(name).transpose()).collect()
    }

    /// The steps, for a run without a browser: each with how many exchanges its session had when it began.
    ///
    /// # Errors
    /// As [`Cassette::steps`].
    pub fn steps(&self) -> Result<Vec<(ArchivedStep, u64)>, StoreError> {
        let vault = lock(&self.shared.vault);
        let steps = self.cassette.steps()?.into_iter().map(|row| {
            let mut head = sheet::reveal(&vault, &row.head);
            let begun = head.as_object_mut().and_then(|head| head.remove(EXCHANGES));
            let blobs = row.blobs.into_iter().map(|blob| vault.reveal_body(blob)).collect();
            let title = vault.reveal(&row.title).into_owned();
            let step = ArchivedStep { seq: row.seq, title, acts: false, head, blobs };
            (step, begun.and_then(|begun| begun.as_u64()).unwrap_or(0))
        });
        Ok(steps.collect())
    }

    /// What the script saw beside pages.
    ///
    /// # Errors
    /// As [`Cassette::sights`].
    pub fn sights(&self) -> Result<Vec<ArchivedSight>, StoreError> {
        let vault = lock(&self.shared.vault);
        let sights = self.cassette.sights()?.into_iter();
        Ok(sights.map(|row| ArchivedSight { of: row.of, value: sheet::reveal(&vault, &row.value) }).collect())
    }

    /// Makes ready to answer requests.
    ///
    /// # Errors
    /// As [`Cassette::exchanges`].
    pub fn load(&self) -> Result<(), StoreError> {
        let damaged = |error: serde_json::Error| StoreError::Damaged {
            kind: FileKind::Cassette,
            path: self.cassette.path().to_owned(),
            reason: error.to_string(),
        };
        let rows = self.cassette.exchanges()?.into_iter();
        let vault = lock(&self.shared.vault);
        let revealed = |row| from_row(row).map(|(session, exchanged)| (session, reveal(&vault, exchanged)));
        let exchanges = rows.map(|row| revealed(row).map_err(damaged)).collect::<Result<Vec<_>, _>>()?;
        drop(vault);
        let mut seen: HashMap<String, VecDeque<Value>> = HashMap::new();
        for sight in self.sights()? {
            let of: Value = sight.of.as_array().into_iter().flatten().take(3).cloned().collect();
            seen.entry(of.to_string()).or_default().push_back(sight.value);
        }
        *lock(&self.seen) = seen;
        let _ = self.shared.track.set(Track::new(exchanges, self.facts.began, now()));
        Ok(())
    }

    /// Answers a session's requests first from its exchange of that number on, counted from 0.
    pub fn stand_at(&self, session: &str, exchange: u64) {
        if let Some(track) = self.shared.track.get() {
            track.stand_at(session, exchange);
        }
    }

    /// Whether there are steps.
    ///
    /// # Errors
    /// As [`Cassette::has_steps`].
    pub fn has_steps(&self) -> Result<bool, StoreError> {
        self.cassette.has_steps()
    }

    /// What was answered by something else than just what was recorded, in words.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        lock(&self.shared.notes).clone()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.cassette.path().to_owned()
    }
}

impl Shared {
    /// Notes what was wrong with a session's request.
    pub fn trouble(&self, session: &str, error: CrawlError) {
        lock(&self.troubles).entry(session.to_owned()).or_default().add(error);
        self.troubled.notify_waiters();
    }

    /// Notes what is worth a word.
    pub fn note(&self, note: String) {
        let mut notes = lock(&self.notes);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

#[async_trait]
impl Network for Replay {
    fn wire(&self, session: &str, identity: &mut Identity) -> Wire {
        let script = format!("{}({}, {});", SEEDED.trim_end(), self.shift, self.facts.seed);
        identity.init_js.insert(0, script);
        Wire::Answered(Arc::new(SessionAnswers::new(session, &self.shared)))
    }

    fn complaint(&self, session: &str) -> Option<CrawlError> {
        lock(&self.shared.troubles).remove(session).map(Troubles::into_error)
    }

    async fn complained(&self, session: &str) {
        loop {
            let mut troubled = std::pin::pin!(self.shared.troubled.notified());
            troubled.as_mut().enable();
            if lock(&self.shared.troubles).contains_key(session) {
                return;
            }
            troubled.await;
        }
    }

    fn stands_before(&self, session: &str, step: u64) {
        let steps = self.cassette.step_heads().unwrap_or_default();
        let begun = steps.iter().find(|(seq, _)| *seq == step).and_then(|(_, head)| head.get(EXCHANGES)?.as_u64());
        if let Some(begun) = begun {
            self.stand_at(session, begun);
        }
    }

    fn hide(&self, name: &str, secret: &str) {
        lock(&self.shared.vault).add_secret(name, secret);
        lock(&self.named).add(name, secret);
    }

    fn conceal(&self, text: &str) -> Option<String> {
        lock(&self.named).conceal(text)
    }

    fn seen(&self, of: &Value) -> Option<Value> {
        let mut sights = lock(&self.seen);
        let seen = sights.get_mut(&of.to_string())?;
        // The built-in site has one address for the whole run.
        if of[1] == "site" { seen.back().cloned() } else { seen.pop_front() }
    }

    fn stands_for_sites(&self) -> bool {
        self.shared.track.get().is_some()
    }

    fn stand_in(&self, name: &str) -> Option<String> {
        lock(&self.shared.vault).stand_in(name).map(str::to_owned)
    }
}

/// Locks, whatever a panicking thread left behind.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
