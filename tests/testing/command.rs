//! `crawl test` as a user calls it, over a folder of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use serde_json::Value;

use super::{trial, write};

const PROGRAM: &str = env!("CARGO_BIN_EXE_crawl");

pub fn trials() -> Vec<Trial> {
    vec![
        trial("command::records_are_compared_field_by_field", records),
        trial("command::records_stay_in_out_files_that_hold_them", records_in_out),
        trial("command::update_writes_records_and_lists_what_changed", update),
        trial("command::tests_are_results_of_their_own", blocks),
        trial("command::tests_have_a_session_space_of_their_own", spaces),
        trial("command::what_a_test_says_is_no_golden_output", said),
        trial("command::a_plain_run_runs_no_tests", plain),
        trial("command::a_modules_tests_are_not_the_importers", modules),
        trial("command::a_run_that_ends_in_a_test_is_told", ended),
        trial("command::snapshots_are_held_and_rewritten", snapshots),
        trial("command::filter_takes_names_of_cases_and_tests", filter),
        trial("command::fail_fast_begins_nothing_more", fail_fast),
        trial("command::headers_give_arguments_and_skip", headers),
        trial("command::exit_codes_tell_failures_from_errors", exits),
        trial("command::orphans_are_errors_and_the_rest_runs", orphans),
        trial("command::json_is_an_object_a_line", json),
        trial("command::junit_is_xml_whatever_is_in_it", junit),
        trial("command::annotations_are_for_actions", annotations),
        trial("command::what_pages_say_commands_no_runner", commands_of_pages),
    ]
}

pub(super) struct Ended {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: Option<i32>,
}

pub(super) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    folder
}

pub(super) fn crawl(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(folder).stdin(Stdio::null()).env_remove("GITHUB_ACTIONS");
    let ended = command.envs(env.iter().copied()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ended { out: text(&ended.stdout), err: text(&ended.stderr), code: ended.status.code() }
}

pub(super) fn test(folder: &Path, args: &[&str]) -> Ended {
    crawl(folder, &[&["test", "."], args].concat(), &[])
}

pub(super) fn read(folder: &Path, name: &str) -> Option<String> {
    fs::read_to_string(folder.join(name)).ok()
}

const SHOP: &str = "for id in 1..=3 { emit(#{ id: id, price: id * 10.5, stats: #{ sold: id } }); }\nemit(\"logs\", #{ n: 1 });\nprint(\"done\");\n";

fn records() {
    let golden = "{\"id\":1,\"price\":10.5,\"stats\":{\"sold\":1}}\n{\"id\":2,\"price\":19.99,\"stats\":{\"sold\":5}}\n\
        {\"id\":3,\"price\":31.5,\"stats\":{\"sold\":3}}\n{\"id\":4,\"price\":1,\"stats\":{\"sold\":0}}\n\
        {\"data_set\":\"logs\",\"record\":{\"n\":2}}\n";
    let folder = folder(&[("shop.crawl", SHOP), ("shop.out", "done\n"), ("shop.records.jsonl", golden)]);
    let ended = test(folder.path(), &[]);
    assert_eq!(
        ended.out,
        "FAILED  shop\nrecords: expected → came\n~ record 2: `price` 19.99 → 21.0, `stats.sold` 5 → 2\n\
         - 1 record: {\"id\":4,\"price\":1,\"stats\":{\"sold\":0}}\n~ `logs` record 1: `n` 2 → 1\n0 passed, 1 failed\n",
    );
    assert_eq!((ended.err.as_str(), ended.code), ("", Some(1)));
    let reordered = golden
        .replace("19.99", "21")
        .replace("\"sold\":5", "\"sold\":2")
        .replace("{\"id\":4,\"price\":1,\"stats\":{\"sold\":0}}\n", "");
    let reordered = reordered.replace("{\"n\":2}", "{ \"n\" : 1.0 }");
    fs::write(folder.path().join("shop.records.jsonl"), reordered).unwrap();
    assert_eq!(test(folder.path(), &[]).out, "ok      shop\n1 passed, 0 failed\n");
    fs::write(folder.path().join("shop.records.jsonl"), "{\"id\":1}\n{id\n").unwrap();
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("shop.records.jsonl` line 2: no JSON") && ended.code == Some(1), "{}", ended.out);
}

