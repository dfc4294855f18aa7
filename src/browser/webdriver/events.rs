//! Takes a tab's BiDi events into its state, and answers at once what would otherwise block the page.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::CdpSocket;
use crate::browser::download::{Download, DownloadState};
use crate::browser::rewrite::Rewrite;
use crate::browser::snapshot::ConsoleLine;
use crate::browser::tracker::{self, Document, PendingNavigation, Tracker};

use super::console;
use super::event::{ContextInfo, DownloadInfo, LogEntry, NavigationInfo, PromptOpened, VendorParams};
use super::manner::{Household, Manner};
use super::network;
use super::reason;

/// A console that is never read must not grow for ever.
const CONSOLE_LIMIT: usize = 1000;

/// Why a tab is lost whose renderer is.
pub(super) const CRASHED: &str = "the page's renderer crashed";

/// The state of a tab on this lane.
pub(super) type State = tracker::State<Lane>;

/// What only this lane knows of a tab.
#[derive(Default)]
pub(super) struct Lane {
    /// Pop-ups by context, with their place in the happenings until their address is known.
    pub(super) popups: HashMap<String, usize>,
    /// Local storage by origin, as last read.
    pub(super) stored: BTreeMap<String, Vec<(String, String)>>,
    /// How the next document's request differs from a plain one.
    pub(super) rewrite: Option<Rewrite>,
    /// The documents' requests: under which name each one's load is kept.
    pub(super) documents: HashMap<String, String>,
    /// The navigation that last came to nothing.
    pub(super) failed: Option<String>,
    /// The navigation that last became a download.
    pub(super) download: Option<String>,
    /// The frames that are acted in, outermost first; none: the main frame.
    pub(super) entered: Vec<String>,
    /// The page takes itself to have the focus.
    pub(super) focused: bool,
    /// The navigation that last stayed within its document.
    pub(super) within: Option<String>,
    /// Why requests failed that were answered in the network's place, by id and by address: the protocol names no reason.
    pub(super) reasons: HashMap<String, String>,
    /// Requests that were given credentials: a second question means that these are wrong.
    pub(super) answered: HashSet<String>,
}

/// The listening half of a tab.
pub(super) struct Events {
    pub(super) tracker: Tracker<Lane>,
    pub(super) socket: CdpSocket,
    pub(super) manner: Arc<Manner>,
    household: Weak<Household>,
    /// The page that opened this one.
    opener: Weak<Self>,
    this: Weak<Self>,
    /// The driver's DevTools session with the page, where the driver lends it.
    vendor: OnceLock<String>,
}

impl Events {
    /// Nothing is known yet of the tab of `context`.
    pub(super) fn new(
        socket: &CdpSocket,
        context: &str,
        manner: &Arc<Manner>,
        household: &Arc<Household>,
    ) -> Arc<Self> {
        Self::begin(socket, context, manner, household, Weak::new())
    }

    fn begin(
        socket: &CdpSocket,
        context: &str,
        manner: &Arc<Manner>,
        household: &Arc<Household>,
        opener: Weak<Self>,
    ) -> Arc<Self> {
        let events = Arc::new_cyclic(|this: &Weak<Self>| Self {
            tracker: Tracker::new(context),
            socket: socket.clone(),
            manner: Arc::clone(manner),
            household: Arc::downgrade(household),
            opener,
            this: this.clone(),
            vendor: OnceLock::new(),
        });
        household.add(&events);
        events
    }

    /// Itself, for what goes on beside it.
    pub(super) fn weak(&self) -> Weak<Self> {
        self.this.clone()
    }

    /// The driver's DevTools session with the page.
    pub(super) fn vendor_session(&self) -> Option<String> {
        self.vendor.get().cloned()
    }

    /// Remembers the driver's DevTools session; the first one counts.
    pub(super) fn lend(&self, session: String) {
        let _ = self.vendor.set(session);
    }

    /// Takes one event of one of the tab's contexts.
    pub(super) fn take(&self, method: &str, params: &RawValue) {
        let Some((module, name)) = method.split_once('.') else { return };
        match (module, name) {
            ("network", _) => network::take(self, name, params),
            ("log", _) => on(params, |entry: LogEntry| self.console(entry)),
            ("browsingContext", "userPromptOpened") => on(params, |event: PromptOpened| self.prompt(&event)),
            ("browsingContext", "downloadWillBegin" | "downloadEnd") => {
                on(params, |event: DownloadInfo| self.download(name, event));
            }
            ("browsingContext", "contextDestroyed") => on(params, |event: ContextInfo| self.destroyed(&event)),
            ("browsingContext", _) => on(params, |event: NavigationInfo| self.navigation(name, event)),
            _ => {}
        }
    }

