//! HAR: what others recorded becomes a cassette, and a cassette a HAR that holds to the format.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crawl::browser::{Asked, Came, Exchanged};
use crawl::recording::{from_row, to_row};
use crawl::store::{Cassette, CassetteWriter};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::trial;
use crate::process::{PROGRAM, playwright, works};

pub fn trials() -> Vec<Trial> {
    let recorded = match works("node", "--version") && works("npm", "--version") {
        true => trial("har::of_playwright_is_imported", of_playwright),
        false => {
            trial("har::of_playwright_is_imported (node or npm is missing)", of_playwright).with_ignored_flag(true)
        }
    };
    vec![
        trial("har::is_imported_whole", imported),
        trial("har::without_bodies_is_told", without_bodies),
        trial("har::in_an_archive_is_imported_with_what_is_beside_it", archived),
        trial("har::from_a_pipe_is_imported", piped),
        trial("har::what_is_none_is_refused_with_the_place", refused),
        trial("har::import_keeps_no_secrets", secrets),
        trial("har::is_exported_as_the_format_asks", exported),
        trial("har::goes_to_a_cassette_and_back", back),
        trial("har::of_a_damaged_cassette_is_not_written", damaged),
        recorded,
    ]
}

/// Exit code and what was told.
fn har(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(PROGRAM);
    command.arg("har").args(arguments).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    let done = command.output().unwrap();
    assert!(done.stdout.is_empty(), "{}", String::from_utf8_lossy(&done.stdout));
    (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
}

fn import(folder: &Path, har_file: &str) -> (Vec<(String, Exchanged)>, String) {
    let (code, told) = har(folder, &["import", har_file, "-o", "x.cassette"]);
    assert_eq!(code, 0, "{told}");
    (exchanges(&folder.join("x.cassette")), told)
}

fn exchanges(path: &Path) -> Vec<(String, Exchanged)> {
    Cassette::open(path).unwrap().exchanges().unwrap().into_iter().map(|row| from_row(row).unwrap()).collect()
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

fn body(came: &Came) -> Option<&[u8]> {
    match came {
        Came::Response { body, .. } => body.as_deref(),
        Came::Failed(_) => None,
    }
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

/// Exchanges of all kinds.
fn samples() -> Vec<(&'static str, Exchanged)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let asked = Asked {
        method: "POST".to_owned(),
        url: "http://site/a?b=1&c=%C3%BC".to_owned(),
        kind: "fetch".to_owned(),
        headers: vec![pair("cookie", "a=1; b=2"), pair("content-type", "text/plain")],
        body: Some("ünï".as_bytes().to_vec()),
    };
    let came = Came::Response {
        status: 302,
        status_text: "Found".to_owned(),
        headers: vec![
            pair("location", "/b"),
            pair("set-cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2065 07:28:00 GMT; HttpOnly; SameSite=Lax"),
            pair("set-cookie", "b=2"),
            pair("content-type", "image/png"),
        ],
        body: Some(vec![255, 0, 1]),
        whole: false,
    };
    let first = Exchanged { asked, came, began: 1_714_557_600_250.0, took: [10.5, 30.0], from_cache: true };
    let failed = Exchanged { came: Came::Failed("net::ERR_FAILED".to_owned()), from_cache: false, ..first.clone() };
    let text = Came::Response {
        status: 200,
        status_text: String::new(),
        headers: Vec::new(),
        body: Some("<p>ü".into()),
        whole: true,
    };
    let binary = Asked { body: Some(vec![254, 1]), ..first.asked.clone() };
    let second = Exchanged { asked: binary, came: text.clone(), began: 1_714_557_600_000.0, ..first.clone() };
    let bare = Came::Response { status: 200, status_text: String::new(), headers: Vec::new(), body: None, whole: true };
    let third = Exchanged { asked: Asked { body: None, ..first.asked.clone() }, came: bare, ..first.clone() };
    vec![("shop", first), ("", second), ("shop", failed), ("other", third)]
}

fn cassette(path: &Path) {
    let writer = CassetteWriter::create(path).unwrap();
    samples().into_iter().for_each(|(session, exchanged)| writer.exchange(to_row(session, exchanged)));
    writer.finish(None).unwrap();
}

/// Objects have the fields that HAR 1.2 asks for, of the type that it says, and no others but those that begin with `_`.
fn holds(value: &Value, place: &str, fields: &str) {
    let object = value.as_object().unwrap_or_else(|| panic!("{place}: {value}"));
    let mut known = Vec::new();
    for field in fields.split_whitespace() {
        let (name, kind) = field.split_once(':').unwrap();
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        known.push(name);
        let Some(value) = object.get(name) else {
            assert!(optional, "{place}.{name} is missing");
            continue;
        };
        let fits = match kind {
            "text" => value.is_string(),
            "number" => value.is_number(),
            "bool" => value.is_boolean(),
            "list" => value.is_array(),
            "object" => value.is_object(),
            "time" => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            other => panic!("{other}"),
        };
        assert!(fits, "{place}.{name}: {value}");
    }
    let strange: Vec<&String> =
        object.keys().filter(|name| !name.starts_with('_') && !known.contains(&name.as_str())).collect();
    assert!(strange.is_empty(), "{place}: {strange:?}");
}

/// Checks a whole file against HAR 1.2.
fn holds_to_the_format(har: &Value) {
    let each = |value: &Value, place: &str, fields: &str| {
        value.as_array().unwrap().iter().for_each(|item| holds(item, place, fields));
    };
    holds(har, "har", "log:object");
    let log = &har["log"];
    holds(log, "log", "version:text creator:object browser?:object pages?:list entries:list comment?:text");
    holds(&log["creator"], "creator", "name:text version:text comment?:text");
    each(&log["pages"], "page", "startedDateTime:time id:text title:text pageTimings:object comment?:text");
    let pages: Vec<&Value> = log["pages"].as_array().unwrap().iter().map(|page| &page["id"]).collect();
    let cookie = "name:text value:text path?:text domain?:text expires?:time httpOnly?:bool secure?:bool comment?:text";
    for entry in log["entries"].as_array().unwrap() {
        holds(
            entry,
            "entry",
            "pageref?:text startedDateTime:time time:number request:object response:object cache:object timings:object serverIPAddress?:text connection?:text comment?:text",
        );
        assert!(pages.contains(&&entry["pageref"]));
        let message = "httpVersion:text cookies:list headers:list headersSize:number bodySize:number comment?:text";
        holds(
            &entry["request"],
            "request",
            &format!("{message} method:text url:text queryString:list postData?:object"),
        );
        holds(
            &entry["response"],
            "response",
            &format!("{message} status:number statusText:text content:object redirectURL:text"),
        );
        for message in [&entry["request"], &entry["response"]] {
            each(&message["headers"], "header", "name:text value:text comment?:text");
            // What browsers and Playwright add to the format.
            each(&message["cookies"], "cookie", &format!("{cookie} sameSite?:text"));
        }
        each(&entry["request"]["queryString"], "query", "name:text value:text comment?:text");
        if let Some(post) = entry["request"].get("postData") {
            holds(post, "postData", "mimeType:text params?:list text?:text comment?:text");
        }
        holds(
            &entry["response"]["content"],
            "content",
            "size:number compression?:number mimeType:text text?:text encoding?:text comment?:text",
        );
        holds(
            &entry["timings"],
            "timings",
            "blocked?:number dns?:number connect?:number send:number wait:number receive:number ssl?:number comment?:text",
        );
        let timings = entry["timings"].as_object().unwrap().values().map(|phase| phase.as_f64().unwrap());
        assert!((timings.sum::<f64>() - entry["time"].as_f64().unwrap()).abs() < 0.001, "{entry}");
    }
}

fn exported() {
    let folder = tempfile::tempdir().unwrap();
    cassette(&folder.path().join("x.cassette"));
    let (code, told) = har(folder.path(), &["export", "x.cassette", "-o", "x.har"]);
    assert_eq!((code, told.as_str()), (0, "4 requests in `x.har`\n"));
    let har: Value = serde_json::from_slice(&fs::read(folder.path().join("x.har")).unwrap()).unwrap();
    holds_to_the_format(&har);
    assert_eq!((&har["log"]["version"], &har["log"]["creator"]["name"]), (&json!("1.2"), &json!("crawl")));
    let first = &har["log"]["entries"][0];
    assert_eq!(first["startedDateTime"], "2024-05-01T10:00:00.25Z");
    assert_eq!(first["request"]["queryString"], json!([{ "name": "b", "value": "1" }, { "name": "c", "value": "ü" }]));
    assert_eq!(first["request"]["cookies"], json!([{ "name": "a", "value": "1" }, { "name": "b", "value": "2" }]));
    assert_eq!(first["request"]["postData"], json!({ "mimeType": "text/plain", "text": "ünï" }));
    let response = &first["response"];
    assert_eq!(response["redirectURL"], "/b");
    assert_eq!(
        response["content"],
        json!({ "size": 3, "mimeType": "image/png", "text": "/wAB", "encoding": "base64" })
    );
    assert_eq!(
        response["cookies"],
        json!([
            { "name": "a", "value": "1", "path": "/", "expires": "2065-10-21T07:28:00Z", "httpOnly": true, "sameSite": "Lax" },
            { "name": "b", "value": "2" },
        ])
    );
    assert_eq!(first["_resourceType"], "fetch");
    let titles: Vec<&Value> = har["log"]["pages"].as_array().unwrap().iter().map(|page| &page["title"]).collect();
    assert_eq!(titles, ["shop", "", "other"]);
    // One without requests is a HAR as well.
    CassetteWriter::create(&folder.path().join("x.cassette")).unwrap().finish(None).unwrap();
    assert_eq!(self::har(folder.path(), &["export", "x.cassette", "-o", "x.har"]).0, 0);
    holds_to_the_format(&serde_json::from_slice(&fs::read(folder.path().join("x.har")).unwrap()).unwrap());
}

fn back() {
    let folder = tempfile::tempdir().unwrap();
    cassette(&folder.path().join("first.cassette"));
    assert_eq!(har(folder.path(), &["export", "first.cassette", "-o", "x.har"]).0, 0);
    let (all, _) = import(folder.path(), "x.har");
    // Cookies that scripts did not set are left out of headers.
    let text = |all: &[(String, Exchanged)]| format!("{all:?}").replace("crawl-cookie-a-1", "1");
    assert_eq!(text(&all), text(&exchanges(&folder.path().join("first.cassette"))));
}

fn damaged() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.cassette"), "no cassette at all".repeat(100)).unwrap();
    let (code, told) = har(folder.path(), &["export", "x.cassette", "-o", "x.har"]);
    assert!(code != 0 && told.contains("not a readable cassette"), "{told}");
    assert!(!folder.path().join("x.har").exists());
    let (code, told) = har(folder.path(), &["export", "none.cassette", "-o", "x.har"]);
    assert!(code != 0 && told.contains("there is no such file"), "{told}");
}

/// What Playwright records: a redirect, a page, a form that is posted, a request that fails.
const PLAYWRIGHT: &str = "
const { chromium } = require('playwright-core');
const http = require('http');
(async () => {
  const server = http.createServer((request, response) => {
    if (request.url === '/old') { response.writeHead(302, { location: '/' }); return response.end(); }
    if (request.url === '/data') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      return response.end(Buffer.from([255, 0, 1, 254]));
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'set-cookie': ['theme=dark', 'sid=s3cr3t-value; HttpOnly'] });
    response.end(request.method === 'POST' ? '<p>sent' : '<title>T</title><p>grüß');
  }).listen(0);
  const site = 'http://127.0.0.1:' + server.address().port;
  const browser = await chromium.launch({ executablePath: process.argv[2], args: ['--no-sandbox'] });
  for (const [path, content] of [['embed/x.har', 'embed'], ['attach/x.har', 'attach'], ['zip/x.zip', 'attach']]) {
    const context = await browser.newContext({ recordHar: { path, content } });
    const page = await context.newPage();
    await page.goto(site + '/old');
    await page.evaluate(() => fetch('/data').then((data) => data.arrayBuffer()).then((data) => data.byteLength));
    await page.evaluate(() => fetch('/', { method: 'POST', body: 'a=ü' }).then((answer) => answer.text()));
    await page.goto('http://127.0.0.1:1/').catch(() => 0);
    await context.close();
  }
  await browser.close();
  server.close();
})();
";

