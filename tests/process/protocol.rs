//! What a run tells of itself: the protocol log, without secrets, and where the time of each step went.

use libtest_mimic::Trial;
use serde_json::Value;

use super::stage::Stage;
use super::trial;

const LOGIN: &str = r#"let site = playground();
let password = secret("CRAWL_TEST_PASSWORD");
session("s") <
  crawl(`${site}/article?token=${password}`);
  set_cookies([#{ name: "id", value: "cookie-of-ada", url: site }]);
  crawl(`${site}/products`, headers: #{ Authorization: "Bearer of-ada" }, cookies: true);
  evaluate(`document.title = "${password}"`);
  set_cookies([#{ name: "pass", value: "9f86d081884c7d65", url: site }]);
  print(evaluate(`document.title = document.cookie + " Bearer of-ada"`).contains("9f86d081884c7d65"));
>
print("done");
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_protocol_log_tells_commands_and_events_without_secrets", tells),
        trial("what_is_typed_filled_and_stored_is_not_in_a_protocol_log", private),
        trial("of_a_page_only_what_changed_is_sent_again", sent_once),
        trial("verbose_twice_tells_where_the_time_of_a_step_went", parts),
        trial("a_protocol_log_that_cannot_be_written_is_an_error", refused),
    ]
}

fn tells() {
    let stage = Stage::with(LOGIN);
    let mut command = stage.command(&["run", "--protocol-log", "log.jsonl", "script.crawl"]);
    let ended = super::stage::Running::of(command.env("CRAWL_TEST_PASSWORD", "love-lace").spawn().unwrap()).end();
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "true\ndone\n"), "{}", ended.stderr);
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(stage.path("log.jsonl")).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
    let text = stage.read("log.jsonl");
    for secret in ["love-lace", "cookie-of-ada", "Bearer of-ada", "of-ada", "9f86d081884c7d65"] {
        assert!(!text.contains(secret), "`{secret}` is in the log");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let navigated = |line: &&Value| line["from"].is_string() && line["method"] == "Page.navigate";
    let reply = lines.iter().find(navigated).expect("a navigation was answered");
    assert!(reply["took_ms"].as_f64().unwrap() > 0.0 && reply["ms"].as_f64() > reply["took_ms"].as_f64(), "{reply}");
    let event = |line: &Value| line["message"]["method"] == "Page.lifecycleEvent" && line["from"].is_string();
    assert!(lines.iter().any(event), "events are told too");
    assert!(lines.iter().any(|line| line["to"] == "browser 1"), "commands are told");
}

fn private() {
    let stage = Stage::with(
        r#"let site = playground();
session("s") {
  crawl(`${site}/wizard`);
  type_text("label=Name", secret("TYPED"));
  press("Tab");
  fill("label=E-mail", env("FILLED"));
  print(crawl(js: "localStorage.setItem('access_token', ['Stored', 'Tok', '9182'].join('-')); return document.querySelector('input').value").js == env("TYPED"));
  crawl(`${site}/article?access_token=${env("QUERIED")}`);
  dialog("accept", env("PROMPTED"));
  print(evaluate("prompt('PIN?').length"));
  evaluate("new Promise(done => { const ask = indexedDB.open('auth', 1); ask.onupgradeneeded = () => ask.result.createObjectStore('kept'); ask.onsuccess = () => { const write = ask.result.transaction('kept', 'readwrite'); write.objectStore('kept').put(['Record', 'Tok', '7713'].join('-'), 'token'); write.oncomplete = () => { ask.result.close(); done(1); }; }; })");
  save_state("s", "databases.json");
  print(crawl(`${site}/echo`, method: "POST", body: env("POSTED")).status);
  print(crawl(site.replace("http://", `http://ada:${env("NAMED")}@`) + "/headers").status);
  save_state("s", "s.json");
}
session("t", state: "s.json") { print(crawl(`${site}/article`, js: "localStorage.getItem('access_token').length").js); }
"#,
    );
    let secrets = [
        ("TYPED", "Qz7typedXs"),
        ("FILLED", "Fil]led.Pw31@x"),
        ("QUERIED", "QueryTok12345"),
        ("NAMED", "UrlPw9Secret"),
        ("PROMPTED", "PinOfAda4711"),
        ("POSTED", "Body-Of-Ada-81"),
    ];
    for browser in ["headless-shell", "firefox"] {
        let log = format!("{browser}.jsonl");
        let mut command = stage.command(&["run", "--browser", browser, "--protocol-log", &log, "script.crawl"]);
        let ended = super::stage::Running::of(command.envs(secrets).spawn().unwrap()).end();
        assert_eq!(ended.stdout, "true\n12\n200\n200\n15\n", "{browser}: {}", ended.stderr);
        let text = stage.read(&log);
        // `ada:UrlPw9Secret` as a header has it.
        let others = ["Stored-Tok-9182", "Record-Tok-7713", "led.Pw31", "YWRhOlVybFB3OVNlY3JldA=="];
        for secret in secrets.iter().map(|(_, secret)| *secret).chain(others) {
            let line = text.lines().find(|line| line.contains(secret)).unwrap_or_default();
            assert!(line.is_empty(), "{browser}: `{secret}` is in {line}");
        }
        for stroke in [r#""text":"Q""#, r#""key":"Q""#, r#""value":"Q""#, "KeyQ"] {
            assert!(!text.contains(stroke), "{browser}: {stroke}");
        }
        let keys = ["Input.dispatchKeyEvent", "input.performActions"];
        assert!(keys.iter().any(|method| text.contains(method)) && text.contains("/wizard"), "{browser}");
    }
}

fn sent_once() {
    let stage = Stage::with(
        r#"let site = playground();
session("s") <
  crawl(`${site}/article`);
  for text in ["one", "two", "three"] {
    let page = crawl(js: `document.body.append("${text} ", "x".repeat(5000)); 1`);
    print(page.text.contains(text) && page.text.contains("one "));
  }
>
"#,
    );
    let ended = stage.start(&["run", "--protocol-log", "log.jsonl", "script.crawl"]).end();
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "true\ntrue\ntrue\n"), "{}", ended.stderr);
    let lines: Vec<Value> = stage.read("log.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let known = |line: &Value| {
        let sent = &line["message"]["result"]["result"]["value"]["snapshot"]["sent"];
        Some(sent["head"].as_u64()? + sent["tail"].as_u64()?)
    };
    let known: Vec<u64> = lines.iter().filter_map(known).collect();
    assert!(matches!(known[..], [0, second, third] if second > 5000 && third > second + 5000), "{known:?}");
}

