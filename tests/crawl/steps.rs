//! The order of a step, and its conditions.

use std::time::Duration;

use crawl::browser::{Button, DomCondition, Place, UrlPattern, WaitUntil};
use crawl::crawl::{
    Act, ActRequest, ActValue, Action, Branch, ClosureRef, Condition, CrawlRequest, Gesture, Mode, Reading, Verb,
};
use crawl::page::{Selector, Target};
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, text, texts, to, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("steps::next_pages_come_in_order_at_any_delay", pages_in_order),
        trial("steps::a_link_that_js_clicks_belongs_to_the_step", link),
        trial("steps::later_js_runs_in_the_document_that_earlier_js_went_to", js_after_navigation),
        trial("steps::a_list_that_grows_is_waited_for", grows),
        trial("steps::js_values_come_back", values),
        trial("steps::mixed_conditions_are_combined", mixed),
        trial("steps::a_closure_is_polled", closure),
        trial("steps::a_response_is_kept", response),
        trial("steps::js_only_stays_on_the_page", js_only),
        trial("steps::references_are_resolved_against_the_page", reference),
        trial("steps::literal_and_file_pages_are_pages", literal),
        trial("steps::a_json_response_has_a_value", json_page),
        trial("steps::an_http_error_is_a_page", http_error),
        trial("steps::captures_come_when_asked_for", captures),
        trial("steps::dialogs_are_warnings", dialogs),
        trial("steps::css_cuts_and_leaves_the_page_whole", cut),
        trial("steps::acts_wait_for_what_they_cause", acts),
        trial("steps::a_step_outside_a_session_leaves_none", fresh),
    ]
}

const ROW: &str = "li[data-testid='commit-row-item'] h4";

fn changed(css: &str) -> Condition {
    Condition::Dom(DomCondition::Changed { css: css.to_owned(), baseline: None })
}

fn next() -> CrawlRequest {
    let click = js("document.querySelector(\"a[data-testid='pagination-next-button']\").click()");
    CrawlRequest { js: vec![click], wait_for: vec![changed(ROW)], ..stay() }
}

fn pages_in_order() {
    world().run(async {
        for delay in [0, 20, 100, 500] {
            let crawler = world().crawler(Mode::Plain);
            let first = step(&crawler, "shop", to(&format!("/commits?delay={delay}"))).await.unwrap();
            let mut seen = vec![text(&first, ".page-number")];
            for _ in 0..4 {
                let page = step(&crawler, "shop", next()).await.unwrap();
                assert_eq!(texts(&page, ROW).len(), 30);
                seen.push(text(&page, ".page-number"));
            }
            let wanted: Vec<String> = (1..=5).map(|n| format!("Page {n} of 5")).collect();
            assert_eq!(seen, wanted, "at a delay of {delay} ms");
            crawler.close_all(&Script::new()).await;
        }
    });
}

fn link() {
    world().run(async {
        for delay in [0, 100] {
            let crawler = world().crawler(Mode::Plain);
            step(&crawler, "s", to(&format!("/commits-links?delay={delay}"))).await.unwrap();
            let request = CrawlRequest { wait_for: vec![], ..next() };
            for number in 2..=4 {
                let page = step(&crawler, "s", request.clone()).await.unwrap();
                assert_eq!(text(&page, ".page-number"), format!("Page {number} of 5"));
                assert!(page.url().contains(&format!("page={number}")), "{}", page.url());
                assert_eq!(page.status(), Some(200));
            }
            crawler.close_all(&Script::new()).await;
        }
    });
}

fn js_after_navigation() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let go = js("location.href = '/article'");
        let ask = js("document.title");
        let request = CrawlRequest { js: vec![go, ask], ..to("/commits") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert!(page.url().ends_with("/article"), "{}", page.url());
        assert_eq!(page.js, json!(page.title()));
        crawler.close_all(&Script::new()).await;
    });
}

