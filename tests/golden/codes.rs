//! The list of diagnostic codes against the source that uses them and the golden cases that show them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crawl::diag::codes;
use libtest_mimic::{Failed, Trial};
use regex::Regex;

use super::PROGRAM;

/// Codes without a golden case, each with the reason.
const WITHOUT_CASE: &[(&str, &str)] = &[
    ("crawl::bench::failed", "needs a benchmark that goes wrong"),
    ("crawl::browser::given_up", "needs a browser that somebody kills: tests/process/lost.rs"),
    ("crawl::browser::failed", "needs a browser that refuses a command"),
    ("crawl::browser::no_answer", "needs a browser that is kept busy: tests/browser"),
    ("crawl::browser::setup", "needs a machine without packages and network"),
    ("crawl::eval::too_large", "only where a limit is set, and none is"),
    ("crawl::har::invalid", "only `crawl har import` reads HAR: tests/recording/har.rs"),
    ("crawl::infer::nothing", "only `crawl infer` proposes schemas: tests/process/infer.rs"),
    ("crawl::internal", "a bug"),
    ("crawl::interrupted", "ends by a signal: tests of the command line"),
    ("crawl::journal::unsafe_replay", "only `crawl watch` replays: tests of watch"),
    ("crawl::lsp::protocol", "needs an editor that says nonsense: tests/lsp"),
    ("crawl::module::broken", "its reports are those of the module's own text"),
    ("crawl::output::write", "needs a disk that is full"),
    ("crawl::parallel::thread", "needs a system without threads"),
    ("crawl::pause::timeout", "needs a person who does not press Enter: tests/terminal"),
    ("crawl::playground::failed", "needs a port that is taken"),
    ("crawl::replay::no_body", "needs a recording: tests/recording"),
    ("crawl::replay::unmatched", "needs a recording: tests/recording"),
    ("crawl::replay::unknown_step", "only recorded runs are answered alone: tests/crawl/archive.rs"),
    ("crawl::resume::in_use", "needs two runs at once: tests/process/resume.rs"),
    ("crawl::resume::unreadable", "needs a damaged journal: tests/process/resume.rs"),
    ("crawl::test::broken", "told as a result of its own: tests/testing/command.rs"),
    ("crawl::test::nested", "only `crawl test` runs tests: tests/testing/command.rs"),
    ("crawl::session::lost", "needs a tab that crashes: tests/crawl"),
    ("crawl::syntax::too_large", "needs a large file: the trial below"),
    ("crawl::usage::recording", "needs a recording: tests/recording"),
    ("crawl::usage::unwritable", "needs a user who may not write what he may read"),
    ("crawl::usage::watch_stdin", "`crawl watch -` names no script"),
    ("crawl::wait::selector", "the check finds it first; the page's engine knows fewer selectors than ours"),
    ("crawl::watch::failed", "needs a system that cannot watch files"),
];

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("golden::codes::list_is_sorted_and_whole", sorted),
        Trial::test("golden::codes::source_uses_the_list", used),
        Trial::test("golden::codes::each_has_a_case", shown),
        Trial::test("golden::codes::ten_megabytes_are_refused", large),
    ]
}

fn sorted() -> Result<(), Failed> {
    let all: Vec<_> = codes().collect();
    let names: Vec<&str> = all.iter().map(|doc| doc.code).collect();
    assert!(names.is_sorted(), "the codes are not in order");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "a code stands twice");
    for doc in &all {
        assert!(!doc.title.contains('\n') && !doc.title.ends_with('.'), "{}: the title is one line", doc.code);
        assert!(doc.text.len() > 20 && !doc.text.contains("\n\n"), "{}: the text is one paragraph", doc.code);
    }
    Ok(())
}

fn used() -> Result<(), Failed> {
    let pattern = Regex::new(r#""(crawl::[a-z_]+(?:::[a-z0-9_]+)?)""#)?;
    let mut found = BTreeSet::new();
    for file in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "rs")? {
        let text = fs::read_to_string(file)?;
        found.extend(pattern.captures_iter(&text).map(|code| code[1].to_owned()));
    }
    // Beginnings of module paths and families, which the source compares with.
    found.retain(|code| {
        code.matches("::").count() == 2 || matches!(code.as_str(), "crawl::internal" | "crawl::interrupted")
    });
    let listed: BTreeSet<String> = codes().map(|doc| doc.code.to_owned()).collect();
    assert_eq!(found.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "codes without an entry");
    assert_eq!(listed.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "entries that nothing uses");
    Ok(())
}

fn shown() -> Result<(), Failed> {
    let mut texts = String::new();
    for file in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite")), "err")? {
        texts.push_str(&fs::read_to_string(file)?);
    }
    // Those of acts are caught and printed, each with its message and help.
    for file in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/act")), "out")? {
        texts.push_str(&fs::read_to_string(file)?);
    }
    let pattern = Regex::new(r"crawl::[a-z_]+(?:::[a-z0-9_]+)?")?;
    let seen: BTreeSet<&str> = pattern.find_iter(&texts).map(|code| code.as_str()).collect();
    for doc in codes() {
        let excused = WITHOUT_CASE.iter().any(|(code, _)| *code == doc.code);
        assert!(seen.contains(doc.code) || excused, "no golden case shows {}", doc.code);
        assert!(!(seen.contains(doc.code) && excused), "{} has a golden case: take it off the list", doc.code);
    }
    for (code, _) in WITHOUT_CASE {
        assert!(codes().any(|doc| doc.code == *code), "{code} is no code");
    }
    Ok(())
}

fn large() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("large.crawl"), "print(1);\n".repeat(1_000_000))?;
    let ran = Command::new(PROGRAM)
        .args(["run", "large.crawl"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .output()?;
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(errors.starts_with("crawl::syntax::too_large"), "{errors}");
    assert_eq!((ran.status.code(), ran.stdout.len()), (Some(3), 0));
    Ok(())
}

fn files(folder: &Path, ending: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, ending)?);
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    Ok(found)
}
