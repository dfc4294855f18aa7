//! Headers that say who somebody is, though they are none of the standard ones.

use crawl::browser::{Asked, Came, Exchanged};
use crawl::recording::Vault;
use crawl::text::identifies;
use libtest_mimic::Trial;

use super::trial;
use super::vault::{exchanged, hidden};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("vault::headers_are_told_by_their_names", names),
        trial("vault::headers_that_identify_somebody_are_hidden_everywhere", values),
        trial("vault::what_was_hidden_before_stays_as_it_is", adopted),
    ]
}

fn names() {
    for name in [
        "x-api-key",
        "X-Api-Key",
        "apikey",
        "x-apikey",
        "api_key",
        "x-auth-token",
        "x-access-token",
        "x-csrf-token",
        "x-xsrf-token",
        "x-csrftoken",
        "x-amz-security-token",
        "x-session-id",
        "x-auth",
        "x-client-secret",
        "x-hub-signature",
        "x-user-password",
        "x-credential",
    ] {
        assert!(identifies(name), "{name}");
    }
    for name in [
        "accept",
        "content-type",
        "sec-websocket-key",
        "sec-fetch-site",
        "www-authenticate",
        "access-control-request-headers",
        "authority",
        "author",
        "idempotency-key",
        "x-requested-with",
        "if-none-match",
    ] {
        assert!(!identifies(name), "{name}");
    }
}

fn values() {
    let asked = [
        ("x-api-key", "hello-world-api"),
        ("x-access-token", "Bearer abc.def.ghi"),
        ("x-auth-type", "password"),
        ("x-session-id", "12345"),
        ("x-signature", "keyId=\"one two\", algorithm=\"none\""),
        ("sec-websocket-key", "dGhlIHNhbXBsZQ"),
    ];
    let page = "hello-world-api hello%2Dworld-api abc.def.ghi password 12345 aGVsbG8td29ybGQtYXBp";
    let mut vault = Vault::default();
    let all = exchanged(&asked, &[("x-api-key", "of-the-answer")], page);
    let (headers, came, body) = hidden(&mut vault, all);
    let values: Vec<&str> = headers.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(
        values,
        [
            "crawl-header-x-api-key-1",
            "Bearer crawl-header-x-access-token-1",
            "crawl-header-x-auth-type-1",
            "12345",
            "crawl-header-x-signature-1",
            "dGhlIHNhbXBsZQ"
        ]
    );
    assert_eq!(came[0].1, "of-the-answer");
    assert_eq!(
        body,
        "crawl-header-x-api-key-1 hello%2Dworld-api crawl-header-x-access-token-1 password 12345 crawl-header-x-api-key-1-as-base64a"
    );
    assert_eq!(vault.reveal(&values.join(" ")), asked.map(|(_, value)| value).join(" "));
    // In an address and in what is sent along as well.
    let Exchanged { asked, .. } = vault.hide_exchange(Exchanged {
        asked: Asked {
            url: "http://site/?key=hello-world-api".to_owned(),
            body: Some(b"key=hello-world-api".to_vec()),
            ..Asked::default()
        },
        came: Came::Failed(String::new()),
        began: 0.0,
        took: [0.0, 0.0],
        from_cache: false,
    });
    assert_eq!(asked.url, "http://site/?key=crawl-header-x-api-key-1");
    assert_eq!(asked.body.as_deref(), Some(&b"key=crawl-header-x-api-key-1"[..]));
}

fn pairs(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn adopted() {
    let cookies = [("set-cookie", "sid=ab12cd; HttpOnly"), ("set-cookie", "user=ada; HttpOnly")];
    let mut first = Vault::default();
    first.add_secret("PW", "l0velace");
    let (asked, came, body) = hidden(
        &mut first,
        exchanged(&[("authorization", "Bearer l0ve"), ("x-auth", "k3y-k3y")], &cookies, "ab12cd l0velace"),
    );
    let mut again = Vault::default();
    again.adopt(&first.facts());
    let same = exchanged(&pairs(&asked), &pairs(&came), &body);
    assert_eq!(hidden(&mut again, same), (asked, came, body));
    assert_eq!(again.facts(), first.facts());
    let (_, came, _) = hidden(&mut again, exchanged(&[], &[("set-cookie", "sid=zy98xw; HttpOnly")], ""));
    assert_eq!(came[0].1, "sid=crawl-cookie-sid-2; HttpOnly", "its own are others");
}
