//! A small client of the Chrome DevTools Protocol: one browser-level websocket, many attached sessions.
//! WebDriver BiDi, whose frames are the same, goes over it too.

mod log;
mod message;
mod private;
mod socket;

pub(crate) use log::FRAME;
pub use log::ProtocolLog;
pub(crate) use message::CdpError;
pub(crate) use socket::{CdpSocket, EventSink, Pending};
