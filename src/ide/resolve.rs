//! Goes through the tokens with a stack of scopes and ties each name to its definition.

use std::collections::HashMap;

use super::analysis::Analysis;
use super::names::{Symbol, SymbolKind};
use crate::script::builtin::Receiver;
use crate::script::builtins;
use crate::syntax::{TokenKind, is_keyword};
use crate::text::Span;

/// The state of one pass.
pub(super) struct Resolver<'a> {
    script: &'a Analysis,
    symbols: Vec<Symbol>,
    functions: HashMap<&'a str, usize>,
    values: HashMap<&'a str, usize>,
    modules: HashMap<&'a str, usize>,
    /// Where angle blocks open and close.
    angles: HashMap<usize, bool>,
    scopes: Vec<Scope>,
    depth: usize,
    /// Names that the next block at their depth brings along.
    awaiting: Vec<Awaiting>,
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    Block,
    /// Sees no variables of what is around it.
    Function,
    /// A closure's body without braces: ends with the expression.
    Expression,
}

struct Scope {
    kind: ScopeKind,
    /// The bracket depth inside.
    depth: usize,
    names: Vec<usize>,
    /// The last of them of each name.
    latest: HashMap<String, usize>,
    /// Declared, but seen only after the statement.
    pending: Vec<usize>,
}

struct Awaiting {
    depth: usize,
    kind: ScopeKind,
    names: Vec<(usize, SymbolKind)>,
    /// Where what a loop goes through begins.
    value: Option<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(script: &'a Analysis) -> Self {
        let angles = script.facts.sessions.iter().filter(|session| session.angle);
        let angles = angles.flat_map(|session| [(session.block.start, true), (session.block.end - 1, false)]);
        let top =
            Scope { kind: ScopeKind::Block, depth: 0, names: Vec::new(), latest: HashMap::new(), pending: Vec::new() };
        let mut resolver = Self {
            script,
            symbols: Vec::new(),
            functions: HashMap::new(),
            values: HashMap::new(),
            modules: HashMap::new(),
            angles: angles.collect(),
            scopes: vec![top],
            depth: 0,
            awaiting: Vec::new(),
            at: 0,
        };
        resolver.globals();
        resolver
    }

    fn globals(&mut self) {
        let script = self.script;
        for function in &script.facts.functions {
            if let Some(index) = self.functions.get(function.name.as_str()) {
                self.symbols[*index].definitions.push(function.span);
                continue;
            }
            let index = self.define(&function.name, function.span, SymbolKind::Function, Span::at(0));
            self.functions.insert(&function.name, index);
        }
        for schema in &script.facts.schemas {
            let index = self.define(&schema.name, schema.span, SymbolKind::Schema, schema.whole);
            self.values.insert(&schema.name, index);
        }
        for (name, span) in &script.facts.consts {
            let index = self.define(name, *span, SymbolKind::Constant, Span::at(0));
            self.values.insert(name, index);
        }
        for (name, span) in script.facts.imports.iter().filter_map(|import| import.alias.as_ref()) {
            let index = self.define(name, *span, SymbolKind::Module, Span::at(0));
            self.modules.insert(name, index);
        }
        let everywhere = Span::new(0, script.text().len());
        self.symbols.iter_mut().for_each(|symbol| symbol.scope = everywhere);
    }

    fn define(&mut self, name: &str, span: Span, kind: SymbolKind, value: Span) -> usize {
        self.symbols.push(Symbol {
            name: name.to_owned(),
            kind,
            definitions: vec![span],
            uses: Vec::new(),
            scope: Span::new(span.start, self.script.text().len()),
            value: (!value.is_empty()).then_some(value),
        });
        self.symbols.len() - 1
    }

    pub(super) fn run(mut self) -> Vec<Symbol> {
        while self.at < self.script.solid.len() {
            self.token();
            self.at += 1;
        }
        self.symbols
    }

    fn token(&mut self) {
        let token = self.script.solid[self.at];
        match token.kind {
            TokenKind::Identifier => self.word(),
            TokenKind::InterpolationOpen => self.open(true),
            TokenKind::InterpolationClose => self.close(token.span.end),
            TokenKind::Symbol => match self.script.word(self.at) {
                "{" => self.open(true),
                "(" | "[" | "?[" | "#{" => self.open(false),
                ")" | "]" | "}" => self.close(token.span.end),
                ";" => self.end_statement(token.span),
                "," => self.end_expressions(token.span.start),
                "|" if !self.after_operand() => self.closure(),
                "<" if self.angles.get(&token.span.start) == Some(&true) => self.open(true),
                ">" if self.angles.get(&token.span.start) == Some(&false) => self.close(token.span.end),
                _ => {}
            },
            _ => {}
        }
    }

