//! What the rewrite saw of a script, for the checks, the scopes and the editors.

use crate::text::Span;

/// What the pass saw of the script, in written order; all spans are of the original text.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Top-level `const` names.
    pub consts: Vec<(String, Span)>,
    /// Top-level `let` names.
    pub lets: Vec<(String, Span)>,
    /// Schemas.
    pub schemas: Vec<SchemaFact>,
    /// `fn` definitions.
    pub functions: Vec<FunctionFact>,
    /// `import` statements whose path is a plain string.
    pub imports: Vec<ImportFact>,
    /// Every call, innermost first.
    pub calls: Vec<CallFact>,
    /// Every `session(…)` with a block.
    pub sessions: Vec<SessionFact>,
}

/// A schema's definition.
#[derive(Debug, Clone)]
pub struct SchemaFact {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub span: Span,
    /// The whole statement, from `schema` to its `}`.
    pub whole: Span,
    /// The expression after `at`.
    pub at: Span,
    /// The options after it.
    pub options: Vec<ArgumentFact>,
    /// Field names in written order.
    pub fields: Vec<(String, Span)>,
}

/// A script's own function.
#[derive(Debug, Clone)]
pub struct FunctionFact {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub span: Span,
    /// Its parameters.
    pub params: Vec<(String, Span)>,
    /// Whether other scripts cannot call it.
    pub private: bool,
}

/// An `import` of a module by its literal path.
#[derive(Debug, Clone)]
pub struct ImportFact {
    /// What the string says.
    pub path: String,
    /// The string literal.
    pub path_span: Span,
    /// The name after `as`.
    pub alias: Option<(String, Span)>,
}

/// How a call names what it calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// `f(…)`, also a closure in a variable.
    Function,
    /// `value.f(…)` or `value?.f(…)`.
    Method,
    /// `module::f(…)`.
    Module,
}

/// One call.
#[derive(Debug, Clone)]
pub struct CallFact {
    /// The word before the bracket.
    pub callee: String,
    /// Its place.
    pub callee_span: Span,
    /// How it is called.
    pub kind: CallKind,
    /// From the callee to the closing bracket.
    pub span: Span,
    /// The arguments as written, positional ones first.
    pub arguments: Vec<ArgumentFact>,
}

impl CallFact {
    /// The arguments given by name.
    pub fn named(&self) -> impl Iterator<Item = &ArgumentFact> {
        self.arguments.iter().filter(|argument| argument.name.is_some())
    }
}

/// One argument of a call, or one option of a schema.
#[derive(Debug, Clone)]
pub struct ArgumentFact {
    /// The name and its place, when given by name.
    pub name: Option<(String, Span)>,
    /// The expression.
    pub value: Span,
}

/// A session with a block.
#[derive(Debug, Clone)]
pub struct SessionFact {
    /// From `session` to the end of the block.
    pub span: Span,
    /// The expression that names it.
    pub id: Span,
    /// The block with its delimiters.
    pub block: Span,
    /// Whether it was written with `<` and `>`.
    pub angle: bool,
}
