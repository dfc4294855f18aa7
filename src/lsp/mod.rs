//! `crawl lsp`: the Language Server Protocol over standard input and output, and nothing but that: what is said of a
//! script comes from `ide/`. Names `lsp_server` and `lsp_types`; nothing else does.

mod capability;
mod checking;
mod convert;
mod document;
mod offer;
mod position;
mod request;
mod seen;
mod server;
mod token;

pub use position::LineIndex;
pub use server::{Ended, Tools, serve};
