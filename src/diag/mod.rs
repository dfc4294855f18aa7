//! Diagnostics: one problem type, one list of codes, one renderer. Names `miette`, and nothing else does.

mod code;
mod diagnostic;
mod exit;
mod render;

pub use code::{CodeDoc, codes, describe};
pub use diagnostic::{Context, Diagnostic, Fix, Label, Severity};
pub use exit::Exit;
pub use render::{Format, Look, render};
