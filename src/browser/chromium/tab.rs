//! `Tab` for Chromium's fast lane.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;

use crate::browser::aim::{Deed, Found, Place, Wish};
use crate::browser::condition::{Baseline, DomCondition};
use crate::browser::deadline::Deadline;
use crate::browser::error::BrowserError;
use crate::browser::identity::{Cookie, OriginStorage, WaitUntil};
use crate::browser::inpage;
use crate::browser::input::Input;
use crate::browser::locate;
use crate::browser::snapshot::{Happenings, JsOutcome, Landing, Response, Taken};
use crate::browser::tab::{ActMark, Acted, Navigation, PageAct, Tab, Traversal, UrlPattern};
use crate::syntax::JsProgram;

use super::page::{ChromiumTab, SHORT};
use super::setup::{EXTRA_HEADERS, headers_params};

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
        self.events.state().landing.clone()
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
        self.hold_js(program, deadline).await
    }

    async fn wait_url(&self, matches: &UrlPattern, deadline: Deadline) -> Result<(), BrowserError> {
        self.events.tracker.hold_url(matches, deadline).await
    }

    async fn arm_responses(&self, _deadline: Deadline) -> Result<(), BrowserError> {
        let mut state = self.events.state();
        state.usable()?;
        state.traffic.responses = Some(Vec::new());
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
        #[derive(Deserialize)]
        struct Shot {
            data: String,
        }
        let params = json!({ "format": "png", "captureBeyondViewport": full_page });
        let shot: Shot =
            self.ask("Page.captureScreenshot", with_clip(self, params, full_page, deadline).await?, deadline).await?;
        BASE64_STANDARD.decode(shot.data).map_err(|error| BrowserError::Protocol {
            command: "Page.captureScreenshot".to_owned(),
            message: error.to_string(),
        })
    }

    async fn cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError> {
        #[derive(Deserialize)]
        struct Jar {
            cookies: Vec<Cookie>,
        }
        let params = json!({ "browserContextId": self.context });
        let jar: Jar = self.ask_browser("Storage.getCookies", params, deadline).await?;
        // CDP writes -1 for a cookie that ends with the session.
        let session = |mut cookie: Cookie| {
            cookie.expires = cookie.expires.filter(|expires| *expires >= 0.0);
            cookie
        };
        Ok(jar.cookies.into_iter().map(session).collect())
    }

    async fn set_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "cookies": cookies, "browserContextId": self.context });
        self.ask_browser::<IgnoredAny>("Storage.setCookies", params, deadline).await.map(drop)
    }

    async fn clear_cookies(&self, deadline: Deadline) -> Result<(), BrowserError> {
        let params = json!({ "browserContextId": self.context });
        self.ask_browser::<IgnoredAny>("Storage.clearCookies", params, deadline).await.map(drop)
    }

    async fn set_headers(&self, headers: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError> {
        let params = headers_params(headers);
        let frames: Vec<String> = {
            let mut state = self.events.state();
            state.lane.everywhere.retain(|(method, _)| *method != EXTRA_HEADERS);
            state.lane.everywhere.push((EXTRA_HEADERS, params.clone()));
            state.lane.children.keys().cloned().collect()
        };
        for session in frames {
            self.socket.send(Some(&session), EXTRA_HEADERS, params.clone());
        }
        self.ask::<IgnoredAny>(EXTRA_HEADERS, params, deadline).await.map(drop)
    }

    async fn enter(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError> {
        self.enter_frames(frames, deadline).await
    }

    fn leave(&self) {
        self.events.state().lane.entered.clear();
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
        self.events.tracker.mark_act()
    }

    async fn end_act(&self, mark: &ActMark, settle: bool, deadline: Deadline) -> Result<bool, BrowserError> {
        let frames = || self.locate::<bool>(locate::FRAMES, deadline);
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

    async fn document_body(&self, deadline: Deadline) -> Result<String, BrowserError> {
        let loader = self.events.state().document.loader.clone();
        self.body(&self.session, &loader, deadline).await
    }

    async fn local_storage(&self, deadline: Deadline) -> Result<Vec<(String, String)>, BrowserError> {
        self.in_page(|| inpage::STORED.to_owned(), deadline).await
    }

    async fn set_local_storage(&self, items: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError> {
        let stored: bool = self.in_page(|| inpage::store_call(items), deadline).await?;
        debug_assert!(stored, "the in-page script says true or throws");
        Ok(())
    }

    async fn storage(&self, _deadline: Deadline) -> Result<Vec<OriginStorage>, BrowserError> {
        Ok(self.events.state().lane.stored.iter().map(|(origin, items)| OriginStorage::new(origin, items)).collect())
    }

    async fn navigation_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.home.navigations).acquire_owned().await.ok()
    }

    async fn renewed(&self, deadline: Deadline) -> Result<Arc<dyn Tab>, BrowserError> {
        Ok(Arc::new(self.succeeded(deadline).await?))
    }

    fn happenings(&self) -> Happenings {
        std::mem::take(&mut self.events.state().happenings)
    }

    fn console(&self) -> Vec<crate::browser::ConsoleLine> {
        self.events.state().happenings.console.clone()
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.events.state().sent)
    }

    fn round_trips(&self) -> u64 {
        self.events.state().round_trips
    }

    fn alive(&self) -> bool {
        self.events.state().usable().is_ok() && self.socket.open()
    }

    async fn close(&self) -> Result<(), BrowserError> {
        let was_closed = self.events.change(|state| std::mem::replace(&mut state.closed, true));
        if was_closed || !self.socket.open() {
            return Ok(());
        }
        self.home.watcher.remove(&self.target);
        let params = json!({ "browserContextId": self.context });
        let disposing = self.socket.call::<IgnoredAny>(None, "Target.disposeBrowserContext", params, SHORT);
        let outcome = disposing.await;
        self.socket.forget(&self.session);
        match outcome {
            Ok(_) => Ok(()),
            // Gone with its browser: that is closed enough.
            Err(_) if !self.socket.open() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for ChromiumTab {
    fn drop(&mut self) {
        let open = !self.events.state().closed;
        if open {
            let params = json!({ "browserContextId": self.context });
            self.socket.send(None, "Target.disposeBrowserContext", params);
        }
    }
}

async fn with_clip(
    tab: &ChromiumTab,
    mut params: serde_json::Value,
    full_page: bool,
    deadline: Deadline,
) -> Result<serde_json::Value, BrowserError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metrics {
        css_content_size: Size,
    }
    #[derive(Deserialize)]
    struct Size {
        width: f64,
        height: f64,
    }
    if full_page {
        let metrics: Metrics = tab.ask("Page.getLayoutMetrics", json!({}), deadline).await?;
        let Size { width, height } = metrics.css_content_size;
        params["clip"] = json!({ "x": 0, "y": 0, "width": width.max(1.0), "height": height.max(1.0), "scale": 1 });
    }
    Ok(params)
}