fn grows() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let first = step(&crawler, "s", to("/load-more?delay=50")).await.unwrap();
        let click = js("document.querySelector('.load-more-button').click()");
        let wait = Condition::Dom(DomCondition::Grows { css: ".content-item".to_owned(), baseline: None });
        let request = CrawlRequest { js: vec![click], wait_for: vec![wait], ..stay() };
        let page = step(&crawler, "s", request).await.unwrap();
        assert!(texts(&page, ".content-item").len() > texts(&first, ".content-item").len());
        crawler.close_all(&Script::new()).await;
    });
}

fn values() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let cases = [
            ("0", json!(0)),
            ("null", json!(null)),
            ("false", json!(false)),
            ("''", json!("")),
            ("() => 7", json!(7)),
            ("async () => { await null; return [1, 2]; }", json!([1, 2])),
            ("const a = 3; return a + 1;", json!(4)),
            ("Promise.resolve({ a: 1 })", json!({ "a": 1 })),
        ];
        for (source, value) in cases {
            let page = step(&crawler, "s", CrawlRequest { js: vec![js(source)], ..stay() }).await.unwrap();
            assert_eq!(page.js, value, "{source}");
        }
        crawler.close_all(&Script::new()).await;
    });
}

fn attached(css: &str) -> Condition {
    Condition::Dom(DomCondition::Attached { css: css.to_owned() })
}

fn mixed() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let later = js("setTimeout(() => { document.body.id = 'late'; history.pushState(0, '', '/done'); }, 50); 1");
        let all = Condition::All(vec![
            attached("#late"),
            Condition::Js(js("document.body.id === 'late'")),
            Condition::Url(UrlPattern::new("**/done").unwrap()),
            Condition::Idle(Duration::from_millis(50)),
        ]);
        let any = Condition::Any(vec![attached("#never"), Condition::Js(js("location.pathname == '/done'"))]);
        let request = CrawlRequest { js: vec![later], wait_for: vec![all, any], ..to("/article") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert!(page.url().ends_with("/done"), "{}", page.url());
        assert_eq!(texts(&page, "#late").len(), 1);
        crawler.close_all(&Script::new()).await;
    });
}

fn closure() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let asked = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let count = std::sync::Arc::clone(&asked);
        let script = Script::new().polled(move |_| count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= 2);
        let wait = Condition::Closure(ClosureRef { id: 1, fingerprint: None });
        let request = CrawlRequest { wait_for: vec![wait], ..to("/article") };
        crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap();
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 3);
        crawler.close_all(&Script::new()).await;
    });
}

fn response() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let wait = Condition::Response(UrlPattern::new("**/json").unwrap());
        let request = CrawlRequest {
            js: vec![js("fetch('/json').then(answer => answer.json())")],
            wait_for: vec![wait],
            ..stay()
        };
        let page = step(&crawler, "s", request).await.unwrap();
        let response = page.response.as_ref().unwrap();
        assert_eq!(response.status, 200);
        assert!(serde_json::from_str::<serde_json::Value>(&response.body).is_ok(), "{}", response.body);
        crawler.close_all(&Script::new()).await;
    });
}

fn js_only() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/article")).await.unwrap();
        let request = CrawlRequest { js_only: true, js: vec![js("1 + 1")], ..to("/table") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert!(page.url().ends_with("/article"), "{}", page.url());
        assert_eq!(page.js, json!(2));
        crawler.close_all(&Script::new()).await;
    });
}

fn reference() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        step(&crawler, "s", to("/commits")).await.unwrap();
        let page = step(&crawler, "s", CrawlRequest { url: Some("article".to_owned()), ..stay() }).await.unwrap();
        assert_eq!(page.url(), world().url("/article"));
        crawler.close_all(&Script::new()).await;
    });
}

