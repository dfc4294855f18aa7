//! Answering a navigation from the cache: only one that acts on nothing, and only for the same request and identity.
//!
//! The tab of a session that the cache answered has not been there: the navigation is owed, and done before the
//! session's next step that needs the page.

use std::sync::Arc;

use serde_json::json;

use super::address::Address;
use super::content::Content;
use super::journal::{conditions, digest};
use super::stage::Stage;
use super::step::navigation;
use super::{CacheMode, CrawlRequest, HookPoint, Page, PageCache};
use crate::browser::{Cookie, Navigation};

/// What the cache is asked and given for one step.
pub(super) struct CacheTicket {
    store: Arc<dyn PageCache>,
    key: String,
    navigation: Navigation,
    mode: CacheMode,
}

/// The step's ticket; `None` when the cache has no part in it.
pub(super) async fn ticket(stage: &Stage<'_>, request: &CrawlRequest, target: Option<&Address>) -> Option<CacheTicket> {
    if request.cache == CacheMode::Disabled || !only_reads(stage, request) {
        return None;
    }
    let store = stage.core.config.cache.clone()?;
    let address = target.filter(|address| address.is_http())?;
    let key = key(stage, request, address).await?;
    Some(CacheTicket { store, key, navigation: navigation(request, address.clone()), mode: request.cache })
}

fn only_reads(stage: &Stage<'_>, request: &CrawlRequest) -> bool {
    let get = request.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case("GET"));
    let captures = request.screenshot || request.console || request.cookies || request.network || request.certificate;
    let hooks = [HookPoint::BeforeGoto, HookPoint::AfterGoto, HookPoint::BeforeRetrieveHtml];
    get && request.body.is_none()
        && request.js.is_empty()
        && !captures
        && !hooks.into_iter().any(|point| stage.has_hook(point))
}

/// All that the answer depends on: the request, the identity, and the cookies that it would send.
async fn key(stage: &Stage<'_>, request: &CrawlRequest, address: &Address) -> Option<String> {
    let conditions = conditions(&request.wait_for)?;
    let identity = &stage.session.options.identity;
    let session = (!stage.session.fresh).then_some(stage.session.id.as_str());
    let mut cookies = cookies(stage).await?;
    cookies.sort_by(|a, b| (&a.domain, &a.path, &a.name).cmp(&(&b.domain, &b.path, &b.name)));
    let sent: Vec<_> = cookies.iter().map(|c| json!([c.domain, c.path, c.name, c.value])).collect();
    let wait = [json!(request.wait_until), conditions, json!(request.delay.as_millis().to_string())];
    Some(digest(&json!([address.url, request.headers, wait, identity, stage.session.options.launch, session, sent])))
}

async fn cookies(stage: &Stage<'_>) -> Option<Vec<Cookie>> {
    match stage.session.tab().filter(|tab| tab.alive()) {
        Some(tab) => tab.cookies(stage.deadline()).await.ok(),
        None => Some(stage.session.options.identity.cookies.clone()),
    }
}

/// The cached page, if the step may be answered by it.
pub(super) async fn lookup(stage: &Stage<'_>, ticket: Option<&CacheTicket>) -> Option<Arc<Page>> {
    let ticket = ticket.filter(|ticket| matches!(ticket.mode, CacheMode::Enabled | CacheMode::ReadOnly))?;
    let (store, key) = (Arc::clone(&ticket.store), ticket.key.clone());
    let found = tokio::task::spawn_blocking(move || store.get(&key)).await.ok()?;
    let (snapshot, landing) = match found {
        Ok(found) => found?,
        Err(problem) => {
            stage.warn(format!("the cache cannot be read: {problem}"));
            return None;
        }
    };
    stage.session.state().owed = Some(ticket.navigation.clone());
    Some(Arc::new(Page {
        content: Content::new(snapshot),
        landing,
        session: stage.session.id.clone(),
        step: stage.seq,
        from_cache: true,
        elapsed: stage.deadline().elapsed(),
        ..Page::default()
    }))
}

/// Keeps a page that was loaded, if it may answer later steps: a success, and no JSON, whose body is not in the snapshot.
pub(super) async fn keep(stage: &Stage<'_>, ticket: Option<CacheTicket>, page: &Arc<Page>) {
    let Some(ticket) = ticket else { return };
    let success = page.status().is_some_and(|status| (200..300).contains(&status));
    let writes = !matches!(ticket.mode, CacheMode::Disabled | CacheMode::ReadOnly);
    if !success || page.json.is_some() || !writes {
        return;
    }
    let page = Arc::clone(page);
    let kept =
        tokio::task::spawn_blocking(move || ticket.store.put(&ticket.key, &page.content.snapshot(), &page.landing))
            .await;
    if let Ok(Err(problem)) = kept {
        stage.warn(format!("the page cannot be cached: {problem}"));
    }
}
