//! The script's side of a step: hooks, polled closures and computed fields, handed to the thread that waits.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use rhai::{Dynamic, NativeCallContext};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::bridge::Jobs;
use super::effects::{self, Attending, Called, Echo};
use super::limit;
use super::live_value::LiveValue;
use super::output::ConsoleError;
use super::run::{Run, lock};
use super::value::{map_from_json, to_json};
use crate::browser::Deadline;
use crate::crawl::{CallSite, ClosureRef, CrawlError, Effects, Event, HookPoint, Host, LivePage, ReadJob};
use crate::page::ComputeId;

/// Hands work of a step to the script's thread.
pub struct ScriptHost {
    run: Arc<Run>,
    jobs: Jobs,
    site: Option<CallSite>,
    attending: Mutex<Option<Attending>>,
}

impl ScriptHost {
    /// A host whose jobs go to the thread behind `jobs`, which is the calling one, for the call of a builtin.
    #[must_use]
    pub fn new(run: Arc<Run>, jobs: Jobs, ctx: &NativeCallContext<'_>) -> Self {
        let site = run.crawler.is_listened_to().then(|| site(&run, ctx)).flatten();
        Self { run, jobs, site, attending: Mutex::default() }
    }

    /// Who listens to hooks and polled closures, and who to computed fields.
    fn echoes(&self) -> (Option<Arc<Echo>>, Option<Arc<Echo>>) {
        lock(&self.attending).as_ref().map(|to| (Arc::clone(&to.acting), Arc::clone(&to.reading))).unzip()
    }

    async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&NativeCallContext<'_>, &Arc<Run>) -> T + Send + 'static,
    ) -> Result<T, CrawlError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.send(Box::new(move |ctx, run| drop(reply.send(job(ctx, run)))));
        let gone = || CrawlError::new("crawl::interrupted", "the run was interrupted");
        sent.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}

#[async_trait]
impl Host for ScriptHost {
    fn has_hook(&self, point: HookPoint, session: &str) -> bool {
        self.run.hooks.any(point, session)
    }

    fn hooks_fingerprint(&self, session: &str) -> Option<String> {
        self.run.hooks.fingerprint(&self.run, session)
    }

    fn compute_fingerprint(&self, compute: ComputeId) -> Option<String> {
        self.run.closure(compute.0)?.fingerprint(&self.run)
    }

    async fn hook(&self, point: HookPoint, page: LivePage) -> Result<Option<String>, CrawlError> {
        let (echo, _) = self.echoes();
        self.ask(move |ctx, run| fire(ctx, run, point, (&page, echo.as_ref()))).await?
    }

    async fn poll(&self, closure: &ClosureRef, page: LivePage) -> Result<bool, CrawlError> {
        let (id, (echo, _)) = (closure.id, self.echoes());
        self.ask(move |ctx, run| {
            let closure = run.closure(id).ok_or_else(lost_closure)?;
            let value = in_turn(run, &page, (Called::Closure(id), echo.as_ref()), || {
                closure.call(ctx, vec![LiveValue(page.clone()).into_dynamic()])
            })?;
            Ok(truthy(&value))
        })
        .await?
    }

    async fn read(&self, job: ReadJob, deadline: Deadline) {
        let (_, echo) = self.echoes();
        let _ = self
            .ask(move |ctx, run| {
                let mut compute = |id: ComputeId, row: &Map<String, Value>| compute(ctx, run, id, row);
                let mut place = run.place();
                place.echoes.extend(echo.clone());
                let before = run.set_place(place);
                let work = || limit::within(deadline.instant(), || job(&mut compute));
                match echo {
                    Some(echo) => echo.around(run, Called::Fields, work),
                    None => work(),
                }
                run.set_place(before);
            })
            .await;
    }

    fn own_texts(&self) -> Vec<String> {
        let sources = self.run.sources.all().into_iter().map(|source| source.text().to_owned());
        let params = self.run.settings.params.values();
        let params = params.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let variables = std::env::vars_os().map(|(_, value)| value.to_string_lossy().into_owned());
        sources.chain(params).chain(variables).collect()
    }

    fn attend(&self, session: &str, closures: &[u64], quiet: bool) {
        *lock(&self.attending) = Some(Attending::begin(&self.run, session, closures, quiet));
    }

