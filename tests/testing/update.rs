//! What `--update` and `--accept-site` do not take for right.

use std::fs;

use libtest_mimic::Trial;

use super::command::{crawl, folder, read};
use super::live::{Site, test};
use super::{trial, write};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("update::a_missing_variable_is_no_golden_output", missing),
        trial("update::a_damaged_recording_is_no_golden_output", damaged),
        trial("update::what_a_recording_lacks_is_no_golden_output", lacking),
        trial("update::tests_that_a_recording_lacks_are_recorded_by_crawl_test", of_tests),
        trial("update::a_recording_that_was_called_otherwise_is_told", called),
        trial("update::a_site_that_is_not_reached_has_not_changed", unreached),
        trial("update::a_site_that_breaks_its_script_is_not_accepted", broken),
    ]
}

fn missing() {
    let script = "print(1);\nsecret(\"CRAWL_TEST_NEVER_SET\");\n";
    let folder = folder(&[("a.crawl", script), ("a.out", "1\n"), ("a.records.jsonl", "{\"n\":1}\n")]);
    let folder = folder.path();
    let update = || crawl(folder, &["test", ".", "--update"], &[]);
    let ended = update();
    assert_eq!(ended.code, Some(4), "{}", ended.out);
    for words in [
        "ERROR   a\nthe golden files stay as they are",
        "crawl::env::missing",
        "`CRAWL_TEST_NEVER_SET` is not set",
        "let `./a.exit` hold `4`, and `./a.err` hold `crawl::env::missing` first",
    ] {
        assert!(ended.out.contains(words), "no {words} in\n{}", ended.out);
    }
    assert_eq!((read(folder, "a.err"), read(folder, "a.exit")), (None, None));
    assert!(read(folder, "a.out").is_some() && read(folder, "a.records.jsonl").is_some());
    // Another failure that is expected is not this one.
    write(folder, &[("a.exit", "4\n"), ("a.err", "crawl::eval::failed\n")]);
    assert_eq!(update().code, Some(4));
    assert_eq!(read(folder, "a.err").as_deref(), Some("crawl::eval::failed\n"));
    write(folder, &[("a.err", "crawl::env::missing\n")]);
    let ended = update();
    assert!(ended.code == Some(0) && ended.out.contains("updated ./a.err"), "{}", ended.out);
    assert!(read(folder, "a.err").unwrap().contains("`CRAWL_TEST_NEVER_SET` is not set"));
    assert_eq!(crawl(folder, &["test", "."], &[]).code, Some(0));
}

fn damaged() {
    let files = [("a.crawl", "print(1);\n"), ("a.out", "2\n"), ("a.cassette", "this is no recording\n")];
    let folder = folder(&files);
    let folder = folder.path();
    let (text, code) = test(folder, &["--update"]);
    assert_eq!(code, Some(4), "{text}");
    assert!(text.contains("ERROR   a\n") && text.contains("crawl::usage::recording"), "{text}");
    assert!(text.contains("delete `./a.cassette`, and `crawl test --record --update`"), "{text}");
    assert_eq!((read(folder, "a.err"), read(folder, "a.exit")), (None, None));
    assert_eq!(read(folder, "a.out").as_deref(), Some("2\n"));
    fs::remove_file(folder.join("a.cassette")).unwrap();
    let (text, code) = test(folder, &["--update", "--record"]);
    assert!(code == Some(0) && text.contains("updated ./a.out"), "{text}");
}

