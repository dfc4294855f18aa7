//! A CSS selector that a snapshot can answer.

use std::fmt;
use std::sync::Arc;

use super::css::{Complex, Simple, SimpleKind, fault, take_apart};
use super::pseudo::{ELEMENT_HELP, TAKING_SELECTORS, refusal};
use crate::text::Span;

/// A compiled selector with its text. Cloning is cheap.
#[derive(Clone)]
pub struct Selector {
    inner: Arc<Inner>,
}

struct Inner {
    text: String,
    parsed: scraper::Selector,
    reach: Reach,
}

/// Where a selector's matches can lie, seen from the element it starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Below it.
    Below,
    /// The element itself: `:self`.
    Itself,
    /// The element or below: `:self.open, b`.
    WithItself,
    /// Also the siblings that follow it, and below them: `+ tr`.
    Following,
}

/// Why a text is no selector for a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectorError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, in bytes of the selector's text.
    pub span: Span,
    /// The next action.
    pub help: Option<String>,
    /// What was probably meant in place of `span`.
    pub meant: Option<String>,
}

impl Selector {
    /// Parses a CSS selector; what only a live page can answer (`:checked`, `:hover`, XPath) is refused with the way out.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        foreign(text)?;
        shallow(text)?;
        let list = checked(text, 0, Mode::Absolute)?;
        compile(text, text, &list, Reach::Below)
    }

    /// Parses a selector of a schema's field: beside what [`Selector::parse`] takes, `:self` is the row and an entry may
    /// begin with a combinator (`> a`, `+ tr`, `~ li`), which then starts from the row.
    pub fn parse_relative(text: &str) -> Result<Self, SelectorError> {
        foreign(text)?;
        shallow(text)?;
        let list = checked(text, 0, Mode::Row)?;
        let reach = reach(&list);
        compile(text, &from_scope(text, &list), &list, reach)
    }

    /// Checks a selector that a live page will answer: any well-formed CSS, `:checked` and `:hover` included.
    pub fn parse_live(text: &str) -> Result<(), SelectorError> {
        foreign(text)?;
        shallow(text)?;
        take_apart(text, false).map(drop)
    }

    /// The row itself: `:self`.
    #[must_use]
    pub fn itself() -> Self {
        Self::parse_relative(":self").expect("`:self` is a relative selector")
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.inner.text
    }

    pub(super) fn compiled(&self) -> &scraper::Selector {
        &self.inner.parsed
    }

    pub(super) fn reach(&self) -> Reach {
        self.inner.reach
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.inner.text == other.inner.text && self.inner.reach == other.inner.reach
    }
}

impl Eq for Selector {}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Selector({:?})", self.inner.text)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Absolute,
    /// Inside `:has(…)`.
    Relative,
    /// A field of a schema.
    Row,
}

/// Selectors in selectors deeper than this nobody writes, and matching them would need a deep stack.
const DEEPEST_NESTING: usize = 32;

fn shallow(text: &str) -> Result<(), SelectorError> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_NESTING {
            return Err(SelectorError {
                message: format!("it nests more than {DEEPEST_NESTING} brackets"),
                span: Span::new(at, at + 1),
                help: Some("write it flat, or select in two steps".to_owned()),
                meant: None,
            });
        }
    }
    Ok(())
}

/// Refuses what is written in another language.
fn foreign(text: &str) -> Result<(), SelectorError> {
    let whole = Span::new(0, text.len());
    let trimmed = text.trim_start();
    let xpath = ["//", "/", "./", "../", "(/", "xpath=", "xpath:"];
    if xpath.iter().any(|start| trimmed.starts_with(start)) {
        let help = "write it in CSS; actions (`click`, `fill`) and `evaluate` with `document.evaluate` take XPath";
        return Err(fault("this is XPath, not a CSS selector", whole, Some(help)));
    }
    let engine = ["text=", "role=", "label=", "placeholder=", "testid=", "css=", "id="];
    if let Some(prefix) = engine.iter().find(|prefix| trimmed.starts_with(**prefix)) {
        let help = match *prefix {
            "css=" => "leave `css=` out",
            "id=" => "write `#name`",
            "testid=" => "write `[data-testid=\"…\"]`; actions take it as it is",
            _ => "only actions take such a target; write a CSS selector here",
        };
        return Err(fault(&format!("`{prefix}` names an action's target, not a CSS selector"), whole, Some(help)));
    }
    Ok(())
}

/// Takes the text apart and refuses what a snapshot cannot answer; `offset` is added to the places of faults.
fn checked(text: &str, offset: usize, mode: Mode) -> Result<Vec<Complex>, SelectorError> {
    let list = take_apart(text, mode != Mode::Absolute).map_err(|error| shifted(error, offset))?;
    for simple in list.iter().flat_map(|complex| &complex.parts).flat_map(|part| &part.simples) {
        check_simple(text, simple, mode).map_err(|error| shifted(error, offset))?;
    }
    Ok(list)
}

