//! The journal itself: numbers every step, decides whether it is known, and records what it came to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::replay::Lanes;
use super::why::Why;
use super::{
    Again, Archive, ArchivedSight, ArchivedStep, Beyond, Decision, Entry, Finished, Mode, Observation, Omitted,
    Outcome, Place, Resume, RunStatus, SessionKey, StepKeys, StepSummary, Ticket,
};
use super::{decode, encode};
use crate::browser::apart;
use crate::crawl::{BranchPath, Trouble, Verb};

/// The number of summaries that a plain run keeps.
const PLAIN_SUMMARIES: usize = 32;

/// Every step of a program goes through one journal.
pub struct Journal {
    mode: Mode,
    archive: Option<Arc<dyn Archive>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seq: u64,
    stamp: u64,
    fresh: HashMap<BranchPath, u64>,
    summaries: VecDeque<StepSummary>,
    lanes: Lanes,
    status: RunStatus,
    /// The number of this run, from 0.
    run: u64,
    /// The script came to its end, so that what it did not come to is no part of it.
    whole: bool,
}

impl Journal {
    /// An empty journal.
    #[must_use]
    pub fn new(mode: Mode, archive: Option<Arc<dyn Archive>>) -> Self {
        Self { mode, archive, state: Mutex::default() }
    }

