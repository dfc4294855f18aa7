//! Nothing fails silently, and nothing hangs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl::browser::DomCondition;
use crawl::crawl::{Branch, Condition, CrawlError, CrawlRequest, Mode, Page, Reading};
use crawl::diag::describe;
use crawl::page::Selector;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, text, to, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("failing::js_that_throws_is_placed_and_ends_the_step", throws),
        trial("failing::js_that_never_returns_ends_at_the_deadline", never),
        trial("failing::a_wait_that_runs_out_shows_the_page", wait),
        trial("failing::a_condition_that_always_throws_tells_why", wait_throws),
        trial("failing::all_names_the_part_that_did_not_hold", part),
        trial("failing::a_step_needs_a_page", no_page),
        trial("failing::addresses_without_a_scheme_are_explained", addresses),
        trial("failing::a_cut_without_matches_is_explained", cut),
        trial("failing::connections_that_fail_name_the_reason", connections),
        trial("failing::an_endless_response_keeps_what_came", endless),
        trial("failing::a_download_is_no_page", download),
        trial("failing::tries_share_one_deadline", retries),
    ]
}

/// The error of one step, its code known and explained.
async fn fails(request: CrawlRequest) -> (CrawlError, crawl::crawl::Crawler) {
    let crawler = world().crawler(Mode::Plain);
    let error = step(&crawler, "s", request).await.unwrap_err();
    assert!(describe(error.code).is_some(), "{} is not in the list", error.code);
    assert!(error.help.is_some(), "{error:?}");
    assert_eq!(error.session.as_deref(), Some("s"));
    (error, crawler)
}

async fn close(crawler: crawl::crawl::Crawler) {
    crawler.close_all(&Script::new()).await;
}

fn throws() {
    world().run(async {
        let scripts = ["window.a = 1", "\ndocument.querySelector('#no').click()", "window.b = 1"];
        let request = CrawlRequest { js: scripts.map(js).to_vec(), ..to("/article") };
        let (error, crawler) = fails(request).await;
        assert_eq!(error.code, "crawl::js::exception");
        assert!(error.message.contains("TypeError"), "{}", error.message);
        let place = error.place.as_ref().unwrap();
        assert_eq!((&*place.option, place.index, place.place.unwrap().0), ("js", 1, 2));
        let seen = CrawlRequest { js: vec![js("[window.a, window.b === undefined]")], ..stay() };
        assert_eq!(step(&crawler, "s", seen).await.unwrap().js, json!([1, true]));
        close(crawler).await;
    });
}

fn never() {
    world().run(async {
        for source in ["while (true) {}", "new Promise(() => {})"] {
            let crawler = world().crawler(Mode::Plain);
            step(&crawler, "s", to("/article")).await.unwrap();
            let request = CrawlRequest { js: vec![js(source)], timeout: Duration::from_millis(500), ..stay() };
            let started = Instant::now();
            let error = step(&crawler, "s", request).await.unwrap_err();
            assert_eq!(error.code, "crawl::js::timeout", "{error:?}");
            assert!(started.elapsed() < Duration::from_secs(10));
            let after = step(&crawler, "s", CrawlRequest { js: vec![js("1 + 1")], ..stay() }).await.unwrap();
            assert_eq!(after.js, json!(2));
            close(crawler).await;
        }
    });
}

fn attached(css: &str) -> Condition {
    Condition::Dom(DomCondition::Attached { css: css.to_owned() })
}

fn wait() {
    world().run(async {
        let wait_for = vec![attached("li.comit")];
        let (error, crawler) =
            fails(CrawlRequest { wait_for, timeout: Duration::from_millis(1500), ..to("/commits") }).await;
        assert_eq!(error.code, "crawl::wait::timeout");
        assert_eq!(error.message, "`\"li.comit\"` did not come true within 1.5s");
        assert!(error.notes.iter().any(|note| note.contains(".commit")), "{:?}", error.notes);
        let page: &Arc<Page> = error.page.as_ref().unwrap();
        assert_eq!(text(page, ".page-number"), "Page 1 of 5");
        assert_eq!(error.url.as_deref(), Some(page.url()));
        close(crawler).await;
    });
}

fn wait_throws() {
    world().run(async {
        let wait_for = vec![Condition::Js(js("missing.name"))];
        let (error, crawler) =
            fails(CrawlRequest { wait_for, timeout: Duration::from_millis(1000), ..to("/article") }).await;
        assert_eq!(error.code, "crawl::wait::js_error");
        assert!(error.message.contains("missing is not defined"), "{}", error.message);
        close(crawler).await;
    });
}

