//! What a browser shows of a report, from its file: steps, the page of the chosen one, and nothing that it asks for.

use libtest_mimic::Trial;
use serde_json::Value;

use super::{Report, trial};
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_browser_shows_it_from_its_file", shown),
        trial("on_a_phone_the_list_is_drawn_again_after_a_step", phone),
        trial("nothing_runs_in_the_pages_that_it_shows", inert),
        trial("it_is_written_on_failure_alone_where_that_is_asked", on_failure),
        trial("what_cannot_be_written_is_found_before_the_run", unwritable),
    ]
}

const SHOP: &str = r#"let site = playground();
schema Commit at "li[data-testid='commit-row-item']", min: 30 { title: text("h4 a") }
session("commits") <
  emit(crawl(`${site}/commits`, extract: Commit).items);
  crawl(js: "(document.querySelector('[data-testid=pagination-next-button]').click(), 41 + 1)", wait_for: changed("li h4"));
>
session("order") <
  let form = crawl(`${site}/wizard`); form.count("label"); form.has("label");
  fill("label=Name", "Ada");
  print(evaluate("console.log('said'), document.title"));
>
parallel([1, 2], |n| crawl(`${site}/products/${n}`));
session("commits") <
  crawl(`${site}/products`, css: ".prodct");
>
"#;

/// Opens the report, goes to its second step by keys, shows its page, filters.
const VIEW: &str = r##"session("view", viewport: [1200, 800]) <
  let page = crawl("file:report.html", wait_for: "[role=option]", console: true);
  print("steps", page.attr("[role=option]", "aria-setsize"), "failed", page.text("#ended"), page.text("#detail h2"));
  print("said", page.console.len());
  press("Home");
  press("ArrowDown");
  press("ArrowDown");
  click("#tab-page", then: "iframe");
  let page = crawl(wait_for: "iframe", console: true);
  print(page.text("[role=option][aria-selected=true] .number"), page.select(".chip[aria-pressed=true]").map(|chip| chip.text));
  print(page.frames[0].text("li h4 a"), page.frames[0].count("[style*='outline: 3px']"));
  click("#tab-js");
  print(crawl().select("#panel pre").map(|pre| pre.text)[1]);
  press("/");
  type_text("#filter", "prodct");
  let page = crawl(console: true);
  print(page.count("[role=option]"), page.text("[role=option]"));
  print(page.text(".error"));
  print("said", page.console.len());
>
"##;

