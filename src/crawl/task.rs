//! What a step is asked to do and what it gives, and its tries.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::journal::{Call, Outcome};
use super::stage::Stage;
use super::words::quoted;
use super::{
    Act, ActRequest, ActValue, Condition, CrawlError, CrawlRequest, Page, Reading, SessionAct, Trouble, Verb, deed,
    standing, step,
};
use crate::text::{Secrets, one_line_without};

/// How long a step goes on once requests of its session had no answer: for a page that can do without them.
const UNANSWERED: Duration = Duration::from_millis(500);

/// What a step is asked to do.
#[derive(Clone)]
pub(super) enum Task {
    Crawl(CrawlRequest),
    Act(ActRequest),
}

/// What a step gave.
#[derive(Clone)]
pub(super) enum Yield {
    Page(Arc<Page>),
    Value(ActValue),
}

/// Performs the task, again after a failure as often as it allows; one deadline holds for all tries.
pub(super) async fn tries(stage: &Stage<'_>, task: &Task) -> Result<Yield, CrawlError> {
    let request = match task {
        Task::Act(request) => {
            let reads = request.act.needs_page() || !request.then.is_empty();
            let work = async { standing::told(stage, deed::perform(stage, request).await, reads).await };
            return answered(stage, async { work.await.map(Yield::Value) }).await;
        }
        Task::Crawl(request) => request,
    };
    let (mut left, mut pause) = (request.retries, Duration::from_millis(100));
    loop {
        let work = async { standing::told(stage, step::perform(stage, request).await, false).await };
        match answered(stage, async { work.await.map(Yield::Page) }).await {
            Ok(given) => return Ok(given),
            Err(error) if left == 0 || !may_retry(&error, stage) => return Err(error),
            Err(error) => stage.warn(format!("tried again after: {error}")),
        }
        tokio::time::sleep(pause.min(stage.deadline().left())).await;
        left -= 1;
        pause *= 2;
    }
}

/// What a step came to, unless requests of its session had no answer: then it came to that, whatever it seems, and what
/// waits for them need not wait to its end.
async fn answered(
    stage: &Stage<'_>,
    work: impl Future<Output = Result<Yield, CrawlError>>,
) -> Result<Yield, CrawlError> {
    let Some(network) = stage.core.config.network.as_ref() else { return work.await };
    let session = stage.session.id.as_str();
    let complaint = async {
        loop {
            network.complained(session).await;
            tokio::time::sleep(UNANSWERED).await;
            // A step within this one may have taken it.
            if let Some(complaint) = network.complaint(session) {
                return complaint;
            }
        }
    };
    let result = tokio::select! {
        biased;
        result = work => result,
        complaint = complaint => return Err(complaint),
    };
    match (result, network.complaint(session)) {
        (result, None) => result,
        (Err(failed), _) if matches!(failed.trouble, Trouble::Interrupted | Trouble::Fatal) => Err(failed),
        (Ok(given), Some(complaint)) => Err(CrawlError { page: given.page().cloned(), ..complaint }),
        (Err(failed), Some(complaint)) => Err(CrawlError { page: failed.page, ..complaint }),
    }
}

fn may_retry(error: &CrawlError, stage: &Stage<'_>) -> bool {
    let hopeless = matches!(
        error.code,
        "crawl::url::invalid" | "crawl::session::no_page" | "crawl::session::closed" | "crawl::replay::unmatched"
    );
    let again = matches!(error.trouble, Trouble::Step | Trouble::Lost);
    again && !hopeless && error.script.is_none() && !stage.deadline().passed()
}

impl Yield {
    /// The page, if it is one.
    pub fn page(&self) -> Option<&Arc<Page>> {
        match self {
            Self::Page(page) => Some(page),
            Self::Value(_) => None,
        }
    }

    /// As the journal keeps it.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Page(page) => Outcome::Page(page),
            Self::Value(value) => Outcome::Value(value),
        }
    }

    /// The page of a `crawl`.
    pub fn into_page(self) -> Result<Arc<Page>, CrawlError> {
        match self {
            Self::Page(page) => Ok(page),
            Self::Value(_) => unreachable!("a crawl yields a page"),
        }
    }

    /// The value of an act.
    pub fn into_value(self) -> Result<ActValue, CrawlError> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Page(_) => unreachable!("an act yields a value"),
        }
    }
}