fn lacking() {
    let site = Site::start();
    let script =
        |path: &str| format!("session(\"s\") {{ emit(#{{ url: crawl(\"http://{}{path}\").url }}); }}\n", site.host);
    let folder = folder(&[("a.crawl", &script("/changing"))]);
    let folder = folder.path();
    let (text, code) = test(folder, &["--update", "--record"]);
    assert_eq!(code, Some(0), "{text}");
    let records = read(folder, "a.records.jsonl").unwrap();
    write(folder, &[("a.crawl", &script("/"))]);
    let (text, code) = test(folder, &["--update"]);
    assert_eq!(code, Some(4), "{text}");
    assert!(text.contains("crawl::replay::") && text.contains("`crawl test --record --update`"), "{text}");
    assert_eq!((read(folder, "a.err"), read(folder, "a.exit")), (None, None));
    assert_eq!(read(folder, "a.records.jsonl"), Some(records.clone()));
    fs::remove_file(folder.join("a.cassette")).unwrap();
    let (text, code) = test(folder, &["--update", "--record"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(read(folder, "a.records.jsonl").is_some_and(|now| now != records), "{text}");
}

fn broken() {
    let site = Site::start();
    let script = |class: &str| {
        format!(
            "let p = session(\"a\") {{ crawl(\"http://{}/changing\") }};\n\
             emit(p.select({class}).map(|price| #{{ price: price.text }}));\n",
            site.host
        )
    };
    let folder = folder(&[("a.crawl", &script("\".price\""))]);
    let folder = folder.path();
    let (text, code) = test(folder, &["--update", "--record"]);
    assert_eq!(code, Some(0), "{text}");
    let records = read(folder, "a.records.jsonl").unwrap();
    assert_eq!(records.lines().count(), 3, "{records}");
    let recording = fs::read(folder.join("a.cassette")).unwrap();
    let refused = |words: &str| {
        let (text, code) = test(folder, &["--live", "--accept-site"]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("FAILED  a\nsite changed\n") && text.contains(words), "no {words} in\n{text}");
        assert!(text.contains("`crawl test --record --update` makes it and the golden files anew"), "{text}");
        assert_eq!(fs::read(folder.join("a.cassette")).unwrap(), recording);
        assert_eq!((read(folder, "a.err"), read(folder, "a.exit")), (None, None));
        assert_eq!(read(folder, "a.records.jsonl").as_ref(), Some(&records));
        text
    };
    site.change("class=renamed");
    let text = refused("note: not accepted: selectors match nothing on the site as it is now");
    assert!(text.contains("selector `.price` matched 3 when it was recorded, and nothing now"), "{text}");
    assert!(text.contains("did you mean `"), "{text}");
    // A selector that is not written out is not known to be lost.
    write(folder, &[("a.crawl", &script("\".pri\" + \"ce\""))]);
    refused("note: not accepted: of what the script gave there is nothing left");
    // What the script copes with is accepted as ever.
    site.change("reset&price=21.99");
    let (text, code) = test(folder, &["--live", "--accept-site"]);
    assert!(code == Some(0) && text.contains("updated ./a.records.jsonl"), "{text}");
}

fn unreached() {
    let site = Site::start();
    site.change("row=added");
    let script = |head: &str| {
        format!(
            "{head}let p = session(\"a\") {{ crawl(\"http://{}/changing/4\") }};\n\
             emit(p.select(\".price\").map(|price| #{{ price: price.text }}));\n",
            site.host
        )
    };
    let folder = folder(&[("a.crawl", &script("")), ("b.crawl", &script("secret(\"CRAWL_TEST_UNREACHED\");\n"))]);
    let folder = folder.path();
    let ended = crawl(folder, &["test", ".", "--update", "--record"], &[("CRAWL_TEST_UNREACHED", "sk-77aQ9x")]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    let kept = || {
        let files = ["a.cassette", "a.records.jsonl", "b.cassette", "b.records.jsonl"];
        files.map(|name| fs::read(folder.join(name)).unwrap())
    };
    let before = kept();
    // Without its variable the live run does not come to the site: over the recording it needs none.
    let (text, code) = test(folder, &["--live", "--filter", "b"]);
    assert_eq!(code, Some(4), "{text}");
    assert!(text.contains("ERROR   b\nthe site was not reached") && text.contains("crawl::env::missing"), "{text}");
    assert!(!text.contains("changed") && !text.contains("selector"), "{text}");
    // A page that is gone is a change.
    site.change("reset");
    let (text, code) = test(folder, &["--live", "--filter", "a"]);
    assert!(code == Some(1) && text.contains("FAILED  a\nsite changed\n"), "{text}");
    assert!(text.contains("selector `.price` matched 1 when it was recorded, and nothing now"), "{text}");
    // And a site that is gone is none.
    drop(site);
    for args in [&["--live", "--filter", "a"][..], &["--live", "--accept-site", "--filter", "a"]] {
        let (text, code) = test(folder, args);
        assert_eq!(code, Some(4), "{text}");
        assert!(text.contains("ERROR   a\nthe site was not reached"), "{text}");
        assert!(text.contains("crawl::navigation::failed"), "{text}");
        assert!(!text.contains("changed") && !text.contains("selector"), "{text}");
    }
    assert!(kept() == before && read(folder, "a.err").is_none());
}

fn of_tests() {
    let site = Site::start();
    let script = format!(
        "session(\"s\") {{ crawl(\"http://{0}/changing\"); }}\n\
         test(\"a row\", || {{ session(\"s\") {{ assert(crawl(\"http://{0}/changing/1\").has(\".price\")); }} }});\n",
        site.host
    );
    let folder = folder(&[("a.crawl", &script)]);
    let folder = folder.path();
    // It runs no tests.
    let ended = crawl(folder, &["run", "a.crawl", "--record", "a.cassette"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let (text, code) = test(folder, &[]);
    assert!(code == Some(4) && text.contains("crawl::replay::unmatched"), "{text}");
    assert!(text.contains("`crawl test --record`") && !text.contains("`crawl run --record`"), "{text}");
    fs::remove_file(folder.join("a.cassette")).unwrap();
    let (text, code) = test(folder, &["--record"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(test(folder, &[]).0, "ok      a\nok      a > a row\n2 passed, 0 failed\n");
}

fn called() {
    let site = Site::start();
    let script = format!("session(\"s\") {{ crawl(`http://{}/changing/${{param(\"n\", 2)}}`); }}\n", site.host);
    let folder = folder(&[("a.crawl", &script)]);
    let folder = folder.path();
    let args = ["run", "a.crawl", "--set", "n=1", "--set", "of=a shop", "--record", "a.cassette"];
    let ended = crawl(folder, &args, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let note = "note: the recording was made with `n=1`, `of=a shop`: `//! args: --set n=1 --set 'of=a shop'` says so to the test";
    for args in [&[][..], &["--update"], &["--live"]] {
        let (text, code) = test(folder, args);
        assert!(code != Some(0) && text.contains(note), "{args:?}: {text}");
    }
    write(folder, &[("a.crawl", &format!("//! args: --set n=1 --set 'of=a shop'\n{script}"))]);
    assert_eq!(test(folder, &[]), ("ok      a\n1 passed, 0 failed\n".to_owned(), Some(0)));
}