    fn open(&mut self, block: bool) {
        let depth = self.depth;
        self.depth += 1;
        if !block {
            return;
        }
        let expected = self.awaiting.pop_if(|awaiting| awaiting.depth == depth);
        let kind = expected.as_ref().map_or(ScopeKind::Block, |awaiting| awaiting.kind);
        let first = self.symbols.len();
        let value = expected.as_ref().and_then(|awaiting| awaiting.value);
        self.push_scope(kind, self.depth, expected.map(|awaiting| awaiting.names).unwrap_or_default());
        let end = self.at.checked_sub(1).map_or(0, |before| self.script.solid[before].span.end);
        if let (Some(start), Some(symbol)) = (value, self.symbols.get_mut(first)) {
            symbol.value = Some(Span::new(start, end));
        }
    }

    fn push_scope(&mut self, kind: ScopeKind, depth: usize, names: Vec<(usize, SymbolKind)>) {
        let names = names.into_iter().map(|(token, kind)| {
            let span = self.script.solid[token].span;
            let name = self.script.word(token).to_owned();
            self.define(&name, span, kind, Span::at(0))
        });
        let names: Vec<usize> = names.collect();
        let latest = names.iter().map(|index| (self.symbols[*index].name.clone(), *index)).collect();
        self.scopes.push(Scope { kind, depth, names, latest, pending: Vec::new() });
    }

    fn close(&mut self, end: usize) {
        self.depth = self.depth.saturating_sub(1);
        let depth = self.depth;
        self.awaiting.retain(|awaiting| awaiting.depth <= depth);
        while self.scopes.len() > 1 && self.scopes.last().is_some_and(|scope| scope.depth > depth) {
            self.pop_scope(end);
        }
    }

    fn pop_scope(&mut self, end: usize) {
        if let Some(scope) = self.scopes.pop() {
            for index in scope.names.into_iter().chain(scope.pending) {
                self.symbols[index].scope.end = end;
            }
        }
    }

    fn end_statement(&mut self, semicolon: Span) {
        let depth = self.depth;
        self.end_expressions(semicolon.start);
        self.awaiting.retain(|awaiting| awaiting.depth < depth);
        if let Some(scope) = self.scopes.last_mut().filter(|scope| scope.depth == depth) {
            let pending = std::mem::take(&mut scope.pending);
            for index in &pending {
                let symbol = &mut self.symbols[*index];
                symbol.value = symbol.value.map(|value| Span::new(value.start, semicolon.start));
                symbol.scope.start = semicolon.end;
            }
            scope.latest.extend(pending.iter().map(|index| (self.symbols[*index].name.clone(), *index)));
            scope.names.extend(pending);
        }
    }

    fn end_expressions(&mut self, end: usize) {
        let depth = self.depth;
        while self.scopes.last().is_some_and(|scope| scope.kind == ScopeKind::Expression && scope.depth == depth) {
            self.pop_scope(end);
        }
    }

    fn after_operand(&self) -> bool {
        let Some(before) = self.at.checked_sub(1).map(|at| self.script.solid[at]) else { return false };
        match before.kind {
            TokenKind::Identifier => !is_keyword(before.text(self.script.text())),
            TokenKind::Number | TokenKind::String(_) | TokenKind::Character | TokenKind::TemplateEnd => true,
            _ => matches!(before.text(self.script.text()), ")" | "]" | "}"),
        }
    }

    fn closure(&mut self) {
        let mut end = self.at + 1;
        while self.is_name(end) || self.script.word(end) == "," {
            end += 1;
        }
        if self.script.word(end) != "|" {
            return;
        }
        let params = (self.at + 1..end).filter(|at| self.is_name(*at)).map(|at| (at, SymbolKind::Parameter));
        let params: Vec<_> = params.collect();
        self.at = end;
        if self.script.word(end + 1) == "{" {
            self.awaiting.push(Awaiting { depth: self.depth, kind: ScopeKind::Block, names: params, value: None });
        } else {
            self.push_scope(ScopeKind::Expression, self.depth, params);
        }
    }

    fn is_name(&self, at: usize) -> bool {
        let word = self.script.solid.get(at).is_some_and(|token| token.kind == TokenKind::Identifier);
        let text = self.script.word(at);
        word && !is_keyword(text) && !(text == "schema" && self.is_schema_name(at + 1))
    }

