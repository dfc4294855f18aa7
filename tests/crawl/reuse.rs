//! Properties of reuse: random programs, edited and run again, against a model of a few lines.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawl::crawl::journal::{
    Archive, ArchivedSight, ArchivedStep, Call, Decision, Entry, Finished, Journal, Outcome, Place, Resume, SessionKey,
    StepKeys, Ticket,
};
use crawl::crawl::{ActValue, Branch, BranchPath, CrawlError, Mode, Page, Verb};
use libtest_mimic::Trial;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("reuse::another_process_reuses_what_this_one_would", elsewhere),
        trial("reuse::a_run_reuses_what_the_model_says", model),
        trial("reuse::an_equal_run_reuses_everything", same),
        trial("reuse::a_live_step_knows_what_came_before_it", resumes),
        trial("reuse::branches_side_by_side_do_not_disturb_each_other", branches),
        trial("reuse::an_act_was_sent_before_as_often_as_it_was", sent),
        trial("reuse::a_plain_run_stays_small", plain),
    ]
}

/// A step of a program: its session, what it does, what it reads, and whether its act fails.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    session: u8,
    act: u8,
    reading: u8,
    fails: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Reuse,
    Reread,
    Live,
}

fn program() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3u8, 0..4u8, 0..2u8, (0..8u8).prop_map(|n| n == 0));
    vec(step.prop_map(|(session, act, reading, fails)| Step { session, act, reading, fails }), 0..12)
}

/// An edit: the index it falls on, and what it does there.
fn edits() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    vec((0..12usize, 0..4u8, any::<u8>()), 0..3)
}

fn edit(program: &[Step], edits: &[(usize, u8, u8)]) -> Vec<Step> {
    let mut program = program.to_vec();
    for (at, kind, with) in edits {
        let at = (*at).min(program.len());
        let new = Step { session: with % 3, act: with % 5, reading: with % 2, fails: false };
        match kind {
            0 => program.insert(at, new),
            1 if at < program.len() => drop(program.remove(at)),
            2 if at < program.len() => program[at].act = with % 6,
            3 if at < program.len() => program[at].reading ^= 1,
            _ => program.push(new),
        }
    }
    program
}

fn place(session: u8) -> Place {
    Place { branch: BranchPath::default(), session: SessionKey::Named(session.to_string()) }
}

fn keys(step: &Step) -> StepKeys {
    StepKeys {
        act: Some(format!("{}{}", step.act, step.fails)),
        reading: Some(step.reading.to_string()),
        ..StepKeys::default()
    }
}

fn finished(step: &Step) -> Finished {
    let page = Arc::new(Page::default());
    let outcome = if step.fails {
        Outcome::failed(&CrawlError::new("crawl::js::exception", String::new()))
    } else {
        Outcome::Page(Arc::clone(&page))
    };
    Finished {
        keys: keys(step),
        base: (!step.fails).then_some(page),
        outcome,
        call: Call::Close,
        before: None,
        after: None,
        effects: None,
        acts: true,
        sent: Vec::new(),
        session: step.session.to_string(),
        what: String::new(),
        text: None,
        elapsed: Duration::ZERO,
    }
}

fn perform(journal: &Journal, step: &Step) -> (Fate, Ticket, Option<Vec<Arc<Entry>>>) {
    let (ticket, decision) = journal.begin(place(step.session), Verb::Crawl, &keys(step));
    let (fate, done) = match decision {
        Decision::Reuse(entry) => {
            journal.record_reused(&ticket, &entry, finished(step));
            (Fate::Reuse, None)
        }
        Decision::Reread(entry) => {
            journal.record_reused(&ticket, &entry, finished(step));
            (Fate::Reread, None)
        }
        Decision::Live(resume) => {
            journal.record(&ticket, finished(step));
            let done = match resume {
                Resume::AsIs => None,
                Resume::After { done, .. } => Some(done),
            };
            (Fate::Live, done)
        }
        Decision::Unknown(unknown) => unreachable!("{unknown:?}"),
    };
    (fate, ticket, done)
}

