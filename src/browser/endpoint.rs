//! Where a browser's CDP socket is, and what the browser calls itself.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::WebDriver;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::cdp::CdpSocket;
use super::identity::Launch;

/// A socket that takes longer than this to answer cannot be reached.
pub(super) const REACH_LIMIT: Duration = Duration::from_secs(5);

/// Where a browser's CDP socket is.
pub(super) struct Endpoint {
    pub(super) socket: String,
    /// Told together with the address where it is the browser's own that tells it.
    pub(super) user_agent: Option<String>,
}

/// The `User-Agent` that a browser behind a grid has by itself.
pub(super) async fn own_user_agent(socket: &CdpSocket) -> String {
    #[derive(Deserialize)]
    struct Told {
        #[serde(rename = "userAgent")]
        user_agent: String,
    }
    let told = socket.call::<Told>(None, "Browser.getVersion", json!({}), REACH_LIMIT).await;
    told.map(|told| told.user_agent).unwrap_or_default()
}

/// Where the browser-level socket is: `se:cdp` of a grid, or `debuggerAddress` where that is this machine's.
pub(super) async fn endpoint(session: &WebDriver, launch: &Launch) -> Option<Endpoint> {
    let capabilities = session.capabilities();
    if let Some(socket) = capabilities.get("se:cdp").and_then(Value::as_str) {
        return Some(Endpoint { socket: socket.to_owned(), user_agent: None });
    }
    if launch.webdriver.as_deref().is_some_and(|url| !is_loopback(url)) {
        return None;
    }
    let address = capabilities.get("goog:chromeOptions")?.get("debuggerAddress")?.as_str()?;
    let address = address.replace("localhost", "127.0.0.1");
    let version = tokio::time::timeout(REACH_LIMIT, version(&address)).await.ok()??;
    Some(Endpoint { socket: version.socket, user_agent: Some(version.user_agent) })
}

/// Whether an address is of this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "webSocketDebuggerUrl")]
    socket: String,
    #[serde(rename = "User-Agent", default)]
    user_agent: String,
}

// One GET to the browser's own little server: an HTTP client of size, with its TLS and proxies, has no place here.
async fn version(address: &str) -> Option<Version> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!("GET /json/version HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let mut chunk = [0; 2048];
    loop {
        let n = stream.read(&mut chunk).await.ok()?;
        answer.extend_from_slice(&chunk[..n]);
        let text = String::from_utf8_lossy(&answer);
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(version) = serde_json::from_str(body)
        {
            return Some(version);
        }
        if n == 0 {
            return None;
        }
    }
}
