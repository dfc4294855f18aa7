//! A cassette becomes a HAR that holds to the format.

use std::fs;
use std::path::Path;

use crawl::browser::{Asked, Came, Exchanged, Identity, Wire};
use crawl::crawl::Network;
use crawl::recording::{Replay, Vault, to_row};
use crawl::store::{Cassette, CassetteWriter};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{exchanges, har, import, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("har::is_exported_as_the_format_asks", exported),
        trial("har::goes_to_a_cassette_and_back", back),
        trial("har::keeps_what_secrets_are_called", named),
        trial("har::of_a_damaged_cassette_is_not_written", damaged),
    ]
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

/// A recorded run goes out, comes in again, and is answered once the secret is there.
fn named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let asked = |value: &str| Asked {
        method: "POST".to_owned(),
        url: "http://site/login".to_owned(),
        kind: "document".to_owned(),
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: Some(format!("pw={value}").into_bytes()),
    };
    let came = Came::Response {
        status: 200,
        status_text: "OK".to_owned(),
        headers: vec![("set-cookie".to_owned(), "sid=k3y-of-ada; HttpOnly".to_owned())],
        body: Some("it was l0ve lace for k3y-of-ada".into()),
        whole: true,
    };
    let done = Exchanged { asked: asked("l0ve+lace"), came, began: 0.0, took: [0.0, 0.0], from_cache: false };
    let mut vault = Vault::default();
    vault.add_secret("SHOP_PW", "l0ve lace");
    vault.learn(&done);
    let writer = CassetteWriter::create(&path("a.cassette")).unwrap();
    writer.exchange(to_row("", vault.hide_exchange(done)));
    writer.fact("secrets", &vault.facts());
    writer.finish(None).unwrap();
    assert_eq!(har(folder.path(), &["export", "a.cassette", "-o", "x.har"]).0, 0);
    let text = fs::read_to_string(path("x.har")).unwrap();
    let har_text: Value = serde_json::from_str(&text).unwrap();
    holds_to_the_format(&har_text);
    assert_eq!(har_text["log"]["_secrets"], vault.facts());
    assert!(!text.contains("l0ve") && !text.contains("k3y-of"), "{text}");
    import(folder.path(), "x.har");
    let facts = |name: &str| Cassette::open(&path(name)).unwrap().facts().unwrap();
    assert_eq!(facts("x.cassette")["secrets"], facts("a.cassette")["secrets"]);
    assert_eq!(format!("{:?}", exchanges(&path("x.cassette"))), format!("{:?}", exchanges(&path("a.cassette"))));
    let replay = Replay::open(&path("x.cassette"), |name| (name == "SHOP_PW").then(|| "l0ve lace".to_owned())).unwrap();
    replay.load().unwrap();
    let Wire::Answered(answers) = replay.wire("s", &mut Identity::default()) else { panic!("a replay answers") };
    let Some(Came::Response { body, .. }) = answers.answer(&asked("l0ve+lace")) else {
        panic!("{:?}", replay.complaint("s"))
    };
    assert_eq!(body.as_deref(), Some(&b"it was l0ve lace for crawl-cookie-sid-1"[..]));
    assert!(answers.answer(&asked("another")).is_none());
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
pub fn holds_to_the_format(har: &Value) {
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
