//! The websocket itself: whoever has something to say writes it there and then, and one task reads.
//!
//! No thread stands between a step and the browser. Where all cores are busy, as a page keeps two of them, a thread that
//! is woken to write may wait for its turn for longer than the page takes for all that it was asked.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A websocket on its way over TCP.
pub(super) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The writing end. With its last clone the other side is told that nothing more comes.
#[derive(Clone)]
pub(super) struct Writer(Arc<End>);

/// The reading end.
pub(super) struct Reader(Arc<Line>);

struct End(Arc<Line>);

struct Line {
    state: Mutex<State>,
    /// The system took not all that was written: the rest is for the task that waits for it.
    stuck: Notify,
}

struct State {
    stream: Stream,
    /// How many want what they write to go out with more that they have to say.
    held: usize,
    /// Nothing more is said.
    over: bool,
}

/// What is written while this lives goes out together when it ends.
pub(crate) struct Held<'w>(&'w Line);

/// Takes a connected websocket apart.
pub(super) fn split(stream: Stream) -> (Writer, Reader) {
    let state = State { stream, held: 0, over: false };
    let line = Arc::new(Line { state: Mutex::new(state), stuck: Notify::new() });
    tokio::spawn(push(Arc::clone(&line)));
    (Writer(Arc::new(End(Arc::clone(&line)))), Reader(line))
}

impl Writer {
    /// Writes a message, never waiting for the system to take it; false once the connection is gone.
    pub fn write(&self, text: Utf8Bytes) -> bool {
        self.0.0.say(Message::Text(text))
    }

    /// Has what is written go out together.
    pub fn hold(&self) -> Held<'_> {
        self.0.0.state().held += 1;
        Held(&self.0.0)
    }
}

impl Reader {
    /// The next message; `None` when the connection ends.
    pub async fn next(&mut self) -> Option<Message> {
        poll_fn(|context| self.0.state().stream.poll_next_unpin(context)).await?.ok()
    }
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, message: Message) -> bool {
        let mut state = self.state();
        if state.over || state.stream.start_send_unpin(message).is_err() {
            return false;
        }
        state.held > 0 || self.flush(&mut state)
    }

    /// Gives the system what it takes now; false once the connection is gone.
    fn flush(&self, state: &mut State) -> bool {
        match state.stream.poll_flush_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(flushed) => flushed.is_ok(),
            Poll::Pending => {
                self.stuck.notify_one();
                true
            }
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.held -= 1;
        if state.held == 0 {
            self.0.flush(&mut state);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.say(Message::Close(None));
        self.0.state().over = true;
        self.0.stuck.notify_one();
    }
}

/// Pushes on what the system did not take at once.
async fn push(line: Arc<Line>) {
    loop {
        line.stuck.notified().await;
        let pushed = poll_fn(|context| line.state().stream.poll_flush_unpin(context));
        tokio::select! {
            biased;
            flushed = pushed => if flushed.is_err() { return },
            // Who wrote more meanwhile took this task's place among those who are told.
            () = line.stuck.notified() => line.stuck.notify_one(),
        }
        if line.state().over {
            return;
        }
    }
}
