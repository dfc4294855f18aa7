//! The vault: secrets go in every spelling, and come back where they are known.

use std::borrow::Cow;

use crawl::browser::{Asked, Came, Cookie, Exchanged};
use crawl::recording::Vault;
use crawl::text::{Secrets, one_line_without, spellings};
use libtest_mimic::Trial;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use serde_json::json;

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("vault::every_spelling_is_hidden_and_comes_back", every_spelling),
        trial("vault::base64_hex_and_other_encodings_are_hidden_and_come_back", encoded),
        trial("vault::what_is_cut_is_hidden_first", cut),
        trial("vault::placeholders_are_stable_and_apart", placeholders),
        trial("vault::what_is_hidden_twice_is_hidden_once", twice),
        trial("vault::authorization_goes_with_its_parts", authorization),
        trial("vault::cookies_go_by_what_they_look_like", cookies),
        trial("vault::double_submitted_tokens_still_agree", double_submit),
        trial("vault::words_of_cookies_stay_on_pages", words),
        trial("vault::an_exchange_tells_nothing", exchange),
        trial("vault::what_is_no_text_stays_readable", bytes),
        trial("vault::unknown_placeholders_stay_in_one_spelling", unknown),
        trial("vault::facts_have_names_and_no_values", facts),
        trial("vault::nothing_survives", nothing_survives),
    ]
}

pub fn exchanged(asked: &[(&str, &str)], came: &[(&str, &str)], body: &str) -> Exchanged {
    let pairs =
        |all: &[(&str, &str)]| all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Exchanged {
        asked: Asked {
            method: "GET".to_owned(),
            url: "http://site/".to_owned(),
            headers: pairs(asked),
            ..Asked::default()
        },
        came: Came::Response {
            status: 200,
            status_text: "OK".to_owned(),
            headers: pairs(came),
            body: Some(body.as_bytes().to_vec()),
            whole: true,
        },
        began: 0.0,
        took: [0.0, 0.0],
        from_cache: false,
    }
}

pub type Headers = Vec<(String, String)>;

/// The exchange learnt of and hidden: headers of both, and the response's body.
pub fn hidden(vault: &mut Vault, exchanged: Exchanged) -> (Headers, Headers, String) {
    vault.learn(&exchanged);
    let hidden = vault.hide_exchange(exchanged);
    let Came::Response { headers, body, .. } = hidden.came else { panic!("a response stays one") };
    (hidden.asked.headers, headers, String::from_utf8(body.unwrap()).unwrap())
}

fn every_spelling() {
    let secret = "p<ä/ss \"w\\ö'&+rd%~!";
    let mut vault = Vault::default();
    vault.add_secret("PASSWORD", secret);
    for spelled in [
        secret,
        r#"p<ä/ss \"w\\ö'&+rd%~!"#,
        r#"p<\u00e4/ss \"w\\\u00f6'&+rd%~!"#,
        r#"p<\u00e4\/ss \"w\\\u00f6'&+rd%~!"#,
        r#"p\u003cä/ss \"w\\ö'\u0026+rd%~!"#,
        r#"p\u003C\u00E4/ss \"w\\\u00F6\u0027\u0026+rd%~!"#,
        r#"p<ä/ss "w\\ö\'&+rd%~!"#,
        r#"p&lt;ä/ss &quot;w\ö'&amp;+rd%~!"#,
        r#"p&lt;ä/ss "w\ö'&amp;+rd%~!"#,
        r#"p&lt;ä/ss &#34;w\ö&#39;&amp;+rd%~!"#,
        r#"p&lt;ä/ss &quot;w\ö&#x27;&amp;+rd%~!"#,
        r#"p&lt;ä/ss &quot;w\ö&#039;&amp;+rd%~!"#,
        "p%3C%C3%A4%2Fss+%22w%5C%C3%B6%27%26%2Brd%25%7E%21",
        "p%3C%C3%A4%2Fss%20%22w%5C%C3%B6'%26%2Brd%25~!",
        "p%3c%c3%a4%2fss%20%22w%5c%c3%b6'%26%2brd%25~!",
        r#"p&lt;ä/ss \&quot;w\\ö'&amp;+rd%~!"#,
        r#"p<ä/ss \\\"w\\\\ö'&+rd%~!"#,
        "p%253C%25C3%25A4%252Fss%2520%2522w%255C%25C3%25B6'%2526%252Brd%2525~!",
    ] {
        for text in [format!("a={spelled}"), format!("x{spelled}y {spelled}{spelled}-"), format!("<{spelled}>")] {
            let hidden = vault.hide(&text);
            assert!(!hidden.contains(spelled) && hidden.contains("crawl-secret-PASSWORD"), "{text}: {hidden}");
            assert_eq!(vault.reveal(&hidden), text, "{hidden}");
        }
    }
}

