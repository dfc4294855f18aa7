//! `Tab` over WebDriver BiDi.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use crate::browser::aim::{Deed, Found, Place, Wish};
use crate::browser::condition::{Baseline, DomCondition};
use crate::browser::deadline::Deadline;
use crate::browser::download::Download;
use crate::browser::error::BrowserError;
use crate::browser::exchange::{Certificate, Exchange};
use crate::browser::family::DialogAnswer;
use crate::browser::identity::{Cookie, OriginStorage, WaitUntil};
use crate::browser::indexed_db::{self, Databases};
use crate::browser::inpage;
use crate::browser::input::Input;
use crate::browser::locate;
use crate::browser::pointing::{self, Pointed, Pointing};
use crate::browser::snapshot::{Happenings, JsOutcome, Landing, Response, Snapshot, Taken};
use crate::browser::still;
use crate::browser::tab::{ActMark, DownloadWait, Navigation, OpenPage, PAGE_CLOSED, Tab, Traversal, UrlPattern};
use crate::browser::tracker::Exchanges;
use crate::syntax::JsProgram;

use super::identity::headers_params;
use super::page::{SHORT, WebDriverTab};
use super::value::{Encoded, decoded};

#[async_trait]
impl Tab for WebDriverTab {
    async fn navigate(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        self.go(to, deadline).await
    }

    async fn arrive(&self, until: WaitUntil, deadline: Deadline) -> Result<Landing, BrowserError> {
        let before = self.events.tracker.state().before_act.clone();
        self.follow("", &before, until, deadline).await
    }

    fn landing(&self) -> Option<Landing> {
        self.events.tracker.state().landing_now()
    }

    fn document(&self) -> String {
        self.events.tracker.state().document.loader.clone()
    }

    async fn caught_up(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.caught_up_with(None, deadline).await.map(drop)
    }

    async fn look(&self, deadline: Deadline) -> Result<Snapshot, BrowserError> {
        self.look_at_page(deadline).await
    }

    async fn baseline(&self, css: &[String], deadline: Deadline) -> Result<Vec<Baseline>, BrowserError> {
        self.measure(css, deadline).await
    }

    async fn run(&self, program: &JsProgram, deadline: Deadline) -> Result<JsOutcome, BrowserError> {
        self.run_program(program, deadline).await
    }

    async fn settle(&self, condition: Option<&DomCondition>, deadline: Deadline) -> Result<Taken, BrowserError> {
        self.settle_page(condition, deadline).await
    }

    async fn wait_dom(&self, condition: &DomCondition, deadline: Deadline) -> Result<(), BrowserError> {
        self.hold(condition, deadline).await
    }

    async fn wait_js(&self, program: &JsProgram, deadline: Deadline) -> Result<(), BrowserError> {
        if self.identity.no_javascript {
            return still::js_holds(self, program, deadline).await;
        }
        self.hold_js(program, deadline).await
    }

    async fn wait_url(&self, matches: &UrlPattern, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.tracker.hold_url(matches, deadline).await
    }

    async fn arm_responses(&self, _deadline: Deadline) -> Result<(), BrowserError> {
        let mut state = self.events.tracker.state();
        state.usable()?;
        state.traffic.responses = Some(Vec::new());
        Ok(())
    }

    fn disarm_responses(&self) {
        self.events.tracker.state().traffic.responses = None;
    }

    async fn wait_response(&self, matches: &UrlPattern, deadline: Deadline) -> Result<Response, BrowserError> {
        self.hold_response(matches, deadline).await
    }

    async fn wait_idle(&self, quiet: Duration, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.tracker.quiet(quiet, deadline).await
    }

    async fn screenshot(&self, full_page: bool, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let origin = if full_page { "document" } else { "viewport" };
        let params = json!({ "context": self.context, "origin": origin });
        let shot: Encoded = self.ask("browsingContext.captureScreenshot", params, deadline).await?;
        decoded("browsingContext.captureScreenshot", &shot.data)
    }

    async fn cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError> {
        self.all_cookies(deadline).await
    }

