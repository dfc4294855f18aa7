//! One page of one identity: the trait that every lane to a browser implements alike.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use super::aim::{Deed, Found, Place, Wish};
use super::condition::{Baseline, DomCondition};
use super::deadline::Deadline;
use super::download::Download;
use super::error::BrowserError;
use super::exchange::{Certificate, Exchange};
use super::family::DialogAnswer;
use super::identity::{Cookie, OriginStorage, WaitUntil};
use super::indexed_db::Databases;
use super::input::Input;
use super::pointing::Pointed;
use super::snapshot::{Happenings, JsOutcome, Landing, Response, Snapshot, Taken};
pub use super::url_pattern::UrlPattern;
use crate::syntax::JsProgram;

/// A request for a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Navigation {
    /// An absolute URL.
    pub url: String,
    /// How far it must come.
    pub wait_until: WaitUntil,
    /// Headers for this request alone.
    pub headers: Vec<(String, String)>,
    /// `GET` when not given; another method is a request with `body`.
    pub method: Option<String>,
    /// The request's body.
    pub body: Option<String>,
    /// The document itself, for `raw:` pages: `url` is then its base.
    pub content: Option<String>,
    /// What [`Tab::settle`] is asked next, where nothing stands between the two: a lane may ask the page ahead.
    pub settle: Option<Settling>,
}

/// What a page is asked before its snapshot is taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settling {
    /// What must hold; nothing: the page as it is.
    pub condition: Option<DomCondition>,
}

/// What a step does to its page where nothing of the script stands between: baselines, js, wait, snapshot.
#[derive(Debug, Clone, Copy)]
pub struct PageAct<'a> {
    /// The selectors to measure first.
    pub baselines: &'a [String],
    /// The js.
    pub program: &'a JsProgram,
    /// What to wait for afterwards; its baselines are those taken here.
    pub condition: Option<&'a DomCondition>,
}

/// A way through a tab's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traversal {
    /// To the page before.
    Back,
    /// To the page after.
    Forward,
    /// To the same page.
    Reload,
}

/// The moment before an act.
#[derive(Debug, Clone, Copy)]
pub struct ActMark {
    /// How many navigations had been asked for.
    pub(super) asked: u64,
    /// How many moves within a document there had been.
    pub(super) moves: u64,
    /// When it was.
    pub(super) at: Instant,
}

/// What came of a [`PageAct`].
#[derive(Debug)]
pub struct Acted {
    /// One for each selector.
    pub baselines: Vec<Baseline>,
    /// What the js came to.
    pub js: Result<JsOutcome, BrowserError>,
    /// The wait and the snapshot; `None` where they are still to be done by [`Tab::settle`].
    pub settled: Option<Result<Taken, BrowserError>>,
    /// How long the baselines took, and the js.
    pub took: [Duration; 2],
}

/// One page of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPage {
    /// The protocol's name of it.
    pub id: String,
    /// Its address.
    pub url: String,
    /// Its title; empty where it has none.
    pub title: String,
}

/// Which downloads are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadWait {
    /// Those that began.
    Begun,
    /// Those that began; where none did, one may begin within so long.
    Within(Duration),
    /// One at least.
    One,
}

/// Why a page is lost that was closed, by a script of its own or by ours.
pub(super) const PAGE_CLOSED: &str = "the page was closed";

/// A tab. One step at a time uses it; the session table sees to that.
///
/// Every call ends by its deadline. After a timeout the tab is usable again: a script that runs on was stopped.
/// A call that a navigation of the page interrupts is armed again in the new document.
#[async_trait]
pub trait Tab: Send + Sync {
    /// Loads a document and waits until `wait_until`.
    async fn navigate(&self, to: &Navigation, deadline: Deadline) -> Result<Landing, BrowserError>;

    /// Waits until the navigation that js or an act asked for has reached `until`.
    async fn arrive(&self, until: WaitUntil, deadline: Deadline) -> Result<Landing, BrowserError>;

    /// The current document's navigation; `None` before the first page. `url` follows `pushState`.
    fn landing(&self) -> Option<Landing>;

    /// What the document that stands is told apart from others by.
    fn document(&self) -> String;

