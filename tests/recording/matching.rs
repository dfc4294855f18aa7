//! Which recorded exchange answers a request: order, bodies, what pages make up anew, and what is said of the rest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crawl::browser::{Answers, Asked, Came, Exchanged, Identity, Wire};
use crawl::crawl::Network;
use crawl::recording::{Replay, to_row};
use crawl::store::CassetteWriter;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("matching::answers_come_in_recorded_order", order),
        trial("matching::a_get_is_answered_again_and_a_post_is_not", again),
        trial("matching::bodies_compare_by_what_they_mean", bodies),
        trial("matching::a_body_that_nobody_knows_is_any", unknown_bodies),
        trial("matching::what_pages_make_up_anew_does_not_count", made_up),
        trial("matching::what_a_recorded_answer_tells_is_not_made_up", told),
        trial("matching::sessions_have_their_own_answers", sessions),
        trial("matching::a_session_can_stand_further_on", standing),
        trial("matching::the_nearest_request_is_shown_with_what_differs", nearest),
        trial("matching::a_body_that_was_not_to_be_had_is_told", no_body),
        trial("matching::a_damaged_or_newer_cassette_is_refused", refused),
    ]
}

/// A cassette that was written by hand.
struct Made {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

/// When it says that it began.
const BEGAN: f64 = 1_700_000_000_000.0;

fn asked(method: &str, url: &str) -> Asked {
    Asked { method: method.into(), url: url.into(), kind: "fetch".into(), ..Asked::default() }
}

fn sent(url: &str, kind: &str, body: &str) -> Asked {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Asked { headers, body: Some(body.as_bytes().to_vec()), ..asked("POST", url) }
}

fn response(status: u16, body: Option<&str>) -> Came {
    let body = body.map(|body| body.as_bytes().to_vec());
    Came::Response { status, status_text: String::new(), headers: Vec::new(), body, whole: true }
}

fn made(exchanges: Vec<(&str, Asked, Came)>) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.cassette");
    let writer = CassetteWriter::create(&path).unwrap();
    writer.fact("began", &json!(BEGAN));
    for (at, (session, asked, came)) in exchanges.into_iter().enumerate() {
        let exchanged = Exchanged { asked, came, began: BEGAN + at as f64, took: [0.0, 0.0], from_cache: false };
        writer.exchange(to_row(session, exchanged));
    }
    writer.finish(None).unwrap();
    Made { _folder: folder, path }
}

fn open(path: &Path) -> Replay {
    let replay = Replay::open(path, |_| None).unwrap();
    replay.load().unwrap();
    replay
}

fn answers(replay: &Replay, session: &str) -> Arc<dyn Answers> {
    match replay.wire(session, &mut Identity::default()) {
        Wire::Answered(answers) => answers,
        _ => panic!("a replay answers"),
    }
}

/// The body of the answer; `None`: there was none.
fn body(answers: &Arc<dyn Answers>, asked: &Asked) -> Option<String> {
    match answers.answer(asked)? {
        Came::Response { body, .. } => body.map(|body| String::from_utf8(body).unwrap()),
        Came::Failed(why) => Some(why),
    }
}

