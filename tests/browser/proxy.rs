//! Sessions behind proxies, each a small real one on loopback.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use crawl::browser::{BrowserError, Identity, Proxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::stage::{Stage, cases};

cases![
    goes_through_an_http_proxy,
    tells_the_proxy_its_password,
    a_proxy_that_refuses_is_an_error,
    goes_through_a_socks_proxy,
    each_session_has_its_own,
];

/// Hosts that a proxy was asked for.
type Asked = Arc<Mutex<Vec<String>>>;

async fn proxy(serve: fn(TcpStream, Asked)) -> (SocketAddr, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Asked::default());
    let all = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            serve(socket, Arc::clone(&all));
        }
    });
    (address, asked)
}

/// An HTTP proxy for plain requests, `CONNECT` included; with `password` it wants `ada:love lace`.
async fn http(mut client: TcpStream, asked: Asked, password: bool) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let n = client.read(&mut chunk).await?;
        if n == 0 {
            return Ok(());
        }
        head.extend_from_slice(&chunk[..n]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let login = base64::prelude::BASE64_STANDARD.encode("ada:love lace");
    if password && !text.contains(&format!("Proxy-Authorization: Basic {login}")) {
        let refusal = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"way\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(refusal.as_bytes()).await;
    }
    let target = text.split(' ').nth(1).unwrap_or_default().to_owned();
    if text.starts_with("CONNECT ") {
        asked.lock().unwrap().push(target.clone());
        let mut server = TcpStream::connect(&target).await?;
        client.write_all(b"HTTP/1.1 200 There\r\n\r\n").await?;
        return copy_bidirectional(&mut client, &mut server).await.map(drop);
    }
    let rest = target.strip_prefix("http://").unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    asked.lock().unwrap().push(host.to_owned());
    let mut server = TcpStream::connect(host).await?;
    let plain =
        text.replacen(&target, &format!("/{path}"), 1).replacen("Proxy-Connection: keep-alive", "Connection: close", 1);
    server.write_all(plain.as_bytes()).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// A SOCKS 5 proxy without a password (RFC 1928).
async fn socks(mut client: TcpStream, asked: Asked) -> std::io::Result<()> {
    let mut hello = [0; 2];
    client.read_exact(&mut hello).await?;
    client.read_exact(&mut vec![0; usize::from(hello[1])]).await?;
    client.write_all(&[5, 0]).await?;
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => {
            let mut four = [0; 4];
            client.read_exact(&mut four).await?;
            std::net::Ipv4Addr::from(four).to_string()
        }
        _ => {
            let length = client.read_u8().await?;
            let mut name = vec![0; usize::from(length)];
            client.read_exact(&mut name).await?;
            String::from_utf8_lossy(&name).into_owned()
        }
    };
    let target = format!("{host}:{}", client.read_u16().await?);
    asked.lock().unwrap().push(target.clone());
    let mut server = TcpStream::connect(&target).await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

fn open(client: TcpStream, asked: Asked) {
    tokio::spawn(http(client, asked, false));
}

fn guarded(client: TcpStream, asked: Asked) {
    tokio::spawn(http(client, asked, true));
}

fn by_socks(client: TcpStream, asked: Asked) {
    tokio::spawn(socks(client, asked));
}

fn behind(server: &str) -> Identity {
    Identity { proxy: Some(Proxy::parse(server).unwrap()), ..Identity::default() }
}

async fn goes_through_an_http_proxy(stage: Stage) {
    let (address, asked) = proxy(open).await;
    let actor = stage.tab_as(&behind(&address.to_string())).await;
    actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert_eq!(actor.title().await, "Page 1");
    let host = stage.site.url("").replace("http://", "");
    assert!(asked.lock().unwrap().contains(&host));
    let trusting = Identity { ignore_tls_errors: true, ..behind(&address.to_string()) };
    let secure = stage.tab_as(&trusting).await;
    secure.go(&stage.site.untrusted()).await.unwrap();
    let host = stage.site.untrusted().replace("https://", "").replace('/', "");
    assert!(asked.lock().unwrap().contains(&host));
}

async fn tells_the_proxy_its_password(stage: Stage) {
    let (address, asked) = proxy(guarded).await;
    let actor = stage.tab_as(&behind(&format!("http://ada:love%20lace@{address}"))).await;
    assert_eq!(actor.go(&stage.site.url("/page?n=1")).await.unwrap().status, Some(200));
    assert_eq!(actor.title().await, "Page 1");
    assert!(!asked.lock().unwrap().is_empty());
}

async fn a_proxy_that_refuses_is_an_error(stage: Stage) {
    let (address, asked) = proxy(guarded).await;
    let actor = stage.tab_as(&behind(&format!("http://ada:wrong@{address}"))).await;
    match actor.go(&stage.site.url("/page?n=1")).await {
        Ok(landing) => assert_eq!(landing.status, Some(407)),
        Err(error) => assert!(matches!(error, BrowserError::Navigation { .. }), "{error:?}"),
    }
    assert!(asked.lock().unwrap().is_empty());
    let gone = stage.tab_as(&behind("127.0.0.1:1")).await;
    let error = gone.go(&stage.site.url("/page?n=1")).await.unwrap_err();
    assert!(
        matches!(&error, BrowserError::Navigation { reason, .. } if reason.contains("PROXY_CONNECTION_FAILED")),
        "{error:?}"
    );
}

async fn goes_through_a_socks_proxy(stage: Stage) {
    let (address, asked) = proxy(by_socks).await;
    let actor = stage.tab_as(&behind(&format!("socks5://{address}"))).await;
    actor.go(&stage.site.elsewhere("/page?n=1")).await.unwrap();
    assert_eq!(actor.title().await, "Page 1");
    let host = stage.site.elsewhere("").replace("http://", "");
    assert!(asked.lock().unwrap().contains(&host));
}

async fn each_session_has_its_own(stage: Stage) {
    let ((one, first), (two, second)) = (proxy(open).await, proxy(open).await);
    let (a, b) = (stage.tab_as(&behind(&one.to_string())).await, stage.tab_as(&behind(&two.to_string())).await);
    a.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert_eq!((first.lock().unwrap().is_empty(), second.lock().unwrap().is_empty()), (false, true));
    b.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert!(!second.lock().unwrap().is_empty());
}
