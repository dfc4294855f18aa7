//! Local files that pages name, however they write their addresses, and those that are the script's own.

use libtest_mimic::Trial;

use super::stage::{Running, Stage};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("files::a_page_names_none_behind_escapes", escaped),
        trial("files::a_page_takes_none_of_the_scripts_own_away", own),
    ]
}

fn said(stage: &Stage, settings: &[String]) -> Vec<String> {
    let args: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting.as_str()]).collect();
    let child = stage.command(&[&["run", "script.crawl"], args.as_slice()].concat()).spawn().unwrap();
    let ended = Running::of(child).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    ended.stdout.lines().map(str::to_owned).collect()
}

fn escaped() {
    let stage = Stage::with(
        r#"
let site = playground();
let address = "file://" + param("path");
fn said(act) { try { print(act.call().text.trim()); } catch (e) { print(e.code); } }
fn shown(site, text) { crawl(`${site}/article`, js: `document.body.textContent = ${text.to_json()}`).text.trim() }
fn written(address, slash) { "{\"u\":\"" + address.replace("/", slash) + "\"}" }
session("s") {
    said(|| crawl(parse_json(shown(site, written(address, "\\/"))).u));
    said(|| crawl(parse_json(shown(site, written(address, "\\u002f"))).u));
    said(|| crawl(parse_json(shown(site, written(address, "/").replace("file", "\\u0066ile"))).u));
    said(|| {
        let value = written(address, "/").to_json();
        let page = crawl(`${site}/article`, js: `document.body.setAttribute('data-x', ${value})`);
        crawl(parse_json(page.select("body")[0].attr("data-x")).u)
    });
    said(|| crawl(shown(site, address.replace("secret", "%73ecret")).replace("%73", "s")));
    said(|| crawl(shown(site, "file:secret.html")));
}
"#,
    );
    stage.write("secret.html", "<p>a secret");
    let lines = said(&stage, &[format!("path={}", stage.path("secret.html").display())]);
    // The last address stands in the script, so that the file is its own however a page writes it.
    assert_eq!(lines, ["a secret"; 6]);
    stage.write(
        "script.crawl",
        &stage.read("script.crawl").replace("\"file:secret.html\"", "\"file:\" + \"secret.html\""),
    );
    let lines = said(&stage, &[format!("path={}", stage.path("secret.html").display())]);
    assert_eq!(lines, ["crawl::access::denied"; 6]);
}

fn own() {
    let stage = Stage::with(
        r#"
let site = playground();
let folder = "file://" + param("folder");
fn said(act) { try { print(act.call().text.trim()); } catch (e) { print(e.code); } }
session("s") {
    said(|| crawl("file:written.html"));
    said(|| crawl(folder + "/opened.html"));
    let all = ["written", "opened", "given", "other"].map(|name| `${folder}/${name}.html`);
    crawl(`${site}/article`, js: `document.body.textContent = ${all.to_json()}.join(' ')`);
    said(|| crawl("file:written.html"));
    said(|| crawl(folder + "/opened.html"));
    said(|| crawl(param("given")));
    said(|| crawl(folder + "/other.html"));
}
"#,
    );
    for name in ["written", "opened", "given", "other"] {
        stage.write(&format!("{name}.html"), &format!("<p>{name}"));
    }
    let given = format!("given=file://{}", stage.path("given.html").display());
    let path = stage.path("").display().to_string();
    let lines = said(&stage, &[format!("folder={}", path.trim_end_matches('/')), given]);
    assert_eq!(lines, ["written", "opened", "written", "opened", "given", "crawl::access::denied"]);
}
