//! The lane without the CDP socket: a tab over WebDriver BiDi (W3C WebDriver BiDi), its session made by thirtyfour.
//!
//! Where the browser is Chromium its driver's own additions (`goog:cdp`) make the lane more exact; see [`vendor`]. Firefox
//! is spoken to without a driver; see [`gecko`] for what it adds.

mod aim;
mod console;
mod cookie;
mod event;
mod events;
mod gecko;
mod history;
mod hub;
mod identity;
mod input;
mod manner;
mod navigate;
mod network;
mod open;
mod page;
mod pages;
mod reason;
mod script;
mod snapshot;
mod stuck;
mod tab;
mod value;
mod vendor;
mod wait;
mod wire;
mod world;

pub(super) use hub::Hub;
pub(super) use open::{Home, open};
