//! Every script that the documentation shows runs: README, the modules' comments, the builtins' examples.

mod session;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crawl::script::builtins;
use libtest_mimic::{Failed, Trial};

pub fn trials() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = vec![
        Trial::test("docs::every_builtin_shows_how_it_is_used", every_builtin_has_an_example),
        Trial::test(
            "docs::every_public_function_of_a_module_shows_how_it_is_used",
            every_module_function_has_an_example,
        ),
    ];
    trials.extend(numbered("README", fenced(&read(&root.join("README.md")), "```crawl")));
    trials.extend(session::trials(fenced(&read(&root.join("README.md")), "```text")));
    for module in modules() {
        let name = module.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        trials.extend(numbered(&format!("std/{name}"), fenced(&comments(&read(&module)), "```")));
    }
    // One family shares one example: it runs once, under the first name that shows it.
    let mut examples: BTreeMap<&str, &str> = BTreeMap::new();
    for builtin in builtins::all() {
        examples.entry(builtin.example).or_insert(builtin.name);
    }
    trials.extend(examples.into_iter().map(|(text, name)| trial(&format!("builtin {name}"), text.to_owned())));
    trials
}

fn numbered(what: &str, scripts: Vec<String>) -> Vec<Trial> {
    scripts.into_iter().enumerate().map(|(at, text)| trial(&format!("{what} {}", at + 1), text)).collect()
}

fn trial(name: &str, text: String) -> Trial {
    Trial::test(format!("docs::{name}"), move || run(&text))
}

/// Runs a script as `crawl run -` does for a user; it must succeed and warn of nothing.
fn run(text: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_crawl"))
        .args(["run", "-q", "-"])
        .current_dir(folder.path())
        .env("CRAWL_CACHE", folder.path().join("cache.sqlite"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(text.as_bytes())?;
    let out = child.wait_with_output()?;
    let (told, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if out.status.success() && errors.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!("{text}\n\n{}\n{told}\n{errors}", out.status)))
}

fn every_builtin_has_an_example() -> Result<(), Failed> {
    let without: Vec<&str> = builtins::all().filter(|b| b.example.is_empty()).map(|b| b.name).collect();
    if without.is_empty() { Ok(()) } else { Err(Failed::from(format!("no example: {}", without.join(", ")))) }
}

fn every_module_function_has_an_example() -> Result<(), Failed> {
    for module in modules() {
        let text = read(&module);
        let mut documented = false;
        for line in text.lines() {
            if line.starts_with("fn ") && !documented {
                return Err(Failed::from(format!("{}: no example: {line}", module.display())));
            }
            // Overloads follow the first one, which speaks for them.
            documented = line.starts_with("/// ```") || documented && !line.starts_with("private fn");
        }
    }
    Ok(())
}

fn modules() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the modules are there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of this repository")
}

/// The text of the doc comments alone.
fn comments(text: &str) -> String {
    text.lines()
        .filter_map(|line| line.strip_prefix("///"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect()
}

/// The blocks between a line that is `open` and the next line of three backticks.
fn fenced(text: &str, open: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match &mut block {
            None if line == open => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(lines) => {
                lines.push_str(line);
                lines.push('\n');
            }
        }
    }
    assert!(block.is_none(), "a block is not closed");
    blocks
}
