//! Sessions: identities, turns, options, closing, and tabs that are lost.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crawl::browser::{Cookie, Deadline, Identity, Navigation, Tab};
use crawl::crawl::{Act, ActRequest, ActValue, Branch, CrawlRequest, Crawler, HookPoint, Mode, SessionOptions};
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, text, texts, to, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("sessions::identities_are_isolated", isolated),
        trial("sessions::a_session_keeps_its_cookies_between_steps", keeps),
        trial("sessions::one_step_at_a_time_first_come_first_served", queue),
        trial("sessions::two_first_uses_at_once_are_one_session", first_uses),
        trial("sessions::an_unknown_id_lists_the_open_ones", unknown),
        trial("sessions::closing_ends_the_step_under_way", closing),
        trial("sessions::other_options_later_are_an_error", options),
        trial("sessions::options_reach_the_page", options_reach),
        trial("sessions::the_listing_shows_where_each_stands", listing),
        trial("sessions::a_lost_tab_comes_back_with_its_identity", lost),
        trial("sessions::a_step_that_is_dropped_frees_its_turn", dropped),
        trial("sessions::cookies_can_be_set_before_the_first_page", cookies),
    ]
}

async fn close(crawler: Crawler) {
    crawler.close_all(&Script::new()).await;
}

fn isolated() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "a", to("/cookies")).await.unwrap();
        let again = step(&crawler, "a", to("/cookies")).await.unwrap();
        assert_eq!(texts(&again, "tr[data-name=visits] td"), ["1"]);
        let other = step(&crawler, "b", to("/cookies")).await.unwrap();
        assert!(texts(&other, "tr").is_empty(), "{}", other.html());
        close(crawler).await;
    });
}

fn keeps() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/login")).await.unwrap();
        let sign_in = js("document.querySelector('[name=user], [name=username]').value = 'ada';
             document.querySelector('[name=password]').value = 'lovelace';
             document.querySelector('form').submit()");
        let page = step(&crawler, "s", CrawlRequest { js: vec![sign_in], ..stay() }).await.unwrap();
        assert!(page.url().ends_with("/account"), "{}", page.url());
        let page = step(&crawler, "s", to("/secured/3")).await.unwrap();
        assert_eq!(page.title(), "Report 3");
        close(crawler).await;
    });
}

fn queue() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let slow = |name: &str| CrawlRequest {
            js: vec![js(&format!(
                "new Promise(done => setTimeout(() => {{ document.title += '{name}'; done(document.title) }}, 100))"
            ))],
            ..stay()
        };
        step(&crawler, "s", CrawlRequest { js: vec![js("document.title = ''")], ..stay() }).await.unwrap();
        let (a, b, c) = tokio::join!(
            step(&crawler, "s", slow("a")),
            step(&crawler, "s", slow("b")),
            step(&crawler, "s", slow("c")),
        );
        let values = [a, b, c].map(|page| page.unwrap().js.clone());
        assert_eq!(values, [json!("a"), json!("ab"), json!("abc")]);
        close(crawler).await;
    });
}

fn first_uses() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let (a, b) = tokio::join!(step(&crawler, "s", to("/article")), step(&crawler, "s", to("/table")));
        assert!(a.unwrap().url().ends_with("/article"));
        assert!(b.unwrap().url().ends_with("/table"));
        assert_eq!(crawler.sessions().len(), 1);
        close(crawler).await;
    });
}

fn unknown() {
    world().run(async {
        let (crawler, script, root) = (world().crawler(Mode::Plain), Script::new(), Branch::root());
        let error = crawler.close(&root, "shop", &script).await.unwrap_err();
        assert_eq!(error.code, "crawl::session::unknown");
        assert_eq!(error.notes, ["no session is open"]);
        crawler.declare_session("shop", SessionOptions::default()).unwrap();
        crawler.declare_session("bank", SessionOptions::default()).unwrap();
        let error = crawler.close(&root, "shpo", &script).await.unwrap_err();
        assert_eq!(error.notes, ["open sessions: `shop`, `bank`"]);
        assert_eq!(error.help.as_deref(), Some("did you mean `shop`?"));
        crawler.close(&root, "shop", &script).await.unwrap();
        assert_eq!(crawler.close(&root, "shop", &script).await.unwrap_err().code, "crawl::session::unknown");
    });
}

fn closing() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let endless = CrawlRequest { js: vec![js("new Promise(() => {})")], ..stay() };
        let started = Instant::now();
        let close = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            crawler.close(&Branch::root(), "s", &Script::new()).await
        };
        let (waiting, queued, closed) = tokio::join!(step(&crawler, "s", endless), step(&crawler, "s", stay()), close);
        assert_eq!(waiting.unwrap_err().code, "crawl::session::closed");
        assert_eq!(queued.unwrap_err().code, "crawl::session::closed");
        closed.unwrap();
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(crawler.sessions().is_empty());
    });
}

