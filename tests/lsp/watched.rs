//! Inlay hints: what selectors match on the pages that `crawl watch` keeps.

use std::path::Path;
use std::process::{Command, Stdio};

use crawl::ide::{Analysis, Pages, inlay_hints, suggest};
use crawl::store::{SeenStep, WatchedPages, seen_file, seen_steps};
use crawl::text::{Source, Span};
use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::client::Client;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("hints_count_on_the_page_of_their_step", counted),
        trial("hints_count_what_acts_aim_at", aimed),
        trial("names_on_the_page_complete_selectors_and_targets", completed),
        trial("hints_follow_a_call_that_was_changed", changed),
        trial("pages_are_there_as_long_as_somebody_watches", kept),
        trial("an_editor_sees_the_pages_of_a_watched_script", watched),
    ]
}

const SCRIPT: &str = "\
schema Row at \"li\" { name: text(\"b\"), href: attr(\"a\", \"href\"), note: optional(text(\"i\")) }
session(\"s\") {
  let page = crawl(\"https://one.test/\", wait_for: [\"ul\", changed(\"li b\")], extract: Row);
  print(page.select(\"b\").len(), page.has(\".no\"));
  let other = crawl(\"https://two.test/\", css: \"h1\");
  print(page.count(\"li\"), other.text(\"h1\"));
}
";

fn step(line: usize, call: &str, url: &str, html: &str) -> SeenStep {
    SeenStep { call: call.to_owned(), line, url: url.to_owned(), html: html.to_owned() }
}

fn steps() -> Vec<SeenStep> {
    let one = "crawl(\"https://one.test/\", wait_for: [\"ul\", changed(\"li b\")], extract: Row)";
    let rows = "<ul><li><b>Ada</b> <a href='/1'>x</a></li><li><b>Bob \u{1b}[1m</b></li><li><i>c</i></li></ul>";
    let two = "<h1>A title that goes on for longer than fits behind a line</h1>";
    let other = "crawl(\"https://two.test/\", css: \"h1\")";
    vec![step(3, one, "https://one.test/", rows), step(5, other, "https://two.test/", two)]
}

/// The hints of a text, each behind the text it stands behind.
fn hints(text: &str) -> Vec<String> {
    let script = Analysis::new(Source::new("test.crawl", text));
    let found = inlay_hints(&script, &Pages::new(steps()), Span::new(0, text.len()));
    let shown = found.iter().map(|hint| {
        let before = &text[..hint.offset];
        let start = before.trim_end_matches('"').rfind('"').unwrap_or(0);
        format!("{} {}", &before[start..], hint.text)
    });
    shown.collect()
}

fn counted() {
    let expected = [
        "\"li\" 3 · Ada x",
        "\"b\" 2/3 · Ada",
        "\"a\" 1/3 · /1",
        "\"i\" 1/3 · c",
        "\"ul\" 1 · Ada x Bob [1m c",
        "\"li b\" 2 · Ada",
        "\"b\" 2 · Ada",
        "\".no\" 0",
        "\"h1\" 1 · A title that goes on for longer…",
        "\"li\" 3 · Ada x",
        "\"h1\" 1 · A title that goes on for longer…",
    ];
    assert_eq!(hints(SCRIPT), expected);
    let none = Analysis::new(Source::new("test.crawl", SCRIPT));
    assert!(inlay_hints(&none, &Pages::default(), Span::new(0, SCRIPT.len())).is_empty());
}

const ACTS: &str = "\
schema Row at \"p\" { name: text(\"b\") }
crawl(\"https://form.test/\", extract: Row);
fill(\"label=Name\", \"Ada\");
click(\"role=button[name='Save']\");
click(\"text=save\", within: \"form\");
click(\"//button\");
frame(\"iframe\", || click(\"#inside\"));
click(\"text=done\");
";

/// What the acts of [`ACTS`] found: a form, and after the saving something else.
fn form_steps() -> Vec<SeenStep> {
    let form = "<form><p><b>x</b><label>Name <input></label></p><button>Save</button><button hidden>Save</button></form><iframe></iframe>";
    let step = |line, call: &str, html: &str| step(line, call, "https://form.test/", html);
    vec![
        step(2, "crawl(\"https://form.test/\", extract: Row)", form),
        step(3, "fill(\"label=Name\", \"Ada\")", form),
        step(
            4,
            "click(\"role=button[name='Save']\")",
            "<form><a>Saved</a> <a>Saved too</a></form><i>done</i><iframe></iframe>",
        ),
    ]
}

fn aimed() {
    let script = Analysis::new(Source::new("test.crawl", ACTS));
    let found = inlay_hints(&script, &Pages::new(form_steps()), Span::new(0, ACTS.len()));
    let shown = found.iter().map(|hint| {
        let at = script.source.line_column(hint.offset);
        format!("{} {}", at.line, hint.text)
    });
    let expected =
        ["1 1 · xName", "1 1/1 · x", "3 1", "4 1 · Save", "5 2 · Saved", "5 1 · Saved Saved too", "7 1", "8 1 · done"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

fn completed() {
    let offered = |before: &str, typed: &str| {
        let text = ACTS.replace(before, typed);
        let offset = text.find('¦').unwrap();
        let script = Analysis::new(Source::new("test.crawl", text.replace('¦', "")));
        let found = suggest(&script, offset, Some(&Pages::new(form_steps())));
        let shown =
            found.iter().map(|found| format!("{} {} {}", script.source.slice(found.span), found.insert, found.detail));
        let mut shown: Vec<String> = shown.collect();
        shown.sort();
        shown
    };
    assert_eq!(offered("label=Name", "label=N¦"), ["N Name 1"]);
    assert_eq!(offered("'Save']", "'S¦")[0], "[name='S [name='Save'] 1");
    assert_eq!(offered("text=save", "text=sav¦"), ["sav 'Saved' 1", "sav Saved too 1"]);
    assert_eq!(offered("click(\"text=done\")", "click(\"i¦\")"), ["i i 1", "i iframe 1"]);
    assert_eq!(offered("\"p\"", "\"bu¦\""), ["bu button 2"]);
    assert_eq!(offered("text(\"b\")", "text(\"in¦\")"), ["in input 1"]);
    assert_eq!(offered("click(\"#inside", "click(\"#¦"), Vec::<String>::new());
}

fn changed() {
    // The cut is being typed anew, and is not a selector yet at first.
    let typed = SCRIPT.replace("css: \"h1\"", "css: \"bo\"");
    assert!(hints(&typed).contains(&"\"bo\" 0".to_owned()), "{:?}", hints(&typed));
    let broken = SCRIPT.replace("css: \"h1\"", "css: \"h1[\"");
    assert_eq!(hints(&broken).len(), hints(SCRIPT).len() - 1);
    // What moved is known by its text.
    let moved = format!("\n\n// more\n{SCRIPT}");
    assert_eq!(hints(&moved), hints(SCRIPT));
}

fn kept() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("a.crawl");
    std::fs::write(&script, SCRIPT).unwrap();
    let mut pages = WatchedPages::of(&script);
    assert_eq!(seen_steps(&script).unwrap(), None, "nothing was written yet");
    pages.write(steps(), true).unwrap();
    assert_eq!(seen_steps(&script).unwrap(), Some(steps()));
    let mut first = steps();
    first.truncate(1);
    first[0].html = "<p>other</p>".to_owned();
    pages.write(first.clone(), false).unwrap();
    let both = seen_steps(&script).unwrap().unwrap();
    assert_eq!((both.len(), &both[0], &both[1]), (2, &first[0], &steps()[1]), "the run ended before its second step");
    pages.write(first.clone(), true).unwrap();
    assert_eq!(seen_steps(&script).unwrap(), Some(first));
    let file = seen_file(&script).unwrap();
    // What a process left that was killed is nobody's.
    let text = std::fs::read_to_string(&file).unwrap();
    let own = format!("\"process\":{}", std::process::id());
    std::fs::write(&file, text.replace(&own, "\"process\":999999999")).unwrap();
    assert_eq!(seen_steps(&script).unwrap(), None);
    drop(pages);
    assert!(!file.exists());
}

/// The labels of all hints of the open script.
fn asked(editor: &mut Client, uri: &str) -> Vec<String> {
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let params = json!({ "textDocument": { "uri": uri }, "range": range });
    let hints = editor.request("textDocument/inlayHint", params);
    let label = |hint: &Value| format!("{} {}", hint["position"]["line"], hint["label"].as_str().unwrap());
    hints.as_array().unwrap_or_else(|| panic!("{hints}")).iter().map(label).collect()
}

fn wait_for(editor: &mut Client, uri: &str, expected: &[&str]) {
    while asked(editor, uri) != expected {
        editor.asked("workspace/inlayHint/refresh");
    }
}

fn watched() {
    let mut editor = Client::new();
    let path = editor.folder.path().join("a.crawl");
    let text =
        "let page = crawl(\"raw:<h1>Hello</h1><p>a</p><p>b</p>\", wait_for: \"h1\");\nprint(page.count(\"p\"));\n";
    std::fs::write(&path, text).unwrap();
    let uri = editor.uri("a.crawl");
    editor.open("a.crawl", text);
    assert_eq!(asked(&mut editor, &uri), Vec::<String>::new(), "nobody watches it");
    let mut watch = watch(&editor, &path);
    wait_for(&mut editor, &uri, &["0 1 · Hello", "1 2 · a"]);
    // While it is typed, before any save.
    editor.change("a.crawl", json!([{ "text": text.replace("count(\"p\")", "count(\"h1, p\")") }]));
    assert_eq!(asked(&mut editor, &uri), ["0 1 · Hello", "1 3 · Hello"]);
    // A selector without a match fails the step, whose page is there to find a better one on.
    let failing = text.replace("wait_for: \"h1\"", "css: \".no\"");
    editor.change("a.crawl", json!([{ "text": failing }]));
    std::fs::write(&path, &failing).unwrap();
    wait_for(&mut editor, &uri, &["0 0", "1 2 · a"]);
    kill_process(Pid::from_child(&watch), Signal::INT).unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(130));
    wait_for(&mut editor, &uri, &[]);
    assert_eq!(editor.leave().code(), Some(0));
}

fn watch(editor: &Client, script: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_crawl"))
        .args(["watch", "-q"])
        .arg(script)
        .current_dir(editor.folder.path())
        .env("CRAWL_CACHE", editor.cache())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
