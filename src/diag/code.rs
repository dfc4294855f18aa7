//! The list of every diagnostic code with its explanation (`crawl explain CODE`).

/// One code's entry.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// The code, `crawl::family::name`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// A paragraph: what it means, why it is an error, what to do.
    pub text: &'static str,
}

/// Every code, sorted.
pub const CODES: &[CodeDoc] = &[];

/// The entry of `code`.
#[must_use]
pub fn describe(code: &str) -> Option<&'static CodeDoc> {
    CODES.iter().find(|doc| doc.code == code)
}
