//! Finding cases and reading their headers.

use std::time::Duration;

use crawl::testing::{Settings, TestError, discover};
use libtest_mimic::Trial;

use super::{cases, trial, write};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cases_are_found_in_order_with_what_they_expect", found),
        trial("a_single_script_is_a_case", single),
        trial("golden_files_without_a_script_are_errors", orphans),
        trial("header_lines_are_settings_or_prose", header),
        trial("settings_end_with_the_header", header_end),
        trial("bad_settings_are_errors_at_their_line", bad_header),
        trial("an_exit_file_must_hold_a_number", bad_exit),
        trial("a_missing_folder_is_an_error", missing),
    ]
}

fn found() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("b.crawl", ""),
            ("a/z.crawl", ""),
            ("a/z.out", "one\n"),
            ("a/z.err", "two\n"),
            ("a/z.exit", "4\n"),
            ("a/_module.crawl", ""),
            ("_lib/thing.crawl", ""),
            (".crawl/last/error.out", ""),
            ("a/data.json", "{}"),
        ],
    );
    let cases = cases(folder.path());
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["a/z", "b"]);
    let z = &cases[0].expected;
    assert_eq!((z.stdout.as_str(), z.stderr.as_str(), z.exit), ("one\n", "two\n", 4));
    let b = &cases[1].expected;
    assert_eq!((b.stdout.as_str(), b.stderr.as_str(), b.exit), ("", "", 0));
}

fn single() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("one.crawl", ""), ("one.out", "1\n"), ("two.crawl", "")]);
    let cases = cases(&folder.path().join("one.crawl"));
    assert_eq!((cases.len(), cases[0].name.as_str(), cases[0].expected.stdout.as_str()), (1, "one", "1\n"));
}

fn orphans() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.crawl", ""), ("a.out", ""), ("b.out", ""), ("c.exit", "1"), ("d.txt", "")]);
    let orphans: Vec<String> = discover(folder.path())
        .unwrap()
        .into_iter()
        .filter_map(Result::err)
        .map(|error| match error {
            TestError::Orphan { path } => path.file_name().unwrap().to_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(orphans, ["b.out", "c.exit"]);
}

fn settings(text: &str) -> Result<Settings, TestError> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("x.crawl", text)]);
    discover(folder.path()).unwrap().remove(0).map(|case| case.settings)
}

fn header() {
    let read = settings(
        "//! Shows a thing: this is prose, and https://example.com too.\n//!\n//! Note: prose as well\n\
         //! needs: browser\n//! command: check\n//! args: --set 'a=b c' -q \"\"\n//! args: --output {tmp}/x.csv\n\
         //! env: NAME=a=b\n//! stdin: 1 + 1\\n2\n//! timeout: 5\n//! skip: not yet\n",
    )
    .unwrap();
    let wanted = Settings {
        needs_browser: true,
        command: "check".to_owned(),
        args: ["--set", "a=b c", "-q", "", "--output", "{tmp}/x.csv"].map(str::to_owned).to_vec(),
        env: vec![("NAME".to_owned(), "a=b".to_owned())],
        stdin: "1 + 1\n2".to_owned(),
        timeout: Duration::from_secs(5),
        skip: Some("not yet".to_owned()),
    };
    assert_eq!(read, wanted);
}

fn header_end() {
    assert_eq!(settings("let a = 1;\n//! needs: browser\n").unwrap(), Settings::default());
    assert_eq!(settings("// needs: browser\n").unwrap(), Settings::default());
    assert_eq!(settings("").unwrap(), Settings::default());
    for head in ["\n", "// a comment\n", "//! prose\n\n// more\n  \n"] {
        assert!(settings(&format!("{head}//! needs: browser\n")).unwrap().needs_browser, "{head:?}");
        let error = settings(&format!("{head}//! need: browser\n")).unwrap_err();
        assert!(matches!(error, TestError::Header { line, .. } if line == head.lines().count() + 1), "{error:?}");
    }
}

fn bad_header() {
    for (line, words) in [
        ("need: browser", "did you mean `needs`?"),
        ("needs: firefox", "`browser`"),
        ("args: --set 'a", "not closed"),
        ("timeout: soon", "number of seconds"),
        ("env: NAME", "`NAME=value`"),
    ] {
        let error = settings(&format!("//! prose\n//! {line}\n")).unwrap_err();
        assert!(matches!(error, TestError::Header { line: 2, .. }), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

fn bad_exit() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.crawl", ""), ("a.exit", "four")]);
    let error = discover(folder.path()).unwrap().remove(0).unwrap_err();
    assert!(matches!(error, TestError::ExitCode { .. }), "{error:?}");
}

fn missing() {
    assert!(matches!(discover(std::path::Path::new("/no/such/folder")), Err(TestError::Io { .. })));
}
