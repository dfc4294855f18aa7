//! What others recorded becomes a cassette.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crawl::browser::{Asked, Came, Exchanged};
use crawl::store::Cassette;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{body, exchanges, har, import, trial};
use crate::process::PROGRAM;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("har::is_imported_whole", imported),
        trial("har::without_bodies_is_told", without_bodies),
        trial("har::in_an_archive_is_imported_with_what_is_beside_it", archived),
        trial("har::from_a_pipe_is_imported", piped),
        trial("har::what_is_none_is_refused_with_the_place", refused),
        trial("har::import_keeps_no_secrets", secrets),
    ]
}

fn entry(request: Value, response: Value) -> Value {
    let mut entry = json!({
        "startedDateTime": "2024-05-01T10:00:00.250Z", "time": 30, "cache": {},
        "timings": { "blocked": -1, "dns": 2, "connect": 3, "ssl": 2, "send": 1, "wait": 4, "receive": 20 },
        "request": {
            "method": "GET", "url": "http://site/a?b=1#part", "httpVersion": "HTTP/2.0", "cookies": [],
            "headers": [{ "name": ":method", "value": "GET" }, { "name": "Accept", "value": "*/*" }],
            "queryString": [], "headersSize": -1, "bodySize": 0,
        },
        "response": {
            "status": 200, "statusText": "OK", "httpVersion": "HTTP/2.0", "cookies": [],
            "headers": [{ "name": "Content-Type", "value": "text/html; charset=ISO-8859-1; x=y" }],
            "content": { "size": 5, "mimeType": "text/html", "text": "grüß" },
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        },
    });
    for (part, fields) in [("request", request), ("response", response)] {
        for (name, value) in fields.as_object().unwrap() {
            entry[part][name] = value.clone();
        }
    }
    entry
}

fn write(folder: &Path, entries: &[Value]) {
    let log = json!({ "log": { "version": "1.2", "creator": { "name": "x", "version": "1" }, "entries": entries } });
    fs::write(folder.join("x.har"), log.to_string()).unwrap();
}

fn imported() {
    let folder = tempfile::tempdir().unwrap();
    let form = "application/x-www-form-urlencoded";
    let mut typed = entry(json!({}), json!({}));
    typed["_resourceType"] = "XHR".into();
    typed["_fromCache"] = "memory".into();
    write(
        folder.path(),
        &[
            typed,
            entry(
                json!({ "method": "POST", "postData": { "mimeType": "text/plain", "text": "ünï" } }),
                json!({ "content": { "size": 3, "mimeType": "image/png", "text": "/wAB", "encoding": "base64" } }),
            ),
            entry(
                json!({ "method": "POST", "postData": { "mimeType": form, "params": [{ "name": "a b", "value": "ü" }, { "name": "c" }] } }),
                json!({ "status": 204, "content": { "size": 0, "mimeType": "x-unknown" } }),
            ),
            entry(
                json!({}),
                json!({ "status": 0, "_error": "net::ERR_ABORTED", "content": { "size": 0, "mimeType": "x-unknown" } }),
            ),
        ],
    );
    let (all, told) = import(folder.path(), "x.har");
    assert_eq!(told, "4 requests in `x.cassette`\n");
    assert!(all.iter().all(|(session, _)| session.is_empty()));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        all[0].1,
        Exchanged {
            asked: Asked {
                method: "GET".to_owned(),
                url: "http://site/a?b=1".to_owned(),
                kind: "xhr".to_owned(),
                headers: vec![pair("accept", "*/*")],
                body: None,
            },
            came: Came::Response {
                status: 200,
                status_text: "OK".to_owned(),
                headers: vec![pair("content-type", "text/html; charset=utf-8; x=y")],
                body: Some("grüß".as_bytes().to_vec()),
                whole: true,
            },
            began: 1_714_557_600_250.0,
            took: [10.0, 30.0],
            from_cache: true,
        }
    );
    assert_eq!(all[1].1.asked.body.as_deref(), Some("ünï".as_bytes()));
    assert_eq!(body(&all[1].1.came), Some(&[255, 0, 1][..]));
    assert_eq!(all[2].1.asked.body.as_deref(), Some(&b"a+b=%C3%BC&c="[..]));
    assert_eq!(body(&all[2].1.came), Some(&b""[..]));
    assert_eq!(all[3].1.came, Came::Failed("net::ERR_ABORTED".to_owned()));
    let facts = Cassette::open(&folder.path().join("x.cassette")).unwrap().facts().unwrap();
    assert_eq!(facts["source"], "har");
}

