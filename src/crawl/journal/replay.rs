//! The rules of reuse: which of the last run's steps stand in for this run's.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::why::Why;
use super::{
    Aside, Beyond, Decision, Entry, Observation, Omitted, Outcome, Place, Resume, SessionKey, StepKeys, Unknown,
};
use crate::crawl::BranchPath;

/// The steps of the last run and of this one, lane by lane.
#[derive(Default)]
pub(super) struct Lanes {
    previous: HashMap<Place, Vec<Arc<Entry>>>,
    current: HashMap<Place, Lane>,
    sessions: HashMap<SessionKey, SessionRun>,
    /// Branches on which something ran live in this run, with what an archive has yet to be told of that.
    changes: HashMap<BranchPath, Option<Cut>>,
    seen_before: HashMap<Sight, Vec<Value>>,
    seen_now: HashMap<Sight, Vec<Value>>,
    /// What acts sent to servers, by session and act key.
    sent: HashMap<(SessionKey, String), Sent>,
    /// The last run answers for its failures too, and what it did not do comes to this.
    alone: Option<Beyond>,
}

/// What of earlier runs a run still follows when its first step on a branch runs live: the lanes that it came to before.
/// The others do not hold any more, but for those of branches that run side by side with the step's.
pub(super) type Cut = Vec<Place>;

/// So many lanes that the script no longer has are kept for the case that they come back.
const LEFT_OVER: usize = 16;

/// What was observed: on which branch, what kind, under which name.
type Sight = (BranchPath, Observation, String);

/// What an act sent to servers.
#[derive(Default)]
struct Sent {
    requests: Vec<String>,
    /// How often each run did that, by itself or by the journal's answer: a loop may do it many times.
    times: HashMap<u64, usize>,
}

struct Lane {
    follows: bool,
    /// Its first live step was called off before it touched anything.
    refused: bool,
    /// Steps that began; those under way have no entry yet.
    begun: u64,
    entries: Vec<Arc<Entry>>,
}

#[derive(Default)]
struct SessionRun {
    /// A step of it ran live in this run.
    live: bool,
    /// Its steps, without those that failed.
    log: Vec<Arc<Entry>>,
    /// Its last step failed.
    failed: bool,
}

impl Lanes {
    /// The step's ordinal, what becomes of it, and why, where it runs.
    pub fn decide(&mut self, place: &Place, keys: &StepKeys) -> (u64, Decision, Option<Why>) {
        let undisturbed = self.undisturbed(&place.branch);
        let lane = self.current.entry(place.clone()).or_insert_with(|| Lane {
            follows: undisturbed,
            refused: false,
            begun: 0,
            entries: Vec::new(),
        });
        let session = self.sessions.entry(place.session.clone()).or_default();
        let ordinal = lane.begun;
        lane.begun += 1;
        lane.follows &= !session.live;
        let slot = usize::try_from(ordinal).unwrap_or(usize::MAX);
        let old = self.previous.get(place).and_then(|entries| entries.get(slot)).cloned();
        let why = if lane.follows { Why::of(old.as_deref(), keys) } else { Some(Why::After) };
        let why = why.filter(|why| !self.alone.is_some_and(|beyond| why.is_answered_alone(old.as_deref(), beyond)));
        if let (None, Some(old)) = (&why, &old) {
            let same = keys.reading.is_some() && keys.reading == old.keys.reading;
            let read = same && stands_as_read(&old.outcome, self.alone.is_some());
            let old = Arc::clone(old);
            return (ordinal, if read { Decision::Reuse(old) } else { Decision::Reread(old) }, None);
        }
        lane.follows = false;
        if let (Some(beyond), Some(why)) = (self.alone, &why) {
            lane.refused = true;
            lane.begun -= 1;
            return (ordinal, Decision::Unknown(Unknown { beyond, why: why.to_string(), old }), None);
        }
        lane.refused = false;
        let resume = if session.live { Resume::AsIs } else { Resume::After { done: session.log.clone(), old } };
        session.live = true;
        if !self.changes.contains_key(&place.branch) {
            // Branches side by side are followed on whatever happens here.
            let beside = |at: &&Place| !at.branch.concurrent(&place.branch);
            let cut = self.knows_any().then(|| self.current.keys().filter(beside).cloned().collect());
            self.changes.insert(place.branch.clone(), cut);
        }
        (ordinal, Decision::Live(resume), why)
    }

    /// What an archive has yet to be told of the branch's first live step.
    pub fn take_cut(&mut self, branch: &BranchPath) -> Option<Cut> {
        self.changes.get_mut(branch).and_then(Option::take)
    }

