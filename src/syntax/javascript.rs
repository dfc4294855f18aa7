//! The form of a piece of embedded JavaScript, told by parsing it.

use crate::text::Span;
use oxc_allocator::Allocator;
use oxc_ast::ast::{ArrowFunctionBody, ArrowFunctionExpression, Expression, FunctionBody, Statement};
use oxc_parser::{Parser, ParserReturn};
use oxc_span::{GetSpan, SourceType};

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
    pub span: Span,
    /// The next action, where one is known.
    pub help: Option<String>,
}

/// Text around the user's: what stands before it on its first line, and after it from a line of its own.
struct Wrapper {
    prefix: &'static str,
    suffix: &'static str,
}

/// Used for parsing only: here `await` means what it means in an async function.
const VALUE: Wrapper = Wrapper { prefix: "async () => (", suffix: "\n)" };
const BODY: Wrapper = Wrapper { prefix: "(async () => {", suffix: "\n})()" };

/// Deeper nesting than this is refused before the parser, which recurses, sees it.
const DEEPEST_NESTING: usize = 400;

impl JsProgram {
    /// Parses `source` and tells its form. Nothing is run.
    ///
    /// A text that is one function is called; one expression (with or without `;`, also an object literal) gives its
    /// value; all else is the body of an async function, where `return` gives the value.
    pub fn parse(source: &str) -> Result<Self, JsError> {
        refuse_deep_nesting(source)?;
        let allocator = Allocator::default();
        let value = match parse_value(&allocator, source) {
            Ok(form) => return Ok(Self::of_value(source, source.len(), form)),
            Err(error) => error,
        };
        match parse_body(&allocator, source) {
            Ok(Body::Value { end, form }) => Ok(Self::of_value(source, end, form)),
            Ok(Body::Statements) => Ok(Self::new(source, source, JsForm::Statements, BODY)),
            Ok(Body::Module(span)) => Err(JsError {
                message: "`import` and `export` statements exist only in modules".to_owned(),
                span,
                help: Some("load a module with `await import(\"…\")`".to_owned()),
            }),
            Err(body) if body.span.start >= value.span.start => Err(body),
            Err(_) => Err(value),
        }
    }

    fn of_value(source: &str, end: usize, form: JsForm) -> Self {
        // Without `await` the text runs synchronously, so that what it throws keeps its own line and column.
        let wrapper = match (form, source.contains("await")) {
            (JsForm::Function, false) => Wrapper { prefix: "(", suffix: "\n)()" },
            (JsForm::Function, true) => Wrapper { prefix: "(async () => (", suffix: "\n)())()" },
            (_, false) => Wrapper { prefix: "(", suffix: "\n)" },
            (_, true) => Wrapper { prefix: "(async () => (", suffix: "\n))()" },
        };
        Self::new(source, &source[..end], form, wrapper)
    }

    fn new(source: &str, evaluated: &str, form: JsForm, wrapper: Wrapper) -> Self {
        let Wrapper { prefix, suffix } = wrapper;
        Self {
            source: source.to_owned(),
            form,
            evaluable: format!("{prefix}{evaluated}{suffix}"),
            prefix: prefix.len(),
        }
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
        if line == 0 || line > self.source.lines().count().max(1) {
            return None;
        }
        let column = if line == 1 { column.checked_sub(self.prefix).filter(|c| *c > 0)? } else { column };
        Some((line, column))
    }

    /// The byte offset in the user's text of a place in [`Self::evaluable`], whose columns count UTF-16 units from 1.
    #[must_use]
    pub fn user_offset(&self, line: usize, column: usize) -> Option<usize> {
        let (line, column) = self.user_place(line, column)?;
        let start: usize = self.source.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let text = self.source[start..].lines().next().unwrap_or("");
        let mut units = 0;
        let within = text.char_indices().find(|(_, character)| {
            units += character.len_utf16();
            units >= column
        });
        Some(start + within.map_or(text.len(), |(at, _)| at))
    }
}

/// What the body of an async function turned out to be.
enum Body {
    /// One expression or function; its text ends at `end`, before a `;`.
    Value { end: usize, form: JsForm },
    /// Anything else.
    Statements,
    /// Statements of which this one belongs into a module.
    Module(Span),
}

fn parse_value(allocator: &Allocator, source: &str) -> Result<JsForm, JsError> {
    let text = format!("{}{source}{}", VALUE.prefix, VALUE.suffix);
    let parsed = parse(allocator, &text);
    check(&parsed, source, VALUE.prefix.len())?;
    let [Statement::ExpressionStatement(statement)] = parsed.program.body.as_slice() else {
        return Err(breaks_out(source));
    };
    let Expression::ArrowFunctionExpression(arrow) = &statement.expression else { return Err(breaks_out(source)) };
    let ArrowFunctionBody::ParenthesizedExpression(value) = &arrow.body else { return Err(breaks_out(source)) };
    let whole = value.span.start as usize + 1 == VALUE.prefix.len() && value.span.end as usize == text.len();
    if whole { Ok(form_of(&value.expression)) } else { Err(breaks_out(source)) }
}

