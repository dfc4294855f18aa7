//! A site that notes what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The site; it answers as long as the tests run.
pub struct Site {
    /// Its address.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                std::thread::spawn(move || answer(stream, &noted));
            }
        });
        Self { url, asked }
    }

    /// What it was asked since the last call, in order: method, path, body.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn answer(stream: TcpStream, asked: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(&stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut visitor = "new".to_owned();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if let Some(value) = header.strip_prefix("cookie: last=") {
            visitor = value.to_owned();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    asked.lock().unwrap().push(format!("{method} {path} {body}"));
    // What a visitor sees depends on where it was before: a session that is rebuilt wrongly shows.
    let page = format!(
        "<!doctype html><title>{path}</title><p class=from>{visitor}</p><p class=sent>{body}</p>\
         <form method=post action='/add{path}'><input name=k></form>"
    );
    let name = path.replace('/', "_");
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nset-cookie: last={name}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        page.len()
    );
    (&stream).write_all((head + page.as_str()).as_bytes()).ok()
}