fn run(journal: &Journal, program: &[Step]) -> Vec<Fate> {
    program.iter().map(|step| perform(journal, step).0).collect()
}

/// The rule in a few lines, on whole programs: a step is reused while its session follows the old program, and a
/// session follows it only if nothing ran live before its first step.
fn expected(old: &[Step], new: &[Step]) -> Vec<Fate> {
    let mut follows: HashMap<u8, bool> = HashMap::new();
    let mut counts: HashMap<u8, usize> = HashMap::new();
    let mut disturbed = false;
    let mut fates = Vec::new();
    for step in new {
        let following = *follows.entry(step.session).or_insert(!disturbed);
        let count = counts.entry(step.session).or_default();
        let known = old.iter().filter(|other| other.session == step.session).nth(*count);
        *count += 1;
        let fate = match known.filter(|known| following && known.act == step.act && known.fails == step.fails) {
            Some(known) if known.fails => Fate::Live,
            Some(known) if known.reading == step.reading => Fate::Reuse,
            Some(_) => Fate::Reread,
            None => Fate::Live,
        };
        if fate == Fate::Live {
            follows.insert(step.session, false);
            disturbed = true;
        }
        fates.push(fate);
    }
    fates
}

fn model() {
    proptest!(|(old in program(), edits in edits(), again in edits())| {
        let journal = Journal::new(Mode::Keep, None);
        run(&journal, &old);
        journal.begin_run();
        let new = edit(&old, &edits);
        prop_assert_eq!(run(&journal, &new), expected(&old, &new));
        // What a run did not come to is forgotten or kept; what it did come to is the next run's past in any case.
        journal.begin_run();
        let newer = edit(&new, &again);
        let fates = run(&journal, &newer);
        let wanted = expected(&new, &newer);
        for (fate, wanted) in fates.iter().zip(&wanted) {
            prop_assert!(*wanted == Fate::Live || fate == wanted, "{:?} instead of {:?}", fates, wanted);
        }
    });
}

fn same() {
    proptest!(|(program in program())| {
        let program: Vec<Step> = program.into_iter().map(|step| Step { fails: false, ..step }).collect();
        let journal = Journal::new(Mode::Keep, None);
        run(&journal, &program);
        for _ in 0..2 {
            journal.begin_run();
            prop_assert!(run(&journal, &program).iter().all(|fate| *fate == Fate::Reuse));
            prop_assert_eq!(journal.status().reused, program.len() as u64);
            prop_assert_eq!(journal.steps().len(), program.len());
        }
    });
}

fn resumes() {
    proptest!(|(old in program(), edits in edits())| {
        let journal = Journal::new(Mode::Keep, None);
        run(&journal, &old);
        journal.begin_run();
        let mut before: HashMap<u8, (usize, bool)> = HashMap::new();
        for step in edit(&old, &edits) {
            let (fate, ticket, done) = perform(&journal, &step);
            let (count, live) = before.entry(step.session).or_default();
            prop_assert_eq!(ticket.ordinal, *count as u64);
            // The first live step of a session is told all that was reused, later ones nothing.
            let told = (fate == Fate::Live && !*live).then_some(*count);
            prop_assert_eq!(done.map(|done| done.len()), told);
            *count += 1;
            *live |= fate == Fate::Live;
        }
    });
}

