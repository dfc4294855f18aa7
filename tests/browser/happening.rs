//! What happens beside a step: dialogs, pop-ups, the console.

use super::acting::click;
use super::stage::{Actor, Stage, cases, program, short, soon};
use crawl::browser::{BrowserError, Button, Input};

cases![
    answers_dialogs_and_tells_them,
    leaves_a_page_that_objects,
    lists_popups,
    answers_dialogs_of_popups,
    reads_the_console,
    shows_objects_as_a_console_does,
    keeps_requests_when_asked_to,
    tells_what_a_person_points_at_and_the_page_sees_nothing,
    ends_pointing_by_call_and_by_deadline,
];

async fn answers_dialogs_and_tells_them(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    assert_eq!(
        actor.value("alert('Saved'); return [confirm('Sure?'), prompt('Name')]").await,
        serde_json::json!([false, null])
    );
    let dialogs = actor.tab.happenings().warnings;
    assert_eq!(dialogs, ["alert dismissed: `Saved`", "confirm dismissed: `Sure?`", "prompt dismissed: `Name`"]);
    assert!(actor.tab.happenings().warnings.is_empty());
}

async fn leaves_a_page_that_objects(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("addEventListener('beforeunload', (event) => event.preventDefault())").await.unwrap();
    actor.tab.input(&Input::clicks((20.0, 20.0), Button::Left, 1), soon()).await.unwrap();
    actor.go(&stage.site.url("/page?n=2")).await.unwrap();
    assert_eq!(actor.title().await, "Page 2");
}

async fn lists_popups(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let popup = stage.site.url("/page?n=popup");
    assert!(!actor.run("document.querySelector('#blank').click()").await.unwrap().navigating);
    assert!(!actor.run("window.open('/page?n=popup'); 1").await.unwrap().navigating);
    assert_eq!(actor.title().await, "Page 1");
    assert_eq!(actor.tab.happenings().popups, [popup.clone(), popup]);
}

async fn answers_dialogs_of_popups(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("const w = window.open('about:blank'); setTimeout(() => w.alert('there'), 300); 1").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert_eq!(actor.value("1 + 1").await, 2);
}

async fn keeps_requests_when_asked_to(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    assert_eq!(actor.tab.requests(), None);
    actor.tab.keep_requests(true);
    actor.go(&stage.site.url("/redirect?left=1")).await.unwrap();
    // Nobody listens there any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let js = format!(
        "await (await fetch('/echo', {{ method: 'POST', body: 'x' }})).text(); await (await fetch('/status?code=404')).text();
        await fetch('http://{closed}/').catch(() => 0)"
    );
    actor.run(&js).await.unwrap();
    let all = actor.tab.requests().unwrap();
    let told: Vec<_> = all.iter().filter(|one| one.kind != "other").collect();
    let rows: Vec<_> = told
        .iter()
        .map(|one| {
            let path = url::Url::parse(&one.url).unwrap().path().to_owned();
            format!("{} {path} {} {:?}", one.method, one.kind, one.status)
        })
        .collect();
    let wanted = [
        "GET /redirect document Some(303)",
        "GET /redirect document Some(303)",
        "GET /page document Some(200)",
        "POST /echo fetch Some(200)",
        "GET /status fetch Some(404)",
        "GET / fetch None",
    ];
    assert_eq!(rows, wanted, "{all:#?}");
    assert!(told[..5].iter().all(|one| one.took.is_some() && one.failed.is_none()), "{all:#?}");
    assert!(told[5].failed.is_some(), "{all:#?}");
    assert_eq!(told[2].mime.as_deref(), Some("text/html"));
    assert!(told[2].bytes > 0 && told[2].headers.iter().any(|(name, _)| name == "content-type"), "{all:#?}");
    assert!(told.windows(2).all(|pair| pair[0].begun <= pair[1].begun), "{all:#?}");
    actor.tab.keep_requests(false);
    assert_eq!(actor.tab.requests(), None);
}

async fn reads_the_console(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run("console.log('a', 1, { b: 2 }); console.warn('w'); setTimeout(() => { throw new Error('late') }); 1")
        .await
        .unwrap();
    actor.run("await new Promise(r => setTimeout(r, 100))").await.unwrap();
    let lines = actor.tab.happenings().console;
    let seen: Vec<_> = lines.iter().map(|line| (line.level.as_str(), line.text.lines().next().unwrap())).collect();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[0].0 == "log" && seen[0].1.starts_with("a 1"), "{seen:?}");
    assert_eq!(seen[1..], [("warning", "w"), ("exception", "Error: late")]);
}

