//! The websocket: commands out, replies to those who wait, events to the session they belong to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::log::ProtocolLog;
use super::message::{CdpError, Incoming, Outgoing};
use crate::browser::footprint::is_stopped;
use crate::text::well_formed;

/// Who hears a session's events. Called on the reading task, in the order of arrival and before any later reply is
/// handed out: it must not block.
pub(crate) trait EventSink: Send + Sync {
    /// One event of `session` (`None`: of the browser itself).
    fn event(&self, session: Option<&str>, method: &str, params: &RawValue);

    /// The socket closed, or was given up: nothing comes any more.
    fn gone(&self, cause: &str);
}

/// Cleared at every read, so no larger than usual messages.
const READ_BUFFER: usize = 32 * 1024;

/// What the browser answers where a target goes under a command that it had begun.
const TARGET_LEFT: &str = "Inspected target navigated or closed";

/// Why nothing comes any more, as far as a closed socket tells.
const ENDED: &str = "the browser ended";

/// A browser that runs tells of itself in milliseconds. One that has not after this is looked at.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);

/// How often a browser behind a grid is looked after.
const MIND_EVERY: Duration = Duration::from_secs(1);

/// On a machine under heavy load something of a browser still comes in this time.
const PATIENCE: Duration = Duration::from_secs(5);

/// A reply with its number among all that came.
type Reply = (u64, Result<Box<RawValue>, ReplyError>);

enum ReplyError {
    Refused(String),
    Gone,
}

/// Who waits for a reply, and to which command in which session.
struct Waiting {
    tell: oneshot::Sender<Reply>,
    method: &'static str,
    session: Option<String>,
}

#[derive(Default)]
struct Shared {
    waiting: HashMap<u64, Waiting>,
    sinks: HashMap<String, Weak<dyn EventSink>>,
    browser_sink: Option<Weak<dyn EventSink>>,
    /// The browser's process group, where it runs on this machine.
    group: Option<u32>,
    /// How many messages came.
    heard: u64,
    closed: bool,
}

/// One connection to a browser. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CdpSocket {
    shared: Arc<Mutex<Shared>>,
    next_id: Arc<AtomicU64>,
    out: mpsc::UnboundedSender<Utf8Bytes>,
    log: Option<Logged>,
}

/// The log with this socket's number in it.
#[derive(Clone)]
struct Logged {
    log: Arc<ProtocolLog>,
    number: usize,
}

impl CdpSocket {
    /// Connects to a browser's debugging address, `ws://…`; the error says what was in the way.
    pub(crate) async fn connect(url: &str, log: Option<Arc<ProtocolLog>>) -> Result<Self, String> {
        let limits =
            WebSocketConfig::default().read_buffer_size(READ_BUFFER).max_message_size(None).max_frame_size(None);
        let connecting = tokio_tungstenite::connect_async_with_config(url, Some(limits), true);
        connecting.await.map(|(stream, _)| Self::start(stream, log)).map_err(|error| error.to_string())
    }

    /// Takes over a connected websocket and begins to read.
    fn start(stream: WebSocketStream<MaybeTlsStream<TcpStream>>, log: Option<Arc<ProtocolLog>>) -> Self {
        let log = log.map(|log| Logged { number: log.socket(), log });
        let (out, outbox) = mpsc::unbounded_channel();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (sink, source) = stream.split();
        tokio::spawn(write(sink, outbox));
        tokio::spawn(read(source, Arc::clone(&shared), log.clone()));
        Self { shared, next_id: Arc::new(AtomicU64::new(1)), out, log }
    }

    /// Sends a command and waits for its result, `within` at most.
    pub(crate) async fn call<R: DeserializeOwned>(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: impl Serialize,
        within: Duration,
    ) -> Result<R, CdpError> {
        let pending = self.begin(session, method, params)?;
        let text = pending.wait(within).await?;
        shaped(method, &text)
    }

    /// Sends a command at once; its reply can be awaited later.
    pub(crate) fn begin(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<Pending, CdpError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let text = serde_json::to_string(&Outgoing { id, method, params, session })
            .map_err(|error| CdpError::Shape { method, message: error.to_string() })?;
        let (tell, reply) = oneshot::channel();
        {
            let mut shared = lock(&self.shared);
            if shared.closed {
                return Err(CdpError::Gone);
            }
            shared.waiting.insert(id, Waiting { tell, method, session: session.map(str::to_owned) });
        }
        if let Some(logged) = &self.log {
            logged.log.sent(logged.number, &text);
        }
        if self.out.send(text.into()).is_err() {
            lock(&self.shared).waiting.remove(&id);
            return Err(CdpError::Gone);
        }
        Ok(Pending { id, method, reply, shared: Arc::clone(&self.shared) })
    }

