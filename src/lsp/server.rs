//! The conversation: handshake, messages in their order, the end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Exit,
    Notification as Method, PublishDiagnostics,
};
use lsp_types::request::{InlayHintRefreshRequest, Request as _};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, PublishDiagnosticsParams, Uri,
};
use serde_json::{Value, json};

use super::capability::{Editor, capabilities};
use super::checking::{Checked, Checking, Job, MakeInterpreter};
use super::convert::Addresses;
use super::document::{Document, Documents};
use super::request::Answers;
use super::seen::Seen;

/// What the server works with.
pub struct Tools {
    /// Makes an interpreter for a check; no step is ever run in it.
    pub interpreter: MakeInterpreter,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The editor asked to shut down before it left.
    Orderly,
    /// It left without a word.
    Abruptly,
}

/// Serves one editor until it leaves.
///
/// # Errors
/// What was wrong with its messages, in words.
pub fn serve(tools: Tools) -> Result<Ended, String> {
    let (connection, threads) = Connection::stdio();
    let ended = converse(&connection, tools);
    drop(connection);
    match ended {
        Ok(Ended::Orderly) => threads.join().map(|()| Ended::Orderly).map_err(|error| error.to_string()),
        // Reading may go on for as long as the editor keeps the pipe: nobody waits for that.
        other => other,
    }
}

fn converse(connection: &Connection, tools: Tools) -> Result<Ended, String> {
    let Ok((id, params)) = connection.initialize_start() else { return Ok(Ended::Abruptly) };
    let editor = Editor::new(&params);
    let answer = json!({
        "capabilities": capabilities(),
        "serverInfo": { "name": "crawl", "version": env!("CARGO_PKG_VERSION") },
    });
    if connection.initialize_finish(id, answer).is_err() {
        return Ok(Ended::Abruptly);
    }
    let documents = Arc::new(Mutex::new(Documents::default()));
    let checking = start_checking(connection, tools, &editor, &documents).map_err(|error| error.to_string())?;
    let seen = start_looking(connection, &editor);
    let mut server = Server { connection, editor, documents, checking, seen };
    server.talk()
}

fn start_checking(
    connection: &Connection,
    tools: Tools,
    editor: &Editor,
    documents: &Arc<Mutex<Documents>>,
) -> std::io::Result<Checking> {
    let (sender, documents) = (connection.sender.clone(), Arc::clone(documents));
    let addresses = Addresses { virtual_modules: editor.virtual_modules };
    let publish = move |checked: &Checked| {
        let message = {
            let documents = documents.lock().unwrap_or_else(PoisonError::into_inner);
            let current = documents.get(&checked.job.uri).filter(|open| open.version == checked.job.version);
            current.map(|document| {
                let reports = checked.reports.iter().map(|report| addresses.diagnostic(document, report));
                published(&checked.job.uri, reports.collect(), Some(checked.job.version))
            })
        };
        if let Some(message) = message {
            let _ = sender.send(message);
        }
    };
    Checking::start(tools.interpreter, editor.params.clone(), Box::new(publish))
}

/// Tells an editor that understands it to ask for inlay hints again, whenever there are other pages.
fn start_looking(connection: &Connection, editor: &Editor) -> Seen {
    let sender = editor.refreshes_hints.then(|| connection.sender.clone());
    let number = AtomicI32::new(1);
    Seen::new(move || {
        if let Some(sender) = &sender {
            let id = RequestId::from(number.fetch_add(1, Ordering::Relaxed));
            let request = Request::new(id, InlayHintRefreshRequest::METHOD.to_owned(), ());
            let _ = sender.send(Message::Request(request));
        }
    })
}

fn published(uri: &Uri, diagnostics: Vec<lsp_types::Diagnostic>, version: Option<i32>) -> Message {
    let params = PublishDiagnosticsParams::new(uri.clone(), diagnostics, version);
    Message::Notification(Notification::new(PublishDiagnostics::METHOD.to_owned(), params))
}

struct Server<'c> {
    connection: &'c Connection,
    editor: Editor,
    documents: Arc<Mutex<Documents>>,
    checking: Checking,
    seen: Seen,
}

impl Server<'_> {
    fn talk(&mut self) -> Result<Ended, String> {
        for message in &self.connection.receiver {
            match message {
                Message::Request(request) => {
                    match self.connection.handle_shutdown(&request) {
                        Ok(true) => return Ok(Ended::Orderly),
                        Ok(false) => {}
                        Err(error) => return Err(error.to_string()),
                    }
                    let (id, method) = (request.id.clone(), request.method.clone());
                    // One question that we stumble over must not cost the editor its server.
                    let response = catch_unwind(AssertUnwindSafe(|| self.respond(request))).unwrap_or_else(|_| {
                        let code = ErrorCode::InternalError as i32;
                        Response::new_err(id, code, format!("`{method}` failed; please report it"))
                    });
                    if self.connection.sender.send(Message::Response(response)).is_err() {
                        return Ok(Ended::Abruptly);
                    }
                }
                Message::Notification(notification) if notification.method == Exit::METHOD => {
                    return Ok(Ended::Abruptly);
                }
                Message::Notification(notification) => {
                    let _ = catch_unwind(AssertUnwindSafe(|| self.note(&notification.method, notification.params)));
                }
                Message::Response(_) => {}
            }
        }
        Ok(Ended::Abruptly)
    }

    fn respond(&self, request: Request) -> Response {
        let documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        Answers { documents: &documents, checking: &self.checking, seen: &self.seen, editor: &self.editor }
            .respond(request)
    }

    /// What the editor tells. What cannot be read is passed over: notifications have no answer.
    fn note(&self, method: &str, params: Value) {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        match method {
            DidOpenTextDocument::METHOD => {
                let Ok(DidOpenTextDocumentParams { text_document: opened }) = serde_json::from_value(params) else {
                    return;
                };
                documents.open(&opened.uri, opened.version, opened.text);
                self.check(documents.get(&opened.uri), true);
                self.seen.look_at(&documents);
            }
            DidChangeTextDocument::METHOD => {
                let Ok(changed) = serde_json::from_value::<DidChangeTextDocumentParams>(params) else { return };
                let named = changed.text_document;
                documents.change(&named.uri, named.version, changed.content_changes);
                self.check(documents.get(&named.uri), false);
            }
            // Other scripts may import what was saved.
            DidSaveTextDocument::METHOD => documents.all().for_each(|document| self.check(Some(document), false)),
            DidCloseTextDocument::METHOD => {
                let Ok(closed) = serde_json::from_value::<DidCloseTextDocumentParams>(params) else { return };
                let uri = closed.text_document.uri;
                documents.close(&uri);
                self.seen.look_at(&documents);
                drop(documents);
                self.checking.forget(&uri);
                let _ = self.connection.sender.send(published(&uri, Vec::new(), None));
            }
            _ => {}
        }
    }

    fn check(&self, document: Option<&Document>, at_once: bool) {
        if let Some(document) = document {
            let (uri, version) = (document.uri.clone(), document.version);
            self.checking.submit(Job { uri, version, source: document.source.clone() }, at_once);
        }
    }
}