fn records_in_out() {
    let folder = folder(&[("a.crawl", "emit(#{ n: 1 });\nprint(2);\n"), ("a.out", "{\"n\":1}\n2\n")]);
    assert_eq!(test(folder.path(), &[]).code, Some(0));
    fs::write(folder.path().join("a.out"), "{\"n\":2}\n2\n").unwrap();
    assert_eq!(test(folder.path(), &["--update"]).out, "updated ./a.out\n0 passed, 0 failed, 1 updated\n");
    assert_eq!(read(folder.path(), "a.out").as_deref(), Some("{\"n\":1}\n2\n"));
    assert_eq!(read(folder.path(), "a.records.jsonl"), None);
}

fn update() {
    let folder = folder(&[("shop.crawl", SHOP), ("b.crawl", "print(1);\n"), ("b.out", "1\n")]);
    assert_eq!(test(folder.path(), &[]).code, Some(1));
    let ended = test(folder.path(), &["--update"]);
    assert_eq!(
        ended.out,
        "ok      b\nupdated ./shop.out\nupdated ./shop.records.jsonl\n1 passed, 0 failed, 1 updated\n"
    );
    assert_eq!(ended.code, Some(0));
    let records = read(folder.path(), "shop.records.jsonl").unwrap();
    assert!(records.starts_with("{\"id\":1,\"price\":10.5,\"stats\":{\"sold\":1}}\n"), "{records}");
    assert!(records.ends_with("{\"data_set\":\"logs\",\"record\":{\"n\":1}}\n"), "{records}");
    assert_eq!(read(folder.path(), "shop.out").as_deref(), Some("done\n"));
    assert_eq!(test(folder.path(), &[]).code, Some(0));
    fs::write(folder.path().join("shop.crawl"), "print(\"done\");\n").unwrap();
    let ended = test(folder.path(), &["--update"]);
    assert!(ended.out.contains("updated ./shop.records.jsonl\n"), "{}", ended.out);
    assert_eq!(read(folder.path(), "shop.records.jsonl"), None);
    assert_eq!(test(folder.path(), &[]).code, Some(0));
}

