//! Frames given by hand, so that a step does not wait behind one.
//!
//! A page that changes is styled, laid out and painted up to 60 times a second, on the thread that answers a step: a step
//! of eight milliseconds spends as many again on frames that nobody looks at. The headless shell lets its client say when
//! a frame is due (CDP `HeadlessExperimental.beginFrame`), so that an act, its wait and its snapshot are answered first.
//! The page notices nothing: its frames come [`RHYTHM`] apart while somebody waits for it, at most [`LATEST`] apart where
//! step follows step, and the rarer the longer nobody asks it for anything.
//!
//! One identity of a browser at a time has its frames by hand, and its pages have them one after another: Chromium's GPU
//! process takes frames of two pages that are under way at once for a fault, and ends. (All frames that clients give have
//! one source; each page's counts what any of them has begun as its own.) Other identities' pages have their own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::json;

use crate::browser::cdp::{CdpError, CdpSocket, FRAME};

use super::events::Events;
use super::manner::Household;
use super::page::ChromiumTab;

/// From one frame to the next, as on most screens.
const RHYTHM: Duration = Duration::from_micros(16_667);

/// How long a page works at what it was asked before it gets its frame.
const FIRST_WORK: Duration = Duration::from_millis(20);

/// The longest time without a frame where step follows step.
const LATEST: Duration = Duration::from_millis(50);

/// The longest time without one where nobody asks for anything.
const RESTING: Duration = Duration::from_millis(250);

/// How often pages are looked after that need no frame now: somebody may wait for one again.
const LOOK: Duration = Duration::from_millis(20);

/// How long a page that nobody waits for may keep the others from theirs.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a browser says of a page that has its own, and one that knows of no others.
const OWN: [&str; 2] = ["only supported", "wasn't found"];

/// A browser's frames.
#[derive(Clone)]
pub(in crate::browser) struct Frames {
    /// Whether an identity's are given by hand now; `None`: the browser cannot do it.
    taken: Option<Arc<AtomicBool>>,
}

/// The right to give a browser's frames by hand; it goes back with its end.
pub(super) struct Right(Arc<AtomicBool>);

impl Frames {
    /// Those of a browser that gives them by hand, or not.
    pub(in crate::browser) fn new(by_hand: bool) -> Self {
        Self { taken: by_hand.then(Arc::default) }
    }

    /// The right to give them, where nobody has it.
    pub(super) fn take(&self) -> Option<Right> {
        let taken = self.taken.as_ref()?;
        (!taken.swap(true, Ordering::AcqRel)).then(|| Right(Arc::clone(taken)))
    }
}

impl Drop for Right {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// When a page's frames are due.
pub(super) struct Pace {
    /// It has them by hand.
    pub(super) by_hand: bool,
    /// When it was last asked something for which it needs none.
    pub(super) asked: Option<Instant>,
    begun: Instant,
    ended: Instant,
    waited_for: Instant,
}

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        Self { by_hand: false, asked: None, begun: now, ended: now, waited_for: now }
    }
}

impl Pace {
    fn due(&self, now: Instant) -> Instant {
        let idle = now - self.waited_for;
        let due = self.begun + (idle / 256).clamp(RHYTHM, RESTING);
        self.asked.map_or(due, |asked| due.max((asked + FIRST_WORK).min(self.ended + LATEST)))
    }
}

impl ChromiumTab {
    /// The page is asked something for which it needs no frame: the next one can wait a little.
    pub(super) fn hold_frames(&self) {
        self.events.state().lane.pace.asked = Some(Instant::now());
    }

    /// The page is asked something that it answers in a frame, or after one.
    pub(super) fn need_frames(&self) {
        self.events.state().lane.pace.asked = None;
    }
}

/// Gives the pages of a household their frames until it is gone.
pub(super) fn give(right: Right, socket: &CdpSocket, household: &Arc<Household>) {
    let (socket, household) = (socket.clone(), Arc::downgrade(household));
    tokio::spawn(async move {
        let _right = right;
        while let Some(pages) = pages(&household).filter(|_| socket.open()) {
            let now = Instant::now();
            let due = |page: &Arc<Events>| {
                let mut state = page.state();
                if page.tracker.is_waited_for() {
                    state.lane.pace.waited_for = now;
                }
                state.lane.pace.due(now)
            };
            let next = pages.into_iter().map(|page| (due(&page), page)).min_by_key(|(due, _)| *due);
            match next {
                Some((due, page)) if due <= now => frame(&socket, &page, &household).await,
                next => {
                    let until = next.map_or(now + LOOK, |(due, _)| due.min(now + LOOK));
                    tokio::time::sleep_until(until.into()).await;
                }
            }
        }
    });
}

/// The pages of a household that have their frames by hand; `None` once it is gone.
fn pages(household: &Weak<Household>) -> Option<Vec<Arc<Events>>> {
    let mut pages = household.upgrade()?.pages();
    pages.retain(|page| page.state().lane.pace.by_hand);
    Some(pages)
}

/// One frame. A page that does not answer, in a dialog or a loop, has it under way until it does, or is gone: being lost is
/// not enough, another one's would meet it.
async fn frame(socket: &CdpSocket, page: &Arc<Events>, household: &Weak<Household>) {
    page.state().lane.pace.begun = Instant::now();
    let Ok(mut pending) = socket.begin(Some(&page.session), FRAME, json!({})) else { return };
    loop {
        match pending.numbered::<IgnoredAny>(PATIENCE).await.1 {
            Err(CdpError::Silent { .. }) => {
                let others =
                    || pages(household).is_some_and(|pages| pages.iter().any(|page| page.tracker.is_waited_for()));
                if !page.tracker.is_waited_for() && others() {
                    page.free().await;
                    if page.state().usable().is_err() {
                        socket.send(None, "Target.closeTarget", json!({ "targetId": page.state().main_frame }));
                    }
                }
            }
            Err(CdpError::Refused { message, .. }) if OWN.iter().any(|words| message.contains(words)) => {
                page.state().lane.pace.by_hand = false;
                break;
            }
            _ => break,
        }
    }
    page.state().lane.pace.ended = Instant::now();
}
