//! An exchange becomes a row of a cassette and an exchange again.

use crawl::browser::{Asked, Came, Exchanged};
use crawl::recording::{from_row, to_row};
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial("rows::an_exchange_survives_its_row", survives), trial("rows::a_head_says_what_format_md_says", head)]
}

fn exchanged(came: Came) -> Exchanged {
    let asked = Asked {
        method: "POST".to_owned(),
        url: "http://site/a?b=1".to_owned(),
        kind: "fetch".to_owned(),
        headers: vec![("accept".to_owned(), "*/*".to_owned()), ("accept".to_owned(), "ünï".to_owned())],
        body: Some(vec![0, 255, 1]),
    };
    Exchanged { asked, came, began: 1_764_184_547_123.25, took: [1.5, 3.0], from_cache: true }
}

fn response(body: Option<Vec<u8>>) -> Came {
    let headers = vec![("set-cookie".to_owned(), "a=1".to_owned()), ("set-cookie".to_owned(), "b=2".to_owned())];
    Came::Response { status: 200, status_text: "OK".to_owned(), headers, body, whole: true }
}

fn survives() {
    for came in
        [response(None), response(Some(Vec::new())), response(Some(vec![7; 9])), Came::Failed("net::ERR".into())]
    {
        let before = exchanged(came);
        let row = to_row("shop", before.clone());
        assert!(!row.head.to_string().contains("255"), "bodies are not in the head");
        let (session, after) = from_row(row).unwrap();
        assert_eq!((session.as_str(), after), ("shop", before));
    }
    let mut row = to_row("", exchanged(response(None)));
    row.head = json!({ "asked": {} });
    assert!(from_row(row).is_err());
}

fn head() {
    let row = to_row("", exchanged(response(None)));
    assert_eq!(
        row.head,
        json!({
            "asked": {
                "method": "POST", "url": "http://site/a?b=1", "kind": "fetch",
                "headers": [["accept", "*/*"], ["accept", "ünï"]],
            },
            "came": { "response": {
                "status": 200, "status_text": "OK", "headers": [["set-cookie", "a=1"], ["set-cookie", "b=2"]], "whole": true,
            } },
            "began": 1_764_184_547_123.25, "took": [1.5, 3.0], "from_cache": true,
        })
    );
    assert_eq!(to_row("", exchanged(Came::Failed("net::ERR".into()))).head["came"], json!({ "failed": "net::ERR" }));
}
