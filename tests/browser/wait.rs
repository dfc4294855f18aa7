//! Conditions: true at once, true later, never true; across navigations; with words for what was seen.

use std::time::{Duration, Instant};

use crawl::browser::{
    Baseline, BrowserError, Deadline, DomCondition, JsOutcome, LastSeen, PageAct, Snapshot, UrlPattern, WaitUntil,
};

use super::stage::{Actor, Stage, cases, program, short, soon};

cases![
    measures_before_and_sees_the_change,
    acts_in_one_go,
    acts_and_leaves_the_document,
    acts_and_tells_what_failed,
    holds_each_dom_condition,
    tells_what_it_last_saw,
    refuses_a_bad_selector,
    sees_what_has_no_mutation_record,
    goes_on_in_the_next_document,
    waits_for_js,
    tells_a_js_conditions_last_value_and_exception,
    waits_for_an_address,
    waits_for_a_response,
    waits_for_a_response_that_the_page_does_not_read,
    waits_for_a_quiet_network,
    outlives_a_page_that_is_stuck,
    waits_in_many_tabs_at_once,
];

fn css(css: &str) -> String {
    css.to_owned()
}

fn last(error: BrowserError) -> LastSeen {
    match error {
        BrowserError::WaitTimeout { last } => last,
        other => panic!("{other:?}"),
    }
}

async fn measures_before_and_sees_the_change(stage: Stage) {
    for delay in [0, 30, 200] {
        let actor = stage.at(&format!("/list?delay={delay}")).await;
        for page in 2..6 {
            let mut changed = DomCondition::Changed { css: css("li"), baseline: None };
            let baselines = actor.tab.baseline(&changed.baseline_selectors(), soon()).await.unwrap();
            changed.set_baselines(&[(css("li"), baselines[0].clone())]);
            actor.run("document.querySelector('#next').click()").await.unwrap();
            let snapshot = actor.tab.settle(Some(&changed), soon()).await.unwrap().snapshot;
            assert!(snapshot.html.contains(&format!("<li>{page}</li>")), "{}", snapshot.html);
        }
        assert!(actor.tab.landing().unwrap().url.ends_with("?page=5"));
    }
}

/// Acts, and waits for what is left to wait for, as a step does.
async fn act(actor: &Actor, js: &str, condition: Option<DomCondition>) -> (Vec<Baseline>, JsOutcome, Snapshot) {
    let mut condition = condition;
    let selectors = condition.as_ref().map(DomCondition::baseline_selectors).unwrap_or_default();
    let program = program(js);
    let page_act = PageAct { baselines: &selectors, program: &program, condition: condition.as_ref() };
    let acted = actor.tab.act(&page_act, soon()).await.unwrap();
    let js = acted.js.unwrap();
    if js.navigating {
        actor.tab.arrive(WaitUntil::Dom, soon()).await.unwrap();
        assert!(acted.settled.is_none(), "what was seen of the old document does not count");
    }
    let known: Vec<_> = selectors.iter().cloned().zip(acted.baselines.iter().cloned()).collect();
    if let Some(condition) = &mut condition {
        condition.set_baselines(&known);
    }
    let taken = match acted.settled {
        Some(taken) => taken.unwrap(),
        None => actor.tab.settle(condition.as_ref(), soon()).await.unwrap(),
    };
    (acted.baselines, js, taken.snapshot)
}

async fn acts_in_one_go(stage: Stage) {
    for delay in [0, 30, 200] {
        let actor = stage.at(&format!("/list?delay={delay}")).await;
        for page in 2..6 {
            let changed = DomCondition::Changed { css: css("li"), baseline: None };
            let (baselines, _, snapshot) = act(&actor, "document.querySelector('#next').click()", Some(changed)).await;
            assert_eq!(baselines.len(), 1);
            assert!(snapshot.html.contains(&format!("<li>{page}</li>")), "{}", snapshot.html);
        }
    }
    let actor = stage.at("/page?n=1").await;
    for js in [
        "document.title = 'x'; return 7",
        "new Promise((go) => setTimeout(() => { document.title = 'x'; go(7); }, 100))",
        "({ then(go) { setTimeout(() => { document.title = 'x'; go(7); }, 100); } })",
        "() => { document.title = 'x'; return 7; }",
    ] {
        actor.run("document.title = ''").await.unwrap();
        let (_, outcome, snapshot) = act(&actor, js, Some(DomCondition::Attached { css: css("h1") })).await;
        assert_eq!((outcome.value, snapshot.title.as_str()), (7.into(), "x"), "{js}");
    }
}

