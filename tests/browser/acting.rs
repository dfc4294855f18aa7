//! Acting: targets, what must hold before an act, trusted input, and what the page answers.

use std::time::Duration;

use crawl::browser::{
    BrowserError, Button, Check, Chord, Deadline, Deed, Found, How, Input, Key, Missed, Navigation, Place, Traversal,
    WaitUntil, Why, Wish,
};
use crawl::page::Target;
use serde_json::json;

use super::stage::{Actor, Stage, cases, short, soon};

cases![
    finds_targets_of_every_kind,
    tells_what_a_target_lacks,
    clicks_with_trusted_input,
    types_and_fills_fields,
    presses_chords,
    hands_over_files,
    drags_data_and_by_pointer,
    acts_in_frames_of_any_origin,
    waits_for_what_an_act_caused,
    does_not_wait_for_endless_answers,
    goes_through_history,
];

const POINTER: &[Check] = &[Check::Visible, Check::Enabled, Check::Stable, Check::Point, Check::Hit];

pub fn place(target: &str) -> Place {
    Place::of(Target::parse(target).unwrap())
}

async fn shown(stage: &Stage, html: &str) -> Actor {
    let actor = stage.tab().await;
    let url = stage.site.url("/page");
    let content = Some(format!("<!doctype html><body>{html}"));
    let to = Navigation { url, content, wait_until: WaitUntil::Load, ..Navigation::default() };
    actor.tab.navigate(&to, soon()).await.unwrap();
    actor
}

async fn ready(
    actor: &Actor,
    target: &str,
    checks: &[Check],
    deed: Option<&Deed>,
    deadline: Deadline,
) -> Result<Found, BrowserError> {
    let place = place(target);
    actor.tab.ready(&Wish { place: &place, checks, deed, position: None }, deadline).await
}

async fn missed(actor: &Actor, target: &str, checks: &[Check], deed: Option<&Deed>) -> Missed {
    match ready(actor, target, checks, deed, short()).await {
        Err(BrowserError::Target(missed)) => *missed,
        other => panic!("{target}: {other:?}"),
    }
}

pub async fn click(actor: &Actor, target: &str) {
    let at = ready(actor, target, POINTER, None, soon()).await.unwrap().point;
    actor.tab.input(&Input::clicks(at, Button::Left, 1), soon()).await.unwrap();
}

const FORM: &str = r#"
    <label>E-mail <input id=mail placeholder="you@example.org"></label>
    <span id=t>Terms</span><input id=agree type=checkbox aria-labelledby=t>
    <button id=save>Save <b>all</b></button><button id=later hidden>Save all</button>
    <a href="/page?n=2" id=home data-testid=home>Home</a>
    <div id=host></div>
    <script>
      const outer = document.querySelector('#host').attachShadow({ mode: 'open' });
      outer.innerHTML = '<my-part></my-part>';
      outer.querySelector('my-part').attachShadow({ mode: 'open' }).innerHTML = '<button id=deep>Deep</button>';
    </script>"#;

async fn finds_targets_of_every_kind(stage: Stage) {
    let actor = shown(&stage, FORM).await;
    let targets = [
        ("#mail", "mail"),
        ("label=e-mail", "mail"),
        ("placeholder=you@", "mail"),
        ("role=textbox[name=\"E-mail\"]", "mail"),
        ("label=Terms", "agree"),
        ("role=checkbox[name=Terms][checked=false]", "agree"),
        ("role=button[name=save]", "save"),
        ("role=button[name=/^save all$/i]", "save"),
        ("text=Home", "home"),
        ("testid=home", "home"),
        ("//a[@id='home']", "home"),
        ("text=deep", "deep"),
        ("#host my-part button", "deep"),
        ("role=button[name=Deep]", "deep"),
    ];
    for (target, id) in targets {
        actor.tab.happenings();
        actor.run("window.got = ''; addEventListener('click', (e) => { window.got = e.composedPath()[0].closest('[id]').id; e.preventDefault() }, true)").await.unwrap();
        click(&actor, target).await;
        assert_eq!(actor.value("got").await, id, "{target}");
    }
}

