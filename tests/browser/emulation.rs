//! What a session shows of a person, a device and a network: as the page and the server see it.

use crawl::browser::{BrowserError, ColorScheme, Credentials, Geolocation, Identity};
use serde_json::json;

use super::stage::{Stage, cases, soon};

cases![
    sends_client_hints_that_fit,
    shows_a_place,
    prefers_a_colour_scheme,
    has_a_touch_screen,
    answers_http_authentication,
    ends_wrong_credentials_in_the_servers_page,
    tells_credentials_to_one_origin,
    does_not_ask_for_blocked_resources,
    blocks_in_frames_of_other_sites,
    runs_no_scripts_of_the_page,
    lets_no_request_leave,
    keeps_its_identity_in_popups,
    keeps_its_identity_after_a_crash,
];

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7339.80 Safari/537.36";

async fn sends_client_hints_that_fit(stage: Stage) {
    let identity = Identity { user_agent: Some(CHROME.to_owned()), ..Identity::default() };
    if stage.firefox() {
        assert!(stage.refusal(&identity).await.contains("client hints"));
        return;
    }
    let actor = stage.tab_as(&identity).await;
    actor.go(&stage.site.url("/echo")).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&actor.tab.document_body(soon()).await.unwrap()).unwrap();
    let headers = &seen["headers"];
    assert_eq!(headers["user-agent"], CHROME);
    assert!(headers["sec-ch-ua"].as_str().unwrap().contains("\"Google Chrome\";v=\"140\""), "{headers}");
    assert_eq!(headers["sec-ch-ua-platform"], "\"Windows\"");
    let js = "navigator.userAgentData.getHighEntropyValues(['uaFullVersion', 'fullVersionList', 'architecture']).then(v => \
              [v.platform, v.mobile, v.architecture, v.fullVersionList.find(b => b.brand === 'Google Chrome').version])";
    assert_eq!(actor.value(js).await, json!(["Windows", false, "x86", "140.0.7339.80"]));
}

async fn shows_a_place(stage: Stage) {
    let identity = Identity {
        geolocation: Some(Geolocation { latitude: 48.25, longitude: 16.5, accuracy: 7.0 }),
        permissions: vec!["geolocation".to_owned()],
        ..Identity::default()
    };
    let js = "new Promise(done => navigator.geolocation.getCurrentPosition(
        ({ coords: c }) => done([c.latitude, c.longitude, c.accuracy]), error => done(error.message)))";
    let actor = stage.tab_as(&identity).await;
    actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert_eq!(actor.value(js).await, json!([48.25, 16.5, 7]));
    let asked = "navigator.permissions.query({ name: 'geolocation' }).then(answer => answer.state)";
    assert_eq!(actor.value(asked).await, "granted");
    assert_ne!(stage.at("/page?n=1").await.value(asked).await, "granted");
}

async fn prefers_a_colour_scheme(stage: Stage) {
    let js = "matchMedia('(prefers-color-scheme: dark)').matches";
    for (scheme, dark) in [(ColorScheme::Dark, true), (ColorScheme::Light, false)] {
        let actor = stage.tab_as(&Identity { color_scheme: Some(scheme), ..Identity::default() }).await;
        actor.go(&stage.site.url("/page?n=1")).await.unwrap();
        assert_eq!(actor.value(js).await, dark);
    }
}

async fn has_a_touch_screen(stage: Stage) {
    let js = "[navigator.maxTouchPoints, 'ontouchstart' in window]";
    if stage.firefox() {
        let touch = Identity { touch: true, ..Identity::default() };
        assert!(stage.refusal(&touch).await.contains("`touch`"));
        return;
    }
    let actor = stage.tab_as(&Identity { touch: true, ..Identity::default() }).await;
    actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    assert_eq!(actor.value(js).await, json!([1, true]));
    assert_eq!(stage.at("/page?n=1").await.value(js).await, json!([0, false]));
}

fn login(password: &str, origin: Option<String>) -> Identity {
    let auth = Credentials { user: "ada".to_owned(), password: password.to_owned(), origin };
    Identity { auth: Some(auth), ..Identity::default() }
}

async fn answers_http_authentication(stage: Stage) {
    let actor = stage.tab_as(&login("love:lace", None)).await;
    assert_eq!(actor.go(&stage.site.url("/secured")).await.unwrap().status, Some(200));
    assert_eq!(actor.title().await, "In");
    // A document that is sent otherwise than a plain one is asked too.
    let posted = crawl::browser::Navigation {
        url: stage.site.url("/secured?posted"),
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        ..Default::default()
    };
    assert_eq!(actor.tab.navigate(&posted, soon()).await.unwrap().status, Some(200));
    let fetched = "fetch('/secured').then(answer => answer.status)";
    assert_eq!(actor.value(fetched).await, 200);
    // Full Chromium would ask a person, whom there is none of.
    let untold = stage.tab().await.go(&stage.site.url("/secured")).await;
    assert!(untold.map_or(true, |landing| landing.status == Some(401)));
}

async fn ends_wrong_credentials_in_the_servers_page(stage: Stage) {
    let actor = stage.tab_as(&login("wrong", None)).await;
    assert_eq!(actor.go(&stage.site.url("/secured")).await.unwrap().status, Some(401));
    assert_eq!(actor.title().await, "Who are you?");
}

async fn tells_credentials_to_one_origin(stage: Stage) {
    let origin = stage.site.url("");
    let actor = stage.tab_as(&login("love:lace", Some(origin))).await;
    assert_eq!(actor.go(&stage.site.elsewhere("/secured")).await.unwrap().status, Some(401));
    assert_eq!(actor.go(&stage.site.url("/secured")).await.unwrap().status, Some(200));
}