async fn acts_and_leaves_the_document(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for js in ["location.href = '/page?n=2'", "(() => { location.href = '/page?n=2'; return 1; })()"] {
        let (_, _, snapshot) = act(&actor, js, Some(DomCondition::Attached { css: css("h1") })).await;
        assert_eq!(snapshot.title, "Page 2", "{js}");
        actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    }
    // A document that leaves by itself meanwhile: the js runs once, in the one or in the other.
    for pause in [0, 1, 3, 10, 30] {
        actor.go(&stage.site.url("/page?n=1")).await.unwrap();
        actor.run(&format!("setTimeout(() => {{ location.href = '/page?n=3'; }}, {pause})")).await.unwrap();
        let third = DomCondition::Text { css: css("h1"), text: "Page 3".to_owned() };
        let (_, _, snapshot) = act(&actor, "1", Some(third)).await;
        assert_eq!(snapshot.title, "Page 3", "{pause}");
    }
}

async fn acts_and_tells_what_failed(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let failing = |js: &'static str, css: &'static str, limit| {
        let (actor, condition) = (&actor, DomCondition::Attached { css: css.to_owned() });
        async move {
            let program = program(js);
            let act = PageAct { baselines: &[], program: &program, condition: Some(&condition) };
            actor.tab.act(&act, limit).await.unwrap()
        }
    };
    let thrown = failing("null.x", "h1", soon()).await;
    assert!(matches!(thrown.js, Err(BrowserError::Js(_))) && thrown.settled.is_none(), "{thrown:?}");
    let endless = failing("(() => { for (;;); })()", "h1", short()).await;
    assert!(matches!(endless.js, Err(BrowserError::JsTimeout { .. })), "{endless:?}");
    let never = failing("5", ".none", short()).await;
    let waited = match never.settled {
        Some(taken) => taken.map(|taken| taken.snapshot),
        None => {
            let none = DomCondition::Attached { css: css(".none") };
            actor.tab.settle(Some(&none), short()).await.map(|taken| taken.snapshot)
        }
    };
    assert_eq!(last(waited.unwrap_err()).words, "no match");
    let refused = failing("5", "h1:::", soon()).await;
    let refused = match refused.settled {
        Some(taken) => taken.map(drop),
        None => actor.tab.wait_dom(&DomCondition::Attached { css: css("h1:::") }, soon()).await,
    };
    assert!(matches!(refused, Err(BrowserError::Selector { .. })), "{refused:?}");
    assert_eq!(actor.title().await, "Page 1");
}

async fn holds_each_dom_condition(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let holds = [
        DomCondition::Attached { css: css(".hid") },
        DomCondition::Visible { css: css("h1, .hid") },
        DomCondition::Hidden { css: css(".hid") },
        DomCondition::Gone { css: css(".none") },
        DomCondition::Count { css: css("a"), at_least: Some(2), at_most: Some(9), exactly: None },
        DomCondition::Text { css: css("h1"), text: "  Page   1 ".to_owned() },
    ];
    for condition in &holds {
        actor.tab.wait_dom(condition, soon()).await.unwrap_or_else(|error| panic!("{condition:?}: {error:?}"));
    }
    actor.tab.wait_dom(&DomCondition::All { of: holds.to_vec() }, soon()).await.unwrap();
    let any = vec![DomCondition::Attached { css: css(".none") }, holds[0].clone()];
    actor.tab.wait_dom(&DomCondition::Any { of: any }, soon()).await.unwrap();
}