async fn tells_what_a_target_lacks(stage: Stage) {
    let actor = shown(
        &stage,
        r#"<style>@keyframes m { to { margin-left: 200px } } #moves { animation: m 1s infinite linear; width: 40px }</style>
        <p class=two>one</p><p class=two>two</p><b id=gone style="display:none">gone</b><button id=off disabled>off</button>
        <input id=fixed readonly value=a><div id=moves>m</div><input id=day type=date><input id=number type=number>
        <button id=under style="position:absolute;top:300px">under</button>
        <div class=banner style="position:fixed;top:280px;left:0;right:0;height:200px"><p>cookies</p></div>"#,
    )
    .await;
    let fill = |value: &str| Deed::Fill { value: value.to_owned() };
    let two = missed(&actor, ".two", POINTER, None).await;
    assert_eq!((two.why, two.count, two.list.len()), (Why::Many, 2, 2));
    for candidate in &two.list {
        ready(&actor, &candidate.selector, POINTER, None, soon()).await.unwrap();
    }
    assert_eq!(missed(&actor, "#none", POINTER, None).await.why, Why::None);
    assert_eq!(missed(&actor, "#gone", POINTER, None).await.why, Why::Hidden);
    assert_eq!(missed(&actor, "#off", POINTER, None).await.why, Why::Disabled);
    assert_eq!(missed(&actor, "#fixed", &[Check::Editable], Some(&fill("x"))).await.why, Why::Readonly);
    assert_eq!(missed(&actor, "#moves", POINTER, None).await.why, Why::Moving);
    let under = missed(&actor, "#under", POINTER, None).await;
    assert_eq!((under.why, under.words.as_str()), (Why::Covered, "div.banner"));
    assert_eq!(missed(&actor, "#day", &[], Some(&fill("26.11.2026"))).await.why, Why::Value);
    assert_eq!(missed(&actor, "#number", &[], Some(&fill("many"))).await.why, Why::Value);
    assert_eq!(missed(&actor, ".banner", &[], Some(&fill("x"))).await.why, Why::Kind);
    assert_eq!(missed(&actor, "//p[@@]", &[], None).await.why, Why::Refused);
}

async fn clicks_with_trusted_input(stage: Stage) {
    let actor = shown(&stage, "<div style='height:3000px'></div><button id=b>press</button>").await;
    actor
        .run("window.seen = []; for (const n of ['pointerdown', 'click', 'dblclick', 'contextmenu']) addEventListener(n, (e) => { e.preventDefault(); seen.push(`${n} ${e.isTrusted} ${e.target.id} ${e.shiftKey}`) })")
        .await
        .unwrap();
    click(&actor, "#b").await;
    assert_eq!(actor.value("seen").await, json!(["pointerdown true b false", "click true b false"]));
    let at = ready(&actor, "#b", POINTER, None, soon()).await.unwrap().point;
    actor.run("seen = []").await.unwrap();
    actor.tab.begin_act().unwrap();
    actor.tab.input(&Input::clicks(at, Button::Left, 2), soon()).await.unwrap();
    assert_eq!(actor.value("seen.filter((s) => s.startsWith('dbl'))").await, json!(["dblclick true b false"]));
    actor.run("seen = []").await.unwrap();
    actor.tab.begin_act().unwrap();
    actor.tab.input(&Input::clicks(at, Button::Right, 1), soon()).await.unwrap();
    assert_eq!(actor.value("seen.filter((s) => s.startsWith('con'))").await, json!(["contextmenu true b false"]));
}