    /// Follows a page that moved on by itself until it has come as far as the last navigation had to.
    async fn caught_up(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// The page as it stands, however far it has come; nothing is waited for, followed or stopped.
    async fn look(&self, deadline: Deadline) -> Result<Snapshot, BrowserError>;

    /// What each selector matches now.
    async fn baseline(&self, css: &[String], deadline: Deadline) -> Result<Vec<Baseline>, BrowserError>;

    /// Runs the user's js in the page's main world; a promise is awaited.
    async fn run(&self, program: &JsProgram, deadline: Deadline) -> Result<JsOutcome, BrowserError>;

    /// Baselines, then js, then the wait and the snapshot, in this order; a lane may send them together.
    ///
    /// The error is that of the baselines: the js has not run, but where the page did not answer in time.
    async fn act(&self, act: &PageAct<'_>, deadline: Deadline) -> Result<Acted, BrowserError> {
        by_turns(self, act, deadline).await
    }

    /// Waits for a DOM condition, if any, and takes the snapshot in the same call.
    async fn settle(&self, condition: Option<&DomCondition>, deadline: Deadline) -> Result<Taken, BrowserError>;

    /// Waits for a DOM condition alone.
    async fn wait_dom(&self, condition: &DomCondition, deadline: Deadline) -> Result<(), BrowserError>;

    /// Waits until the user's js condition is truthy in the main world; one that throws is tried again.
    async fn wait_js(&self, program: &JsProgram, deadline: Deadline) -> Result<(), BrowserError>;

    /// Waits until the main document's URL satisfies `matches` (`pushState` counts).
    async fn wait_url(&self, matches: &UrlPattern, deadline: Deadline) -> Result<(), BrowserError>;

    /// Begins to listen for responses before anything acts; [`Self::wait_response`] sees those from here on.
    async fn arm_responses(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// Waits for the first response since [`Self::arm_responses`] whose URL satisfies `matches`, body included.
    async fn wait_response(&self, matches: &UrlPattern, deadline: Deadline) -> Result<Response, BrowserError>;

    /// Listens no more.
    fn disarm_responses(&self);

    /// Waits until no request has been in flight for `quiet`.
    async fn wait_idle(&self, quiet: Duration, deadline: Deadline) -> Result<(), BrowserError>;

    /// A PNG of the viewport, or of the whole page.
    async fn screenshot(&self, full_page: bool, deadline: Deadline) -> Result<Vec<u8>, BrowserError>;

    /// A picture of the viewport as browsers show them (PNG, WebP), as small as the lane can make it.
    async fn picture(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError> {
        self.screenshot(false, deadline).await
    }

    /// All cookies of the identity.
    async fn cookies(&self, deadline: Deadline) -> Result<Vec<Cookie>, BrowserError>;

    /// Adds cookies to the identity.
    async fn set_cookies(&self, cookies: &[Cookie], deadline: Deadline) -> Result<(), BrowserError>;

    /// Removes all cookies of the identity.
    async fn clear_cookies(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// Replaces the headers sent with every request of the identity.
    async fn set_headers(&self, headers: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError>;

    /// Enters frames, outermost first, for the calls that follow: baselines, waits for the DOM, targets.
    async fn enter(&self, frames: &[Place], deadline: Deadline) -> Result<(), BrowserError>;

    /// Leaves all frames.
    fn leave(&self);

    /// The address of the document that is acted in; `None` where the page took its frame away.
    async fn frame_address(&self, deadline: Deadline) -> Result<Option<String>, BrowserError>;

    /// Waits until a target can be acted upon, and does to it what the page itself can. The error says what it lacks.
    async fn ready(&self, wish: &Wish<'_>, deadline: Deadline) -> Result<Found, BrowserError>;

    /// Sends trusted input, in order.
    async fn input(&self, events: &[Input], deadline: Deadline) -> Result<(), BrowserError>;

    /// Hands files to the field that [`Self::ready`] found last: absolute paths on the browser's machine.
    async fn give_files(&self, files: &[String], deadline: Deadline) -> Result<(), BrowserError>;

    /// Clicks at a point and gives files to the file chooser that the page's script opens then; false when it opens none.
    async fn choose_files(&self, at: (f64, f64), files: &[String], deadline: Deadline) -> Result<bool, BrowserError> {
        let _ = (at, files, deadline);
        Err(BrowserError::Unsupported { what: "an upload by a button whose script opens the file chooser".to_owned() })
    }

    /// Scrolls the document of the frame that is acted in.
    async fn scroll(&self, deed: &Deed, deadline: Deadline) -> Result<(), BrowserError>;

    /// Marks the moment before an act.
    fn begin_act(&self) -> Result<ActMark, BrowserError>;

    /// Waits until the page has answered an act: its requests since the mark are over and it had its next frame, or it
    /// asked for a navigation, which [`Self::arrive`] must follow: then true.
    ///
    /// Without `settle` only what it asks for at once counts.
    async fn end_act(&self, mark: &ActMark, settle: bool, deadline: Deadline) -> Result<bool, BrowserError>;

    /// Makes sure that the page takes itself to have the focus, so that keys reach what has it in there.
    async fn focus(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// Drags with the pointer from one point to another; a drag of the page's own data ends in a drop.
    async fn drag(&self, from: (f64, f64), to: (f64, f64), deadline: Deadline) -> Result<(), BrowserError>;

    /// Begins to go through the tab's history; false where there is no such page. What comes of it [`Self::end_act`] and
    /// [`Self::arrive`] tell.
    async fn traverse(&self, to: Traversal, deadline: Deadline) -> Result<bool, BrowserError>;

    /// Holds clicks back from the page for a moment, in which [`Self::pointed_at`] begins.
    async fn begin_pointing(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// Waits until a person clicks an element in the page's window, in the main frame; `None` when Escape was pressed
    /// there or [`Self::stop_pointing`] was called. What is below the pointer is outlined; the page sees neither the
    /// click nor the key.
    async fn pointed_at(&self, deadline: Deadline) -> Result<Option<Pointed>, BrowserError>;

    /// Ends the wait for a click.
    async fn stop_pointing(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// The response body of the current document as text (a JSON page's own bytes, not Chromium's viewer).
    async fn document_body(&self, deadline: Deadline) -> Result<String, BrowserError>;

    /// Local storage of the current origin, as pairs; for rebuilding a session.
    async fn local_storage(&self, deadline: Deadline) -> Result<Vec<(String, String)>, BrowserError>;

    /// Writes local storage of the current origin.
    async fn set_local_storage(&self, items: &[(String, String)], deadline: Deadline) -> Result<(), BrowserError>;

    /// The databases of the page's origin.
    async fn indexed_db(&self, deadline: Deadline) -> Result<Databases, BrowserError>;

    /// Writes databases for the page's origin, each in place of one of its name.
    async fn set_indexed_db(&self, databases: &[Value], deadline: Deadline) -> Result<(), BrowserError>;

    /// Local storage of the origins that this tab has been to, as far as the lane knows of it.
    async fn storage(&self, deadline: Deadline) -> Result<Vec<OriginStorage>, BrowserError>;

    /// Whether cookies and storage are told as they are when they are asked for, whatever is asked next.
    fn keeps_order(&self) -> bool {
        false
    }

    /// Waits for the right to load a document: of all tabs of a browser only a few do so at once, for a loaded machine
    /// would finish none of them in time. Held while [`Self::navigate`] runs; `None` where there is no such limit.
    async fn navigation_turn(&self) -> Option<OwnedSemaphorePermit>;

    /// Another tab of the same identity - cookies, storage, all that its browser keeps of it - in place of this one,
    /// which is closed. The browser must still run.
    async fn renewed(&self, deadline: Deadline) -> Result<Arc<dyn Tab>, BrowserError>;

    /// What happened beside the steps since the last call: dialogs, pop-ups, console.
    fn happenings(&self) -> Happenings;

    /// What the page wrote to its console since [`Self::happenings`] was last asked; it stays there.
    fn console(&self) -> Vec<crate::browser::ConsoleLine>;

    /// Begins to keep the requests of the identity's page, or to keep none.
    fn keep_requests(&self, keep: bool);

    /// The requests since [`Self::keep_requests`]; `None` where none are kept. [`MOST_EXCHANGES`] at most.
    fn requests(&self) -> Option<Vec<Exchange>>;

    /// Who the site of the current document proved to be; `None` without TLS.
    fn certificate(&self) -> Result<Option<Certificate>, BrowserError>;

    /// What the page sent to servers since this was last asked, by methods that may change something there:
    /// ``POST http://…``. Pings and reports do not count.
    fn sent(&self) -> Vec<String>;

    /// How many answers of the browser were waited for on behalf of this tab so far.
    fn round_trips(&self) -> u64;

    /// The address of the document that stands now, however it came there.
    fn address(&self) -> String;

    /// Ends a script that keeps the page from answering. A page that does not answer then either is lost; that may take
    /// longer than this does ([`Self::recovered`]).
    async fn free(&self);

    /// The step was called off: a script of the page's that runs on ends beside what follows, where the next step waits for
    /// that ([`Self::recovered`]).
    fn call_off(&self);

    /// Whether the page did not answer, and it is not known yet whether it will.
    fn is_stuck(&self) -> bool;

    /// Waits until a page that is stuck answers again, or is lost: most often a few seconds at most.
    async fn recovered(&self);

    /// Whether the tab can still be used.
    fn alive(&self) -> bool;

    /// Why it cannot be used any more, where that was told.
    fn loss(&self) -> Option<String>;

    /// What the page is called among [`Self::pages`].
    fn page_id(&self) -> &str;

    /// The open pages of the identity, in the order in which they opened.
    async fn pages(&self, deadline: Deadline) -> Result<Vec<OpenPage>, BrowserError>;

    /// A tab on another page of the identity; `None` when there is no such page. [`Self::arrive`] waits for its
    /// document.
    async fn page(&self, id: &str, deadline: Deadline) -> Option<Arc<dyn Tab>>;

    /// Whether the page was closed, rather than lost.
    fn page_was_closed(&self) -> bool;

    /// A PNG of a target of the frame that is acted in, once it is visible and still, scrolled into view.
    async fn picture_of(&self, place: &Place, deadline: Deadline) -> Result<Vec<u8>, BrowserError>;

    /// Closes this page alone; the identity stays.
    async fn close_page(&self, deadline: Deadline) -> Result<(), BrowserError>;

    /// How dialogs of the identity's pages are answered from here on; `None`: dismissed, with a line in the happenings.
    fn answer_dialogs(&self, answer: Option<DialogAnswer>);

    /// Has the browser put downloads of the identity into a folder of the run; one that is larger than `limit` is called
    /// off.
    async fn keep_downloads(&self, limit: Option<u64>, deadline: Deadline) -> Result<(), BrowserError>;

    /// The downloads since the last call, once those that began have ended; those that go on at the deadline are given
    /// as they are, and called off where the browser can do that.
    async fn downloads(&self, wait: DownloadWait, deadline: Deadline) -> Result<Vec<Download>, BrowserError>;

    /// Where the requests are heard ([`super::Wire::Heard`]): waits until all that are over have been told, and tells
    /// the others as far as they came. Nothing is heard from here on.
    async fn last_words(&self, deadline: Deadline) {
        let _ = deadline;
    }

    /// The page as a PDF.
    async fn pdf(&self, deadline: Deadline) -> Result<Vec<u8>, BrowserError>;

    /// The page with all it shows, as MHTML.
    async fn mhtml(&self, deadline: Deadline) -> Result<String, BrowserError>;

    /// Closes the tab and its identity. Calls under way end as [`BrowserError::Closed`].
    async fn close(&self) -> Result<(), BrowserError>;
}

/// A [`PageAct`] one after another, each armed again when a navigation of the page's own gets between.
pub(super) async fn by_turns<T: Tab + ?Sized>(
    tab: &T,
    act: &PageAct<'_>,
    deadline: Deadline,
) -> Result<Acted, BrowserError> {
    let begun = Instant::now();
    let baselines = match act.baselines {
        [] => Vec::new(),
        selectors => tab.baseline(selectors, deadline).await?,
    };
    let measured = begun.elapsed();
    let js = tab.run(act.program, deadline).await;
    Ok(Acted { baselines, js, settled: None, took: [measured, begun.elapsed() - measured] })
}
