//! The wait and the snapshot that end a navigation, asked for as soon as its document begins.
//!
//! The page answers by itself once it has come as far as it must: no message is on its way between the event and the
//! snapshot. A document that is left before it answers, by a redirect of its own, takes the question with it; what is
//! asked then is asked anew, as for every other document.

use crate::browser::cdp::Pending;
use crate::browser::condition::DomCondition;
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::WaitUntil;
use crate::browser::inpage::{self, Settled};
use crate::browser::snapshot::{Landing, Taken};
use crate::browser::tab::Navigation;

use super::act::in_world;
use super::lane::World;
use super::page::ChromiumTab;
use super::script::with_grace;
use super::world::InWorld;

/// A question to the document of `loader` that is under way.
pub(super) struct Ahead {
    loader: String,
    condition: Option<DomCondition>,
    frame: String,
    world: World,
    pending: Pending,
}

impl ChromiumTab {
    /// Follows a navigation to `loader`, and asks its document what the step will want of it.
    pub(super) async fn follow_asking(
        &self,
        to: &Navigation,
        (before, loader): (&str, &str),
        deadline: Deadline,
    ) -> Result<Landing, BrowserError> {
        let following = self.follow(&to.url, before, to.wait_until, deadline);
        let told = matches!(to.wait_until, WaitUntil::Dom | WaitUntil::Load);
        let Some(settling) = to.settle.as_ref().filter(|_| told && !self.identity.no_javascript) else {
            return following.await;
        };
        let asking = async {
            let (frame, world) = self
                .wait_for(|state| {
                    let world = state.lane.worlds.get(&state.main_frame)?;
                    (state.document.loader == loader).then(|| (state.main_frame.clone(), world.clone()))
                })
                .await;
            let call = inpage::ahead_settle_call(settling.condition.as_ref(), to.wait_until, deadline.left());
            let pending = self.socket.begin(Some(&world.session), "Runtime.evaluate", in_world(&call, &world));
            let Ok(pending) = pending else { return };
            let (loader, condition) = (loader.to_owned(), settling.condition.clone());
            let mut state = self.events.state();
            state.round_trips += 1;
            state.lane.ahead = Some(Ahead { loader, condition, frame, world, pending });
        };
        let followed = {
            tokio::pin!(following, asking);
            tokio::select! {
                biased;
                followed = &mut following => followed,
                () = asking => following.await,
            }
        };
        if followed.is_err() {
            // What the page looks like now is another question.
            self.events.state().lane.ahead = None;
        }
        followed
    }

    /// What the document that stands was asked ahead; `None` when that was nothing, or something else.
    pub(super) async fn asked_ahead(
        &self,
        condition: Option<&DomCondition>,
        deadline: Deadline,
    ) -> Result<Option<Taken>, BrowserError> {
        let ahead = {
            let mut state = self.events.state();
            let ahead = state.lane.ahead.take();
            ahead.filter(|ahead| ahead.loader == state.document.loader && ahead.condition.as_ref() == condition)
        };
        let Some(mut ahead) = ahead else { return Ok(None) };
        let hearing = ahead.pending.numbered::<InWorld<Settled>>(with_grace(deadline));
        let (_, reply) = self.until_lost(hearing).await?;
        match self.in_world_value(reply, (&ahead.frame, &ahead.world), deadline).await? {
            Some(settled) => self.whole_snapshot(settled, &ahead.frame, deadline).await.map(Some),
            None => Ok(None),
        }
    }
}
