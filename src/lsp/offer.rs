//! Completion items and code actions.

use std::collections::HashMap;

use lsp_types::{
    CodeAction, CodeActionKind, CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation,
    InsertTextFormat, MarkupContent, MarkupKind, TextEdit, WorkspaceEdit,
};

use super::convert::Addresses;
use super::document::Document;
use crate::diag::Diagnostic;
use crate::ide::{Candidate, CandidateKind, offers, touches};
use crate::text::Span;

/// A candidate; without `snippets` its places are left out.
#[must_use]
pub fn completion(document: &Document, candidate: Candidate, snippets: bool) -> Option<CompletionItem> {
    if candidate.kind == CandidateKind::Snippet && !snippets {
        return None;
    }
    let called = document.source.text()[candidate.span.end..].starts_with('(');
    let mut insert = candidate.insert;
    let mut places = candidate.places;
    if let Some(name) = insert.strip_suffix("($0)")
        && (called || !snippets)
    {
        insert = if called { name.to_owned() } else { format!("{name}(") };
        places = false;
    }
    let (kind, rank) = kind(candidate.kind);
    let doc = (!candidate.doc.is_empty())
        .then_some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: candidate.doc }));
    Some(CompletionItem {
        sort_text: Some(format!("{rank}{}", candidate.label)),
        filter_text: Some(candidate.label.trim_end_matches(" …").to_owned()),
        label: candidate.label,
        kind: Some(kind),
        detail: (!candidate.detail.is_empty()).then_some(candidate.detail),
        documentation: doc,
        insert_text_format: Some(if places { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT }),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(document.range(candidate.span), insert))),
        ..CompletionItem::default()
    })
}

/// The protocol's kind, and which come first.
fn kind(kind: CandidateKind) -> (CompletionItemKind, u8) {
    match kind {
        CandidateKind::Option => (CompletionItemKind::FIELD, 0),
        CandidateKind::Value => (CompletionItemKind::VALUE, 0),
        CandidateKind::Property => (CompletionItemKind::PROPERTY, 1),
        CandidateKind::Variable => (CompletionItemKind::VARIABLE, 1),
        CandidateKind::Schema => (CompletionItemKind::STRUCT, 1),
        CandidateKind::Module => (CompletionItemKind::MODULE, 2),
        CandidateKind::Method => (CompletionItemKind::METHOD, 2),
        CandidateKind::Function => (CompletionItemKind::FUNCTION, 3),
        CandidateKind::Snippet => (CompletionItemKind::SNIPPET, 4),
        CandidateKind::Keyword => (CompletionItemKind::KEYWORD, 5),
    }
}

/// The changes that the reports at a place suggest.
#[must_use]
pub fn code_actions(document: &Document, reports: &[Diagnostic], at: Span, addresses: Addresses) -> Vec<CodeAction> {
    let place = |report: &&Diagnostic| report.primary.as_ref().is_some_and(|label| touches(label.span, at));
    let action = |report: &Diagnostic| {
        let offers = offers(&document.source, report);
        let only = offers.len() == 1;
        let diagnostic = addresses.diagnostic(document, report);
        let made = offers.into_iter().map(move |offer| {
            let edit = TextEdit::new(document.range(offer.fix.span), offer.fix.text);
            #[allow(clippy::mutable_key_type, reason = "the protocol's map of changes")]
            let changes = HashMap::from([(document.uri.clone(), vec![edit])]);
            CodeAction {
                title: offer.title,
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
                is_preferred: Some(only),
                ..CodeAction::default()
            }
        });
        made.collect::<Vec<_>>()
    };
    reports.iter().filter(place).flat_map(action).collect()
}
