//! A small site with the pages that tabs have trouble with. Every delay is a query parameter.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use base64::Engine;
use futures_util::stream::{self, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The addresses of the running site.
#[derive(Clone, Debug)]
pub struct Site {
    address: SocketAddr,
    raw: SocketAddr,
    tls: SocketAddr,
}

type Parameters = Query<HashMap<String, String>>;

impl Site {
    /// Serves on free ports of loopback for as long as the runtime lives.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let raw = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tls = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let [address, raw_address, tls_address] = [&listener, &raw, &tls].map(|one| one.local_addr().unwrap());
        let site = Self { address, raw: raw_address, tls: tls_address };
        tokio::spawn(async move { axum::serve(listener, routes()).await });
        tokio::spawn(serve_raw(raw));
        tokio::spawn(serve_tls(tls));
        site
    }

    /// An address on the site.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same page from another origin.
    pub fn elsewhere(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }

    /// A page over TLS whose certificate nobody has signed.
    pub fn untrusted(&self) -> String {
        format!("https://localhost:{}/", self.tls.port())
    }

    /// How often the asset at `path`, query included, was asked for.
    pub fn hits(&self, path: &str) -> u32 {
        HITS.lock().unwrap().get(path).copied().unwrap_or(0)
    }

    /// A server that breaks connections: `/reset`, `/cut`, `/endless`, `/silent`.
    pub fn broken(&self, path: &str) -> String {
        format!("http://{}{path}", self.raw)
    }
}

fn routes() -> Router {
    Router::new()
        .route("/page", get(page))
        .route("/list", get(list))
        .route("/echo", any(echo))
        .route("/json", get(|| async { json(&serde_json::json!({"a": [1, 2, 3]})) }))
        .route("/unending", get(unending))
        .route("/text", get(|| async { "plain text" }))
        .route("/xml", get(|| async { ([(header::CONTENT_TYPE, "text/xml")], "<r><i>1</i></r>") }))
        .route("/status", get(status))
        .route("/redirect", get(redirect))
        .route("/cookie", get(|| async { ([(header::SET_COOKIE, "seen=yes; Path=/")], Html("<p>set</p>")) }))
        .route("/download", get(download))
        .route("/strict", get(strict))
        .route("/frames", get(frames))
        .route("/asks-a-frame", get(asks_a_frame))
        .route("/tells", get(|| async { Html(TELLS) }))
        .route(
            "/tells-opener",
            get(|| async {
                Html(
                    TELLS.replace("parent.postMessage(", "((told) => new BroadcastChannel('told').postMessage(told))("),
                )
            }),
        )
        .route("/secured", any(secured))
        .route("/assets", get(assets))
        .route("/asset/{*path}", get(asset))
        .route("/slow-image", get(slow_image))
        .route("/html", get(html))
}

fn json(value: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

async fn delay(query: &HashMap<String, String>) {
    let ms = query.get("delay").and_then(|ms| ms.parse().ok()).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

async fn page(Query(query): Parameters) -> Html<String> {
    delay(&query).await;
    let n = query.get("n").cloned().unwrap_or_default();
    let to = query.get("to").cloned().unwrap_or_else(|| "/page?n=next".to_owned());
    Html(format!(
        r##"<!DOCTYPE html><html lang="en"><title>Page {n}</title><h1>Page {n}</h1>
        <a id="link" href="{to}">next</a> <a id="hash" href="#part">part</a>
        <a id="blank" href="/page?n=popup" target="_blank">popup</a> <a id="load" href="/download">file</a>
        <a id="empty" href="/status?code=204">nothing</a>
        <form id="form" action="/page"><input name="n" value="form"><input type="checkbox" id="box">
        <select><option>a<option selected>b</select><textarea>old</textarea><button>go</button></form>
        <p id="part">part</p><p style="display:none" class="hid">hidden</p>"##
    ))
}

async fn list(Query(query): Parameters) -> Html<String> {
    let ms = query.get("delay").cloned().unwrap_or_else(|| "0".to_owned());
    Html(format!(
        r#"<title>List</title><ul><li>1</ul><button id="next">next</button><button id="more">more</button><script>
        const ul = document.querySelector('ul'); let page = 1;
        next.onclick = () => {{ page += 1; setTimeout(() => {{ ul.innerHTML = ''; setTimeout(() => {{
            ul.innerHTML = '<li>' + page; }}, 5); history.pushState(null, '', '?page=' + page); }}, {ms}); }};
        more.onclick = () => setTimeout(() => {{ ul.append(document.createElement('li')); }}, {ms});
        </script>"#
    ))
}

async fn echo(method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let headers: HashMap<_, _> =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned())).collect();
    json(&serde_json::json!({
        "method": method.as_str(), "headers": headers, "body": String::from_utf8_lossy(&body),
    }))
}

