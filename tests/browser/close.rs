//! Ends: closing, during a call too, and a crashed renderer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crawl::browser::{BrowserError, DomCondition};

use super::stage::{Stage, cases, program, soon};

cases![closes_during_a_call, refuses_what_comes_after_the_close, tells_a_crash_at_once];

async fn closes_during_a_call(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let tab = Arc::clone(&actor.tab);
    let waiting =
        tokio::spawn(async move { tab.wait_dom(&DomCondition::Attached { css: ".none".to_owned() }, soon()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    actor.tab.close().await.unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(BrowserError::Closed)));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

async fn refuses_what_comes_after_the_close(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.tab.close().await.unwrap();
    actor.tab.close().await.unwrap();
    assert!(!actor.tab.alive());
    assert!(matches!(actor.run("1").await, Err(BrowserError::Closed)));
    assert!(matches!(actor.tab.cookies(soon()).await, Err(BrowserError::Closed)));
}

async fn tells_a_crash_at_once(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let begun = Instant::now();
    let error = actor.go(if stage.firefox() { "about:crashcontent" } else { "chrome://crash" }).await.unwrap_err();
    assert!(matches!(error, BrowserError::Lost { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!actor.tab.alive());
    assert!(matches!(actor.tab.run(&program("1"), soon()).await, Err(BrowserError::Lost { .. })));
    stage.at("/page?n=other").await;
}
