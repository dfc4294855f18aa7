//! What a captured page says of roles, names and targets is what the live page says.

use crawl::browser::{Navigation, Snapshot, WaitUntil};
use crawl::page::{ControlState, Counted, Document, SelectorNames, Target};
use serde_json::{Value, json};
use url::Url;

use super::stage::{Actor, Stage, cases, soon};

cases![a_captured_page_offers_what_the_live_one_finds];

/// The script that acts find their targets with.
const LOCATE: &str =
    concat!(include_str!("../../src/browser/locate/accessible.js"), include_str!("../../src/browser/locate/find.js"));

const PAGES: &[(&str, &str)] = &[
    ("form", include_str!("../../src/playground/pages/form.html")),
    ("commits", include_str!("../../src/playground/pages/commits.html")),
    ("shadow", include_str!("../../src/playground/pages/shadow.html")),
    ("table", include_str!("../../src/playground/pages/table.html")),
    ("article", include_str!("../../src/playground/pages/article.html")),
    ("own", OWN),
];

const OWN: &str = r#"
    <header><nav aria-label=Main><a href=/a>Home <b>page</b></a> <a>no link</a><a href=/b><img alt=Logo src=></a></nav></header>
    <main><header>inner</header><section aria-labelledby=t><h2 id=t>Orders  of
      today</h2></section><section>plain</section>
    <button>Save</button><button>Save as</button><button aria-label="Close dialog">x</button><button disabled>Off</button>
    <div role=button aria-disabled=true><span>Half</span><span hidden> seen</span></div>
    <button style="display:none">Gone</button><div aria-hidden=true><button>Mute</button></div>
    <input type=submit><input type=reset value=Again><input type=button value=Go><input type=image alt=Picture src=>
    <input type=search placeholder="Search orders"><input type=number title=Amount><input type=range aria-label=Volume>
    <input type=password placeholder=Secret><input list=l aria-placeholder=Town><datalist id=l><option>Wien</datalist>
    <label for=mail>E-mail <i>address</i></label><input id=mail type=email>
    <label>Quantity <select><option>1<option selected>2</select> pieces</label>
    <span id=a>Both</span><span id=b>names</span><input type=checkbox checked aria-labelledby="a b">
    <fieldset disabled><legend>Size</legend><label><input type=radio name=s> Small</label></fieldset>
    <details><summary>More</summary><button>Within closed</button></details>
    <details open><summary>Open</summary><button>Within open</button></details>
    <dialog><button>Within dialog</button></dialog>
    <table><caption>Prices</caption><thead><tr><th>Item<th scope=col>Price</thead><tr><th scope=row>Tea<td>4 <sup>50</sup></table>
    <div role=grid><table><tr><td>cell of a grid</table></div>
    <ul><li data-testid=one>One</li><li data-test=two>Two <br>lines</li></ul><svg width=9 height=9><title>Star</title></svg>
    <img alt="" src=><img src= title=Titled><figure><figcaption>Shown</figcaption></figure><output>7</output>
    <h3 role=presentation>no heading</h3><p role="image banner">first role counts</p><time>now</time><hr><progress></progress>
    </main><footer>end</footer>"#;

async fn a_captured_page_offers_what_the_live_one_finds(stage: Stage) {
    let actor = stage.tab().await;
    for (name, html) in PAGES {
        let url = stage.site.url("/page");
        let content = Some(format!("<!doctype html><body>{html}"));
        let to = Navigation { url, content, wait_until: WaitUntil::Load, ..Navigation::default() };
        actor.tab.navigate(&to, soon()).await.unwrap();
        let document = captured(&actor.snapshot().await);
        let names = document.selector_names();
        assert_eq!(json!(names.targets.roles), roles(&actor).await, "{name}");
        let targets = targets(&names);
        assert!(targets.len() > 5, "{name}: {targets:?}");
        let counts = targets.iter().map(|target| document.aimed(target).unwrap().len());
        let counted: Vec<(String, usize)> = targets.iter().map(ToString::to_string).zip(counts).collect();
        let live = live(&actor, &targets).await;
        let differing = counted.iter().zip(&live).filter(|(captured, live)| captured != live);
        assert_eq!(differing.collect::<Vec<_>>(), [], "{name}");
    }
}

fn captured(snapshot: &Snapshot) -> Document {
    let controls = snapshot.forms.iter().map(|patch| ControlState {
        index: patch.index,
        value: patch.value.clone(),
        checked: patch.checked,
        selected: patch.selected,
    });
    Document::captured(&snapshot.html, &Url::parse(&snapshot.url).unwrap(), &controls.collect::<Vec<_>>())
}

/// Targets made of everything that is offered, and some that ask for states.
fn targets(names: &SelectorNames) -> Vec<Target> {
    let targets = &names.targets;
    let written = |names: &Counted, target: &dyn Fn(&str) -> String| {
        let plain = names.iter().filter(|(name, _)| !name.contains(['"', '\\']));
        plain.map(|(name, _)| target(name)).collect::<Vec<_>>()
    };
    let mut all = written(&targets.test_ids, &|id| format!("testid={id}"));
    all.extend(written(&targets.labels, &|label| format!("label={label}")));
    all.extend(written(&targets.placeholders, &|text| format!("placeholder=\"{text}\"")));
    all.extend(written(&targets.texts, &|text| format!("text=\"{text}\"")));
    let mut roles: Vec<_> = targets.named.iter().collect();
    roles.sort();
    for (role, names) in roles {
        all.extend(written(names, &|name| format!("role={role}[name=\"{name}\"]")));
    }
    let states =
        ["checkbox[checked]", "button[disabled]", "radio[disabled=true]", "heading[level=2]", "button[expanded]"];
    all.extend(states.iter().map(|state| format!("role={state}")));
    all.extend(["text=e", "text=/^s/i", "role=button[include-hidden]"].map(str::to_owned));
    all.iter().map(|text| Target::parse(text).unwrap()).collect()
}

/// The live page's roles with their counts.
async fn roles(actor: &Actor) -> Value {
    let js = "const counts = {}; for (const element of elementsOf(document)) { const role = roleOf(element); \
        if (role && role !== 'generic' && role !== 'none' && !isConcealed(element)) counts[role] = (counts[role] ?? 0) + 1; } \
        return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));";
    actor.value(&format!("(() => {{ {LOCATE}; {js} }})()")).await
}

/// How many elements of the live page an act would take each target for.
async fn live(actor: &Actor, targets: &[Target]) -> Vec<(String, usize)> {
    let js = "targets.map((target) => { const found = find(target, document); \
        const seen = found.length < 2 ? [] : found.filter((element) => !isConcealed(element)); \
        return [target.text, seen.length || found.length]; })";
    let targets = json!(targets);
    let counts = actor.value(&format!("(() => {{ {LOCATE}; const targets = {targets}; return {js}; }})()")).await;
    serde_json::from_value(counts).unwrap()
}
