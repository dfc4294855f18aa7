//! Whatever a text holds, it stays a text: in selectors, conditions, js, storage and addresses.

use crawl::browser::{BrowserError, DomCondition};
use crawl::syntax::JsProgram;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::stage::{Actor, Stage, cases, short, soon};

cases![keeps_texts_apart_from_code, keeps_js_within_its_brackets, keeps_addresses_within_theirs];

/// How many made-up texts each trial takes beside the known ones.
const MADE: usize = 40;

/// Texts that have broken out of something somewhere.
const KNOWN: &[&str] = &[
    "",
    "\"); window.broken = 1; (\"",
    "'); window.broken = 1; ('",
    "${window.broken = 1}",
    "`+(window.broken = 1)+`",
    "\\\"); window.broken = 1; //",
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "*/ window.broken = 1 /*",
    "\u{2028}window.broken = 1\u{2029}",
    "\u{0}\u{1}\u{7f}\u{feff}",
    "]]> --> <!--",
    "}); window.broken = 1; ({",
    "a:has(",
    "\\",
    "🦀 {\"__proto__\": {\"x\": 1}} %s %00 %2e%2e/",
];

fn texts() -> Vec<String> {
    let parts = prop_oneof![
        any::<String>(),
        Just("\"'`\\${}()[];//*/".to_owned()),
        Just("window.broken = 1".to_owned()),
        Just("\n\r\u{2028}".to_owned()),
        Just("</script>-->".to_owned()),
    ];
    let strategy = proptest::collection::vec(parts, 1..5).prop_map(|parts| parts.concat());
    let mut runner = TestRunner::deterministic();
    let made = (0..MADE).map(|_| strategy.new_tree(&mut runner).expect("a text").current());
    KNOWN.iter().map(|text| (*text).to_owned()).chain(made).collect()
}

async fn whole(actor: &Actor, text: &str) {
    assert_eq!(actor.value("typeof window.broken").await, "undefined", "broken by {text:?}");
}

async fn keeps_texts_apart_from_code(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let texts = texts();
    for text in &texts {
        match actor.tab.baseline(std::slice::from_ref(text), soon()).await {
            Ok(_) | Err(BrowserError::Selector { .. }) => {}
            Err(other) => panic!("{text:?}: {other:?}"),
        }
        whole(&actor, text).await;
    }
    let items: Vec<(String, String)> =
        texts.iter().enumerate().map(|(n, text)| (format!("{n} {text}"), text.clone())).collect();
    actor.tab.set_local_storage(&items, soon()).await.unwrap();
    let mut kept = actor.tab.local_storage(soon()).await.unwrap();
    let mut wanted = items;
    kept.sort();
    wanted.sort();
    assert_eq!(kept, wanted, "what goes in comes out");
    for text in &texts {
        let shown = serde_json::Value::from(text.as_str());
        actor.run(&format!("document.querySelector('h1').textContent = {shown}")).await.unwrap();
        let condition = DomCondition::Text { css: "h1".to_owned(), text: text.clone() };
        actor.tab.wait_dom(&condition, soon()).await.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        whole(&actor, text).await;
    }
}

async fn keeps_js_within_its_brackets(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for text in texts() {
        // What the parser takes may do as it likes, but it parses in the page as it did here, and it ends.
        let Ok(program) = JsProgram::parse(&text) else { continue };
        match actor.tab.run(&program, short()).await {
            Ok(_) => {}
            Err(BrowserError::Js(exception)) => {
                assert!(!exception.message.starts_with("SyntaxError"), "{text:?}: {}", exception.message);
            }
            Err(BrowserError::JsTimeout { .. }) => {}
            Err(other) => panic!("{text:?}: {other:?}"),
        }
    }
}

async fn keeps_addresses_within_theirs(stage: Stage) {
    let actor = stage.tab().await;
    for text in texts().into_iter().filter(|text| !text.contains('#')).take(25) {
        let mut address = url::Url::parse(&stage.site.url("/page?n=1")).unwrap();
        address.query_pairs_mut().append_pair("text", &text);
        let landed = actor.go(address.as_str()).await.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        assert_eq!(landed.url, address.as_str(), "{text:?}");
        whole(&actor, &text).await;
    }
}