fn order() {
    let url = "http://site/poll";
    let made = made(vec![
        ("shop", asked("GET", url), response(200, Some("one"))),
        ("shop", asked("GET", url), Came::Failed("net::ERR_CONNECTION_RESET".into())),
        ("shop", asked("GET", url), response(200, Some("three"))),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    let came: Vec<_> = (0..4).map(|_| body(&shop, &asked("GET", url)).unwrap()).collect();
    assert_eq!(came, ["one", "net::ERR_CONNECTION_RESET", "three", "three"]);
    assert!(replay.complaint("shop").is_none());
    assert!(replay.notes()[0].contains("more often than recorded"), "{:?}", replay.notes());
}

fn again() {
    let made = made(vec![
        ("shop", asked("GET", "http://site/a"), response(200, Some("a"))),
        ("shop", sent("http://site/a", "text/plain", "x"), response(200, Some("sent"))),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    let post = sent("http://site/a", "text/plain", "x");
    assert_eq!(body(&shop, &post).as_deref(), Some("sent"));
    assert_eq!(body(&shop, &post), None);
    let complaint = replay.complaint("shop").unwrap();
    assert_eq!(complaint.code, "crawl::replay::unmatched");
    assert!(complaint.notes.contains(&"it was recorded as often as it was answered".to_owned()), "{complaint:?}");
    assert!(replay.complaint("shop").is_none(), "a complaint is told once");
    assert_eq!(body(&shop, &asked("GET", "http://site/a")).as_deref(), Some("a"));
    assert_eq!(body(&shop, &asked("GET", "http://site/a")).as_deref(), Some("a"));
}

fn bodies() {
    let part = |boundary: &str| {
        let body = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--{boundary}--\r\n");
        sent("http://site/parts", &format!("multipart/form-data; boundary={boundary}"), &body)
    };
    let form = "application/x-www-form-urlencoded";
    let made = made(vec![
        ("", sent("http://site/json", "application/json", r#"{"a":1,"b":[true]}"#), response(200, Some("json"))),
        ("", sent("http://site/form", form, "a=1&b=x+y"), response(200, Some("form"))),
        ("", part("----one"), response(200, Some("parts"))),
    ]);
    let replay = open(&made.path);
    let any = answers(&replay, "whichever");
    let json = sent("http://site/json", "application/json", "{ \"b\": [true],\n \"a\": 1 }");
    assert_eq!(body(&any, &json).as_deref(), Some("json"));
    assert_eq!(body(&any, &sent("http://site/form", form, "a=1&b=x%20y")).as_deref(), Some("form"));
    assert_eq!(body(&any, &part("----another")).as_deref(), Some("parts"));
    assert_eq!(body(&any, &sent("http://site/form", form, "b=x+y&a=1")), None, "fields have an order");
}

fn unknown_bodies() {
    let with = |method: &str, url: &str, headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Asked { headers, ..asked(method, url) }
    };
    let (upload, blob, none) = ("http://site/upload", "http://site/blob", "http://site/none");
    let made = made(vec![
        (
            "",
            with("POST", upload, &[("content-type", "multipart/form-data; boundary=one")]),
            response(200, Some("first")),
        ),
        (
            "",
            with("POST", upload, &[("content-type", "multipart/form-data; boundary=two")]),
            response(200, Some("second")),
        ),
        ("", with("PUT", blob, &[("content-length", "3")]), response(200, Some("any"))),
        ("", sent(blob, "text/plain", "abc"), response(200, Some("known"))),
        ("", with("POST", blob, &[("content-length", "3")]), response(200, Some("posted"))),
        ("", with("POST", none, &[("content-length", "0")]), response(200, Some("none"))),
    ]);
    let replay = open(&made.path);
    let any = answers(&replay, "whichever");
    let whole = sent(upload, "multipart/form-data; boundary=three", "--three\r\n\r\nfile\r\n--three--\r\n");
    assert_eq!(body(&any, &whole).as_deref(), Some("first"));
    // Neither side knows it.
    let untold = with("POST", upload, &[("content-type", "multipart/form-data; boundary=four")]);
    assert_eq!(body(&any, &untold).as_deref(), Some("second"));
    assert_eq!(body(&any, &untold), None, "it was recorded as often as it was answered");
    assert_eq!(body(&any, &Asked { method: "PUT".into(), ..sent(blob, "", "xyz") }).as_deref(), Some("any"));
    assert_eq!(body(&any, &sent(blob, "text/plain", "abc")).as_deref(), Some("known"), "what is known goes first");
    assert_eq!(body(&any, &sent(blob, "text/plain", "abc")).as_deref(), Some("posted"));
    assert_eq!(body(&any, &sent(none, "text/plain", "abc")), None, "one that is empty is known");
    assert_eq!(body(&any, &asked("POST", none)).as_deref(), Some("none"));
    assert!(replay.notes().iter().any(|note| note.contains("what it sends is not known")), "{:?}", replay.notes());
}

fn made_up() {
    let uuids = ["0b5b6c5e-7d70-4f3e-9a51-5c3b6f6f0001", "ffffffff-7d70-4f3e-9a51-5c3b6f6f0002"];
    let url = |time: &str, random: &str, uuid: &str| {
        format!("http://site/track?t={time}&r={random}&callback=jQuery{time}_{time}&id={uuid}")
    };
    let recorded = url("1700000000123", "0.123456789", uuids[0]);
    let json = |token: &str| format!(r#"{{"token":"{token}","at":1700000001,"what":"view"}}"#);
    let made = made(vec![
        ("shop", asked("GET", &recorded), response(200, Some("tracked"))),
        ("shop", sent("http://site/log", "", &json("aaaaaaaaaaaaaaaaaaaa")), response(200, Some("logged"))),
        ("shop", asked("GET", "http://site/book?isbn=9781234567897"), response(200, Some("book"))),
        ("shop", asked("GET", "http://site/track?page=1"), response(200, Some("page"))),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    let now = url("1700000099999", "0.987654321", uuids[1]);
    assert_eq!(body(&shop, &asked("GET", &now)).as_deref(), Some("tracked"));
    let log = sent("http://site/log", "", &json("bbbbbbbbbbbbbbbbbbbb"));
    assert_eq!(body(&shop, &log).as_deref(), Some("logged"));
    assert_eq!(replay.notes().len(), 2, "{:?}", replay.notes());
    // A number as long as a time is not one by that.
    assert_eq!(body(&shop, &asked("GET", "http://site/book?isbn=9780000000002")), None);
    assert_eq!(body(&shop, &asked("GET", "http://site/track?page=2")), None);
}

fn told() {
    let made = made(vec![
        ("shop", asked("GET", "http://site/"), response(200, Some("<a href='?id=507f1f77bcf86cd799439012'>"))),
        ("shop", asked("GET", "http://site/one?id=507f1f77bcf86cd799439011"), response(200, Some("one"))),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    let other = asked("GET", "http://site/one?id=507f1f77bcf86cd799439012");
    assert_eq!(body(&shop, &other), None, "the page names it: it is another thing's id");
}

fn sessions() {
    let url = "http://site/account";
    let made = made(vec![
        ("ada", asked("GET", url), response(200, Some("Ada"))),
        ("bob", asked("GET", url), response(200, Some("Bob"))),
        ("~1", asked("GET", url), response(200, Some("nobody"))),
        ("~2", asked("GET", "http://site/b"), response(200, Some("b"))),
    ]);
    let replay = open(&made.path);
    assert_eq!(body(&answers(&replay, "bob"), &asked("GET", url)).as_deref(), Some("Bob"));
    assert_eq!(body(&answers(&replay, "ada"), &asked("GET", url)).as_deref(), Some("Ada"));
    assert_eq!(body(&answers(&replay, "new"), &asked("GET", url)).as_deref(), Some("nobody"));
    // Side by side, steps outside any session come in any order.
    assert_eq!(body(&answers(&replay, "~1"), &asked("GET", "http://site/b")).as_deref(), Some("b"));
    assert_eq!(body(&answers(&replay, "ada"), &asked("GET", "http://site/b")), None);
    let complaint = replay.complaint("ada").unwrap();
    assert!(complaint.notes[0].contains("outside any session"), "{complaint:?}");
}

fn standing() {
    let url = "http://site/list";
    let exchange = |text: &'static str| ("shop", asked("GET", url), response(200, Some(text)));
    let made = made(vec![exchange("first"), exchange("second"), exchange("third")]);
    let replay = open(&made.path);
    replay.stand_at("shop", 1);
    let shop = answers(&replay, "shop");
    let came: Vec<_> = (0..3).map(|_| body(&shop, &asked("GET", url)).unwrap()).collect();
    assert_eq!(came, ["second", "third", "first"]);
}

fn nearest() {
    let made = made(vec![
        ("shop", asked("GET", "http://site/style.css"), response(200, Some(""))),
        ("shop", asked("GET", "http://site/products?page=1&sort=name"), response(200, Some(""))),
        ("shop", sent("http://site/order", "application/json", r#"{"item":{"id":1}}"#), response(200, Some(""))),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    let complaint = |asked: &Asked| {
        assert_eq!(body(&shop, asked), None);
        replay.complaint("shop").unwrap()
    };
    let query = complaint(&asked("GET", "http://site/products?page=7&sort=name"));
    assert_eq!(query.message, "`GET http://site/products?page=7&sort=name` is not in the recording");
    assert_eq!(
        query.notes,
        [
            "the nearest recorded request is GET http://site/products?page=1&sort=name, in session `shop`",
            "query `page`: \"1\" recorded, \"7\" asked"
        ]
    );
    let path = complaint(&asked("GET", "http://site/product?page=1&sort=name"));
    assert_eq!(path.notes[1], "the path: `/products` recorded, `/product` asked");
    let other = complaint(&sent("http://site/order", "application/json", r#"{"item":{"id":2}}"#));
    assert_eq!(other.notes[1], "body `item.id`: 1 recorded, 2 asked");
    let method = complaint(&asked("DELETE", "http://site/style.css"));
    assert_eq!(method.notes[1], "the method: GET recorded, DELETE asked");
    assert!(method.help.unwrap().contains("--record"));
}

fn no_body() {
    let made = made(vec![
        ("shop", asked("GET", "http://site/file.zip"), response(200, None)),
        ("shop", asked("GET", "http://site/moved"), response(302, None)),
        ("shop", asked("GET", "http://site/nothing"), response(204, None)),
    ]);
    let replay = open(&made.path);
    let shop = answers(&replay, "shop");
    assert!(shop.answer(&asked("GET", "http://site/moved")).is_some());
    assert!(shop.answer(&asked("GET", "http://site/nothing")).is_some());
    assert!(replay.complaint("shop").is_none());
    let file = Asked { kind: "document".into(), ..asked("GET", "http://site/file.zip") };
    assert!(shop.answer(&asked("GET", "http://site/file.zip")).is_some(), "a page may leave an answer unread");
    assert!(replay.complaint("shop").is_none());
    assert!(shop.answer(&file).is_none());
    assert_eq!(replay.complaint("shop").unwrap().code, "crawl::replay::no_body");
}

fn refused() {
    let made = made(vec![]);
    let whole = std::fs::read(&made.path).unwrap();
    std::fs::write(&made.path, &whole[..whole.len() / 2]).unwrap();
    assert!(Replay::open(&made.path, |_| None).is_err());
    std::fs::write(&made.path, "no cassette").unwrap();
    let error = Replay::open(&made.path, |_| None).err().unwrap();
    assert!(error.to_string().contains("is not a readable cassette"), "{error}");
}
