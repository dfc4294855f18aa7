//! Snapshots: live form values, open shadow roots, frames of any origin, documents that are not HTML.

use super::stage::{Stage, cases, soon};

cases![
    keeps_the_live_state_of_forms,
    opens_shadow_roots,
    is_the_page_after_every_change,
    reads_frames_of_every_origin,
    numbers_controls_in_the_order_of_the_html,
    is_not_fooled_by_the_page,
    reads_what_is_no_html,
    works_under_trusted_types,
    gives_the_documents_own_bytes,
    takes_pictures,
];

async fn keeps_the_live_state_of_forms(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run(
            "document.querySelector('[name=n]').value = 'typed'; document.querySelector('#box').checked = true; \
              document.querySelector('select').selectedIndex = 0; document.querySelector('textarea').value = 'new'",
        )
        .await
        .unwrap();
    let forms = actor.snapshot().await.forms;
    let seen: Vec<_> = forms.iter().map(|f| (f.index, f.value.as_deref(), f.checked, f.selected)).collect();
    assert_eq!(
        seen,
        [
            (0, Some("typed"), None, None),
            (1, None, Some(true), None),
            (2, None, None, Some(true)),
            (3, None, None, Some(false)),
            (4, Some("new"), None, None),
        ]
    );
}

async fn opens_shadow_roots(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run(
            "const part = document.querySelector('#part'); const root = part.attachShadow({ mode: 'open' }); \
              root.innerHTML = '<b>deep</b><i></i>'; root.querySelector('i').innerHTML = '<u>x</u>'; 1",
        )
        .await
        .unwrap();
    let snapshot = actor.snapshot().await;
    let expected = r#"<p id="part"><template shadowrootmode="open"><b>deep</b><i><u>x</u></i></template>part</p>"#;
    assert!(snapshot.html.contains(expected), "{}", snapshot.html);
    assert!(snapshot.html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{}", snapshot.html);
    assert!(snapshot.html.ends_with("</html>"));
}

/// Of a text that was sent before only what changed is sent again: what comes of it is the page all the same.
async fn is_the_page_after_every_change(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    let changes = [
        "1",
        "document.body.append('the end')",
        "document.body.prepend('ä€😀 the beginning')",
        "document.body.firstChild.data = 'ä€😁 the beginning'; 1",
        "document.body.firstChild.data = 'ä€😁🨁 the beginning'; 1",
        "document.body.firstChild.data = 'ä€🨁 the beginning'; 1",
        "document.body.firstChild.data = 'ä€\\ud83d the beginning'; 1",
        "document.body.firstChild.data = 'ä€\\ud83d\\ude01 the beginning'; 1",
        "document.body.firstChild.remove()",
        "document.querySelector('h1').textContent = 'x'.repeat(100000)",
        "document.querySelector('h1').append('yx'.repeat(70000) + '😀')",
        "document.querySelector('h1').textContent = 'xxx'",
        "document.documentElement.lang = 'de'",
        "document.body.lastChild.remove()",
        "document.body.textContent = ''",
        "2",
    ];
    for change in changes {
        actor.run(change).await.unwrap();
        let own = actor.value("document.documentElement.outerHTML.toWellFormed()").await;
        let html = actor.snapshot().await.html;
        assert_eq!(html, format!("<!DOCTYPE html>\n{}", own.as_str().unwrap()), "after {change}");
    }
    actor.go(&stage.site.url("/page?n=2")).await.unwrap();
    assert!(actor.snapshot().await.html.contains("<h1>Page 2</h1>"));
    actor.run("document.querySelector('h1').textContent = 'three'").await.unwrap();
    assert!(actor.snapshot().await.html.contains("<h1>three</h1>"));
}

async fn reads_frames_of_every_origin(stage: Stage) {
    let actor = stage.at("/frames").await;
    let snapshot = actor.snapshot().await;
    let titles: Vec<_> = snapshot.frames.iter().map(|frame| frame.title.as_str()).collect();
    assert_eq!(titles, ["Page cross", "Page same", "", "Page sandboxed"]);
    assert!(snapshot.frames[2].html.contains("<p>doc</p>"));
    assert_eq!(snapshot.frames[0].url, stage.site.elsewhere("/page?n=cross"));
}

async fn numbers_controls_in_the_order_of_the_html(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run(
            "document.body.innerHTML = '<div id=h><input id=after></div><template><input></template><input id=z>'; \
             document.querySelector('#h').attachShadow({ mode: 'open' }).innerHTML = '<input>'; \
             document.querySelector('#z').value = 'z'; document.querySelector('#after').value = 'a'",
        )
        .await
        .unwrap();
    let forms = actor.snapshot().await.forms;
    let seen: Vec<_> = forms.iter().map(|form| (form.index, form.value.as_deref().unwrap())).collect();
    assert_eq!(seen, [(1, "a"), (3, "z")]);
}

async fn is_not_fooled_by_the_page(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor
        .run(
            "Document.prototype.querySelectorAll = () => []; Element.prototype.querySelectorAll = () => []; \
             Object.defineProperty(Element.prototype, 'outerHTML', { get: () => 'fooled' }); Array.from = () => ['f']; 1",
        )
        .await
        .unwrap();
    assert!(actor.snapshot().await.html.contains("<h1>Page 1</h1>"));
    assert_eq!(actor.tab.baseline(&["a".to_owned()], soon()).await.unwrap()[0].count, 5);
}

async fn reads_what_is_no_html(stage: Stage) {
    let actor = stage.at("/xml").await;
    let xml = actor.snapshot().await;
    assert_eq!((xml.content_type.as_str(), xml.html.contains("<r><i>1</i></r>")), ("text/xml", true), "{}", xml.html);
    actor.go(&stage.site.url("/text")).await.unwrap();
    let text = actor.snapshot().await;
    assert_eq!((text.content_type.as_str(), text.html.contains("plain text")), ("text/plain", true));
}

async fn works_under_trusted_types(stage: Stage) {
    let actor = stage.at("/strict").await;
    assert!(actor.snapshot().await.html.contains("<li>1"));
    assert_eq!(actor.tab.baseline(&["li".to_owned()], soon()).await.unwrap()[0].count, 2);
}

async fn gives_the_documents_own_bytes(stage: Stage) {
    let actor = stage.at("/json").await;
    assert_eq!(actor.tab.document_body(soon()).await.unwrap(), r#"{"a":[1,2,3]}"#);
}

async fn takes_pictures(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.run("document.body.style.height = '3000px'; 1").await.unwrap();
    let height = |png: &[u8]| u32::from_be_bytes(png[20..24].try_into().unwrap());
    let view = actor.tab.screenshot(false, soon()).await.unwrap();
    let whole = actor.tab.screenshot(true, soon()).await.unwrap();
    assert!(view.starts_with(b"\x89PNG") && height(&view) == 720, "{}", height(&view));
    assert!(height(&whole) >= 3000, "{}", height(&whole));
}
