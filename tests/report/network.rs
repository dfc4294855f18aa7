//! The requests of a step as its waterfall shows them.

use libtest_mimic::Trial;

use super::shown::view;
use super::{Report, trial};
use crate::process::stage::{Running, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_step_shows_its_requests_as_a_waterfall", waterfall),
        trial("a_waterfall_of_thousands_makes_what_is_in_view", thousands),
    ]
}

/// One request that is answered, one not found, one refused, one that sends, and one that does not end.
const SCRIPT: &str = r#"let site = playground();
let key = secret("CRAWL_TEST_KEY");
session("s") <
  crawl(`${site}/commits`);
  evaluate(`(async () => {
    await fetch("/echo?q=<img src=x onerror=hacked=1>&key=${key}", { method: "POST", body: "x" }).then((r) => r.text());
    await fetch("/no/such/page").then((r) => r.text());
    await fetch("http://127.0.0.1:9/refused").catch(() => 0);
    fetch("/slow?delay=60000");
    await new Promise((done) => setTimeout(done, 50));
  })()`);
  close("s");
>
"#;

const VIEW: &str = r##"session("view", viewport: [1200, 800]) <
  crawl("file:report.html", wait_for: "[role=option]");
  click("//*[@role='option'][contains(., 'evaluate')]");
  click("#tab-network", then: ".net-row");
  let page = crawl(console: true, js: "typeof hacked");
  print(page.text("#tab-network"), "hacked:", page.js, "said", page.console.len());
  print(page.select(".net-row").map(|row| row.text(".net-status")));
  print(page.select(".net-row").map(|row| row.select(".net-bar")[0].attr("class")));
  evaluate("document.querySelector('.net-rows').focus()");
  press("End");
  press("ArrowUp");
  let page = crawl();
  print(page.attr(".net-row[aria-selected=true]", "aria-label"));
  print(page.text(".net-full .bad"), page.text("h2"));
  print(page.select(".chip").map(|chip| chip.text));
  click("//button[contains(., 'failed')]");
  print(crawl().count(".net-row"));
>
"##;

fn run(script: &str) -> Stage {
    let stage = Stage::with(script);
    let mut command = stage.command(&["run", "--report", "report.html", "script.crawl"]);
    command.env("CRAWL_TEST_KEY", "key-of-ada");
    let ended = Running::of(command.spawn().unwrap()).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    stage
}

fn waterfall() {
    let stage = run(SCRIPT);
    let report = Report::read(&stage.read("report.html"));
    let rows = report.step(2)["requests"].as_array().unwrap();
    assert_eq!(rows.len(), 4, "{rows:#?}");
    assert!(!report.data.to_string().contains("key-of-ada") && rows[0][1].as_str().unwrap().ends_with("key=(hidden)"));
    assert!(rows[3][7].is_null() && rows[0][7].is_number(), "one goes on: {rows:#?}");
    assert!(report.step(1)["requests"].as_array().unwrap().iter().any(|row| row[2] == "document"));
    let told = view(&stage, VIEW);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "Network 4 hacked: undefined said 0", "{told}");
    assert_eq!(lines[1], r#"["200","404","failed","pending"]"#);
    assert_eq!(lines[2], r#"["net-bar","net-bar","net-bar failed","net-bar open"]"#);
    // Keys go through the requests; the step stays.
    assert!(lines[3].starts_with("GET, 127.0.0.1:9/refused, failed, fetch, 0 B, from "), "{told}");
    assert!(lines[4].starts_with("net::ERR_") && lines[4].contains(" 2 · evaluate"), "{told}");
    assert_eq!((lines[5], lines[6]), (r#"["all 4","failed 2"]"#, "2"), "{told}");
}

fn thousands() {
    let stage = run(r#"session("s") <
  crawl("raw:<p>many", js: "Promise.all(Array.from({ length: 6000 }, (_, n) => fetch(`data:,${n}`)))");
>
"#);
    let report = Report::read(&stage.read("report.html"));
    assert_eq!((report.step(1)["requests"].as_array().unwrap().len(), &report.step(1)["asked"]), (5000, &6000.into()));
    let told = view(
        &stage,
        r##"session("view", viewport: [390, 844]) <
  crawl("file:report.html", wait_for: "[role=option]");
  click("//*[@role='option'][contains(., 'many')]");
  click("#tab-network", then: ".net-row");
  evaluate("document.querySelector('.net-rows').focus()");
  press("End");
  let page = crawl();
  print(page.attr(".net-row[aria-selected=true]", "aria-posinset"), page.count(".net-row") < 60);
  print(page.text(".bar"));
  print(evaluate("document.documentElement.scrollWidth <= innerWidth"));
>
"##,
    );
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!((lines[0], lines[2]), ("5000 true", "true"), "{told}");
    assert!(lines[1].contains("the first 5,000 of 6,000"), "{told}");
}
