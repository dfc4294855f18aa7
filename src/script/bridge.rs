//! From the script's thread to the runtime and back: waits for a future, runs the script's closures meanwhile.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use rhai::{Dynamic, EvalAltResult, NativeCallContext};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::failure::raise;
use super::host::ScriptHost;
use super::limit;
use super::run::Run;
use crate::crawl::CrawlError;

/// Waits for that moment, for ever where there is none.
async fn until(limit: Option<Instant>) {
    match limit {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Work for the waiting thread: a hook, a polled closure, an extraction with computed fields.
pub type Job = Box<dyn FnOnce(&NativeCallContext<'_>, &Arc<Run>) + Send>;

/// The way for a step to hand work to the thread that waits for it.
pub type Jobs = UnboundedSender<Job>;

enum Next<T> {
    Done(T),
    Job(Job),
    Cancelled,
}

impl Run {
    /// Performs a step's future on the script's thread: what it waits for happens on others, but no thread has to be
    /// woken between its parts. Closures that the step needs run on this thread too, so that they may wait for steps
    /// themselves. The run's end drops the future, and so does the end of the time that the closure has in which this is
    /// called.
    pub fn wait<T, F>(
        self: &Arc<Self>,
        ctx: &NativeCallContext<'_>,
        work: impl FnOnce(Arc<ScriptHost>) -> F,
    ) -> Result<T, Box<EvalAltResult>>
    where
        F: Future<Output = Result<T, CrawlError>>,
    {
        let (jobs, mut inbox) = unbounded_channel();
        let host = Arc::new(ScriptHost::new(Arc::clone(self), jobs));
        // What ends with the future may have to tell the runtime so.
        let _inside = self.runtime.enter();
        let mut step = Box::pin(AssertUnwindSafe(work(host)).catch_unwind());
        loop {
            match self.runtime.block_on(self.next(&mut step, &mut inbox, limit::at())) {
                Next::Job(job) => job(ctx, self),
                Next::Done(Ok(Ok(value))) => return Ok(value),
                Next::Done(Ok(Err(error))) => return Err(raise(ctx, error)),
                Next::Done(Err(_)) => {
                    let error = CrawlError::new("crawl::internal", "a step stopped unexpectedly");
                    return Err(raise(ctx, error.help("this is a bug of crawl: please report it")));
                }
                Next::Cancelled => {
                    return Err(Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, ctx.call_position())));
                }
            }
        }
    }

    async fn next<R>(
        &self,
        step: &mut (impl Future<Output = R> + Unpin),
        inbox: &mut UnboundedReceiver<Job>,
        limit: Option<Instant>,
    ) -> Next<R> {
        tokio::select! {
            biased;
            () = self.settings.cancel.wait() => Next::Cancelled,
            () = until(limit) => Next::Cancelled,
            Some(job) = inbox.recv() => Next::Job(job),
            done = step => Next::Done(done),
        }
    }
}