fn locale(tag: &str) -> SessionOptions {
    let identity = Identity { locale: Some(tag.to_owned()), ..Identity::default() };
    SessionOptions { identity, given: vec!["locale".to_owned()], ..SessionOptions::default() }
}

fn options() {
    let crawler = world().crawler(Mode::Plain);
    crawler.declare_session("s", locale("de-AT")).unwrap();
    crawler.declare_session("s", locale("de-AT")).unwrap();
    crawler.declare_session("s", SessionOptions::default()).unwrap();
    let error = crawler.declare_session("s", locale("fr-FR")).unwrap_err();
    assert_eq!(error.code, "crawl::session::options_changed");
    assert_eq!(error.message, "`locale` of session `s` is `\"de-AT\"` and cannot become `\"fr-FR\"`");
    crawler.declare_session("plain", SessionOptions::default()).unwrap();
    let error = crawler.declare_session("plain", locale("fr-FR")).unwrap_err();
    assert_eq!(error.message, "`locale` of session `plain` is not given and cannot become `\"fr-FR\"`");
}

fn options_reach() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        crawler.declare_session("s", locale("de-AT")).unwrap();
        let page = step(&crawler, "s", CrawlRequest { js: vec![js("navigator.language")], ..to("/article") }).await;
        assert_eq!(page.unwrap().js, json!("de-AT"));
        close(crawler).await;
    });
}

fn listing() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        crawler.declare_session("empty", SessionOptions::default()).unwrap();
        step(&crawler, "s", to("/table")).await.unwrap();
        step(&crawler, "s", stay()).await.unwrap();
        let list = crawler.sessions();
        let short: Vec<_> = list.iter().map(|s| (s.id.as_str(), s.url.clone(), s.title.as_str(), s.steps)).collect();
        assert_eq!(short, [("empty", String::new(), "", 0), ("s", world().url("/table"), "Tables", 2)]);
        close(crawler).await;
    });
}

fn lost() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let tab: Arc<Mutex<Option<Arc<dyn Tab>>>> = Arc::default();
        let kept = Arc::clone(&tab);
        let script = Script::new().on(HookPoint::AfterGoto, move |page| {
            *kept.lock().unwrap() = page.tab;
            async { Ok(None) }
        });
        crawler.crawl(&Branch::root(), Some("s"), to("/cookies"), &script).await.unwrap();
        let tab = tab.lock().unwrap().take().unwrap();
        let crash = Navigation { url: "chrome://crash".to_owned(), ..Navigation::default() };
        assert!(tab.navigate(&crash, Deadline::after(Duration::from_secs(5))).await.is_err());
        let error = step(&crawler, "s", CrawlRequest { js: vec![js("1")], ..stay() }).await.unwrap_err();
        assert_eq!(error.code, "crawl::session::lost", "{error:?}");
        let page = step(&crawler, "s", to("/cookies")).await.unwrap();
        assert_eq!(text(&page, "tr[data-name=visits] td"), "1", "{}", page.html());
        close(crawler).await;
    });
}

fn dropped() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let endless = CrawlRequest { js: vec![js("new Promise(() => {})")], ..stay() };
        let cut = tokio::time::timeout(Duration::from_millis(200), step(&crawler, "s", endless)).await;
        assert!(cut.is_err());
        let page = step(&crawler, "s", CrawlRequest { js: vec![js("3")], ..stay() }).await.unwrap();
        assert_eq!(page.js, json!(3));
        close(crawler).await;
    });
}

fn cookies() {
    world().run(async {
        let (crawler, script, root) = (world().crawler(Mode::Plain), Script::new(), Branch::root());
        let act = |act| ActRequest {
            act,
            frames: Vec::new(),
            then: Vec::new(),
            timeout: Duration::from_secs(20),
            text: None,
        };
        let cookie: Cookie =
            serde_json::from_value(json!({ "name": "visits", "value": "41", "url": world().url("/") })).unwrap();
        crawler.act(&root, "s", act(Act::SetCookies(vec![cookie])), &script).await.unwrap();
        let page = step(&crawler, "s", to("/cookies")).await.unwrap();
        assert_eq!(text(&page, "tr[data-name=visits] td"), "41");
        let ActValue::Cookies(all) = crawler.act(&root, "s", act(Act::Cookies), &script).await.unwrap() else {
            panic!("cookies are listed")
        };
        assert_eq!(all.iter().map(|c| (c.name.as_str(), c.value.as_str())).collect::<Vec<_>>(), [("visits", "42")]);
        crawler.act(&root, "s", act(Act::ClearCookies), &script).await.unwrap();
        let page = step(&crawler, "s", to("/cookies")).await.unwrap();
        assert!(texts(&page, "tr").is_empty());
        close(crawler).await;
    });
}
