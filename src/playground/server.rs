//! Starts and stops the site.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::connection::{Acceptor, Wire};
use super::index;
use super::state::{Shared, State as Site};

/// A running site; it stops when dropped.
#[derive(Debug)]
pub struct Playground {
    address: SocketAddr,
    closing: watch::Sender<bool>,
    server: JoinHandle<()>,
}

/// Why the site did not start.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// The port is taken or not allowed.
    #[error("cannot listen on port {port}: {source}")]
    Bind {
        /// The port asked for; 0 for any free one.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
}

impl Playground {
    /// Serves the site on 127.0.0.1 at `port`, or at a free one, as a task of the current tokio runtime.
    ///
    /// # Errors
    /// [`PlaygroundError::Bind`] when the port cannot be had.
    pub async fn start(port: Option<u16>) -> Result<Self, PlaygroundError> {
        let port = port.unwrap_or(0);
        let failed = |source| PlaygroundError::Bind { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (closing, closed) = watch::channel(false);
        let site = Arc::new(Site::new(closed.clone()));
        let router = index::router().layer(middleware::from_fn_with_state(site.clone(), note)).with_state(site);
        let service = router.into_make_service_with_connect_info::<Wire>();
        let server = tokio::spawn(async move {
            let mut closed = closed;
            let end = async move {
                // An error means that the sender is gone: the site was dropped.
                let _ = closed.wait_for(|closing| *closing).await;
            };
            // It has no error of its own: a failed accept is tried again.
            let _ = axum::serve(Acceptor(listener), service).with_graceful_shutdown(end).await;
        });
        Ok(Self { address, closing, server })
    }

    /// The address without a slash at its end: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the port, ends the answers that are held, and returns when that is done.
    pub async fn stop(mut self) {
        self.closing.send_replace(true);
        if tokio::time::timeout(Duration::from_secs(2), &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        self.closing.send_replace(true);
    }
}

/// Counts the request, and keeps caches from answering the next one.
async fn note(State(site): State<Shared>, request: Request, next: Next) -> Response {
    *site.memory().hits.entry(request.uri().path().to_owned()).or_default() += 1;
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