    /// Sends a command whose reply nobody needs.
    pub(crate) fn send(&self, session: Option<&str>, method: &'static str, params: impl Serialize) {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        if let Ok(text) = serde_json::to_string(&Outgoing { id, method, params, session }) {
            if let Some(logged) = &self.log {
                logged.log.sent(logged.number, &text);
            }
            let _ = self.out.send(text.into());
        }
    }

    /// Registers who hears the events of `session`; one `gone` follows when the socket closes.
    pub(crate) fn listen(&self, session: &str, sink: Weak<dyn EventSink>) {
        let mut shared = lock(&self.shared);
        if shared.closed {
            drop(shared);
            if let Some(sink) = sink.upgrade() {
                sink.gone(ENDED);
            }
            return;
        }
        shared.sinks.insert(session.to_owned(), sink);
    }

    /// Registers who hears the browser's own events.
    pub(crate) fn listen_browser(&self, sink: Weak<dyn EventSink>) {
        lock(&self.shared).browser_sink = Some(sink);
    }

    /// Forgets a session's listener.
    pub(crate) fn forget(&self, session: &str) {
        lock(&self.shared).sinks.remove(session);
    }

    /// Forgets a session whose target went, as a frame of another process does: its commands are never answered.
    pub(crate) fn left(&self, session: &str) {
        lock(&self.shared).sinks.remove(session);
        self.refuse(|waiting| waiting.session.as_deref() == Some(session));
    }

    /// What was asked of a session by `method` is not answered any more: its target went.
    pub(crate) fn give_up(&self, session: &str, method: &'static str) {
        self.refuse(|waiting| waiting.method == method && waiting.session.as_deref() == Some(session));
    }

    fn refuse(&self, which: impl Fn(&Waiting) -> bool) {
        let mut shared = lock(&self.shared);
        let number = shared.heard;
        for (_, waiting) in shared.waiting.extract_if(|_, waiting| which(waiting)) {
            let _ = waiting.tell.send((number, Err(ReplyError::Refused(TARGET_LEFT.to_owned()))));
        }
    }

    /// Whether the other side still runs, asked by a command that needs no page. One that stays silent is given up: it
    /// was stopped, or hangs, and everybody who waits for it is told.
    pub(crate) async fn lives(&self, question: &'static str) -> bool {
        let heard = lock(&self.shared).heard;
        let Ok(asked) = self.begin(None, question, serde_json::json!({})) else { return false };
        let silent = |answer| matches!(answer, Err(CdpError::Silent { .. })) && lock(&self.shared).heard == heard;
        let mut asked = asked;
        let mut dead = silent(asked.hear(SIGN_OF_LIFE).await.1);
        if dead && !self.is_stopped() {
            dead = silent(asked.hear(PATIENCE - SIGN_OF_LIFE).await.1);
        }
        if dead {
            close(&self.shared, "the browser does not answer");
        }
        self.open()
    }

    /// Looks after the other side while somebody waits for it: between us and a browser behind a grid stand others, who
    /// keep the connection open when it is gone.
    pub(crate) fn mind(&self, question: &'static str) {
        let socket = self.clone();
        tokio::spawn(async move {
            let mut heard = 0;
            while socket.open() {
                tokio::time::sleep(MIND_EVERY).await;
                let (now, waited_for) = {
                    let shared = lock(&socket.shared);
                    (shared.heard, !shared.waiting.is_empty())
                };
                if waited_for && now == heard {
                    socket.lives(question).await;
                }
                heard = now;
            }
        });
    }

    /// Whether a process of the browser's was stopped (`SIGSTOP`), as far as they are ours.
    pub(crate) fn is_stopped(&self) -> bool {
        let group = lock(&self.shared).group;
        group.is_some_and(is_stopped)
    }

    /// Says which processes are the browser's.
    pub(crate) fn belongs_to(&self, group: u32) {
        lock(&self.shared).group = Some(group);
    }

    /// Whether the connection stands.
    pub(crate) fn open(&self) -> bool {
        !lock(&self.shared).closed
    }
}

/// A command under way. Dropped, its reply is ignored.
pub(crate) struct Pending {
    id: u64,
    method: &'static str,
    reply: oneshot::Receiver<Reply>,
    shared: Arc<Mutex<Shared>>,
}