fn literal() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let raw = "raw:<title>T</title><a href='/x'>link</a>".to_owned();
        let request = CrawlRequest { url: Some(raw), base_url: Some(world().url("/deep/page")), ..stay() };
        let page = step(&crawler, "s", request).await.unwrap();
        assert_eq!(page.title(), "T");
        let links = page.document().links();
        assert_eq!(links[0].href, world().url("/x"));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a page.html");
        std::fs::write(&path, "<title>From a file</title>").unwrap();
        let request = CrawlRequest { url: Some(format!("file:{}", path.display())), ..stay() };
        let page = step(&crawler, "s", request).await.unwrap();
        assert_eq!((page.title(), page.status(), page.ok()), ("From a file", None, true));
        crawler.close_all(&Script::new()).await;
    });
}

fn json_page() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let page = step(&crawler, "s", to("/json")).await.unwrap();
        assert!(page.json.as_ref().is_some_and(|value| value.is_object() || value.is_array()), "{:?}", page.json);
        crawler.close_all(&Script::new()).await;
    });
}

fn http_error() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        for (path, status) in [("/broken/500", 500), ("/broken/404", 404), ("/broken/500-empty", 500)] {
            let page = step(&crawler, "s", to(path)).await.unwrap();
            assert_eq!((page.status(), page.ok()), (Some(status), false), "{path}");
        }
        crawler.close_all(&Script::new()).await;
    });
}

fn captures() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let plain = step(&crawler, "s", to("/console")).await.unwrap();
        assert!(plain.console.is_none() && plain.cookies.is_none() && plain.screenshot.is_none());
        let request = CrawlRequest { console: true, cookies: true, screenshot: true, ..to("/console") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert!(!page.console.as_ref().unwrap().is_empty());
        assert!(page.cookies.is_some());
        assert!(page.screenshot.as_ref().unwrap().starts_with(b"\x89PNG"));
        crawler.close_all(&Script::new()).await;
    });
}

fn dialogs() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let request = CrawlRequest { js: vec![js("(alert('Saved'), 5)")], ..to("/article") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert_eq!(page.js, json!(5));
        assert!(page.warnings.iter().any(|warning| warning.contains("Saved")), "{:?}", page.warnings);
        crawler.close_all(&Script::new()).await;
    });
}

fn cut() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let css = Some(Selector::parse(":is(h1, .page-number)").unwrap());
        let request = CrawlRequest { reading: Reading { css, ..Reading::default() }, ..to("/commits") };
        let page = step(&crawler, "s", request).await.unwrap();
        assert_eq!(page.selected.as_ref().unwrap().len(), 2);
        assert_eq!(texts(&page, ROW).len(), 30);
        crawler.close_all(&Script::new()).await;
    });
}

fn acts() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let (root, script) = (Branch::root(), Script::new());
        step(&crawler, "s", to("/commits?delay=50")).await.unwrap();
        let act =
            |act, then| ActRequest { act, frames: Vec::new(), then, timeout: Duration::from_secs(20), text: None };
        let request = act(click("a[data-testid='pagination-next-button']"), vec![changed(ROW)]);
        crawler.act(&root, "s", request, &script).await.unwrap();
        let ask = act(Act::Evaluate(js("document.querySelector('.page-number').textContent")), vec![]);
        let value = crawler.act(&root, "s", ask, &script).await.unwrap();
        assert_eq!(value, ActValue::Value(json!("Page 2 of 5")));
        let image = crawler.act(&root, "s", act(Act::Screenshot { full_page: true }, vec![]), &script).await.unwrap();
        assert!(matches!(image, ActValue::Image(png) if png.starts_with(b"\x89PNG")));
        crawler.close_all(&script).await;
    });
}

fn fresh() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let script = Script::new();
        let request = CrawlRequest { wait_until: WaitUntil::Dom, ..to("/article") };
        let page = crawler.crawl(&Branch::root(), None, request, &script).await.unwrap();
        assert!(page.session.starts_with('~'));
        assert!(crawler.sessions().is_empty());
    });
}

fn click(target: &str) -> Act {
    let gesture = Gesture::Click {
        verb: Verb::Click,
        place: Place::of(Target::parse(target).unwrap()),
        button: Button::Left,
        count: 1,
        modifiers: Vec::new(),
        position: None,
    };
    Act::Person(Box::new(Action { gesture, force: false }))
}
