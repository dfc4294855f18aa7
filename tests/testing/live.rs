//! Who changed, the site or the script: a shop is changed under a recorded script, on the same port.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crawl::testing::{Expected, LiveVerdict, Ran, Said, judge};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{trial, write};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crawl");

pub fn trials() -> Vec<Trial> {
    vec![
        trial("live::two_runs_tell_who_changed", judged),
        trial("live::four_mutations_have_the_right_verdict_each", mutations),
        trial("live::a_recording_without_a_script_is_an_error", orphan),
        trial("live::a_case_is_called_as_its_header_says", header),
        trial("live::a_script_that_follows_its_site_is_recorded_anew", followed),
        trial("live::what_hooks_did_is_in_a_recording", hooked),
        trial("live::what_its_recording_does_not_give_again_is_not_recorded", unsteady),
        trial("live::times_and_random_values_are_no_change", drawn),
        trial("live::no_secret_is_in_golden_files", discreet),
    ]
}

fn said(price: f64) -> Vec<Said> {
    vec![Said::Record(None, json!({ "name": "Teapot", "price": price }))]
}

fn judged() {
    let expected = Expected { records: Some(said(1.0)), ..Expected::default() };
    let ran = |price| Ran { records: said(price), ..Ran::default() };
    let verdict = |replayed, live| judge(&expected, &ran(replayed), &ran(live)).verdict;
    assert_eq!(verdict(1.0, 1.0), LiveVerdict::Unchanged);
    assert_eq!(verdict(1.0, 2.0), LiveVerdict::SiteChanged);
    assert_eq!(verdict(2.0, 2.0), LiveVerdict::ScriptChanged);
    assert_eq!(verdict(2.0, 3.0), LiveVerdict::BothChanged);
    let unanswered = Ran { exit: 4, stderr: "crawl::replay::unmatched\n".to_owned(), ..Ran::default() };
    let judged = judge(&expected, &unanswered, &ran(1.0));
    assert_eq!((judged.verdict, judged.notes.len()), (LiveVerdict::ScriptChanged, 1));
    let kept = |files: &str| Ran { stderr: format!("  note: the page is kept in {files}\n"), ..ran(1.0) };
    assert_eq!(judge(&expected, &kept("a"), &kept("a and b")).verdict, LiveVerdict::Unchanged);
}

/// A playground in a process of its own.
pub(super) struct Site {
    child: Child,
    pub(super) host: String,
    /// Open as long as it writes there.
    _out: BufReader<ChildStdout>,
}

impl Site {
    pub(super) fn start() -> Self {
        let mut command = Command::new(PROGRAM);
        let mut child = command.arg("playground").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let host = line.split("http://").nth(1).unwrap().trim_matches(|c: char| !c.is_ascii_digit()).to_owned();
        Self { child, host, _out: out }
    }