async fn types_and_fills_fields(stage: Stage) {
    let actor = shown(
        &stage,
        "<input id=a value=old><textarea id=b></textarea><div id=c contenteditable>old</div><input id=d type=date><input id=r type=range max=50>",
    )
    .await;
    actor
        .run("window.seen = []; addEventListener('input', (e) => seen.push(`${e.target.id} ${e.isTrusted}`))")
        .await
        .unwrap();
    for (target, value) in [("#a", "new"), ("#b", "one\ntwo"), ("#c", "text")] {
        let fill = Deed::Fill { value: value.to_owned() };
        let found = ready(&actor, target, &[Check::Visible], Some(&fill), soon()).await.unwrap();
        assert_eq!(found.did.how, How::Type);
        actor.tab.input(&[Input::Text(value.to_owned())], soon()).await.unwrap();
    }
    for (target, value) in [("#d", "2026-11-26"), ("#r", "30")] {
        let fill = Deed::Fill { value: value.to_owned() };
        assert_eq!(ready(&actor, target, &[], Some(&fill), soon()).await.unwrap().did.how, How::Set);
    }
    ready(&actor, "#a", &[], Some(&Deed::Type), soon()).await.unwrap();
    let strokes: Vec<Input> = "er É".chars().flat_map(|letter| Input::stroke(&Key::typing(letter))).collect();
    actor.tab.input(&strokes, soon()).await.unwrap();
    let values = "[a.value, b.value, c.textContent, d.value, r.value]";
    assert_eq!(actor.value(values).await, json!(["newer É", "one\ntwo", "text", "2026-11-26", "30"]));
    assert_eq!(actor.value("seen.filter((s) => /^[abc] false/.test(s)).length").await, 0);
}

async fn presses_chords(stage: Stage) {
    let actor =
        shown(&stage, "<form onsubmit='document.title = \"sent\"; return false'><input id=a value=old></form>").await;
    ready(&actor, "#a", &[], Some(&Deed::Focus), soon()).await.unwrap();
    for keys in ["Control+A", "x", "Shift+y", "ArrowLeft", "!"] {
        let chord = Chord::parse(keys).unwrap();
        let mut events: Vec<Input> = chord.modifiers.iter().map(|m| Input::KeyDown(m.key())).collect();
        events.extend(Input::stroke(&chord.key));
        events.extend(chord.modifiers.iter().map(|m| Input::KeyUp(m.key())));
        actor.tab.input(&events, soon()).await.unwrap();
    }
    assert_eq!(actor.value("a.value").await, "x!Y");
    actor.tab.input(&Input::stroke(&Key::named("Enter").unwrap()), soon()).await.unwrap();
    assert_eq!(actor.title().await, "sent");
}

async fn hands_over_files(stage: Stage) {
    let actor = shown(&stage, "<input id=f type=file multiple><input id=one type=file>").await;
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = ["a.txt", "b.txt"]
        .iter()
        .map(|name| {
            let path = folder.path().join(name);
            std::fs::write(&path, name).unwrap();
            path.display().to_string()
        })
        .collect();
    ready(&actor, "#f", &[], Some(&Deed::Files { count: 2 }), soon()).await.unwrap();
    actor.tab.give_files(&files, soon()).await.unwrap();
    assert_eq!(actor.value("[...f.files].map((file) => file.name + file.size)").await, json!(["a.txt5", "b.txt5"]));
    assert_eq!(missed(&actor, "#one", &[], Some(&Deed::Files { count: 2 })).await.why, Why::Kind);
}

async fn drags_data_and_by_pointer(stage: Stage) {
    let actor = shown(
        &stage,
        r#"<b id=card draggable=true style="display:block;width:80px;height:40px">card</b>
        <div id=zone style="margin-top:60px;width:200px;height:80px" ondragover="event.preventDefault()"
          ondrop="event.preventDefault(); document.title = event.dataTransfer.getData('text/plain')">here</div>
        <i id=knob style="position:absolute;left:300px;top:20px;width:40px;height:40px;background:red"></i>
        <script>
          card.ondragstart = (e) => e.dataTransfer.setData('text/plain', 'the card');
          let on = false;
          knob.onpointerdown = () => { on = true };
          addEventListener('pointermove', (e) => { if (on) knob.style.left = `${e.clientX}px` });
          addEventListener('pointerup', () => { on = false });
        </script>"#,
    )
    .await;
    let from = ready(&actor, "#card", POINTER, None, soon()).await.unwrap().point;
    let to = ready(&actor, "#zone", POINTER, None, soon()).await.unwrap().point;
    let dragged = actor.tab.drag(from, to, soon()).await;
    if stage.firefox() {
        assert!(matches!(dragged, Err(BrowserError::Unsupported { .. })), "{dragged:?}");
    } else {
        dragged.unwrap();
        assert_eq!(actor.title().await, "the card");
    }
    let knob = ready(&actor, "#knob", POINTER, None, soon()).await.unwrap().point;
    actor.tab.drag(knob, (knob.0 + 100.0, knob.1), soon()).await.unwrap();
    assert_eq!(actor.value("knob.style.left").await, format!("{}px", knob.0 + 100.0));
}