fn parse_body(allocator: &Allocator, source: &str) -> Result<Body, JsError> {
    let text = format!("{}{source}{}", BODY.prefix, BODY.suffix);
    let parsed = parse(allocator, &text);
    check(&parsed, source, BODY.prefix.len())?;
    let body = wrapped_body(&parsed, &text).ok_or_else(|| breaks_out(source))?;
    let own = |end: u32| end as usize - BODY.prefix.len();
    if let Some(module) = body.statements.iter().find(|statement| statement.is_module_declaration()) {
        return Ok(Body::Module(Span::new(own(module.span().start), own(module.span().end))));
    }
    let empty = |statement: &&Statement| matches!(statement, Statement::EmptyStatement(_));
    if body.statements.first().as_ref().is_some_and(empty) {
        return Ok(Body::Statements);
    }
    let mut statements = body.statements.iter().filter(|statement| !empty(statement));
    Ok(match (body.directives.as_slice(), statements.next(), statements.next()) {
        ([], Some(Statement::ExpressionStatement(only)), None) => {
            Body::Value { end: own(only.expression.span().end), form: form_of(&only.expression) }
        }
        ([], Some(Statement::FunctionDeclaration(only)), None) => {
            Body::Value { end: own(only.span.end), form: JsForm::Function }
        }
        ([only], None, None) => Body::Value { end: own(only.expression.span.end), form: JsForm::Expression },
        _ => Body::Statements,
    })
}

/// The function body of `(async () => {…})()`, if that is what the whole text is.
fn wrapped_body<'a, 'b>(parsed: &'b ParserReturn<'a>, text: &str) -> Option<&'b FunctionBody<'a>> {
    let [Statement::ExpressionStatement(statement)] = parsed.program.body.as_slice() else { return None };
    let Expression::CallExpression(call) = &statement.expression else { return None };
    let Expression::ParenthesizedExpression(callee) = &call.callee else { return None };
    let Expression::ArrowFunctionExpression(arrow) = &callee.expression else { return None };
    let body = block_of(arrow)?;
    let whole = body.span.start as usize + 1 == BODY.prefix.len() && body.span.end as usize + 3 == text.len();
    whole.then_some(body)
}

fn block_of<'a, 'b>(arrow: &'b ArrowFunctionExpression<'a>) -> Option<&'b FunctionBody<'a>> {
    match &arrow.body {
        ArrowFunctionBody::FunctionBody(body) => Some(body),
        _ => None,
    }
}

fn form_of(expression: &Expression) -> JsForm {
    match expression {
        Expression::ParenthesizedExpression(inner) => form_of(&inner.expression),
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => JsForm::Function,
        _ => JsForm::Expression,
    }
}

fn parse<'a>(allocator: &'a Allocator, text: &str) -> ParserReturn<'a> {
    let text = allocator.alloc_str(text);
    Parser::new(allocator, text, SourceType::script()).parse()
}

/// Turns the parser's first complaint into one about the user's own text.
fn check(parsed: &ParserReturn, source: &str, prefix: usize) -> Result<(), JsError> {
    let Some(first) = parsed.diagnostics.errors().next() else {
        return if parsed.panicked { Err(breaks_out(source)) } else { Ok(()) };
    };
    let place = |offset: u32| floor_boundary(source, (offset as usize).saturating_sub(prefix));
    let label = first.labels.first().map(|label| label.span());
    let (start, end) = label.map_or((source.len(), source.len()), |span| (place(span.start), place(span.end)));
    let at_end = start >= source.trim_end().len();
    let message =
        if at_end { "the js ends too early".to_owned() } else { in_words(&first.message, source.get(start..end)) };
    let help = if at_end {
        Some("something is left open: close its bracket, quote or comment".to_owned())
    } else {
        first.help.as_deref().map(lower_case)
    };
    Err(JsError { message, span: Span::new(start, end), help })
}

/// The error of a text that closes a bracket which it did not open.
fn breaks_out(source: &str) -> JsError {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, source);
    let found = check(&parsed, source, 0).err().filter(|error| error.span.start < source.len());
    let span = found.map_or(Span::new(0, source.len()), |error| error.span);
    JsError {
        message: "a bracket is closed that was not opened".to_owned(),
        span,
        help: Some("each string of js must be complete by itself".to_owned()),
    }
}

fn refuse_deep_nesting(source: &str) -> Result<(), JsError> {
    let mut depth = 0_usize;
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_NESTING {
            return Err(JsError {
                message: format!("the js nests more than {DEEPEST_NESTING} brackets"),
                span: Span::new(at, at + 1),
                help: Some("take the inner part out into a function of its own".to_owned()),
            });
        }
    }
    Ok(())
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The parser's message, with what stands at the place instead of its own name for that.
fn in_words(message: &str, found: Option<&str>) -> String {
    let message = lower_case(message);
    let word = found.and_then(|found| found.split_whitespace().next()).filter(|word| word.chars().count() <= 30);
    match (message.split_once(" but found "), word) {
        (Some((wanted, _)), Some(word)) => format!("{wanted} but found `{word}`"),
        (None, Some(word)) if message == "unexpected token" => format!("`{word}` is not expected here"),
        _ => message,
    }
}

fn lower_case(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => message.to_owned(),
    }
}