impl Pending {
    /// The raw result, `within` at most.
    pub(crate) async fn wait(mut self, within: Duration) -> Result<Box<RawValue>, CdpError> {
        self.hear(within).await.1
    }

    /// The result, `within` at most, and the number of its message: who was answered first has the lower one.
    /// After silence it can be asked again.
    pub(in crate::browser) async fn numbered<R: DeserializeOwned>(
        &mut self,
        within: Duration,
    ) -> (u64, Result<R, CdpError>) {
        let (number, result) = self.hear(within).await;
        (number, result.and_then(|text| shaped(self.method, &text)))
    }

    /// The raw result with its number, for one who may go on waiting.
    async fn hear(&mut self, within: Duration) -> (u64, Result<Box<RawValue>, CdpError>) {
        match tokio::time::timeout(within, &mut self.reply).await {
            Ok(Ok((number, Ok(result)))) => (number, Ok(result)),
            Ok(Ok((number, Err(ReplyError::Refused(message))))) => {
                (number, Err(CdpError::Refused { method: self.method, message }))
            }
            Ok(Ok((number, Err(ReplyError::Gone)))) => (number, Err(CdpError::Gone)),
            Ok(Err(_)) => (u64::MAX, Err(CdpError::Gone)),
            Err(_) => (u64::MAX, Err(CdpError::Silent { method: self.method, waited: within })),
        }
    }
}

fn shaped<R: DeserializeOwned>(method: &'static str, text: &RawValue) -> Result<R, CdpError> {
    serde_json::from_str(text.get()).map_err(|error| CdpError::Shape { method, message: error.to_string() })
}

impl Drop for Pending {
    fn drop(&mut self) {
        lock(&self.shared).waiting.remove(&self.id);
    }
}

async fn write(mut sink: impl SinkExt<Message> + Unpin, mut outbox: mpsc::UnboundedReceiver<Utf8Bytes>) {
    while let Some(text) = outbox.recv().await {
        if sink.feed(Message::Text(text)).await.is_err() {
            return;
        }
        while let Ok(more) = outbox.try_recv() {
            if sink.feed(Message::Text(more)).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
    let _ = sink.close().await;
}

async fn read<E>(
    mut source: impl StreamExt<Item = Result<Message, E>> + Unpin,
    shared: Arc<Mutex<Shared>>,
    log: Option<Logged>,
) {
    while let Some(Ok(message)) = source.next().await {
        lock(&shared).heard += 1;
        if let (Message::Text(text), Some(logged)) = (&message, &log) {
            logged.log.received(logged.number, text);
        }
        if let Message::Text(text) = message {
            let text = well_formed(&text);
            if let Ok(incoming) = serde_json::from_str::<Incoming<'_>>(&text) {
                dispatch(&shared, &incoming);
            }
        }
    }
    close(&shared, ENDED);
}

fn dispatch(shared: &Mutex<Shared>, incoming: &Incoming<'_>) {
    if let Some(id) = incoming.id {
        let (tell, number) = {
            let mut shared = lock(shared);
            let Some(waiting) = shared.waiting.remove(&id) else { return };
            (waiting.tell, shared.heard)
        };
        let reply = match (incoming.refusal(), incoming.result) {
            (Some(words), _) => Err(ReplyError::Refused(words)),
            (None, Some(result)) => Ok(result.to_owned()),
            (None, None) => Ok(RawValue::NULL.to_owned()),
        };
        let _ = tell.send((number, reply));
        return;
    }
    let (Some(method), Some(params)) = (&incoming.method, incoming.params) else { return };
    let session = incoming.session.as_deref();
    let sink = {
        let shared = lock(shared);
        match session {
            Some(session) => shared.sinks.get(session).and_then(Weak::upgrade),
            None => shared.browser_sink.as_ref().and_then(Weak::upgrade),
        }
    };
    if let Some(sink) = sink {
        sink.event(session, method, params);
    }
}

fn close(shared: &Mutex<Shared>, cause: &str) {
    let (waiting, mut sinks) = {
        let mut shared = lock(shared);
        shared.closed = true;
        let mut sinks: Vec<_> = shared.sinks.drain().map(|(_, sink)| sink).collect();
        sinks.extend(shared.browser_sink.take());
        (std::mem::take(&mut shared.waiting), sinks)
    };
    for sink in sinks.drain(..).filter_map(|sink| sink.upgrade()) {
        sink.gone(cause);
    }
    for (_, Waiting { tell, .. }) in waiting {
        let _ = tell.send((u64::MAX, Err(ReplyError::Gone)));
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
