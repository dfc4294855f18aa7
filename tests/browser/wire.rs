//! What a session's requests go over: heard on the network once, then answered from that with the network away.

use std::sync::{Arc, Mutex};

use crawl::browser::{
    Answers, Asked, BrowserError, Came, DownloadState, DownloadWait, Ear, Exchanged, Identity, Navigation, Wire,
};
use serde_json::{Value, json};

use super::shop::Shop;
use super::stage::{Actor, Stage, cases, soon};

cases![
    answers_as_the_network_did,
    hears_each_request_once_with_all_that_belongs_to_it,
    hears_bodies_of_pages_that_were_left,
    nothing_unknown_reaches_the_network,
    fails_as_the_network_did,
    sends_what_a_navigation_rewrites,
];

/// Keeps what it hears, and answers each request once with what was heard of it.
#[derive(Default)]
struct Tape {
    heard: Mutex<Vec<Exchanged>>,
    missed: Mutex<Vec<String>>,
    /// What was asked for in vain.
    unknown: Mutex<Vec<String>>,
}

impl Ear for Tape {
    fn heard(&self, exchanged: Exchanged) {
        self.heard.lock().unwrap().push(exchanged);
    }

    fn missed(&self, what: &str) {
        self.missed.lock().unwrap().push(what.to_owned());
    }
}

impl Answers for Tape {
    fn answer(&self, asked: &Asked) -> Option<Came> {
        let mut heard = self.heard.lock().unwrap();
        let same = |one: &Exchanged| {
            one.asked.method == asked.method
                && one.asked.url == asked.url
                && one.asked.body.clone().unwrap_or_default() == asked.body.clone().unwrap_or_default()
        };
        match heard.iter().position(same) {
            Some(place) => Some(heard.remove(place).came),
            None => {
                self.unknown.lock().unwrap().push(format!("{} {}", asked.method, asked.url));
                None
            }
        }
    }
}

impl Tape {
    /// The exchanges with that path, in order.
    fn of(&self, path: &str) -> Vec<Exchanged> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|one| one.asked.url.ends_with(path)).cloned().collect()
    }

    fn one(&self, path: &str) -> Exchanged {
        let all = self.of(path);
        assert_eq!(all.len(), 1, "{path}: {all:?}");
        all.into_iter().next().unwrap()
    }
}

fn body_of(one: &Exchanged) -> String {
    match &one.came {
        Came::Response { body: Some(body), .. } => String::from_utf8_lossy(body).into_owned(),
        other => panic!("{}: {other:?}", one.asked.url),
    }
}

fn answer_header<'a>(one: &'a Exchanged, name: &'a str) -> Vec<&'a str> {
    let Came::Response { headers, .. } = &one.came else { panic!("{:?}", one.came) };
    headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

fn asked_header<'a>(one: &'a Exchanged, name: &str) -> Option<&'a str> {
    one.asked.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// How many of the two kinds of workers a lane can record: a page's own, and shared ones.
fn workers(stage: &Stage) -> usize {
    if stage.firefox() { 1 } else { 2 }
}

/// Goes through the whole site, and tells all that it saw there.
async fn visit(actor: &Actor, shop: &str) -> Value {
    let url = |path: &str| format!("{shop}{path}");
    actor.tab.keep_downloads(None, soon()).await.unwrap();
    actor.tab.keep_requests(true);
    let landing = actor.go(&url("/")).await.unwrap();
    let seen = actor.value("return window.done").await;
    let requests = actor.tab.requests().unwrap();
    let home = requests.iter().find(|one| one.url.ends_with("/json")).unwrap();
    let color = actor.value("return getComputedStyle(document.querySelector('h1')).color").await;
    let popup = "return new Promise((done) => { new BroadcastChannel('told').onmessage = (e) => done(e.data); window.open('/popup') })";
    let popup = actor.value(popup).await;
    actor.run("document.querySelector('#file').click()").await.unwrap();
    let downloads = actor.tab.downloads(DownloadWait::One, soon()).await.unwrap();
    let DownloadState::Done(path) = &downloads[0].state else { panic!("{downloads:?}") };
    let file = std::fs::read(path).unwrap();
    let post = Navigation {
        url: url("/form"),
        method: Some("POST".to_owned()),
        body: Some("c=3".to_owned()),
        headers: vec![("X-Mine".to_owned(), "mine".to_owned())],
        ..Navigation::default()
    };
    let form = actor.tab.navigate(&post, soon()).await.unwrap();
    let text = actor.value("return document.querySelector('p').textContent").await;
    let lost = actor.go(&url("/nowhere")).await.unwrap();
    let mut cookies: Vec<_> = actor.tab.cookies(soon()).await.unwrap().into_iter().map(|one| one.name).collect();
    cookies.sort_unstable();
    let sent: Vec<&str> =
        landing.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
    json!({
        "landing": [landing.status, landing.url, landing.redirects, sent],
        "seen": seen, "request": [home.status, home.mime], "color": color, "popup": popup, "file": file,
        "form": [form.status, text], "lost": lost.status, "cookies": cookies,
    })
}

