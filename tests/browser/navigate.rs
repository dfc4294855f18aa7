//! Navigations: how far they come, what they tell, how they fail, and those that the page asks for.

use std::time::Duration;

use crawl::browser::{BrowserError, Deadline, Navigation, WaitUntil};

use super::stage::{Actor, Stage, cases, soon, to};

cases![
    lands_with_status_headers_and_redirects,
    keeps_error_pages_of_the_site,
    waits_as_far_as_asked,
    tells_why_nothing_came,
    keeps_what_came_of_a_broken_response,
    gives_up_at_the_deadline,
    tells_downloads_and_empty_responses,
    sends_another_method_and_headers,
    shows_a_document_that_was_handed_in,
    stays_for_a_fragment,
    sees_a_navigation_that_js_asked_for,
    names_what_a_page_asked_for_and_did_not_get,
    sees_no_navigation_where_there_is_none,
    misses_no_navigation_at_any_delay,
    comes_back_when_a_navigation_comes_to_nothing,
    tells_why_a_navigation_of_the_page_failed,
    loads_a_page_that_sets_out_for_what_is_no_page,
];

async fn lands_with_status_headers_and_redirects(stage: Stage) {
    let actor = stage.tab().await;
    assert!(actor.tab.landing().is_none());
    let landing = actor.go(&stage.site.url("/redirect?left=1")).await.unwrap();
    assert_eq!(landing.requested_url, stage.site.url("/redirect?left=1"));
    assert_eq!(landing.url, stage.site.url("/page?n=end"));
    assert_eq!(landing.status, Some(200));
    assert_eq!(landing.redirects, [stage.site.url("/redirect?left=1"), stage.site.url("/redirect?left=0")]);
    let kind = landing.headers.iter().find(|(name, _)| name == "content-type").unwrap();
    assert!(kind.1.starts_with("text/html"), "{kind:?}");
    assert!(landing.load_time.is_some());
    assert_eq!(actor.tab.landing(), Some(landing));
}

async fn keeps_error_pages_of_the_site(stage: Stage) {
    let actor = stage.tab().await;
    for code in [404, 500] {
        let landing = actor.go(&stage.site.url(&format!("/status?code={code}"))).await.unwrap();
        assert_eq!(landing.status, Some(code));
        assert!(actor.snapshot().await.html.contains("<h1>status</h1>"));
    }
}

async fn waits_as_far_as_asked(stage: Stage) {
    let page = stage.site.url("/html?h=%3Ctitle%3Eimg%3C/title%3E%3Cimg%20src=/slow-image?delay=700%3E");
    // The first page of a site may need a process of its own.
    let actor = stage.at("/page?n=1").await;
    for (until, least, most) in [
        (WaitUntil::Commit, 0, 600),
        (WaitUntil::Dom, 0, 600),
        (WaitUntil::Load, 690, 5000),
        (WaitUntil::Idle, 1190, 9000),
    ] {
        let begun = std::time::Instant::now();
        actor.tab.navigate(&to(&page, until), soon()).await.unwrap();
        let took = begun.elapsed();
        assert!(took >= Duration::from_millis(least) && took < Duration::from_millis(most), "{until:?}: {took:?}");
    }
}