/// The closures that a call asks while it acts.
pub(super) fn closures_of(call: &Call) -> Vec<u64> {
    match call {
        Call::Crawl(request) => closures(&request.wait_for, &[]),
        Call::Act(request) => closures_of_act(request),
        Call::Close | Call::Recalled => Vec::new(),
    }
}

fn closures_of_act(request: &ActRequest) -> Vec<u64> {
    match &request.act {
        Act::WaitFor(all) | Act::Holds(all) => closures(all, &request.then),
        _ => closures(&[], &request.then),
    }
}

fn closures(first: &[Condition], then: &[Condition]) -> Vec<u64> {
    let closure = |condition: &Condition| match condition {
        Condition::Closure(closure) => Some(closure.id),
        _ => None,
    };
    first.iter().chain(then).flat_map(Condition::tree).filter_map(closure).collect()
}

/// The computed fields of what is read.
fn fields(reading: &Reading) -> Vec<u64> {
    let found = Mutex::new(Vec::new());
    if let Some(schema) = reading.extract.as_ref().filter(|schema| schema.computes()) {
        let _ = schema.fingerprint(&|id| {
            found.lock().unwrap_or_else(PoisonError::into_inner).push(id.0);
            String::new()
        });
    }
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Task {
    /// The closures that it asks while it acts and reads, in the order in which they are written.
    pub fn closures(&self) -> Vec<u64> {
        match self {
            Self::Crawl(request) => [closures(&request.wait_for, &[]), fields(&request.reading)].concat(),
            Self::Act(request) => closures_of_act(request),
        }
    }

    /// What it does.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Crawl(_) => Verb::Crawl,
            Self::Act(request) => request.act.verb(),
        }
    }

    /// Whether it says how the next step's dialogs are answered.
    pub fn arms_dialogs(&self) -> bool {
        matches!(self, Self::Act(ActRequest { act: Act::Session(SessionAct::Dialog(_)), .. }))
    }

    /// Its deadline.
    pub fn timeout(&self) -> Duration {
        match self {
            Self::Crawl(request) => request.timeout,
            Self::Act(request) => request.timeout,
        }
    }

    /// The call as written.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Crawl(request) => request.text.clone(),
            Self::Act(request) => request.text.clone(),
        }
    }

    /// What it is about, in a few words.
    pub fn what(&self, secrets: &Secrets) -> String {
        match self {
            Self::Crawl(request) => match (&request.url, request.js.first()) {
                (Some(url), _) => one_line_without(secrets, url, 120),
                (None, Some(js)) => format!("js {}", quoted(&one_line_without(secrets, js.source(), 60))),
                (None, None) => "the page as it is".to_owned(),
            },
            Self::Act(request) => match &request.act {
                Act::Evaluate(js) => quoted(&one_line_without(secrets, js.source(), 60)),
                Act::WaitFor(conditions) | Act::Holds(conditions) => {
                    conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                }
                Act::Ensure(ensured) => ensured.words(),
                Act::Session(act) => act.what(),
                Act::Person(action) => action.words(secrets),
                _ => String::new(),
            },
        }
    }

    /// The same, to be done from wherever the session's page stands.
    pub fn again(&self, base: Option<&Page>) -> Self {
        match self.call(base) {
            Call::Crawl(request) => Self::Crawl(*request),
            Call::Act(_) | Call::Close | Call::Recalled => self.clone(),
        }
    }

    /// What was called, with an absolute address: a reference depends on a page that may be another one later.
    pub fn call(&self, base: Option<&Page>) -> Call {
        match self {
            Self::Act(request) => Call::Act(Box::new(request.clone())),
            Self::Crawl(request) => {
                let mut request = request.clone();
                let literal = request.url.as_deref().is_some_and(|url| url.starts_with("raw:"));
                if let Some(page) = base.filter(|_| request.url.is_some() && !request.js_only && !literal) {
                    request.url = Some(page.requested_url().to_owned());
                }
                Call::Crawl(Box::new(request))
            }
        }
    }
}
