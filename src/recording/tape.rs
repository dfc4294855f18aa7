//! Records a run: what each session asked for and got, what each step came to, what the script saw and said.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::named::Named;
use super::rows::to_row;
use super::{Facts, Vault, sheet};
use crate::browser::{Came, Ear, Exchanged, Identity, Wire, apart, aside};
use crate::crawl::journal::{Archive, ArchivedSight, ArchivedStep, digest};
use crate::crawl::{BranchPath, CrawlError, Event, Network};
use crate::store::{CassetteWriter, OutputRow, SightRow, StepRow, StoreError};
use crate::syntax::passwords;

/// Where a step's head says how many exchanges its session had when it began.
pub(super) const EXCHANGES: &str = "exchanges";

/// Where it has what its act key is a digest of, and in the end the key of what is kept of that.
const KEPT: &str = "kept";

/// A recording under way.
pub struct Tape {
    path: PathBuf,
    state: Arc<Mutex<State>>,
}

struct State {
    /// `None` once it is finished: what comes later is too late.
    writer: Option<CassetteWriter>,
    vault: Vault,
    named: Named,
    facts: Facts,
    /// How many exchanges each session has.
    exchanges: HashMap<String, u64>,
    /// How many its session had when a step began.
    begun: HashMap<u64, u64>,
    steps: usize,
    missed: Vec<String>,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The file.
    pub path: PathBuf,
    /// How many steps.
    pub steps: usize,
    /// How many requests.
    pub requests: u64,
    /// The file's size.
    pub bytes: u64,
    /// What could not be recorded, in words.
    pub missed: Vec<String>,
}

impl Tape {
    /// Begins a recording for `path`. When it began and its seed are filled in.
    ///
    /// # Errors
    /// When it cannot be written there.
    pub fn create(path: &Path, mut facts: Facts) -> Result<Self, StoreError> {
        let writer = CassetteWriter::create(path)?;
        facts.began = now();
        facts.seed = seed();
        let state = State {
            writer: Some(writer),
            vault: Vault::default(),
            named: Named::default(),
            facts,
            exchanges: HashMap::new(),
            begun: HashMap::new(),
            steps: 0,
            missed: Vec::new(),
        };
        Ok(Self { path: path.to_owned(), state: Arc::new(Mutex::new(state)) })
    }

    /// A text as it is kept, where that is otherwise.
    #[must_use]
    pub fn hidden(&self, text: &str) -> Option<String> {
        let vault = &mut self.state().vault;
        sheet::learn_said(vault, text);
        match Vault::default().reveal(&sheet::hide_said(vault, text)) {
            plain if plain == text => None,
            plain => Some(plain.into_owned()),
        }
    }

    /// Takes note of what happens in the run.
    pub fn event(&self, event: &Event) {
        if let Event::StepStarted { step, session, .. } = event {
            let mut state = self.state();
            let so_far = state.exchanges.get(session).copied().unwrap_or(0);
            state.begun.insert(*step, so_far);
        }
    }

    /// Takes note of a printed line.
    pub fn line(&self, branch: &BranchPath, line: &str) {
        self.output(branch, "print", None, line);
    }

    /// Takes note of a record.
    pub fn record(&self, branch: &BranchPath, data_set: Option<&str>, record: &Value) {
        self.output(branch, "emit", data_set, &record.to_string());
    }

    fn output(&self, branch: &BranchPath, kind: &str, data_set: Option<&str>, text: &str) {
        let mut state = self.state();
        sheet::learn_said(&mut state.vault, text);
        state.write(|writer, vault| {
            writer.output(OutputRow {
                branch: branch.to_string(),
                kind: kind.to_owned(),
                data_set: data_set.map(|name| vault.hide(name).into_owned()),
                text: sheet::hide_said(vault, text),
            });
        });
    }

    /// Keeps a file that belongs to the run.
    pub fn file(&self, name: &str, content: &[u8]) {
        let mut state = self.state();
        sheet::learn_part(&mut state.vault, content);
        state.write(|writer, vault| writer.file(&vault.hide(name), &sheet::hide_part(vault, content.to_owned())));
    }