    fn word(&mut self) {
        let word = self.script.word(self.at);
        let next = self.script.word(self.at + 1);
        let called = next == "(" || (next == "!" && self.script.word(self.at + 2) == "(");
        match self.script.word_before(self.at) {
            "." | "?." => {
                let builtin = builtins::named(word).any(|builtin| builtin.receiver != Receiver::None);
                return if called && !builtin {
                    self.use_of(self.functions.get(word).copied())
                };
            }
            "::" => return,
            _ => {}
        }
        match word {
            "let" => self.declare(SymbolKind::Variable),
            "const" if self.is_global(self.at + 1) => self.at += 1,
            "const" => self.declare(SymbolKind::Constant),
            "fn" => self.function(),
            "for" => self.loop_names(),
            "catch" => self.caught(),
            "as" => self.at += usize::from(self.is_name(self.at + 1)),
            "schema" if self.is_schema_name(self.at + 1) => self.at += 1,
            _ if is_keyword(word) || next == ":" => {}
            _ if next == "::" => self.use_of(self.modules.get(word).copied()),
            _ if called => {
                let function = self.functions.get(word).copied();
                self.use_of(function.or_else(|| self.value(word)));
            }
            _ => self.use_of(self.value(word)),
        }
    }

    fn is_global(&self, at: usize) -> bool {
        let span = self.script.solid.get(at).map(|token| token.span);
        self.script.facts.consts.iter().any(|(_, constant)| Some(*constant) == span)
    }

    fn is_schema_name(&self, at: usize) -> bool {
        let span = self.script.solid.get(at).map(|token| token.span);
        self.script.facts.schemas.iter().any(|schema| Some(schema.span) == span)
    }

    fn use_of(&mut self, symbol: Option<usize>) {
        if let Some(index) = symbol {
            self.symbols[index].uses.push(self.script.solid[self.at].span);
        }
    }

    /// The variable, constant or schema that a name means here.
    fn value(&self, name: &str) -> Option<usize> {
        for scope in self.scopes.iter().rev() {
            if let Some(found) = scope.latest.get(name) {
                return Some(*found);
            }
            if scope.kind == ScopeKind::Function {
                break;
            }
        }
        self.values.get(name).copied()
    }

    fn declare(&mut self, kind: SymbolKind) {
        let name = self.at + 1;
        if !self.is_name(name) {
            return;
        }
        let span = self.script.solid[name].span;
        let value = (self.script.word(name + 1) == "=").then(|| self.script.solid.get(name + 2)).flatten();
        let value = value.map_or(Span::at(0), |first| Span::new(first.span.start, self.script.text().len()));
        let word = self.script.word(name).to_owned();
        let index = self.define(&word, span, kind, value);
        self.end_expressions(span.start);
        if let Some(scope) = self.scopes.last_mut() {
            scope.pending.push(index);
        }
        self.at = name;
    }

    fn function(&mut self) {
        let mut name = self.at + 1;
        if self.script.word(name + 1) == "." {
            name += 2;
        }
        let mut end = name + 2;
        while self.is_name(end) || self.script.word(end) == "," {
            end += 1;
        }
        if self.script.word(name + 1) != "(" || self.script.word(end) != ")" {
            return;
        }
        let names = (name + 2..end).filter(|at| self.is_name(*at)).map(|at| (at, SymbolKind::Parameter)).collect();
        self.awaiting.push(Awaiting { depth: self.depth, kind: ScopeKind::Function, names, value: None });
        self.at = end;
    }

    /// `for x in` and `for (x, i) in`.
    fn loop_names(&mut self) {
        let mut end = self.at + 1;
        while self.is_name(end) || matches!(self.script.word(end), "(" | "," | ")") {
            end += 1;
        }
        if self.script.word(end) == "in" {
            let names = (self.at + 1..end).filter(|at| self.is_name(*at));
            let names = names.map(|at| (at, SymbolKind::Variable)).collect();
            let value = self.script.solid.get(end + 1).map(|token| token.span.start);
            self.awaiting.push(Awaiting { depth: self.depth, kind: ScopeKind::Block, names, value });
            self.at = end;
        }
    }

    fn caught(&mut self) {
        let name = self.at + 2;
        if self.script.word(self.at + 1) == "(" && self.is_name(name) && self.script.word(name + 1) == ")" {
            let names = vec![(name, SymbolKind::Variable)];
            self.awaiting.push(Awaiting { depth: self.depth, kind: ScopeKind::Block, names, value: None });
            self.at = name + 1;
        }
    }
}
