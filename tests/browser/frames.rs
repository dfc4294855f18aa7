//! A page's own frames: they come while it is waited for, between steps, in pop-ups and frames, and beside other pages.

use std::time::Duration;

use crawl::browser::{Browsers, Deadline, Identity};
use futures_util::future::join_all;

use super::pages::opened;
use super::stage::{Actor, Stage, cases, program, soon};

cases![
    the_first_session_has_a_browser_for_itself,
    come_while_it_is_waited_for,
    come_between_steps_and_under_many,
    come_in_many_pages_at_once,
    come_in_popups_and_after_them,
    come_in_frames_of_other_sites,
    come_beside_a_popup_that_hangs,
    come_after_the_page_was_stuck,
];

/// Counts the page's frames in `n`.
const COUNT: &str = "window.n = 0; (function next() { n += 1; requestAnimationFrame(next) })(); return true";

/// Is there after 20 frames.
const TWENTY: &str = "for (let i = 0; i < 20; i += 1) await new Promise(requestAnimationFrame); return true";

/// A pool of the trial's own: its first session is the one that may have its frames by hand, whatever else is tried.
struct Alone(Stage);

impl Alone {
    fn new(stage: &Stage) -> Self {
        Self(Stage { browsers: Box::leak(Box::new(Browsers::new())), ..stage.clone() })
    }

    async fn end(self) {
        self.0.browsers.shutdown().await;
    }
}

impl std::ops::Deref for Alone {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.0
    }
}

impl Actor {
    /// Fails where the frames do not come.
    async fn gets_frames(&self) {
        assert_eq!(self.value(TWENTY).await, true);
    }

    async fn counted(&self) -> u64 {
        self.value("return n").await.as_u64().unwrap()
    }
}

/// Where frames are given by hand it is the only one in its browser, and those after it share another one.
async fn the_first_session_has_a_browser_for_itself(stage: Stage) {
    let stage = Alone::new(&stage);
    let open = async || {
        let opened = stage.browsers.open_tab(&stage.lane.launch(), &Identity::default(), soon()).await.unwrap();
        (opened.browser_started, Actor { tab: opened.tab })
    };
    let by_hand = stage.lane.name == "headless-shell" && cfg!(target_os = "linux");
    let (started, first) = open().await;
    let (other_started, second) = open().await;
    let (third_started, third) = open().await;
    assert_eq!([started, other_started, third_started], [true, by_hand, false]);
    for actor in [&first, &second, &third] {
        actor.gets_frames().await;
    }
    first.tab.close().await.unwrap();
    drop(first);
    // It is the emptiest one now.
    let (started, next) = open().await;
    assert!(!started);
    next.gets_frames().await;
    stage.end().await;
}

async fn come_while_it_is_waited_for(stage: Stage) {
    let stage = Alone::new(&stage);
    let actor = stage.at("/page?n=1").await;
    actor.gets_frames().await;
    actor.run(COUNT).await.unwrap();
    actor.tab.wait_js(&program("n > 20"), soon()).await.unwrap();
    // What is seen changes: an observer hears of it, a transition ends.
    let seen = actor.value(
        "const late = document.body.appendChild(document.createElement('p'));
        const seen = new Promise((wake) => new IntersectionObserver((all) => all[0].isIntersecting && wake()).observe(late));
        late.style.transition = 'opacity 50ms'; late.offsetWidth; late.style.opacity = 0.5;
        await Promise.all([seen, new Promise((wake) => late.addEventListener('transitionend', wake))]);
        return 'seen and ended'",
    );
    assert_eq!(seen.await, "seen and ended");
    stage.end().await;
}

async fn come_between_steps_and_under_many(stage: Stage) {
    let stage = Alone::new(&stage);
    let actor = stage.at("/page?n=1").await;
    actor.run(COUNT).await.unwrap();
    let first = actor.counted().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = actor.counted().await;
    assert!(second > first + 1, "{first} {second}");
    // Nobody asked for so long that the page had fewer of them.
    tokio::time::sleep(Duration::from_secs(4)).await;
    actor.gets_frames().await;
    let third = actor.counted().await;
    for _ in 0..200 {
        actor.snapshot().await;
    }
    let fourth = actor.counted().await;
    assert!(fourth > third + 1, "{third} {fourth}");
    stage.end().await;
}

