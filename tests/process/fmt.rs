//! `crawl fmt` as a user calls it: what is written, what is left alone, what the exit code says.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use libtest_mimic::Trial;

use super::stage::{Ended, Stage};
use super::trial;

const WILD: &str = "let a=1 ;\nprint( a );\n";
const TAME: &str = "let a = 1;\nprint(a);\n";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("fmt_writes_what_changes_and_nothing_else", writes),
        trial("fmt_check_lists_and_writes_nothing", checks),
        trial("fmt_diff_shows_a_patch", shows),
        trial("fmt_leaves_a_broken_script_alone_and_formats_the_others", broken),
        trial("fmt_of_standard_input_goes_to_standard_output", standard),
        trial("fmt_writes_through_links_and_keeps_permissions", linked),
    ]
}

fn run(stage: &Stage, args: &[&str]) -> Ended {
    stage.start(&[&["fmt"], args].concat()).end()
}

fn writes() {
    let stage = Stage::with(WILD);
    stage.write("tame.crawl", TAME);
    let saved = fs::metadata(stage.path("tame.crawl")).unwrap().modified().unwrap();
    let ended = run(&stage, &["script.crawl", "tame.crawl"]);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), "formatted script.crawl\n"));
    assert_eq!((stage.read("script.crawl").as_str(), stage.read("tame.crawl").as_str()), (TAME, TAME));
    assert_eq!(fs::metadata(stage.path("tame.crawl")).unwrap().modified().unwrap(), saved);
    assert_eq!(fs::read_dir(stage.work()).unwrap().count(), 2, "a temporary file is left");
}

fn checks() {
    let stage = Stage::with(WILD);
    stage.write("tame.crawl", TAME);
    let ended = run(&stage, &["--check", "script.crawl", "tame.crawl"]);
    assert_eq!((ended.status.code(), ended.stdout.as_str(), ended.stderr.as_str()), (Some(1), "script.crawl\n", ""));
    assert_eq!(stage.read("script.crawl"), WILD);
    let ended = run(&stage, &["--check", "tame.crawl"]);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(0), ""));
}

fn shows() {
    let stage = Stage::with(WILD);
    let ended = run(&stage, &["--diff", "script.crawl"]);
    let patch =
        "--- script.crawl\n+++ script.crawl\n@@ -1,2 +1,2 @@\n-let a=1 ;\n-print( a );\n+let a = 1;\n+print(a);\n";
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), patch));
    assert_eq!(stage.read("script.crawl"), WILD);
}

fn broken() {
    let stage = Stage::with("f((1;\n");
    stage.write("wild.crawl", WILD);
    let ended = run(&stage, &["--diagnostics", "short", "script.crawl", "wild.crawl"]);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(3), "formatted wild.crawl\n"));
    assert!(ended.stderr.contains("crawl::syntax::unclosed_bracket"), "{}", ended.stderr);
    assert_eq!((stage.read("script.crawl").as_str(), stage.read("wild.crawl").as_str()), ("f((1;\n", TAME));
    stage.write("script.crawl", "let  x = ;\n");
    let ended = run(&stage, &["--diagnostics", "short", "script.crawl"]);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(3), ""));
    assert!(ended.stderr.contains("script.crawl:1:") && ended.stderr.contains("crawl::syntax::"), "{}", ended.stderr);
    assert_eq!(stage.read("script.crawl"), "let  x = ;\n");
    // What a check alone finds wrong is no matter of style.
    stage.write("script.crawl", "print( nobody );\n");
    assert_eq!(run(&stage, &["script.crawl"]).stdout, "formatted script.crawl\n");
}

fn standard() {
    let stage = Stage::new();
    let mut command = stage.command(&["fmt", "--blocks", "brace", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"session(\"a\") < 1 >").unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), String::from_utf8_lossy(&out.stdout).as_ref()), (Some(0), "session(\"a\") { 1 }\n"));
}

fn linked() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let stage = Stage::with(WILD);
    fs::set_permissions(stage.path("script.crawl"), fs::Permissions::from_mode(0o750)).unwrap();
    symlink(stage.path("script.crawl"), stage.path("link.crawl")).unwrap();
    assert_eq!(run(&stage, &["link.crawl"]).status.code(), Some(0));
    assert!(fs::symlink_metadata(stage.path("link.crawl")).unwrap().is_symlink());
    assert_eq!(stage.read("script.crawl"), TAME);
    let mode = fs::metadata(stage.path("script.crawl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
}
