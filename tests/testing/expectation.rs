//! `expect` and `assert_eq`: what holds, and the words for what does not.

use std::process::{Command, Stdio};

use libtest_mimic::Trial;

use super::{trial, write};

pub fn trials() -> Vec<Trial> {
    vec![trial("expectation::what_holds_goes_on", holds), trial("expectation::what_does_not_is_told", refused)]
}

/// Standard error and exit code of a script.
fn run(script: &str) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.crawl", script)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_crawl"));
    let ended = command.args(["run", "a.crawl", "--diagnostics", "json"]).current_dir(folder.path());
    let ended = ended.stdin(Stdio::null()).output().unwrap();
    (String::from_utf8_lossy(&ended.stderr).into_owned(), ended.status.code())
}

fn holds() {
    let script = "
        expect(1).to_equal(1.0).to_equal(1);
        expect(#{ a: [1, #{ b: () }] }).to_equal(#{ a: [1, #{ b: () }] });
        expect(()).to_equal(());
        expect(\"v1.2\").to_match(\"^v[0-9]\").to_match(`2$`);
        expect([1, 2]).to_have_count(2);
        expect([]).to_have_count(0);
        expect(#{ a: 1 }).to_have_count(1);
        assert_eq(\"a\", \"a\", \"a message\");
        schema S at \"li\", unique: \"id\" { id: int(\"b\"), note: optional(text(\"i\")) }
        expect([#{ id: 1 }, #{ id: 2, note: \"x\" }]).to_fit(S);
        expect(#{ id: 1, note: () }).to_fit(S);
    ";
    assert_eq!(run(script), (String::new(), Some(0)));
}

fn refused() {
    let schema = "schema S at \"li\", unique: \"id\" { id: int(\"b\"), note: optional(text(\"i\")) }\n";
    for (script, words) in [
        ("expect(1).to_equal(2);", "expected 2, got 1"),
        ("expect(1).to_equal(\"1\");", "expected \\\"1\\\", got 1"),
        ("expect(#{ a: 1 }).to_equal(#{ a: 1, b: 2 });", "`b`: expected 2, got none"),
        ("expect([1, [2]]).to_equal([1, [3]]);", "`[1][0]`: expected 3, got 2"),
        ("expect(9007199254740993).to_equal(9007199254740992);", "expected 9007199254740992, got 9007199254740993"),
        ("expect(\"abc\").to_match(\"^b\");", "expected a match of `^b`, got \\\"abc\\\""),
        ("expect([1]).to_have_count(2);", "expected a count of 2, got 1"),
        ("expect([1]).to_match(\"1\");", "`to_match` is about a text, got an array"),
        ("expect(1).to_have_count(1);", "`to_have_count` is about a list or a map, got an integer"),
        ("assert_eq(1, 2, \"the count\");", "the count"),
        ("expect(1).to_match_snapshot(\"a\");", "crawl::test::outside"),
        ("expect([#{ id: 1 }, #{ id: 1 }]).to_fit(S);", "record 2: `id` is 1, as in record 1"),
        ("expect(#{ id: \"1\" }).to_fit(S);", "`id` is \\\"1\\\", not a whole number"),
    ] {
        let (told, code) = run(&format!("{schema}{script}\nprint(\"unreached\");\n"));
        assert!(told.contains(words), "{script}: no {words} in {told}");
        assert!(matches!(code, Some(1 | 4)) && !told.contains("unreached"), "{script}: {code:?}");
    }
}
