//! Takes the events of a tab's sessions into its state, and answers at once what would otherwise block the page.

use std::sync::{Arc, MutexGuard, Weak};
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::browser::cdp::{CdpSocket, EventSink};
use crate::browser::inpage;
use crate::browser::snapshot::ConsoleLine;
use crate::browser::tracker::{Document, PendingNavigation, Tracker};

use super::chooser::Opened;
use super::console;
use super::event::{
    Attached, ConsoleCalled, Context, ContextCreated, ContextDestroyed, Detached, DialogOpening, DownloadBegins,
    DownloadGoes, ExceptionThrown, FrameDetached, FrameNavigated, FrameNavigation, FrameStopped, Lifecycle, WindowOpen,
    WithinDocument,
};
use super::lane::{Lane, State, World};
use super::manner::{Household, Manner};
use super::setup::{Command, frame_commands, worker_commands};
use super::{intercept, network, storage};

/// A console that is never read must not grow for ever.
const CONSOLE_LIMIT: usize = 1000;

/// The listening half of a tab.
pub(super) struct Events {
    pub(super) tracker: Tracker<Lane>,
    pub(super) socket: CdpSocket,
    /// The page's own session.
    pub(super) session: String,
    pub(super) manner: Arc<Manner>,
    pub(super) household: Weak<Household>,
    this: Weak<Self>,
}

impl Events {
    /// Begins to listen to `session`, attached to the page `target`.
    pub(super) fn listen(
        socket: &CdpSocket,
        session: &str,
        target: &str,
        manner: &Arc<Manner>,
        household: &Arc<Household>,
    ) -> Arc<Self> {
        let events = Arc::new_cyclic(|this: &Weak<Self>| Self {
            tracker: Tracker::new(target),
            socket: socket.clone(),
            session: session.to_owned(),
            manner: Arc::clone(manner),
            household: Arc::downgrade(household),
            this: this.clone(),
        });
        events.state().lane.everywhere.clone_from(&manner.everywhere);
        socket.listen(session, events.sink());
        household.add(&events);
        events
    }

    /// All that its own session is told before it loads anything.
    pub(super) fn setup(&self) -> Vec<Command> {
        let mut commands = frame_commands(&self.state().lane.everywhere);
        commands.extend_from_slice(&self.manner.for_pages);
        commands
    }

