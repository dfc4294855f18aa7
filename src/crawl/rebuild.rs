//! Bringing a session back to where a step of an earlier run stood: its identity as it was before its last navigation,
//! then its acts from there on.

use std::sync::Arc;

use super::crawler::Core;
use super::journal::{Before, Call, Entry, Stand};
use super::session::{Known, Session};
use super::stage::Stage;
use super::task::{Task, closures_of, tries};
use super::words::counted;
use super::{ActRequest, CrawlError, CrawlRequest, Event, Host, Turn};
use crate::browser::Deadline;

/// The code of a rebuilding that was called off, so that nothing is sent again.
const REFUSED: &str = "crawl::journal::unsafe_replay";

/// How a session is rebuilt.
pub(super) struct Plan<'a> {
    before: Option<&'a Before>,
    again: &'a [Arc<Entry>],
    stand: Stand,
    /// The first step that is done then, as the recalled run counted it.
    first: Option<u64>,
}

/// The shortest way to stand right after `done`: `next` is the step that comes then, `old` what stood in its place.
pub(super) fn plan<'a>(done: &'a [Arc<Entry>], old: Option<&'a Entry>, next: Option<&CrawlRequest>) -> Plan<'a> {
    let stand = done.last().map_or(Stand::Untouched, |entry| Stand::After(entry.stamp));
    let leaves = next.is_some_and(|request| !request.js_only && absolute(request.url.as_deref()));
    // A step that leaves the page needs no more than the identity that the old step left it with.
    if let Some(before) = old.and_then(|entry| entry.before.as_ref()).filter(|_| leaves) {
        return Plan { before: Some(before), again: &[], stand, first: old.and_then(|entry| entry.origin) };
    }
    if let Some(after) = done.last().and_then(|entry| entry.after.as_ref()).filter(|_| leaves) {
        return Plan { before: Some(after), again: &[], stand, first: old.and_then(|entry| entry.origin) };
    }
    let from = done.iter().rposition(|entry| entry.restarts()).unwrap_or(0);
    let before = done.get(from).and_then(|entry| entry.before.as_ref());
    let again = &done[from.min(done.len())..];
    Plan { before, again, stand, first: again.first().map(AsRef::as_ref).or(old).and_then(|entry| entry.origin) }
}

/// Whether an address means the same on every page.
pub(super) fn absolute(url: Option<&str>) -> bool {
    url.is_some_and(|url| ["http://", "https://", "file:", "raw:"].iter().any(|scheme| url.starts_with(scheme)))
}

impl Plan<'_> {
    /// What would be sent again.
    pub fn sends(&self) -> Vec<String> {
        self.again.iter().flat_map(|entry| entry.sent.iter().cloned()).collect()
    }
}

/// Rebuilds the session, and notes why.
pub(super) async fn run(core: &Core, row: &Arc<Session>, host: &dyn Host, plan: Plan<'_>) -> Result<(), CrawlError> {
    if let (Some(network), Some(first)) = (&core.config.network, plan.first) {
        network.stands_before(&row.id, first);
    }
    // Hooks and closures said their say when the steps were answered.
    let closures: Vec<u64> = plan.again.iter().flat_map(|entry| closures_of(&entry.call)).collect();
    host.attend(&row.id, &closures, true);
    let repeated = again(core, row, host, &plan).await;
    host.attended();
    repeated?;
    if let Some(tab) = row.tab() {
        // What was sent on the way belongs to the steps that were repeated, not to the next one.
        drop(tab.sent());
    }
    if let Some(message) = strayed(row, &plan) {
        host.event(Event::Warning { step: None, session: Some(row.id.clone()), message });
    }
    row.state().stands = plan.stand;
    core.journal.note_rebuilt(reason(row, &plan));
    Ok(())
}

async fn again(core: &Core, row: &Arc<Session>, host: &dyn Host, plan: &Plan<'_>) -> Result<(), CrawlError> {
    restore(core, row, host, plan.before).await?;
    for entry in plan.again {
        repeat(core, row, host, entry).await?;
    }
    Ok(())
}

