//! String literals: where they end, what they say, and where each byte of that stands in the source.

use super::SyntaxError;
use super::token::{StringKind, Token, TokenKind};
use crate::text::Span;

/// A string literal's content with the way back to the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringLiteral {
    /// What the string says.
    pub value: String,
    /// The literal in the source, delimiters included.
    pub span: Span,
    /// Where stretches of `value` begin: (offset in `value`, offset in the source), ascending.
    stretches: Vec<(usize, usize)>,
}

impl StringLiteral {
    /// The content of a complete string token of `source`; nothing for other tokens and interpolated strings.
    #[must_use]
    pub fn decode(source: &str, token: &Token) -> Option<Self> {
        let TokenKind::String(kind) = token.kind else { return None };
        let text = source.get(token.span.start..token.span.end)?;
        let mut decoder = Decoder { text, base: token.span.start, value: String::new(), stretches: Vec::new() };
        match kind {
            StringKind::Quoted => decoder.quoted(continuation_column(source, token.span.start)),
            StringKind::Raw => decoder.raw(),
            StringKind::Template => decoder.template(),
        }
        Some(Self { value: decoder.value, span: token.span, stretches: decoder.stretches })
    }

    /// The source offset of a byte of [`Self::value`]; the end of the value is where its last delimiter begins.
    #[must_use]
    pub fn source_offset(&self, decoded_offset: usize) -> usize {
        let after = self.stretches.partition_point(|(decoded, _)| *decoded <= decoded_offset);
        match after.checked_sub(1).map(|index| self.stretches[index]) {
            Some((decoded, source)) => (source + decoded_offset - decoded).min(self.span.end),
            None => self.span.start,
        }
    }

    /// The source span of a byte range of [`Self::value`].
    #[must_use]
    pub fn source_span(&self, decoded: Span) -> Span {
        Span::new(self.source_offset(decoded.start), self.source_offset(decoded.end))
    }
}

struct Decoder<'a> {
    text: &'a str,
    base: usize,
    value: String,
    stretches: Vec<(usize, usize)>,
}

impl Decoder<'_> {
    fn stretch(&mut self, at: usize) {
        self.stretches.push((self.value.len(), self.base + at));
    }

    fn plain(&mut self, start: usize, end: usize) {
        self.stretch(start);
        self.value.push_str(&self.text[start..end]);
        self.stretch(end);
    }

    fn raw(&mut self) {
        let hashes = self.text.bytes().take_while(|b| *b == b'#').count();
        let start = hashes + 1;
        let closer = format!("\"{}", &self.text[..hashes]);
        let closed = self.text.len() >= start + closer.len() && self.text.ends_with(&closer);
        let end = if closed { self.text.len() - closer.len() } else { self.text.len() };
        self.plain(start, end);
    }

    fn template(&mut self) {
        let closed = self.text.len() >= 2 && self.text.ends_with('`');
        let end = self.text.len() - usize::from(closed);
        let body = &self.text[1..end];
        let mut at = 1 + if body.starts_with("\r\n") { 2 } else { usize::from(body.starts_with(['\n', '\r'])) };
        while at < end {
            let rest = &self.text[at..end];
            let length = rest.find("``").into_iter().chain(rest.find("\\${")).chain(rest.find("\r\n")).min();
            let stop = at + length.unwrap_or(rest.len());
            self.plain(at, stop);
            // Of a doubled back-tick, `\${` and `\r\n` the second character is what is meant.
            at = stop + usize::from(length.is_some());
            if length.is_some() {
                let kept = self.text[at..].chars().next().map_or(0, char::len_utf8);
                self.plain(at, at + kept);
                at += kept;
            }
        }
        self.stretch(end);
    }

    fn quoted(&mut self, column: usize) {
        let closed = self.text.len() >= 2 && self.text.ends_with('"');
        let end = self.text.len() - usize::from(closed);
        let mut at = 1;
        while at < end {
            let rest = &self.text[at..end];
            let stop = at + rest.find(['\\', '"', '\r']).unwrap_or(rest.len());
            self.plain(at, stop);
            at = stop;
            match self.text.as_bytes()[at..end].first() {
                Some(b'\\') => at = self.escape(at, end, column),
                Some(b'"') => {
                    self.plain((at + 1).min(end), (at + 2).min(end));
                    at += 2;
                }
                Some(_) => {
                    let kept = usize::from(!self.text[at..].starts_with("\r\n"));
                    self.plain(at, at + kept);
                    at += 1;
                }
                None => {}
            }
        }
        self.stretch(end);
    }

    /// Decodes the escape at `at` and returns the offset after it.
    fn escape(&mut self, at: usize, end: usize, column: usize) -> usize {
        self.stretch(at);
        let rest = &self.text[at + 1..end];
        let Some(escaped) = rest.chars().next() else { return end };
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code = rest.get(1..=digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            if let Some(character) = code.and_then(char::from_u32) {
                self.value.push(character);
                self.stretch(at + 2 + digits);
                return at + 2 + digits;
            }
        }
        let after = at + 1 + escaped.len_utf8();
        let next = match escaped {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '\n' | '\r' => {
                let line = if rest.starts_with("\r\n") { after + 1 } else { after };
                let skipped = self.text[line..end].chars().take(column).take_while(|c| c.is_whitespace());
                let next = line + skipped.map(char::len_utf8).sum::<usize>();
                self.stretch(next);
                return next;
            }
            _ => &rest[..escaped.len_utf8()],
        };
        self.value.push_str(next);
        self.stretch(after);
        after
    }
}