    fn navigation(&self, name: &str, event: NavigationInfo) {
        if let Some(opener) = self.opener.upgrade().filter(|_| event.url != "about:blank") {
            opener.popup_moved(&event);
        }
        self.tracker.change(|state| {
            if event.context != state.main_frame {
                return;
            }
            match name {
                "navigationStarted" => started(state, event),
                "navigationCommitted" => committed(state, event),
                "fragmentNavigated" => {
                    state.lane.within.clone_from(&event.navigation);
                    moved_within(state, event);
                }
                "historyUpdated" => moved_within(state, event),
                "domContentLoaded" | "load" if event.navigation.as_ref() == Some(&state.document.loader) => {
                    state.document.dom = true;
                    state.document.load |= name == "load";
                }
                "navigationFailed" | "navigationAborted" => failed(state, event),
                _ => {}
            }
        });
    }

    /// A script or an act asked for a navigation, which has not begun.
    pub(super) fn asked(&self, event: &VendorParams) {
        let here = event.disposition.as_deref().is_none_or(|disposition| disposition == "currentTab");
        self.tracker.change(|state| {
            if here && event.frame_id.as_ref() == Some(&state.main_frame) {
                state.asked += 1;
                state.pending = Some(PendingNavigation { loader: None, url: event.url.clone(), since: Instant::now() });
            }
        });
    }

    /// Further bytes of a response came, perhaps of one of this tab's.
    pub(super) fn grew(&self, request: &str, bytes: u64) {
        let whole = self.tracker.state().traffic.more(request, bytes);
        if whole {
            self.tracker.change(|_| ());
        }
    }

    /// Tells the origin that a document comes from what it may do without asking.
    pub(super) fn permit(&self, url: &str) {
        let Some(household) = self.household.upgrade() else { return };
        for params in self.manner.permits(url, &household.user_context) {
            self.socket.send(None, "permissions.setPermission", params);
        }
    }

    /// The page opened another tab or window: a page of the same identity. `None` when the identity is gone.
    pub(super) fn opened(&self, context: &str, url: &str) -> Option<Arc<Self>> {
        self.tracker.change(|state| {
            state.lane.popups.insert(context.to_owned(), state.happenings.popups.len());
            state.happenings.popups.push(url.to_owned());
        });
        let household = self.household.upgrade()?;
        if let Some(params) = self.manner.interception(context) {
            self.socket.send(None, "network.addIntercept", params);
        }
        Some(Self::begin(&self.socket, context, &self.manner, &household, self.this.clone()))
    }

    /// A page that this one opened went to its address.
    fn popup_moved(&self, event: &NavigationInfo) {
        let mut state = self.tracker.state();
        if let Some(place) = state.lane.popups.remove(&event.context)
            && let Some(popup) = state.happenings.popups.get_mut(place)
        {
            popup.clone_from(&event.url);
        }
    }

    fn download(&self, name: &str, event: DownloadInfo) {
        let id = event.download.or_else(|| event.navigation.clone()).unwrap_or_else(|| event.url.clone());
        if name == "downloadWillBegin" {
            let (url, suggested) = (event.url, event.suggested_filename);
            let mime = self.tracker.state().mime_of(&url);
            let begun = Download { id, url, suggested, mime, state: DownloadState::Going, received: 0 };
            self.manner.family.change_downloads(|all| all.push(begun));
            self.tracker.change(|state| {
                if event.context == state.main_frame {
                    // Firefox tells no end of such a navigation.
                    state.pending.take_if(|pending| pending.loader.is_some() && pending.loader == event.navigation);
                    state.lane.download = event.navigation;
                }
            });
            return;
        }
        let limit = self.manner.family.limit();
        self.manner.family.change_downloads(|all| {
            let Some(download) = all.iter_mut().find(|download| download.id == id) else { return };
            download.state = match event.filepath.filter(|_| event.status == "complete") {
                Some(path) => DownloadState::whole(path.into(), limit),
                None => DownloadState::Failed,
            };
        });
    }

    fn prompt(&self, event: &PromptOpened) {
        let (answer, line) = self.manner.family.answer(&event.kind, &event.message);
        let mut params = json!({ "context": event.context, "accept": answer.accept });
        if let Some(text) = answer.text.or_else(|| event.default_value.clone().filter(|_| answer.accept)) {
            params["userText"] = json!(text);
        }
        self.socket.send(None, "browsingContext.handleUserPrompt", params);
        if let Some(line) = line {
            self.tracker.change(|state| state.happenings.warnings.push(line));
        }
    }

    fn destroyed(&self, event: &ContextInfo) {
        let own = self.tracker.change(|state| {
            state.traffic.session_left(&event.context);
            state.lane.popups.remove(&event.context);
            event.context == state.main_frame
        });
        if own {
            self.tracker.lose(crate::browser::tab::PAGE_CLOSED);
        }
    }

