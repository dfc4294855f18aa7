//! A page that keeps its step waiting is brought back beside it: the step has a deadline, and the next one waits.

use std::time::Duration;

use tokio::sync::watch;

use super::watched::Tracker;

/// How long a step stays with the page that kept it waiting. One of Chromium's that runs a script in a loop is free by
/// then, and one whose process was stopped is known to be.
const FIRST_AID: Duration = Duration::from_millis(750);

/// Whether a page is being brought back.
#[derive(Clone, Default)]
pub(super) struct Mending(watch::Sender<bool>);

/// Ends it, however the work does.
struct Ends(Mending);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.0.send_replace(false);
    }
}

impl<L> Tracker<L> {
    /// Brings a page back, unless somebody is at it already; given when that is done, or has taken longer than a step
    /// can wait.
    pub(in crate::browser) async fn mend(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.begin_mending(work);
        let _ = tokio::time::timeout(FIRST_AID, self.mended()).await;
    }

    /// The same beside whatever goes on; nothing once the run is at its end.
    pub(in crate::browser) fn begin_mending(&self, work: impl Future<Output = ()> + Send + 'static) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.mending.0.send_replace(true) {
            let ends = Ends(self.mending.clone());
            runtime.spawn(async move {
                work.await;
                drop(ends);
            });
        }
    }

    /// Waits until nobody is at it any more: the page answers, or is lost.
    pub(in crate::browser) async fn mended(&self) {
        // The sender lives as long as `self`.
        let _ = self.mending.0.subscribe().wait_for(|under_way| !under_way).await;
    }

    /// Whether the page did not answer, and it is open whether it will.
    pub(in crate::browser) fn is_mending(&self) -> bool {
        *self.mending.0.borrow()
    }
}