    pub(super) fn change(&self, form: &str) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let head = format!(
            "POST /changing HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.host,
            form.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `crawl test` says, and its exit code.
pub(super) fn test(folder: &Path, args: &[&str]) -> (String, Option<i32>) {
    let ended = Command::new(PROGRAM)
        .args([&["test", "."], args].concat())
        .current_dir(folder)
        .env_remove("GITHUB_ACTIONS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (text, ended.status.code())
}

fn verdict(folder: &Path) -> String {
    let (text, _) = test(folder, &["--live", "--json"]);
    let line: Value = serde_json::from_str(text.lines().next().unwrap_or_default()).unwrap_or_default();
    line["verdict"].as_str().unwrap_or(&text).to_owned()
}

fn header() {
    let site = Site::start();
    let script = format!(
        "session(\"shop\") {{ print(crawl(\"http://{}/changing\").title); }}\nprint(param(\"n\", 1));\n",
        site.host
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("shop.crawl", &format!("//! args: --set n=2\n{script}"))]);
    assert_eq!(test(folder, &["--update"]).1, Some(0));
    let (text, code) = test(folder, &["--record"]);
    assert!(code == Some(0) && text.contains("updated ./shop.cassette"), "{text}");
    assert_eq!(test(folder, &[]).1, Some(0));
    write(folder, &[("shop.crawl", &script)]);
    let (text, code) = test(folder, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(verdict(folder), "script changed");
}

fn mutations() {
    let site = Site::start();
    let script = format!(
        "schema Item at \".item\" {{ name: text(\".name\"), price: float(\".price\") }}\n\
         session(\"shop\") {{ emit(crawl(\"http://{}/changing\", extract: Item).items); }}\n",
        site.host
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("shop.crawl", &script)]);
    let (text, code) = test(folder, &["--update"]);
    assert!(code == Some(0) && text.contains("shop.records.jsonl"), "{text}");
    assert!(test(folder, &["--live"]).0.contains("ok      shop (no recording)"));
    let (text, code) = test(folder, &["--record"]);
    assert!(code == Some(0) && text.contains("updated ./shop.cassette"), "{text}");
    assert_eq!(verdict(folder), "unchanged");

    // Without the site's changes nothing is seen of them.
    site.change("price=21.99");
    assert_eq!(test(folder, &[]), ("ok      shop\n1 passed, 0 failed\n".to_owned(), Some(0)));
    let (text, code) = test(folder, &["--live"]);
    assert!(text.contains("site changed") && text.contains("~ record 1: `price` 19.99 → 21.99"), "{text}");
    assert_eq!(code, Some(1));
    site.change("reset&row=added");
    let (text, _) = test(folder, &["--live"]);
    assert!(text.contains("site changed") && text.contains("+ 1 record: "), "{text}");
    site.change("reset&class=renamed");
    let (text, _) = test(folder, &["--live"]);
    assert!(text.contains("site changed"), "{text}");
    assert!(text.contains("selector `.price` in `.item` matched 3 when it was recorded, and nothing now"), "{text}");
    assert!(text.contains("did you mean `.item .prices`?"), "{text}");

    // The script changes: alone, and with the site.
    write(folder, &[("shop.crawl", &script.replace("float(\".price\")", "text(\".price\")"))]);
    assert_eq!(verdict(folder), "both changed");
    site.change("reset");
    assert_eq!(verdict(folder), "script changed");
    write(folder, &[("shop.crawl", &script)]);
    assert_eq!(verdict(folder), "unchanged");

    // What the site is now is taken for right.
    site.change("price=21.99&row=added");
    let (text, code) = test(folder, &["--live", "--accept-site"]);
    assert!(code == Some(0) && text.contains("updated ./shop.cassette\nupdated ./shop.records.jsonl"), "{text}");
    assert_eq!(verdict(folder), "unchanged");
    let (text, _) = test(folder, &["--live", "--junit", "j.xml"]);
    assert!(text.contains("ok      shop (unchanged)"), "{text}");
    let junit = std::fs::read_to_string(folder.join("j.xml")).unwrap();
    assert!(junit.contains("<property name=\"verdict\" value=\"unchanged\"/>"), "{junit}");
}

fn followed() {
    let site = Site::start();
    let script = |class: &str| {
        format!(
            "schema Item at \"{class}\" {{ name: text(\".name\") }}\n\
             session(\"shop\") {{ emit(crawl(\"http://{}/changing\", extract: Item).items); }}\n",
            site.host
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("shop.crawl", &script(".item"))]);
    let (text, code) = test(folder, &["--update", "--record"]);
    assert_eq!(code, Some(0), "{text}");
    // The site's other name for its rows, where the old one is gone.
    site.change("row=added");
    write(folder, &[("shop.crawl", &script(".item:has(.name)"))]);
    let golden = std::fs::read_to_string(folder.join("shop.records.jsonl")).unwrap();
    let (live, _) = test(folder, &["--live"]);
    assert!(live.contains("site changed"), "{live}");
    // The golden files are made right by hand: the script and they follow the site, the recording does not.
    let row = live.lines().find_map(|line| line.strip_prefix("+ 1 record: ")).unwrap();
    std::fs::write(folder.join("shop.records.jsonl"), format!("{golden}{row}\n")).unwrap();
    let (text, code) = test(folder, &["--live"]);
    assert!(code == Some(1) && text.contains("both changed"), "{text}");
    assert!(text.contains("`crawl test --live --accept-site` makes its recording anew"), "{text}");
    let (text, code) = test(folder, &["--live", "--accept-site"]);
    assert_eq!((text.as_str(), code), ("updated ./shop.cassette\n0 passed, 0 failed, 1 updated\n", Some(0)));
    assert_eq!(verdict(folder), "unchanged");
    // Where it is not as expected live either, it says what to do.
    site.change("price=5");
    write(folder, &[("shop.crawl", &script(".item").replace("name: text(\".name\")", "price: text(\".price\")"))]);
    let (text, _) = test(folder, &["--live", "--accept-site"]);
    assert!(text.contains("remove `./shop.cassette`, and `crawl test --record --update`"), "{text}");
}

fn hooked() {
    let site = Site::start();
    let script = format!(
        "let status = 0;\nlet urls = [];\n\
         on(\"after_goto\", |page| {{ status = page.status; urls.push(page.url); print(\"hook ran\", now()); }});\n\
         session(\"shop\") {{ crawl(\"http://{0}/changing\"); crawl(\"http://{0}/\"); }}\n\
         emit(#{{ status: status, urls: urls.len() }});\nprint(now());\n",
        site.host
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("hooks.crawl", &script)]);
    let (text, code) = test(folder, &["--update", "--record"]);
    assert_eq!(code, Some(0), "{text}");
    let records = std::fs::read_to_string(folder.join("hooks.records.jsonl")).unwrap();
    assert_eq!(records, "{\"status\":200,\"urls\":2}\n");
    assert_eq!(test(folder, &[]), ("ok      hooks\n1 passed, 0 failed\n".to_owned(), Some(0)));
    // Without a browser, and with one.
    for mode in ["snapshot", "network"] {
        let args = ["run", "-q", "hooks.crawl", "--replay", "hooks.cassette", "--replay-mode", mode];
        let ended = Command::new(PROGRAM).args(args).current_dir(folder).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(ended.status.success() && said.contains("{\"status\":200,\"urls\":2}"), "{mode}: {said}");
    }
}

fn unsteady() {
    let site = Site::start();
    let script = format!(
        "let known = exists(\"known.tmp\");\nsession(\"shop\") {{\n  crawl(if known {{ \"http://{0}/\" }} else \
         {{ \"http://{0}/changing\" }});\n  write_text(\"known.tmp\", \"yes\");\n}}\n",
        site.host
    );
    let script = script.replace("exists(\"known.tmp\")", "try_read()");
    let script = format!(
        "fn try_read() {{ try {{ read_text(\"known.tmp\"); return true; }} catch {{ return false; }} }}\n{script}"
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("own.crawl", &script)]);
    let (text, code) = test(folder, &["--record"]);
    assert!(code == Some(1) && text.contains("it cannot be recorded: over its recording"), "{text}");
    assert!(!folder.join("own.cassette").exists());
}