    fn console(&self, entry: LogEntry) {
        let level = match (entry.kind.as_str(), entry.method.as_deref()) {
            ("javascript", _) => "exception".to_owned(),
            (_, Some("warn")) => "warning".to_owned(),
            (_, Some(method)) => method.to_owned(),
            (_, None) => entry.level,
        };
        let place = entry.stack_trace.and_then(|stack| stack.call_frames.into_iter().next());
        let line = ConsoleLine {
            level,
            text: console::line(&entry.args).unwrap_or_else(|| entry.text.unwrap_or_default()),
            line: place.as_ref().map(|frame| frame.line_number + 1),
            url: place.map(|frame| frame.url).filter(|url| !url.is_empty()),
        };
        self.tracker.change(|state| {
            if state.happenings.console.len() < CONSOLE_LIMIT {
                state.happenings.console.push(line);
            }
        });
    }
}

fn started(state: &mut State, event: NavigationInfo) {
    if event.navigation.is_some() && event.navigation == state.lane.download {
        return;
    }
    if state.pending.as_ref().is_none_or(|pending| pending.loader.is_some()) {
        state.asked += 1;
    }
    state.pending = Some(PendingNavigation { loader: event.navigation, url: event.url, since: Instant::now() });
}

fn committed(state: &mut State, event: NavigationInfo) {
    let loader = event.navigation.unwrap_or_default();
    if event.url.starts_with("about:tabcrashed?") {
        state.lost.get_or_insert_with(|| CRASHED.to_owned());
        return;
    }
    if let Some(reason) = reason::of_error_page(&event.url) {
        broken(state, loader, &event.url, reason);
        return;
    }
    adopt(state, &loader, &event.url);
    state.pending.take_if(|pending| pending.loader.as_ref().is_none_or(|of| *of == loader));
    stand(state, Document { loader, url: event.url, ..Document::default() });
}

/// Firefox shows its error page, under the navigation that failed.
fn broken(state: &mut State, loader: String, page: &str, reason: String) {
    let url = reason::behind_error_page(page).unwrap_or_default();
    state.pending.take_if(|pending| pending.loader.as_ref().is_none_or(|of| *of == loader));
    state.lane.failed = Some(loader.clone());
    state.loads.entry(loader.clone()).or_default().failed.get_or_insert(reason);
    let unreachable = Some(url.clone());
    stand(state, Document { loader, url, unreachable, dom: true, load: true, cut: false });
}

/// The load of a document was called off. Firefox tells of the navigation's end only when the next one begins.
pub(super) fn called_off(state: &mut State, request: &str) {
    let Some(loader) = state.lane.documents.get(request).cloned() else { return };
    if state.pending.take_if(|pending| pending.loader.as_ref() == Some(&loader)).is_some() {
        state.lane.failed = Some(loader);
    }
}

/// The navigation came to nothing: a browser's error page, a download, an empty response, or it was called off.
fn failed(state: &mut State, event: NavigationInfo) {
    if state.lane.failed.is_some() && state.lane.failed == event.navigation {
        return;
    }
    state.pending.take_if(|pending| pending.loader == event.navigation);
    state.lane.failed.clone_from(&event.navigation);
    let Some(loader) = event.navigation.filter(|loader| *loader != state.document.loader) else { return };
    adopt(state, &loader, &event.url);
    let reason = state.loads.get(&loader).and_then(|load| load.failed.clone());
    if reason.is_some_and(|reason| reason != "net::ERR_ABORTED") {
        let unreachable = Some(event.url.clone());
        stand(state, Document { loader, url: event.url, unreachable, ..Document::default() });
    }
}

/// Gives a navigation the load of its address that waits under its request's id.
fn adopt(state: &mut State, loader: &str, url: &str) {
    let bare = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
    if state.loads.contains_key(loader) {
        return;
    }
    let waiting = state.loads.iter().find(|(key, load)| **key == load.request && bare(&load.url) == bare(url));
    let Some(request) = waiting.map(|(key, _)| key.clone()) else { return };
    if let Some(load) = state.loads.remove(&request) {
        state.loads.insert(loader.to_owned(), load);
        state.lane.documents.insert(request, loader.to_owned());
    }
}

/// Another document stands in the main frame from here on.
fn stand(state: &mut State, document: Document) {
    state.loads.retain(|of, load| *of == document.loader || (!load.finished && load.failed.is_none()));
    let loads = &state.loads;
    state.lane.documents.retain(|_, key| loads.contains_key(key));
    let request = state.loads.get(&document.loader).map(|load| load.request.clone()).unwrap_or_default();
    state.traffic.document_left(&request);
    state.document = document;
}

fn moved_within(state: &mut State, event: NavigationInfo) {
    state.moves += 1;
    if let Some(landing) = &mut state.landing {
        landing.url.clone_from(&event.url);
    }
    state.document.url = event.url;
}

/// Reads an event's parameters; one of another shape than known is passed over.
pub(super) fn on<'a, T: Deserialize<'a>>(params: &'a RawValue, act: impl FnOnce(T)) {
    if let Ok(event) = serde_json::from_str(params.get()) {
        act(event);
    }
}