async fn answers_as_the_network_did(stage: Stage) {
    let shop = Shop::open(workers(&stage)).await;
    let home = shop.url("");
    let tape = Arc::new(Tape::default());
    let actor = stage.tab_over(&Wire::Heard(Arc::clone(&tape) as _), &Identity::default()).await;
    let mut live = visit(&actor, &home).await;
    assert_eq!(live["seen"]["cookie"], "zero=0; one=1; two=2");
    assert_eq!(live["seen"]["put"], "put b");
    assert_eq!(live["seen"]["worker"], "worked7");
    assert_eq!(live["seen"]["frame"], "inside");
    actor.tab.close().await.unwrap();
    assert_eq!(tape.missed.lock().unwrap().len(), usize::from(workers(&stage) < 2), "{:?}", tape.missed);
    let door = shop.close().await;
    let actor = stage.tab_over(&Wire::Answered(Arc::clone(&tape) as _), &Identity::default()).await;
    let mut answered = visit(&actor, &home).await;
    if stage.firefox() {
        // It keeps no cookies of a redirect that is answered in the network's place.
        for seen in [&mut live, &mut answered] {
            seen["cookies"].take();
            seen["seen"]["cookie"].take();
        }
    }
    assert_eq!(answered, live);
    assert!(tape.unknown.lock().unwrap().is_empty(), "{:?}", tape.unknown);
    assert_eq!(door.knocks(), 0);
}

async fn hears_each_request_once_with_all_that_belongs_to_it(stage: Stage) {
    let shop = Shop::open(workers(&stage)).await;
    let tape = Arc::new(Tape::default());
    let actor = stage.tab_over(&Wire::Heard(Arc::clone(&tape) as _), &Identity::default()).await;
    visit(&actor, &shop.url("")).await;
    actor.tab.last_words(soon()).await;
    let first = tape.of("/").into_iter().next().unwrap();
    assert_eq!(
        (answer_header(&first, "location"), answer_header(&first, "set-cookie")),
        (vec!["/home"], vec!["zero=0"])
    );
    let home = tape.one("/home");
    assert_eq!((home.asked.kind.as_str(), asked_header(&home, "cookie")), ("document", Some("zero=0")));
    assert_eq!(answer_header(&home, "set-cookie"), ["one=1", "two=2; Path=/"]);
    assert!(body_of(&home).contains("<h1>Shop</h1>"));
    assert!(home.began > 1.6e12 && home.took[1] >= home.took[0], "{home:?}");
    for (path, body) in [
        ("/style.css", "h1 { color: rgb(1, 2, 3) }"),
        ("/json", r#"{"cookies":"one=1; two=2; zero=0"}"#),
        ("/post", "got a=1"),
        ("/moved", ""),
        ("/moved-to", "moved=yes; one=1; two=2; zero=0"),
        ("/empty", ""),
        ("/inner", "inside"),
        ("/worker.js", "importScripts"),
        ("/import.js", "self.imported"),
        ("/work", "worked"),
        ("/shared.js", "onconnect"),
        ("/share", "shared"),
        ("/popup", "<title>Popup"),
        ("/form", "c=3"),
    ] {
        let shared = path.starts_with("/share");
        if shared && workers(&stage) < 2 {
            continue;
        }
        let one = tape.one(path);
        assert!(body_of(&one).contains(body), "{one:?}");
        assert!(matches!(one.came, Came::Response { whole: true, .. }), "{one:?}");
    }
    assert_eq!(tape.one("/post").asked.body.as_deref(), Some(&b"a=1"[..]));
    assert_eq!(tape.one("/form").asked.body.as_deref(), Some(&b"c=3"[..]));
    let Came::Response { body, .. } = tape.one("/file").came else { panic!("no file") };
    assert_eq!(body.as_deref(), Some(&b"PK\x00\xff\xfe"[..]));
}

async fn hears_bodies_of_pages_that_were_left(stage: Stage) {
    let shop = Shop::open(workers(&stage)).await;
    let tape = Arc::new(Tape::default());
    let actor = stage.tab_over(&Wire::Heard(Arc::clone(&tape) as _), &Identity::default()).await;
    for _ in 0..5 {
        actor.go(&shop.url("/leaves")).await.unwrap();
        let end = crawl::browser::UrlPattern::new("**/end").unwrap();
        actor.tab.wait_url(&end, soon()).await.unwrap();
    }
    actor.tab.close().await.unwrap();
    let last = tape.of("/last");
    assert_eq!(last.iter().map(body_of).collect::<Vec<_>>(), ["the last word"; 5]);
}

async fn nothing_unknown_reaches_the_network(stage: Stage) {
    let shop = Shop::open(workers(&stage)).await;
    let home = shop.url("");
    let door = shop.close().await;
    let tape = Arc::new(Tape::default());
    let page = "<title>Known</title>";
    tape.heard(known(&format!("{home}/known"), page));
    let actor = stage.tab_over(&Wire::Answered(Arc::clone(&tape) as _), &Identity::default()).await;
    let error = actor.go(&format!("{home}/unknown")).await.unwrap_err();
    assert!(matches!(error, BrowserError::Navigation { .. }), "{error:?}");
    actor.go(&format!("{home}/known")).await.unwrap();
    assert_eq!(actor.title().await, "Known");
    let tries = format!(
        "const host = '{}'; const ws = new Promise((done) => {{ const ws = new WebSocket('ws://' + host);
            ws.onerror = () => done('closed'); ws.onopen = () => done('open'); }});
        navigator.sendBeacon('/beacon', 'b'); document.head.append(Object.assign(document.createElement('link'),
            {{ rel: 'prefetch', href: '/prefetch' }}), Object.assign(document.createElement('link'),
            {{ rel: 'preconnect', href: 'http://' + host }}));
        addEventListener('pagehide', () => navigator.sendBeacon('/bye', 'b'));
        return Promise.all([ws, fetch('/fetch').then(() => 'came', () => 'failed')])",
        home.trim_start_matches("http://")
    );
    assert_eq!(actor.value(&tries).await, json!(["closed", "failed"]));
    assert!(actor.go(&format!("{home}/bye")).await.is_err());
    let unknown = tape.unknown.lock().unwrap().clone();
    assert!(unknown.contains(&format!("GET {home}/fetch")), "{unknown:?}");
    assert_eq!(door.knocks(), 0);
}