fn encoded() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    let secret = "tops3cret?>~~key";
    let mut vault = Vault::default();
    vault.add_secret("KEY", secret);
    vault.add_secret("NAME", "Zoë–Straße");
    let all = |before: &str, after: &str| [before, secret, after].concat();
    let mut texts: Vec<String> = Vec::new();
    for (before, after) in [("", ""), ("a:", ""), ("a", ":b"), ("user=ada; k=", "; x=1")] {
        texts.push(STANDARD.encode(all(before, after)));
        texts.push(URL_SAFE.encode(all(before, after)));
        texts.push(STANDARD.encode(all(before, after)).replace('/', "%2F").replace('+', "%2B").replace('=', "%3D"));
    }
    texts.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
    texts.push(secret.bytes().map(|byte| format!("{byte:02X}")).collect());
    for text in texts {
        let hidden = vault.hide(&text);
        assert!(hidden.contains("crawl-secret-KEY-as-"), "{text}: {hidden}");
        // At most two letters at each end share bits with what stands around.
        for part in text.as_bytes().windows(12).skip(16).take(1) {
            assert!(!hidden.contains(str::from_utf8(part).unwrap()), "{text}: {hidden}");
        }
        assert_eq!(vault.reveal(&hidden), text);
        assert_eq!(vault.hide(&hidden), *hidden);
    }
    for text in ["ZoÃ«\u{e2}\u{80}\u{93}StraÃ\u{9f}e", "ZoÃ«â€“StraÃŸe", "Zo%EB%96Stra%DFe"] {
        let hidden = vault.hide(text);
        assert!(hidden.starts_with("crawl-secret-NAME-as-latin"), "{text}: {hidden}");
        assert_eq!(vault.reveal(&hidden), text);
    }
    // `btoa` has a byte for a character, and of little text chance makes the same.
    let mut vault = Vault::default();
    vault.add_secret("NAME", "Zoë Straße");
    vault.add_secret("PIN", "1234");
    assert!(vault.hide("Wm/rIFN0cmHfZQ==").starts_with("crawl-secret-NAME-as-base64g"));
    assert_eq!(vault.hide("MTIzNA== 31323334"), "MTIzNA== 31323334");
}

fn cut() {
    let mut secrets = Secrets::default();
    secrets.add("tops3cret  key");
    let line = |text: &str| one_line_without(&secrets, text, 20);
    assert_eq!(line("append(0, 'tops3cret  key')"), "append(0, '(hidden)…");
    assert_eq!(line("a tops3cret  key"), "a (hidden)", "its blanks are cut as well");
    assert_eq!(line("tops3cret"), "tops3cret");
    let mut secrets = Secrets::default();
    secrets.add("tops3cret");
    assert_eq!(one_line_without(&secrets, "a tops3cret", 20), "a tops3cret", "whoever keeps it says which it was");
}

