//! One turn of a session: wait for it, ask the journal, perform the step, record what it came to.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::called_off::Running;
use super::crawler::Core;
use super::journal::{
    Before, Call, Decision, Entry, Finished, KeyContext, Outcome, Place, Resume, Stand, StepKeys, Ticket, act_keys,
    crawl_keys,
};
use super::listener::{Left, Told};
use super::session::Session;
use super::stage::Stage;
use super::task::{Task, Yield};
use super::{
    Act, ActRequest, Branch, CrawlError, Effects, Event, HookPoint, Host, Page, StepCost, Turn, Verb, ensure, parted,
    rebuild,
};
use crate::browser::{Deadline, Tab};

/// Who asks for a step.
pub(super) struct Caller<'a> {
    pub branch: &'a Branch,
    pub place: Place,
    pub host: &'a dyn Host,
}

/// A step on its way through its turn.
pub(super) struct Passage<'a> {
    pub(super) core: &'a Core,
    pub(super) row: &'a Arc<Session>,
    pub(super) branch: &'a Branch,
    pub(super) host: &'a dyn Host,
    pub(super) task: Task,
    pub(super) keys: StepKeys,
    /// How long the turn was waited for.
    pub(super) queued: Duration,
}

/// A step that waits for the answer whether it may send something again.
struct Asked<'p, 'a> {
    passage: &'p Passage<'a>,
    ticket: &'p Ticket,
    first: bool,
    allowed: bool,
}

impl Drop for Asked<'_, '_> {
    fn drop(&mut self) {
        if !self.allowed {
            self.passage.core.journal.refuse(self.ticket, self.first);
        }
    }
}

/// Takes a turn of the session for the task.
pub(super) async fn take(core: &Core, row: &Arc<Session>, caller: Caller<'_>, task: Task) -> Result<Yield, CrawlError> {
    let Caller { branch, place, host } = caller;
    let nested = branch.holds(&row.id);
    let asked = std::time::Instant::now();
    let _permit = row.enter(branch).await?;
    let queued = asked.elapsed();
    let keys = if core.journal.keeps() && !nested { keys(core, row, &task, host) } else { StepKeys::default() };
    let passage = Passage { core, row, branch, host, task, keys, queued };
    row.state().steps += 1;
    if nested {
        let ticket = core.journal.begin_nested(place, passage.task.verb());
        return passage.live(&ticket).await;
    }
    let (ticket, decision) = core.journal.begin(place, passage.task.verb(), &passage.keys);
    match decision {
        Decision::Reuse(entry) => passage.reuse(&ticket, &entry).await,
        Decision::Reread(entry) => passage.reread(&ticket, &entry).await,
        Decision::Live(resume) => {
            let first = matches!(resume, Resume::After { .. });
            let sent = core.journal.sent_before(&ticket, &passage.keys);
            passage.may_send(&ticket, first, &sent).await?;
            if let Resume::After { done, old } = resume {
                passage.stand(&ticket, &done, old.as_deref()).await?;
            }
            passage.live(&ticket).await
        }
        Decision::Unknown(unknown) => {
            let error = unknown.error(&row.id, passage.task.verb(), &passage.what());
            Err(passage.place_error(&ticket, error, Duration::ZERO))
        }
    }
}

fn keys(core: &Core, row: &Session, task: &Task, host: &dyn Host) -> StepKeys {
    let context = KeyContext {
        options: (!row.fresh).then_some(&row.options),
        hooks: host.hooks_fingerprint(&row.id),
        hook_rewrites: host.has_hook(HookPoint::BeforeReturnHtml, &row.id),
        defaults: Some((&core.config.launch, core.config.timeout)),
        compute: &|id| host.compute_fingerprint(id),
        conceal: &|text| core.conceal(text),
        recorded: core.is_recorded(),
    };
    match task {
        Task::Crawl(request) => crawl_keys(request, &context),
        Task::Act(request) => act_keys(request, &context),
    }
}

