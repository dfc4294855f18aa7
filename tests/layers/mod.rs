//! The order of the source: who may import whom, which outside crate lives where, who prints.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use regex::Regex;

/// The folders of `src`, lowest layer first; those of one layer do not know each other.
const LAYERS: &[&[&str]] = &[
    &["text"],
    &["diag", "syntax", "page", "watch", "process"],
    &["browser", "store", "playground"],
    &["crawl"],
    &["recording", "script"],
    &["ide", "testing", "bench", "report"],
    &["repl", "lsp"],
    &["cli"],
];

/// Imports within a layer, each with its reason.
const NEIGHBOURS: &[(&str, &str)] = &[];

/// Outside crates with one home.
const HOMES: &[(&str, &str)] = &[
    ("rhai", "script"),
    ("thirtyfour", "browser"),
    ("reqwest", "browser"),
    ("tokio_tungstenite", "browser"),
    ("scraper", "page"),
    ("ego_tree", "page"),
    ("html5ever", "page"),
    ("htmd", "page"),
    ("miette", "diag"),
    ("rustyline", "repl"),
    ("lsp_server", "lsp"),
    ("lsp_types", "lsp"),
    ("notify", "watch"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("indicatif", "cli"),
    ("axum", "playground"),
    ("rusqlite", "store"),
    ("oxc_allocator", "syntax"),
    ("oxc_ast", "syntax"),
    ("oxc_parser", "syntax"),
    ("oxc_span", "syntax"),
    ("strsim", "text"),
    ("similar", "testing"),
];

/// No file of the program is longer.
const MOST_LINES: usize = 400;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("layers::imports_go_down", imports_go_down),
        Trial::test("layers::outside_crates_have_one_home", crates_have_one_home),
        Trial::test("layers::only_the_command_line_prints", only_the_command_line_prints),
        Trial::test("layers::files_are_one_thing", files_are_one_thing),
        Trial::test("layers::folders_are_known", folders_are_known),
    ]
}

/// A source file: its folder under `src`, its path, its text.
struct File {
    folder: String,
    path: PathBuf,
    text: String,
}

fn imports_go_down() -> Result<(), Failed> {
    let import = Regex::new(r"crate::([a-z_]+)")?;
    let known: BTreeSet<&str> = LAYERS.concat().into_iter().collect();
    none(files().iter().flat_map(|file| {
        let used: BTreeSet<&str> =
            import.captures_iter(&file.text).filter_map(|found| found.get(1)).map(|name| name.as_str()).collect();
        let wrong = used.into_iter().filter(|used| known.contains(used) && !may(&file.folder, used));
        wrong.map(|used| format!("{} imports `{used}`", file.path.display())).collect::<Vec<_>>()
    }))
}

fn may(importer: &str, used: &str) -> bool {
    let Some(own) = layer(importer) else { return true };
    let below = layer(used).is_some_and(|layer| layer < own);
    below || importer == used || NEIGHBOURS.contains(&(importer, used))
}

fn layer(folder: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&folder))
}

fn crates_have_one_home() -> Result<(), Failed> {
    none(HOMES.iter().flat_map(|(name, home)| {
        let named = Regex::new(&format!(r"\b{name}::")).expect("a crate's name is no pattern");
        let away = files().into_iter().filter(move |file| file.folder != *home && named.is_match(&code(&file.text)));
        away.map(move |file| format!("`{name}` is named in {}, at home in {home}", file.path.display()))
    }))
}

fn only_the_command_line_prints() -> Result<(), Failed> {
    let print = Regex::new(r"\b(e?print(ln)?|dbg)!")?;
    let silent = files().into_iter().filter(|file| !["cli", ""].contains(&file.folder.as_str()));
    none(silent.filter(|file| print.is_match(&code(&file.text))).map(|file| file.path.display().to_string()))
}

fn files_are_one_thing() -> Result<(), Failed> {
    none(files().into_iter().filter_map(|file| {
        let lines = file.text.lines().count();
        let told = file.text.starts_with("//! ");
        (lines > MOST_LINES || !told)
            .then(|| format!("{}: {lines} lines, says what it is: {told}", file.path.display()))
    }))
}

fn folders_are_known() -> Result<(), Failed> {
    let unknown = files().into_iter().filter(|file| !file.folder.is_empty() && layer(&file.folder).is_none());
    none(unknown.map(|file| format!("{} is in no layer", file.path.display())))
}

fn none(faults: impl Iterator<Item = String>) -> Result<(), Failed> {
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(Failed::from(faults.join("\n"))) }
}

/// A text without its comments, as far as whole lines go.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the source is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&root).expect("below `src`");
                let folder = inside.parent().and_then(|parent| parent.iter().next());
                let folder = folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let text = std::fs::read_to_string(&path).expect("text");
                files.push(File { folder, path, text });
            }
        }
    }
    files
}
