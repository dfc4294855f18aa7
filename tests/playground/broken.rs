//! Answers that fail below HTTP, and a site that ends.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crawl::playground::{Playground, PlaygroundError};
use libtest_mimic::Trial;

use super::http::Site;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("broken_reset_sends_nothing_but_a_reset", reset),
        trial("broken_reset_works_on_a_connection_that_was_used_before", reset_later),
        trial("broken_reset_midway_sends_the_beginning_first", reset_midway),
        trial("broken_cut_sends_less_than_it_promised", cut),
        trial("broken_endless_sends_on_and_on", endless),
        trial("broken_statuses_are_what_they_say", statuses),
        trial("stop_closes_the_port_and_ends_held_answers", stops),
        trial("drop_closes_the_port", drops),
        trial("a_taken_port_is_an_error", taken_port),
    ]
}

fn ask(stream: &mut TcpStream, site: &Site, path: &str) {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", site.host()).unwrap();
}

/// Reads until `enough`, the end or an error.
fn read_until(stream: &mut TcpStream, enough: impl Fn(&str) -> bool) -> (String, Option<ErrorKind>) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !enough(&text) {
        match stream.read(&mut buffer) {
            Ok(0) => return (text, None),
            Ok(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
            Err(error) => return (text, Some(error.kind())),
        }
    }
    (text, None)
}

fn reset() {
    let site = Site::start();
    let mut stream = site.connect();
    ask(&mut stream, &site, "/broken/reset");
    assert_eq!(read_until(&mut stream, |_| false), (String::new(), Some(ErrorKind::ConnectionReset)));
    assert_eq!(site.get("/").status, 200, "other visitors are not affected");
}

fn reset_later() {
    let site = Site::start();
    let mut stream = site.connect();
    ask(&mut stream, &site, "/text");
    let (first, _) = read_until(&mut stream, |text| text.contains("markup"));
    assert!(first.starts_with("HTTP/1.1 200"));
    ask(&mut stream, &site, "/broken/reset");
    assert_eq!(read_until(&mut stream, |_| false), (String::new(), Some(ErrorKind::ConnectionReset)));
}

fn reset_midway() {
    let site = Site::start();
    let mut stream = site.connect();
    ask(&mut stream, &site, "/broken/reset-midway");
    let (text, error) = read_until(&mut stream, |_| false);
    assert!(text.contains("about to be reset") && !text.contains("Nobody"), "{text}");
    assert_eq!(error, Some(ErrorKind::ConnectionReset));
}

fn cut() {
    let site = Site::start();
    let mut stream = site.connect();
    ask(&mut stream, &site, "/broken/cut");
    let (text, _) = read_until(&mut stream, |_| false);
    assert!(text.to_lowercase().contains("content-length: 100000"), "{text}");
    assert!(text.contains("More was promised") && text.len() < 10_000, "{text}");
}

fn endless() {
    let site = Site::start();
    let mut stream = site.connect();
    ask(&mut stream, &site, "/broken/endless");
    let (text, error) = read_until(&mut stream, |text| text.contains("Line 5<"));
    assert_eq!(error, None);
    assert!(text.contains("Line 5<") && !text.contains("</html>"), "{text}");
}

fn statuses() {
    let site = Site::start();
    for (path, status, empty) in [
        ("/broken/404", 404, false),
        ("/broken/500", 500, false),
        ("/broken/500-empty", 500, true),
        ("/broken/204", 204, true),
        ("/broken/redirect-loop", 307, true),
    ] {
        let answer = site.get(path);
        assert_eq!((answer.status, answer.body.is_empty()), (status, empty), "{path}");
    }
    assert_eq!(site.get("/broken/redirect-loop").header("location"), Some("/broken/redirect-loop"));
}

fn stops() {
    let mut site = Site::start();
    let (mut held, mut endless, mut idle) = (site.connect(), site.connect(), site.connect());
    ask(&mut held, &site, "/slow?delay=600000");
    ask(&mut endless, &site, "/broken/endless");
    ask(&mut idle, &site, "/text");
    read_until(&mut endless, |text| text.contains("Line 1<"));
    read_until(&mut idle, |text| text.contains("markup"));
    let start = Instant::now();
    site.stop();
    assert!(start.elapsed() < Duration::from_secs(60));
    for stream in [&mut held, &mut endless, &mut idle] {
        let (_, error) = read_until(stream, |_| false);
        assert_ne!(error, Some(ErrorKind::WouldBlock), "the connection is still open");
    }
    assert_eq!(TcpStream::connect(site.host()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

fn drops() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let playground = runtime.block_on(Playground::start(None)).unwrap();
    let host = playground.url().replace("http://", "");
    TcpStream::connect(&host).unwrap();
    drop(playground);
    let closed = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        TcpStream::connect(&host).is_err()
    });
    assert!(closed, "the port is still open");
}

fn taken_port() {
    let site = Site::start();
    let port = site.host().rsplit(':').next().unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let PlaygroundError::Bind { port: named, source } = runtime.block_on(Playground::start(Some(port))).unwrap_err();
    assert_eq!((named, source.kind()), (port, ErrorKind::AddrInUse));
}
