//! Arguments, options and fields: where each begins and ends, and the map that named ones become.

use super::super::SyntaxError;
use super::super::token::{StringKind, TokenKind, is_reserved};
use super::edit::repeated;
use super::facts::{ArgumentFact, CallFact};
use super::frame::{CallFrame, Frame, FrameKind};
use super::pass::Pass;
use crate::text::Span;

const CODE: &str = "crawl::syntax::named_argument";

/// The arguments of a call, the options of a schema, or its fields, as far as they are read.
#[derive(Debug)]
pub(super) struct ArgumentList {
    pub(super) arguments: Vec<ArgumentFact>,
    /// Whether an entry may begin at the next item.
    pub(super) expecting: bool,
    /// The name of the entry being read.
    name: Option<(String, Span)>,
    /// The first item of its value.
    start: Option<usize>,
    /// Whether one had a name.
    pub(super) named: bool,
    /// The last comma.
    pub(super) comma: Option<Span>,
}

impl ArgumentList {
    pub(super) fn new() -> Self {
        Self { arguments: Vec::new(), expecting: true, name: None, start: None, named: false, comma: None }
    }

    /// The number of entries without a name.
    pub(super) fn positional(&self) -> usize {
        self.arguments.iter().filter(|argument| argument.name.is_none()).count()
    }
}

/// Whose entries a list holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Call,
    SchemaHead,
    SchemaBody,
}

fn owner(frame: &Frame) -> Option<Owner> {
    match frame.kind {
        FrameKind::Call(_) => Some(Owner::Call),
        FrameKind::SchemaHead(_) => Some(Owner::SchemaHead),
        FrameKind::SchemaBody(_) => Some(Owner::SchemaBody),
        _ => None,
    }
}