fn placeholders() {
    let mut vault = Vault::default();
    vault.add_secret("PASSWORD", "first-one");
    vault.add_secret("PASSWORD", "first-one");
    vault.add_secret("OTHER", "first-one");
    vault.add_secret("API.KEY", "second one");
    vault.add_secret("PASSWORD", "third-one");
    vault.add_typed("auth", "fourth-one");
    vault.add_typed("auth", "fifth-one");
    vault.add_secret("SHORT", "ab");
    assert_eq!(
        vault.hide("first-one, second one, second+one, third-one, fourth-one, fifth-one, ab"),
        "crawl-secret-PASSWORD, crawl-secret-API-KEY, crawl-secret-API-KEY-as-form, crawl-secret-PASSWORD-2, crawl-auth-1, crawl-auth-2, ab"
    );
    assert_eq!(vault.hide("xfirst-one1 first-one-"), "xcrawl-secret-PASSWORD-end1 crawl-secret-PASSWORD-end-");
    assert_eq!(vault.hide("first-onesecond one"), "crawl-secret-PASSWORD-endcrawl-secret-API-KEY");
    assert!(matches!(vault.hide("nothing"), Cow::Borrowed("nothing")));
}

fn twice() {
    let mut vault = Vault::default();
    vault.add_secret("PASSWORD", "secret");
    vault.add_secret("TOKEN", "PASSWORD");
    vault.add_secret("MARK", "!!!!!!");
    for text in ["secret", "secretPASSWORD", "a secret-x", "s\"secret\"", "secret!!!!!!x"] {
        let once = vault.hide(text).into_owned();
        assert_eq!(vault.hide(&once), once);
        assert_eq!(vault.reveal(&once), text);
    }
    let late = vault.hide("secret now").into_owned();
    vault.add_secret("LATE", "now");
    assert_eq!(vault.hide(&late), "crawl-secret-PASSWORD crawl-secret-LATE");
}

fn authorization() {
    let mut vault = Vault::default();
    // ada@example.org:love lace
    let basic = "Basic YWRhQGV4YW1wbGUub3JnOmxvdmUgbGFjZQ==";
    let (asked, _, body) = hidden(
        &mut vault,
        exchanged(
            &[("authorization", basic), ("accept", "*/*")],
            &[],
            "ada@example.org has love+lace YWRhQGV4YW1wbGUub3JnOmxvdmUgbGFjZQ==",
        ),
    );
    assert_eq!(asked[0].1, "Basic crawl-header-authorization-1");
    assert_eq!(asked[1].1, "*/*");
    assert_eq!(
        body,
        "crawl-header-authorization-1-user has crawl-header-authorization-1-password-as-form crawl-header-authorization-1"
    );
    let (asked, _, body) = hidden(
        &mut vault,
        exchanged(
            &[("authorization", "Bearer ey.J9.x"), ("proxy-authorization", "Basic YWRhOmFiY2Q=")],
            &[],
            "ey.J9.x ada abcd",
        ),
    );
    assert_eq!(asked[0].1, "Bearer crawl-header-authorization-2");
    assert_eq!(asked[1].1, "Basic crawl-header-proxy-authorization-1");
    assert_eq!(body, "crawl-header-authorization-2 ada crawl-header-proxy-authorization-1-password", "`ada` is a word");
    let (asked, ..) = hidden(&mut vault, exchanged(&[("authorization", basic)], &[], ""));
    assert_eq!(asked[0].1, "Basic crawl-header-authorization-1", "the same again");
}

