//! `crawl`: a language and a tool for crawling dynamic web sites through real, stateful browser sessions.
//!
//! The layers, lowest first; a module imports only from layers below its own:
//! `text` · `diag`, `syntax`, `page`, `watch`, `process` · `browser`, `store`, `playground` · `crawl` · `recording`, `script` ·
//! `ide`, `testing`, `bench`, `report` · `repl`, `lsp` · `cli`.

pub mod bench;
pub mod browser;
pub mod cli;
pub mod crawl;
pub mod diag;
pub mod ide;
pub mod lsp;
pub mod page;
pub mod playground;
pub mod process;
pub mod recording;
pub mod repl;
pub mod report;
pub mod script;
pub mod store;
pub mod syntax;
pub mod testing;
pub mod text;
pub mod watch;