const BLOCKS: &str = "let rows = [#{ name: \"Ada\", born: 1815 }];
test(\"holds\", || assert_eq(rows.len(), 1));
test(\"differs\", || {
    expect(rows[0]).to_equal(#{ name: \"Ada\", born: 1816 });
});
test(\"goes wrong\", || rows[7].name);
print(\"script\");
";

fn blocks() {
    let folder = folder(&[("a.crawl", BLOCKS), ("a.out", "script\n")]);
    let ended = test(folder.path(), &[]);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[..3], ["ok      a", "ok      a > holds", "FAILED  a > differs (./a.crawl:4)"]);
    for words in [
        "crawl::eval::expect",
        "not as expected in 1 place",
        "note: `born`: expected 1816, got 1815",
        "[a.crawl:4:",
        "to_equal",
        "ERROR   a > goes wrong (./a.crawl:6)",
        "crawl::eval::index",
    ] {
        assert!(ended.out.contains(words), "no {words} in\n{}", ended.out);
    }
    assert!(ended.out.ends_with("\n2 passed, 1 failed, 1 error\n"), "{}", ended.out);
    assert_eq!((ended.err.as_str(), ended.code), ("", Some(4)));
}

fn spaces() {
    let script = "session(\"shop\", locale: \"de-AT\");
test(\"one\", || {
    assert_eq(sessions().len(), 0);
    session(\"shop\", locale: \"en-GB\") {
        assert_eq(sessions().len(), 1);
    }
});
test(\"two\", || {
    assert_eq(sessions().len(), 0);
    session(\"shop\", locale: \"fr-FR\");
});
";
    let folder = folder(&[("a.crawl", script)]);
    let ended = test(folder.path(), &[]);
    assert_eq!(ended.out, "ok      a\nok      a > one\nok      a > two\n3 passed, 0 failed\n");
}

fn said() {
    let script = "print(\"before\");\ntest(\"talks\", || {\n    print(\"in it\");\n    emit(#{ n: 1 });\n    assert(false, \"no\");\n});\nprint(\"after\");\n";
    let folder = folder(&[("a.crawl", script), ("a.out", "before\nafter\n")]);
    let ended = test(folder.path(), &[]);
    assert!(ended.out.starts_with("ok      a\nFAILED  a > talks (./a.crawl:5)\n"), "{}", ended.out);
    assert!(ended.out.contains("  the test said:\n    in it\n    {\"n\":1}\n"), "{}", ended.out);
    fs::write(folder.path().join("a.crawl"), script.replace("false", "true")).unwrap();
    assert_eq!(test(folder.path(), &[]).out, "ok      a\nok      a > talks\n2 passed, 0 failed\n");
}

fn plain() {
    let script = "test(\"never\", || assert(false));\ntest(\"never\", || 1);\nprint(1);\n";
    let folder = folder(&[("a.crawl", script)]);
    let ended = crawl(folder.path(), &["run", "a.crawl"], &[]);
    assert_eq!((ended.out.as_str(), ended.code), ("1\n", Some(0)));
    assert_eq!(crawl(folder.path(), &["check", "a.crawl"], &[]).code, Some(0));
    let misspelt = script.replace("assert(false)", "expect(1).to_eqal(1)");
    fs::write(folder.path().join("a.crawl"), misspelt).unwrap();
    let ended = crawl(folder.path(), &["check", "a.crawl"], &[]);
    assert!(ended.err.contains("`to_equal`") && ended.code == Some(1), "{}", ended.err);
}

fn modules() {
    let module = "test(\"of the module\", || assert(true));\nfn one() { 1 }\n";
    let script = "import \"_module\" as module;\ntest(\"mine\", || assert_eq(module::one(), 1));\n";
    let folder = folder(&[("a.crawl", script), ("_module.crawl", module)]);
    assert_eq!(test(folder.path(), &[]).out, "ok      a\nok      a > mine\n2 passed, 0 failed\n");
    let ended = crawl(folder.path(), &["test", "_module.crawl"], &[]);
    assert!(ended.out.contains("ok      _module > of the module\n"), "{}", ended.out);
}

fn ended() {
    let script = "//! timeout: 2\ntest(\"endless\", || { loop {} });\n";
    let folder = folder(&[("a.crawl", script)]);
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("ERROR   a\nthe case did not end within 2 s"), "{}", ended.out);
    assert_eq!(ended.code, Some(4));
    let nested = "test(\"outer\", || test(\"inner\", || 1));\n";
    fs::write(folder.path().join("a.crawl"), nested).unwrap();
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("crawl::test::nested") && ended.code == Some(1), "{}", ended.out);
}

fn snapshots() {
    let script = "let n = param(\"n\", 1);\ntest(\"menu\", || {\n    expect(#{ at: playground(), n: n }).to_match_snapshot(\"menu\");\n    expect([n]).to_match_snapshot(\"list\");\n});\n";
    let folder = folder(&[("a.crawl", script)]);
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("there is no snapshot `menu`") && ended.code == Some(1), "{}", ended.out);
    let ended = test(folder.path(), &["--update"]);
    assert!(ended.out.starts_with("updated ./a.snapshots.json\nok      a > menu\n"), "{}", ended.out);
    let written: Value = serde_json::from_str(&read(folder.path(), "a.snapshots.json").unwrap()).unwrap();
    assert_eq!(written, serde_json::json!({ "list": [1], "menu": { "at": "http://site", "n": 1 } }));
    assert_eq!(test(folder.path(), &[]).code, Some(0));
    fs::write(folder.path().join("a.crawl"), format!("//! args: --set n=2\n{script}")).unwrap();
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("not as in the snapshot `menu`"), "{}", ended.out);
    assert!(ended.out.contains("`n`: expected 1, got 2"), "{}", ended.out);
    let fewer = script.replace("expect([n]).to_match_snapshot(\"list\");", "");
    fs::write(folder.path().join("a.crawl"), fewer).unwrap();
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("no test asks for the snapshot `list`") && ended.code == Some(1), "{}", ended.out);
    test(folder.path(), &["--update"]);
    assert_eq!(test(folder.path(), &[]).code, Some(0));
    assert!(!read(folder.path(), "a.snapshots.json").unwrap().contains("list"));
}

