//! Identities: isolated, and as they were asked to be.

use crawl::browser::{BrowserError, Cookie, Identity};
use serde_json::json;

use super::stage::{Stage, cases, soon};

cases![
    isolates_cookies_and_storage,
    is_what_it_was_asked_to_be,
    holds_in_frames_of_other_sites,
    trusts_a_certificate_only_when_told_to,
    sets_reads_and_clears_cookies,
    changes_its_headers,
    keeps_local_storage,
    keeps_databases,
    runs_init_js_before_the_page,
];

fn cookie(name: &str, value: &str, url: String) -> Cookie {
    serde_json::from_value(json!({"name": name, "value": value, "url": url})).unwrap()
}

async fn isolates_cookies_and_storage(stage: Stage) {
    let (a, b) = (stage.at("/cookie").await, stage.at("/page?n=1").await);
    a.run("localStorage.setItem('k', 'v')").await.unwrap();
    assert_eq!(a.value("document.cookie").await, "seen=yes");
    assert_eq!(b.value("document.cookie + localStorage.length").await, "0");
    assert!(b.tab.cookies(soon()).await.unwrap().is_empty());
}

async fn is_what_it_was_asked_to_be(stage: Stage) {
    let identity = Identity {
        viewport: Some((400, 300)),
        user_agent: Some("Mine/1".to_owned()),
        locale: Some("de-AT".to_owned()),
        timezone: Some("Asia/Tokyo".to_owned()),
        headers: vec![("X-Mine".to_owned(), "yes".to_owned())],
        cookies: vec![cookie("given", "1", stage.site.url("/"))],
        ..Identity::default()
    };
    let actor = stage.tab_as(&identity).await;
    actor.go(&stage.site.url("/echo")).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&actor.tab.document_body(soon()).await.unwrap()).unwrap();
    let headers = &seen["headers"];
    assert_eq!(
        (&headers["user-agent"], &headers["x-mine"], &headers["cookie"]),
        (&json!("Mine/1"), &json!("yes"), &json!("given=1"))
    );
    assert!(headers["accept-language"].as_str().unwrap().starts_with("de-AT"), "{headers}");
    let js = "[innerWidth, innerHeight, navigator.userAgent, navigator.language, \
              Intl.DateTimeFormat().resolvedOptions().timeZone, (1.5).toLocaleString()]";
    assert_eq!(actor.value(js).await, json!([400, 300, "Mine/1", "de-AT", "Asia/Tokyo", "1,5"]));
}

async fn holds_in_frames_of_other_sites(stage: Stage) {
    let identity = Identity {
        user_agent: Some("Mine/1".to_owned()),
        locale: Some("de-AT".to_owned()),
        timezone: Some("Asia/Tokyo".to_owned()),
        headers: vec![("X-Mine".to_owned(), "yes".to_owned())],
        init_js: vec!["window.given = 1".to_owned()],
        ..Identity::default()
    };
    let actor = stage.tab_as(&identity).await;
    actor.go(&stage.site.url("/asks-a-frame")).await.unwrap();
    assert_eq!(actor.value("window.told").await, json!(["Mine/1", "de-AT", "Asia/Tokyo", 1, "Mine/1", "yes"]));
    actor.tab.set_headers(&[("X-Mine".to_owned(), "later".to_owned())], soon()).await.unwrap();
    let again = "new Promise(done => { window.told = done; frames[0].postMessage('again', '*'); })";
    assert_eq!(actor.value(again).await[5], "later");
}

async fn trusts_a_certificate_only_when_told_to(stage: Stage) {
    let address = stage.site.untrusted();
    let wary = stage.tab_as(&Identity::default()).await;
    let error = wary.go(&address).await.unwrap_err();
    assert!(matches!(&error, BrowserError::Navigation { reason, .. } if reason.contains("ERR_CERT")), "{error:?}");
    let trusting = stage.tab_as(&Identity { ignore_tls_errors: true, ..Identity::default() }).await;
    assert_eq!(trusting.go(&address).await.unwrap().status, Some(200));
    assert_eq!(trusting.value("document.title").await, "Untrusted");
    match trusting.tab.certificate() {
        Ok(shown) => {
            let shown = shown.expect("the page came over TLS");
            assert_eq!(shown.names, ["localhost"]);
            assert!(shown.protocol.starts_with("TLS 1.") && shown.valid_to > shown.valid_from, "{shown:?}");
        }
        Err(error) => assert!(matches!(error, BrowserError::Unsupported { .. }), "{error:?}"),
    }
    wary.go(&address).await.unwrap_err();
}