async fn come_in_many_pages_at_once(stage: Stage) {
    let stage = Alone::new(&stage);
    let pages = (0..5).map(async |n| {
        let actor = stage.at(&format!("/page?n={n}")).await;
        actor.run(COUNT).await.unwrap();
        for _ in 0..3 {
            actor.gets_frames().await;
            actor.tab.screenshot(false, soon()).await.unwrap();
        }
        assert_eq!(actor.title().await, format!("Page {n}"));
        actor.tab.close().await.unwrap();
    });
    join_all(pages).await;
    // The session that had a browser of its own is gone.
    stage.at("/page?n=after").await.gets_frames().await;
    stage.end().await;
}

async fn come_in_popups_and_after_them(stage: Stage) {
    let stage = Alone::new(&stage);
    let actor = stage.at("/page?n=1").await;
    // Over WebDriver BiDi a page without an opener is not followed from its beginning.
    let kinds = if stage.lane.name == "webdriver" { 1 } else { 2 };
    for features in &["", ", '_blank', 'noopener'"][..kinds] {
        actor.run(&format!("open('/page?n=2'{features})")).await.unwrap();
        let popup = opened(&actor).await;
        popup.gets_frames().await;
        popup.tab.screenshot(false, soon()).await.unwrap();
        popup.tab.close_page(soon()).await.unwrap();
        actor.gets_frames().await;
    }
    stage.end().await;
}

async fn come_in_frames_of_other_sites(stage: Stage) {
    let stage = Alone::new(&stage);
    let actor = stage.at("/frames").await;
    let html = "let n=0;(function%20f(){n%2B%2B;parent.postMessage(n,%22*%22);requestAnimationFrame(f)})()";
    let inner = stage.site.elsewhere(&format!("/html?h=%3Cscript%3E{html}%3C/script%3E"));
    let js = format!(
        "const heard = new Promise((wake) => addEventListener('message', (event) => event.data > 20 && wake()));
        document.body.prepend(Object.assign(document.createElement('iframe'), {{ src: '{inner}' }}));
        await heard; return true"
    );
    assert_eq!(actor.value(&js).await, true);
    stage.end().await;
}

/// One page's frame never ends: the others' come, beside it or once it is ended, and so do those of the next session.
async fn come_beside_a_popup_that_hangs(stage: Stage) {
    if stage.lane.name != "headless-shell" {
        // Elsewhere a page behind another one is hidden, and has none.
        return;
    }
    let stage = Alone::new(&stage);
    let actor = stage.at("/page?n=1").await;
    let html = "%3Cp%3Epopup%3Cscript%3EsetTimeout(()=%3ErequestAnimationFrame(()=%3E{for(;;);}),100)%3C/script%3E";
    let popup = stage.site.elsewhere(&format!("/html?h={html}"));
    for close in [true, false] {
        actor.run(&format!("open('{popup}', '_blank', 'noopener')")).await.unwrap();
        let popup = opened(&actor).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        if close {
            popup.tab.close_page(soon()).await.unwrap();
        }
        actor.gets_frames().await;
        actor.tab.screenshot(false, soon()).await.unwrap();
    }
    let other = stage.at("/page?n=3").await;
    tokio::join!(other.gets_frames(), actor.gets_frames());
    actor.tab.close().await.unwrap();
    stage.at("/page?n=4").await.gets_frames().await;
    other.gets_frames().await;
    stage.end().await;
}

async fn come_after_the_page_was_stuck(stage: Stage) {
    let stage = Alone::new(&stage);
    let actor = stage.at("/page?n=1").await;
    actor.run(COUNT).await.unwrap();
    // It hangs within a frame.
    let hangs = program("requestAnimationFrame(() => { for (;;); }); await new Promise(() => {})");
    let ended = actor.tab.run(&hangs, Deadline::after(Duration::from_millis(700))).await;
    assert!(ended.is_err(), "{ended:?}");
    actor.tab.recovered().await;
    if actor.tab.alive() {
        // A document whose script Firefox ended gets none any more.
        if !stage.firefox() {
            actor.gets_frames().await;
        }
        actor.go(&stage.site.url("/page?n=2")).await.unwrap();
        actor.gets_frames().await;
    }
    stage.end().await;
}