fn known(url: &str, html: &str) -> Exchanged {
    Exchanged {
        asked: Asked { method: "GET".to_owned(), url: url.to_owned(), ..Asked::default() },
        came: Came::Response {
            status: 200,
            status_text: String::new(),
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: Some(html.as_bytes().to_vec()),
            whole: true,
        },
        began: 0.0,
        took: [0.0, 0.0],
        from_cache: false,
    }
}

async fn fails_as_the_network_did(stage: Stage) {
    let tape = Arc::new(Tape::default());
    let actor = stage.tab_over(&Wire::Heard(Arc::clone(&tape) as _), &Identity::default()).await;
    let reason = |error: BrowserError| match error {
        BrowserError::Navigation { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    let broken = stage.site.broken("/reset");
    let live = reason(actor.go(&broken).await.unwrap_err());
    actor.tab.close().await.unwrap();
    let heard = tape.heard.lock().unwrap().clone();
    assert!(!heard.is_empty());
    assert!(heard.iter().all(|one| one.came == Came::Failed(live.clone())), "{live}: {heard:?}");
    let actor = stage.tab_over(&Wire::Answered(Arc::clone(&tape) as _), &Identity::default()).await;
    let answered = reason(actor.go(&broken).await.unwrap_err());
    assert_eq!(answered, if stage.firefox() { "net::ERR_BLOCKED_BY_CLIENT" } else { live.as_str() });
}

async fn sends_what_a_navigation_rewrites(stage: Stage) {
    let tape = Arc::new(Tape::default());
    let actor = stage.tab_over(&Wire::Answered(Arc::clone(&tape) as _), &Identity::default()).await;
    let to = Navigation {
        url: "http://shop.example/form".to_owned(),
        method: Some("PUT".to_owned()),
        body: Some("a=1".to_owned()),
        ..Navigation::default()
    };
    assert!(actor.tab.navigate(&to, soon()).await.is_err());
    assert_eq!(*tape.unknown.lock().unwrap(), ["PUT http://shop.example/form"]);
    let mut known = known("http://shop.example/form", "<title>Put</title>");
    known.asked.method = "PUT".to_owned();
    known.asked.body = Some(b"a=1".to_vec());
    tape.heard(known);
    assert_eq!(actor.tab.navigate(&to, soon()).await.unwrap().status, Some(200));
    assert_eq!(actor.title().await, "Put");
}