fn cookies() {
    let set = |cookie: &str| {
        let mut vault = Vault::default();
        let value = cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
        let (_, headers, body) = hidden(&mut vault, exchanged(&[], &[("set-cookie", cookie)], &value));
        (headers[0].1.clone(), body)
    };
    let hidden = |cookie: &str, header: &str, body: &str| assert_eq!(set(cookie), (header.to_owned(), body.to_owned()));
    hidden("sid=ab12cd; Path=/; HttpOnly", "sid=crawl-cookie-sid-1; Path=/; HttpOnly", "crawl-cookie-sid-1");
    hidden("sid=ab12cd; Path=/", "sid=crawl-cookie-sid-1; Path=/", "crawl-cookie-sid-1");
    hidden("__Host-t=AbCdEfGh", "__Host-t=crawl-cookie-Host-t-1", "crawl-cookie-Host-t-1");
    hidden("n=1234567890123456", "n=crawl-cookie-n-1", "crawl-cookie-n-1");
    hidden("user=admin; httponly", "user=crawl-cookie-user-1; httponly", "admin");
    hidden("theme=dark; Path=/", "theme=dark; Path=/", "dark");
    hidden("lang=en-US", "lang=en-US", "en-US");
    hidden("cookies=accepted", "cookies=accepted", "accepted");
    hidden("sid=; Max-Age=0; HttpOnly", "sid=; Max-Age=0; HttpOnly", "");
    hidden("p=%7B%22theme%22%3A%22dark%22%7D", "p=%7B%22theme%22%3A%22dark%22%7D", "%7B%22theme%22%3A%22dark%22%7D");
    hidden(
        "p={\"theme\":\"dark\",\"sid\":\"a1b2c3\"}",
        "p={\"theme\":\"dark\",\"sid\":\"crawl-cookie-p-1\"}",
        "{\"theme\":\"dark\",\"sid\":\"crawl-cookie-p-1\"}",
    );
    // A cookie that nobody saw being set: its header tells nothing, pages stay.
    let mut vault = Vault::default();
    vault.learn(&exchanged(&[], &[("set-cookie", "theme=dark")], ""));
    let asked = exchanged(&[("cookie", "theme=dark; user=ada; sid=q1w2e3")], &[], "ada dark q1w2e3");
    let (asked, _, body) = self::hidden(&mut vault, asked);
    assert_eq!(asked[0].1, "theme=dark; user=crawl-cookie-user-1; sid=crawl-cookie-sid-1");
    assert_eq!(body, "ada dark crawl-cookie-sid-1");
}

fn double_submit() {
    let mut vault = Vault::default();
    let set = exchanged(&[], &[("set-cookie", "csrf=eyJpdiI6%3D%3D; Path=/")], "<input value=\"eyJpdiI6==\">");
    let (_, headers, body) = hidden(&mut vault, set);
    assert_eq!(body, "<input value=\"crawl-cookie-csrf-1\">");
    // In a browser that knows no value, both are the same text, and so is what it sends.
    let replay = Vault::default();
    assert_eq!(replay.reveal(&headers[0].1), "csrf=crawl-cookie-csrf-1; Path=/");
    assert_eq!(replay.reveal(&body), "<input value=\"crawl-cookie-csrf-1\">");
    let sent = vault.hide("token=eyJpdiI6%3D%3D&a=1").into_owned();
    assert_eq!(replay.reveal(&sent), "token=crawl-cookie-csrf-1&a=1");
}

fn words() {
    let cookie = |name: &str, value: &str, http_only: bool| {
        let cookie = json!({ "name": name, "value": value, "httpOnly": http_only });
        serde_json::from_value::<Cookie>(cookie).unwrap()
    };
    let mut vault = Vault::default();
    let all = [cookie("theme", "dark", false), cookie("user", "ada", true), cookie("sid", "k3y-k3y", true)];
    vault.learn_cookies(&all);
    assert_eq!(vault.hide("ada likes dark k3y-k3y"), "ada likes dark crawl-cookie-sid-1");
    let values: Vec<String> = vault.hide_cookies(&all).into_iter().map(|cookie| cookie.value).collect();
    assert_eq!(values, ["dark", "crawl-cookie-user-1", "crawl-cookie-sid-1"]);
    assert_eq!(vault.reveal(&values.join(" ")), "dark ada k3y-k3y");
}

