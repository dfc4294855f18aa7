//! Semantic tokens: names with their kinds, packed as the protocol has it (LSP 3.17, SemanticTokens).

use lsp_types::{SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensLegend};

use super::document::Document;
use crate::ide::{HighlightedName, NameKind, highlight};

const KINDS: &[(NameKind, SemanticTokenType)] = &[
    (NameKind::Keyword, SemanticTokenType::KEYWORD),
    (NameKind::Module, SemanticTokenType::NAMESPACE),
    (NameKind::Schema, SemanticTokenType::CLASS),
    (NameKind::Function, SemanticTokenType::FUNCTION),
    (NameKind::Method, SemanticTokenType::METHOD),
    (NameKind::Property, SemanticTokenType::PROPERTY),
    (NameKind::Option, SemanticTokenType::PARAMETER),
    (NameKind::Variable, SemanticTokenType::VARIABLE),
    (NameKind::Parameter, SemanticTokenType::PARAMETER),
];

const MODIFIERS: [SemanticTokenModifier; 3] =
    [SemanticTokenModifier::DEFINITION, SemanticTokenModifier::READONLY, SemanticTokenModifier::DEFAULT_LIBRARY];

/// The words for kinds and modifiers.
#[must_use]
pub fn legend() -> SemanticTokensLegend {
    let types = KINDS.iter().map(|(_, word)| word.clone()).collect();
    SemanticTokensLegend { token_types: types, token_modifiers: MODIFIERS.to_vec() }
}

/// All names of a text.
#[must_use]
pub fn tokens(document: &Document) -> SemanticTokens {
    let (mut line, mut character) = (0, 0);
    let names = highlight(document.analysis());
    let packed = names.into_iter().map(|name| {
        let range = document.range(name.span);
        let delta_line = range.start.line - line;
        let delta_start = if delta_line == 0 { range.start.character - character } else { range.start.character };
        (line, character) = (range.start.line, range.start.character);
        SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character - range.start.character,
            token_type: number(name.kind),
            token_modifiers_bitset: modifiers(name),
        }
    });
    SemanticTokens { result_id: None, data: packed.collect() }
}

fn number(kind: NameKind) -> u32 {
    KINDS.iter().position(|(known, _)| *known == kind).and_then(|at| u32::try_from(at).ok()).unwrap_or_default()
}

fn modifiers(name: HighlightedName) -> u32 {
    u32::from(name.definition) | u32::from(name.constant) << 1 | u32::from(name.builtin) << 2
}
