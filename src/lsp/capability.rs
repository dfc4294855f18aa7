//! What the server says it can do, and what it learns of the editor at the beginning.

use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions, HoverProviderCapability, OneOf,
    PositionEncodingKind, RenameOptions, SaveOptions, SemanticTokensFullOptions, SemanticTokensOptions,
    ServerCapabilities, SignatureHelpOptions, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
};
use serde_json::Value;

/// What the editor can do, as far as we ask.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    /// Completion may insert texts with places to fill in.
    pub snippets: bool,
    /// Modules of the standard library may be named by `crawl-std:` addresses, whose text it asks us for.
    pub virtual_modules: bool,
    /// It can be told that there are other inlay hints.
    pub refreshes_hints: bool,
    /// Names that scripts get from elsewhere (`--set`).
    pub params: Vec<String>,
}

impl Editor {
    /// Reads the parameters of `initialize`.
    #[must_use]
    pub fn new(params: &Value) -> Self {
        let at = |pointer: &str| params.pointer(pointer);
        let flag = |pointer: &str| at(pointer).and_then(Value::as_bool).unwrap_or(false);
        let names = at("/initializationOptions/params").and_then(Value::as_array);
        Self {
            snippets: flag("/capabilities/textDocument/completion/completionItem/snippetSupport"),
            virtual_modules: flag("/initializationOptions/virtualModules"),
            refreshes_hints: flag("/capabilities/workspace/inlayHint/refreshSupport"),
            params: names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

/// What the server can do.
#[must_use]
pub fn capabilities() -> ServerCapabilities {
    let characters = |list: &[&str]| Some(list.iter().map(|character| (*character).to_owned()).collect());
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let tokens = SemanticTokensOptions {
        legend: super::token::legend(),
        full: Some(SemanticTokensFullOptions::Bool(true)),
        ..SemanticTokensOptions::default()
    };
    let fixes =
        CodeActionOptions { code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]), ..CodeActionOptions::default() };
    let no_progress = WorkDoneProgressOptions::default();
    ServerCapabilities {
        position_encoding: Some(PositionEncodingKind::UTF16),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: characters(&[".", ":", "\"", "=", "["]),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: characters(&["(", ",", ":"]),
            ..SignatureHelpOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: no_progress,
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(fixes)),
        document_formatting_provider: Some(OneOf::Left(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        semantic_tokens_provider: Some(tokens.into()),
        ..ServerCapabilities::default()
    }
}
