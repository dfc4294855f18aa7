//! A small demo site on loopback, over real HTTP, that samples, tests and newcomers crawl without internet.
//!
//! A page answers at once; what a visitor does next on it (a fetch, a link, a form) is held for `?delay=MS`, which every
//! link and form carries on. Content is the same in every run: seeded texts, fixed dates.

mod article;
mod broken;
mod catalogue;
mod changing;
mod commits;
mod connection;
mod consent;
mod content;
mod downloads;
mod feeds;
mod files;
mod frames;
mod html;
mod index;
mod inspect;
mod lazy;
mod login;
mod scripted;
mod server;
mod spa;
mod state;
mod virtual_list;
mod wizard;

pub use index::pages;
pub use server::{Playground, PlaygroundError};
