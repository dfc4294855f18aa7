//! Hooks: their order, their turn, and what they may do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crawl::crawl::{Branch, CrawlError, CrawlRequest, HookPoint, Mode};
use crawl::page::Selector;
use libtest_mimic::Trial;
use serde_json::json;

use super::trial;
use super::world::{Script, js, stay, step, to, world};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("hooks::points_come_in_order", order),
        trial("hooks::execution_points_come_with_js_alone", without_js),
        trial("hooks::a_returned_string_replaces_the_html_after_reading", replaces),
        trial("hooks::an_error_in_a_hook_is_the_steps", error),
        trial("hooks::a_hook_that_crawls_its_own_session_is_nested", nested),
        trial("hooks::a_hook_ends_by_the_deadline", deadline),
        trial("hooks::closing_runs_on_close_once", close),
    ]
}

/// A host that logs every point that it comes to.
fn logging() -> Script {
    let mut script = Script::new();
    for (point, name) in HookPoint::ALL {
        let log = Arc::clone(&script.log);
        script = script.on(point, move |_| {
            log.lock().unwrap().push(name.to_owned());
            async { Ok(None) }
        });
    }
    script
}

fn order() {
    world().run(async {
        let (crawler, script) = (world().crawler(Mode::Plain), logging());
        let request = CrawlRequest { js: vec![js("1")], ..to("/article") };
        crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap();
        let failing = CrawlRequest { js: vec![js("throw new Error('no')")], ..stay() };
        crawler.crawl(&Branch::root(), Some("s"), failing, &script).await.unwrap_err();
        crawler.close(&Branch::root(), "s", &script).await.unwrap();
        let mut seen = script.logged();
        // The browser is shared with other trials, which may have started it.
        seen.retain(|point| point != "on_browser_created");
        let wanted = [
            "on_page_context_created",
            "before_goto",
            "after_goto",
            "on_execution_started",
            "on_execution_ended",
            "before_retrieve_html",
            "before_return_html",
            "on_execution_started",
            "on_error",
            "on_close",
        ];
        assert_eq!(seen, wanted);
    });
}

fn without_js() {
    world().run(async {
        let (crawler, script) = (world().crawler(Mode::Plain), logging());
        crawler.crawl(&Branch::root(), Some("s"), to("/article"), &script).await.unwrap();
        assert!(!script.logged().iter().any(|point| point.contains("execution")), "{:?}", script.logged());
        crawler.close_all(&script).await;
    });
}

fn replaces() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let script = Script::new().on(HookPoint::BeforeReturnHtml, |_| async { Ok(Some("<p>other</p>".to_owned())) });
        let mut request = to("/article");
        request.reading.css = Some(Selector::parse("h1").unwrap());
        let page = crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap();
        assert_eq!(page.html(), "<p>other</p>");
        assert!(page.selected.as_ref().unwrap()[0].starts_with("<h1"));
        crawler.close_all(&Script::new()).await;
    });
}

fn error() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let script = Script::new()
            .on(HookPoint::AfterGoto, |_| async { Err(CrawlError::new("crawl::script::thrown", "no luck")) });
        let error = crawler.crawl(&Branch::root(), Some("s"), to("/article"), &script).await.unwrap_err();
        assert_eq!((error.code, error.message.as_str()), ("crawl::script::thrown", "no luck"));
        assert_eq!(error.step, Some(1));
        crawler.close_all(&Script::new()).await;
    });
}

fn nested() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let (inner, seen) = (crawler.clone(), Arc::new(Mutex::new(Vec::new())));
        let fired = Arc::clone(&seen);
        let script = Script::new().on(HookPoint::AfterGoto, move |page| {
            let (crawler, fired) = (inner.clone(), Arc::clone(&fired));
            async move {
                let branch = Branch::root().within(&page.turn);
                let counting =
                    Script::new().on(HookPoint::AfterGoto, |_| async { panic!("nested steps fire no hooks") });
                let nested = crawler.crawl(&branch, Some(&page.session), to("/table"), &counting).await?;
                fired.lock().unwrap().push(nested.title().to_owned());
                Ok(None)
            }
        });
        let page = crawler.crawl(&Branch::root(), Some("s"), to("/article"), &script).await.unwrap();
        assert_eq!(*seen.lock().unwrap(), ["Tables"]);
        assert_eq!(page.title(), "Tables", "the step goes on with the page that the hook left");
        let steps = crawler.steps();
        assert_eq!(steps.iter().map(|step| step.nested).collect::<Vec<_>>(), [false, true]);
        crawler.close_all(&Script::new()).await;
    });
}

fn deadline() {
    world().run(async {
        let crawler = world().crawler(Mode::Plain);
        let script = Script::new().on(HookPoint::AfterGoto, |_| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(None)
        });
        let request = CrawlRequest { timeout: Duration::from_millis(1500), ..to("/article") };
        let error = crawler.crawl(&Branch::root(), Some("s"), request, &script).await.unwrap_err();
        assert_eq!(error.code, "crawl::hook::timeout");
        let page = step(&crawler, "s", CrawlRequest { js: vec![js("2")], ..stay() }).await.unwrap();
        assert_eq!(page.js, json!(2));
        crawler.close_all(&Script::new()).await;
    });
}

fn close() {
    world().run(async {
        let (crawler, script) = (world().crawler(Mode::Plain), logging());
        crawler.crawl(&Branch::root(), Some("a"), to("/article"), &script).await.unwrap();
        crawler.crawl(&Branch::root(), None, to("/article"), &script).await.unwrap();
        crawler.close_all(&script).await;
        assert_eq!(script.logged().iter().filter(|point| *point == "on_close").count(), 2);
    });
}