async fn does_not_ask_for_blocked_resources(stage: Stage) {
    let name = stage.lane.name;
    let block = vec!["image".to_owned(), "**/asset/ads/**".to_owned()];
    let actor = stage.tab_as(&Identity { block, ..Identity::default() }).await;
    actor.go(&stage.site.url(&format!("/assets?of=blocked-{name}"))).await.unwrap();
    let seen = actor.value("Promise.all(window.asked)").await;
    assert_eq!(seen, json!(["no image", "script", "fetched", "no ad"]));
    for (path, times) in [("picture.png", 0), ("plain.js", 1), ("data.json", 1), ("ads/one.js", 0)] {
        assert_eq!(stage.site.hits(&format!("/asset/{path}?of=blocked-{name}")), times, "{path}");
    }
    // A request that is sent otherwise than a plain one leaves the rest blocked.
    let posted = crawl::browser::Navigation {
        url: stage.site.url(&format!("/assets?of=again-{name}")),
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        ..Default::default()
    };
    actor.tab.navigate(&posted, soon()).await.unwrap();
    assert_eq!(actor.value("Promise.all(window.asked)").await, seen);
    let free = stage.at(&format!("/assets?of=free-{name}")).await;
    assert_eq!(free.value("Promise.all(window.asked)").await, json!(["image", "script", "fetched", "ad"]));
    let document = stage.tab_as(&Identity { block: vec!["**/page?n=secret".to_owned()], ..Identity::default() }).await;
    let refused = document.go(&stage.site.url("/page?n=secret")).await.unwrap_err();
    assert!(matches!(refused, BrowserError::Navigation { .. }), "{refused:?}");
}

async fn blocks_in_frames_of_other_sites(stage: Stage) {
    let name = stage.lane.name;
    let actor = stage.tab_as(&Identity { block: vec!["image".to_owned()], ..Identity::default() }).await;
    let inner = stage.site.elsewhere(&format!("/assets?of=framed-{name}"));
    actor.go(&stage.site.url(&format!("/html?h=<iframe src={inner}></iframe>"))).await.unwrap();
    assert_eq!(stage.site.hits(&format!("/asset/plain.js?of=framed-{name}")), 1);
    assert_eq!(stage.site.hits(&format!("/asset/picture.png?of=framed-{name}")), 0);
}

async fn runs_no_scripts_of_the_page(stage: Stage) {
    use crawl::browser::DomCondition;
    let actor = stage.tab_as(&Identity { no_javascript: true, ..Identity::default() }).await;
    actor
        .go(&stage
            .site
            .url("/html?h=<title>Before</title><noscript>plain</noscript><script>document.title='After'</script>"))
        .await
        .unwrap();
    let snapshot = actor.snapshot().await;
    assert_eq!(snapshot.title, "Before");
    assert!(snapshot.html.contains("plain"), "{}", snapshot.html);
    // Ours still run, and what waits ends by its deadline.
    assert_eq!(actor.value("Promise.resolve(document.title.length)").await, 6);
    let there = DomCondition::Attached { css: "title".to_owned() };
    actor.tab.settle(Some(&there), soon()).await.unwrap();
    let never = DomCondition::Attached { css: "h6".to_owned() };
    let late = actor.tab.settle(Some(&never), super::stage::short()).await.unwrap_err();
    assert!(matches!(&late, BrowserError::WaitTimeout { last } if last.words == "no match"), "{late:?}");
    actor.tab.wait_js(&super::stage::program("document.title === 'Before'"), soon()).await.unwrap();
}

async fn lets_no_request_leave(stage: Stage) {
    let actor = stage.tab_as(&Identity { offline: true, ..Identity::default() }).await;
    let error = actor.go(&stage.site.url("/page?n=1")).await.unwrap_err();
    assert!(
        matches!(&error, BrowserError::Navigation { reason, .. } if reason.contains("ERR_INTERNET_DISCONNECTED")),
        "{error:?}"
    );
}

/// All that the pages of `/tells` tell of their browser.
fn telling() -> Identity {
    Identity {
        viewport: Some((500, 400)),
        user_agent: Some("Mine/1".to_owned()),
        locale: Some("de-AT".to_owned()),
        timezone: Some("Asia/Tokyo".to_owned()),
        headers: vec![("X-Mine".to_owned(), "yes".to_owned())],
        init_js: vec!["window.given = 1".to_owned()],
        ..Identity::default()
    }
}

async fn keeps_its_identity_in_popups(stage: Stage) {
    let actor = stage.tab_as(&telling()).await;
    actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    let wanted = json!(["Mine/1", "de-AT", "Asia/Tokyo", 1, "Mine/1", "yes"]);
    // Without the DevTools socket nothing can be said to a pop-up without an opener before its first request.
    let kinds: &[&str] = if stage.lane.name == "webdriver" { &[""] } else { &["", ",noopener"] };
    for rel in kinds {
        let channel = format!(
            "new Promise(done => {{ const c = new BroadcastChannel('told'); c.onmessage = e => done(e.data);
             open('/tells-opener', '', 'popup{rel}'); }})"
        );
        assert_eq!(actor.value(&channel).await, wanted, "{rel}");
    }
}

async fn keeps_its_identity_after_a_crash(stage: Stage) {
    let actor = stage.tab_as(&telling()).await;
    actor.go(&stage.site.url("/page?n=1")).await.unwrap();
    let next = super::stage::Actor { tab: actor.tab.renewed(soon()).await.unwrap() };
    next.go(&stage.site.url("/asks-a-frame")).await.unwrap();
    assert_eq!(next.value("window.told").await, json!(["Mine/1", "de-AT", "Asia/Tokyo", 1, "Mine/1", "yes"]));
    assert_eq!(next.value("innerWidth").await, 500);
}