/// A value whose response never ends.
async fn unending() -> impl IntoResponse {
    let value = stream::iter([Ok::<_, std::convert::Infallible>(r#"{"a":[1,2,3]}"#)]);
    Body::from_stream(value.chain(stream::pending()))
}

async fn status(Query(query): Parameters) -> Response {
    let code = StatusCode::from_u16(query["code"].parse().unwrap()).unwrap();
    if code == StatusCode::NO_CONTENT { code.into_response() } else { (code, Html("<h1>status</h1>")).into_response() }
}

async fn redirect(Query(query): Parameters) -> Redirect {
    delay(&query).await;
    let left: u32 = query["left"].parse().unwrap();
    let to = if left == 0 { "/page?n=end".to_owned() } else { format!("/redirect?left={}", left - 1) };
    Redirect::to(&to)
}

async fn download() -> impl IntoResponse {
    ([(header::CONTENT_DISPOSITION, "attachment; filename=a.bin"), (header::CONTENT_TYPE, "application/zip")], "data")
}

/// Wants `ada` and `love:lace`.
async fn secured(headers: HeaderMap) -> Response {
    let login = base64::prelude::BASE64_STANDARD.encode("ada:love:lace");
    let told = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if told == Some(&format!("Basic {login}")) {
        return Html("<title>In</title>").into_response();
    }
    let ask = [(header::WWW_AUTHENTICATE, "Basic realm=\"home\"")];
    (StatusCode::UNAUTHORIZED, ask, Html("<title>Who are you?</title>")).into_response()
}

/// A page that tells of an image, a script, a fetch and an advertisement whether each came.
async fn assets(Query(query): Parameters) -> Html<String> {
    let of = &query["of"];
    Html(format!(
        r#"<title>Assets</title><script>
        const load = (name, make, yes, no) => new Promise(done => {{
            const element = document.createElement(make);
            element.onload = () => done(yes); element.onerror = () => done(no);
            element.src = '/asset/' + name + '?of={of}'; document.documentElement.append(element);
        }});
        window.asked = [load('picture.png', 'img', 'image', 'no image'), load('plain.js', 'script', 'script', 'no script'),
            fetch('/asset/data.json?of={of}').then(() => 'fetched', () => 'not fetched'),
            load('ads/one.js', 'script', 'ad', 'no ad')];
        </script><script src="/asset/plain-again.js?of={of}"></script>"#
    ))
}

static HITS: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

async fn asset(uri: Uri) -> Response {
    *HITS.lock().unwrap().entry(uri.to_string()).or_default() += 1;
    match uri.path().ends_with(".png") {
        true => {
            let bytes = base64::prelude::BASE64_STANDARD.decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=");
            ([(header::CONTENT_TYPE, "image/gif")], bytes.unwrap()).into_response()
        }
        false => ([(header::CONTENT_TYPE, "text/javascript")], "1").into_response(),
    }
}

async fn strict() -> impl IntoResponse {
    let policy = "default-src 'self'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html("<title>Strict</title><ul><li>1<li>2</ul>"))
}

/// A page whose frame, of another site, tells what it knows of the browser.
async fn asks_a_frame(headers: HeaderMap) -> Html<String> {
    let other = other_host(&headers);
    Html(format!(
        r#"<title>Asks</title><script>
        window.told = new Promise(done => {{ addEventListener('message', event => {{
            typeof window.told === 'function' ? window.told(event.data) : done(event.data);
        }}); }});
        </script><iframe src="http://{other}/tells"></iframe>"#
    ))
}

const TELLS: &str = "<script>
async function tell() {
  const { headers } = await (await fetch('/echo')).json();
  parent.postMessage([navigator.userAgent, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone,
    window.given, headers['user-agent'], headers['x-mine']], '*');
}
addEventListener('message', tell);
tell();
</script>";

async fn frames(headers: HeaderMap) -> Html<String> {
    let other = other_host(&headers);
    Html(format!(
        r#"<title>Frames</title><iframe src="http://{other}/page?n=cross"></iframe><iframe src="/page?n=same"></iframe>
        <iframe srcdoc="<p>doc</p>"></iframe><iframe sandbox src="/page?n=sandboxed"></iframe>"#
    ))
}

/// This site under a name of another site.
fn other_host(headers: &HeaderMap) -> String {
    headers[header::HOST].to_str().unwrap().replace("127.0.0.1", "localhost")
}

async fn slow_image(Query(query): Parameters) -> Response {
    delay(&query).await;
    StatusCode::NOT_FOUND.into_response()
}

async fn html(Query(query): Parameters) -> Html<String> {
    Html(query["h"].clone())
}

/// Speaks just enough HTTP to break it.
async fn serve_raw(listener: TcpListener) {
    while let Ok((mut socket, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut request = [0; 4096];
            let n = socket.read(&mut request).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&request[..n]).into_owned();
            // Without the charset Firefox keeps the first kilobyte back, to look for one in it.
            let chunked =
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
            let piece = b"18\r\n<title>Cut</title><p>one\r\n";
            if head.starts_with("GET /cut ") {
                let _ = socket.write_all(&[&chunked[..], piece].concat()).await;
            } else if head.starts_with("GET /cut-file ") {
                let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=cut.zip\r\nContent-Length: 1000\r\n\r\nPK";
                let _ = socket.write_all(head).await;
                tokio::time::sleep(Duration::from_millis(300)).await;
                let _ = socket.set_zero_linger();
            } else if head.starts_with("GET /length ") {
                let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>one";
                let _ = socket.write_all(head).await;
            } else if head.starts_with("GET /chunk ") {
                let _ = socket.write_all(&[&chunked[..], b"long\r\n<p>one\r\n"].concat()).await;
            } else if head.starts_with("GET /nowhere ") {
                let head = b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n";
                let _ = socket.write_all(head).await;
            } else if head.starts_with("GET /endless ") {
                let _ = socket.write_all(chunked).await;
                while socket.write_all(piece).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            } else if head.starts_with("GET /silent ") {
                tokio::time::sleep(Duration::from_secs(60)).await;
            } else if head.starts_with("GET /reset ") {
                // Unread data at the close makes the kernel send a reset.
                let _ = socket.set_zero_linger();
            }
        });
    }
}

/// Answers every connection over TLS with one page.
async fn serve_tls(listener: TcpListener) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that does not trust the certificate leaves.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _ = stream.read(&mut [0; 4096]).await;
            let page = "<title>Untrusted</title>";
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(format!("{head}{page}").as_bytes()).await;
            let _ = stream.shutdown().await;
        });
    }
}