async fn sets_reads_and_clears_cookies(stage: Stage) {
    let actor = stage.at("/cookie").await;
    actor.tab.set_cookies(&[cookie("mine", "2", stage.site.url("/"))], soon()).await.unwrap();
    let mut jar: Vec<_> =
        actor.tab.cookies(soon()).await.unwrap().into_iter().map(|c| (c.name, c.value, c.expires)).collect();
    jar.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(jar, [("mine".to_owned(), "2".to_owned(), None), ("seen".to_owned(), "yes".to_owned(), None)]);
    actor.tab.clear_cookies(soon()).await.unwrap();
    assert!(actor.tab.cookies(soon()).await.unwrap().is_empty());
}

async fn changes_its_headers(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.tab.set_headers(&[("X-Later".to_owned(), "now".to_owned())], soon()).await.unwrap();
    let js = "fetch('/echo').then(r => r.json()).then(r => r.headers['x-later'])";
    assert_eq!(actor.value(js).await, "now");
}

async fn keeps_local_storage(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let items = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "é\n".to_owned())];
    actor.tab.set_local_storage(&items, soon()).await.unwrap();
    let mut stored = actor.tab.local_storage(soon()).await.unwrap();
    stored.sort();
    assert_eq!(stored, items);
    assert_eq!(actor.value("localStorage.a").await, "1");
}

async fn keeps_databases(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let none = actor.tab.indexed_db(soon()).await.unwrap();
    assert_eq!(none.databases, Vec::<serde_json::Value>::new());
    let records = json!([
        { "key": 1, "value": { "name": "é", "tags": ["p"] } },
        { "keyEncoded": { "d": "1970-01-01T00:00:01.000Z" }, "valueEncoded": { "a": [{ "v": "NaN" }, { "bi": "7" }], "id": 1 } },
    ]);
    let store = json!({
        "name": "s", "autoIncrement": false, "records": records,
        "indexes": [{ "name": "tags", "keyPath": "tags", "multiEntry": true, "unique": false }],
    });
    let databases = [json!({ "name": "db", "version": 3, "stores": [store] })];
    actor.tab.set_indexed_db(&databases, soon()).await.unwrap();
    // The second time takes the place of the first.
    actor.tab.set_indexed_db(&databases, soon()).await.unwrap();
    assert_eq!(actor.tab.indexed_db(soon()).await.unwrap().databases, databases);
    let read = "new Promise((done) => { indexedDB.open('db').onsuccess = ({ target: { result } }) => { result.transaction('s').objectStore('s').get(1).onsuccess = ({ target }) => { result.close(); done(target.result.name); }; }; })";
    assert_eq!(actor.value(read).await, "é");
    // What text cannot say is told, and the rest is kept.
    let blob = "new Promise((done) => { indexedDB.open('db').onsuccess = ({ target: { result } }) => { const all = result.transaction('s', 'readwrite'); all.objectStore('s').put(new Blob(['x']), 2); all.oncomplete = () => { result.close(); done(1); }; }; })";
    actor.run(blob).await.unwrap();
    let found = actor.tab.indexed_db(soon()).await.unwrap();
    assert_eq!((found.databases, found.left_out), (databases.to_vec(), vec!["db/s: Blob".to_owned()]));
}

async fn runs_init_js_before_the_page(stage: Stage) {
    let identity =
        Identity { init_js: vec!["window.early = document.scripts.length".to_owned()], ..Identity::default() };
    let actor = stage.tab_as(&identity).await;
    actor.go(&stage.site.url("/list")).await.unwrap();
    assert_eq!(actor.value("early").await, 0);
}
