//! From the script's thread to the runtime and back: waits for a future, runs the script's closures meanwhile.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::FutureExt;
use rhai::{Dynamic, EvalAltResult, NativeCallContext};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

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
    /// Waits for a step's future on the script's thread, and performs it there too: what it waits for happens on other
    /// threads, but none has to be woken between its parts. Once it needs a closure of the script, which runs on this
    /// thread so that it may wait for steps itself, the rest of the future goes on beside it, so that its deadlines pass.
    /// The run's end drops the future, and so does the end of the time that the closure has in which this is called.
    pub fn wait<T, F>(
        self: &Arc<Self>,
        ctx: &NativeCallContext<'_>,
        work: impl FnOnce(Arc<ScriptHost>) -> F,
    ) -> Result<T, Box<EvalAltResult>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CrawlError>> + Send + 'static,
    {
        let (jobs, mut inbox) = unbounded_channel();
        let host = Arc::new(ScriptHost::new(Arc::clone(self), jobs, ctx));
        // What ends with the future may have to tell the runtime so.
        let _inside = self.runtime.enter();
        let mut step = Step::Here(Box::pin(AssertUnwindSafe(work(host)).catch_unwind()));
        loop {
            match self.runtime.block_on(self.next(&mut step, &mut inbox, limit::at())) {
                Next::Job(job) => {
                    step = step.beside(&self.runtime);
                    job(ctx, self);
                }
                Next::Done(Some(Ok(value))) => return Ok(value),
                Next::Done(Some(Err(error))) => return Err(raise(ctx, error)),
                Next::Done(None) => {
                    let error = CrawlError::new("crawl::internal", "a step stopped unexpectedly");
                    return Err(raise(ctx, error.help("this is a bug of crawl: please report it")));
                }
                Next::Cancelled => {
                    // What is left of the step must not reach into the next run.
                    if let Step::Beside(task) = step {
                        task.abort();
                        let _ = self.runtime.block_on(task);
                    }
                    return Err(Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, ctx.call_position())));
                }
            }
        }
    }

    async fn next<T: Send + 'static>(
        &self,
        step: &mut Step<T>,
        inbox: &mut UnboundedReceiver<Job>,
        limit: Option<Instant>,
    ) -> Next<Option<T>> {
        // Once the step has sent what it has to send, there is time to clear up.
        let step = poll_fn(|context| {
            let polled = Pin::new(&mut *step).poll(context);
            if polled.is_pending() {
                self.clear_outgoing();
            }
            polled
        });
        tokio::select! {
            biased;
            () = self.settings.cancel.wait() => Next::Cancelled,
            () = until(limit) => Next::Cancelled,
            Some(job) = inbox.recv() => Next::Job(job),
            done = step => Next::Done(done),
        }
    }
}

/// A step's future, guarded against its panics.
type Guarded<T> = Pin<Box<dyn Future<Output = Result<T, Box<dyn Any + Send>>> + Send>>;

/// Where a step's future is performed. Comes to `None` when it panicked.
enum Step<T> {
    /// On the thread that waits for it.
    Here(Guarded<T>),
    /// On the runtime's threads.
    Beside(JoinHandle<Result<T, Box<dyn Any + Send>>>),
}

impl<T: Send + 'static> Step<T> {
    fn beside(self, runtime: &Handle) -> Self {
        match self {
            Self::Here(future) => Self::Beside(runtime.spawn(future)),
            beside @ Self::Beside(_) => beside,
        }
    }
}

impl<T: Send + 'static> Future for Step<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        match self.get_mut() {
            Self::Here(future) => future.as_mut().poll(context).map(Result::ok),
            Self::Beside(task) => Pin::new(task).poll(context).map(|done| done.ok().and_then(Result::ok)),
        }
    }
}
