//! What a piece is to the layout, and the brackets that it stands in.

use std::collections::BTreeSet;

use super::super::rewrite::Facts;

/// What a piece is to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Word,
    Keyword,
    Literal,
    LineComment,
    BlockComment,
    Open,
    Close,
    Comma,
    Semicolon,
    Colon,
    /// `.`, `?.` and `::`.
    Dot,
    Range,
    Unary,
    Binary,
    /// The `!` of `f!(…)`.
    Bang,
    /// The `|` before a closure's parameters.
    BarOpen,
    /// The `|` after them; also `||`.
    BarClose,
}

/// What a bracket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Top,
    Round,
    Square,
    Map,
    Block,
    Switch,
    Angle,
    Schema,
}

impl Shape {
    /// Whether it is closed by the end of a block rather than of a list.
    pub(super) fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::Switch | Self::Angle | Self::Schema)
    }

    /// Whether its items are separated by commas, and closed by the bracket of a list.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Round | Self::Square | Self::Map)
    }

    /// Whether statements stand in it, or a switch's arms.
    pub(super) fn holds_statements(self) -> bool {
        matches!(self, Self::Top | Self::Block | Self::Switch | Self::Angle)
    }
}

/// A bracket with what stands directly in it.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) shape: Shape,
    /// The piece whose line its content is indented against: the word before a block, else the bracket itself.
    pub(super) head: usize,
    pub(super) open: usize,
    pub(super) close: usize,
    /// The pieces directly in it, brackets of others included.
    pub(super) members: Vec<usize>,
}

/// Where a piece stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) class: Class,
    /// The frame it stands in; for a bracket the one around it.
    pub(super) frame: usize,
    /// The bracket's own frame.
    pub(super) own: Option<usize>,
    /// Whether a statement, an argument, a field or an arm begins with it.
    pub(super) starts: bool,
    /// Whether it goes on after a block's `}`: `else`, `catch`, the `while` of a `do`.
    pub(super) resumes: bool,
}

/// What only the rewrite can tell about single places of the text.
pub(super) struct Marks {
    angles: BTreeSet<usize>,
    openers: BTreeSet<usize>,
    sessions: BTreeSet<usize>,
    schemas: BTreeSet<usize>,
}

impl Marks {
    /// The places that `facts` tell of.
    pub(super) fn of(facts: &Facts) -> Self {
        let angle = || facts.sessions.iter().filter(|session| session.angle);
        let openers: BTreeSet<usize> = angle().map(|session| session.block.start).collect();
        Self {
            angles: angle().map(|session| session.block.end - 1).chain(openers.iter().copied()).collect(),
            openers,
            sessions: facts.sessions.iter().map(|session| session.span.start).collect(),
            schemas: facts.schemas.iter().map(|schema| schema.whole.start).collect(),
        }
    }

    /// Whether the `<` or `>` there delimits a block.
    pub(super) fn is_angle(&self, offset: usize) -> bool {
        self.angles.contains(&offset)
    }

    /// Whether the `<` there opens a block.
    pub(super) fn opens_angle(&self, offset: usize) -> bool {
        self.openers.contains(&offset)
    }

    /// Whether the word there is a `session` with a block.
    pub(super) fn is_session(&self, offset: usize) -> bool {
        self.sessions.contains(&offset)
    }

    /// Whether the word there begins a schema.
    pub(super) fn is_schema(&self, offset: usize) -> bool {
        self.schemas.contains(&offset)
    }
}