async fn tells_why_nothing_came(stage: Stage) {
    let actor = stage.tab().await;
    let reason = |error| match error {
        BrowserError::Navigation { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    let refused = reason(actor.go("http://127.0.0.1:1/").await.unwrap_err());
    assert!(refused == "net::ERR_CONNECTION_REFUSED" || refused == "net::ERR_UNSAFE_PORT", "{refused}");
    let reset = reason(actor.go(&stage.site.broken("/reset")).await.unwrap_err());
    assert!(reset == "net::ERR_CONNECTION_RESET" || reset == "net::ERR_EMPTY_RESPONSE", "{reset}");
    for (path, name) in [("/chunk", "net::ERR_INVALID_CHUNKED_ENCODING"), ("/nowhere", "net::ERR_INVALID_REDIRECT")] {
        let reason = reason(actor.go(&stage.site.broken(path)).await.unwrap_err());
        // Firefox tells no more than that the response is none.
        assert!(reason == name || reason == "net::ERR_INVALID_HTTP_RESPONSE", "{reason}");
    }
    actor.go(&stage.site.url("/page?n=after")).await.unwrap();
    assert_eq!(actor.title().await, "Page after");
}

async fn keeps_what_came_of_a_broken_response(stage: Stage) {
    let actor = stage.tab().await;
    for (path, name, part) in [
        ("/cut", "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "<p>one"),
        // Chromium hands so short a piece of such a response to no parser.
        ("/length", "net::ERR_CONTENT_LENGTH_MISMATCH", ""),
    ] {
        let error = actor.go(&stage.site.broken(path)).await.unwrap_err();
        assert!(matches!(&error, BrowserError::Navigation { reason, .. } if reason == name), "{error:?}");
        assert!(actor.snapshot().await.html.contains(part));
        assert_eq!(actor.tab.landing().unwrap().status, Some(200));
    }
}

async fn gives_up_at_the_deadline(stage: Stage) {
    let actor = stage.tab().await;
    for (path, part) in [("/silent", ""), ("/endless", "<p>one")] {
        let begun = std::time::Instant::now();
        let limit = Deadline::after(Duration::from_millis(600));
        let error = actor.tab.navigate(&to(&stage.site.broken(path), WaitUntil::Load), limit).await.unwrap_err();
        assert!(matches!(error, BrowserError::NavigationTimeout { .. }), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert!(actor.snapshot().await.html.contains(part));
    }
    actor.go(&stage.site.url("/page?n=after")).await.unwrap();
}

async fn tells_downloads_and_empty_responses(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for (path, words) in [("/download", "a download"), ("/status?code=204", "an empty response")] {
        let error = actor.go(&stage.site.url(path)).await.unwrap_err();
        assert!(matches!(&error, BrowserError::NotAPage { what, .. } if what.starts_with(words)), "{error:?}");
        assert_eq!(actor.title().await, "Page 1");
    }
}

async fn sends_another_method_and_headers(stage: Stage) {
    let actor = stage.tab().await;
    let post = Navigation {
        url: stage.site.url("/echo"),
        method: Some("POST".to_owned()),
        body: Some("a=1".to_owned()),
        headers: vec![("X-Mine".to_owned(), "yes".to_owned())],
        ..Navigation::default()
    };
    actor.tab.navigate(&post, soon()).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&actor.tab.document_body(soon()).await.unwrap()).unwrap();
    assert_eq!((&seen["method"], &seen["body"]), (&"POST".into(), &"a=1".into()));
    assert_eq!(seen["headers"]["x-mine"], "yes");
    assert_eq!(actor.tab.sent(), [format!("POST {}", stage.site.url("/echo"))]);
    actor.go(&stage.site.url("/echo")).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&actor.tab.document_body(soon()).await.unwrap()).unwrap();
    assert_eq!((&seen["method"], &seen["headers"]["x-mine"]), (&"GET".into(), &serde_json::Value::Null));
    assert!(actor.tab.sent().is_empty());
}

async fn shows_a_document_that_was_handed_in(stage: Stage) {
    let actor = stage.tab().await;
    for base in [stage.site.url("/base/x"), "about:blank".to_owned()] {
        let content = Some("<title>Raw</title><a href='y'>y</a>".to_owned());
        let raw = Navigation { url: base.clone(), content, ..Navigation::default() };
        let landing = actor.tab.navigate(&raw, soon()).await.unwrap();
        assert_eq!((landing.status, actor.title().await.as_str()), (None, "Raw"));
        if base.starts_with("http") {
            assert_eq!(actor.value("document.querySelector('a').href").await, stage.site.url("/base/y"));
        }
    }
}

async fn stays_for_a_fragment(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("window.kept = 1").await.unwrap();
    let landing = actor.go(&stage.site.url("/page?n=1#part")).await.unwrap();
    assert_eq!(landing.url, stage.site.url("/page?n=1#part"));
    assert_eq!(actor.value("window.kept").await, 1);
}

const NAVIGATES: &[(&str, &str)] = &[
    ("document.querySelector('#link').click()", "Page next"),
    ("document.querySelector('#form').submit()", "Page form"),
    ("document.querySelector('#form').requestSubmit()", "Page form"),
    ("location.href = '/page?n=next'", "Page next"),
    ("location.replace('/page?n=next'); 5", "Page next"),
    ("location.reload()", "Page 2"),
    ("history.back()", "Page 1"),
    ("history.go(-1); await new Promise(r => setTimeout(r, 500))", "Page 1"),
    ("location.assign('/page?n=next'); await new Promise(() => {})", "Page next"),
    ("location.href = '/redirect?left=2'", "Page end"),
];

async fn sees_a_navigation_that_js_asked_for(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for (js, title) in NAVIGATES {
        actor.go(&stage.site.url("/page?n=1")).await.unwrap();
        actor.go(&stage.site.url("/page?n=2")).await.unwrap();
        let outcome = actor.run(js).await.unwrap();
        assert!(outcome.navigating, "{js}");
        let landing = actor.tab.arrive(WaitUntil::Load, soon()).await.unwrap();
        assert_eq!((actor.title().await.as_str(), landing.status), (*title, Some(200)), "{js}");
        assert_eq!(landing.url, actor.snapshot().await.url);
    }
}

async fn names_what_a_page_asked_for_and_did_not_get(stage: Stage) {
    let silent = stage.site.broken("/silent");
    let link =
        format!("const a = document.createElement('a'); a.href = '{silent}'; document.body.append(a); a.click()");
    for js in [format!("location = '{silent}'"), link] {
        let actor = stage.at("/page?n=1").await;
        assert!(actor.run(&js).await.unwrap().navigating, "{js}");
        let error = actor.tab.arrive(WaitUntil::Load, Deadline::after(Duration::from_millis(800))).await.unwrap_err();
        assert!(matches!(&error, BrowserError::NavigationTimeout { url, .. } if *url == silent), "{js}: {error:?}");
    }
}

async fn sees_no_navigation_where_there_is_none(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for js in
        ["1", "history.pushState(1, '', '/pushed')", "document.querySelector('#hash').click()", "location.hash = 'x'"]
    {
        assert!(!actor.run(js).await.unwrap().navigating, "{js}");
    }
    assert_eq!(actor.tab.landing().unwrap().url, stage.site.url("/pushed#x"));
}

async fn misses_no_navigation_at_any_delay(stage: Stage) {
    let actor = stage.at("/page?n=0").await;
    for n in 0..60 {
        let delay = [0, 1, 5, 20, 50, 100][n % 6];
        let js = match n % 3 {
            0 => format!("location.href = '/page?n={n}&delay={delay}'"),
            1 => format!("const a = document.querySelector('a'); a.href = '/page?n={n}&delay={delay}'; a.click()"),
            _ => format!(
                "const f = document.querySelector('form'); f.n.value = '{n}'; f.box; f.insertAdjacentHTML('beforeend', \
                 '<input name=delay value={delay}>'); f.submit()"
            ),
        };
        assert!(actor.run(&js).await.unwrap().navigating, "{n}: {js}");
        actor.tab.arrive(WaitUntil::Dom, soon()).await.unwrap();
        assert_eq!(actor.title().await, format!("Page {n}"));
    }
}

async fn comes_back_when_a_navigation_comes_to_nothing(stage: Stage) {
    for act in ["#load", "#empty"] {
        let actor: Actor = stage.at("/page?n=1").await;
        let outcome = actor.run(&format!("document.querySelector('{act}').click()")).await.unwrap();
        assert!(outcome.navigating, "{act}");
        let landing = actor.tab.arrive(WaitUntil::Load, soon()).await.unwrap();
        assert_eq!(landing.url, stage.site.url("/page?n=1"), "{act}");
        assert_eq!(actor.title().await, "Page 1");
    }
}

async fn tells_why_a_navigation_of_the_page_failed(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let url = stage.site.broken("/reset");
    assert!(actor.run(&format!("location.href = '{url}'")).await.unwrap().navigating);
    let error = actor.tab.arrive(WaitUntil::Load, soon()).await.unwrap_err();
    assert!(matches!(&error, BrowserError::Navigation { url: at, .. } if *at == url), "{error:?}");
}

/// To an application, for a download, or for an empty response: the browser reads the document no further, and its `load`
/// event never comes.
async fn loads_a_page_that_sets_out_for_what_is_no_page(stage: Stage) {
    // Over WebDriver BiDi nothing tells that the browser stopped.
    if stage.firefox() || !stage.lane.records() {
        return;
    }
    let actor = stage.tab().await;
    for there in ["mailto:a@b.c", "tel:1", "/download", "/status?code=204"] {
        let html = format!("<title>begun</title><p>before</p><script>location = '{there}'</script><p>after</p>");
        for until in [WaitUntil::Dom, WaitUntil::Load, WaitUntil::Idle] {
            let page = stage.site.url(&format!("/html?h={html}"));
            let landing = actor.tab.navigate(&to(&page, until), soon()).await.unwrap();
            assert_eq!(landing.status, Some(200), "{there} {until:?}");
            assert!(actor.snapshot().await.html.contains("before"), "{there} {until:?}");
            let warnings = actor.tab.happenings().warnings;
            assert!(warnings.iter().any(|warning| warning.contains("read no further")), "{there}: {warnings:?}");
        }
    }
    // On the way to another page nothing of it counts.
    let html = "<title>begun</title><script>location = 'mailto:a@b.c'; location = '/page?n=there'</script>";
    actor.tab.navigate(&to(&stage.site.url(&format!("/html?h={html}")), WaitUntil::Load), soon()).await.unwrap();
    assert_eq!(actor.title().await, "Page there");
}
