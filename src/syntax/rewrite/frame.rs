//! The stack of what is open while the pass goes through a text.

use super::argument::ArgumentList;
use super::edit::Slot;
use super::facts::CallKind;
use crate::text::Span;

/// Something open: a bracket with its meaning.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    /// The opening token.
    pub(super) open: Span,
    /// Its index among the items.
    pub(super) item: usize,
    /// How many `if`, `while`, `for` and `switch` wait for their block at this level.
    pub(super) headers: usize,
    /// Whether the statement being read at this level ends with its block (`if`, `for`, `fn` …).
    pub(super) ends_with_block: bool,
}

#[derive(Debug)]
pub(super) enum FrameKind {
    /// The text itself.
    Top,
    /// `( … )` around an expression.
    Group,
    /// `[ … ]`.
    Index,
    /// `{ … }` with statements (or a switch's arms).
    Block,
    /// `#{ … }`.
    Map,
    /// `${ … }`.
    Interpolation,
    /// The arguments of a call.
    Call(Box<CallFrame>),
    /// The block of a session.
    Session(SessionFrame),
    /// From `schema` to its `{`; no bracket of its own.
    SchemaHead(Box<SchemaFrame>),
    /// The fields of a schema.
    SchemaBody(Box<SchemaFrame>),
}

/// A bracket's shape, as its closer must match it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Round,
    Square,
    Curly,
    Interpolation,
    Angle,
    None,
}

#[derive(Debug)]
pub(super) struct CallFrame {
    pub(super) callee: Span,
    pub(super) kind: CallKind,
    pub(super) list: ArgumentList,
    pub(super) session: Option<SessionHead>,
}

/// `session(` whose block, if any, is yet to come.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionHead {
    /// The word `session`.
    pub(super) word: Span,
    /// Whether a statement begins with it.
    pub(super) begins_statement: bool,
    /// For the bracket around the whole form.
    pub(super) bracket: Slot,
    /// For the rest of the custom syntax's keyword.
    pub(super) keyword: Slot,
    /// The expression that names the session.
    pub(super) id: Span,
}

#[derive(Debug)]
pub(super) struct SessionFrame {
    pub(super) head: SessionHead,
    pub(super) angle: bool,
    /// How many `>` the pass had judged before this block.
    pub(super) marks: usize,
}

#[derive(Debug)]
pub(super) struct SchemaFrame {
    pub(super) word: Span,
    pub(super) name: Span,
    pub(super) at: Span,
    pub(super) options: Vec<super::ArgumentFact>,
    pub(super) list: ArgumentList,
    /// Before the `{` of the fields.
    pub(super) fields: Option<Slot>,
    /// What goes there before the list of field names.
    pub(super) prefix: &'static str,
}

impl Frame {
    pub(super) fn shape(&self) -> Shape {
        match &self.kind {
            FrameKind::Top | FrameKind::SchemaHead(_) => Shape::None,
            FrameKind::Group | FrameKind::Call(_) => Shape::Round,
            FrameKind::Index => Shape::Square,
            FrameKind::Session(session) if session.angle => Shape::Angle,
            FrameKind::Block | FrameKind::Map | FrameKind::Session(_) | FrameKind::SchemaBody(_) => Shape::Curly,
            FrameKind::Interpolation => Shape::Interpolation,
        }
    }

    /// Whether statements stand directly in it.
    pub(super) fn holds_statements(&self) -> bool {
        matches!(self.kind, FrameKind::Top | FrameKind::Block | FrameKind::Interpolation | FrameKind::Session(_))
    }

    /// The list of arguments or fields that is being read directly in it.
    pub(super) fn list(&mut self) -> Option<&mut ArgumentList> {
        match &mut self.kind {
            FrameKind::Call(call) => Some(&mut call.list),
            FrameKind::SchemaHead(schema) | FrameKind::SchemaBody(schema) => Some(&mut schema.list),
            _ => None,
        }
    }
}