fn filter() {
    let folder = folder(&[
        ("shop.crawl", "print(1);\ntest(\"prices\", || 1);\ntest(\"names\", || 1);\n"),
        ("other.crawl", "print(1);\n"),
    ]);
    let ended = test(folder.path(), &["--filter", "price"]);
    assert_eq!((ended.out.as_str(), ended.code), ("ok      shop > prices\n1 passed, 0 failed\n", Some(0)));
    let ended = test(folder.path(), &["--filter", "shop"]);
    assert!(ended.out.contains("FAILED  shop\n") && ended.out.contains("shop > names\n"), "{}", ended.out);
    let ended = test(folder.path(), &["--filter", "moon"]);
    assert!(ended.err.contains("crawl::usage::no_tests") && ended.code == Some(2), "{}", ended.err);
}

fn fail_fast() {
    let folder = folder(&[
        ("a.crawl", "test(\"one\", || assert(false));\ntest(\"two\", || assert(false));\n"),
        ("b.crawl", "print(1);\n"),
        ("c.crawl", ""),
    ]);
    let ended = test(folder.path(), &["--fail-fast", "--jobs", "1"]);
    assert!(ended.out.contains("a > one") && !ended.out.contains("a > two"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 1 failed, 2 not run\n"), "{}", ended.out);
    assert_eq!(ended.code, Some(1));
    let ended = test(folder.path(), &["--jobs", "1"]);
    assert!(ended.out.contains("a > two") && ended.out.contains("FAILED  b\n"), "{}", ended.out);
}

fn headers() {
    let folder = folder(&[
        ("a.crawl", "//! args: --set 'name=Ada L'\nprint(param(\"name\", \"\"));\n"),
        ("a.out", "Ada L\n"),
        ("b.crawl", "//! skip: needs the moon\nprint(1);\n"),
        ("c.crawl", "//! skipp: typo\nprint(1);\n"),
    ]);
    let ended = test(folder.path(), &[]);
    assert!(ended.out.contains("ok      a\nskipped b (needs the moon)\n"), "{}", ended.out);
    assert!(ended.out.contains("ERROR   ./c.crawl") && ended.out.contains("did you mean `skip`?"), "{}", ended.out);
    assert!(ended.out.ends_with("1 passed, 0 failed, 1 skipped, 1 error\n"), "{}", ended.out);
}

fn exits() {
    let code = |files: &[(&str, &str)]| test(folder(files).path(), &[]).code;
    assert_eq!(code(&[("a.crawl", "print(1);\n"), ("a.out", "1\n")]), Some(0));
    assert_eq!(code(&[("a.crawl", "print(1);\n"), ("a.out", "2\n")]), Some(1));
    assert_eq!(code(&[("a.crawl", "print(1;\n")]), Some(3));
    assert_eq!(code(&[("a.crawl", "fail(\"no\");\n")]), Some(4));
    assert_eq!(code(&[("a.crawl", "unknown();\n")]), Some(1));
    assert_eq!(code(&[("a.crawl", "print(1);\n"), ("b.crawl", "fail(\"no\");\n")]), Some(4));
    assert_eq!(code(&[("a.crawl", "test(\"t\", || fail(\"no\"));\n")]), Some(4));
    assert_eq!(code(&[("a.crawl", "test(\"t\", || assert(false));\n")]), Some(1));
    assert_eq!(crawl(folder(&[]).path(), &["test", "nothing"], &[]).code, Some(2));
}

fn orphans() {
    let folder =
        folder(&[("a.crawl", ""), ("b.records.jsonl", ""), ("c.snapshots.json", "{}"), ("d.out", ""), ("e.jsonl", "")]);
    fs::write(folder.path().join("a.crawl"), "print(1);\n").unwrap();
    fs::write(folder.path().join("a.out"), "1\n").unwrap();
    let ended = test(folder.path(), &[]);
    for name in ["b.records.jsonl", "c.snapshots.json", "d.out"] {
        assert!(ended.out.contains(&format!("ERROR   ./{name}\n`./{name}` belongs to no script")), "{}", ended.out);
    }
    assert!(ended.out.ends_with("ok      a\n1 passed, 0 failed, 3 errors\n"), "{}", ended.out);
    assert_eq!(ended.code, Some(1));
}

fn json() {
    let folder = folder(&[("a.crawl", BLOCKS), ("a.out", "script\n"), ("b.crawl", "//! skip: later\n")]);
    let ended = test(folder.path(), &["--json"]);
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let results: Vec<&str> = lines.iter().filter_map(|line| line["result"].as_str()).collect();
    assert_eq!(results, ["passed", "passed", "failed", "error", "skipped"]);
    let failed = &lines[2];
    assert_eq!((failed["case"].as_str(), failed["test"].as_str()), (Some("a"), Some("differs")));
    assert_eq!((failed["file"].as_str(), failed["line"].as_u64()), (Some("./a.crawl"), Some(4)));
    assert_eq!(failed["code"], "crawl::eval::expect");
    assert!(failed["detail"].as_str().unwrap().contains("expected 1816, got 1815"), "{failed}");
    let summary = &lines.last().unwrap()["summary"];
    assert_eq!(
        (summary["failed"].as_u64(), summary["errors"].as_u64(), summary["exit"].as_i64()),
        (Some(1), Some(1), Some(4))
    );
}

fn junit() {
    let odd = "test(\"<odd> & \\\"quoted\\\"\", || {\n    print(\"\\x1b[31m]]> &amp;\\x00\");\n    assert_eq(\"<a>\\n\", \"]]>&\");\n});\n";
    let folder =
        folder(&[("a.crawl", BLOCKS), ("a.out", "else\n"), ("b.crawl", odd), ("c.crawl", "//! skip: a \"moon\"\n")]);
    let ended = test(folder.path(), &["--junit", "report.xml"]);
    assert_eq!(ended.code, Some(4));
    let text = read(folder.path(), "report.xml").unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    let counts = ["tests", "failures", "errors", "skipped"].map(|name| root.attribute(name).unwrap());
    assert_eq!((root.tag_name().name(), counts), ("testsuites", ["7", "3", "1", "1"]));
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let named = |name: &str| *cases.iter().find(|node| node.attribute("name") == Some(name)).unwrap();
    let inner = |node: roxmltree::Node<'_, '_>, tag: &str| {
        let found = node.children().find(|child| child.has_tag_name(tag));
        found.map(|found| found.text().unwrap_or_default().to_owned())
    };
    let odd = named("<odd> & \"quoted\"");
    assert!(inner(odd, "failure").unwrap().contains("expected \"]]>&\", got \"<a>\\n\""), "{text}");
    assert_eq!(inner(odd, "system-out").unwrap(), "\u{fffd}[31m]]> &amp;\u{fffd}");
    assert_eq!((odd.attribute("classname"), odd.attribute("line")), (Some("b"), Some("3")));
    assert!(inner(named("differs"), "failure").is_some() && inner(named("goes wrong"), "error").is_some());
    assert!(inner(named("output"), "failure").unwrap().contains("- else\n+ script"), "{text}");
    let skipped = document.descendants().find(|node| node.has_tag_name("skipped")).unwrap();
    assert_eq!(skipped.attribute("message"), Some("a \"moon\""));
}

fn annotations() {
    let folder = folder(&[("a.crawl", BLOCKS), ("a.out", "script\n")]);
    let ended = crawl(folder.path(), &["test", "a.crawl"], &[("GITHUB_ACTIONS", "true")]);
    let lines: Vec<&str> = ended.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ended.err);
    assert!(lines[0].starts_with("::error file=a.crawl,line=4,col="), "{}", lines[0]);
    assert!(lines[0].contains(",title=a > differs::"), "{}", lines[0]);
    assert!(lines[0].contains("%0A"), "{}", lines[0]);
    assert_eq!(crawl(folder.path(), &["test", "a.crawl"], &[]).err, "");
}

fn commands_of_pages() {
    const SAID: &str = "print(\"::add-mask::script\"); print(\"and ##[error]so on\");";
    let folder = folder(&[("a.crawl", SAID), ("a.out", "::add-mask::script\nelse\n")]);
    let ended = crawl(folder.path(), &["test", "a.crawl"], &[("GITHUB_ACTIONS", "true")]);
    for line in ended.out.lines() {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
    }
    assert!(ended.err.lines().all(|line| line.starts_with("::error file=a.crawl")), "{}", ended.err);
    assert!(ended.out.contains("add-mask::script"), "{}", ended.out);
    let told = crawl(folder.path(), &["test", "--json", "a.crawl"], &[("GITHUB_ACTIONS", "true")]).out;
    let entry: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert!(!told.contains("##[") && entry["detail"].as_str().unwrap().contains("##[error]so on"), "{told}");
    assert!(
        crawl(folder.path(), &["test", "a.crawl"], &[]).out.lines().any(|line| line.trim_start().starts_with("::"))
    );
}