    /// The state, locked; never held across an await.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.tracker.state()
    }

    /// Changes the state and wakes those who wait for it.
    pub(super) fn change<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        self.tracker.change(act)
    }

    /// Itself, for what goes on beside it.
    pub(super) fn weak(&self) -> Weak<Self> {
        self.this.clone()
    }

    fn sink(&self) -> Weak<dyn EventSink> {
        let this: Weak<dyn EventSink> = self.this.clone();
        this
    }

    fn lose(&self, cause: &str) {
        self.tracker.lose(cause);
    }

    fn page_event(&self, session: &str, method: &str, params: &RawValue) {
        match method {
            "frameRequestedNavigation" => on(params, |event: FrameNavigation| self.asked(event)),
            "frameStartedNavigating" => on(params, |event: FrameNavigation| self.began(event)),
            "frameNavigated" => on(params, |event: FrameNavigated| self.committed(event)),
            "frameDetached" => on(params, |event: FrameDetached| self.frame_left(event)),
            "navigatedWithinDocument" => on(params, |event: WithinDocument| self.moved_within(event)),
            "frameStoppedLoading" => on(params, |event: FrameStopped<'_>| self.stopped(&event)),
            "lifecycleEvent" => on(params, |event: Lifecycle<'_>| self.milestone(&event)),
            "javascriptDialogOpening" => on(params, |event: DialogOpening| self.dialog(session, &event)),
            "downloadWillBegin" => on(params, |event: DownloadBegins| self.download_begins(event)),
            "downloadProgress" => on(params, |event: DownloadGoes| self.download_goes(&event)),
            "fileChooserOpened" => on(params, |event: Opened| {
                self.change(|state| state.lane.chooser = event.chooser(session));
            }),
            "windowOpen" => on(params, |event: WindowOpen| {
                self.change(|state| state.happenings.popups.push(event.url));
            }),
            _ => {}
        }
    }

    fn asked(&self, event: FrameNavigation) {
        let here = event.disposition.as_deref().is_none_or(|disposition| disposition == "currentTab");
        self.change(|state| {
            if here && event.frame_id == state.main_frame {
                state.asked += 1;
                state.pending = Some(PendingNavigation { loader: None, url: event.url, since: Instant::now() });
            }
        });
    }

    fn began(&self, event: FrameNavigation) {
        let within = event.navigation_type.as_deref().is_some_and(|kind| kind.ends_with("ameDocument"));
        self.change(|state| {
            if within || event.frame_id != state.main_frame || event.loader_id.as_ref() == Some(&state.document.loader)
            {
                return;
            }
            if state.pending.as_ref().is_none_or(|pending| pending.loader.is_some()) {
                state.asked += 1;
            }
            state.pending = Some(PendingNavigation { loader: event.loader_id, url: event.url, since: Instant::now() });
        });
    }

    fn committed(&self, event: FrameNavigated) {
        let frame = event.frame;
        self.change(|state| {
            state.lane.worlds.remove(&frame.id);
            if frame.id != state.main_frame {
                return;
            }
            // Commit of the document under way, or of one that nobody announced.
            let failed = frame.unreachable_url.is_some();
            state.pending.take_if(|p| failed || p.loader.as_ref().is_none_or(|loader| *loader == frame.loader_id));
            state.loads.retain(|loader, load| *loader == frame.loader_id || (!load.finished && load.failed.is_none()));
            state.traffic.document_left(&frame.loader_id);
            state.document = Document {
                loader: frame.loader_id,
                url: frame.url + frame.url_fragment.as_str(),
                unreachable: frame.unreachable_url,
                ..Document::default()
            };
        });
    }

    fn moved_within(&self, event: WithinDocument) {
        self.change(|state| {
            if event.frame_id == state.main_frame {
                state.moves += 1;
                if let Some(landing) = &mut state.landing {
                    landing.url.clone_from(&event.url);
                }
                state.document.url = event.url;
            }
        });
    }

    fn frame_left(&self, event: FrameDetached) {
        self.change(|state| {
            if event.reason.as_deref() != Some("swap") && state.lane.entered.contains(&event.frame_id) {
                state.lane.left.insert(event.frame_id);
            }
        });
    }

    fn milestone(&self, event: &Lifecycle<'_>) {
        let (dom, load) = match event.name {
            "DOMContentLoaded" => (true, false),
            "load" => (true, true),
            _ => return,
        };
        self.change(|state| {
            if event.frame_id == state.main_frame && event.loader_id == state.document.loader {
                state.document.dom |= dom;
                state.document.load |= load;
            }
        });
    }

    /// A document that asked for `mailto:` or a download while it was loading is as far as it will ever be.
    fn stopped(&self, event: &FrameStopped<'_>) {
        self.change(|state| {
            let document = &mut state.document;
            if event.frame_id == state.main_frame && document.cut && !document.load {
                (document.dom, document.load) = (true, true);
                // Of a page that was opened and never came to anything nothing was read.
                if !document.url.is_empty() {
                    state.happenings.warnings.push(format!(
                        "`{}` set out for somewhere else while it was read, and was read no further",
                        document.url
                    ));
                }
            }
        });
    }

    fn dialog(&self, session: &str, event: &DialogOpening) {
        let (answer, line) = self.manner.family.answer(&event.kind, &event.message);
        let mut params = json!({ "accept": answer.accept });
        if let Some(text) = answer.text.or_else(|| event.default_prompt.clone().filter(|_| answer.accept)) {
            params["promptText"] = json!(text);
        }
        self.socket.send(Some(session), "Page.handleJavaScriptDialog", params);
        if let Some(line) = line {
            self.change(|state| state.happenings.warnings.push(line));
        }
    }

    fn runtime_event(&self, session: &str, method: &str, params: &RawValue) {
        match method {
            "executionContextCreated" => on(params, |event: ContextCreated| {
                self.context_created(session, event.context);
            }),
            "executionContextDestroyed" => on(params, |event: ContextDestroyed| {
                let gone = event.execution_context_unique_id;
                self.change(|state| {
                    state.lane.main_world.take_if(|context| *context == gone);
                    state.lane.worlds.retain(|_, world| world.context != gone);
                    state.lane.frame_worlds.retain(|_, world| world.context != gone);
                });
            }),
            "executionContextsCleared" => self.change(|state| {
                state.lane.main_world.take_if(|_| session == self.session);
                state.lane.worlds.retain(|_, world| world.session != session);
                state.lane.frame_worlds.retain(|_, world| world.session != session);
            }),
            "consoleAPICalled" => on(params, |event: ConsoleCalled| self.console(console::called(event))),
            "exceptionThrown" => on(params, |event: ExceptionThrown| self.console(console::thrown(event))),
            _ => {}
        }
    }

    fn context_created(&self, session: &str, context: Context) {
        let Some(aux) = context.aux_data else { return };
        let Some(frame) = aux.frame_id else { return };
        self.change(|state| {
            if context.name == inpage::WORLD {
                let world = World { session: session.to_owned(), context: context.unique_id };
                state.lane.worlds.insert(frame, world);
            } else if aux.is_default && session == self.session && frame == state.main_frame {
                state.lane.main_world = Some(context.unique_id);
            } else if aux.is_default {
                let world = World { session: session.to_owned(), context: context.unique_id };
                state.lane.frame_worlds.insert(frame, world);
            }
        });
    }

    fn console(&self, line: ConsoleLine) {
        self.change(|state| {
            if state.happenings.console.len() < CONSOLE_LIMIT {
                state.happenings.console.push(line);
            }
        });
    }

    fn target_event(&self, method: &str, params: &RawValue) {
        match method {
            "attachedToTarget" => on(params, |event: Attached| self.attached(event)),
            "detachedFromTarget" => on(params, |event: Detached| {
                self.socket.left(&event.session_id);
                self.change(|state| {
                    state.lane.children.remove(&event.session_id);
                    state.lane.worlds.retain(|_, world| world.session != event.session_id);
                    state.lane.frame_worlds.retain(|_, world| world.session != event.session_id);
                    state.traffic.session_left(&event.session_id);
                });
            }),
            _ => {}
        }
    }

    fn attached(&self, event: Attached) {
        let session = event.session_id;
        self.socket.listen(&session, self.sink());
        if event.target_info.kind == "iframe" {
            self.change(|state| state.lane.children.insert(session.clone(), event.target_info.target_id));
            let everywhere = self.state().lane.everywhere.clone();
            for (method, params) in frame_commands(&everywhere) {
                self.socket.send(Some(&session), method, params);
            }
        }
        if event.target_info.kind == "worker" {
            let everywhere = self.state().lane.everywhere.clone();
            for (method, params) in worker_commands(&everywhere) {
                self.socket.send(Some(&session), method, params);
            }
        }
        self.socket.send(Some(&session), "Runtime.runIfWaitingForDebugger", json!({}));
    }

    /// A target that this page opened and that waits: a page of the same identity. `None` when the identity is gone.
    pub(super) fn opened(&self, target: &str, session: &str) -> Option<Arc<Self>> {
        let household = self.household.upgrade()?;
        let page = Self::listen(&self.socket, session, target, &self.manner, &household);
        page.state().lane.everywhere.clone_from(&self.state().lane.everywhere);
        for (method, params) in page.setup() {
            self.socket.send(Some(session), method, params);
        }
        self.socket.send(Some(session), "Runtime.runIfWaitingForDebugger", json!({}));
        Some(page)
    }

    /// Whether its identity lives in a profile folder, not in a context of its own.
    pub(super) fn is_of_profile(&self) -> bool {
        self.household.upgrade().is_some_and(|household| household.context.is_none())
    }

    /// A target crashed or was closed; it counts when it is the page's own.
    pub(super) fn target_gone(&self, target: &str, cause: &str) {
        if self.state().main_frame == target {
            self.lose(cause);
        }
    }
}

impl EventSink for Events {
    fn event(&self, session: Option<&str>, method: &str, params: &RawValue) {
        let Some(session) = session else { return };
        let Some((domain, name)) = method.split_once('.') else { return };
        let own = session == self.session;
        match domain {
            "Page" if own || matches!(name, "javascriptDialogOpening" | "frameDetached" | "fileChooserOpened") => {
                self.page_event(session, name, params)
            }
            "Runtime" => self.runtime_event(session, name, params),
            "Network" => {
                if let Some(listener) = &self.manner.listener {
                    listener.take(session, name, params);
                }
                network::take(self, session, name, params);
            }
            "DOMStorage" => storage::take(self, name, params),
            "Target" => self.target_event(name, params),
            "Fetch" => intercept::take(self, &self.socket, session, name, params),
            "Input" if name == "dragIntercepted" => on(params, |event: super::event::DragIntercepted| {
                self.change(|state| state.lane.dragged = Some(event.data));
            }),
            "Inspector" if own && name == "targetCrashed" => self.lose("the page's renderer crashed"),
            "Inspector" if own && name == "detached" => self.lose(crate::browser::tab::PAGE_CLOSED),
            _ => {}
        }
    }

    fn gone(&self, cause: &str) {
        if let Some(listener) = &self.manner.listener {
            listener.close();
        }
        self.lose(cause);
    }
}

/// Reads an event's parameters; one of another shape than known is passed over.
pub(super) fn on<'a, T: Deserialize<'a>>(params: &'a RawValue, act: impl FnOnce(T)) {
    if let Ok(event) = serde_json::from_str(params.get()) {
        act(event);
    }
}