async fn acts_in_frames_of_any_origin(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    for (id, url) in [("same", stage.site.url("/page?n=same")), ("other", stage.site.elsewhere("/page?n=other"))] {
        let add = format!(
            "const f = document.createElement('iframe'); f.id = '{id}'; f.src = '{url}'; f.style = 'border: 7px solid; padding: 5px'; \
             document.body.append(f); await new Promise((loaded) => f.onload = loaded)"
        );
        actor.run(&add).await.unwrap();
        actor.tab.enter(&[place(&format!("#{id}"))], soon()).await.unwrap();
        actor
            .run("window.seen = []; addEventListener('click', (e) => { seen.push(e.isTrusted, e.target.id) })")
            .await
            .unwrap();
        click(&actor, "#part").await;
        assert_eq!(actor.value("seen").await, json!([true, "part"]), "{id}");
        actor.tab.leave();
        assert_eq!(actor.value("document.querySelectorAll('iframe').length > 0").await, true);
    }
    let error = actor.tab.enter(&[place("h1")], short()).await.unwrap_err();
    assert!(matches!(&error, BrowserError::Target(missed) if missed.why == Why::Kind), "{error:?}");
}

async fn waits_for_what_an_act_caused(stage: Stage) {
    let actor = shown(
        &stage,
        "<button id=load onclick=\"fetch('/page?delay=300').then(() => fetch('/page?delay=200')).then(() => { document.title = 'loaded' })\">load</button>\
         <a id=go href='/page?n=2&delay=200'>go</a>",
    )
    .await;
    let mark = actor.tab.begin_act().unwrap();
    click(&actor, "#load").await;
    assert!(!actor.tab.end_act(&mark, true, soon()).await.unwrap());
    assert_eq!(actor.title().await, "loaded");
    let mark = actor.tab.begin_act().unwrap();
    click(&actor, "#go").await;
    assert!(actor.tab.end_act(&mark, true, soon()).await.unwrap());
    actor.tab.arrive(WaitUntil::Load, soon()).await.unwrap();
    assert_eq!(actor.title().await, "Page 2");
}

async fn does_not_wait_for_endless_answers(stage: Stage) {
    let endless = stage.site.url("/unending");
    let actor = shown(&stage, &format!("<button id=load onclick=\"fetch('{endless}')\">load</button>")).await;
    let mark = actor.tab.begin_act().unwrap();
    click(&actor, "#load").await;
    let deadline = Deadline::after(Duration::from_secs(30));
    assert!(!actor.tab.end_act(&mark, true, deadline).await.unwrap());
    assert!(!deadline.passed());
}

async fn goes_through_history(stage: Stage) {
    let actor = stage.at("/page?n=1").await;
    actor.go(&stage.site.url("/page?n=2")).await.unwrap();
    actor.run("history.pushState(1, '', '#here')").await.unwrap();
    let go = async |to: Traversal| {
        let mark = actor.tab.begin_act().unwrap();
        if !actor.tab.traverse(to, soon()).await.unwrap() {
            return "nowhere".to_owned();
        }
        if actor.tab.end_act(&mark, true, soon()).await.unwrap() {
            actor.tab.arrive(WaitUntil::Load, soon()).await.unwrap();
        }
        let snapshot = actor.snapshot().await;
        format!("{}{}", snapshot.title, snapshot.url.rsplit_once('#').map_or("", |(_, fragment)| fragment))
    };
    assert_eq!(go(Traversal::Back).await, "Page 2");
    assert_eq!(go(Traversal::Back).await, "Page 1");
    assert_eq!(go(Traversal::Back).await, "nowhere");
    assert_eq!(go(Traversal::Forward).await, "Page 2");
    actor.run("document.title = 'changed'").await.unwrap();
    assert_eq!(go(Traversal::Reload).await, "Page 2");
}
