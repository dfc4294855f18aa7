//! A command that takes back what an unfinished piece of work has made, also when nobody waits for it any more.

use serde_json::Value;

use super::cdp::CdpSocket;

/// Sends its command when it is dropped, unless the work came to its end.
pub(super) struct Undo {
    socket: CdpSocket,
    command: Option<(&'static str, Value)>,
}

impl Undo {
    /// The command that takes the work back.
    pub(super) fn by(socket: &CdpSocket, method: &'static str, params: Value) -> Self {
        Self { socket: socket.clone(), command: Some((method, params)) }
    }

    /// The work is done: nothing is taken back.
    pub(super) fn keep(mut self) {
        self.command = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        if let Some((method, params)) = self.command.take() {
            self.socket.send(None, method, params);
        }
    }
}
