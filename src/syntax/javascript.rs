//! The form of a piece of embedded JavaScript, told by parsing it.

/// How a piece of js is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsForm {
    /// An expression: its value, awaited.
    Expression,
    /// A function expression: called.
    Function,
    /// Statements: the body of an async function.
    Statements,
}

/// A parsed piece of js and the text that evaluates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsProgram {
    source: String,
    form: JsForm,
    evaluable: String,
    prefix: usize,
}

/// A syntax error in embedded js.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsError {
    /// The parser's words.
    pub message: String,
    /// Byte range in the js text.
    pub span: crate::text::Span,
    /// The next action, where one is known.
    pub help: Option<String>,
}

impl JsProgram {
    /// Parses `source` and tells its form. Nothing is run.
    pub fn parse(source: &str) -> Result<Self, JsError> {
        let _ = source;
        todo!("the syntax branch brings it")
    }

    /// The user's text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> JsForm {
        self.form
    }

    /// One expression to evaluate in the page; its value or the promise of it. Lines are the user's lines.
    #[must_use]
    pub fn evaluable(&self) -> &str {
        &self.evaluable
    }

    /// Takes a place in [`Self::evaluable`] (line and column from 1) to one in the user's text.
    #[must_use]
    pub fn user_place(&self, line: usize, column: usize) -> Option<(usize, usize)> {
        if line > self.source.lines().count().max(1) {
            return None;
        }
        let column = if line == 1 { column.checked_sub(self.prefix).filter(|c| *c > 0)? } else { column };
        Some((line, column))
    }
}
