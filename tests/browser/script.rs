//! The user's js: values, exceptions with their places, and scripts that do not end.

use std::time::{Duration, Instant};

use crawl::browser::{BrowserError, JsException};
use serde_json::{Value, json};

use super::stage::{Actor, Stage, cases, program, short};

cases![
    returns_values_as_they_are,
    describes_nodes,
    tells_what_cannot_be_returned,
    places_exceptions_in_the_users_text,
    ends_a_script_that_loops,
    leaves_a_promise_that_never_settles,
    runs_under_a_strict_policy,
    sees_the_pages_own_variables,
    takes_a_true_snapshot_of_a_tampered_page,
];

async fn returns_values_as_they_are(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for (js, value) in [
        ("1 + 1", json!(2)),
        ("0", json!(0)),
        ("''", json!("")),
        ("false", json!(false)),
        ("null", Value::Null),
        ("undefined", Value::Null),
        ("NaN", Value::Null),
        ("({ a: [1, { b: 'é' }] })", json!({"a": [1, {"b": "é"}]})),
        ("() => 7", json!(7)),
        ("async () => { await 0; return [1] }", json!([1])),
        ("await Promise.resolve('x')", json!("x")),
        ("const x = 3; return x * 2", json!(6)),
        ("new Date(0)", json!("1970-01-01T00:00:00.000Z")),
        ("new Map([['k', 1]])", json!({"k": 1})),
        ("new Set([1, 2])", json!([1, 2])),
        ("[undefined, null]", json!([null, null])),
    ] {
        assert_eq!(actor.value(js).await, value, "{js}");
    }
}

async fn describes_nodes(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let link = json!({"tag": "a", "id": "link", "class": null, "text": "next"});
    assert_eq!(actor.value("document.querySelector('#link')").await, link);
    assert_eq!(actor.value("({ x: [document.querySelector('#link')] })").await, json!({"x": [link]}));
    assert_eq!(actor.value("document.querySelectorAll('#link, h1')").await[1], link);
    assert!(actor.value("window").await["window"].as_str().is_some_and(|url| url.ends_with("/page?n=1")));
}

async fn exception(actor: &Actor, js: &str) -> JsException {
    match actor.run(js).await {
        Err(BrowserError::Js(exception)) => exception,
        other => panic!("{js}: {other:?}"),
    }
}

async fn tells_what_cannot_be_returned(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for js in ["() => () => 1", "Symbol('s')", "10n", "const a = {}; a.a = a; return a", "({ n: 1n })"] {
        let message = exception(&actor, js).await.message;
        assert!(message.starts_with("the script returned"), "{js}: {message}");
    }
}

async fn places_exceptions_in_the_users_text(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    // Each engine has words of its own, and a place for them.
    let of_null = "TypeError: Cannot read properties of null (reading 'click')";
    let (of_null, at, of_call, place) = match stage.firefox() {
        true => (
            "TypeError: can't access property \"click\" of null",
            1,
            "TypeError: can't access property \"click\", document.querySelector(...) is null",
            10,
        ),
        false => (of_null, 6, of_null, 29),
    };
    for (js, message, place) in [
        ("null.click()", of_null, (1, at)),
        ("document.querySelector('.x').click()", of_call, (1, place)),
        ("const a = 1;\n  throw new Error('no')", "Error: no", (2, 9)),
        ("async () => {\n  await 0;\n  missing()\n}", "ReferenceError: missing is not defined", (3, 3)),
    ] {
        let thrown = exception(&actor, js).await;
        assert_eq!((thrown.message.as_str(), thrown.line.zip(thrown.column)), (message, Some(place)), "{js}");
    }
    assert_eq!(exception(&actor, "throw 'text'").await.message, "text");
    assert_eq!(exception(&actor, "return Promise.reject({ a: 1 })").await.message, "Object");
}

async fn ends_a_script_that_loops(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for js in ["while (true) {}", "await 0; for (;;);"] {
        let begun = Instant::now();
        let error = actor.tab.run(&program(js), short()).await.unwrap_err();
        assert!(matches!(error, BrowserError::JsTimeout { .. }), "{error:?}");
        // Firefox looks once a second whether a script runs on.
        let limit = Duration::from_secs(if stage.firefox() { 9 } else { 3 });
        assert!(begun.elapsed() < limit, "{:?}", begun.elapsed());
        assert_eq!(actor.value("1 + 2").await, 3, "after {js}");
        assert_eq!(actor.title().await, "Page 1");
    }
}

async fn leaves_a_promise_that_never_settles(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let error = actor.tab.run(&program("await new Promise(() => {})"), short()).await.unwrap_err();
    assert!(matches!(error, BrowserError::JsTimeout { .. }), "{error:?}");
    assert_eq!(actor.value("1 + 2").await, 3);
}

async fn runs_under_a_strict_policy(stage: Stage) {
    let actor = stage.at("/strict").await;
    assert_eq!(actor.value("const x = 1; return x + document.querySelectorAll('li').length").await, 3);
}

async fn sees_the_pages_own_variables(stage: Stage) {
    let actor = stage.at("/list").await;
    actor.run("window.mine = 5").await.unwrap();
    assert_eq!(actor.value("mine + page").await, 6);
}

async fn takes_a_true_snapshot_of_a_tampered_page(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("Object.prototype.toJSON = () => 'fooled'; 1").await.unwrap();
    assert_eq!(actor.title().await, "Page 1");
}
