//! A visitor without a browser: plain HTTP/1.1 over a socket, with a cookie jar.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crawl::playground::Playground;
use tokio::runtime::Runtime;

/// A site and the runtime that serves it.
pub struct Site {
    runtime: Runtime,
    playground: Option<Playground>,
    host: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// A visitor who keeps cookies.
pub struct Visitor<'a> {
    site: &'a Site,
    cookies: BTreeMap<String, String>,
}

impl Site {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let playground = runtime.block_on(Playground::start(None)).unwrap();
        let host = playground.url().trim_start_matches("http://").to_owned();
        Self { runtime, playground: Some(playground), host }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn get(&self, path: &str) -> Answer {
        self.visitor().get(path)
    }

    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { site: self, cookies: BTreeMap::new() }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    pub fn stop(&mut self) {
        if let Some(playground) = self.playground.take() {
            self.runtime.block_on(playground.stop());
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Visitor<'_> {
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, Some(form))
    }

    /// Follows redirects, as a browser does.
    pub fn follow(&mut self, mut answer: Answer) -> Answer {
        while (300..400).contains(&answer.status) {
            let next = answer.header("location").unwrap().to_owned();
            answer = self.get(&next);
        }
        answer
    }

    fn send(&mut self, method: &str, path: &str, form: Option<&str>) -> Answer {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.site.host);
        if !jar.is_empty() {
            request.push_str(&format!("Cookie: {}\r\n", jar.join("; ")));
        }
        if let Some(form) = form {
            let length = form.len();
            request
                .push_str(&format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(form.unwrap_or(""));
        let mut stream = self.site.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let answer = Answer::parse(&bytes);
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("a complete response head");
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunk(body) } else { body.to_owned() };
        Self { status, headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn count(&self, needle: &str) -> usize {
        self.body.matches(needle).count()
    }

    /// The text between the first `before` and the next `after`.
    pub fn between(&self, before: &str, after: &str) -> &str {
        let start = self.body.find(before).unwrap_or_else(|| panic!("no {before:?} in {}", self.body)) + before.len();
        let end = self.body[start..].find(after).unwrap_or_else(|| panic!("no {after:?} in {}", self.body));
        &self.body[start..start + end]
    }
}

fn unchunk(mut body: &str) -> String {
    let mut text = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        text.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    text
}