    /// Ends the recording with the texts of the run's scripts, by name. Secrets that were learnt late are left out of what
    /// came before too.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn finish(
        &self,
        ended: &str,
        sources: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Recorded, StoreError> {
        let mut state = self.state();
        ended.clone_into(&mut state.facts.ended);
        let sources: Vec<(String, String)> = sources.into_iter().collect();
        for (what, password) in sources.iter().flat_map(|(_, text)| passwords(text)) {
            state.vault.add_typed(what, &password);
        }
        state.facts.secrets = state.vault.facts();
        let facts = state.facts.each();
        state.write(|writer, vault| {
            for (name, value) in &facts {
                writer.fact(name, &sheet::hide(vault, value));
            }
            for (name, text) in sources {
                writer.source(&name, &vault.hide(&text));
            }
        });
        let writer = state.writer.take().map(|writer| (writer, std::mem::take(&mut state.vault)));
        let (steps, requests, missed) = (state.steps, state.exchanges.values().sum(), state.missed.clone());
        // What is heard from here on is let go, and need not wait for the disk.
        drop(state);
        if let Some((writer, vault)) = writer {
            let mut hide = |text: &str| match vault.hide(text) {
                Cow::Owned(new) => Some(new),
                Cow::Borrowed(_) => None,
            };
            writer.finish(if vault.hides_nothing() { None } else { Some(&mut hide) })?;
        }
        Ok(Recorded {
            path: self.path.clone(),
            steps,
            requests,
            bytes: std::fs::metadata(&self.path).map_or(0, |file| file.len()),
            missed,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn write(&self, write: impl FnOnce(&CassetteWriter, &Vault)) {
        if let Some(writer) = &self.writer {
            write(writer, &self.vault);
        }
    }
}

#[async_trait]
impl Network for Tape {
    fn wire(&self, session: &str, identity: &mut Identity) -> Wire {
        let vault = &mut self.state().vault;
        vault.learn_cookies(&identity.cookies);
        let of_proxy = identity.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
        for (what, secret) in [("auth", identity.auth.as_ref()), ("proxy", of_proxy)] {
            if let Some(secret) = secret.filter(|secret| !secret.password.is_empty()) {
                vault.add_typed(what, &secret.password);
            }
        }
        Wire::Heard(Arc::new(SessionEar { session: session.to_owned(), state: Arc::clone(&self.state) }))
    }

    fn complaint(&self, _session: &str) -> Option<CrawlError> {
        None
    }

    async fn complained(&self, _session: &str) {
        std::future::pending().await
    }

    fn hide(&self, name: &str, secret: &str) {
        let mut state = self.state();
        state.vault.add_secret(name, secret);
        state.named.add(name, secret);
    }

    fn conceal(&self, text: &str) -> Option<String> {
        self.state().named.conceal(text)
    }

    fn seen(&self, _of: &Value) -> Option<Value> {
        None
    }

    fn stands_for_sites(&self) -> bool {
        false
    }

    fn stand_in(&self, _name: &str) -> Option<String> {
        None
    }
}

impl Archive for Tape {
    fn step(&self, step: ArchivedStep) {
        let mut state = self.state();
        state.steps += 1;
        let begun = state.begun.remove(&step.seq).unwrap_or(0);
        let ArchivedStep { seq, title, mut head, blobs, .. } = step;
        if let Value::Object(head) = &mut head {
            head.insert(EXCHANGES.to_owned(), json!(begun));
        }
        sheet::learn(&mut state.vault, &head);
        blobs.iter().for_each(|blob| sheet::learn_part(&mut state.vault, blob));
        state.write(|writer, vault| {
            head[KEPT] = kept(vault, &head[KEPT].take()).into();
            let (title, head) = (vault.hide(&title).into_owned(), sheet::hide(vault, &head));
            let blobs = blobs.into_iter().map(|blob| sheet::hide_part(vault, blob)).collect();
            writer.step(StepRow { seq, title, head, blobs });
        });
    }

    fn sight(&self, sight: ArchivedSight) {
        let mut state = self.state();
        sheet::learn(&mut state.vault, &sight.value);
        state.write(|writer, vault| {
            writer.sight(SightRow { of: sheet::hide(vault, &sight.of), value: sheet::hide(vault, &sight.value) });
        });
    }
}

/// Hears what one session asks for.
struct SessionEar {
    session: String,
    state: Arc<Mutex<State>>,
}

impl Ear for SessionEar {
    fn heard(&self, exchanged: Exchanged) {
        let length = |body: &Option<Vec<u8>>| body.as_ref().map_or(0, Vec::len);
        let came = match &exchanged.came {
            Came::Response { body, .. } => length(body),
            Came::Failed(_) => 0,
        };
        let size = length(&exchanged.asked.body) + came;
        let keep = || {
            let mut state = lock(&self.state);
            *state.exchanges.entry(self.session.clone()).or_default() += 1;
            state.vault.learn(&exchanged);
            state.write(|writer, vault| {
                let session = vault.hide(&self.session).into_owned();
                writer.exchange(to_row(&session, vault.hide_exchange(exchanged)));
            });
        };
        // Bodies may be large, the tape another session's for a while, and the disk behind.
        let keeps_up = |state: MutexGuard<'_, State>| state.writer.as_ref().is_none_or(|writer| !writer.is_behind());
        if self.state.try_lock().is_ok_and(keeps_up) { apart(size, keep) } else { aside(keep) }
    }

    fn missed(&self, what: &str) {
        let mut state = lock(&self.state);
        if !state.missed.iter().any(|known| known == what) {
            state.missed.push(what.to_owned());
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key of what is kept of an act, where that is not the act itself.
fn kept(vault: &Vault, act: &Value) -> Option<String> {
    if vault.knows_nothing() {
        return None;
    }
    let hidden = sheet::hide(vault, act);
    (hidden != *act).then(|| digest(&sheet::reveal(&Vault::default(), &hidden)))
}

/// The wall clock: milliseconds since 1970.
pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}

fn seed() -> u32 {
    use std::hash::{BuildHasher, Hasher};
    (std::hash::RandomState::new().build_hasher().finish() >> 32) as u32
}
