//! A script's own names: what each stands for, where it is seen, and every place that uses it.

use std::collections::HashMap;

use super::analysis::Analysis;
use super::resolve::Resolver;
use crate::text::Span;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// `fn`.
    Function,
    /// `schema`.
    Schema,
    /// `const`.
    Constant,
    /// `let`, `for`, `catch`.
    Variable,
    /// A parameter of a function or closure.
    Parameter,
    /// The name after `import … as`.
    Module,
}

/// One name with all its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub kind: SymbolKind,
    /// Where it is defined: several places only for functions with several parameter lists.
    pub definitions: Vec<Span>,
    /// Where it is used.
    pub uses: Vec<Span>,
    /// Where it is seen.
    pub scope: Span,
    /// The expression that it got first, as far as there is one: for guessing its type.
    pub value: Option<Span>,
}

/// All names of a script.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// In no order that means anything.
    pub symbols: Vec<Symbol>,
    /// Every place of every name with the index of its symbol, in the order of the text.
    places: Vec<(Span, usize)>,
}

impl Names {
    /// Finds the names of a text.
    #[must_use]
    pub fn resolve(analysis: &Analysis) -> Self {
        let symbols = Resolver::new(analysis).run();
        let mut places = Vec::new();
        for (index, symbol) in symbols.iter().enumerate() {
            places.extend(symbol.definitions.iter().chain(&symbol.uses).map(|span| (*span, index)));
        }
        places.sort_unstable();
        places.dedup();
        Self { symbols, places }
    }

    /// The symbol whose name covers `offset` or ends there, and that place.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<(&Symbol, Span)> {
        let after = self.places.partition_point(|(span, _)| span.start <= offset);
        let (span, index) = *self.places.get(after.checked_sub(1)?)?;
        (offset <= span.end).then(|| (&self.symbols[index], span))
    }

    /// The symbols that are seen at `offset`; of two with one name the inner one comes first.
    pub fn seen_at(&self, offset: usize) -> impl Iterator<Item = &Symbol> {
        let mut seen: Vec<&Symbol> =
            self.symbols.iter().filter(|symbol| symbol.scope.start <= offset && offset <= symbol.scope.end).collect();
        seen.sort_by_key(|symbol| std::cmp::Reverse(symbol.scope.start));
        seen.into_iter()
    }

    /// For every place of a name, in the order of the text, how many symbols came up before the one it belongs to: the same
    /// in two texts that differ in spelling alone.
    #[must_use]
    pub fn groups(&self) -> Vec<usize> {
        let mut order = HashMap::new();
        let group = |(_, symbol): &(Span, usize)| {
            let next = order.len();
            *order.entry(*symbol).or_insert(next)
        };
        self.places.iter().map(group).collect()
    }

    /// All places of names with their symbols, in the order of the text.
    pub fn places(&self) -> impl Iterator<Item = (Span, &Symbol)> {
        self.places.iter().map(|(span, index)| (*span, &self.symbols[*index]))
    }
}