fn without_bodies() {
    let folder = tempfile::tempdir().unwrap();
    let none = json!({ "content": { "size": 12, "mimeType": "text/html" } });
    let lost = json!({ "content": { "size": 12, "mimeType": "text/html", "_file": "gone.html" } });
    fs::write(folder.path().join("kept.html"), "<p>kept").unwrap();
    let kept = json!({ "content": { "size": 7, "mimeType": "text/html", "_file": "kept.html" } });
    let post = json!({ "postData": { "mimeType": "text/plain", "text": "", "_file": "kept.html" } });
    write(folder.path(), &[entry(json!({}), none), entry(json!({}), lost), entry(post, kept)]);
    let (all, told) = import(folder.path(), "x.har");
    assert_eq!(told, "3 requests in `x.cassette`\n2 of them without a body: the HAR has none\n");
    let bodies: Vec<Option<&[u8]>> = all.iter().map(|(_, exchanged)| body(&exchanged.came)).collect();
    assert_eq!(bodies, [None, None, Some(&b"<p>kept"[..])]);
    assert_eq!(all[2].1.asked.body.as_deref(), Some(&b"<p>kept"[..]));
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let as_it_is = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(*name, as_it_is).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// As somebody packs a folder by hand, on macOS.
fn archived() {
    let folder = tempfile::tempdir().unwrap();
    let kept = json!({ "content": { "size": 7, "mimeType": "text/html", "_file": "kept.html" } });
    let lost = json!({ "content": { "size": 7, "mimeType": "text/html", "_file": "gone.html" } });
    let entries = [entry(json!({}), kept), entry(json!({}), lost)];
    let text = json!({ "log": { "entries": entries } }).to_string();
    let files: [(&str, &[u8]); 3] =
        [("site/x.har", text.as_bytes()), ("site/kept.html", b"<p>kept"), ("__MACOSX/site/._x.har", b"junk")];
    fs::write(folder.path().join("x.zip"), archive(&files)).unwrap();
    let (all, told) = import(folder.path(), "x.zip");
    assert_eq!(told, "2 requests in `x.cassette`\n1 of them without a body: the HAR has none\n");
    assert_eq!(body(&all[0].1.came), Some(&b"<p>kept"[..]));
}

fn piped() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[entry(json!({}), json!({ "content": { "size": 1, "text": "x" } }))]);
    let text = fs::read(folder.path().join("x.har")).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["har", "import", "/dev/stdin", "-o", "x.cassette"]).current_dir(folder.path()).stdin(Stdio::piped());
    let mut program = command.stderr(Stdio::piped()).spawn().unwrap();
    program.stdin.take().unwrap().write_all(&text).unwrap();
    let done = program.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(exchanges(&folder.path().join("x.cassette")).len(), 1);
}

fn refused() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |content: &[u8], reason: &str| {
        fs::write(folder.path().join("x.har"), content).unwrap();
        let (code, told) = har(folder.path(), &["import", "x.har", "-o", "x.cassette"]);
        assert!(code != 0 && told.contains("crawl::har::invalid") && told.contains(reason), "{reason}: {told}");
        assert!(!folder.path().join("x.cassette").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    };
    refuse(b"<html>", "not JSON");
    refuse(b"{\"a\": 1}", "`log` is missing");
    refuse(b"{\"log\": {\"entries\": 1}}", "`log.entries` is not a list");
    refuse(b"PK\x03\x04rest", "the archive is damaged");
    refuse(&archive(&[("a.txt", b"")]), "the archive holds 0 `.har` files");
    refuse(&archive(&[("a.har", b"{}"), ("b.har", b"{}")]), "the archive holds 2 `.har` files");
    let named = json!({ "content": { "size": 7, "mimeType": "text/html", "_file": "kept.html" } });
    let text = json!({ "log": { "entries": [entry(json!({}), named)] } }).to_string();
    let mut torn = archive(&[("har.har", text.as_bytes()), ("kept.html", b"<p>kept")]);
    let at = torn.windows(7).position(|window| window == b"<p>kept").unwrap();
    torn[at] = b'>';
    refuse(&torn, "`log.entries[0].response.content._file` cannot be unpacked");
    let entry_with = |request: Value, response: Value| {
        let entries = [entry(json!({}), json!({})), entry(request, response)];
        json!({ "log": { "entries": entries } }).to_string().into_bytes()
    };
    refuse(&entry_with(json!({ "url": 1 }), json!({})), "`log.entries[1].request.url` is not a text");
    refuse(
        &entry_with(json!({ "headers": [{ "value": "x" }] }), json!({})),
        "`log.entries[1].request.headers[0].name` is missing",
    );
    refuse(&entry_with(json!({}), json!({ "status": "x" })), "`log.entries[1].response.status` is not a number");
    refuse(
        &entry_with(json!({}), json!({ "content": { "text": "?", "encoding": "base64" } })),
        "`log.entries[1].response.content.text` is not base64",
    );
    refuse(
        &entry_with(json!({}), json!({ "content": { "_file": "../secret" } })),
        "`log.entries[1].response.content._file` is not a file beside it",
    );
    let mut late = entry(json!({}), json!({}));
    late["startedDateTime"] = "yesterday".into();
    refuse(
        json!({ "log": { "entries": [late] } }).to_string().as_bytes(),
        "`log.entries[0].startedDateTime` is not a time",
    );
    let (code, told) = har(folder.path(), &["import", "none.har", "-o", "x.cassette"]);
    assert!(code == 2 && told.contains("none.har"), "{code} {told}");
}

fn secrets() {
    let folder = tempfile::tempdir().unwrap();
    let early = json!({ "content": { "size": 5, "mimeType": "text/html", "text": "your token is k3y-of-ada" } });
    let late = json!({ "headers": [{ "name": "Set-Cookie", "value": "sid=k3y-of-ada; HttpOnly" }] });
    let asked = json!({ "headers": [{ "name": "Authorization", "value": "Basic YWRhOmxvdmVsYWNl" }] });
    write(folder.path(), &[entry(json!({}), early), entry(asked, late)]);
    let (all, _) = import(folder.path(), "x.har");
    let text = format!("{all:?} {}", String::from_utf8_lossy(body(&all[0].1.came).unwrap()));
    for secret in ["k3y-of-ada", "YWRhOmxvdmVsYWNl", "lovelace"] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(text.ends_with("your token is crawl-cookie-sid-1"), "{text}");
    let facts = Cassette::open(&folder.path().join("x.cassette")).unwrap().facts().unwrap();
    assert_eq!(facts["secrets"].as_array().unwrap().len(), 3);
}