    /// Adds a step of a run before the first, after those that ended before it; `cut` is what its run no longer followed.
    pub fn recall(&mut self, entry: Entry, cut: Option<Cut>) {
        if let Some(cut) = cut {
            let branch = &entry.place.branch;
            self.previous.retain(|place, _| place.branch.concurrent(branch) || cut.contains(place));
        }
        self.note_sent(&entry.place.session, &entry.keys, entry.run, &entry.sent);
        let entries = self.previous.entry(entry.place.clone()).or_default();
        // Where one is missing, those after it follow nothing.
        let ordinal = usize::try_from(entry.ordinal).unwrap_or(usize::MAX);
        if ordinal <= entries.len() {
            entries.truncate(ordinal);
            entries.push(Arc::new(entry));
        }
    }

    /// Adds what a run before the first saw.
    pub fn recall_sight(&mut self, (branch, kind, key): Sight, number: usize, value: Value) {
        let seen = self.seen_before.entry((branch, kind, key)).or_default();
        if number <= seen.len() {
            seen.truncate(number);
            seen.push(value);
        }
    }

    /// Adds a step that ended.
    pub fn push(&mut self, entry: Arc<Entry>) {
        let session = self.sessions.entry(entry.place.session.clone()).or_default();
        session.failed = entry.act_failed();
        if !session.failed {
            session.log.push(Arc::clone(&entry));
        }
        if let Some(lane) = self.current.get_mut(&entry.place) {
            lane.entries.push(entry);
        }
    }

    /// Notes that the lane's first live step was called off before it touched anything: the last run's steps stay known,
    /// and a step that comes after all finds the session where this one would have.
    pub fn refuse(&mut self, place: &Place) {
        if let Some(lane) = self.current.get_mut(place) {
            lane.refused = true;
            lane.begun = lane.begun.saturating_sub(1);
        }
        if let Some(session) = self.sessions.get_mut(&place.session) {
            session.live = false;
        }
        let changed = |lane: &Lane| !lane.follows && !lane.refused;
        if !self.current.iter().any(|(at, lane)| at.branch == place.branch && changed(lane)) {
            self.changes.remove(&place.branch);
        }
    }

    /// Answers for all that the last run came to, its failures too.
    pub fn answer_alone(&mut self, beyond: Beyond) {
        self.alone = Some(beyond);
    }

    /// Whether it does.
    pub fn answers_alone(&self) -> bool {
        self.alone.is_some()
    }

    /// No longer; with `as_is` a session whose last step failed goes on from where its page stands.
    pub fn go_on(&mut self, as_is: bool) {
        self.alone = None;
        for session in self.sessions.values_mut().filter(|session| as_is && session.failed) {
            session.live = true;
        }
    }

    /// Drops steps of this run, and those that were cut off with them.
    pub fn omit(&mut self, omitted: &[Omitted]) {
        for lane in self.current.values_mut() {
            lane.entries.sort_by_key(|entry| entry.ordinal);
            let mut kept: Vec<Arc<Entry>> = Vec::new();
            for entry in lane.entries.drain(..) {
                match omitted.iter().find(|omitted| omitted.steps.contains(&entry.seq)) {
                    None => kept.push(entry),
                    Some(omitted) => put_aside(&mut kept, entry, omitted),
                }
            }
            lane.entries = kept;
            for (entry, ordinal) in lane.entries.iter_mut().zip(0..) {
                if entry.ordinal != ordinal {
                    *entry = Arc::new(Entry { ordinal, ..Entry::clone(entry) });
                    // What the run before had here belongs elsewhere.
                    lane.follows = false;
                    lane.refused = false;
                }
            }
        }
    }

    /// Drops the asides of a piece, and what came after them.
    pub fn forget_asides(&mut self, piece: u64) {
        for lane in self.current.values_mut() {
            let held = |entry: &Arc<Entry>| entry.aside.iter().any(|aside| aside.piece == piece);
            let Some(at) = lane.entries.iter().position(held) else { continue };
            Arc::make_mut(&mut lane.entries[at]).aside.retain(|aside| aside.piece != piece);
            // What came after began elsewhere.
            lane.entries.truncate(at + 1);
            lane.follows = false;
            lane.refused = false;
        }
    }

