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

mod question;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_changed_reading_makes_no_request", changed_reading),
        trial("an_appended_step_runs_on_the_page_as_it_stands", appended),
        trial("a_changed_act_rebuilds_its_session_and_says_so", changed_act),
        trial("a_syntax_error_is_told_and_survived", syntax_error),
        trial("editors_may_replace_the_file", replaced),
        trial("what_a_script_imports_or_reads_is_watched_too", other_files),
        trial("a_page_in_a_file_is_watched_too", changed_page_file),
        trial("data_is_not_sent_again_unasked", not_sent_again),
        trial("data_is_sent_again_when_allowed", sent_again),
        trial("a_save_cuts_a_run_off", cut_off),
        trial("an_interrupt_ends_it_with_its_browsers", interrupted),
        trial("a_terminal_is_asked_before_data_is_sent_again", question::asked),
    ]
}

fn trial(name: &str, body: fn()) -> Trial {
    Trial::test(format!("watch::{name}"), move || {
        body();
        Ok(())
    })
}

/// A site and a folder with a script in it.
pub struct Desk {
    runtime: Runtime,
    pub site: Playground,
    pub stage: Stage,
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
        let url = format!("{}/hits?path=/cache-me", self.site.url());
        let body = self.runtime.block_on(get(&url));
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        json["hits"].as_u64().unwrap()
    }

    fn watch(&self, arguments: &[&str]) -> Watch {
        let mut child = self.stage.command(&[&["watch"], arguments, &["s.crawl"]].concat()).spawn().unwrap();
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

fn changed_reading() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { print("first", crawl("SITE/cache-me", css: "h1").selected[0].text); }"#);
    let mut watch = desk.watch(&["-q"]);
    watch.until("first Cache me");
    desk.save("s.crawl", r#"session("a") { print("second", crawl("SITE/cache-me", css: ".hits").selected[0].text); }"#);
    watch.until("second 1");
    assert_eq!(desk.hits(), 1);
}

fn appended() {
    let desk = Desk::new();
    let first = r#"session("a") { crawl("SITE/cache-me", js: "window.kept = 7"); "#;
    desk.save("s.crawl", &format!("{first} }}"));
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", &format!("{first} print(\"kept\", crawl(js: \"window.kept\").js); }}"));
    watch.until("kept 7");
    watch.until("1 reused · 1 live");
    assert_eq!(desk.hits(), 1);
}

fn changed_act() {
    let desk = Desk::new();
    let script = |js: &str| format!(r#"session("a") {{ crawl("SITE/cache-me"); print("js", crawl(js: "{js}").js); }}"#);
    desk.save("s.crawl", &script("window.n = (window.n ?? 0) + 1"));
    let mut watch = desk.watch(&[]);
    watch.until("js 1");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("window.n = (window.n ?? 0) + 10"));
    watch.until("js 10");
    let line = watch.until("1 reused · 1 live");
    assert!(line.contains("`a` repeated 1 step from its last navigation on"), "{line}");
}

fn syntax_error() {
    let desk = Desk::new();
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\"); }");
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\") ; let = }");
    watch.until("crawl::syntax");
    watch.until("failed");
    desk.save("s.crawl", "session(\"a\") { crawl(\"SITE/cache-me\"); print(\"well again\"); }");
    watch.until("well again");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn replaced() {
    let desk = Desk::new();
    desk.save("s.crawl", "print(\"one\");");
    let mut watch = desk.watch(&[]);
    watch.until("one");
    watch.until("0 live");
    desk.save("new", "print(\"two\");");
    std::fs::rename(desk.path("new"), desk.path("s.crawl")).unwrap();
    watch.until("two");
    watch.until("0 live");
    std::fs::remove_file(desk.path("s.crawl")).unwrap();
    desk.save("s.crawl", "print(\"three\");");
    watch.until("three");
    watch.until("0 live");
    desk.save("s.crawl", "print(\"four\");");
    watch.until("four");
}

fn other_files() {
    let desk = Desk::new();
    desk.save("words.crawl", "fn word() { \"one\" }");
    desk.save("note.txt", "a note");
    desk.save("s.crawl", "import \"words\" as words; print(words::word(), read_text(\"note.txt\"));");
    let mut watch = desk.watch(&[]);
    watch.until("one a note");
    watch.until("0 live");
    desk.save("words.crawl", "fn word() { \"two\" }");
    watch.until("two a note");
    watch.until("0 live");
    desk.save("note.txt", "another");
    watch.until("two another");
}

fn changed_page_file() {
    let desk = Desk::new();
    desk.save("page.html", "<title>One</title>");
    desk.save("s.crawl", "session(\"a\") { print(\"title\", crawl(\"file:page.html\").title); }");
    let mut watch = desk.watch(&[]);
    watch.until("title One");
    watch.until("0 reused · 1 live");
    desk.save("page.html", "<title>Two</title>");
    watch.until("title Two");
    watch.until("0 reused · 1 live");
}

/// A script whose second step sends data and whose third one changes.
pub fn sending(last: &str) -> String {
    let post = "fetch('/echo', { method: 'POST', body: 'a' }).then(answer => answer.status)";
    format!(r#"session("a") {{ crawl("SITE/article"); crawl(js: "{post}"); print("last", crawl(js: "{last}").js); }}"#)
}

fn not_sent_again() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut watch = desk.watch(&[]);
    watch.until("last 1");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &sending("2"));
    watch.until("crawl::journal::unsafe_replay");
    watch.until("--replay-unsafe");
    watch.until("it would send `POST http://");
    desk.save("s.crawl", &sending("1"));
    watch.until("3 reused · 0 live");
}

fn sent_again() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut watch = desk.watch(&["--replay-unsafe"]);
    watch.until("last 1");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &sending("2"));
    watch.until("last 2");
    let line = watch.until("2 reused · 1 live");
    assert!(line.contains("1 request that may change something was sent again"), "{line}");
}

fn cut_off() {
    let desk = Desk::new();
    let script = |then: &str| format!(r#"session("a") {{ crawl("SITE/cache-me"); print("there"); {then} }}"#);
    desk.save("s.crawl", &script("sleep(\"1h\");"));
    let mut watch = desk.watch(&["-v"]);
    watch.until("/cache-me");
    desk.save("s.crawl", &script("print(\"done\");"));
    watch.until("done");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn interrupted() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); }"#);
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    assert!(!desk.stage.left().is_empty(), "a browser runs");
    assert_eq!(watch.interrupt(), Some(130));
    desk.stage.assert_nothing_left(SOON);
}