async fn tells_what_it_last_saw(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let count = |at_least, exactly| DomCondition::Count { css: css("option"), at_least, at_most: None, exactly };
    for (condition, words) in [
        (DomCondition::Attached { css: css(".none") }, "no match"),
        (DomCondition::Visible { css: css(".hid") }, "1 match, none visible"),
        (count(Some(20), None), "2 matches, 20 wanted"),
        (count(None, Some(1)), "2 matches, exactly 1 wanted"),
        (DomCondition::Gone { css: css("h1") }, "1 match still there"),
        (DomCondition::Text { css: css("h1"), text: css("zzz") }, "1 match, none contains `zzz`"),
        (DomCondition::Changed { css: css("h1"), baseline: None }, "1 match, texts unchanged"),
        (DomCondition::Grows { css: css("option"), baseline: None }, "2 matches, more than 2 wanted"),
    ] {
        assert_eq!(last(actor.tab.wait_dom(&condition, short()).await.unwrap_err()).words, words, "{condition:?}");
    }
    // After the wait has begun, on a busy machine too.
    actor.run("setTimeout(() => document.querySelector('h1').remove(), 1000)").await.unwrap();
    let both = DomCondition::All {
        of: vec![DomCondition::Attached { css: css("h1") }, DomCondition::Attached { css: css(".none") }],
    };
    let while_removed = Deadline::after(Duration::from_secs(2));
    assert_eq!(last(actor.tab.wait_dom(&both, while_removed).await.unwrap_err()).most, 1);
}

async fn refuses_a_bad_selector(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let bad = || css("a[[");
    let refused = |error| matches!(error, BrowserError::Selector { css, .. } if css == "a[[");
    assert!(refused(actor.tab.wait_dom(&DomCondition::Attached { css: bad() }, soon()).await.unwrap_err()));
    assert!(refused(actor.tab.baseline(&[bad()], soon()).await.unwrap_err()));
}

async fn sees_what_has_no_mutation_record(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run(
            "setTimeout(() => { const s = new CSSStyleSheet(); s.insertRule('.hid { display: block !important }'); \
               document.adoptedStyleSheets = [s]; }, 100)",
        )
        .await
        .unwrap();
    actor.tab.wait_dom(&DomCondition::Visible { css: css(".hid") }, soon()).await.unwrap();
    actor
        .run(
            "setTimeout(() => { const host = document.querySelector('#part'); \
               host.attachShadow({ mode: 'open' }).innerHTML = '<b class=deep>x</b>' }, 100)",
        )
        .await
        .unwrap();
    actor.tab.wait_dom(&DomCondition::Visible { css: css("b.deep") }, soon()).await.unwrap();
}

async fn goes_on_in_the_next_document(stage: Stage) {
    let actor: Actor = stage.at("/page?n=1").await;
    for n in 2..6 {
        actor.run(&format!("setTimeout(() => location.href = '/page?n={n}&delay=30', 30)")).await.unwrap();
        let condition = DomCondition::Text { css: css("h1"), text: format!("Page {n}") };
        assert_eq!(actor.tab.settle(Some(&condition), soon()).await.unwrap().snapshot.title, format!("Page {n}"));
    }
    actor.run("setTimeout(() => location.href = '/page?n=js', 30)").await.unwrap();
    actor.tab.wait_js(&program("document.title === 'Page js'"), soon()).await.unwrap();
}

async fn waits_for_js(stage: Stage) {
    let actor = stage.at("/strict").await;
    actor.run("setTimeout(() => window.ready = { now: 1 }, 100)").await.unwrap();
    actor.tab.wait_js(&program("window.ready.now === 1"), soon()).await.unwrap();
    actor.tab.wait_js(&program("() => document.title"), soon()).await.unwrap();
    actor.tab.wait_js(&program("async () => { await 0; return 1 }"), soon()).await.unwrap();
    actor.run("setTimeout(() => document.body.append('x'), 100)").await.unwrap();
    actor.tab.wait_js(&program("const t = document.body.textContent; return t.includes('x')"), soon()).await.unwrap();
}

async fn tells_a_js_conditions_last_value_and_exception(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let falsy = last(actor.tab.wait_js(&program("0"), short()).await.unwrap_err());
    assert_eq!((falsy.words.as_str(), falsy.exception), ("the last value was 0", None));
    let thrown = last(actor.tab.wait_js(&program("missing.x"), short()).await.unwrap_err());
    assert_eq!(thrown.exception.as_deref(), Some("ReferenceError: missing is not defined"));
    let never = last(actor.tab.wait_js(&program("await new Promise(() => {})"), short()).await.unwrap_err());
    assert_eq!(never.words, "the condition did not return");
}

