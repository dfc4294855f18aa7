//! Frames given by hand, so that a step does not wait behind one.
//!
//! A page that changes is styled, laid out and painted up to 60 times a second, on the thread that answers a step: a step
//! of eight milliseconds spends as many again on frames that nobody looks at. The headless shell lets its client say when
//! a frame is due (CDP `HeadlessExperimental.beginFrame`), so that an act, its wait and its snapshot are answered first.
//! The page notices nothing: its frames come [`RHYTHM`] apart, and at most [`LATEST`] where step follows step. Each costs two
//! milliseconds of processors even where it shows nothing new: after [`STILL`] of these they come the rarer the more there
//! were.
//!
//! A browser that gives frames by hand has one session at a time, whose pages have theirs one after another: Chromium's
//! GPU process takes frames of two pages that are under way at once for a fault, and ends. (All frames that clients give
//! have one source; each page's counts what any of them has begun as its own.) Pages of several sessions in one browser
//! have their own frames, and cost nothing while they are at rest.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::browser::cdp::{CdpError, CdpSocket, FRAME};

use super::events::Events;
use super::manner::Household;
use super::page::ChromiumTab;

/// From one frame to the next, as on most screens.
const RHYTHM: Duration = Duration::from_micros(16_667);

/// How long a page works at what it was asked before it gets its frame.
const FIRST_WORK: Duration = Duration::from_millis(20);

/// The longest time without a frame where step follows step, and where somebody waits for a page that shows nothing new.
const LATEST: Duration = Duration::from_millis(50);

/// The longest time without one where nobody waits for it.
const RESTING: Duration = Duration::from_millis(250);

/// So many frames that show nothing new come as fast as others.
const STILL: u32 = 32;

/// How often pages are looked after that need no frame now: somebody may wait for one again.
const LOOK: Duration = Duration::from_millis(20);

/// How long a page that nobody waits for may keep the others from theirs.
const PATIENCE: Duration = Duration::from_secs(3);

/// A browser's frames: of one session after another.
#[derive(Clone)]
pub(in crate::browser) struct Frames(Arc<Semaphore>);

impl Default for Frames {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Frames {
    /// Gives the pages of a household their frames until it is gone.
    pub(super) fn give(&self, socket: &CdpSocket, household: &Arc<Household>) {
        let (turn, socket, household) = (Arc::clone(&self.0), socket.clone(), Arc::downgrade(household));
        tokio::spawn(async move {
            // The session before may have left a frame under way.
            let _turn = turn.acquire().await;
            while let Some(pages) = pages(&household).filter(|_| socket.open()) {
                let now = Instant::now();
                let due = |page: &Arc<Events>| page.state().lane.pace.due(page.tracker.is_waited_for());
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
}

/// When a page's frames are due.
pub(super) struct Pace {
    /// When it was last asked something for which it needs none.
    pub(super) asked: Option<Instant>,
    begun: Instant,
    ended: Instant,
    /// How many showed nothing new, since one that did or since it was asked something.
    still: u32,
}

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        Self { asked: None, begun: now, ended: now, still: 0 }
    }
}

impl Pace {
    fn due(&self, waited_for: bool) -> Instant {
        let rarest = if waited_for { LATEST } else { RESTING };
        let due = self.begun + (RHYTHM * self.still / STILL).clamp(RHYTHM, rarest);
        self.asked.map_or(due, |asked| due.max((asked + FIRST_WORK).min(self.ended + LATEST)))
    }
}

impl ChromiumTab {
    /// The page is asked something for which it needs no frame: the next one can wait a little.
    pub(super) fn hold_frames(&self) {
        self.asks(Some(Instant::now()));
    }

    /// The page is asked something that it answers in a frame, or after one.
    pub(super) fn need_frames(&self) {
        self.asks(None);
    }

    fn asks(&self, without_frames: Option<Instant>) {
        let pace = &mut self.events.state().lane.pace;
        (pace.asked, pace.still) = (without_frames, 0);
    }
}

/// The pages of a household; `None` once it is gone.
fn pages(household: &Weak<Household>) -> Option<Vec<Arc<Events>>> {
    household.upgrade().map(|household| household.pages())
}

/// One frame. A page that does not answer, in a dialog or a loop, has it under way until it does, or is gone: being lost is
/// not enough, another one's would meet it.
async fn frame(socket: &CdpSocket, page: &Arc<Events>, household: &Weak<Household>) {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shown {
        has_damage: bool,
    }
    page.state().lane.pace.begun = Instant::now();
    let Ok(mut pending) = socket.begin(Some(&page.session), FRAME, json!({})) else { return };
    loop {
        match pending.numbered::<Shown>(PATIENCE).await.1 {
            Ok(Shown { has_damage }) => {
                let pace = &mut page.state().lane.pace;
                pace.still = if has_damage { 0 } else { pace.still.saturating_add(1) };
                break;
            }
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
            _ => break,
        }
    }
    page.state().lane.pace.ended = Instant::now();
}
