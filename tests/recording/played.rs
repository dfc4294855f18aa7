//! Runs of the program that are recorded, and played again: without a browser, with one, without the site.

use std::process::{Command, Stdio};

use crawl::playground::Playground;
use crawl::store::Cassette;
use libtest_mimic::Trial;
use serde_json::Value;

use super::site::Site;
use super::trial;
use crate::process::stage::{Ended, Running, Stage};

/// A log-in, pages that a script draws, redirects, frames, a form and a fetch.
const SHOP: &str = r#"let site = param("site");
session("shop") <
  crawl(`${site}/login`);
  fill("label=User name", "ada");
  fill("label=Password", secret("CRAWL_TEST_PASSWORD"));
  click("role=button", then: ".user");
  print(crawl().title);
  print(crawl(`${site}/secured/1`).text(".total"));
  print(crawl(`${site}/commits`).text("li h4"));
  for n in 1..3 {
    let page = crawl(
      js: "document.querySelector('[data-testid=pagination-next-button]').click()",
      wait_for: changed("li h4"),
    );
    print(page.text("li h4"));
  }
  print(crawl(`${site}/redirect?to=/article&times=3`).redirects.len());
  print(crawl(`${site}/iframe`).frames.len());
  print(crawl(`${site}/echo`, method: "POST", headers: #{ "content-type": "application/json" }, body: `{"a": 1}`).text(".body"));
  print(evaluate("fetch('/json').then(r => r.json()).then(j => j.total)"));
>
print(crawl(`${site}/text`).ok);
print(now().len() > 0 && random() < 1.0);
"#;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("played::a_recorded_run_is_played_both_ways_without_its_site", both_ways),
        trial("played::another_reading_is_answered_by_the_steps_and_another_act_by_the_requests", changed),
        trial("played::a_request_that_is_not_recorded_is_an_error", unmatched),
        trial("played::a_run_that_fails_leaves_a_whole_recording", failing),
        trial("played::pages_see_the_recorded_time_and_the_same_random_numbers", drawn),
        trial("played::a_page_with_a_service_worker_is_played", served),
        trial("played::no_secret_is_in_a_recording", secrets),
        trial("played::no_password_of_a_session_that_never_opened_is_kept", unopened),
        trial("played::options_that_make_no_sense_are_refused", options),
    ];
    trials.push(match unshares() {
        true => trial("played::a_sample_passes_without_a_network", cut_off),
        false => trial("played::a_sample_passes_without_a_network (unshare is not permitted)", cut_off)
            .with_ignored_flag(true),
    });
    trials
}

/// Runs the stage's script with a password in the environment, or without.
fn run(stage: &Stage, site: &str, password: Option<&str>, args: &[&str]) -> Ended {
    let site = format!("site={site}");
    let all: Vec<&str> = ["run", "script.crawl", "--set", &site].iter().chain(args).copied().collect();
    let mut command = stage.command(&all);
    command.env_remove("CRAWL_TEST_PASSWORD");
    if let Some(password) = password {
        command.env("CRAWL_TEST_PASSWORD", password);
    }
    Running::of(command.spawn().unwrap()).end()
}

fn good(ended: Ended) -> String {
    assert_eq!(ended.status.code(), Some(0), "{}\n{}", ended.stdout, ended.stderr);
    ended.stdout
}

/// A playground for as long as the work takes; its address.
pub(super) fn with_playground<T>(work: impl FnOnce(&str) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let site = runtime.block_on(Playground::start(None)).unwrap();
    work(&site.url())
}

fn both_ways() {
    let stage = Stage::with(SHOP);
    let (site, said) = with_playground(|site| {
        let ended = run(&stage, site, Some("lovelace"), &["--record", "kept"]);
        let last = ended.stderr.lines().last().unwrap_or_default().to_owned();
        assert!(last.starts_with("recorded: kept/script.cassette (") && last.contains(" requests, "), "{last}");
        (site.to_owned(), good(ended))
    });
    assert!(said.starts_with("Account of Ada\n"), "{said}");
    for mode in ["snapshot", "network", "auto"] {
        let args = ["--replay", "kept/script.cassette", "--replay-mode", mode];
        assert_eq!(good(run(&stage, &site, None, &args)), said, "{mode}, without the secret");
    }
    let args = ["--replay", "kept", "--replay-mode", "network"];
    assert_eq!(good(run(&stage, &site, Some("lovelace"), &args)), said, "with the secret, by the folder");
    let bare = stage.command(&["run", "script.crawl", "--replay", "kept/script.cassette"]).spawn().unwrap();
    assert_eq!(good(Running::of(bare).end()), said, "with the recorded parameters");
    stage.assert_nothing_left();
}