async fn waits_for_an_address(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let pattern = UrlPattern::new("**/pushed").unwrap();
    let error = actor.tab.wait_url(&pattern, short()).await.unwrap_err();
    assert_eq!(last(error).words, format!("the URL is `{}`", stage.site.url("/page?n=1")));
    actor.run("setTimeout(() => history.pushState(1, '', '/a/pushed?x'), 50)").await.unwrap();
    actor.tab.wait_url(&pattern, soon()).await.unwrap();
    actor.run("setTimeout(() => location.href = '/page?n=2', 50)").await.unwrap();
    actor.tab.wait_url(&UrlPattern::new("**/page").unwrap(), soon()).await.unwrap();
}

async fn waits_for_a_response(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let pattern = UrlPattern::new("**/json").unwrap();
    actor.tab.arm_responses(soon()).await.unwrap();
    assert_eq!(last(actor.tab.wait_response(&pattern, short()).await.unwrap_err()).words, "no response came");
    actor.tab.arm_responses(soon()).await.unwrap();
    actor.run("fetch('/json').then(r => r.json())").await.unwrap();
    let response = actor.tab.wait_response(&pattern, soon()).await.unwrap();
    assert_eq!((response.status, response.body.as_str()), (200, r#"{"a":[1,2,3]}"#));
    assert!(response.headers.contains(&("content-type".to_owned(), "application/json".to_owned())));
}

async fn waits_for_a_response_that_the_page_does_not_read(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for (path, whole) in [("/json", true), ("/unending", false)] {
        actor.tab.arm_responses(soon()).await.unwrap();
        actor.run(&format!("fetch('{path}').then(response => {{ window.kept = response; }})")).await.unwrap();
        let pattern = UrlPattern::new(&format!("**{path}")).unwrap();
        let response = actor.tab.wait_response(&pattern, soon()).await;
        if stage.firefox() && !whole {
            assert!(matches!(response, Err(BrowserError::Unsupported { .. })), "{response:?}");
            continue;
        }
        let response = response.unwrap();
        assert_eq!((response.body.as_str(), response.whole), (r#"{"a":[1,2,3]}"#, whole), "{path}");
        actor.tab.wait_idle(Duration::from_millis(100), soon()).await.unwrap();
    }
}

async fn waits_for_a_quiet_network(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let begun = Instant::now();
    actor.run("fetch('/page?delay=300'); 1").await.unwrap();
    actor.tab.wait_idle(Duration::from_millis(200), soon()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(450), "{:?}", begun.elapsed());
    actor.run("fetch('/page?delay=5000'); 1").await.unwrap();
    let words = last(actor.tab.wait_idle(Duration::from_millis(100), short()).await.unwrap_err()).words;
    assert_eq!(words, format!("1 request in flight: `{}`", stage.site.url("/page?delay=5000")));
}

async fn outlives_a_page_that_is_stuck(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("setTimeout(() => { for (;;); }, 50)").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    let error = actor.tab.wait_dom(&DomCondition::Attached { css: css(".none") }, short()).await.unwrap_err();
    assert!(matches!(error, BrowserError::WaitTimeout { .. } | BrowserError::PageSilent { .. }), "{error:?}");
    // Firefox looks once a second whether a script runs on.
    let limit = Duration::from_secs(if stage.firefox() { 10 } else { 4 });
    assert!(begun.elapsed() < limit, "{:?}", begun.elapsed());
    assert_eq!(actor.value("1").await, 1);
}

async fn waits_in_many_tabs_at_once(stage: Stage) {
    let actors = futures_util::future::join_all((0..6).map(|_| stage.at("/page?n=1"))).await;
    let begun = Instant::now();
    let waits = actors.iter().map(|actor| async {
        actor.run("setTimeout(() => document.body.className = 'done', 400)").await.unwrap();
        actor.tab.wait_dom(&DomCondition::Attached { css: css("body.done") }, soon()).await.unwrap();
    });
    futures_util::future::join_all(waits).await;
    assert!(begun.elapsed() < Duration::from_millis(1800), "{:?}", begun.elapsed());
}
