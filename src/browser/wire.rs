//! What the requests of an identity go over: the network, the network with somebody who listens, or answers that were
//! recorded.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A request as it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The address, without a fragment.
    pub url: String,
    /// What it is for: `document`, `script`, `fetch` …, by the names that `block` takes where it has one.
    pub kind: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    #[serde(skip)]
    pub body: Option<Vec<u8>>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// A response. A redirect is one, and what it leads to is another request.
    Response {
        /// The HTTP status.
        status: u16,
        /// The status in words, where the server gave one.
        status_text: String,
        /// Headers of the response, names in lower case, in order; those of the body's transport are about the wire.
        headers: Vec<(String, String)>,
        /// The body, decoded; `None` where it is not to be had.
        #[serde(skip)]
        body: Option<Vec<u8>>,
        /// Whether the body came to its end.
        whole: bool,
    },
    /// None, and why: `net::ERR_CONNECTION_REFUSED`.
    Failed(String),
}

/// One request with what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchanged {
    /// The request.
    pub asked: Asked,
    /// The answer.
    pub came: Came,
    /// When the request went out: milliseconds since 1970.
    pub began: f64,
    /// Milliseconds until the headers came, and until the end.
    pub took: [f64; 2],
    /// The browser's own cache answered.
    pub from_cache: bool,
}

/// Hears of every request of an identity once it is over. Must not block.
pub trait Ear: Send + Sync {
    /// A request is over, or the page it was for is gone.
    fn heard(&self, exchanged: Exchanged);

    /// What cannot be recorded, in words: each is told once.
    fn missed(&self, what: &str);
}

/// Answers an identity's requests in the network's place. Must not block.
pub trait Answers: Send + Sync {
    /// The answer; `None`: none is known, and the request fails.
    fn answer(&self, asked: &Asked) -> Option<Came>;
}

/// What an identity's requests go over.
#[derive(Clone, Default)]
pub enum Wire {
    /// The network.
    #[default]
    Open,
    /// The network, and somebody hears of it. Service workers are bypassed.
    Heard(Arc<dyn Ear>),
    /// Nothing reaches the network: these answer.
    Answered(Arc<dyn Answers>),
}

/// Whether a header of a response is about how its body travelled, not about what it is.
pub(super) fn is_of_transport(name: &str) -> bool {
    ["connection", "content-encoding", "content-length", "keep-alive", "trailer", "transfer-encoding", "upgrade"]
        .contains(&name)
}

/// A proxy that nobody is: the port is that of a protocol which no system serves.
pub(super) const NOWHERE: &str = "http://127.0.0.1:9";
