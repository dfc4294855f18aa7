//! The shape of a selector's text: complexes, compounds and simple selectors with their places.

use super::SelectorError;
use crate::text::Span;

/// One entry of a selector list: compounds joined by combinators.
#[derive(Debug, Clone)]
pub(super) struct Complex {
    /// Its place in the whole text.
    pub span: Span,
    /// Its compounds, at least one.
    pub parts: Vec<Part>,
}

/// A compound with the combinator before it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// `' '`, `'>'`, `'+'` or `'~'`; nothing before the first compound of an absolute selector.
    pub combinator: Option<char>,
    /// What must hold together, at least one.
    pub simples: Vec<Simple>,
}

/// One simple selector.
#[derive(Debug, Clone)]
pub(super) struct Simple {
    /// Its kind.
    pub kind: SimpleKind,
    /// Its name without punctuation, as written.
    pub name: String,
    /// The place of the whole simple selector.
    pub span: Span,
    /// What stands between a functional pseudo-class's parentheses.
    pub arguments: Option<Span>,
}

/// The kinds of simple selectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SimpleKind {
    Tag,
    Universal,
    Id,
    Class,
    Attribute,
    PseudoClass,
    PseudoElement,
}

/// Takes a selector list apart. `relative` allows a combinator at the start of an entry.
pub(super) fn take_apart(text: &str, relative: bool) -> Result<Vec<Complex>, SelectorError> {
    Scanner { text, at: 0, relative }.list()
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    relative: bool,
}

