//! What is put into a cassette, and comes out of it.

use serde_json::Value;

/// A request with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeRow {
    /// The session that it was for; empty: whichever asks.
    pub session: String,
    /// The method.
    pub method: String,
    /// The address, without a fragment.
    pub url: String,
    /// All of it but the bodies.
    pub head: Value,
    /// What was sent, where something was.
    pub request_body: Option<Vec<u8>>,
    /// What came back, decoded; none where it is not to be had.
    pub response_body: Option<Vec<u8>>,
}

/// A step that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// Its number within its run.
    pub seq: u64,
    /// Session, call and outcome in short.
    pub title: String,
    /// All of it but what is large.
    pub head: Value,
    /// Documents, pictures and the like, by number. Texts are kept as they are, in UTF-8: a secret that is learnt of later
    /// is looked for in them.
    pub blobs: Vec<Vec<u8>>,
}

/// Something that the script saw beside pages.
#[derive(Debug, Clone, PartialEq)]
pub struct SightRow {
    /// What was looked at: branch, kind, name.
    pub of: Value,
    /// What was seen.
    pub value: Value,
}

/// A printed line or an emitted record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputRow {
    /// The branch of the run that it came from.
    pub branch: String,
    /// `print` or `emit`.
    pub kind: String,
    /// The data set of a record, where it has a name.
    pub data_set: Option<String>,
    /// The line, or the record as JSON.
    pub text: String,
}
