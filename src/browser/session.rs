//! The WebDriver session of a browser, made by thirtyfour; where the browser can be spoken to before, it comes to be
//! meanwhile.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use thirtyfour::error::WebDriverResult;
use thirtyfour::{Capabilities, WebDriver};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::deadline::Deadline;
use super::endpoint::is_loopback;
use super::error::BrowserError;
use crate::process::Reaper;

/// How long the deletion of a session may take.
const DELETE_LIMIT: Duration = Duration::from_secs(10);

/// How long a driver may take to answer: a grid keeps a session waiting for a slot for up to five minutes.
const DRIVER_TIMEOUT: Duration = Duration::from_secs(310);

/// The pause before the second try, doubled for the third.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a browser that ended waits for what its driver says about that.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A session of a browser of ours, or on someone else's server.
pub(super) enum Session {
    /// There is none: a Firefox of our own needs no driver.
    None,
    /// It stands.
    Made(#[expect(dead_code, reason = "held, never read")] Held),
    /// It comes to be; the second tells what came of it.
    Coming(#[expect(dead_code, reason = "held, never read")] Task, watch::Receiver<Option<Result<(), String>>>),
}

impl Session {
    /// One that is asked for while its browser is in use already.
    pub(super) fn coming(asked: Asking) -> Self {
        let (tell, told) = watch::channel(None);
        let task = tokio::spawn(async move {
            let came = asked.await;
            let words = came.as_ref().map(|_| ()).map_err(Clone::clone);
            let _ = tell.send(Some(words));
            // It ends with the browser.
            std::future::pending::<()>().await;
            drop(came);
        });
        Self::Coming(Task(task), told)
    }

    /// Why there is none after all, as far as that is known soon.
    pub(super) async fn refusal(&self) -> Option<String> {
        let Self::Coming(_, told) = self else { return None };
        let mut told = told.clone();
        let known = tokio::time::timeout(LAST_WORDS, told.wait_for(Option::is_some)).await.ok()?.ok()?;
        known.clone()?.err()
    }
}

/// A session that is let go of from its first moment on: thirtyfour would delete it from a runtime of its own, and have
/// the thread that drops it, which may serve all sockets of a run, wait there for a server that is gone.
pub(super) struct Held(WebDriver);

impl Deref for Held {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.clone().leak();
    }
}

/// A session on someone else's server by its address, `http://…/session/ID`, which the reaper deletes should we not come
/// to it. One that is dropped is deleted as well, behind whatever goes on.
pub(super) struct Lent(Option<(String, Arc<Reaper>)>);

impl Lent {
    pub(super) fn new(address: String, reaper: &Arc<Reaper>) -> Self {
        reaper.add_session(&address);
        Self(Some((address, Arc::clone(reaper))))
    }

    /// Deletes it; also where nobody waits for that any more.
    pub(super) async fn give_back(mut self) {
        if let Some((address, reaper)) = self.0.take() {
            let _ = tokio::spawn(give_back(address, reaper)).await;
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some((address, reaper)) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(give_back(address, reaper));
        }
    }
}

async fn give_back(address: String, reaper: Arc<Reaper>) {
    if delete_session(&address).await.is_ok() {
        reaper.forget_session(&address);
    }
}

/// The task that a session comes to be in, and is held by.
pub(super) struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A session that is asked for.
pub(super) type Asking = std::pin::Pin<Box<dyn Future<Output = Result<Held, String>> + Send>>;

/// Asks for a session.
pub(super) fn ask(url: &str, capabilities: &Capabilities, deadline: Deadline) -> Asking {
    let (url, capabilities) = (url.to_owned(), capabilities.clone());
    Box::pin(async move {
        match tokio::time::timeout(deadline.left(), connect_driver(&url, capabilities)).await {
            Ok(Ok(session)) => Ok(Held(session)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    })
}

/// The pause after so many tries in vain.
pub(super) fn pause(tried: u32) -> Duration {
    PAUSE * tried
}

/// A WebDriver session. A driver on this machine needs neither certificates, which take a while to read, nor a proxy.
async fn connect_driver(url: &str, capabilities: Capabilities) -> WebDriverResult<WebDriver> {
    let builder = WebDriver::builder(url, capabilities);
    let client = reqwest::Client::builder().timeout(DRIVER_TIMEOUT);
    let client = if is_loopback(url) { client.no_proxy().tls_certs_only([]) } else { client };
    match client.build() {
        Ok(client) => builder.client(client).connect().await,
        Err(_) => builder.connect().await,
    }
}

/// The error of a server that gave no session.
pub(super) fn no_session(url: &str, why: &str) -> BrowserError {
    BrowserError::Unavailable {
        message: format!("the WebDriver server at `{url}` gave no session: {why}"),
        help: "run `crawl doctor`; a server given with `--webdriver` must be running".to_owned(),
    }
}

/// Deletes a session of a server by its address, `http://…/session/ID`: what the reaper asks for when the run that had
/// the session did not come to it.
///
/// # Errors
/// In words, when the server cannot be asked or refuses.
pub async fn delete_session(address: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().timeout(DELETE_LIMIT).build().map_err(|error| error.to_string())?;
    let answer = client.delete(address).send().await.map_err(|error| error.to_string())?;
    answer.error_for_status().map(drop).map_err(|error| error.to_string())
}
