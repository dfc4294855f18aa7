//! The lexer: Rhai's tokens with byte spans, tolerant of text that is not finished.

use super::SyntaxError;
use super::literal;
use super::token::{StringKind, Token, TokenKind, begins_word, continues_word};
use crate::text::Span;

/// All tokens of a text and what was wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The tokens in order, comments included.
    pub tokens: Vec<Token>,
    /// Unclosed literals and comments, bad escapes, unknown characters.
    pub errors: Vec<SyntaxError>,
    /// The opener of the literal or comment that swallowed the rest of the text.
    pub open_at_end: Option<Span>,
}

/// The tokens of `text`, comments included; what is malformed becomes the nearest token it looks like.
#[must_use]
pub fn lex(text: &str) -> Vec<Token> {
    scan(text).tokens
}

/// The tokens of `text` together with every lexical error.
#[must_use]
pub fn scan(text: &str) -> Scan {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        interpolations: Vec::new(),
        scan: Scan { tokens: Vec::with_capacity(text.len() / 4), ..Scan::default() },
    };
    lexer.run();
    lexer.scan
}

/// How many errors of one text are told; the rest would only bury them.
pub(super) const MOST_ERRORS: usize = 40;

struct Interpolation {
    /// The back-tick that opened the string.
    opener: usize,
    /// Braces open inside the interpolation.
    braces: usize,
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    interpolations: Vec<Interpolation>,
    scan: Scan,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        if self.text[self.at..].starts_with("#!") {
            self.line_comment();
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte.is_ascii_whitespace() {
                self.at += 1;
            } else {
                self.token(byte);
            }
        }
        if let Some(open) = self.interpolations.first() {
            let span = Span::new(open.opener, open.opener + 1);
            self.scan.open_at_end = Some(span);
            self.error(literal::unclosed_string(span, "back-tick string"));
        }
    }

    fn token(&mut self, byte: u8) {
        match byte {
            b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
            b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
            b'"' | b'\'' => self.quoted(byte),
            b'`' => self.template(self.at, self.at + 1),
            b'#' if matches!(self.peek(1), Some(b'"' | b'#')) => self.raw(),
            b'0'..=b'9' => self.number(),
            _ if begins_word(byte) => {
                let length = self.bytes[self.at..].iter().take_while(|b| continues_word(**b)).count();
                self.push(TokenKind::Identifier, length);
            }
            b'}' if self.interpolations.last().is_some_and(|open| open.braces == 0) => {
                self.push(TokenKind::InterpolationClose, 1);
                let open = self.interpolations.pop().expect("an interpolation is open");
                self.template(open.opener, self.at);
            }
            _ if byte.is_ascii_graphic() && byte != b'\\' => self.symbol(byte),
            _ => self.unknown(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        self.scan.tokens.push(Token { kind, span: Span::new(self.at, self.at + length) });
        self.at += length;
    }

    fn error(&mut self, error: SyntaxError) {
        if self.scan.errors.len() < MOST_ERRORS {
            self.scan.errors.push(error);
        }
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        self.push(TokenKind::LineComment, length);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 1;
        let mut end = start + 2;
        while depth > 0 {
            match (self.bytes.get(end), self.bytes.get(end + 1)) {
                (Some(b'/'), Some(b'*')) => (depth, end) = (depth + 1, end + 2),
                (Some(b'*'), Some(b'/')) => (depth, end) = (depth - 1, end + 2),
                (Some(_), _) => end += 1,
                (None, _) => {
                    let span = Span::new(start, start + 2);
                    self.scan.open_at_end = Some(span);
                    self.error(literal::unclosed_comment(span));
                    break;
                }
            }
        }
        self.push(TokenKind::BlockComment, end - start);
    }

    fn quoted(&mut self, quote: u8) {
        let start = self.at;
        let (end, closed) = literal::quoted_end(self.bytes, start);
        let kind = if quote == b'"' { TokenKind::String(StringKind::Quoted) } else { TokenKind::Character };
        self.push(kind, end - start);
        if !closed && end == self.bytes.len() {
            self.scan.open_at_end = Some(Span::new(start, start + 1));
        }
        if let Some(error) = literal::quoted_error(self.text, Span::new(start, end), closed) {
            self.error(error);
        }
    }

    fn raw(&mut self) {
        let start = self.at;
        let hashes = self.bytes[start..].iter().take_while(|b| **b == b'#').count();
        if self.bytes.get(start + hashes) != Some(&b'"') {
            if self.bytes.get(start + hashes) == Some(&b'{') {
                self.push(TokenKind::Symbol, hashes - 1);
            } else {
                self.push(TokenKind::Symbol, hashes);
            }
            return;
        }
        let closer = format!("\"{}", &self.text[start..start + hashes]);
        let body = start + hashes + 1;
        let end = self.text[body..].find(&closer).map(|at| body + at + closer.len());
        if end.is_none() {
            let span = Span::new(start, body);
            self.scan.open_at_end = Some(span);
            self.error(literal::unclosed_string(span, "raw string"));
        }
        self.push(TokenKind::String(StringKind::Raw), end.unwrap_or(self.text.len()) - start);
    }

    /// Lexes one stretch of a back-tick string from `self.at`; `body` is where its text begins.
    fn template(&mut self, opener: usize, body: usize) {
        let first = self.at == opener;
        match literal::template_end(self.bytes, body) {
            literal::TemplateEnd::Closed(end) => {
                let whole = TokenKind::String(StringKind::Template);
                self.push(if first { whole } else { TokenKind::TemplateEnd }, end - self.at);
            }
            literal::TemplateEnd::Interpolation(end) => {
                let kind = if first { TokenKind::TemplateStart } else { TokenKind::TemplateMiddle };
                self.push(kind, end - self.at);
                self.push(TokenKind::InterpolationOpen, 2);
                self.interpolations.push(Interpolation { opener, braces: 0 });
            }
            literal::TemplateEnd::Unclosed => {
                let span = Span::new(opener, opener + 1);
                self.scan.open_at_end = Some(span);
                self.error(literal::unclosed_string(span, "back-tick string"));
                let whole = TokenKind::String(StringKind::Template);
                self.push(if first { whole } else { TokenKind::TemplateEnd }, self.bytes.len() - self.at);
                self.interpolations.clear();
            }
        }
    }

    fn number(&mut self) {
        let rest = &self.bytes[self.at..];
        let run = |from: usize, accept: fn(&u8) -> bool| rest[from..].iter().take_while(|b| accept(b)).count();
        let digits: fn(&u8) -> bool = |b| b.is_ascii_digit() || *b == b'_';
        if rest[0] == b'0' && matches!(rest.get(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B')) {
            let length = 2 + run(2, |b| b.is_ascii_hexdigit() || *b == b'_');
            return self.push(TokenKind::Number, length);
        }
        let mut length = run(0, digits);
        if rest.get(length) == Some(&b'.') {
            match rest.get(length + 1) {
                Some(b'0'..=b'9') => length += 1 + run(length + 1, digits),
                Some(b) if *b == b'.' || begins_word(*b) => {}
                _ => length += 1,
            }
        }
        if matches!(rest.get(length), Some(b'e' | b'E'))
            && matches!(rest.get(length + 1), Some(b'0'..=b'9' | b'+' | b'-'))
        {
            length += 2;
            length += run(length, digits);
        }
        self.push(TokenKind::Number, length);
    }

    fn symbol(&mut self, byte: u8) {
        let length = symbol_length(&self.bytes[self.at..]);
        if let Some(open) = self.interpolations.last_mut() {
            match byte {
                b'{' => open.braces += 1,
                b'#' if length == 2 => open.braces += 1,
                b'}' => open.braces -= 1,
                _ => {}
            }
        }
        self.push(TokenKind::Symbol, length);
    }

    fn unknown(&mut self) {
        let unknown = self.text[self.at..].chars().next().expect("the lexer stands inside the text");
        let span = Span::new(self.at, self.at + unknown.len_utf8());
        self.error(literal::unknown_character(span, unknown));
        self.push(TokenKind::Unknown, unknown.len_utf8());
    }
}

/// `<` and `>` stay single, because a session's angle block may open or close right there.
fn symbol_length(rest: &[u8]) -> usize {
    const THREE: [&[u8]; 7] = [b"===", b"!==", b"**=", b"<<=", b">>=", b"..=", b"..."];
    const TWO: [&[u8]; 24] = [
        b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"==", b"!=", b"<=", b">=", b"&&", b"||", b"??", b"?.",
        b"?[", b"::", b"=>", b"->", b"**", b"..", b"#{", b"--",
    ];
    if rest.len() >= 2 && matches!(rest[0], b'(' | b')' | b'{' | b'}' | b',' | b';' | b'[' | b']') {
        return 1;
    }
    let not_in = rest.starts_with(b"!in") && !rest.get(3).is_some_and(|b| continues_word(*b));
    if not_in || THREE.iter().any(|symbol| rest.starts_with(symbol)) {
        3
    } else if TWO.iter().any(|symbol| rest.starts_with(symbol)) {
        2
    } else {
        1
    }
}
