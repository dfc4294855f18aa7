//! The editor's questions, each answered from the text it is about.

use std::collections::HashMap;

use lsp_server::{ErrorCode, Request, Response, ResponseError};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest, Formatting, GotoDefinition,
    HoverRequest, InlayHintRequest, PrepareRenameRequest, References, Rename, Request as Method,
    SemanticTokensFullRequest, SignatureHelpRequest,
};
use lsp_types::{
    CodeActionOrCommand, CodeActionResponse, CompletionResponse, DocumentHighlight, DocumentHighlightKind,
    DocumentSymbolResponse, Documentation, GotoDefinitionResponse, Hover, HoverContents, Location, MarkupContent,
    MarkupKind, ParameterInformation, ParameterLabel, PrepareRenameResponse, SemanticTokensResult, SignatureHelp,
    SignatureInformation, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::capability::Editor;
use super::checking::Checking;
use super::convert::{Addresses, SCHEME, symbol};
use super::document::{Document, Documents};
use super::seen::Seen;
use super::{offer, token};
use crate::ide;
use crate::script::modules::STDLIB;
use crate::text::Span;

/// What answers are made from.
pub struct Answers<'s> {
    /// The open texts.
    pub documents: &'s Documents,
    /// What is wrong with them.
    pub checking: &'s Checking,
    /// Pages that their steps captured.
    pub seen: &'s Seen,
    /// The editor.
    pub editor: &'s Editor,
}

type Answer = Result<Value, ResponseError>;

impl Answers<'_> {
    /// The answer to a request.
    #[must_use]
    pub fn respond(&self, request: Request) -> Response {
        match self.answer(&request.method, request.params) {
            Ok(result) => Response::new_ok(request.id, result),
            Err(error) => Response::new_err(request.id, error.code, error.message),
        }
    }

    fn answer(&self, method: &str, params: Value) -> Answer {
        match method {
            Completion::METHOD => ask::<Completion>(params, |params| self.completion(&params.text_document_position)),
            HoverRequest::METHOD => {
                ask::<HoverRequest>(params, |params| self.hover(&params.text_document_position_params))
            }
            SignatureHelpRequest::METHOD => {
                ask::<SignatureHelpRequest>(params, |params| self.signatures(&params.text_document_position_params))
            }
            GotoDefinition::METHOD => {
                ask::<GotoDefinition>(params, |params| self.definition(&params.text_document_position_params))
            }
            References::METHOD => ask::<References>(params, |params| {
                self.references(&params.text_document_position, params.context.include_declaration)
            }),
            DocumentHighlightRequest::METHOD => {
                ask::<DocumentHighlightRequest>(params, |params| self.highlights(&params.text_document_position_params))
            }
            PrepareRenameRequest::METHOD => ask::<PrepareRenameRequest>(params, |params| {
                let (document, offset) = self.place(&params)?;
                let span = ide::renamable(document.analysis(), offset);
                Ok(span.map(|span| PrepareRenameResponse::Range(document.range(span))))
            }),
            Rename::METHOD => {
                ask::<Rename>(params, |params| self.rename(&params.text_document_position, &params.new_name).map(Some))
            }
            _ => self.answer_of_text(method, params),
        }
    }

    /// The answer to a question about a text as a whole, or a range of it.
    fn answer_of_text(&self, method: &str, params: Value) -> Answer {
        match method {
            DocumentSymbolRequest::METHOD => ask::<DocumentSymbolRequest>(params, |params| {
                let document = self.document(&params.text_document.uri)?;
                let parts = ide::outline(document.analysis());
                let symbols = parts.iter().map(|part| symbol(document, part)).collect();
                Ok(Some(DocumentSymbolResponse::Nested(symbols)))
            }),
            SemanticTokensFullRequest::METHOD => ask::<SemanticTokensFullRequest>(params, |params| {
                let document = self.document(&params.text_document.uri)?;
                Ok(Some(SemanticTokensResult::Tokens(token::tokens(document))))
            }),
            CodeActionRequest::METHOD => ask::<CodeActionRequest>(params, |params| {
                let document = self.document(&params.text_document.uri)?;
                let reports = self.checking.reports(&document.uri, document.version);
                let actions = offer::code_actions(document, &reports, document.span(params.range), self.addresses());
                let actions: CodeActionResponse = actions.into_iter().map(CodeActionOrCommand::CodeAction).collect();
                Ok(Some(actions))
            }),
            Formatting::METHOD => ask::<Formatting>(params, |params| self.format(&params.text_document.uri).map(Some)),
            InlayHintRequest::METHOD => ask::<InlayHintRequest>(params, |params| {
                let document = self.document(&params.text_document.uri)?;
                Ok(Some(self.seen.hints(document, params.range)))
            }),
            "crawl/moduleText" => module_text(params),
            _ => Err(failure(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    /// Where texts are found that the editor has not open.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses { virtual_modules: self.editor.virtual_modules }
    }

    fn document(&self, uri: &Uri) -> Result<&Document, ResponseError> {
        let unknown = || failure(ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str()));
        self.documents.get(uri).ok_or_else(unknown)
    }

    fn place(&self, params: &TextDocumentPositionParams) -> Result<(&Document, usize), ResponseError> {
        let document = self.document(&params.text_document.uri)?;
        Ok((document, document.offset(params.position)))
    }

    fn completion(&self, params: &TextDocumentPositionParams) -> Result<Option<CompletionResponse>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let pages = self.seen.pages_of(document);
        let found = ide::suggest(document.analysis(), offset, pages.as_deref()).into_iter();
        let items = found.filter_map(|candidate| offer::completion(document, candidate, self.editor.snippets));
        Ok(Some(CompletionResponse::Array(items.collect())))
    }

    fn hover(&self, params: &TextDocumentPositionParams) -> Result<Option<Hover>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let found = ide::hover(document.analysis(), offset);
        Ok(found.map(|hover| Hover {
            contents: HoverContents::Markup(markdown(hover.text)),
            range: Some(document.range(hover.span)),
        }))
    }

    fn signatures(&self, params: &TextDocumentPositionParams) -> Result<Option<SignatureHelp>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let found = ide::signatures(document.analysis(), offset);
        if found.is_empty() {
            return Ok(None);
        }
        let number = |at: usize| u32::try_from(at).unwrap_or_default();
        let active = found[0].active.map(number);
        let information = |signature: ide::Signature| SignatureInformation {
            parameters: Some(signature.arguments.into_iter().map(parameter).collect()),
            label: signature.label,
            documentation: Some(Documentation::MarkupContent(markdown(signature.doc))),
            active_parameter: signature.active.map(number),
        };
        Ok(Some(SignatureHelp {
            signatures: found.into_iter().map(information).collect(),
            active_signature: Some(0),
            active_parameter: active,
        }))
    }

    fn definition(&self, params: &TextDocumentPositionParams) -> Result<Option<GotoDefinitionResponse>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let targets = ide::definition(document.analysis(), offset);
        let addresses = self.addresses();
        let places: Vec<Location> = targets.iter().filter_map(|target| addresses.target(document, target)).collect();
        Ok((!places.is_empty()).then_some(GotoDefinitionResponse::Array(places)))
    }

    /// The edit that lays the text out anew; none where it is so already, or where brackets or strings are open.
    fn format(&self, uri: &Uri) -> Result<Vec<TextEdit>, ResponseError> {
        let document = self.document(uri)?;
        let formatted = crate::syntax::format(&document.source, None).ok();
        let formatted = formatted.filter(|text| text != document.source.text());
        let whole = document.range(Span::new(0, document.source.text().len()));
        Ok(formatted.into_iter().map(|text| TextEdit::new(whole, text)).collect())
    }

    fn references(
        &self,
        params: &TextDocumentPositionParams,
        with_definitions: bool,
    ) -> Result<Option<Vec<Location>>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let spans = ide::references(document.analysis(), offset, with_definitions).into_iter();
        Ok(Some(spans.map(|span| document.location(span)).collect()))
    }

    fn highlights(&self, params: &TextDocumentPositionParams) -> Result<Option<Vec<DocumentHighlight>>, ResponseError> {
        let (document, offset) = self.place(params)?;
        let spans = ide::references(document.analysis(), offset, true).into_iter();
        let kind = Some(DocumentHighlightKind::TEXT);
        Ok(Some(spans.map(|span| DocumentHighlight { range: document.range(span), kind }).collect()))
    }

    fn rename(&self, params: &TextDocumentPositionParams, new: &str) -> Result<WorkspaceEdit, ResponseError> {
        let (document, offset) = self.place(params)?;
        let places = ide::rename(document.analysis(), offset, new);
        let places = places.map_err(|why| failure(ErrorCode::RequestFailed, why))?;
        let edits = places.into_iter().map(|span| TextEdit::new(document.range(span), new.to_owned())).collect();
        #[allow(clippy::mutable_key_type, reason = "the protocol's map of changes")]
        let changes = HashMap::from([(document.uri.clone(), edits)]);
        Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
    }
}