fn changed() {
    let stage = Stage::with(
        "let site = param(\"site\");\nsession(\"s\") <\n  print(crawl(`${site}/products`, css: \"h1\").selected.len());\n  \
         crawl(`${site}/article`);\n>\n",
    );
    let site = with_playground(|site| {
        good(run(&stage, site, None, &["--record", "a.cassette"]));
        site.to_owned()
    });
    stage.write(
        "script.crawl",
        "let site = param(\"site\");\nsession(\"s\") <\n  print(crawl(`${site}/products`, css: \"h2\").selected.len() > 1);\n  \
         print(crawl(`${site}/article`).title);\n>\n",
    );
    let replay = ["--replay", "a.cassette"];
    let said = good(run(&stage, &site, None, &[&replay[..], &["--replay-mode", "snapshot"]].concat()));
    assert!(said.starts_with("true\n"), "{said}");
    stage.write(
        "script.crawl",
        "let site = param(\"site\");\nsession(\"s\") <\n  print(\"once\");\n  print(crawl(`${site}/article`).title);\n  \
         print(crawl(js: \"document.querySelectorAll('p').length\").js > 1);\n>\n",
    );
    let refused = run(&stage, &site, None, &[&replay[..], &["--replay-mode", "snapshot"]].concat());
    assert!(refused.stderr.contains("crawl::replay::unknown_step"), "{}", refused.stderr);
    assert_eq!(refused.status.code(), Some(4));
    let said = good(run(&stage, &site, None, &replay));
    assert!(said.starts_with("once\n") && said.ends_with("true\n") && said.matches("once").count() == 1, "{said}");
    // A script that takes errors as they come is not answered by half of a recording.
    stage.write(
        "script.crawl",
        "let site = param(\"site\");\nsession(\"s\") <\n  try { print(crawl(`${site}/article`).title) } catch (e) { print(e.code) }\n>\n",
    );
    let caught = good(run(&stage, &site, None, &replay));
    assert!(!caught.contains("crawl::"), "{caught}");
}

