//! Lines for standard output and standard error from a command itself. A reader that went away is no error: what the
//! command does goes on, and nobody is told. Nothing in them makes a terminal act, whatever page it comes from.

/// Writes a line to standard output.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), "{}", crate::text::plain(&format!($($words)*)));
    }};
}

/// Writes a line to standard error.
macro_rules! tell {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{}", crate::text::plain(&format!($($words)*)));
    }};
}

pub(super) use {say, tell};

/// A number with its noun.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