fn drawn() {
    let site = Site::start();
    let script = format!(
        "session(\"shop\") {{\n  let page = crawl(\"http://{}/changing\");\n  emit(#{{ at: now(), draw: random(), \
         rows: page.select(\".item\").len() }});\n}}\nparallel([1, 2], |n| print(n, random()));\n",
        site.host
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, &[("own.crawl", &script)]);
    let (text, code) = test(folder, &["--record", "--update"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(verdict(folder), "unchanged");
    site.change("row=added");
    assert_eq!(verdict(folder), "site changed");
}

fn discreet() {
    let site = Site::start();
    let script = format!(
        "let key = secret(\"CRAWL_TEST_KEY\");\nprint(\"key\", key);\nemit(#{{ key: key, header: `Bearer ${{key}}` }});\n\
         session(\"shop\") {{ print(crawl(`http://{}/changing?key=${{key}}`).url); }}\n\
         test(\"said\", || {{ print(`in a test ${{key}}`); assert(key == \"otherwise\", key); }});\n",
        site.host
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let call = |key: Option<&str>, args: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args([&["test", "."], args].concat()).current_dir(folder).env_remove("GITHUB_ACTIONS");
        match key {
            Some(key) => command.env("CRAWL_TEST_KEY", key),
            None => command.env_remove("CRAWL_TEST_KEY"),
        };
        let ended = command.stdin(Stdio::null()).output().unwrap();
        [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    };
    write(folder, &[("key.crawl", &script)]);
    let mut told = call(Some("sk-3f9aQ77w"), &["--update", "--junit", "j.xml"]);
    told += &call(Some("sk-3f9aQ77w"), &["--json"]);
    assert!(told.contains("1 failed") || told.contains("said"), "{told}");
    write(folder, &[("key.crawl", &script.replace("assert(key == \"otherwise\", key);", ""))]);
    told += &call(Some("sk-3f9aQ77w"), &["--record"]);
    // Another value, and none at all where a recording answers, give the same.
    told += &call(Some("sk-another-1"), &["--live"]);
    let without = call(None, &[]);
    assert!(without.contains("ok      key\n"), "{without}");
    told += &without;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
        assert!(!text.contains("sk-3f9aQ77w"), "{}", entry.path().display());
    }
    assert!(!told.contains("sk-3f9aQ77w") && !told.contains("sk-another-1"), "{told}");
    let records = std::fs::read_to_string(folder.join("key.records.jsonl")).unwrap();
    assert!(records.contains("Bearer crawl-secret-CRAWL-TEST-KEY"), "{records}");
    // A number, and a word that accounts are made of.
    let folder = tempfile::tempdir().unwrap();
    let script = "let pin = secret(\"CRAWL_TEST_KEY\");\nemit(#{ pin: 1234, record: pin, name: \"x\" });\n\
                  test(\"holds\", || { print(pin); assert(true); });\n";
    write(folder.path(), &[("pin.crawl", script)]);
    for key in ["1234", "record", "told", "milliseconds"] {
        let mut command = Command::new(PROGRAM);
        command.args(["test", ".", "--update"]).current_dir(folder.path()).env("CRAWL_TEST_KEY", key);
        let ended = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(ended.status.success() && said.contains("pin > holds"), "{key}: {said}");
        let records = std::fs::read_to_string(folder.path().join("pin.records.jsonl")).unwrap();
        assert!(records.contains("crawl-secret-CRAWL-TEST-KEY"), "{key}: {records}");
    }
}

fn orphan() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("gone.cassette", "")]);
    let (text, code) = test(folder.path(), &[]);
    assert!(text.contains("gone.cassette` belongs to no script") && code == Some(1), "{text}");
}
