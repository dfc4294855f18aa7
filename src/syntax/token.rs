//! What the lexer tells words, literals, symbols and comments apart by.

use crate::text::Span;

/// One piece of a script's text; white space lies between the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands, delimiters included.
    pub span: Span,
}

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word: a name, a keyword or a reserved word.
    Identifier,
    /// An integer or a float.
    Number,
    /// A complete string literal.
    String(StringKind),
    /// A back-tick string up to its first `${`, opening back-tick included.
    TemplateStart,
    /// The text between two interpolations of a back-tick string; it may be empty.
    TemplateMiddle,
    /// The rest of a back-tick string after its last interpolation, closing back-tick included.
    TemplateEnd,
    /// `${` in a back-tick string.
    InterpolationOpen,
    /// The `}` that ends an interpolation.
    InterpolationClose,
    /// A character literal, `'c'`.
    Character,
    /// An operator, bracket or separator. `<` and `>` are single unless part of `<= >= => -> <<= >>=`.
    Symbol,
    /// `// …` up to the end of the line.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// A character that has no meaning in a script.
    Unknown,
}

/// The ways to write a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StringKind {
    /// `"…"` with escapes.
    Quoted,
    /// `#"…"#` with any number of `#`.
    Raw,
    /// `` `…` `` without an interpolation.
    Template,
}

impl Token {
    /// Whether the token says nothing to the parser.
    #[must_use]
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }

    /// The token's text in the source it was lexed from.
    #[must_use]
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.span.start..self.span.end).unwrap_or("")
    }
}

/// The token that covers `offset`, or the one that ends there.
#[must_use]
pub fn token_at(tokens: &[Token], offset: usize) -> Option<&Token> {
    let after = tokens.partition_point(|token| token.span.start <= offset);
    let token = tokens.get(after.checked_sub(1)?)?;
    (offset <= token.span.end).then_some(token)
}

/// Whether a character may begin a name.
pub(super) fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Whether a character may stand inside a name.
pub(super) fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The words of Rhai's own grammar, in order; none of them can be called.
pub const KEYWORDS: &[&str] = &[
    "as", "break", "catch", "const", "continue", "do", "else", "export", "false", "fn", "for", "if", "import", "in",
    "let", "loop", "private", "return", "switch", "this", "throw", "true", "try", "until", "while",
];

/// The words of the forms that are ours; elsewhere they are names.
pub const FORM_WORDS: &[&str] = &["at", "schema", "session"];

/// Whether a word is one of [`KEYWORDS`].
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

/// The words that Rhai takes for itself, so that a map key of that name needs quotes.
pub(super) fn is_reserved(word: &str) -> bool {
    is_keyword(word)
        || matches!(
            word,
            "Fn" | "async"
                | "await"
                | "call"
                | "case"
                | "curry"
                | "debug"
                | "default"
                | "eval"
                | "exit"
                | "global"
                | "go"
                | "goto"
                | "is"
                | "is_def_fn"
                | "is_def_var"
                | "is_shared"
                | "match"
                | "module"
                | "namespace"
                | "new"
                | "nil"
                | "null"
                | "package"
                | "print"
                | "protected"
                | "public"
                | "shared"
                | "spawn"
                | "static"
                | "super"
                | "sync"
                | "then"
                | "thread"
                | "type_of"
                | "unless"
                | "use"
                | "var"
                | "void"
                | "with"
                | "yield"
        )
}