/// How many leading blanks of a continued line belong to the script's layout: up to the column of the quote.
fn continuation_column(source: &str, start: usize) -> usize {
    let line = source[..start].rfind('\n').map_or(0, |at| at + 1);
    source[line..start].chars().count() + 1
}

/// Where the literal opened by the quote at `start` ends, and whether its closing quote is there.
pub(super) fn quoted_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => match (bytes.get(at + 1), bytes.get(at + 2)) {
                (Some(b'\n'), _) if quote == b'\'' => return (at, false),
                (Some(b'\r'), Some(b'\n')) => at += 3,
                (Some(_), _) => at += 2,
                (None, _) => return (bytes.len(), false),
            },
            b'\n' => return (at, false),
            // A doubled quote means one, but Rhai takes `''` for an empty character at once.
            b'\'' if quote == byte && at == start + 1 => return (at + 1, true),
            _ if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            _ if byte == quote => return (at + 1, true),
            _ => at += 1,
        }
    }
    (bytes.len(), false)
}

/// How a stretch of a back-tick string ends.
pub(super) enum TemplateEnd {
    /// After the closing back-tick.
    Closed(usize),
    /// Before `${`.
    Interpolation(usize),
    /// Not before the end of the text.
    Unclosed,
}

/// Finds the end of the stretch of back-tick text that begins at `at`.
pub(super) fn template_end(bytes: &[u8], mut at: usize) -> TemplateEnd {
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'`', Some(b'`')) => at += 2,
            (b'`', _) => return TemplateEnd::Closed(at + 1),
            (b'$', Some(b'{')) => return TemplateEnd::Interpolation(at),
            (b'\\', Some(b'$')) if bytes.get(at + 2) == Some(&b'{') => at += 3,
            _ => at += 1,
        }
    }
    TemplateEnd::Unclosed
}

/// What is wrong with the quoted literal under `span`, if anything.
pub(super) fn quoted_error(text: &str, span: Span, closed: bool) -> Option<SyntaxError> {
    let literal = &text[span.start..span.end];
    let single = literal.starts_with('\'');
    let body = &literal[1..literal.len() - usize::from(closed)];
    if single && !is_one_character(body) {
        return Some(single_quotes(span, body, closed));
    }
    if !closed {
        let kind = if single { "character" } else { "string" };
        return Some(unclosed_string(Span::new(span.start, span.start + 1), kind));
    }
    bad_escape(body, span.start + 1, if single { '\'' } else { '"' })
}

fn is_one_character(body: &str) -> bool {
    let mut characters = body.chars();
    match (characters.next(), characters.next()) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some('\\'), Some('x' | 'u' | 'U')) => characters.all(|c| c.is_ascii_hexdigit()),
        (Some('\\'), Some(_)) | (Some('\''), Some('\'')) => characters.next().is_none(),
        _ => false,
    }
}

