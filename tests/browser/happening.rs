//! What happens beside a step: dialogs, pop-ups, the console.

use crawl::browser::{Button, Input};

use super::stage::{Stage, cases, soon};

cases![
    answers_dialogs_and_tells_them,
    leaves_a_page_that_objects,
    lists_popups,
    answers_dialogs_of_popups,
    reads_the_console,
];

async fn answers_dialogs_and_tells_them(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    assert_eq!(
        actor.value("alert('Saved'); return [confirm('Sure?'), prompt('Name')]").await,
        serde_json::json!([false, null])
    );
    let dialogs = actor.tab.happenings().dialogs;
    assert_eq!(dialogs, ["alert dismissed: `Saved`", "confirm dismissed: `Sure?`", "prompt dismissed: `Name`"]);
    assert!(actor.tab.happenings().dialogs.is_empty());
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