    fn attended(&self) -> Effects {
        let attending = lock(&self.attending).take();
        attending.map(|attending| attending.end(&self.run)).unwrap_or_default()
    }

    async fn repeat(&self, session: &str, closures: &[u64], did: &Value, reading: bool) -> Result<(), CrawlError> {
        let (session, closures, did) = (session.to_owned(), closures.to_owned(), did.clone());
        self.ask(move |_, run| match effects::repeat(run, (&session, &closures), &did, reading) {
            Ok(()) => Ok(()),
            Err(ConsoleError::BrokenPipe) => {
                run.end_quietly();
                Ok(())
            }
            Err(ConsoleError::Failed(reason)) => Err(CrawlError::new("crawl::output::write", reason)),
        })
        .await?
    }

    async fn may_send_again(&self, session: &str, sent: &[String]) -> bool {
        self.run.settings.console.may_send_again(session, sent).await
    }

    async fn pause(&self, message: &str) -> bool {
        self.run.settings.console.pause(message).await
    }

    fn event(&self, event: Event) {
        self.run.settings.console.event(&self.run.conceal_event(event));
    }

    fn call_site(&self) -> Option<CallSite> {
        self.site.clone()
    }
}

fn site(run: &Run, ctx: &NativeCallContext<'_>) -> Option<CallSite> {
    let script = run.sources.find(ctx.call_source())?;
    let offset = script.offset(ctx.call_position());
    Some(CallSite {
        source: script.source.name().to_owned(),
        line: offset.map(|offset| script.source.line_column(offset).line),
        thread: std::thread::current().id(),
    })
}

impl LiveValue {
    /// As a value of the script.
    pub fn into_dynamic(self) -> Dynamic {
        Dynamic::from(self)
    }
}

fn fire(
    ctx: &NativeCallContext<'_>,
    run: &Arc<Run>,
    point: HookPoint,
    (page, echo): (&LivePage, Option<&Arc<Echo>>),
) -> Result<Option<String>, CrawlError> {
    let mut answer = None;
    for (number, hook) in run.hooks.at(point, &page.session) {
        let live = LiveValue(page.clone()).into_dynamic();
        let value = in_turn(run, page, (Called::Hook(number), echo), || hook.closure.call(ctx, vec![live]))?;
        if let Ok(text) = value.into_immutable_string() {
            answer = Some(text.to_string());
        }
    }
    Ok(answer)
}

/// Runs a closure as part of the step's turn: a `crawl` in it is a nested step of the same session.
fn in_turn<T>(
    run: &Arc<Run>,
    page: &LivePage,
    (called, echo): (Called, Option<&Arc<Echo>>),
    work: impl FnOnce() -> T,
) -> T {
    let mut place = run.place().in_session(page.session.clone());
    place.echoes.extend(echo.cloned());
    place.branch = place.branch.within(&page.turn);
    let before = run.set_place(place);
    let work = || limit::within(page.turn.deadline().instant(), work);
    let value = match echo {
        Some(echo) => echo.around(run, called, work),
        None => work(),
    };
    run.set_place(before);
    value
}

/// Runs a computed field for a row.
pub fn compute(
    ctx: &NativeCallContext<'_>,
    run: &Arc<Run>,
    id: ComputeId,
    row: &Map<String, Value>,
) -> Result<Value, CrawlError> {
    let closure = run.closure(id.0).ok_or_else(lost_closure)?;
    let value = closure.call(ctx, vec![Dynamic::from_map(map_from_json(row))])?;
    to_json(&value, &run.order).map_err(|message| CrawlError::new("crawl::argument::type", message))
}

/// Whether a value counts as true.
#[must_use]
pub fn truthy(value: &Dynamic) -> bool {
    if value.is_unit() {
        return false;
    }
    if let Ok(flag) = value.as_bool() {
        return flag;
    }
    if let Ok(number) = value.as_int() {
        return number != 0;
    }
    value.read_lock::<rhai::ImmutableString>().is_none_or(|text| !text.is_empty())
}

fn lost_closure() -> CrawlError {
    CrawlError::new("crawl::internal", "a closure of the step is gone")
}
