//! The list of every diagnostic code with its explanation (`crawl explain CODE`), read from `codes.md`.

/// The list: a heading, a title and a paragraph each, sorted.
const TEXT: &str = include_str!("codes.md");

/// One code's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeDoc {
    /// The code, `crawl::family::name`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// A paragraph, broken into lines: what it means, why it is an error, what to do.
    pub text: &'static str,
}

/// Every code, sorted.
pub fn codes() -> impl Iterator<Item = CodeDoc> {
    TEXT.split("\n## ").skip(1).filter_map(|section| {
        let (code, rest) = section.split_once("\n\n")?;
        let (title, text) = rest.split_once("\n\n")?;
        Some(CodeDoc { code, title, text: text.trim_end() })
    })
}

/// The entry of `code`.
#[must_use]
pub fn describe(code: &str) -> Option<CodeDoc> {
    codes().find(|doc| doc.code == code)
}