/// Steps done again may lead elsewhere: a site goes on, and a failed step that came between is not done again.
fn strayed(row: &Session, plan: &Plan<'_>) -> Option<String> {
    let wanted = plan.again.last()?.base.as_ref()?.url().to_owned();
    let now = row.page_url()?;
    (now != wanted).then(|| format!("session `{}` was at `{wanted}`, and its steps done again led to `{now}`", row.id))
}

fn reason(row: &Session, plan: &Plan<'_>) -> String {
    let (id, sent) = (&row.id, plan.sends().len());
    let mut words = match plan.again {
        [] if plan.before.is_none() => format!("`{id}` begins anew: its tab had gone on"),
        [] => format!("`{id}` was given its identity of that moment back: its tab had gone on"),
        steps => {
            let count = counted(steps.len() as u64, "step");
            format!("`{id}` repeated {count} from its last navigation on: its tab had gone on")
        }
    };
    if sent > 0 {
        words.push_str(&format!(
            "; {} that may change something {} sent again",
            counted(sent as u64, "request"),
            if sent == 1 { "was" } else { "were" }
        ));
    }
    words
}

/// The error of a step that would send data again.
pub(super) fn refused(row: &Session, sent: &[String]) -> CrawlError {
    let id = &row.id;
    let mut error = CrawlError::new(
        REFUSED,
        format!("session `{id}` cannot go on from here without sending data to the site again"),
    )
    .help("allow it with `--replay-unsafe`, or leave the steps before this one as they were");
    error.notes.extend(sent.iter().take(5).map(|request| format!("it would send `{request}`")));
    if sent.len() > 5 {
        error.notes.push(format!("and {}", counted(sent.len() as u64 - 5, "more request")));
    }
    error
}

/// A new tab with the identity as it was.
async fn restore(core: &Core, row: &Arc<Session>, host: &dyn Host, before: Option<&Before>) -> Result<(), CrawlError> {
    let old = {
        let mut state = row.state();
        state.openers.clear();
        state.tab.take()
    };
    if let Some(tab) = old {
        // A tab that cannot be closed is gone already.
        let _ = tab.close().await;
    }
    {
        let mut state = row.state();
        state.owed = None;
        state.stands = Stand::Untouched;
        state.known = Known::default();
    }
    let Some(before) = before else { return Ok(()) };
    let stage = quiet_stage(core, row, host, core.config.timeout);
    let mut identity = row.options.identity.clone();
    identity.cookies.clone_from(&before.cookies);
    identity.storage.clone_from(&before.storage);
    stage.open(&identity).await?;
    Ok(())
}

/// Performs an entry's step again, hooks included; what it reads is known already.
async fn repeat(core: &Core, row: &Arc<Session>, host: &dyn Host, entry: &Entry) -> Result<(), CrawlError> {
    let (task, timeout) = match &entry.call {
        Call::Close | Call::Recalled => return Ok(()),
        Call::Act(request) => (Task::Act(ActRequest::clone(request)), request.timeout),
        Call::Crawl(request) => {
            let request = CrawlRequest { reading: super::Reading::default(), ..CrawlRequest::clone(request) };
            let timeout = request.timeout;
            (Task::Crawl(request), timeout)
        }
    };
    let stage = quiet_stage(core, row, host, timeout);
    tries(&stage, &task)
        .await
        .map(|_| ())
        .map_err(|error| error.note(format!("while session `{}` was rebuilt to go on from an earlier run", row.id)))
}

/// A stage for what was done before, done once more.
pub(super) fn quiet_stage<'a>(
    core: &'a Core,
    row: &'a Arc<Session>,
    host: &'a dyn Host,
    timeout: std::time::Duration,
) -> Stage<'a> {
    Stage::new(core, row, host, Turn::new(&row.id, Deadline::after(timeout), None))
}