fn parts() {
    let stage = Stage::with(
        r#"let site = playground();
schema Commit at "li h4" { title: text(":self") }
session("s") <
  crawl(`${site}/commits?delay=50`, extract: Commit);
  crawl(js: "document.querySelector('[data-testid=pagination-next-button]').click()", wait_for: changed("li h4"), extract: Commit);
  crawl(js: "1", wait_for: |page| true, extract: Commit);
  click("[data-testid=pagination-next-button]", then: changed("li h4"));
  press("Tab");
  evaluate("1");
  cookies();
>
"#,
    );
    let told = |verbose: &str| {
        let ended = stage.start(&["run", verbose, "script.crawl"]).end();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        let steps = ended.stderr.lines().filter(|line| line.starts_with("step "));
        let parts = steps.map(|line| line.split_once(" · ms: ").map_or("", |(_, parts)| parts).to_owned());
        parts.map(|parts| parts.replace(|c: char| !c.is_ascii_alphabetic() && c != ',', "")).collect::<Vec<_>>()
    };
    assert_eq!(told("-v"), [""; 7]);
    let parts = [
        "open,navigate,snapshot,parse,extract",
        "baseline,js,wait,snapshot,parse,extract",
        "baseline,js,wait,snapshot,parse,extract",
        "baseline,target,input,settle,wait",
        "input,settle",
        "js",
        "cookies",
    ];
    assert_eq!(told("-vv"), parts);
}

fn refused() {
    let stage = Stage::with("print(1);");
    let ended = stage.start(&["run", "--protocol-log", "no/such/folder.jsonl", "script.crawl"]).end();
    assert_eq!(ended.status.code(), Some(4), "{}", ended.stderr);
    assert!(ended.stderr.contains("crawl::output::write") && ended.stdout.is_empty(), "{}", ended.stderr);
}