async fn shows_objects_as_a_console_does(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let cases = [
        ("{ b: 2, c: 'x', d: { e: 1 }, f: [1], g() {} }", "{b: 2, c: \"x\", d: {…}, f: Array(1), g: ƒ}"),
        ("[1, 'two', { three: 3 }, null]", "[1, \"two\", {…}, null]"),
        ("new Map([['a', 1]]), new Set([2, 'b'])", "Map(1) {\"a\" => 1} Set(2) {2, \"b\"}"),
        ("{}, [], undefined, /x+/g", "{} [] undefined /x+/g"),
        ("'50% of', 2", "50% of 2"),
        ("{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }", "{a: 1, b: 2, c: 3, d: 4, e: 5, …}"),
    ];
    // BiDi drivers put arguments into the text themselves, or tell nothing of such a line.
    let formats = [
        ("'%cshop%c: %s of %d%%', 'color: red', '', 'one', 3.7, 'more'", "shop: one of 3% more"),
        ("'100%% of %s'", "100%% of %s"),
    ];
    let formats = formats.into_iter().filter(|_| !["webdriver", "firefox"].contains(&stage.lane.name));
    let cases: Vec<_> = cases.into_iter().chain(formats).collect();
    for (js, _) in &cases {
        actor.run(&format!("console.log({js})")).await.unwrap();
    }
    let lines = actor.tab.happenings().console;
    let seen: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(seen, cases.iter().map(|(_, shown)| *shown).collect::<Vec<_>>());
}

/// Notes all that the page sees of pointers and keys, in the capture phase of its window and without preventing any.
const SPY: &str = "window.seen = []; for (const type of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click', \
    'keydown', 'keyup']) window.addEventListener(type, (event) => seen.push(type), true)";

async fn tells_what_a_person_points_at_and_the_page_sees_nothing(stage: Stage) {
    let actor = stage.at("/page?n=2&to=/elsewhere").await;
    actor.run(SPY).await.unwrap();
    actor
        .run(
            "document.body.insertAdjacentHTML('beforeend', '<p class=same>a</p><p class=same>b <i>c</i></p>'); \
             window.changes = 0; new MutationObserver((all) => changes += all.length).observe(document, \
             { subtree: true, childList: true, attributes: true, characterData: true })",
        )
        .await
        .unwrap();
    for (css, tag, ordinal) in [("#link", "a", 0), ("p.same:last-of-type", "p", 1)] {
        let (pointed, ()) = tokio::join!(actor.tab.pointed_at(soon()), click_when_ready(&actor, css));
        let pointed = pointed.unwrap().expect("it was clicked");
        assert_eq!((pointed.element.tag.as_str(), pointed.element.ordinal), (tag, ordinal), "{:?}", pointed.element);
        assert!(pointed.snapshot.html.contains("class=\"same\""));
        assert!(!pointed.snapshot.html.contains("outline"));
    }
    assert_eq!(actor.value("seen").await, serde_json::json!([]));
    assert_eq!(actor.value("changes").await, 0);
    assert_eq!(actor.value("document.adoptedStyleSheets.length").await, 0);
    actor.run("await new Promise(r => setTimeout(r, 500))").await.unwrap();
    click(&actor, "h1").await;
    assert!(actor.value("seen").await.as_array().unwrap().contains(&serde_json::json!("click")));
}

async fn ends_pointing_by_call_and_by_deadline(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let call_off = async {
        wait_for_the_outline(&actor).await;
        actor.tab.stop_pointing(soon()).await.unwrap();
    };
    let (pointed, ()) = tokio::join!(actor.tab.pointed_at(soon()), call_off);
    assert!(pointed.unwrap().is_none());
    let error = actor.tab.pointed_at(short()).await.unwrap_err();
    assert!(matches!(&error, BrowserError::WaitTimeout { last } if last.words == "nothing was clicked"), "{error:?}");
    assert_eq!(actor.value("document.adoptedStyleSheets.length").await, 0);
}

/// Clicks once what is pointed at would be outlined.
async fn click_when_ready(actor: &Actor, css: &str) {
    wait_for_the_outline(actor).await;
    click(actor, css).await;
}

async fn wait_for_the_outline(actor: &Actor) {
    let ready = program("document.adoptedStyleSheets.length > 0");
    actor.tab.wait_js(&ready, soon()).await.unwrap();
}
