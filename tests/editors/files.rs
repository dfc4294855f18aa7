//! The editors' files are whole: they parse, they name what is there, they say the program's version.

use crawl::script::builtins::hooks::POINTS;
use crawl::syntax::{FORM_WORDS, KEYWORDS};
use libtest_mimic::{Failed, Trial};
use regex::Regex;
use serde_json::Value;

use super::words::Lexicon;
use super::{path, read};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("editors::json_files_parse", parse),
        Trial::test("editors::vscode_names_files_that_are_there", contributions),
        Trial::test("editors::versions_are_the_programs", versions),
        Trial::test("editors::vscode_snippets_are_scripts", snippets),
        Trial::test("editors::vscode_snippets_name_hook_points", hook_points),
        Trial::test("editors::textmate_knows_every_word", textmate),
        Trial::test("editors::tree_sitter_knows_every_keyword", keywords),
        Trial::test("editors::each_editor_has_a_readme", readmes),
    ]
}

fn json(name: &str) -> Result<Value, Failed> {
    serde_json::from_str(&read(name)).map_err(|error| format!("editors/{name}: {error}").into())
}

const PACKAGE: &str = "vscode/package.json";
const GRAMMAR: &str = "vscode/syntaxes/crawl.tmLanguage.json";

fn parse() -> Result<(), Failed> {
    for name in [
        PACKAGE,
        GRAMMAR,
        "vscode/language-configuration.json",
        "vscode/snippets/crawl.json",
        "tree-sitter-crawl/tree-sitter.json",
    ] {
        json(name)?;
    }
    Ok(())
}

fn contributions() -> Result<(), Failed> {
    let package = json(PACKAGE)?;
    for pointer in [
        "/main",
        "/contributes/languages/0/configuration",
        "/contributes/grammars/0/path",
        "/contributes/snippets/0/path",
    ] {
        let file = package.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no {pointer}"))?;
        assert!(path("vscode").join(file).is_file(), "{pointer} names {file}, which is not there");
    }
    let scope = package.pointer("/contributes/grammars/0/scopeName");
    assert_eq!(scope, json(GRAMMAR)?.get("scopeName"), "the grammar's scope");
    Ok(())
}

fn versions() -> Result<(), Failed> {
    let version = Value::from(env!("CARGO_PKG_VERSION"));
    assert_eq!(json(PACKAGE)?["version"], version);
    assert_eq!(json("tree-sitter-crawl/tree-sitter.json")?["metadata"]["version"], version);
    Ok(())
}

/// A snippet with its defaults filled in is a formatted script.
fn snippets() -> Result<(), Failed> {
    let snippets = json("vscode/snippets/crawl.json")?;
    let choice = Regex::new(r"\$\{\d+\|([^,|]*)[^}]*\|\}")?;
    let place = Regex::new(r"\$\{\d+:([^{}]*)\}|\$\d")?;
    for (name, snippet) in snippets.as_object().ok_or("an object is wanted")? {
        let body = snippet["body"].as_array().ok_or("a body is a list of lines")?;
        let lines: Vec<&str> = body.iter().filter_map(Value::as_str).collect();
        let body = format!("{}\n", lines.join("\n")).replace("  $0\n", "  done();\n");
        let mut text = choice.replace_all(&body, "$1").into_owned();
        while place.is_match(&text) {
            text = place.replace_all(&text, "$1").into_owned();
        }
        let source = crawl::text::Source::new(name.as_str(), text.as_str());
        let formatted = crawl::syntax::format(&source, None).map_err(|errors| format!("{name}: {errors:?}"))?;
        assert_eq!(formatted, text, "{name} is not in the one style");
    }
    Ok(())
}

fn hook_points() -> Result<(), Failed> {
    let snippets = json("vscode/snippets/crawl.json")?;
    let first = snippets["Hook"]["body"][0].as_str().ok_or("the snippet of hooks is gone")?;
    let (_, list) = first.split_once("${1|").ok_or("it offers no points")?;
    let (list, _) = list.split_once("|}").ok_or("its points do not end")?;
    let unknown: Vec<&str> = list.split(',').filter(|point| !POINTS.contains(point)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("no points of a step: {unknown:?}").into()) }
}

/// Each word is matched where it stands for what it is, and not where it is part of a longer one.
fn textmate() -> Result<(), Failed> {
    let grammar = json(GRAMMAR)?;
    let words = Lexicon::new();
    let samples = [
        ("keywords", &words.keywords, "", " "),
        ("constants", &words.constants, "", ";"),
        ("options", &words.options, "", ": 1"),
        ("methods", &words.methods, ".", "()"),
        ("parts", &words.parts, ".", ";"),
        ("builtins", &words.functions, "", "()"),
    ];
    for (group, words, before, after) in samples {
        let pattern = grammar["repository"][group]["match"].as_str().ok_or("no pattern")?;
        for word in words {
            let text = format!("a{before}{word}{after}");
            let right = if before.is_empty() { &text[1..] } else { &text };
            assert!(found(pattern, right).is_some_and(|hit| hit.contains(word)), "{group}: {word}");
            let longer = format!("x{word}{after}");
            assert!(found(pattern, &longer).is_none(), "{group}: {longer} is another word");
        }
    }
    Ok(())
}

/// The grammars' look-around is more than our regular expressions know: it is taken out and tried by hand.
fn found(pattern: &str, text: &str) -> Option<String> {
    let ahead = pattern.replace("(?=\\s*\\()", "\\s*\\(").replace("(?!\\s*\\()", "(?:[^\\s(\\w]|$)");
    let plain = ahead.replace("(?!\\s*:(?!:))", "").replace("(?!:)", "");
    let plain = plain.replace("(?<!\\.)", "").replace("(?<![.:])", "");
    let regex = Regex::new(&plain).expect("a pattern without look-around");
    regex.find(text).map(|hit| hit.as_str().to_owned())
}

fn keywords() -> Result<(), Failed> {
    let grammar = read("tree-sitter-crawl/grammar.js");
    assert!(KEYWORDS.is_sorted(), "keywords are looked up by halves");
    for word in KEYWORDS.iter().chain(FORM_WORDS) {
        assert!(grammar.contains(&format!("\"{word}\"")), "grammar.js does not know `{word}`");
    }
    Ok(())
}

fn readmes() -> Result<(), Failed> {
    for editor in std::fs::read_dir(path(""))? {
        let editor = editor?.path();
        if editor.is_dir() {
            assert!(editor.join("README.md").is_file(), "{} has no README.md", editor.display());
        }
    }
    Ok(())
}
