//! What is offered where.

use crawl::ide::{CandidateKind, suggest};
use libtest_mimic::Trial;

use super::place;

/// (name, text with a place, what must be offered, what must not).
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CASES: &[Case] = &[
    ("builtins", "let a = cra¦", &["crawl"], &["crawl_all", "title"]),
    (
        "own_names",
        "fn parse_it(x) { x } const PATH = 1; let parsed = 1; par¦",
        &["parse_it", "parsed", "param"],
        &["PATH"],
    ),
    ("names_of_other_functions_are_not_seen", "fn f(secret_one) { 1 } fn g(x) { se¦ }", &["session"], &["secret_one"]),
    ("options_of_the_call", "crawl(\"x\", wait¦)", &["wait_for", "wait_until"], &["timeout"]),
    ("no_option_twice", "crawl(\"x\", wait_for: \"a\", wait¦)", &["wait_until"], &["wait_for"]),
    ("options_over_lines", "crawl(\n  \"x\",\n  ¦\n)", &["timeout", "extract"], &["crawl"]),
    ("options_behind_a_closure", "parallel([1], |a, b| a, ¦)", &["workers"], &["a"]),
    ("values_of_options", "crawl(\"x\", wait_until: ¦)", &["\"dom\"", "\"idle\""], &["timeout"]),
    ("values_in_quotes", "crawl(\"x\", cache: \"b¦\")", &["bypass"], &["dom"]),
    ("schemas_for_extract", "schema Row at \"li\" { a: text(\"b\") } crawl(\"x\", extract: ¦)", &["Row"], &[]),
    ("fields_for_unique", "schema Row at \"li\", unique: \"¦\" { abc: text(\"b\") }", &["abc"], &[]),
    ("parts_of_a_page", "let page = crawl(\"x\"); page.t¦", &["title", "text", "timing"], &["trim", "code"]),
    (
        "parts_of_an_element_in_a_loop",
        "for item in page.select(\"li\") { item.¦ }",
        &["text", "attributes"],
        &["title"],
    ),
    ("parts_of_an_error", "try { } catch (e) { e.¦ }", &["code", "message", "help"], &["title"]),
    ("parts_of_a_live_page", "on(\"after_goto\", |page| page.¦)", &["url", "click"], &["markdown"]),
    ("parts_of_a_schema", "schema Row at \"li\" { a: text(\"b\") } Row.¦", &["selector"], &["title"]),
    ("methods_of_a_session", "let s = session(\"a\"); s.¦", &["crawl", "close", "id"], &["title"]),
    ("fields_of_rows", "schema Row at \"li\" { price: text(\"b\") } for row in rows { row.pri¦ }", &["price"], &[]),
    ("session_ids", "session(\"shop\") { } close(\"¦\")", &["shop"], &["dom"]),
    ("hook_points", "on(\"before¦\", |page| 1)", &["before_goto"], &["after_goto"]),
    ("modules", "import \"std/¦\" as x;", &["std/paginate", "std/retry"], &[]),
    ("functions_of_a_module", "import \"std/paginate\" as p; p::¦", &["next_pages", "load_more"], &["usable", "crawl"]),
    (
        "options_of_a_modules_function",
        "import \"std/paginate\" as p; p::next_pages(\"x\", ¦)",
        &["next", "max"],
        &["css"],
    ),
    ("codes", "if e.code == \"crawl::wait¦\" { }", &["crawl::wait::timeout"], &["crawl::internal"]),
    ("nothing_in_comments", "// cra¦", &[], &["crawl"]),
    ("nothing_in_plain_strings", "print(\"cra¦\")", &[], &["crawl"]),
    ("names_in_interpolations", "let name = 1; print(`a ${na¦}`)", &["name"], &[]),
    ("forms", "sche¦", &["schema …", "schema"], &[]),
    ("forms_begin_statements", "let a = sess¦", &["session"], &["session …"]),
];

pub fn trials() -> Vec<Trial> {
    let case = |(name, text, wanted, unwanted): &'static Case| {
        Trial::test(format!("lsp::completion::{name}"), move || {
            let (script, offset) = place(text);
            let found = suggest(&script, offset, None);
            let labels: Vec<&str> = found.iter().map(|candidate| candidate.label.as_str()).collect();
            for label in *wanted {
                assert!(labels.contains(label), "`{label}` is missing among {labels:?}");
            }
            for label in *unwanted {
                assert!(!labels.contains(label), "`{label}` is offered among {labels:?}");
            }
            for candidate in &found {
                let typed = script.source.slice(candidate.span);
                assert_eq!(candidate.span.end, offset, "what is typed is replaced");
                assert!(candidate.label.starts_with(typed), "`{typed}` is replaced by `{}`", candidate.label);
            }
            Ok(())
        })
    };
    let mut trials: Vec<Trial> = CASES.iter().map(case).collect();
    trials.push(super::trial("completion::candidates_say_what_they_are", told));
    trials
}

fn told() {
    let (script, offset) = place("cra¦");
    let found = suggest(&script, offset, None);
    let [candidate] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((candidate.kind, candidate.insert.as_str()), (CandidateKind::Function, "crawl($0)"));
    assert!(candidate.detail.starts_with("crawl(url?, js?"), "{}", candidate.detail);
    assert!(candidate.doc.contains("One step: navigate"), "{}", candidate.doc);
    let (script, offset) = place("crawl(\"x\", wait_u¦");
    let found = suggest(&script, offset, None);
    assert_eq!((found[0].kind, found[0].insert.as_str()), (CandidateKind::Option, "wait_until: "));
    assert!(found[0].doc.contains("how far a navigation must come"), "{}", found[0].doc);
}
