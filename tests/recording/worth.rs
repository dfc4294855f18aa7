//! Which values of cookies and headers are hidden wherever they stand, and which stay because pages say them too.

use crawl::browser::Cookie;
use crawl::crawl::BranchPath;
use crawl::recording::{Facts, Tape, Vault};
use crawl::store::Cassette;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::vault::{exchanged, hidden};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("vault::what_pages_say_stays_though_cookies_have_it", said_by_pages),
        trial("vault::names_tell_what_is_a_secret", by_name),
        trial("vault::what_no_word_is_made_as_is_a_secret", by_look),
        trial("vault::what_scripts_cannot_read_is_a_secret", unreadable),
        trial("vault::escaped_cookies_are_hidden_in_both_forms", escaped),
        trial("vault::printed_cookies_are_hidden", printed),
    ]
}

/// Whether a page that says the value of a cookie still does once the cookie is known.
fn stays(name: &str, value: &str, rest: &str) -> bool {
    let mut vault = Vault::default();
    let set = exchanged(&[], &[("set-cookie", &format!("{name}={value}; Path=/{rest}"))], value);
    let (.., body) = hidden(&mut vault, set);
    body == value
}

fn said_by_pages() {
    for (name, value) in [
        ("city", "Frankfurt"),
        ("last", "page17"),
        ("product", "WH1000"),
        ("product", "WH1000XM4"),
        ("seen", "sony-wh1000xm4-black-2nd-edition"),
        ("author", "JohnSmith3"),
        ("since", "2024-01-15T10:00:00Z"),
        ("since", "2024-01-15T10:00:00.000Z"),
        ("since", "20240115T100000Z"),
        ("visited", "1700000000"),
        ("title", "AnUnexpectedJourney"),
        ("where", "Offers%20in%20Frankfurt%2C%20page%2017"),
        ("shop", "{\"city\":\"Frankfurt\",\"product\":\"WH1000\"}"),
        ("zone", "America/New_York"),
        ("zone", "America%2FNew_York"),
        ("back", "%2Fproducts%2Fshoes%2Fpage17"),
        ("screen", "1920x1080"),
        ("agreed", "yes"),
        ("theme", "dark"),
        ("lang", "en-US"),
        ("arrival", "2026-11-27"),
        ("cookies", "accepted"),
        ("visits", "3"),
        ("kind", "hello-world-pass"),
        ("last", "article12345678"),
        ("sort", "price=asc"),
    ] {
        assert!(stays(name, value, ""), "{name}={value} stays");
    }
    for value in ["Frankfurt", "page17", "WH1000", "admin", "accepted", "2026-11-27", "1234567"] {
        assert!(stays("city", value, "; HttpOnly"), "{value} stays on pages");
    }
    for (name, value) in [
        ("a", "9f86d081884c7d65"),
        ("a", "123e4567-e89b-42d3-a456-426614174000"),
        ("a", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
        ("a", "aB3x-Y9zQ_4kLm0-pR7t"),
        ("PHPSESSID", "q1w2e3r4t5"),
        ("connect.sid", "s%3Aab12cd34"),
        ("XSRF-TOKEN", "page17"),
        ("auth", "ada007"),
    ] {
        assert!(!stays(name, value, ""), "{name}={value} is hidden");
    }
    assert!(!stays("a", "q1w2e3r4", "; HttpOnly"), "what scripts cannot read is hidden sooner");
}

fn by_name() {
    for (name, value) in [
        ("jwt", "AAAAbbbbCCCC"),
        ("key", "hello-world-pass"),
        ("api_key", "Frankfurt"),
        ("apiKey", "a.b.c.d"),
        ("x.auth", "ada.lovelace"),
        ("PHPSESSID", "ada-ada"),
        ("idToken", "frank-furt"),
        ("csrftoken", "frank-furt"),
        ("user-pass", "love%20lace"),
        ("session", "48151623"),
    ] {
        assert!(!stays(name, value, ""), "{name}={value} is hidden");
    }
    for (name, value) in [
        ("session", "active"),
        ("session_end", "2026-11-27"),
        ("token_count", "31"),
        ("session_began", "1700000000"),
        ("key", "a-b"),
        ("keyboard", "qwerty-de"),
        ("monkey", "Bobo-Bibi"),
        ("author", "Ada-Byron"),
    ] {
        assert!(stays(name, value, ""), "{name}={value} stays");
    }
}

fn by_look() {
    for value in [
        "8f7a6b5c9d",
        "PLAINSECRETONE1",
        "a%2Fb%2BSECRETCOOKIEV%3D%3D",
        "PAD-fff666==",
        "a/b+SECRETX==",
        "AAAAbbbbCCCC",
        "a1b2-c3d4-e5f6",
        "GA1.2.1234567890.1700000000",
    ] {
        assert!(!stays("r7", value, ""), "{value} is hidden");
    }
}

fn unreadable() {
    for value in ["hello-world", "\"QUOTEDSECRET4\"", "ada.lovelace", "ab12cd", "x%2Fyyyy"] {
        assert!(!stays("st", value, "; HttpOnly"), "{value} is hidden");
    }
    let mut vault = Vault::default();
    let set = exchanged(&[], &[("set-cookie", "st=\"QUOTEDSECRET4\"; HttpOnly")], "QUOTEDSECRET4 \"QUOTEDSECRET4\"");
    let (_, headers, body) = hidden(&mut vault, set);
    assert_eq!(headers[0].1, "st=\"crawl-cookie-st-1\"; HttpOnly");
    assert_eq!(body, "crawl-cookie-st-1 \"crawl-cookie-st-1\"");
}

fn escaped() {
    let mut vault = Vault::default();
    let page = "a/b+SECRETCOOKIEV== a%2Fb%2BSECRETCOOKIEV%3D%3D a%2fb%2bSECRETCOOKIEV%3d%3d";
    let set = exchanged(&[], &[("set-cookie", "enc=a%2Fb%2BSECRETCOOKIEV%3D%3D")], page);
    let (_, headers, body) = hidden(&mut vault, set);
    assert!(!body.contains("SECRET") && !headers[0].1.contains("SECRET"), "{headers:?} {body}");
    assert_eq!(vault.reveal(&body), page);
}

fn printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.cassette");
    let tape = Tape::create(&path, Facts::default()).unwrap();
    let cookie = |name: &str, value: &str, http_only: bool| {
        let cookie = json!({ "name": name, "value": value, "httpOnly": http_only });
        serde_json::to_value(serde_json::from_value::<Cookie>(cookie).unwrap()).unwrap()
    };
    let cookies =
        json!([cookie("role", "admin", true), cookie("p", "PAD-fff666==", true), cookie("q", "a/b+SECRETX==", false)]);
    tape.line(&BranchPath::default(), &format!("[1] they are {cookies} {{so}}"));
    tape.record(&BranchPath::default(), None, &json!({ "all": cookies }));
    tape.finish("ok", []).unwrap();
    for row in Cassette::open(&path).unwrap().outputs().unwrap() {
        for value in ["admin", "fff666", "SECRETX"] {
            assert!(!row.text.contains(value), "{value} in {}", row.text);
        }
        assert!(row.text.contains("crawl-cookie-role-1"), "{}", row.text);
        assert!(
            row.kind == "emit" || row.text.starts_with("[1] they are [{") && row.text.ends_with("}] {so}"),
            "{}",
            row.text
        );
    }
}
