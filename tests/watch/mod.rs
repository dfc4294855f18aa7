//! `crawl watch` as its user meets it: a process, files that are saved, and what it says.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crawl::playground::Playground;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use super::process::stage::{LIMIT as SOON, Stage};

mod acts;
mod files;
mod keys;
mod log_in;
mod output;
mod question;
mod rules;
mod sending;
mod steady;

pub fn trials() -> Vec<Trial> {
    let parts = [
        rules::trials(),
        log_in::trials(),
        acts::trials(),
        sending::trials(),
        files::trials(),
        output::trials(),
        keys::trials(),
        steady::trials(),
    ];
    parts.into_iter().flatten().collect()
}

/// A script whose second step sends data and whose third one changes.
fn sending(last: &str) -> String {
    let post = "fetch('/echo', { method: 'POST', body: 'a' }).then(answer => answer.status)";
    format!(r#"session("a") {{ crawl("SITE/article"); crawl(js: "{post}"); print("last", crawl(js: "{last}").js); }}"#)
}

fn trial(name: &str, body: fn()) -> Trial {
    Trial::test(format!("watch::{name}"), move || {
        body();
        Ok(())
    })
}

/// A site and a folder with a script in it.
struct Desk {
    runtime: Runtime,
    site: Playground,
    stage: Stage,
}

impl Desk {
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let site = runtime.block_on(Playground::start(None)).unwrap();
        Self { runtime, site, stage: Stage::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.stage.path(name)
    }

    /// Saves a file, the site's address in place of `SITE`.
    pub fn save(&self, name: &str, text: &str) {
        self.stage.write(name, &text.replace("SITE", self.site.url().as_str()));
    }

    /// How often `/cache-me` was asked for.
    fn hits(&self) -> u64 {
        self.requests("/cache-me")
    }

    /// How often that path was asked for.
    fn requests(&self, path: &str) -> u64 {
        let url = format!("{}/hits?path={path}", self.site.url());
        let body = self.runtime.block_on(get(&url));
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["hits"].as_u64().unwrap()
    }

    fn watch(&self, arguments: &[&str]) -> Watch {
        self.watch_file("s.crawl", arguments)
    }

    fn watch_file(&self, file: &str, arguments: &[&str]) -> Watch {
        let mut child = self.stage.command(&[&["watch"], arguments, &[file]].concat()).spawn().unwrap();
        let (sender, lines) = channel();
        for stream in [
            Box::new(child.stdout.take().unwrap()) as Box<dyn Read + Send>,
            Box::new(child.stderr.take().unwrap()) as Box<dyn Read + Send>,
        ] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Watch { child, lines, pending: Vec::new() }
    }
}

async fn get(url: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// A running `crawl watch`.
struct Watch {
    child: Child,
    lines: Receiver<String>,
    /// Lines that nobody asked for yet.
    pending: Vec<String>,
}

impl Watch {
    /// Waits for a line with these words and takes it; of the two streams, either may be ahead.
    fn until(&mut self, words: &str) -> String {
        let deadline = Instant::now() + SOON;
        loop {
            if let Some(at) = self.pending.iter().position(|line| line.contains(words)) {
                return self.pending.remove(at);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with `{words}` in:\n{}", self.pending.join("\n"));
            };
            self.pending.push(line);
        }
    }

    /// Whether a line with these words came that nobody took.
    fn said(&mut self, words: &str) -> bool {
        self.pending.extend(self.lines.try_iter());
        self.pending.iter().any(|line| line.contains(words))
    }

    fn interrupt(&mut self) -> Option<i32> {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let deadline = Instant::now() + SOON;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it did not end");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
