//! Ctrl-C, SIGTERM and SIGHUP.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::diag::Exit;
use crate::script::Cancel;

/// Signals that come within it are one wish.
const TOGETHER: Duration = Duration::from_millis(200);

/// The signals that end us. From here on none is missed, also while one is answered.
pub struct Signals(Vec<(SignalKind, Signal)>);

impl Signals {
    /// Takes them over at once: a line editor has its own way with SIGINT while it reads, and afterwards puts back what it
    /// found there.
    pub fn new(runtime: &Handle) -> Self {
        let _entered = runtime.enter();
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        Self(kinds.into_iter().filter_map(|kind| Some((kind, signal(kind).ok()?))).collect())
    }

    /// Waits for the next one; whether it was Ctrl-C.
    pub async fn next(&mut self) -> bool {
        let waits = self.0.iter_mut().map(|(kind, stream)| {
            Box::pin(async move {
                stream.recv().await;
                *kind == SignalKind::interrupt()
            })
        });
        futures_util::future::select_all(waits).await.0
    }

    /// Leaves out what comes together with the last one: a service manager sends SIGHUP right after SIGTERM and means one
    /// end. Who presses Ctrl-C again means another.
    pub async fn pass_by(&mut self) {
        tokio::time::sleep(TOGETHER).await;
        for (kind, stream) in &mut self.0 {
            if *kind != SignalKind::interrupt() {
                let _ = stream.recv().now_or_never();
            }
        }
    }
}

/// Ends the process at once: reapers see to what it has started and laid down.
pub fn exit() -> ! {
    std::process::exit(Exit::Interrupted as i32)
}

/// The first signal ends the run in order (records are kept), by `cancel`; the second ends the process at once, its
/// browsers with it: their reaper sees to that.
pub fn watch(runtime: &Handle, cancel: Cancel) {
    let mut signals = Signals::new(runtime);
    runtime.spawn(async move {
        signals.next().await;
        cancel.cancel();
        signals.pass_by().await;
        signals.next().await;
        exit();
    });
}

/// Does something every time that a shell lets the stopped process go on.
pub fn on_continue(runtime: &Handle, resume: impl Fn() + Send + 'static) {
    let _entered = runtime.enter();
    let Ok(mut continued) = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw())) else { return };
    runtime.spawn(async move {
        while continued.recv().await.is_some() {
            resume();
        }
    });
}