fn branches() {
    let journal = Journal::new(Mode::Keep, None);
    let at = |call, index| Branch::root().child(call, index).path().clone();
    let begin = |branch: BranchPath, session: &str, act: &str| {
        let keys = StepKeys { act: Some(act.to_owned()), reading: Some(String::new()), ..StepKeys::default() };
        let place = Place { branch, session: SessionKey::Named(session.to_owned()) };
        let (ticket, decision) = journal.begin(place, Verb::Crawl, &keys);
        let value = Finished {
            outcome: Outcome::Value(ActValue::Done),
            keys,
            ..finished(&Step { session: 0, act: 0, reading: 0, fails: false })
        };
        match decision {
            Decision::Live(_) => journal.record(&ticket, value),
            Decision::Reuse(entry) | Decision::Reread(entry) => {
                journal.record_reused(&ticket, &entry, value);
                return true;
            }
            Decision::Unknown(unknown) => unreachable!("{unknown:?}"),
        }
        false
    };
    for round in 0..2 {
        assert_eq!(begin(at(0, 0), "a", "1"), round > 0);
        assert_eq!(begin(at(0, 1), "b", "1"), round > 0);
        assert_eq!(begin(at(1, 0), "c", "1"), round > 0);
        journal.begin_run();
    }
    assert!(!begin(at(0, 0), "a", "2"));
    assert!(begin(at(0, 1), "b", "1"), "beside it");
    assert!(!begin(at(1, 0), "c", "1"), "after it");
}

fn sent() {
    let journal = Journal::new(Mode::Keep, None);
    let click = Step { session: 0, act: 1, reading: 0, fails: false };
    let begin = |act: u8| {
        let step = Step { act, ..click.clone() };
        let keys = keys(&step);
        let (ticket, decision) = journal.begin(place(0), Verb::Click, &keys);
        let before = journal.sent_before(&ticket, &keys);
        let value = Finished { sent: vec!["POST /form".to_owned()], ..finished(&step) };
        match decision {
            Decision::Live(_) => journal.record(&ticket, value),
            Decision::Reuse(entry) | Decision::Reread(entry) => journal.record_reused(&ticket, &entry, value),
            Decision::Unknown(unknown) => unreachable!("{unknown:?}"),
        }
        !before.is_empty()
    };
    for _ in 0..2 {
        assert!(!begin(1), "the first time");
    }
    journal.begin_run();
    // The two are answered; the third was never sent.
    begin(1);
    begin(1);
    assert!(!begin(1), "a further one");
    journal.begin_run();
    // Something before them changed: they would be sent once more, each.
    assert!(!begin(9));
    assert!([begin(1), begin(1), begin(1)].iter().all(|before| *before));
    assert!(!begin(1), "a further one");
}

fn plain() {
    let journal = Journal::new(Mode::Plain, None);
    for _ in 0..1000 {
        let (fate, ..) = perform(&journal, &Step { session: 0, act: 0, reading: 0, fails: false });
        assert_eq!(fate, Fate::Live);
    }
    let steps = journal.steps();
    assert!(steps.len() < 100 && steps.iter().all(|step| step.outcome.is_none()));
    assert_eq!(steps.last().unwrap().seq, 1000);
}

/// What a journal was archived as.
#[derive(Default)]
struct Kept(Mutex<(Vec<ArchivedStep>, Vec<ArchivedSight>)>);

impl Archive for Kept {
    fn step(&self, step: ArchivedStep) {
        self.0.lock().unwrap().0.push(step);
    }

    fn sight(&self, sight: ArchivedSight) {
        self.0.lock().unwrap().1.push(sight);
    }
}

/// Runs that are cut off, each in a process of its own that knows the archive alone, against the same in one process. What
/// was read anew is so once more there.
fn elsewhere() {
    let live = |journal: &Journal, program: &[Step]| -> Vec<bool> {
        run(journal, program).into_iter().map(|fate| fate == Fate::Live).collect()
    };
    proptest!(|(program in program(), all in vec((edits(), 0..12usize), 1..4))| {
        let (one, kept) = (Journal::new(Mode::Keep, None), Arc::new(Kept::default()));
        let mut now = program;
        for (edits, length) in all {
            let other = Journal::new(Mode::Plain, Some(Arc::clone(&kept) as _));
            let (steps, sights) = kept.0.lock().unwrap().clone();
            other.recall(steps, sights, |_| {}).unwrap();
            let begun = &now[..length.min(now.len())];
            prop_assert_eq!(live(&one, begun), live(&other, begun), "{:?}", begun);
            one.begin_run();
            now = edit(&now, &edits);
        }
    });
}
