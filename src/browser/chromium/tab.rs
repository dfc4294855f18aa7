//! `Tab` for Chromium's fast lane.

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
use crate::browser::tab::{
    ActMark, Acted, DownloadWait, Navigation, OpenPage, PAGE_CLOSED, PageAct, Tab, Traversal, UrlPattern,
};
use crate::browser::tracker::Exchanges;
use crate::syntax::JsProgram;

use super::page::{ChromiumTab, SHORT};
use super::setup::{EXTRA_HEADERS, NETWORK, headers_params, keeping_bodies};

#[async_trait]
impl Tab for ChromiumTab {
    async fn navigate(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError> {
        self.go(to, deadline).await
    }

    async fn arrive(&self, until: WaitUntil, deadline: Deadline) -> Result<Landing, BrowserError> {
        let before = self.events.state().before_act.clone();
        self.follow("", &before, until, deadline).await
    }

    fn landing(&self) -> Option<Landing> {
        self.events.state().landing_now()
    }

    fn document(&self) -> String {
        self.events.state().document.loader.clone()
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

    async fn act(&self, act: &PageAct<'_>, deadline: Deadline) -> Result<Acted, BrowserError> {
        self.act_at_once(act, deadline).await
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
        let known = {
            let mut state = self.events.state();
            state.usable()?;
            state.traffic.responses = Some(Vec::new());
            state.lane.everywhere.iter().any(|(method, _)| *method == NETWORK)
        };
        if !known {
            self.tell_frames(NETWORK, &keeping_bodies());
            // Whatever is sent after it comes after it: a page that is busy need not answer.
            self.socket.send(Some(&self.session), NETWORK, keeping_bodies());
        }
        Ok(())
    }

    fn disarm_responses(&self) {
        self.events.state().traffic.responses = None;
    }

    async fn wait_response(&self, matches: &UrlPattern, deadline: Deadline) -> Result<Response, BrowserError> {
        self.hold_response(matches, deadline).await
    }

    async fn wait_idle(&self, quiet: Duration, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.tracker.quiet(quiet, deadline).await
    }

    async fn screenshot(&self, full_page: bool, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.shot(full_page, deadline).await
    }

    async fn picture(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.glimpse(deadline).await
    }

    async fn cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError> {
        self.all_cookies(deadline).await
    }

    async fn set_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        self.put_cookies(cookies, deadline).await
    }

    async fn clear_cookies(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let params = self.household.with_context(json!({}));
        self.ask_browser::<IgnoredAny>("Storage.clearCookies", params, deadline).await.map(drop)
    }

    async fn set_headers(&self, headers: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError> {
        let params = headers_params(headers);
        self.tell_frames(EXTRA_HEADERS, &params);
        self.ask::<IgnoredAny>(EXTRA_HEADERS, params, deadline).await.map(drop)
    }

    async fn enter(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError> {
        self.enter_frames(frames, deadline).await
    }

    fn leave(&self) {
        self.events.state().lane.entered.clear();
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

    async fn choose_files(&self, at: (f64, f64), files: &[String], deadline: Deadline) -> Result<bool, BrowserError> {
        self.choose(at, files, deadline).await
    }

    async fn scroll(&self, deed: &Deed, deadline: Deadline) -> Result<(), BrowserError> {
        self.locate::<IgnoredAny>(&locate::scroll_call(deed), deadline).await.map(drop)
    }

    fn begin_act(&self) -> Result<ActMark, BrowserError> {
        self.events.tracker.mark_act()
    }

    async fn end_act(&self, mark: &ActMark, settle: bool, deadline: Deadline) -> Result<bool, BrowserError> {
        let frames = || self.let_paint(deadline);
        self.events.tracker.settle_act((mark, settle), frames, deadline).await
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
        let _ = self.ask::<IgnoredAny>("Page.bringToFront", json!({}), deadline).await;
        let reply: Pointing = self.in_page(|| pointing::point_call(deadline.left()), deadline).await?;
        reply.into_result()
    }

    async fn stop_pointing(&self, deadline: Deadline) -> Result<(), BrowserError> {
        self.in_page::<bool>(|| pointing::UNPOINT.to_owned(), deadline).await.map(drop)
    }

    async fn document_body(&self, deadline: Deadline) -> Result<String, BrowserError> {
        self.in_page(|| inpage::PLAIN.to_owned(), deadline).await
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
        self.in_page(indexed_db::dump_call, deadline).await
    }

    async fn set_indexed_db(&self, databases: &[Value], deadline: Deadline) -> Result<(), BrowserError> {
        self.in_page::<IgnoredAny>(|| indexed_db::restore_call(databases), deadline).await.map(drop)
    }

    async fn storage(&self, _deadline: Deadline) -> Result<Vec<OriginStorage>, BrowserError> {
        let mut all = self.events.state().lane.stored.clone();
        for page in self.household.pages().into_iter().filter(|page| !Arc::ptr_eq(page, &self.events)) {
            for (origin, items) in &page.state().lane.stored {
                all.entry(origin.clone()).or_insert_with(|| items.clone());
            }
        }
        Ok(all.iter().map(|(origin, items)| OriginStorage::new(origin, items)).collect())
    }

    // One browser thread takes both in, and sends both on to the same network process; storage is known here.
    fn keeps_order(&self) -> bool {
        true
    }

    async fn navigation_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.home.navigations).acquire_owned().await.ok()
    }

    async fn renewed(&self, deadline: Deadline) -> Result<Arc<dyn Tab>, BrowserError> {
        Ok(Arc::new(self.succeeded(deadline).await?))
    }

    fn happenings(&self) -> Happenings {
        let mut happenings = std::mem::take(&mut self.events.state().happenings);
        // A pop-up tells nobody of its dialogs but the page that a step is in.
        let others = self.household.pages().into_iter().filter(|page| !Arc::ptr_eq(page, &self.events));
        for page in others {
            happenings.warnings.append(&mut page.state().happenings.warnings);
        }
        happenings
    }

    fn console(&self) -> Vec<crate::browser::ConsoleLine> {
        self.events.state().happenings.console.clone()
    }

    fn keep_requests(&self, keep: bool) {
        self.events.state().exchanges = keep.then(Exchanges::begin);
    }

    fn requests(&self) -> Option<Vec<Exchange>> {
        self.events.state().exchanges.as_ref().map(Exchanges::list)
    }

    fn certificate(&self) -> Result<Option<Certificate>, BrowserError> {
        let state = self.events.state();
        Ok(state.loads.get(&state.document.loader).and_then(|load| load.certificate.clone()))
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.events.state().sent)
    }

    fn round_trips(&self) -> u64 {
        self.events.state().round_trips
    }

    fn address(&self) -> String {
        self.events.state().document.url.clone()
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
        self.events.state().usable().is_ok() && self.socket.open()
    }

    fn loss(&self) -> Option<String> {
        self.events.state().lost.clone()
    }

    async fn close(&self) -> Result<(), BrowserError> {
        let was_closed = self.events.change(|state| std::mem::replace(&mut state.closed, true));
        if was_closed || !self.socket.open() {
            return Ok(());
        }
        let outcome = self.move_out().await;
        match outcome {
            Ok(()) => Ok(()),
            // Gone with its browser: that is closed enough.
            Err(_) if !self.socket.open() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn page_id(&self) -> &str {
        &self.target
    }

    async fn pages(&self, deadline: Deadline) -> Result<Vec<OpenPage>, BrowserError> {
        self.open_pages(deadline).await
    }

    async fn page(&self, id: &str, _deadline: Deadline) -> Option<Arc<dyn Tab>> {
        self.other(id).map(|tab| Arc::new(tab) as Arc<dyn Tab>)
    }

    fn page_was_closed(&self) -> bool {
        self.events.state().lost.as_deref() == Some(PAGE_CLOSED)
    }

    async fn picture_of(&self, place: &Place, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.shot_of(place, deadline).await
    }

    async fn close_page(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "targetId": self.target });
        // The page may be gone before the reply is here.
        let closing = self.socket.call::<IgnoredAny>(None, "Target.closeTarget", params, deadline.left().min(SHORT));
        closing.await.map_err(|error| self.explain(error))?;
        self.home.watcher.remove(&self.target);
        self.events.tracker.lose(PAGE_CLOSED);
        Ok(())
    }

    fn answer_dialogs(&self, answer: Option<DialogAnswer>) {
        self.events.manner.family.answer_dialogs(answer);
    }

    async fn keep_downloads(&self, limit: Option<u64>, deadline: Deadline) -> Result<(), BrowserError> {
        self.expect_downloads(limit, deadline).await
    }

    async fn downloads(&self, wait: DownloadWait, deadline: Deadline) -> Result<Vec<Download>, BrowserError> {
        self.take_downloads(wait, deadline).await
    }

    async fn last_words(&self, deadline: Deadline) {
        if let Some(listener) = &self.events.manner.listener {
            listener.hearing.settle(deadline).await;
            listener.close();
        }
    }

    async fn pdf(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.printed(deadline).await
    }

    async fn mhtml(&self, deadline: Deadline) -> Result<String, BrowserError> {
        self.archived(deadline).await
    }
}