fn single_quotes(span: Span, body: &str, closed: bool) -> SyntaxError {
    let shown: String = body.chars().take(60).collect();
    let (message, help) = match (body.is_empty(), closed) {
        (true, _) => {
            ("a character in single quotes is empty".to_owned(), "write `\"\"` for an empty string".to_owned())
        }
        (_, true) if body.contains(['"', '\\']) => (
            format!("single quotes hold one character, not `{shown}`"),
            "write it in back-ticks, or as a raw string `#\"…\"#`".to_owned(),
        ),
        (_, true) => {
            (format!("single quotes hold one character, not `{shown}`"), format!("use double quotes: `\"{shown}\"`"))
        }
        (_, false) => (
            "single quotes hold one character, and these are not closed".to_owned(),
            "use double quotes for text".to_owned(),
        ),
    };
    let error =
        SyntaxError::new("crawl::syntax::single_quotes", span, message, "a string in single quotes").with_help(help);
    match (closed, body.contains(['"', '\\'])) {
        (true, false) => error.with_fix(span, format!("\"{body}\"")),
        (true, true) if !body.contains("\"#") => error.with_fix(span, format!("#\"{body}\"#")),
        _ => error,
    }
}

fn bad_escape(body: &str, base: usize, quote: char) -> Option<SyntaxError> {
    let mut at = 0;
    while let Some(found) = body[at..].find('\\') {
        let start = at + found;
        let rest = &body[start + 1..];
        let escaped = rest.chars().next()?;
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' | 'r' | 't' | '\\' | '\n' | '\r' => 0,
            _ if escaped == quote => 0,
            _ => usize::MAX,
        };
        let code = (digits != usize::MAX && digits > 0)
            .then(|| rest.get(1..=digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32));
        if digits == usize::MAX || code == Some(None) {
            let span = Span::new(base + start, base + start + 1 + escaped.len_utf8());
            return Some(
                SyntaxError::new(
                    "crawl::syntax::escape",
                    span,
                    format!("`\\{escaped}` is no escape sequence"),
                    "unknown escape",
                )
                .with_help(format!("write `\\\\{escaped}` for a backslash, or use a raw string: `#\"…\"#`"))
                .with_fix(Span::at(span.start), "\\"),
            );
        }
        at = start + 1 + escaped.len_utf8();
    }
    None
}

/// The error of a literal without its end.
pub(super) fn unclosed_string(opener: Span, kind: &str) -> SyntaxError {
    let help = match kind {
        "back-tick string" => "close it with a back-tick",
        "raw string" => "close it with `\"` and as many `#` as it was opened with",
        "character" => "close it with a single quote",
        _ => "close it with `\"` on the same line; back-ticks hold text of several lines",
    };
    let label = format!("this {kind} is not closed");
    SyntaxError::new("crawl::syntax::unclosed_string", opener, format!("a {kind} is not closed"), label).with_help(help)
}

/// The error of a block comment without its end.
pub(super) fn unclosed_comment(opener: Span) -> SyntaxError {
    SyntaxError::new(
        "crawl::syntax::unclosed_comment",
        opener,
        "a block comment is not closed",
        "the rest of the script is in this comment",
    )
    .with_help("close it with `*/`; block comments nest, so each `/*` needs its own")
}

/// The error of a character that means nothing in a script.
pub(super) fn unknown_character(span: Span, character: char) -> SyntaxError {
    let help = match character {
        '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{202f}' | '\u{3000}' | '\u{feff}' => {
            "it looks like a space but is none: type a plain space".to_owned()
        }
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => {
            "it is a typographic quote: use plain double quotes, `\"`".to_owned()
        }
        '\u{2018}' | '\u{2019}' => "it is a typographic quote: use plain double quotes, `\"`, for text".to_owned(),
        c if c.is_alphabetic() => {
            "names are made of the letters a-z, digits and `_`; put other text in quotes".to_owned()
        }
        _ => "remove it, or put it in quotes".to_owned(),
    };
    let plain = match character {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(" "),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' | '\u{2018}' | '\u{2019}' => Some("\""),
        c if c.is_alphabetic() => None,
        _ => Some(""),
    };
    let shown = if character.is_control() || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        character.to_string()
    };
    let error = SyntaxError::new(
        "crawl::syntax::unknown_character",
        span,
        format!("`{shown}` has no meaning here"),
        "unknown character",
    )
    .with_help(help);
    match plain {
        Some(text) => error.with_fix(span, text),
        None => error,
    }
}
