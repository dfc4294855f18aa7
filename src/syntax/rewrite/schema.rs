//! `schema Name at "selector", option: value { field: builder, … }`: becomes one call that defines it.

use super::super::SyntaxError;
use super::super::token::is_keyword;
use super::argument::ArgumentList;
use super::facts::SchemaFact;
use super::frame::{FrameKind, SchemaFrame};
use super::pass::Pass;
use crate::text::Span;

pub(super) const CODE: &str = "crawl::syntax::schema";
const SHAPE: &str = "write `schema Name at \"selector\" { field: text(\"…\"), … }`";

impl Pass<'_> {
    /// Whether the word `schema` at hand begins a definition.
    pub(super) fn is_schema(&self) -> bool {
        self.names_schema(self.at) || (self.begins && self.items.is_symbol(self.at + 1, "{"))
    }

    /// Whether the item at `at` is the word `schema` before a name.
    pub(super) fn names_schema(&self, at: usize) -> bool {
        let name = at + 1;
        self.items.text(at) == "schema" && self.items.is_word(name) && !is_keyword(self.items.text(name))
    }

    /// Reads `schema Name at`; the expression after it is the first entry of a list.
    pub(super) fn schema_head(&mut self) {
        let word = self.span(self.at);
        let name = self.span(self.at + 1);
        let has_at = self.items.is_word(self.at + 2) && self.items.text(self.at + 2) == "at";
        if !self.begins {
            let message = "a schema is a statement of its own";
            self.error(SyntaxError::new(CODE, word, message, "inside another expression").with_help(SHAPE));
        }
        if !self.items.is_word(self.at + 1) || (self.items.slice(name) == "at" && !has_at) {
            self.error(SyntaxError::new(CODE, word, "a schema needs a name", "no name follows").with_help(SHAPE));
        } else if !has_at {
            self.schema_without_at(name);
        }
        self.edits.insert(word.end, "_define(");
        self.edits.insert(name.start, "\"");
        self.edits.insert(name.end, "\",");
        if has_at {
            self.edits.replace(self.span(self.at + 2).start, 2, "  ");
        }
        let schema = SchemaFrame {
            word,
            name,
            at: Span::at(name.end),
            options: Vec::new(),
            list: ArgumentList::new(),
            fields: None,
            prefix: "",
        };
        self.push(FrameKind::SchemaHead(Box::new(schema)));
        if self.items.is_word(self.at + 1) {
            self.at += if has_at { 2 } else { 1 };
        }
        if has_at && self.items.is_symbol(self.at + 1, ":") {
            let colon = self.span(self.at + 1);
            self.error(
                SyntaxError::new(CODE, colon, "`at` is followed by the selector itself", "no colon here")
                    .with_help(SHAPE)
                    .with_fix(colon, ""),
            );
            self.at += 1;
        }
    }

    /// Turns the head at its `{` into the body.
    pub(super) fn open_schema_body(&mut self) {
        self.end_entry();
        let open = self.span(self.at);
        let FrameKind::SchemaHead(mut schema) = self.pop().kind else { return };
        let list = std::mem::replace(&mut schema.list, ArgumentList::new());
        let trailing = list.comma.is_some_and(|comma| self.items.before(self.at).is_some_and(|i| i.span == comma));
        schema.prefix = match (list.named, trailing) {
            (true, _) => "}, ",
            (false, true) => "#{}, ",
            (false, false) => ", #{}, ",
        };
        schema.fields = Some(self.edits.reserve(open.start));
        let (at, options): (Vec<_>, Vec<_>) = list.arguments.into_iter().partition(|entry| entry.name.is_none());
        match at.first() {
            Some(selector) => schema.at = selector.value,
            // Options without a selector, or no `at` at all, were reported where they began.
            None if options.is_empty() && self.items.text_before(self.at) == "at" => self.schema_without_at(open),
            None => {}
        }
        self.check_repeated(&options, CODE, "option");
        schema.options = options;
        self.push(FrameKind::SchemaBody(schema));
    }

    /// Ends the body at its `}`.
    pub(super) fn close_schema(&mut self, schema: SchemaFrame) {
        let close = self.span(self.at);
        self.check_repeated(&schema.list.arguments, CODE, "field");
        let names = schema.list.arguments.into_iter().filter_map(|argument| argument.name);
        let fields: Vec<(String, Span)> = names.collect();
        let list: Vec<String> = fields.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        if let Some(slot) = schema.fields {
            self.edits.fill(slot, format!("{}[{}], #", schema.prefix, list.join(", ")));
        }
        let end = if self.items.is_symbol(self.at + 1, ";") { ")" } else { ");" };
        self.edits.insert(close.end, end);
        self.operand = false;
        self.next_begins = true;
        self.facts.schemas.push(SchemaFact {
            name: self.items.slice(schema.name).to_owned(),
            span: schema.name,
            whole: Span::new(schema.word.start, close.end),
            at: schema.at,
            options: schema.options,
            fields,
        });
    }

    /// Reports a schema without the selector of its rows.
    pub(super) fn schema_without_at(&mut self, span: Span) {
        let message = "a schema needs the selector of its rows";
        self.error(SyntaxError::new(CODE, span, message, "expected `at \"selector\"`").with_help(SHAPE));
    }

    /// Reports an option of a schema that has no name.
    pub(super) fn unnamed_schema_option(&mut self, span: Span) {
        let message = "a schema's options are given by name";
        self.error(
            SyntaxError::new(CODE, span, message, "this has no name")
                .with_help("options: `min:`, `max:`, `unique:`, `fill:`"),
        );
    }

    /// Reports an entry of a schema's body that does not begin with `name:`.
    pub(super) fn field_without_name(&mut self) {
        let span = self.span(self.at);
        let shown = self.items.slice(span).to_owned();
        let (message, help) = if self.items.is_word(self.at) {
            (format!("the field `{shown}` has no builder"), format!("write `{shown}: text(\"…\")`"))
        } else {
            ("a schema's field begins with its name".to_owned(), "write `name: text(\"…\")`".to_owned())
        };
        let error = SyntaxError::new(CODE, span, message, "expected `name:`").with_help(help);
        let word = self.items.is_word(self.at);
        self.error(if word { error.with_fix(span, format!("{shown}: text(\"\")")) } else { error });
    }
}

/// The error of a schema whose `{` never comes.
pub(super) fn without_fields(name: &str, span: Span) -> SyntaxError {
    SyntaxError::new(CODE, span, format!("the schema `{name}` has no fields"), "no `{` follows").with_help(SHAPE)
}