impl Scanner<'_> {
    fn list(&mut self) -> Result<Vec<Complex>, SelectorError> {
        let mut list = Vec::new();
        loop {
            self.skip_space();
            if self.peek().is_none() {
                let message = if list.is_empty() { "the selector is empty" } else { "nothing follows the comma" };
                let start = if list.is_empty() { 0 } else { self.text.rfind(',').unwrap_or(0) };
                let help = if list.is_empty() {
                    "write a selector such as `h1`, or leave it out"
                } else {
                    "write a selector after the comma, or remove it"
                };
                return Err(fault(message, Span::new(start, self.text.len()), Some(help)));
            }
            list.push(self.complex()?);
            if self.peek().is_none() {
                return Ok(list);
            }
            self.at += 1;
        }
    }

    /// Reads up to a comma or the end.
    fn complex(&mut self) -> Result<Complex, SelectorError> {
        let start = self.at;
        let mut parts: Vec<Part> = Vec::new();
        let mut combinator = self.leading()?;
        loop {
            let simples = self.compound()?;
            if simples.is_empty() {
                return Err(self.unexpected(combinator));
            }
            parts.push(Part { combinator, simples });
            let end = self.at;
            let spaced = self.skip_space();
            combinator = match self.peek() {
                None | Some(',') => return Ok(Complex { span: Span::new(start, end), parts }),
                Some(sign @ ('>' | '+' | '~')) => {
                    self.at += 1;
                    self.skip_space();
                    self.needs_compound(sign)?;
                    Some(sign)
                }
                Some(_) if spaced => Some(' '),
                Some(_) => return Err(self.unexpected(None)),
            };
        }
    }

    fn leading(&mut self) -> Result<Option<char>, SelectorError> {
        let Some(sign @ ('>' | '+' | '~')) = self.peek() else { return Ok(None) };
        let span = Span::new(self.at, self.at + 1);
        if !self.relative {
            let message = format!("a selector cannot begin with `{sign}`");
            let help = "put the element it starts from before it; only the fields of a schema start from their row";
            return Err(fault(&message, span, Some(help)));
        }
        self.at += 1;
        self.skip_space();
        self.needs_compound(sign)?;
        Ok(Some(sign))
    }

    fn needs_compound(&self, sign: char) -> Result<(), SelectorError> {
        match self.peek() {
            None | Some(',') => {
                let start = self.text[..self.at].rfind(sign).unwrap_or(0);
                let message = format!("nothing follows `{sign}`");
                let help = format!("write what `{sign}` leads to, or remove it");
                Err(fault(&message, Span::new(start, start + 1), Some(&help)))
            }
            Some(next @ ('>' | '+' | '~')) => {
                let message = format!("`{next}` follows `{sign}` with nothing between them");
                Err(fault(&message, Span::new(self.at, self.at + 1), None))
            }
            Some(_) => Ok(()),
        }
    }

    fn compound(&mut self) -> Result<Vec<Simple>, SelectorError> {
        let mut simples = Vec::new();
        while let Some(next) = self.peek() {
            let start = self.at;
            let (kind, name, arguments) = match next {
                '*' => {
                    self.at += 1;
                    (SimpleKind::Universal, "*".to_owned(), None)
                }
                '#' => (SimpleKind::Id, self.named("#")?, None),
                '.' => (SimpleKind::Class, self.named(".")?, None),
                '[' => (SimpleKind::Attribute, self.attribute()?, None),
                ':' => self.pseudo()?,
                c if is_name_start(c) => (SimpleKind::Tag, self.name().to_owned(), None),
                _ => break,
            };
            simples.push(Simple { kind, name, span: Span::new(start, self.at), arguments });
        }
        Ok(simples)
    }

    fn named(&mut self, sign: &str) -> Result<String, SelectorError> {
        let start = self.at;
        self.at += sign.len();
        match self.peek() {
            Some(c) if is_name_start(c) => Ok(self.name().to_owned()),
            Some(c) if c.is_ascii_digit() => {
                let name = self.name().to_owned();
                let span = Span::new(start, self.at);
                let way = if sign == "#" { format!("[id=\"{name}\"]") } else { format!("[class~=\"{name}\"]") };
                let message = format!("a name after `{sign}` cannot begin with a digit");
                Err(fault(&message, span, Some(&format!("write `{way}`"))))
            }
            _ => Err(fault(&format!("a name must follow `{sign}`"), Span::new(start, self.at), None)),
        }
    }

    fn attribute(&mut self) -> Result<String, SelectorError> {
        let start = self.at;
        self.balanced(']')?;
        let inside = &self.text[start + 1..self.at - 1];
        let name = inside.trim_start().split(|c: char| "=~|^$*".contains(c) || c.is_whitespace()).next();
        Ok(name.unwrap_or_default().to_owned())
    }

    fn pseudo(&mut self) -> Result<(SimpleKind, String, Option<Span>), SelectorError> {
        let kind = if self.text[self.at..].starts_with("::") {
            self.at += 1;
            SimpleKind::PseudoElement
        } else {
            SimpleKind::PseudoClass
        };
        let name = self.named(":")?;
        let arguments = if self.peek() == Some('(') {
            let start = self.at + 1;
            self.balanced(')')?;
            Some(Span::new(start, self.at - 1))
        } else {
            None
        };
        Ok((kind, name, arguments))
    }

    /// Goes past the bracket that closes the one at the current place, over strings and inner brackets.
    fn balanced(&mut self, closer: char) -> Result<(), SelectorError> {
        let start = self.at;
        let opener = &self.text[start..=start];
        let mut open = Vec::new();
        let mut quote: Option<(char, usize)> = None;
        let mut chars = self.text[start..].char_indices();
        while let Some((i, c)) = chars.next() {
            match (quote, c) {
                (_, '\\') => drop(chars.next()),
                (Some((mark, _)), c) if c == mark => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some((c, start + i)),
                (None, '(') => open.push(')'),
                (None, '[') => open.push(']'),
                (None, ')' | ']') if open.last() == Some(&c) => {
                    open.pop();
                    if open.is_empty() {
                        self.at = start + i + 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        let (message, from) = match quote {
            Some((mark, from)) => (format!("`{mark}` is not closed"), from),
            None => (format!("`{opener}` is not closed"), start),
        };
        let help = if quote.is_some() { None } else { Some(format!("write `{closer}` after it")) };
        Err(fault(&message, Span::new(from, self.text.len()), help.as_deref()))
    }

    fn unexpected(&self, before: Option<char>) -> SelectorError {
        let rest = &self.text[self.at..];
        let Some(c) = rest.chars().next() else {
            return fault("the selector ends too early", Span::at(self.at), None);
        };
        let span = Span::new(self.at, self.at + c.len_utf8());
        match c {
            ',' => fault("nothing stands before the comma", span, None),
            '"' | '\'' => fault("a string belongs inside `[…]`", span, Some("write `[attribute=\"value\"]`")),
            '>' | '+' | '~' if before.is_some() => fault(&format!("`{c}` follows a combinator"), span, None),
            ')' | ']' => fault(&format!("`{c}` closes nothing"), span, None),
            _ => fault(
                &format!("`{c}` has no meaning here"),
                span,
                Some("put `\\` before a sign that belongs to a name"),
            ),
        }
    }

    fn name(&mut self) -> &str {
        let start = self.at;
        let mut escaped = false;
        let mut end = self.text.len();
        for (i, c) in self.text[start..].char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if !(is_name_start(c) || c.is_ascii_digit()) {
                end = start + i;
                break;
            }
        }
        self.at = end;
        &self.text[start..end]
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip_space(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        self.at += rest.len() - trimmed.len();
        rest.len() != trimmed.len()
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '-' || c == '\\' || !c.is_ascii()
}

/// An error at `span`.
pub(super) fn fault(message: &str, span: Span, help: Option<&str>) -> SelectorError {
    SelectorError { message: message.to_owned(), span, help: help.map(str::to_owned), meant: None }
}
