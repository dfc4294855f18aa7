//! Acts of which nobody asks what requests they make: what the page does by itself is known all the same.

use std::net::TcpListener;

use crawl::browser::{BrowserError, DomCondition, Landing, PageAct, UrlPattern, WaitUntil};

use super::stage::{Actor, Stage, cases, program, soon};

cases![
    knows_where_a_page_went_by_itself,
    knows_that_no_document_came,
    knows_why_a_page_could_not_go_on,
    hears_requests_again_for_whoever_waits,
];

/// An act that leaves the document, or not; whether a navigation was asked for.
async fn act(actor: &Actor, js: &str) -> bool {
    let (program, condition) = (program(js), DomCondition::Attached { css: "html".to_owned() });
    let act = PageAct { baselines: &[], program: &program, condition: Some(&condition), unheard: true };
    actor.tab.act(&act, soon()).await.unwrap().js.unwrap().navigating
}

/// A tab whose page has stayed for a while.
async fn settled(stage: &Stage) -> Actor {
    let actor = stage.at("/page?n=1").await;
    stay(&actor).await;
    actor
}

async fn stay(actor: &Actor) {
    for _ in 0..6 {
        assert!(!act(actor, "fetch('/json').then((it) => it.json())").await);
    }
}

async fn leave(actor: &Actor, js: &str) -> Result<Landing, BrowserError> {
    act(actor, js).await;
    actor.tab.arrive(WaitUntil::Load, soon()).await
}

async fn knows_where_a_page_went_by_itself(stage: Stage) {
    let actor = settled(&stage).await;
    for (js, path, status) in [
        ("location.href = '/page?n=2'", "/page?n=2", 200),
        ("location.href = '/status?code=404'", "/status?code=404", 404),
        ("location.href = '/redirect?left=2'", "/page?n=end", 200),
        (
            "document.body.insertAdjacentHTML('beforeend', '<a id=on href=\"/page?n=3\">'); document.querySelector('#on').click()",
            "/page?n=3",
            200,
        ),
        (
            "const form = document.createElement('form'); form.method = 'post'; form.action = '/echo'; document.body.append(form); form.submit()",
            "/echo",
            200,
        ),
    ] {
        let landing = leave(&actor, js).await.unwrap();
        assert_eq!((landing.url.as_str(), landing.status), (stage.site.url(path).as_str(), Some(status)), "{js}");
        assert!(landing.unheard || !landing.headers.is_empty(), "{landing:?}");
        stay(&actor).await;
    }
    let landing = actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert!(!landing.unheard && landing.status == Some(200) && !landing.headers.is_empty(), "{landing:?}");
}

async fn knows_that_no_document_came(stage: Stage) {
    let actor = settled(&stage).await;
    for js in ["location.href = '/status?code=204'", "location.href = '/download'"] {
        let landing = leave(&actor, js).await.unwrap();
        assert_eq!(landing.url, stage.site.url("/page?n=1"), "{js}");
        stay(&actor).await;
    }
}

async fn knows_why_a_page_could_not_go_on(stage: Stage) {
    let actor = settled(&stage).await;
    // A port that nobody listens at any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("http://127.0.0.1:{port}/");
    let error = leave(&actor, &format!("location.href = '{nobody}'")).await.unwrap_err();
    let BrowserError::Navigation { url, reason } = error else { panic!("{error:?}") };
    assert_eq!(url, nobody);
    assert!(stage.firefox() || reason == "net::ERR_CONNECTION_REFUSED", "{reason}");
}

async fn hears_requests_again_for_whoever_waits(stage: Stage) {
    let actor = settled(&stage).await;
    actor.tab.arm_responses(soon()).await.unwrap();
    actor.run("fetch('/json'); 1").await.unwrap();
    let response = actor.tab.wait_response(&UrlPattern::new("**/json").unwrap(), soon()).await.unwrap();
    assert_eq!(response.status, 200);
    actor.tab.disarm_responses();
    let actor = settled(&stage).await;
    actor.tab.keep_requests(true);
    actor.run("fetch('/json').then((it) => it.json())").await.unwrap();
    let requests = actor.tab.requests().unwrap();
    assert!(requests.iter().any(|request| request.url.ends_with("/json")), "{requests:?}");
}