impl Pass<'_> {
    /// Begins an entry where one may begin; says whether it took the name and the colon.
    pub(super) fn begin_entry(&mut self) -> bool {
        let at = self.at;
        let key = self.is_key(at);
        let operand = self.operand;
        let frame = self.top();
        let Some(owner) = owner(frame) else { return false };
        let Some(list) = frame.list() else { return false };
        if !list.expecting {
            if !(key && operand) {
                return false;
            }
            self.missing_comma(owner);
        }
        if self.ends_list(at, owner) {
            return false;
        }
        if !key {
            self.begin_unnamed(owner);
            return false;
        }
        self.begin_named(owner);
        true
    }

    fn is_key(&self, at: usize) -> bool {
        let Some(item) = self.items.get(at) else { return false };
        let quoted = matches!(item.kind, TokenKind::String(StringKind::Quoted));
        (quoted || item.kind == TokenKind::Identifier) && self.items.is_symbol(at + 1, ":")
    }

    fn ends_list(&self, at: usize, owner: Owner) -> bool {
        matches!(self.items.text(at), ")" | "}" | "]" | "," | ";")
            || (owner == Owner::SchemaHead && self.items.is_symbol(at, "{"))
    }

    fn begin_named(&mut self, owner: Owner) {
        let at = self.at;
        let span = self.span(at);
        let word = self.items.is_word(at);
        let name = self.items.slice(span).trim_matches('"').to_owned();
        if !word && owner != Owner::SchemaBody {
            self.error(
                SyntaxError::new(CODE, span, "an argument's name is written without quotes", "a quoted name")
                    .with_help(format!("write `{name}: …`"))
                    .with_fix(span, name.clone()),
            );
        }
        let first = !std::mem::replace(&mut self.list().named, true);
        if first && owner != Owner::SchemaBody {
            self.edits.insert(span.start, "#{");
        }
        if word && (owner == Owner::SchemaBody || is_reserved(&name)) {
            self.edits.insert(span.start, "\"");
            self.edits.insert(span.end, "\"");
        }
        if owner == Owner::SchemaHead && self.list().positional() == 0 {
            self.schema_without_at(span);
        }
        let list = self.list();
        list.name = Some((name, span));
        list.start = Some(at + 2);
        list.expecting = false;
        self.operand = false;
        self.at += 2;
    }

    fn begin_unnamed(&mut self, owner: Owner) {
        let at = self.at;
        let span = self.span(at);
        let list = self.list();
        list.expecting = false;
        list.start = Some(at);
        let (named, positional) = (list.named, list.positional());
        match owner {
            Owner::Call if named => {
                let last = self.list().arguments.iter().rev().find_map(|argument| argument.name.clone());
                let mut error =
                    SyntaxError::new(CODE, span, "a positional argument follows a named one", "this has no name")
                        .with_help("put positional arguments first, or give this one a name too");
                if let Some((name, place)) = last {
                    error = error.with_related(place, format!("`{name}` is given by name"));
                }
                self.error(error);
            }
            Owner::SchemaHead if positional > 0 => self.unnamed_schema_option(span),
            Owner::SchemaBody => self.field_without_name(),
            _ => {}
        }
    }

    fn missing_comma(&mut self, owner: Owner) {
        let before = self.items.before(self.at).map_or(0, |item| item.span.end);
        let next = self.items.text(self.at).to_owned();
        let code = if owner == Owner::Call { CODE } else { super::schema::CODE };
        self.error(
            SyntaxError::new(code, Span::at(before), format!("a comma is missing before `{next}`"), "here")
                .with_related(self.span(self.at), "the next one begins here")
                .with_help("separate them with `,`")
                .with_fix(Span::at(before), ","),
        );
        self.end_entry();
    }

    /// Ends the entry being read before the current item.
    pub(super) fn end_entry(&mut self) {
        let at = self.at;
        let Some(list) = self.frames.last_mut().and_then(Frame::list) else { return };
        list.expecting = true;
        let Some(start) = list.start.take() else { return };
        let name = list.name.take();
        match (self.items.span(start, at), name) {
            (Some(value), name) => list.arguments.push(ArgumentFact { name, value }),
            (None, Some((name, span))) => {
                self.error(
                    SyntaxError::new(CODE, span, format!("`{name}` has no value"), "nothing follows its colon")
                        .with_help(format!("write `{name}: value`, or `()` for none"))
                        .with_fix(Span::at(span.end + 1), " ()"),
                );
            }
            (None, None) => {}
        }
    }

    pub(super) fn comma(&mut self) {
        self.operand = false;
        self.end_entry();
        let span = self.span(self.at);
        if let Some(list) = self.top().list() {
            list.comma = Some(span);
        }
    }

    /// The list at the top of the stack, where the caller knows that there is one.
    fn list(&mut self) -> &mut ArgumentList {
        self.top().list().expect("the innermost frame holds a list")
    }

    /// Ends a call at its `)`.
    pub(super) fn close_call(&mut self, call: CallFrame) {
        let close = self.span(self.at);
        if call.list.named {
            self.edits.insert(close.start, "}");
            self.check_repeated(&call.list.arguments, CODE, "argument");
        }
        self.operand = true;
        if let Some(head) = call.session {
            self.session_head(head, &call.list);
        }
        self.facts.calls.push(CallFact {
            callee: self.items.slice(call.callee).to_owned(),
            callee_span: call.callee,
            kind: call.kind,
            span: Span::new(call.callee.start, close.end),
            arguments: call.list.arguments,
        });
    }

    /// Reports every name given twice.
    pub(super) fn check_repeated(&mut self, arguments: &[ArgumentFact], code: &'static str, what: &str) {
        let names = arguments.iter().filter_map(|argument| argument.name.as_ref());
        let with_comma = |again: Span| {
            let mut pairs = arguments.windows(2);
            let pair = pairs.find(|pair| pair[1].name.as_ref().is_some_and(|(_, span)| *span == again))?;
            Some(Span::new(pair[0].value.end, pair[1].value.end))
        };
        let mut errors = Vec::new();
        repeated(
            names.map(|(name, span)| (name.as_str(), *span)),
            |span| span.start,
            |name, first, again| {
                let error =
                    SyntaxError::new(code, *again, format!("the {what} `{name}` is given twice"), "given again")
                        .with_related(*first, "first given here")
                        .with_help("remove one of them");
                errors.push(match with_comma(*again) {
                    Some(span) => error.with_fix(span, ""),
                    None => error,
                });
            },
        );
        for error in errors {
            self.error(error);
        }
    }
}