    /// Whether later runs may reuse this one's steps, of this process or another.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.holds() || self.archive.is_some()
    }

    /// Whether later runs of this process may.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.mode == Mode::Keep
    }

    /// Makes what was archived the last run, pages by way of `keep`.
    pub fn recall(
        &self,
        steps: impl IntoIterator<Item = ArchivedStep>,
        sights: impl IntoIterator<Item = ArchivedSight>,
        keep: impl Fn(&Entry),
    ) -> Result<(), String> {
        let mut state = self.state();
        state.run = 1;
        for step in steps {
            let (mut entry, cut) = decode::step(step)?;
            keep(&entry);
            state.stamp += 1;
            entry.stamp = state.stamp;
            state.lanes.recall(entry, cut);
        }
        for sight in sights {
            let (branch, kind, key, number, value) = decode::sight(sight)?;
            state.lanes.recall_sight((branch, kind, key), number, value);
        }
        Ok(())
    }

    /// The key of the branch's next fresh identity.
    #[must_use]
    pub fn fresh_key(&self, branch: &BranchPath) -> SessionKey {
        let mut state = self.state();
        if !self.keeps() {
            return SessionKey::Fresh(BranchPath::default(), 0);
        }
        let count = state.fresh.entry(branch.clone()).or_default();
        *count += 1;
        SessionKey::Fresh(branch.clone(), *count)
    }

    /// Begins a step and says what becomes of it.
    #[must_use]
    pub fn begin(&self, place: Place, verb: Verb, keys: &StepKeys) -> (Ticket, Decision) {
        let mut state = self.state();
        if !self.keeps() {
            return (state.ticket(place, 0, verb, false), Decision::Live(Resume::AsIs));
        }
        let (ordinal, decision, why) = state.lanes.decide(&place, keys);
        match &decision {
            Decision::Live(_) => {
                state.status.live += 1;
                state.explain(why);
            }
            Decision::Reuse(_) => state.status.reused += 1,
            Decision::Reread(_) => {
                state.status.reused += 1;
                state.status.reread += 1;
            }
            Decision::Unknown(_) => state.status.unknown += 1,
        }
        (state.ticket(place, ordinal, verb, false), decision)
    }

    /// Begins a step inside another one's turn.
    #[must_use]
    pub fn begin_nested(&self, place: Place, verb: Verb) -> Ticket {
        self.state().ticket(place, 0, verb, true)
    }

    /// Records a step that ran.
    pub fn record(&self, ticket: &Ticket, finished: Finished) {
        let mut state = self.state();
        state.summarise(self.mode, ticket, &finished, false);
        if !self.keeps() || ticket.nested {
            return;
        }
        let run = state.run;
        let acts = finished.acts;
        state.lanes.note_sent(&ticket.place.session, &finished.keys, run, &finished.sent);
        let entry = Arc::new(Entry {
            stamp: ticket.stamp,
            run,
            stale: false,
            seq: ticket.seq,
            origin: None,
            place: ticket.place.clone(),
            ordinal: ticket.ordinal,
            verb: ticket.verb,
            what: finished.what,
            keys: finished.keys,
            base: finished.base,
            outcome: finished.outcome,
            call: finished.call,
            before: finished.before,
            after: finished.after,
            sent: finished.sent,
            effects: finished.effects,
            aside: Vec::new(),
        });
        if self.holds() {
            state.lanes.push(Arc::clone(&entry));
        }
        // An interruption is nothing that a step comes to.
        let interrupted = matches!(&entry.outcome, Outcome::Failed(error) if error.trouble == Trouble::Interrupted);
        if let Some(archive) = self.archive.as_ref().filter(|_| !interrupted) {
            let cut = state.lanes.take_cut(&entry.place.branch);
            drop(state);
            // A step that cannot be kept, such as one with a path that is no text, is one that a later run does anew.
            apart(entry.base.as_ref().map_or(0, |page| page.size()), || {
                if let Ok(step) = encode::step(&entry, acts, cut.as_ref()) {
                    archive.step(step);
                }
            });
        }
    }

    /// Records a step that was answered from `entry`, whose outcome is now `finished`'s.
    pub fn record_reused(&self, ticket: &Ticket, entry: &Arc<Entry>, finished: Finished) {
        let mut state = self.state();
        state.summarise(self.mode, ticket, &finished, true);
        // The call is this run's: closures of earlier runs are gone.
        let Finished { keys, outcome, call, effects, .. } = finished;
        let entry = Entry { seq: ticket.seq, keys, outcome, call, effects, stale: false, ..Entry::clone(entry) };
        let run = state.run;
        state.lanes.note_sent(&ticket.place.session, &entry.keys, run, &entry.sent);
        state.lanes.push(Arc::new(entry));
    }

    /// Notes why a session was rebuilt.
    pub fn note_rebuilt(&self, why: String) {
        self.state().status.rebuilt.push(why);
    }

    /// Notes that a step was called off before it touched anything; `first` when it would have been its session's first
    /// live one.
    pub fn refuse(&self, ticket: &Ticket, first: bool) {
        let mut state = self.state();
        state.status.live -= 1;
        if first {
            state.lanes.refuse(&ticket.place);
        }
    }

    /// What this very act of the session sent to servers in an earlier run, by methods that may change something there.
    #[must_use]
    pub fn sent_before(&self, ticket: &Ticket, keys: &StepKeys) -> Vec<String> {
        let state = self.state();
        let act = keys.act.as_deref().filter(|_| self.keeps());
        act.map(|act| state.lanes.sent_before(&ticket.place.session, act, state.run)).unwrap_or_default()
    }

    /// Notes that the script came to its end.
    pub fn end_run(&self) {
        self.state().whole = true;
    }

    /// Drops steps of this run, as if they had never been: what comes after them follows what came before.
    pub fn omit(&self, omitted: &[Omitted]) {
        self.state().lanes.omit(omitted);
    }

    /// Drops the asides of a piece.
    pub fn forget_asides(&self, piece: u64) {
        self.state().lanes.forget_asides(piece);
    }

    /// From now on the last run answers for all it came to, failures too, and no step runs live.
    pub fn answer_alone(&self, beyond: Beyond) {
        self.state().lanes.answer_alone(beyond);
    }

    /// Steps run live again. Where a session's last step failed, the next one begins where its page stands, or (not
    /// `as_is`) where the last one that went well left it.
    pub fn go_on(&self, as_is: bool) {
        self.state().lanes.go_on(as_is);
    }

    /// Whether no step runs live.
    #[must_use]
    pub fn answers_alone(&self) -> bool {
        self.state().lanes.answers_alone()
    }

    /// How many steps began in this run.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.state().seq
    }

    /// Begins another run of the same program.
    pub fn begin_run(&self) {
        let mut state = self.state();
        state.seq = 0;
        state.run += 1;
        state.fresh.clear();
        state.summaries.clear();
        state.status = RunStatus::default();
        let whole = std::mem::take(&mut state.whole);
        state.lanes.begin_run(whole);
    }

    /// Makes the run that just began do again what is known.
    pub fn again(&self, how: Again) {
        let mut state = self.state();
        match how {
            Again::Latest => state.lanes.go_stale(),
            Again::All => state.lanes.forget(),
        }
    }

    /// What this run owed to the last one so far.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        self.state().status.clone()
    }

    /// The run's steps in order of their beginning, without those that are under way.
    #[must_use]
    pub fn steps(&self) -> Vec<StepSummary> {
        let mut steps: Vec<StepSummary> = self.state().summaries.iter().cloned().collect();
        steps.sort_by_key(|step| step.seq);
        steps
    }

    /// Something observed beside pages. Time and random values are seen again as long as the run follows the last one;
    /// files and the environment are looked at anew, and change what depends on them through the steps' keys; state files
    /// too, where steps may run live.
    pub fn observe<E>(
        &self,
        branch: &BranchPath,
        kind: Observation,
        key: &str,
        make: impl FnOnce() -> Result<Value, E>,
    ) -> Result<Value, E> {
        if !self.keeps() || matches!(kind, Observation::File | Observation::Environment) {
            return make();
        }
        let anew = kind == Observation::State && !self.answers_alone();
        let known = if anew { None } else { self.seen(branch, kind, key) };
        if let Some(value) = known {
            self.state().lanes.saw(branch, kind, key, value.clone());
            return Ok(value);
        }
        let value = make()?;
        self.saw(branch, kind, key, value.clone());
        Ok(value)
    }

    /// What the last run saw there.
    pub fn seen(&self, branch: &BranchPath, kind: Observation, key: &str) -> Option<Value> {
        self.state().lanes.observed(branch, kind, key)
    }

    /// Notes what this run saw, and no run before it.
    pub fn saw(&self, branch: &BranchPath, kind: Observation, key: &str, value: Value) {
        if !self.keeps() {
            return;
        }
        let number = self.state().lanes.saw(branch, kind, key, value.clone());
        if let Some(archive) = &self.archive {
            archive.sight(encode::sight(branch, kind, key, number, value));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Keeps why the first live step of a run had to be one; of a first run there is nothing to say.
    fn explain(&mut self, why: Option<Why>) {
        if let Some(why) = why.filter(|_| self.status.live == 1 && self.lanes.knows_any()) {
            self.status.why = Some(format!("step {} {why}", self.seq + 1));
        }
    }

    fn ticket(&mut self, place: Place, ordinal: u64, verb: Verb, nested: bool) -> Ticket {
        self.seq += 1;
        self.stamp += 1;
        Ticket { seq: self.seq, stamp: self.stamp, place, ordinal, verb, nested }
    }

    fn summarise(&mut self, mode: Mode, ticket: &Ticket, finished: &Finished, reused: bool) {
        let error = match &finished.outcome {
            Outcome::Failed(error) => Some(error.code),
            _ => None,
        };
        self.summaries.push_back(StepSummary {
            seq: ticket.seq,
            branch: ticket.place.branch.clone(),
            session: finished.session.clone(),
            ordinal: ticket.ordinal,
            verb: ticket.verb,
            what: finished.what.clone(),
            text: finished.text.clone(),
            outcome: (mode == Mode::Keep).then(|| finished.outcome.clone()),
            base: finished.base.clone().filter(|_| mode == Mode::Keep),
            error,
            elapsed: finished.elapsed,
            reused,
            nested: ticket.nested,
        });
        if mode == Mode::Plain && self.summaries.len() > PLAIN_SUMMARIES {
            self.summaries.pop_front();
        }
    }
}