fn exchange() {
    let mut vault = Vault::default();
    vault.add_secret("KEY", "tops3cret");
    let mut all = exchanged(&[("x-key", "tops3cret")], &[("location", "/?k=tops3cret")], "tops3cret");
    all.asked.url = "http://site/?k=tops3cret".to_owned();
    all.asked.body = Some(b"k=tops3cret".to_vec());
    let hidden = vault.hide_exchange(all.clone());
    let text = format!("{hidden:?}{}", String::from_utf8_lossy(hidden.asked.body.as_deref().unwrap()));
    assert!(!text.contains("tops3cret"), "{text}");
    assert_eq!(hidden.asked.body.as_deref(), Some(&b"k=crawl-secret-KEY"[..]));
    all.came = Came::Failed("no tops3cret".to_owned());
    assert_eq!(vault.hide_exchange(all).came, Came::Failed("no crawl-secret-KEY".to_owned()));
}

fn bytes() {
    let mut vault = Vault::default();
    vault.add_secret("LONG", "tops3cret");
    vault.add_secret("SHORT", "abc");
    let form = b"--x\r\n\xff\xfe abc \x89\r\n--x\r\ntops3cret\r\n--x".to_vec();
    let hidden = vault.hide_body(form.clone());
    assert_eq!(hidden, b"--x\r\n\xff\xfe abc \x89\r\n--x\r\ncrawl-secret-LONG\r\n--x");
    assert_eq!(vault.reveal_body(hidden), form);
    assert_eq!(vault.hide_body(b"abc".to_vec()), b"crawl-secret-SHORT");
}

fn unknown() {
    let mut vault = Vault::default();
    vault.add_secret("A", "a b");
    assert_eq!(
        vault.reveal("crawl-secret-A-as-form crawl-secret-B-as-json-html crawl-secret-AB"),
        "a+b crawl-secret-B crawl-secret-AB"
    );
    assert_eq!(
        vault.reveal("crawl-secret-B-as-json1-end1 crawl-secret-B-as-is"),
        "crawl-secret-B-end1 crawl-secret-B-as-is"
    );
    assert!(matches!(vault.reveal("plain"), Cow::Borrowed("plain")));
}

fn facts() {
    let mut vault = Vault::default();
    vault.add_secret("SHOP PASSWORD", "l0velace");
    vault.learn(&exchanged(&[], &[("set-cookie", "sid=ab12cd; HttpOnly"), ("set-cookie", "user=ada; HttpOnly")], ""));
    let facts = vault.facts();
    assert_eq!(
        facts[0],
        json!({ "placeholder": "crawl-secret-SHOP-PASSWORD", "kind": "secret", "name": "SHOP PASSWORD" })
    );
    assert_eq!(facts.as_array().unwrap().len(), 3);
    for value in ["l0velace", "ab12cd", "ada"] {
        assert!(!facts.to_string().contains(value));
    }
    let mut replay = Vault::default();
    replay.load(&facts);
    assert_eq!(replay.stand_in("SHOP PASSWORD"), Some("crawl-secret-SHOP-PASSWORD"));
    assert_eq!(replay.stand_in("sid"), None);
}

fn nothing_survives() {
    let secret = "[a-zA-Z0-9 <>&\"'/\\\\+%=äß€😀~!;,.\n-]{6,20}";
    let config = ProptestConfig { cases: 200, ..ProptestConfig::default() };
    proptest!(config, |(secrets in vec(secret, 1..4), parts in vec((any::<u8>(), any::<u16>(), "[a-z<& \"-]{0,3}"), 0..8))| {
        let mut vault = Vault::default();
        for (number, secret) in secrets.iter().enumerate() {
            vault.add_secret(&format!("S{number}"), secret);
        }
        let mut text = String::new();
        for (which, how, between) in parts {
            let spelled = spellings(&secrets[usize::from(which) % secrets.len()]);
            text.push_str(&spelled[usize::from(how) % spelled.len()].text);
            text.push_str(&between);
        }
        let hidden = vault.hide(&text).into_owned();
        for secret in &secrets {
            for spelling in spellings(secret) {
                prop_assert!(!hidden.contains(&spelling.text), "{} in {}", spelling.text, hidden);
            }
        }
        prop_assert_eq!(vault.reveal(&hidden), text);
        prop_assert_eq!(vault.hide(&hidden), hidden.as_str());
    });
}