fn part() {
    world().run(async {
        let wait_for = vec![Condition::Js(js("true")), Condition::Js(js("window.never"))];
        let (error, crawler) =
            fails(CrawlRequest { wait_for, timeout: Duration::from_millis(1000), ..to("/article") }).await;
        assert_eq!(error.message, "`all([js(\"true\"), js(\"window.never\")])` did not come true within 1s");
        assert!(error.notes[0].contains("js(\"window.never\")"), "{:?}", error.notes);
        close(crawler).await;
    });
}

fn no_page() {
    world().run(async {
        let (error, crawler) = fails(CrawlRequest { js: vec![js("1")], ..stay() }).await;
        assert_eq!(error.code, "crawl::session::no_page");
        let outside = crawler.crawl(&Branch::root(), None, stay(), &Script::new()).await.unwrap_err();
        assert_eq!(outside.code, "crawl::session::no_page");
        close(crawler).await;
    });
}

fn addresses() {
    world().run(async {
        let cases = [
            ("example.com/x", "crawl::url::invalid", "https://example.com/x"),
            ("localhost:3000/x", "crawl::url::invalid", "http://localhost:3000/x"),
            ("mailto:a@b.c", "crawl::url::invalid", "raw:"),
            ("page/2", "crawl::session::no_page", "https://"),
            ("http://", "crawl::url::invalid", "https://"),
        ];
        for (url, code, help) in cases {
            let (error, _) = fails(to(url)).await;
            assert_eq!(error.code, code, "{url}");
            assert!(error.help.as_ref().unwrap().contains(help), "{url}: {:?}", error.help);
        }
    });
}

fn cut() {
    world().run(async {
        let css = Some(Selector::parse("li.comit h4").unwrap());
        let reading = Reading { css: css.clone(), ..Reading::default() };
        let (error, crawler) = fails(CrawlRequest { reading, ..to("/commits") }).await;
        assert_eq!(error.code, "crawl::select::no_match");
        assert!(error.help.as_ref().unwrap().contains("li.commit h4"), "{:?}", error.help);
        assert!(error.page.is_some());
        let reading = Reading { css, optional: true, ..Reading::default() };
        let page = step(&crawler, "s", CrawlRequest { reading, ..stay() }).await.unwrap();
        assert_eq!(page.selected.as_deref(), Some(&[][..]));
        close(crawler).await;
    });
}

fn connections() {
    world().run(async {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let cases = [
            (format!("http://{free}/"), "crawl::navigation::failed", "net::ERR_CONNECTION_REFUSED"),
            (world().url("/broken/reset"), "crawl::navigation::failed", "net::ERR_"),
            (world().url("/broken/redirect-loop"), "crawl::navigation::failed", "net::ERR_TOO_MANY_REDIRECTS"),
        ];
        for (url, code, reason) in cases {
            let (error, crawler) = fails(to(&url)).await;
            assert_eq!(error.code, code, "{url}: {error:?}");
            assert!(error.message.contains(reason), "{url}: {}", error.message);
            let page = step(&crawler, "s", to("/article")).await.unwrap();
            assert!(page.ok());
            close(crawler).await;
        }
    });
}

fn endless() {
    world().run(async {
        let request = CrawlRequest { timeout: Duration::from_secs(2), ..to("/broken/endless") };
        let (error, crawler) = fails(request).await;
        assert_eq!(error.code, "crawl::navigation::timeout", "{error:?}");
        let page = error.page.as_ref().unwrap();
        assert!(page.html().len() > 100, "{}", page.html());
        assert!(step(&crawler, "s", to("/article")).await.unwrap().ok());
        close(crawler).await;
    });
}

fn download() {
    world().run(async {
        let (error, crawler) = fails(to("/download")).await;
        assert_eq!(error.code, "crawl::navigation::not_a_page", "{error:?}");
        close(crawler).await;
    });
}

fn retries() {
    world().run(async {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let crawler = world().crawler(Mode::Plain);
        let script = Script::new();
        let request = CrawlRequest { retries: 2, ..to(&format!("http://{free}/")) };
        let error = crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap_err();
        assert_eq!(error.code, "crawl::navigation::failed");
        assert_eq!(script.logged().iter().filter(|line| line.contains("tried again")).count(), 2);
        let request =
            CrawlRequest { retries: 50, timeout: Duration::from_millis(1500), ..to(&format!("http://{free}/")) };
        let started = Instant::now();
        crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(6));
        crawler.close_all(&script).await;
    });
}
