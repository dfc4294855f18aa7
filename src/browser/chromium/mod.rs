//! The fast lane: a Chromium tab over the browser-level CDP socket.

mod act;
mod ahead;
mod aim;
mod answering;
mod chain;
mod chooser;
mod console;
mod download;
mod drag;
mod event;
mod events;
mod heard;
mod history;
mod input;
mod intercept;
mod lane;
mod listener;
mod manner;
mod navigate;
mod network;
mod open;
mod page;
mod pages;
mod picture;
mod rewrite;
mod script;
mod setup;
mod snapshot;
mod storage;
mod tab;
mod wait;
mod watcher;
mod worker;
mod world;

pub(super) use open::{Home, open};
pub(super) use watcher::Watcher;
