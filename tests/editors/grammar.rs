//! The grammars at work, where their programs are installed: tree-sitter's command, VS Code's engine, Vim.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

use super::path;
use crate::syntax::{format::scripts, rewritten};

pub fn trials() -> Vec<Trial> {
    let tree_sitter = runs("tree-sitter");
    let has_vim = runs("vim");
    let engine = path("vscode/node_modules/vscode-textmate").is_dir();
    let code = runs("code-server") && path("vscode/node_modules/playwright-core").is_dir();
    let trial = |name: &str, there: bool, wants: &str, run: fn() -> Result<(), Failed>| {
        let told = if there { String::new() } else { format!(" (skipped: needs {wants})") };
        Trial::test(format!("editors::{name}{told}"), run).with_ignored_flag(!there)
    };
    vec![
        trial("tree_sitter_passes_its_tests", tree_sitter, "the tree-sitter command", corpus),
        trial("tree_sitter_parses_every_valid_script", tree_sitter, "the tree-sitter command", parses),
        trial("tree_sitter_queries_fit_the_grammar", tree_sitter, "the tree-sitter command", queries),
        trial("tree_sitter_injects_js_and_css", tree_sitter, "the tree-sitter command", injections),
        trial("textmate_scopes", engine, "`npm install` in editors/vscode", scopes),
        trial("vscode_client", code, "code-server, and playwright-core in editors/vscode", client),
        trial("vim_highlights", has_vim, "Vim with +eval", highlighted),
        trial("vim_indents_as_the_formatter", has_vim, "Vim with +eval", indented),
    ]
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|out| {
        let small = String::from_utf8_lossy(&out.stdout).contains("-eval");
        out.status.success() && !small
    })
}

fn good(out: Output) -> Result<String, Failed> {
    let told = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if out.status.success() { Ok(told) } else { Err(told.into()) }
}

fn tree_sitter(args: &[&str]) -> Result<Output, Failed> {
    Ok(Command::new("tree-sitter").args(args).current_dir(path("tree-sitter-crawl")).output()?)
}

fn corpus() -> Result<(), Failed> {
    good(tree_sitter(&["test"])?).map(drop)
}

/// Scripts that our own front end and Rhai's parser take; those that are meant to be wrong are left out.
fn valid() -> Vec<PathBuf> {
    let broken = |path: &Path| path.display().to_string().contains("/errors/");
    let all = scripts(&["samples", "stdlib", "src/bench/scripts", "tests/suite"]).into_iter();
    all.filter(|path| !broken(path))
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| rewritten(&text).is_ok()))
        .collect()
}

/// A file with the names of the valid scripts, as the command takes them.
fn listed() -> Result<tempfile::NamedTempFile, Failed> {
    let mut list = tempfile::NamedTempFile::new()?;
    for path in valid() {
        writeln!(list, "{}", path.display())?;
    }
    Ok(list)
}

fn parses() -> Result<(), Failed> {
    let list = listed()?;
    good(tree_sitter(&["parse", "--quiet", "--paths", &list.path().display().to_string()])?).map(drop)
}

fn queries() -> Result<(), Failed> {
    let list = listed()?;
    let list = list.path().display().to_string();
    for query in ["tree-sitter-crawl/queries", "helix/queries/crawl"] {
        for entry in std::fs::read_dir(path(query))? {
            let file = entry?.path().display().to_string();
            good(tree_sitter(&["query", "--paths", &list, &file])?)
                .map_err(|why| format!("{file}: {}", why.message().unwrap_or("")))?;
        }
    }
    Ok(())
}

/// What is injected into strings, and into which.
fn injections() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("script.crawl");
    let text = "schema Row at \"first\" { a: text(\"second\") }\n\
                crawl(\"none\", js: `third ${fourth(\"none\")} fifth`, css: #\"sixth\"#, wait_for: \"none\");\n\
                page.select(\"seventh\").attr(\"none\");\nevaluate(\"eighth\", \"none\");\n";
    std::fs::write(&script, text)?;
    let script = script.display().to_string();
    for query in ["tree-sitter-crawl/queries/injections.scm", "helix/queries/crawl/injections.scm"] {
        let told = good(tree_sitter(&["query", &path(query).display().to_string(), &script])?)?;
        for word in ["first", "second", "third ", " fifth", "sixth", "seventh", "eighth"] {
            assert!(told.contains(&format!("text: `{word}`")), "{query} injects nothing into {word}:\n{told}");
        }
        for word in ["none", "fourth"] {
            assert!(!told.contains(&format!("text: `{word}`")), "{query} injects something into {word}:\n{told}");
        }
    }
    Ok(())
}

fn scopes() -> Result<(), Failed> {
    let out = Command::new("node").args(["--test", "test/grammar.test.mjs"]).current_dir(path("vscode")).output()?;
    good(out).map(drop)
}

fn client() -> Result<(), Failed> {
    let mut node = Command::new("node");
    node.args(["--test", "test/client.test.mjs"]).current_dir(path("vscode")).env("CRAWL", env!("CARGO_BIN_EXE_crawl"));
    good(node.output()?).map(drop)
}

/// What is asked of Vim about a sample: the name of what is highlighted at each pattern, and some settings.
const ASKED: &str = r"function! Name(pattern) abort
  call search(a:pattern, 'w')
  return synIDattr(synID(line('.'), col('.'), 1), 'name')
endfunction
let s:names = map(['playground', 'schema \zsCommit', 'li\[', '\<for\>', 'querySelector', '\<extract:', '\.\zsitems'], 'Name(v:val)')
call writefile(s:names + [&filetype, string(&shiftwidth)], 'report')
normal! gg=G
write
qall!
";

fn vim(folder: &Path, script: &str, asked: &str) -> Result<(), Failed> {
    std::fs::write(folder.join("ask.vim"), asked)?;
    let runtime = format!("set runtimepath^={}", path("vim").display());
    let mut vim = Command::new("vim");
    vim.args(["-N", "-u", "NONE", "-i", "NONE", "-n", "-es", "--cmd", &runtime]);
    vim.args(["-c", "filetype plugin indent on", "-c", "syntax on", "-c", "edit", "-S", "ask.vim", script]);
    let out = vim.current_dir(folder).stdin(std::process::Stdio::null()).output()?;
    good(out).map(drop)
}

fn highlighted() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/commits.crawl");
    std::fs::copy(&sample, folder.path().join("commits.crawl"))?;
    vim(folder.path(), "commits.crawl", ASKED)?;
    let told = std::fs::read_to_string(folder.path().join("report"))?;
    let names: Vec<&str> = told.lines().collect();
    assert_eq!(names[..4], ["crawlBuiltin", "crawlSchema", "crawlString", "crawlKeyword"]);
    assert!(names[4].starts_with("javaScript") || names[4] == "crawlJsString", "js is {}", names[4]);
    assert_eq!(names[5..], ["crawlOption", "crawlPart", "crawl", "2"]);
    Ok(())
}

/// Indents our formatted scripts anew: nothing may move.
fn indented() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for script in scripts(&["samples"]) {
        let copy = folder.path().join("script.crawl");
        std::fs::copy(&script, &copy)?;
        vim(folder.path(), "script.crawl", "normal! gg=G\nwrite\nqall!\n")?;
        let (before, after) = (std::fs::read_to_string(&script)?, std::fs::read_to_string(&copy)?);
        let moved = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        assert!(before == after, "{}: {moved:?}", script.display());
    }
    Ok(())
}