impl Passage<'_> {
    /// Asks before something is sent again that may change something on a server. A step that is called off by the
    /// answer, or while it waits for one, has touched nothing.
    async fn may_send(&self, ticket: &Ticket, first: bool, sent: &[String]) -> Result<(), CrawlError> {
        // A recording may be asked as often as one likes.
        let recorded = self.core.config.network.as_ref().is_some_and(|network| network.stands_for_sites());
        if sent.is_empty() || recorded {
            return Ok(());
        }
        let mut asked = Asked { passage: self, ticket, first, allowed: false };
        asked.allowed = self.host.may_send_again(&self.row.id, sent).await;
        match asked.allowed {
            true => Ok(()),
            false => Err(self.place_error(ticket, rebuild::refused(self.row, sent), Duration::ZERO)),
        }
    }

    /// Brings the session to where the step begins, when the journal answered for its earlier steps.
    async fn stand(&self, ticket: &Ticket, done: &[Arc<Entry>], old: Option<&Entry>) -> Result<(), CrawlError> {
        let done: Vec<Arc<Entry>> = done.iter().flat_map(Entry::with_asides).collect();
        let closed_at = done.iter().rposition(|entry| entry.closes()).map_or(0, |last| last + 1);
        let done = &done[closed_at..];
        let wanted = done.last().map_or(Stand::Untouched, |entry| Stand::After(entry.stamp));
        let stands = self.row.state().stands;
        let alive = self.row.tab().is_none_or(|tab| tab.alive());
        if stands == wanted && (alive || matches!(wanted, Stand::Untouched)) {
            return Ok(());
        }
        let next = match &self.task {
            Task::Crawl(request) => Some(request),
            Task::Act(_) => None,
        };
        let plan = rebuild::plan(done, old, next);
        self.may_send(ticket, true, &plan.sends()).await?;
        let result = rebuild::run(self.core, self.row, self.host, plan).await;
        result.map_err(|error| self.place_error(ticket, error, Duration::ZERO))
    }

    /// Performs the step now.
    async fn live(&self, ticket: &Ticket) -> Result<Yield, CrawlError> {
        let what = self.what();
        let (session, verb) = (self.row.id.clone(), self.task.verb().name().to_owned());
        self.host.event(Event::StepStarted { step: ticket.seq, session, verb, what });
        let before = self.row.tab();
        let trips = before.as_ref().map_or(0, |tab| tab.round_trips());
        if let (Some(tab), Some(_), Task::Act(_)) = (&before, &self.core.config.listener, &self.task)
            && !ticket.nested
        {
            tab.keep_requests(true);
        }
        let attends = self.core.journal.keeps() && !ticket.nested;
        if attends {
            self.host.attend(&self.row.id, &self.task.closures(), false);
        }
        let running = Running::begin(self.row);
        let (first, mut second) = (self.stage(ticket), None);
        parted::tell(&first);
        let result = tokio::select! {
            biased;
            () = self.row.ends(ticket.nested) => Err(self.row.closed_error()),
            result = ensure::performed(&first, || second.insert(self.stage(ticket)), &self.task) => result,
        };
        running.end();
        let stage = second.unwrap_or(first);
        let parted = parted::tell(&stage);
        let result = match result {
            Ok(given) => Ok(given),
            Err(error) if parted => Err(self.failed(&stage, ticket, parted::lost(error)).await),
            Err(error) => Err(self.failed(&stage, ticket, error).await),
        };
        // An armed answer holds for one step.
        if let Some(tab) = self.row.tab().filter(|_| !ticket.nested && !self.task.arms_dialogs()) {
            tab.answer_dialogs(None);
        }
        // A tab that took another's place counts from its beginning.
        let same = |tab: &Arc<dyn Tab>| before.as_ref().is_some_and(|before| Arc::ptr_eq(before, tab));
        let made = |tab: Arc<dyn Tab>| tab.round_trips() - if same(&tab) { trips } else { 0 };
        stage.note_round_trips(self.row.tab().map_or(0, made));
        let effects = if attends { self.host.attended() } else { Effects::default() };
        let sent = self.sent(&stage, ticket, before.as_ref(), result.is_ok()).await;
        let left = self.settle(&stage, ticket, &result, (sent, effects));
        if let (Some(listener), Some(left)) = (&self.core.config.listener, left) {
            self.told(ticket, &result).tell(listener.as_ref(), left).await;
        }
        result
    }

    /// What the step sent, and the identity after it where another process may have to go on from there. What a nested
    /// step sent belongs to the step around it, which is what would be repeated.
    async fn sent(
        &self,
        stage: &Stage<'_>,
        ticket: &Ticket,
        before: Option<&Arc<dyn Tab>>,
        ok: bool,
    ) -> (Vec<String>, Option<Before>) {
        let Some(tab) = self.row.tab().filter(|_| !ticket.nested) else { return (Vec::new(), None) };
        // A pop-up that closed itself sent something too.
        let left = before.filter(|before| !Arc::ptr_eq(before, &tab));
        let sent: Vec<String> = left.into_iter().chain([&tab]).flat_map(|tab| tab.sent()).collect();
        let has_sent = {
            let mut state = self.row.state();
            state.has_sent = !sent.is_empty() || (state.has_sent && !stage.has_navigated());
            state.has_sent
        };
        let kept = ok && has_sent && !self.row.fresh && self.core.config.archive.is_some();
        let after = if kept { stage.identity_now(tab.as_ref()).await } else { None };
        (sent, after)
    }

    /// What the step is about, in a few words without secrets.
    fn what(&self) -> String {
        self.task.what(&self.core.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn told<'t>(&'t self, ticket: &'t Ticket, result: &Result<Yield, CrawlError>) -> Told<'t> {
        Told {
            row: self.row,
            ticket,
            what: self.what(),
            text: self.task.text(),
            site: self.host.call_site(),
            outcome: outcome(result, Yield::outcome),
            error: result.as_ref().err().cloned(),
        }
    }

    fn stage(&self, ticket: &Ticket) -> Stage<'_> {
        let timeout = self.task.timeout();
        let left = self.branch.turn().filter(|_| ticket.nested).map_or(timeout, |turn| turn.deadline().left());
        let turn = Turn::new(&self.row.id, Deadline::after(timeout.min(left)), self.branch.turn());
        let mut stage = Stage::new(self.core, self.row, self.host, turn);
        stage.nested = ticket.nested;
        stage.seq = ticket.seq;
        stage.note_queue(self.queued);
        stage
    }

    async fn failed(&self, stage: &Stage<'_>, ticket: &Ticket, error: CrawlError) -> CrawlError {
        let mut error = self.place_error(ticket, error, stage.deadline().elapsed());
        // A page may have had the first word in it.
        self.core.named_files.note(&error.message);
        if let Some(tab) = self.row.tab().filter(|_| stage.deadline().passed() && error.page.is_none()) {
            // A hook may have left a script running; the next step's navigation would wait for its end.
            tab.free().await;
        }
        if stage.has_hook(HookPoint::Error) {
            let turn = Turn::new(&self.row.id, Deadline::after(self.core.config.timeout), self.branch.turn());
            let mut page = stage.live_page(Some(error.clone()));
            page.turn = turn.clone();
            let run = self.host.hook(HookPoint::Error, page);
            match tokio::time::timeout_at(turn.deadline().instant().into(), run).await {
                Ok(Ok(_)) => {}
                Ok(Err(hook)) => error.notes.push(format!("the hook `on_error` failed too: {hook}")),
                Err(_) => error.notes.push("the hook `on_error` did not return in time".to_owned()),
            }
        }
        error
    }

    pub(super) fn place_error(&self, ticket: &Ticket, mut error: CrawlError, elapsed: Duration) -> CrawlError {
        error.session.get_or_insert_with(|| self.row.id.clone());
        error.step.get_or_insert(ticket.seq);
        error.elapsed.get_or_insert(elapsed);
        // A session that was closed is nowhere, however far its tab is gone by now.
        if error.url.is_none() && error.code != "crawl::session::closed" {
            error.url = error.page.as_ref().map(|page| page.url().to_owned()).or_else(|| self.row.page_url());
        }
        error
    }

    /// Records what the step came to; what a listener wants to know of it.
    fn settle(
        &self,
        stage: &Stage<'_>,
        ticket: &Ticket,
        result: &Result<Yield, CrawlError>,
        ((sent, after), effects): ((Vec<String>, Option<Before>), Effects),
    ) -> Option<Left> {
        let trace = stage.take_trace();
        let acted = result.is_ok() || trace.base.is_some();
        if acted && !ticket.nested {
            self.row.state().stands = Stand::After(ticket.stamp);
        }
        match &trace.base {
            Some(page) => self.row.note_page(page.url(), page.title()),
            None => self.note_address(),
        }
        if self.core.journal.holds() {
            let given = match result {
                Ok(given) => given.page(),
                Err(error) => error.page.as_ref(),
            };
            trace.base.as_ref().into_iter().chain(given).for_each(|page| self.core.shelf.keep(&page.content));
        }
        let call = if self.core.journal.holds() { self.task.call(trace.base.as_deref()) } else { Call::Close };
        let elapsed = stage.deadline().elapsed();
        let left = self.core.config.listener.as_ref().map(|_| Left {
            base: trace.base.clone(),
            cost: trace.cost.clone(),
            call: self.task.call(trace.base.as_deref()),
            elapsed,
        });
        let mut finished = self.finished(call, outcome(result, Yield::outcome), elapsed);
        finished.base = trace.base;
        finished.before = trace.before;
        (finished.sent, finished.after, finished.effects) = (sent, after, effects.did);
        if effects.lost {
            finished.keys.act = None;
        }
        // Nobody else asks, and a plain run's step has no time for it.
        finished.acts = self.core.journal.keeps() && self.acts(ticket, &finished);
        if let Some(tab) = self.row.tab().filter(|_| !ticket.nested) {
            self.row.learn(&tab);
            if result.is_ok() {
                self.remember(finished.base.as_deref(), &finished.sent);
            }
        }
        let what = finished.what.clone();
        self.core.journal.record(ticket, finished);
        self.ended((ticket, what), elapsed, (result.is_ok(), false), trace.cost);
        left
    }

    /// Notes what has to hold from now on, and the way to where the page stands as long as something has.
    pub(super) fn remember(&self, base: Option<&Page>, sent: &[String]) {
        let timeout = self.core.config.timeout;
        let mut state = self.row.state();
        let tab = state.tab.clone();
        if let Task::Act(ActRequest { act: Act::Ensure(ensured), .. }) = &self.task {
            ensure::register(&mut state.ensured, ensured);
            state.trail.begin(tab.as_deref(), timeout);
        } else if !state.ensured.is_empty() {
            state.trail.note(self.task.again(base), sent, tab.as_deref(), timeout);
        }
    }

    fn note_address(&self) {
        if let Some(url) = self.row.page_url() {
            let mut state = self.row.state();
            if state.url != url {
                state.url = url;
                state.title.clear();
            }
        }
    }

    /// Whether doing it again would do more than to read again.
    fn acts(&self, ticket: &Ticket, finished: &Finished) -> bool {
        let saved = |page: &Arc<Page>| page.downloads.as_ref().is_some_and(|files| !files.is_empty());
        let hooked = || self.host.hooks_fingerprint(&self.row.id).is_none_or(|hooks| !hooks.is_empty());
        ticket.verb != Verb::Crawl || !finished.sent.is_empty() || finished.base.as_ref().is_some_and(saved) || hooked()
    }

    pub(super) fn finished(&self, call: Call, outcome: Outcome, elapsed: Duration) -> Finished {
        Finished {
            keys: self.keys.clone(),
            base: None,
            outcome,
            call,
            before: None,
            after: None,
            sent: Vec::new(),
            effects: None,
            acts: true,
            session: self.row.id.clone(),
            what: self.what(),
            text: self.task.text(),
            elapsed,
        }
    }

    /// Tells that the step ended; `what` as it was recorded.
    pub(super) fn ended(
        &self,
        (ticket, what): (&Ticket, String),
        elapsed: Duration,
        (ok, reused): (bool, bool),
        cost: StepCost,
    ) {
        let (session, url) = (self.row.id.clone(), self.row.state().url.clone());
        let verb = self.task.verb().name().to_owned();
        self.host.event(Event::StepEnded { step: ticket.seq, session, verb, what, url, elapsed, ok, reused, cost });
    }
}

pub(super) fn outcome<T: Clone>(result: &Result<T, CrawlError>, good: impl FnOnce(T) -> Outcome) -> Outcome {
    match result {
        Ok(given) => good(given.clone()),
        Err(error) => Outcome::failed(error),
    }
}
