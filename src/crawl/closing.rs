//! Closing sessions: the step under way ends, hooks run, the identity is gone.

use std::sync::Arc;
use std::time::Duration;

use super::crawler::Core;
use super::journal::{Call, Decision, Finished, KeyContext, Outcome, Place, SessionKey, StepKeys, close_keys};
use super::session::Session;
use super::stage::Stage;
use super::{ActValue, Branch, CrawlError, Effects, Event, HookPoint, Host, Turn, Verb};
use crate::browser::Deadline;

/// How long the bodies of answers may take that were over when their session is closed.
const SETTLE: Duration = Duration::from_secs(2);

/// Closes the session of that id, a step of the journal.
pub(super) async fn close(core: &Core, branch: &Branch, id: &str, host: &dyn Host) -> Result<(), CrawlError> {
    let row = core.table.remove(id)?;
    let context = KeyContext {
        options: Some(&row.options),
        hooks: host.hooks_fingerprint(id),
        hook_rewrites: false,
        defaults: Some((&core.config.launch, core.config.timeout)),
        compute: &|_| None,
        conceal: &|text| core.conceal(text),
        recorded: core.is_recorded(),
    };
    let keys = close_keys(&context);
    let place = Place { branch: branch.path().clone(), session: SessionKey::Named(id.to_owned()) };
    let (ticket, decision) = core.journal.begin(place, Verb::Close, &keys);
    if let Decision::Unknown(unknown) = &decision {
        return Err(unknown.error(id, Verb::Close, id));
    }
    let deadline = Deadline::after(limit(core, &row));
    if core.journal.keeps() {
        host.attend(id, &[], false);
    }
    let (had_page, result) = end(core, branch, &row, host).await;
    let Effects { did, lost } = host.attended();
    // Hooks have a page to run on, or an answer to be had from.
    let (did, repeated) = match &decision {
        Decision::Reuse(entry) | Decision::Reread(entry) if !had_page => match &entry.effects {
            Some(did) => (Some(did.clone()), host.repeat(id, &[], did, true).await),
            None => (None, Ok(())),
        },
        _ => (did, Ok(())),
    };
    let keys = StepKeys { act: keys.act.filter(|_| !lost), ..keys };
    let finished = Finished {
        keys,
        base: None,
        outcome: match &result {
            Ok(()) => Outcome::Value(ActValue::Done),
            Err(error) => Outcome::failed(error),
        },
        call: Call::Close,
        before: None,
        after: None,
        sent: Vec::new(),
        effects: did,
        acts: true,
        session: id.to_owned(),
        what: id.to_owned(),
        text: Some(format!("close({})", super::words::quoted(id))),
        elapsed: deadline.elapsed(),
    };
    match decision {
        Decision::Reuse(entry) | Decision::Reread(entry) => core.journal.record_reused(&ticket, &entry, finished),
        Decision::Live(_) | Decision::Unknown(_) => core.journal.record(&ticket, finished),
    }
    result.and(repeated)
}

/// Closes a fresh identity after its step; a hook's error is told, for the step has its own result.
pub(super) async fn close_fresh(core: &Core, branch: &Branch, row: &Arc<Session>, host: &dyn Host) {
    core.table.forget(row);
    if let Err(error) = end(core, branch, row, host).await.1 {
        warn(host, row, &error);
    }
}

/// Closes everything, those of earlier runs included.
pub(super) async fn close_all(core: &Core, host: &dyn Host) {
    let rows = core.table.remove_all();
    let root = Branch::root();
    let ends = rows.iter().map(|row| async {
        if let Err(error) = end(core, &root, row, host).await.1 {
            warn(host, row, &error);
        }
    });
    futures_util::future::join_all(ends).await;
    close_retired(core).await;
}

/// Closes the tabs that no session holds any more.
pub(super) async fn close_retired(core: &Core) {
    for tab in core.table.take_retired() {
        // A tab that cannot be closed is gone already.
        let _ = tab.close().await;
    }
}

/// How long the hooks of a session may take that closes.
fn limit(core: &Core, row: &Session) -> Duration {
    row.options.timeout.unwrap_or(core.config.timeout)
}

/// Whether it had a page that hooks could run on, and what came of them.
async fn end(core: &Core, branch: &Branch, row: &Arc<Session>, host: &dyn Host) -> (bool, Result<(), CrawlError>) {
    row.mark_closed();
    let _permit = row.enter_to_close(branch).await;
    let Some(tab) = row.tab() else { return (false, Ok(())) };
    let turn = Turn::new(&row.id, Deadline::after(limit(core, row)), branch.turn());
    let stage = Stage::new(core, row, host, turn);
    let hooked = {
        let _parting = core.table.part(row);
        stage.hook(HookPoint::Close).await
    };
    {
        let mut state = row.state();
        state.tab = None;
        state.openers.clear();
    }
    tab.last_words(Deadline::after(SETTLE)).await;
    // A tab that cannot be closed is gone already.
    let _ = tab.close().await;
    (true, hooked.map(|_| ()))
}

/// Lets go of the tabs of all sessions, without a word to their hooks, once whoever hears of their requests was told of
/// all: the run is over, and its browsers are about to end.
pub(super) async fn hang_up(core: &Core) {
    let of_sessions = core.table.remove_all().into_iter().filter_map(|row| row.state().tab.take());
    let tabs: Vec<_> = of_sessions.chain(core.table.take_retired()).collect();
    futures_util::future::join_all(tabs.iter().map(|tab| tab.last_words(Deadline::after(SETTLE)))).await;
}

fn warn(host: &dyn Host, row: &Session, error: &CrawlError) {
    let message = format!("a hook failed while the session was closed: {error}");
    host.event(Event::Warning { step: None, session: Some(row.id.clone()), message });
}