fn unmatched() {
    let stage = Stage::with("let site = param(\"site\");\nsession(\"s\") { crawl(`${site}/products?sort=name`) }\n");
    let site = with_playground(|site| {
        good(run(&stage, site, None, &["--record", "a.cassette"]));
        site.to_owned()
    });
    stage.write(
        "script.crawl",
        "let site = param(\"site\");\nsession(\"s\") { crawl(`${site}/products?sort=price`, retries: 2) }\n",
    );
    let ended = run(&stage, &site, None, &["--replay", "a.cassette"]);
    assert_eq!(ended.status.code(), Some(4));
    let told = ended.stderr.replace(&site, "http://site");
    for part in [
        "crawl::replay::unmatched",
        "`GET http://site/products?sort=price` is not in the recording",
        "the nearest recorded request is GET http://site/products?sort=name, in session `s`",
        "query `sort`: \"name\" recorded, \"price\" asked",
        "record again with `crawl run --record`",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
    assert!(!told.contains("tried again"), "it would be asked in vain again:\n{told}");
}

fn failing() {
    let stage = Stage::with(
        "let site = param(\"site\");\nsession(\"s\") <\n  print(crawl(`${site}/article`).title);\n  crawl(wait_for: \"#never\", timeout: \"300ms\");\n>\n",
    );
    let (site, before) = with_playground(|site| (site.to_owned(), run(&stage, site, None, &["--record", "."])));
    assert_eq!(before.status.code(), Some(4), "{}", before.stderr);
    assert!(before.stderr.contains("recorded: ./script.cassette (2 steps"), "{}", before.stderr);
    let again = run(&stage, &site, None, &["--replay", "script.cassette", "--replay-mode", "snapshot"]);
    assert_eq!((again.status.code(), again.stdout), (Some(4), before.stdout));
    assert!(again.stderr.contains("crawl::wait::timeout"), "{}", again.stderr);
    let cassette = Cassette::open(&stage.path("script.cassette")).unwrap();
    assert_eq!(cassette.facts().unwrap()["ended"], "failed");
    assert_eq!(cassette.sources().unwrap()[0].0, "script.crawl");
}

fn drawn() {
    let stage = Stage::with(
        "let site = param(\"site\");\nsession(\"s\") <\n  print(crawl(`${site}/drawn`, wait_for: js(\"document.title.startsWith('closed')\")).text(\"#drawn\"));\n  print(crawl().title);\n>\n",
    );
    let site = Site::start();
    let url = site.url();
    let live = good(run(&stage, &url, None, &["--record", "a.cassette", "-q"]));
    drop(site);
    let replay = ["--replay", "a.cassette", "--replay-mode", "network"];
    let (one, other) = (good(run(&stage, &url, None, &replay)), good(run(&stage, &url, None, &replay)));
    assert_eq!(one, other);
    let shown = |said: &str| serde_json::from_str::<Value>(said.lines().next().unwrap()).unwrap();
    let (live, played) = (shown(&live), shown(&one));
    assert_ne!(live["random"], played["random"]);
    for name in ["year", "formatted", "fixed", "kind", "native"] {
        assert_eq!(live[name], played[name], "{name}");
    }
    assert_eq!(one.lines().nth(1), Some("closed 1006"));
    let uuid = played["uuid"].as_str().unwrap();
    assert!(uuid.len() == 36 && uuid.as_bytes()[14] == b'4', "{uuid}");
}

fn served() {
    let stage = Stage::with(
        "let site = param(\"site\");\nsession(\"s\") <\n  print(crawl(`${site}/served`, wait_for: \"#said:not(:empty)\").text(\"#said\"));\n>\n",
    );
    let site = Site::start();
    let url = site.url();
    let live = good(run(&stage, &url, None, &["--record", "a.cassette", "-q"]));
    assert_eq!(live, "from the site / 1 true function\n");
    drop(site);
    assert_eq!(good(run(&stage, &url, None, &["--replay", "a.cassette", "--replay-mode", "network"])), live);
}

/// What nothing of may be in a recording, in any spelling.
const KEY: &str = "of&\"fire";
const COOKIE: &str = "t1cket-0f-ada";

fn secrets() {
    let stage = Stage::with(
        r#"let site = param("site");
let key = secret("CRAWL_TEST_PASSWORD");
session("s", auth: #{ user: "ada", password: key }) <
  print(crawl(`${site}/private`).title);
  crawl(`${site}/form?key=${key}`);
  fill("[name=user]", "ada");
  fill("[name=key]", key);
  fill("[name=note]", `the key is ${key}`);
  evaluate(`document.body.dataset.key = ${to_json(key)}`);
  print(crawl(js: "document.querySelector('button').click()", wait_for: ".body").text(".body").len() > 20);
  print(evaluate(`fetch("/sent", { method: "POST", body: JSON.stringify({ key: ${to_json(key)} }), headers: { authorization: "Bearer to-ken-of-ada" } }).then(r => r.status)`));
>
"#,
    );
    let site = Site::start();
    let url = site.url();
    let said = good(run(&stage, &url, Some(KEY), &["--record", "a.cassette"]));
    assert!(said.starts_with("Private\n"), "{said}");
    drop(site);
    let basic = "YWRhOm9mJiJmaXJl";
    let spelled = [KEY, "of%26%22fire", "of&amp;", "of\\u0026", "of&\\\"fire", COOKIE, basic, "to-ken-of-ada"];
    for (place, text) in texts(&stage) {
        for secret in spelled {
            assert!(!text.contains(secret), "`{secret}` is in {place}: {text}");
        }
    }
    let whole = std::fs::read(stage.path("a.cassette")).unwrap();
    for secret in spelled {
        let found = whole.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "`{secret}` is in the file itself");
    }
    for mode in ["snapshot", "network"] {
        let args = ["--replay", "a.cassette", "--replay-mode", mode];
        assert_eq!(good(run(&stage, &url, None, &args)), said, "{mode}, without the secret");
        assert_eq!(good(run(&stage, &url, Some(KEY), &args)), said, "{mode}, with it");
    }
}

fn unopened() {
    let stage = Stage::with(
        r#"import "kept" as kept;
crawl("raw:<p>x");
throw "early";
session("a", auth: #{ user: "ada", password: "hunter2-of-ada" }) < crawl("http://site/"); >
session("b", proxy: "http://bob:pr0xy-of-bob@proxy:8080") < crawl("http://site/"); >
session("c", proxy: #{ server: "http://proxy:8080", user: "eve", password: "0f-eve" }) < crawl("http://site/"); >
session("d", proxy: #{ bypass: #{ one: 1 }.keys(), server: "http://proxy:8080", password: "0f-mallory" }) < crawl("http://site/"); >
"#,
    );
    stage.write("kept.crawl", "fn unused() { session(\"e\", auth: #{ user: \"joe\", password: \"0f-joe-0f\" }); }\n");
    let args = ["--record", "a.cassette", "--report", "a.html", "--protocol-log", "log.jsonl"];
    assert_eq!(run(&stage, "http://site", None, &args).status.code(), Some(4));
    let mut kept = texts(&stage);
    kept.extend(["a.html", "log.jsonl"].map(|name| (name.to_owned(), stage.read(name))));
    for (place, text) in kept {
        for secret in ["hunter2-of-ada", "pr0xy-of-bob", "0f-eve", "0f-mallory", "0f-joe-0f"] {
            assert!(!text.contains(secret), "`{secret}` is in {place}: {text}");
        }
    }
}

/// Every text of a cassette, bodies as they were before compression.
fn texts(stage: &Stage) -> Vec<(String, String)> {
    let cassette = Cassette::open(&stage.path("a.cassette")).unwrap();
    let mut texts = vec![("the facts".to_owned(), Value::Object(cassette.facts().unwrap()).to_string())];
    texts.extend(cassette.sources().unwrap());
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    for row in cassette.exchanges().unwrap() {
        texts.push((row.url.clone(), format!("{} {}", row.url, row.head)));
        texts.extend(row.request_body.map(|body| (format!("the request to {}", row.url), text(body))));
        texts.extend(row.response_body.map(|body| (format!("the answer of {}", row.url), text(body))));
    }
    for row in cassette.steps().unwrap() {
        texts.push((row.title.clone(), format!("{} {}", row.title, row.head)));
        texts.extend(row.blobs.into_iter().map(|blob| (format!("a blob of {}", row.title), text(blob))));
    }
    let sights = cassette.sights().unwrap().into_iter();
    texts.extend(sights.map(|row| ("a sight".to_owned(), format!("{} {}", row.of, row.value))));
    texts.extend(cassette.outputs().unwrap().into_iter().map(|row| ("an output".to_owned(), row.text)));
    texts
}

fn options() {
    let stage = Stage::with("print(1);");
    let refused = |args: &[&str]| {
        let ended = run(&stage, "http://site", None, args);
        assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
        ended.stderr
    };
    refused(&["--record", "a.cassette", "--replay", "a.cassette"]);
    refused(&["--replay-mode", "network"]);
    assert!(refused(&["--replay", "none.cassette"]).contains("there is no such file"));
    stage.write("bad.cassette", "no cassette");
    let bad = refused(&["--replay", "bad.cassette"]);
    assert!(bad.contains("crawl::usage::recording") && bad.contains("is not a readable cassette"), "{bad}");
    good(run(&stage, "http://site", None, &["--record", "empty.cassette"]));
    let none = refused(&["--replay", "empty.cassette", "--replay-mode", "snapshot"]);
    assert!(none.contains("there are none"), "{none}");
    assert_eq!(good(run(&stage, "http://site", None, &["--replay", "empty.cassette"])), "1\n");
}

/// Whether a process may have a network of its own, with nothing in it.
fn unshares() -> bool {
    let mut command = Command::new("unshare");
    command.args(["-rn", "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn cut_off() {
    let sample = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/commits.crawl")).unwrap();
    let stage = Stage::with(&sample);
    let said = good(stage.start(&["run", "script.crawl", "--record", "."]).end());
    let mut command = Command::new("unshare");
    command.args(["-rn", crate::process::stage::PROGRAM, "run", "script.crawl", "--replay", "script.cassette"]);
    command.current_dir(stage.work()).envs(stage.surroundings()).args(["--replay-mode", "snapshot"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    assert_eq!(good(Running::of(command.spawn().unwrap()).end()), said);
}