    /// Makes this run the last one. What a run did not come to is kept as long as nothing that it did comes before it.
    /// Lanes that a whole run did not come to are dropped once there are many.
    pub fn begin_run(&mut self, whole: bool) {
        let mut next: HashMap<Place, Vec<Arc<Entry>>> = HashMap::new();
        for (place, lane) in std::mem::take(&mut self.current) {
            let Lane { follows, refused, mut entries, .. } = lane;
            entries.sort_by_key(|entry| entry.ordinal);
            // A step that was cut off leaves a gap: what comes after it cannot be reused.
            let whole = entries.iter().zip(0..).take_while(|(entry, i)| entry.ordinal == *i).count();
            entries.truncate(whole);
            if (follows || refused)
                && let Some(rest) = self.previous.get(&place).and_then(|old| old.get(whole..))
            {
                entries.extend_from_slice(rest);
            }
            next.insert(place, entries);
        }
        let mut rest = std::mem::take(&mut self.previous);
        rest.retain(|place, _| !next.contains_key(place) && self.undisturbed(&place.branch));
        if !(whole && rest.len() > LEFT_OVER) {
            next.extend(rest);
        }
        let mut seen = std::mem::take(&mut self.seen_now);
        for (sight, values) in std::mem::take(&mut self.seen_before) {
            let known = seen.entry(sight).or_default();
            if let Some(rest) = values.get(known.len()..) {
                known.extend_from_slice(rest);
            }
        }
        self.seen_before = seen;
        self.previous = next;
        self.sessions.clear();
        self.changes.clear();
    }

    /// Whether there is a last run to follow.
    pub fn knows_any(&self) -> bool {
        !self.previous.is_empty()
    }

    /// Forgets the last run.
    pub fn forget(&mut self) {
        self.previous.clear();
        self.seen_before.clear();
    }

    /// Lets nothing stand in again for a step that ran when one last did, nor for what comes after it.
    pub fn go_stale(&mut self) {
        let latest = self.previous.values().flatten().map(|entry| entry.run).max();
        for entries in self.previous.values_mut() {
            if let Some(first) = entries.iter().position(|entry| Some(entry.run) == latest) {
                let stale = Entry { stale: true, ..Entry::clone(&entries[first]) };
                entries[first] = Arc::new(stale);
            }
        }
    }

    /// Notes what a step sent to servers, if anything, as often as a run does that.
    pub fn note_sent(&mut self, session: &SessionKey, keys: &StepKeys, run: u64, requests: &[String]) {
        let Some(act) = keys.act.as_ref().filter(|_| !requests.is_empty()) else { return };
        let sent = self.sent.entry((session.clone(), act.clone())).or_default();
        if sent.requests.is_empty() {
            sent.requests = requests.to_vec();
        }
        *sent.times.entry(run).or_default() += 1;
    }

    /// What an act sent to servers before this run, which has not yet done it as often.
    pub fn sent_before(&self, session: &SessionKey, act: &str, run: u64) -> Vec<String> {
        let Some(sent) = self.sent.get(&(session.clone(), act.to_owned())) else { return Vec::new() };
        let before = sent.times.iter().filter(|(known, _)| **known < run).map(|(_, times)| *times).max();
        let now = sent.times.get(&run).copied().unwrap_or(0);
        if before.unwrap_or(0) > now { sent.requests.clone() } else { Vec::new() }
    }

    /// What the last run saw in this place, as long as this one follows it.
    pub fn observed(&self, branch: &BranchPath, kind: Observation, key: &str) -> Option<Value> {
        if kind == Observation::Site {
            let site = (BranchPath::default(), kind, key.to_owned());
            return self.seen_before.get(&site).and_then(|seen| seen.last()).cloned();
        }
        if !self.undisturbed(branch) {
            return None;
        }
        let sight = (branch.clone(), kind, key.to_owned());
        let slot = self.seen_now.get(&sight).map_or(0, Vec::len);
        self.seen_before.get(&sight)?.get(slot).cloned()
    }

    /// Notes what this run saw, and says as the so-manieth.
    pub fn saw(&mut self, branch: &BranchPath, kind: Observation, key: &str, value: Value) -> usize {
        let seen = self.seen_now.entry((branch.clone(), kind, key.to_owned())).or_default();
        seen.push(value);
        seen.len() - 1
    }

    /// Whether nothing that ran live so far comes before what the branch does next.
    fn undisturbed(&self, branch: &BranchPath) -> bool {
        self.changes.keys().all(|changed| changed.concurrent(branch))
    }
}

/// Whether an outcome is the same when the same is read from its page again. Alone, the last run answers for a reading
/// that failed too; what a script threw meanwhile has to be thrown again.
fn stands_as_read(outcome: &Outcome, alone: bool) -> bool {
    match outcome {
        Outcome::Failed(error) => alone && error.script.is_none(),
        Outcome::Page(_) | Outcome::Value(_) => true,
    }
}

/// Lets a dropped step that went well stay behind the one before it, where that is wanted and there is one.
fn put_aside(kept: &mut [Arc<Entry>], entry: Arc<Entry>, omitted: &Omitted) {
    if let (Some(before), Some(piece)) = (kept.last_mut(), omitted.aside)
        && !entry.act_failed()
    {
        Arc::make_mut(before).aside.push(Aside { piece, entry });
    }
}
