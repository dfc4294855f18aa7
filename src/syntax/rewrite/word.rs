//! Words: the keywords that open a form or define a name.

use super::super::literal::StringLiteral;
use super::super::token::{Token, TokenKind, is_keyword};
use super::facts::{FunctionFact, ImportFact};
use super::pass::Pass;
use crate::text::Span;

impl Pass<'_> {
    /// Judges the word at hand.
    pub(super) fn word(&mut self) {
        let text = self.items.text(self.at);
        self.word_began = self.begins;
        self.operand = true;
        if self.items.is_member(self.at) {
            return;
        }
        match text {
            "true" | "false" | "this" => {}
            "schema" if self.is_schema() => self.schema_head(),
            _ if !is_keyword(text) => {}
            _ => self.keyword(text),
        }
    }

    fn keyword(&mut self, text: &str) {
        self.operand = false;
        match text {
            "if" | "while" | "switch" | "for" => self.top().headers += 1,
            "fn" => self.function(),
            "catch" => self.catch(),
            "import" => self.import(),
            "const" if self.frames.len() == 1 => {
                let name = self.name_at(self.at + 1);
                self.facts.consts.extend(name);
            }
            "let" if self.frames.len() == 1 => {
                let name = self.name_at(self.at + 1);
                self.facts.lets.extend(name);
            }
            _ => {}
        }
    }

    /// The name at an item; none where a schema begins, as after a `let` or `const` that is not finished yet.
    fn name_at(&self, at: usize) -> Option<(String, Span)> {
        let span = self.items.get(at)?.span;
        (self.items.is_word(at) && !self.names_schema(at)).then(|| (self.items.slice(span).to_owned(), span))
    }

    /// `fn name(a, b)`, also `fn type.name(…)`: notes it and goes on at its `)`.
    fn function(&mut self) {
        let mut at = self.at + 1;
        if self.items.is_symbol(at + 1, ".") {
            at += 2;
        }
        let Some((name, span)) = self.name_at(at) else { return };
        if !self.items.is_symbol(at + 1, "(") {
            return;
        }
        let mut end = at + 2;
        while self.items.is_word(end) || self.items.is_symbol(end, ",") {
            end += 1;
        }
        if self.items.is_symbol(end, ")") {
            let params = (at + 2..end).filter_map(|param| self.name_at(param)).collect();
            let private = self.at.checked_sub(1).is_some_and(|before| self.items.text(before) == "private");
            self.facts.functions.push(FunctionFact { name, span, params, private });
            self.at = end;
        }
    }

    /// `catch (e) {`: what was caught gets one shape, whoever threw it.
    fn catch(&mut self) {
        let Some((name, _)) = self.name_at(self.at + 2) else { return };
        let brace = self.at + 4;
        let shaped = self.items.is_symbol(self.at + 1, "(") && self.items.is_symbol(self.at + 3, ")");
        if shaped && self.items.is_symbol(brace, "{") {
            self.edits.insert(self.span(brace).end, format!(" let {name} = crawl_error({name});"));
        }
    }

    fn import(&mut self) {
        let Some(item) = self.items.get(self.at + 1) else { return };
        let TokenKind::String(_) = item.kind else { return };
        let path_span = item.span;
        let Some(literal) = StringLiteral::decode(self.items.source(), &Token { kind: item.kind, span: path_span })
        else {
            return;
        };
        let named = self.items.is_word(self.at + 2) && self.items.text(self.at + 2) == "as";
        let alias = if named { self.name_at(self.at + 3) } else { None };
        self.facts.imports.push(ImportFact { path: literal.value, path_span, alias });
    }
}

/// `text.int()` and `field.int()` become `to_int()`: as functions, `int("h4")` and `"42".int()` would be one call.
pub(super) fn method_names(text: &str, tokens: &[Token], edits: &mut super::edit::Edits) {
    let solid: Vec<&Token> = tokens.iter().filter(|token| !token.is_comment()).collect();
    for window in solid.windows(4) {
        let [dot, name, open, close] = window else { continue };
        let method = matches!(dot.text(text), "." | "?.") && open.text(text) == "(" && close.text(text) == ")";
        if method && matches!(name.text(text), "int" | "float") {
            edits.insert(name.span.start, "to_");
        }
    }
}
