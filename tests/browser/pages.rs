//! The pages of an identity, its dialogs, downloads and pictures.

use crawl::browser::{BrowserError, Deadline, DialogAnswer, DownloadState, DownloadWait, Identity, WaitUntil};
use serde_json::json;

use super::acting::place;
use super::stage::{Actor, Stage, cases, soon};

cases![
    lists_and_visits_its_popups,
    lists_pages_by_their_titles,
    a_popup_that_closes_is_told_apart_from_a_lost_one,
    answers_dialogs_as_armed,
    answers_dialogs_of_popups,
    keeps_downloads_whole,
    tells_of_downloads_that_broke,
    takes_pictures_of_targets_and_prints,
];

/// The tab of the page that opens next.
pub(super) async fn opened(actor: &Actor) -> Actor {
    loop {
        let pages = actor.tab.pages(soon()).await.unwrap();
        if let Some(page) = pages.iter().find(|page| page.id != actor.tab.page_id() && page.url != "about:blank") {
            let tab = actor.tab.page(&page.id, soon()).await.unwrap();
            tab.arrive(WaitUntil::Load, soon()).await.unwrap();
            return Actor { tab };
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn lists_and_visits_its_popups(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("open('/cookie')").await.unwrap();
    let popup = opened(&actor).await;
    assert_eq!(popup.value("document.body.textContent").await, "set");
    assert_eq!(popup.tab.landing().unwrap().status, Some(200));
    popup.go(&stage.site.url("/page?n=2")).await.unwrap();
    assert_eq!((popup.title().await, actor.title().await), ("Page 2".to_owned(), "Page 1".to_owned()));
    assert_eq!(actor.value("document.cookie").await, "seen=yes");
    let urls: Vec<String> = actor.tab.pages(soon()).await.unwrap().into_iter().map(|page| page.url).collect();
    assert_eq!(urls, [stage.site.url("/page?n=1"), stage.site.url("/page?n=2")]);
    // The identity goes with any of its tabs.
    popup.tab.close().await.unwrap();
    assert!(!actor.tab.alive());
}

async fn lists_pages_by_their_titles(stage: Stage) {
    let actor = stage.tab().await;
    let listed = async || actor.tab.pages(soon()).await.unwrap().into_iter().map(|page| page.title).collect::<Vec<_>>();
    for n in 1..=5 {
        actor.go(&stage.site.url(&format!("/page?n={n}"))).await.unwrap();
        assert_eq!(listed().await, [format!("Page {n}")]);
    }
    // The address ends as the title does.
    actor.go(&stage.site.url("/html?h=%3Ctitle%3Eend%3C/title%3E&x=end")).await.unwrap();
    assert_eq!(listed().await, ["end"]);
    actor.go(&stage.site.url("/html?h=%3Cp%3Enone")).await.unwrap();
    assert_eq!(listed().await, [""]);
}

async fn a_popup_that_closes_is_told_apart_from_a_lost_one(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for by_script in [true, false] {
        actor.run("open('/page?n=2')").await.unwrap();
        let popup = opened(&actor).await;
        if by_script {
            // The reply may go with the page.
            let _ = popup.run("window.close()").await;
        } else {
            popup.tab.close_page(soon()).await.unwrap();
        }
        while popup.tab.alive() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(popup.tab.page_was_closed());
        assert_eq!(actor.tab.pages(soon()).await.unwrap().len(), 1);
    }
    assert_eq!(actor.title().await, "Page 1");
}

async fn answers_dialogs_as_armed(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let ask = "[confirm('sure?'), prompt('name?', 'nobody')]";
    assert_eq!(actor.value(ask).await, json!([false, null]));
    assert_eq!(actor.tab.happenings().warnings, ["confirm dismissed: `sure?`", "prompt dismissed: `name?`"]);
    actor.tab.answer_dialogs(Some(DialogAnswer { accept: true, text: Some("Ada".to_owned()) }));
    assert_eq!(actor.value(ask).await, json!([true, "Ada"]));
    actor.tab.answer_dialogs(Some(DialogAnswer { accept: true, text: None }));
    assert_eq!(actor.value(ask).await, json!([true, "nobody"]));
    assert!(actor.tab.happenings().warnings.is_empty());
    actor.tab.answer_dialogs(None);
    assert_eq!(actor.value(ask).await, json!([false, null]));
}

async fn answers_dialogs_of_popups(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.tab.answer_dialogs(Some(DialogAnswer { accept: true, text: None }));
    let js = "new Promise(done => { const c = new BroadcastChannel('asked'); c.onmessage = e => done(e.data);
        open('/html?h=<script>new BroadcastChannel(\"asked\").postMessage(confirm(\"there?\"))</script>'); })";
    assert_eq!(actor.value(js).await, true);
}

async fn keeps_downloads_whole(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.tab.keep_downloads(None, soon()).await.unwrap();
    actor.run("document.querySelector('#load').click()").await.unwrap();
    let downloads = actor.tab.downloads(DownloadWait::One, soon()).await.unwrap();
    let [one] = downloads.as_slice() else { panic!("{downloads:?}") };
    assert_eq!((one.url.as_str(), one.suggested.as_str()), (stage.site.url("/download").as_str(), "a.bin"));
    let DownloadState::Done(path) = &one.state else { panic!("{one:?}") };
    assert_eq!(std::fs::read_to_string(path).unwrap(), "data");
    assert!(actor.tab.downloads(DownloadWait::Begun, soon()).await.unwrap().is_empty());
    let blob = "{ const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['made'])); a.download = 'made.txt'; a.click() }";
    actor.run(blob).await.unwrap();
    let made = actor.tab.downloads(DownloadWait::One, soon()).await.unwrap();
    let DownloadState::Done(path) = &made[0].state else { panic!("{made:?}") };
    assert_eq!((made[0].suggested.as_str(), std::fs::read_to_string(path).unwrap().as_str()), ("made.txt", "made"));
}

async fn tells_of_downloads_that_broke(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.tab.keep_downloads(None, soon()).await.unwrap();
    let cut = stage.site.broken("/cut-file");
    actor.run(&format!("{{ location.href = '{cut}' }}")).await.unwrap();
    let downloads = actor.tab.downloads(DownloadWait::One, soon()).await.unwrap();
    assert_eq!(downloads.iter().map(|one| &one.state).collect::<Vec<_>>(), [&DownloadState::Failed]);
}

async fn takes_pictures_of_targets_and_prints(stage: Stage) {
    let actor = stage.tab_as(&Identity { viewport: Some((300, 200)), ..Identity::default() }).await;
    actor
        .go(&stage.site.url(
            "/html?h=<p style='height:900px'>far</p><div id=box style='width:120px;height:60px;background:red'></div>",
        ))
        .await
        .unwrap();
    let png = actor.tab.picture_of(&place("#box"), soon()).await.unwrap();
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((&png[1..4], side(16), side(20)), (b"PNG".as_slice(), 120, 60));
    let brief = Deadline::after(std::time::Duration::from_millis(300));
    assert!(actor.tab.picture_of(&place("#none"), brief).await.is_err());
    assert!(actor.tab.pdf(soon()).await.unwrap().starts_with(b"%PDF-"));
    let whole = actor.tab.mhtml(soon()).await;
    if stage.firefox() {
        assert!(matches!(whole, Err(BrowserError::Unsupported { .. })), "{whole:?}");
        return;
    }
    assert!(whole.unwrap().contains("multipart/related"));
}
