//! `crawl infer`: a schema that runs, from an address or from a file.

use libtest_mimic::Trial;

use super::stage::{Running, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        super::trial("infer_proposes_a_schema_that_runs", runs),
        super::trial("infer_reads_files_without_a_browser", files),
        super::trial("infer_says_when_nothing_repeats", nothing),
        super::trial("infer_explains_a_selector_that_matches_nothing", unmatched),
        super::trial("infer_says_that_a_file_is_not_there", missing),
    ]
}

const LIST: &str = "<h1>Lamps</h1><ul id=lamps><li class=lamp><a href=/a>One</a> <b class=price>€ 1,50</b>\
    <li class=lamp><a href=/b>Two</a> <b class=price>€ 2,50</b><li class=lamp><a href=/c>Three</a> <b class=price>€ 3</b></ul>";

fn end(stage: &Stage, args: &[&str]) -> (String, String, Option<i32>) {
    let ended = Running::of(stage.command(args).spawn().unwrap()).end();
    (ended.stdout, ended.stderr, ended.status.code())
}

fn runs() {
    let stage = Stage::new();
    stage.write("lamps.html", LIST);
    let address = format!("file:{}", stage.path("lamps.html").display());
    let (schema, told, code) = end(&stage, &["infer", &address]);
    assert_eq!(code, Some(0), "{told}");
    assert!(schema.starts_with("schema Lamp at \"li.lamp\" {\n"), "{schema}");
    stage.write("schema.crawl", &schema);
    let (listed, wrong, code) = end(&stage, &["fmt", "--check", "schema.crawl"]);
    assert_eq!((listed.as_str(), code), ("", Some(0)), "{wrong}\n{schema}");
    assert!(told.contains("3 rows × 3 fields") && told.contains("Two"), "{told}");
    stage.write("script.crawl", &format!("{schema}print(crawl({address:?}, extract: Lamp).items[1].price.amount);"));
    let (printed, told, code) = end(&stage, &["run", "-q", "script.crawl"]);
    assert_eq!((printed.as_str(), code), ("2.5\n", Some(0)), "{told}");
}

fn files() {
    let stage = Stage::new();
    stage.write("lamps.html", LIST);
    let (rows, schema, code) = end(&stage, &["infer", "lamps.html", "--rows"]);
    assert_eq!((rows.lines().count(), code), (3, Some(0)), "{schema}");
    assert!(rows.starts_with("{\"url\":") || rows.contains("\"currency\":\"EUR\""), "{rows}");
    assert!(schema.starts_with("schema Lamp at "), "{schema}");
    let (schema, told, _) = end(&stage, &["infer", "lamps.html", "#lamps"]);
    assert!(schema.starts_with("schema Lamp at "), "{schema}\n{told}");
    assert!(stage.browsers().is_empty());
}

fn nothing() {
    let stage = Stage::new();
    stage.write("one.html", "<h1>One</h1><p>and no more");
    let (stdout, stderr, code) = end(&stage, &["infer", "one.html"]);
    assert_eq!((stdout.as_str(), code), ("", Some(4)));
    assert!(stderr.contains("crawl::infer::nothing") && stderr.contains("nothing repeats on `one.html`"), "{stderr}");
    let (_, stderr, code) = end(&stage, &["infer", "one.html", "li:hover"]);
    assert!(stderr.contains("crawl::select::syntax") && code == Some(4), "{stderr}");
}

fn unmatched() {
    let stage = Stage::new();
    stage.write("lamps.html", LIST);
    let (stdout, stderr, code) = end(&stage, &["infer", "lamps.html", "li.lamb"]);
    assert_eq!((stdout.as_str(), code), ("", Some(4)));
    assert!(stderr.contains("crawl::select::no_match") && stderr.contains("did you mean `li.lamp`?"), "{stderr}");
    assert!(!stderr.contains("nothing repeats"), "{stderr}");
}

fn missing() {
    let stage = Stage::new();
    stage.write("lamps.html", LIST);
    let (stdout, stderr, code) = end(&stage, &["infer", "lamp.html"]);
    assert_eq!((stdout.as_str(), code), ("", Some(2)));
    assert!(stderr.contains("there is no file `lamp.html`"), "{stderr}");
    assert!(stderr.contains("did you mean `lamps.html`?"), "{stderr}");
    let (_, stderr, _) = end(&stage, &["infer", "example.org"]);
    assert!(stderr.contains("there is no file `example.org`") && stderr.contains("with its scheme"), "{stderr}");
}