fn shown() {
    let stage = Stage::with(SHOP);
    let ended = stage.start(&["run", "--report", "report.html", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    let report = Report::read(&stage.read("report.html"));
    let step = report.step(1);
    assert_eq!((step["line"].as_u64(), step["rows"].as_u64()), (Some(4), Some(30)));
    assert_eq!(step["said"]["records"], 30);
    assert_eq!(report.step(5)["console"][0]["text"], "said");
    assert_eq!(report.step(3)["looks"], serde_json::json!([{ "role": "read", "css": "label" }]));
    assert_eq!(report.step(5)["value"], "\"About you\"");
    assert_eq!(report.step(6)["branch"].as_str().map(str::len), Some(3));
    assert_eq!(report.data["reports"][0]["step"], 8);
    assert!(report.data["reports"][0]["text"].as_str().unwrap().contains("did you mean `.product`?"));
    let steps = report.data["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["picture"].is_u64() && step["document"].is_u64()), "{steps:#?}");
    let told = view(&stage, VIEW);
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("steps 9 failed failed 8 · crawl"), "{told}");
    assert_eq!((lines[1], lines[2]), ("said 0", "2 [\"after\",\"wait_for li h4 30\"]"), "{told}");
    // The rows of the page are marked where it stands.
    assert!(lines[3].ends_with(" 30"), "{told}");
    assert_eq!(lines[4], "42", "{told}");
    assert!(lines[5].starts_with("1 8crawl/products"), "{told}");
    assert!(lines[6].contains("crawl::select::no_match") && lines[6].contains("did you mean `.product`?"), "{told}");
    assert_eq!(lines[7], "said 0", "{told}");
}

const VIEW_PHONE: &str = r##"session("view", viewport: [390, 844]) <
  let page = crawl("file:report.html", wait_for: "[role=option]");
  print(page.text("#panel").contains("not known"));
  print(page.attr("[role=option]", "aria-setsize"), page.text("[role=option]:nth-child(4) .number"));
  click("[role=option]:nth-child(4)");
  click("#back");
  let page = crawl(js: "document.getElementById('chart').width > 0");
  print(page.count("[role=option]"), page.text("[role=option][aria-selected=true] .number"));
  print(page.js);
  crawl(js: "void (location.hash = '#step-5')");
  print(crawl(delay: "300ms").text("#detail h2"));
>
"##;

fn phone() {
    let stage = Stage::with("session(\"a\") < for i in 1..=12 { crawl(`raw:<p>${i}`); } >");
    let ended = stage.start(&["run", "--report", "report.html", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let told = view(&stage, VIEW_PHONE);
    let lines: Vec<&str> = told.lines().collect();
    // As root there is a warning before the first step, in a row of its own.
    assert!(["12 4", "13 3"].contains(&lines[1]) && lines[2] == lines[1], "{told}");
    assert_eq!((lines[0], lines[3]), ("false", "true"), "{told}");
    assert!(lines[4].starts_with("5 · crawl"), "{told}");
}

const HOSTILE: &str = r##"let page = `<title></title><script>document.title = "ran"</script><h1>shown</h1>
<script>top.hacked = 1; parent.hacked = 1</script><img src="http://127.0.0.1:9/asked" onerror="top.hacked = 2">
<link rel=stylesheet href="http://127.0.0.1:9/asked"><link rel=preconnect href="http://127.0.0.1:9">
<meta http-equiv=refresh content="60; url=http://127.0.0.1:9/asked">
<svg><script>top.hacked = 3</script><image href="http://127.0.0.1:9/asked" /></svg><iframe src="http://127.0.0.1:9/asked"></iframe>
<iframe srcdoc="<script>top.hacked = 4</script><img src=http://127.0.0.1:9/asked>"></iframe>
<a id=out href="http://127.0.0.1:9/asked" target=_top ping="http://127.0.0.1:9/asked">out</a>
<form action="http://127.0.0.1:9/asked"><button>send</button></form><base href="http://127.0.0.1:9/">
<video poster="http://127.0.0.1:9/asked" src="http://127.0.0.1:9/asked"></video><object data="http://127.0.0.1:9/asked"></object>
</script><!-- --><p onclick="top.hacked = 5" style="background: url(http://127.0.0.1:9/asked)">&lt;/script&gt;</p><style>@import "http://127.0.0.1:9/asked"; h1 { background: url(http://127.0.0.1:9/asked) }</style>`;
session("</script><img src=x onerror=hacked=6>", block: ["http://127.0.0.1:9/**"]) <
  crawl(`raw:${page}`, js: "document.title = '</title><script>hacked = 7</script>'; '<!--'");
>
"##;

const VIEW_HOSTILE: &str = r##"session("view") <
  crawl("file:report.html", wait_for: "[role=option]", console: true);
  press("ArrowDown");
  click("#tab-page", then: "iframe");
  frame("iframe", || crawl(wait_for: "p"));
  let page = crawl(wait_for: "iframe", delay: "1s", js: "typeof hacked", console: true);
  print("hacked:", page.js, page.url.ends_with("#step-1"));
  let shown = page.frames[0];
  print("frame:", shown.text("h1"), shown.text("p"), shown.has("a#out"), page.attr("iframe", "sandbox"));
  print("acts:", shown.count("script, [onclick], [onerror], [http-equiv=refresh], link, base, object"));
  print("asks:", shown.count("[href], [src], [poster], [action], [ping], [data]"));
  print("frames:", shown.select("iframe").map(|frame| frame.attr("sandbox")), page.has("[data-testid]"));
>
"##;

fn inert() {
    let stage = Stage::with(HOSTILE);
    let ended = stage.start(&["run", "--report", "report.html", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    let told = view(&stage, VIEW_HOSTILE);
    let wanted = [
        "hacked: undefined true",
        "frame: shown </script> true ",
        "acts: 0",
        "asks: 0",
        "frames: [\"\",\"\"] false",
        "",
    ];
    assert_eq!(told, wanted.join("\n"));
}

/// Runs a script over the report; it asks for nothing but the report itself.
pub fn view(stage: &Stage, script: &str) -> String {
    stage.write("view.crawl", script);
    let ended = stage.start(&["run", "-q", "--protocol-log", "log.jsonl", "view.crawl"]).end();
    assert_eq!(ended.status.code(), Some(0), "{}{}", ended.stdout, ended.stderr);
    let log = stage.read("log.jsonl");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events = |method: &'static str| {
        let of = lines.iter().map(|line| &line["message"]).filter(move |message| message["method"] == method);
        of.map(|message| &message["params"])
    };
    // What the policy forbids is told as a request too, and as one that was never sent.
    let refused: Vec<&Value> = events("Network.loadingFailed")
        .filter(|failed| failed["blockedReason"] == "csp")
        .map(|failed| &failed["requestId"])
        .collect();
    let sent = events("Network.requestWillBeSent").filter(|asked| !refused.contains(&&asked["requestId"]));
    let urls: Vec<&str> = sent.map(|asked| asked["request"]["url"].as_str().unwrap()).collect();
    assert!(urls.iter().any(|url| url.contains("report.html")), "requests are logged: {urls:?}");
    let others: Vec<_> = urls.iter().filter(|url| !url.starts_with("file:") && !url.starts_with("data:")).collect();
    assert!(others.is_empty(), "asked for {others:?}");
    ended.stdout
}

fn on_failure() {
    let stage = Stage::with("crawl(\"raw:<p>one\", css: param(\"css\"));");
    let run = |css: &str| stage.start(&["run", "--report-on-failure", "bad.html", "--set", css, "script.crawl"]).end();
    let ended = run("css=p");
    assert_eq!((ended.status.code(), stage.path("bad.html").exists()), (Some(0), false), "{}", ended.stderr);
    let ended = run("css=b");
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    let report = Report::read(&stage.read("bad.html"));
    assert_eq!(
        (&report.data["ended"], &report.step(1)["error"]["code"]),
        (&"failed".into(), &"crawl::select::no_match".into())
    );
}

fn unwritable() {
    let stage = Stage::with("print(1);");
    let ended = stage.start(&["run", "--report", "no/such/folder.html", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("give `--report` another file") && ended.stdout.is_empty(), "{}", ended.stderr);
}