    async fn set_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        self.put_cookies(cookies, deadline).await
    }

    async fn clear_cookies(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.drop_cookies(deadline).await
    }

    async fn set_headers(&self, headers: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError> {
        let params = headers_params(headers, &self.household.user_context);
        self.ask::<IgnoredAny>("network.setExtraHeaders", params, deadline).await.map(drop)
    }

    async fn enter(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError> {
        self.enter_frames(frames, deadline).await
    }

    fn leave(&self) {
        self.events.tracker.state().lane.entered.clear();
    }

    async fn frame_address(&self, deadline: Deadline) -> Result<Option<String>, BrowserError> {
        self.address_of_frame(deadline).await
    }

    async fn ready(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError> {
        self.make_ready(wish, deadline).await
    }

    async fn input(&self, events: &[Input], deadline: Deadline) -> Result<(), BrowserError> {
        self.send_input(events, deadline).await
    }

    async fn give_files(&self, files: &[String], deadline: Deadline) -> Result<(), BrowserError> {
        self.hand_over(files, deadline).await
    }

    async fn scroll(&self, deed: &Deed, deadline: Deadline) -> Result<(), BrowserError> {
        self.locate::<IgnoredAny>(&locate::scroll_call(deed), deadline).await.map(drop)
    }

    fn begin_act(&self) -> Result<ActMark, BrowserError> {
        self.release_input();
        self.events.tracker.mark_act()
    }

    async fn end_act(&self, mark: &ActMark, settle: bool, deadline: Deadline) -> Result<bool, BrowserError> {
        self.events.tracker.settle_act((mark, settle), || self.frames(deadline), deadline).await
    }

    async fn focus(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.expect_focus(deadline).await
    }

    async fn drag(&self, from: (f64, f64), to: (f64, f64), deadline: Deadline) -> Result<(), BrowserError> {
        self.drag_to(from, to, deadline).await
    }

    async fn traverse(&self, to: Traversal, deadline: Deadline) -> Result<bool, BrowserError> {
        self.go_through_history(to, deadline).await
    }

    async fn begin_pointing(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.in_page::<bool>(|| pointing::ARM.to_owned(), deadline).await.map(drop)
    }

    async fn pointed_at(&self, deadline: Deadline) -> Result<Option<Pointed>, BrowserError> {
        // A tab behind another one gets no clicks; where there is no window there is nothing to bring up.
        let _ = self.ask::<IgnoredAny>("browsingContext.activate", json!({ "context": self.context }), deadline).await;
        let reply: Pointing = self.in_page(|| pointing::point_call(deadline.left()), deadline).await?;
        reply.into_result()
    }

    async fn stop_pointing(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.in_page::<bool>(|| pointing::UNPOINT.to_owned(), deadline).await.map(drop)
    }

    async fn document_body(&self, deadline: Deadline) -> Result<String, BrowserError> {
        self.body_of_document(deadline).await
    }

    async fn local_storage(&self, deadline: Deadline) -> Result<Vec<(String, String)>, BrowserError> {
        self.in_page(|| inpage::STORED.to_owned(), deadline).await
    }

    async fn set_local_storage(&self, items: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError> {
        let stored: bool = self.in_page(|| inpage::store_call(items), deadline).await?;
        debug_assert!(stored, "the in-page script says true or throws");
        Ok(())
    }

    async fn indexed_db(&self, deadline: Deadline) -> Result<Databases, BrowserError> {
        self.among_values(&indexed_db::dump_call(), deadline).await
    }

    async fn set_indexed_db(&self, databases: &[Value], deadline: Deadline) -> Result<(), BrowserError> {
        self.among_values::<IgnoredAny>(&indexed_db::restore_call(databases), deadline).await.map(drop)
    }

    async fn storage(&self, deadline: Deadline) -> Result<Vec<OriginStorage>, BrowserError> {
        let here = self.landing().and_then(|landing| url::Url::parse(&landing.url).ok());
        if let Some(origin) = here.filter(|url| url.scheme().starts_with("http")).map(|url| url.origin()) {
            // A bystander's question: a page that is busy is left alone, and known as it was.
            if let Some(items) = self.glance(inpage::STORED, deadline).await? {
                self.events.tracker.state().lane.stored.insert(origin.ascii_serialization(), items);
            }
        }
        let state = self.events.tracker.state();
        let known = state.lane.stored.iter();
        Ok(known
            .map(|(origin, items)| OriginStorage {
                origin: origin.clone(),
                local_storage: items.clone(),
                ..OriginStorage::default()
            })
            .collect())
    }

    async fn navigation_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.home.navigations).acquire_owned().await.ok()
    }

    async fn renewed(&self, deadline: Deadline) -> Result<Arc<dyn Tab>, BrowserError> {
        Ok(Arc::new(self.succeeded(deadline).await?))
    }

    fn happenings(&self) -> Happenings {
        self.happened()
    }

    fn console(&self) -> Vec<crate::browser::ConsoleLine> {
        self.events.tracker.state().happenings.console.clone()
    }

    fn keep_requests(&self, keep: bool) {
        self.events.tracker.state().exchanges = keep.then(Exchanges::begin);
    }

    fn requests(&self) -> Option<Vec<Exchange>> {
        self.events.tracker.state().exchanges.as_ref().map(Exchanges::list)
    }

    fn certificate(&self) -> Result<Option<Certificate>, BrowserError> {
        Err(BrowserError::Unsupported { what: "the certificate of a site over WebDriver BiDi".to_owned() })
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.events.tracker.state().sent)
    }

    fn round_trips(&self) -> u64 {
        self.events.tracker.state().round_trips
    }

    fn address(&self) -> String {
        self.events.tracker.state().document.url.clone()
    }

    async fn free(&self) {
        if !self.is_stuck() {
            self.unstick().await;
        }
    }

    fn call_off(&self) {
        self.abandon();
    }

    fn is_stuck(&self) -> bool {
        self.events.tracker.is_mending()
    }

    async fn recovered(&self) {
        self.events.tracker.mended().await;
    }

    fn alive(&self) -> bool {
        self.events.tracker.state().usable().is_ok() && self.socket.open()
    }

    fn loss(&self) -> Option<String> {
        self.events.tracker.state().lost.clone()
    }

    async fn last_words(&self, deadline: Deadline) {
        self.events.manner.last_words(deadline).await;
    }

    async fn close(&self) -> Result<(), BrowserError> {
        let was_closed = self.events.tracker.change(|state| std::mem::replace(&mut state.closed, true));
        if was_closed || !self.socket.open() {
            return Ok(());
        }
        self.last_words(Deadline::after(crate::browser::hearing::LAST_WORDS)).await;
        let pages = self.household.empty();
        pages.iter().chain([&self.events]).for_each(|page| self.home.hub.remove(page));
        for (method, params) in self.household.removal(&pages) {
            match self.call::<IgnoredAny>(method, params, SHORT).await {
                Ok(_) => {}
                // Gone with its browser: that is closed enough.
                Err(_) if !self.socket.open() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn page_id(&self) -> &str {
        &self.context
    }

    async fn pages(&self, deadline: Deadline) -> Result<Vec<OpenPage>, BrowserError> {
        self.open_pages(deadline).await
    }

    async fn page(&self, id: &str, deadline: Deadline) -> Option<Arc<dyn Tab>> {
        self.other(id, deadline).await.map(|tab| Arc::new(tab) as Arc<dyn Tab>)
    }

    fn page_was_closed(&self) -> bool {
        self.events.tracker.state().lost.as_deref() == Some(PAGE_CLOSED)
    }

    async fn picture_of(&self, place: &Place, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let [x, y, width, height] = self.area(place, deadline).await?;
        let clip = json!({ "type": "box", "x": x, "y": y, "width": width, "height": height });
        let params = json!({ "context": self.context, "origin": "document", "clip": clip });
        let shot: Encoded = self.ask("browsingContext.captureScreenshot", params, deadline).await?;
        decoded("browsingContext.captureScreenshot", &shot.data)
    }

    async fn close_page(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "context": self.context });
        // The page may be gone before the reply is here.
        let closing = self.call::<IgnoredAny>("browsingContext.close", params, deadline.left().min(SHORT));
        closing.await.map_err(|error| self.explain(error))?;
        self.home.hub.remove(&self.events);
        self.events.tracker.lose(PAGE_CLOSED);
        Ok(())
    }

    fn answer_dialogs(&self, answer: Option<DialogAnswer>) {
        self.events.manner.family.answer_dialogs(answer);
    }

    async fn keep_downloads(&self, limit: Option<u64>, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.manner.family.set_limit(limit);
        if self.events.manner.family.folder().is_some() {
            return Ok(());
        }
        let unsupported = || BrowserError::Unsupported { what: "a download to another machine".to_owned() };
        let folder = self.home.downloads.as_ref().ok_or_else(unsupported)?.join(&self.household.user_context);
        let behaviour = json!({ "type": "allowed", "destinationFolder": folder });
        let params = json!({ "downloadBehavior": behaviour, "userContexts": [self.household.user_context] });
        self.ask::<IgnoredAny>("browser.setDownloadBehavior", params, deadline).await?;
        self.events.manner.family.set_folder(folder);
        Ok(())
    }

    async fn downloads(&self, wait: DownloadWait, deadline: Deadline) -> Result<Vec<Download>, BrowserError> {
        self.events.tracker.until_lost(self.events.manner.family.ended_downloads(wait, deadline)).await
    }

    async fn pdf(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        let params = json!({ "context": self.context, "background": true });
        decoded("browsingContext.print", &self.ask::<Encoded>("browsingContext.print", params, deadline).await?.data)
    }

    async fn mhtml(&self, deadline: Deadline) -> Result<String, BrowserError> {
        // The standard has no such command; Chromium's driver hands its own on.
        let shot = json!({ "format": "mhtml" });
        let shot: Option<Value> = self.vendor_call("Page.captureSnapshot", shot, deadline.left()).await;
        shot.and_then(|shot| shot["data"].as_str().map(str::to_owned))
            .ok_or_else(|| BrowserError::Unsupported { what: "`mhtml` over WebDriver BiDi".to_owned() })
    }
}