fn of_playwright() {
    let modules = playwright();
    let browser = crawl::browser::find(crawl::browser::Program::HeadlessShell).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("record.cjs"), PLAYWRIGHT).unwrap();
    let mut node = Command::new("node");
    node.arg("record.cjs").arg(browser).current_dir(folder.path()).env("NODE_PATH", modules).stdin(Stdio::null());
    let told = node.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    for (content, file) in [("embed", "x.har"), ("attach", "x.har"), ("zip", "x.zip")] {
        let folder = folder.path().join(content);
        let (all, told) = import(&folder, file);
        assert!(told.starts_with("5 requests") && !told.contains("without"), "{told}");
        let paths: Vec<String> =
            all.iter().map(|(_, one)| url::Url::parse(&one.asked.url).unwrap().path().to_owned()).collect();
        assert_eq!(paths, ["/old", "/", "/data", "/", "/"]);
        let statuses: Vec<u16> = all
            .iter()
            .map(|(_, one)| match &one.came {
                Came::Response { status, .. } => *status,
                Came::Failed(_) => 0,
            })
            .collect();
        assert_eq!(statuses, [302, 200, 200, 200, 0]);
        assert_eq!(body(&all[0].1.came), Some(&b""[..]));
        assert_eq!(body(&all[1].1.came), Some("<title>T</title><p>grüß".as_bytes()));
        assert_eq!(body(&all[2].1.came), Some(&[255, 0, 1, 254][..]));
        assert_eq!(body(&all[3].1.came), Some(&b"<p>sent"[..]));
        assert_eq!((all[3].1.asked.method.as_str(), all[3].1.asked.body.as_deref()), ("POST", Some("a=ü".as_bytes())));
        assert_eq!(all[1].1.asked.kind, "document");
        assert_eq!(all[4].1.came, Came::Failed("net::ERR_UNSAFE_PORT".to_owned()));
        let text = format!("{all:?}");
        assert!(
            !text.contains("s3cr3t-value") && text.contains("sid=crawl-cookie-sid-1") && text.contains("theme=dark"),
            "{text}"
        );
        assert_eq!(played(&folder, &all[1].1.asked.url), "T 1 grüß\n4\n<p>sent\ntrue\n");
        // And out again, as the format asks.
        assert_eq!(har(&folder, &["export", "x.cassette", "-o", "again.har"]).0, 0);
        holds_to_the_format(&serde_json::from_slice(&fs::read(folder.join("again.har")).unwrap()).unwrap());
    }
}

/// What a script says that does over the recording what Playwright did.
fn played(folder: &Path, site: &str) -> String {
    let script = format!(
        r#"
let site = "{site}";
session("s") {{
    let page = crawl(`${{site}}old`);
    print(page.title, page.redirects.len(), page.text("p"));
    print(evaluate("fetch('/data').then((data) => data.arrayBuffer()).then((data) => data.byteLength)"));
    print(evaluate("fetch('/', {{ method: 'POST', body: 'a=ü' }}).then((answer) => answer.text())"));
    try {{ crawl("http://127.0.0.1:1/"); }} catch (e) {{ print(e.message.contains("ERR_UNSAFE_PORT")); }}
}}
"#
    );
    fs::write(folder.join("script.crawl"), script).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_crawl"));
    program.args(["run", "-q", "script.crawl", "--replay", "x.cassette"]).current_dir(folder).stdin(Stdio::null());
    let told = program.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap()
}