fn check_simple(text: &str, simple: &Simple, mode: Mode) -> Result<(), SelectorError> {
    let name = simple.name.as_str();
    match simple.kind {
        SimpleKind::PseudoElement => {
            let message = format!("`::{name}` is a pseudo-element, which a document does not contain");
            Err(fault(&message, simple.span, Some(ELEMENT_HELP)))
        }
        SimpleKind::PseudoClass if mode == Mode::Row && name == "self" => Ok(()),
        SimpleKind::PseudoClass => {
            let lower = name.to_ascii_lowercase();
            if !super::pseudo::KNOWN.contains(&lower.as_str()) {
                let (message, help) = refusal(name);
                let near = super::pseudo::meant(name).filter(|_| simple.arguments.is_none());
                let meant = near.map(|near| format!(":{near}"));
                return Err(SelectorError { message, span: simple.span, help, meant });
            }
            let Some(arguments) = simple.arguments.filter(|_| TAKING_SELECTORS.contains(&lower.as_str())) else {
                return Ok(());
            };
            let inner = if lower == "has" { Mode::Relative } else { Mode::Absolute };
            checked(&text[arguments.start..arguments.end], arguments.start, inner).map(drop)
        }
        _ => Ok(()),
    }
}

fn shifted(mut error: SelectorError, offset: usize) -> SelectorError {
    error.span = Span::new(error.span.start + offset, error.span.end + offset);
    error
}

fn compile(text: &str, css: &str, list: &[Complex], reach: Reach) -> Result<Selector, SelectorError> {
    match scraper::Selector::parse(css) {
        Ok(parsed) => Ok(Selector { inner: Arc::new(Inner { text: text.to_owned(), parsed, reach }) }),
        Err(_) => Err(faulty_part(text, list)),
    }
}

/// The parser tells no place: the first simple selector that it refuses by itself is the fault.
fn faulty_part(text: &str, list: &[Complex]) -> SelectorError {
    let slice = |span: Span| &text[span.start..span.end];
    for part in list.iter().flat_map(|complex| &complex.parts) {
        let mut simples = part.simples.iter().filter(|simple| simple.name != "self");
        if let Some(simple) = simples.find(|simple| scraper::Selector::parse(slice(simple.span)).is_err()) {
            return described(slice(simple.span), simple);
        }
        if let Some(late) = part.simples.iter().skip(1).find(|simple| is_type(simple)) {
            let message = format!("`{}` must stand first in its part", late.name);
            return fault(&message, late.span, Some("put a space or a combinator before it, or `.` or `#`"));
        }
    }
    fault("this is no CSS selector", Span::new(0, text.len()), None)
}

fn is_type(simple: &Simple) -> bool {
    matches!(simple.kind, SimpleKind::Tag | SimpleKind::Universal)
}

fn described(text: &str, simple: &Simple) -> SelectorError {
    match simple.kind {
        SimpleKind::Attribute => {
            let help = "write `[name]`, `[name=\"value\"]`, or with `^=`, `$=`, `*=`, `~=`, `|=`; quote the value";
            fault(&format!("`{text}` is no attribute selector"), simple.span, Some(help))
        }
        SimpleKind::PseudoClass => {
            let name = &simple.name;
            let (message, help) = match (name.starts_with("nth-"), simple.arguments.is_some()) {
                (true, true) => (format!("`{text}` has no valid position"), "write a number, `odd`, `even` or `2n+1`"),
                (true, false) => {
                    (format!("`:{name}` needs a position"), "write a number, `odd`, `even` or `2n+1` in parentheses")
                }
                (false, true) if TAKING_SELECTORS.contains(&name.as_str()) => {
                    (format!("`{text}` holds no valid selector"), "write a selector between its parentheses")
                }
                (false, true) => (format!("`:{name}` takes no parentheses"), "leave them out"),
                (false, false) => (format!("`:{name}` needs a selector"), "write a selector in parentheses after it"),
            };
            fault(&message, simple.span, Some(help))
        }
        _ => fault(&format!("`{text}` has no meaning here"), simple.span, None),
    }
}

fn reach(list: &[Complex]) -> Reach {
    let first = |complex: &Complex| complex.parts[0].combinator;
    let is_self =
        |simple: &Simple| simple.kind == SimpleKind::PseudoClass && matches!(simple.name.as_str(), "self" | "scope");
    let follows = list.iter().flat_map(|complex| &complex.parts).any(|part| matches!(part.combinator, Some('+' | '~')));
    let from_self = list.iter().any(|complex| first(complex).is_some() || complex.parts[0].simples.iter().any(is_self));
    let lone = |complex: &Complex| complex.parts.len() == 1 && complex.parts[0].simples.len() == 1;
    if list.len() == 1 && lone(&list[0]) && is_self(&list[0].parts[0].simples[0]) {
        Reach::Itself
    } else if from_self && follows {
        Reach::Following
    } else if list.iter().any(|complex| complex.parts.iter().any(|part| part.simples.iter().any(is_self))) {
        Reach::WithItself
    } else {
        Reach::Below
    }
}

/// The text with `:scope` for the row.
fn from_scope(text: &str, list: &[Complex]) -> String {
    let mut css = text.to_owned();
    for complex in list.iter().rev() {
        for simple in complex.parts.iter().flat_map(|part| &part.simples).rev() {
            if simple.kind == SimpleKind::PseudoClass && simple.name == "self" {
                css.replace_range(simple.span.start..simple.span.end, ":scope");
            }
        }
        if complex.parts[0].combinator.is_some() {
            css.insert_str(complex.span.start, ":scope ");
        }
    }
    css
}