/// Reads a method's parameters and writes its result.
fn ask<M: Method>(params: Value, answer: impl FnOnce(M::Params) -> Result<M::Result, ResponseError>) -> Answer {
    let params =
        serde_json::from_value(params).map_err(|error| failure(ErrorCode::InvalidParams, error.to_string()))?;
    let result = answer(params)?;
    serde_json::to_value(result).map_err(|error| failure(ErrorCode::InternalError, error.to_string()))
}

/// `crawl/moduleText`: the text of a module of the standard library by its `crawl-std:` address.
fn module_text(params: Value) -> Answer {
    #[derive(Deserialize)]
    struct Params {
        uri: String,
    }
    let params: Params =
        serde_json::from_value(params).map_err(|error| failure(ErrorCode::InvalidParams, error.to_string()))?;
    let name = params.uri.strip_prefix(SCHEME).map(|path| path.trim_matches('/').trim_end_matches(".crawl"));
    let module = STDLIB.iter().find(|(known, _)| Some(*known) == name);
    let unknown = || failure(ErrorCode::InvalidParams, format!("there is no module `{}`", params.uri));
    module.map(|(_, text)| json!({ "text": text })).ok_or_else(unknown)
}

fn failure(code: ErrorCode, message: String) -> ResponseError {
    ResponseError { code: code as i32, message, data: None }
}

fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value }
}

fn parameter((label, doc): (String, String)) -> ParameterInformation {
    let documentation = (!doc.is_empty()).then(|| Documentation::MarkupContent(markdown(doc)));
    ParameterInformation { label: ParameterLabel::Simple(label), documentation }
}
