//! Texts that are not finished: what is told of them, and that nothing of them ends the server.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::client::Client;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("every_prefix_of_a_script_is_survived", prefixes),
        trial("checks_go_on_after_errors", after_errors),
        trial("each_suggestion_can_be_applied", suggestions),
        trial("a_huge_text_is_survived", huge),
    ]
}

const SAMPLE: &str = "\
// Zwölf Seiten 🙂
import \"std/paginate\" as paginate;
const SITE = \"https://example.com\";
schema Row at \"li\", min: 3, unique: \"sha\" {
    title: text(\"h4 a\").trim(), sha: attr(\"a\", \"href\"),
}
fn url(n) { `${SITE}/p?n=${n + 1}` }
session(\"s\") <
  on(\"after_goto\", |page| { print(page.url); });
  try { crawl(url(1), js: [\"a()\", `b('${SITE}')`], wait_for: changed(\"li\"), extract: Row); } catch (e) { throw e; }
  for (x, i) in paginate::next_pages(url(2), next: \"a\", extract: Row).items { emit(#{ x: x.title, \"i\": i }); }
>
";

fn prefixes() {
    let mut editor = Client::new();
    let uri = editor.uri("a.crawl");
    for (end, _) in SAMPLE.char_indices().chain([(SAMPLE.len(), ' ')]) {
        let text = &SAMPLE[..end];
        editor.open("a.crawl", text);
        let line = u32::try_from(text.matches('\n').count()).unwrap();
        let last = text.rsplit('\n').next().unwrap_or_default();
        let character = u32::try_from(last.encode_utf16().count()).unwrap();
        for method in ["completion", "hover", "signatureHelp", "definition", "documentHighlight"] {
            let answer = editor.ask(method, "a.crawl", line, character, json!({}));
            assert!(answer.get("error").is_none(), "{method} after {text:?}: {answer}");
        }
        for method in ["documentSymbol", "semanticTokens/full"] {
            let params = json!({ "textDocument": { "uri": uri } });
            let answer = editor.request(&format!("textDocument/{method}"), params);
            assert!(answer.get("error").is_none(), "{method} after {text:?}: {answer}");
        }
        editor.diagnostics("a.crawl");
    }
    editor.change("a.crawl", json!([{ "text": SAMPLE }]));
    assert_eq!(editor.diagnostics("a.crawl"), Vec::<Value>::new(), "the whole of it is right");
    assert_eq!(editor.leave().code(), Some(0));
}

/// (text, the lines and codes of what is told).
const BROKEN: &[(&str, &[&str])] = &[
    (
        "let a = ;\nprint(nope);\nlet b = = 1;\nprint(b, a, gone);\n",
        &[
            "1 crawl::syntax::parse",
            "2 crawl::check::unknown_variable",
            "3 crawl::syntax::parse",
            "4 crawl::check::unknown_variable",
        ],
    ),
    ("crawl(\"x\", \nprint(nope);\n", &["1 crawl::syntax::unclosed_bracket", "2 crawl::check::unknown_variable"]),
    (
        "session(\"s\") {\n  let page = crawl(\"x\"\n  print(nope);\n}\nprint(gone);\n",
        &["2 crawl::syntax::unclosed_bracket", "3 crawl::check::unknown_variable", "5 crawl::check::unknown_variable"],
    ),
    (
        "session(\"s\") {\n  let page = crawl(\"x\";\n  print(page, nope);\n}\nprint(gone);\n",
        &["2 crawl::syntax::unclosed_bracket", "3 crawl::check::unknown_variable", "5 crawl::check::unknown_variable"],
    ),
    (
        "print('a b');\nlet x = \"abc;\nprint(nope);\n",
        &["1 crawl::syntax::single_quotes", "2 crawl::syntax::unclosed_string", "3 crawl::check::unknown_variable"],
    ),
    ("fn f(a) {\n  a +\n}\nprint(f(1), nope);\n", &["3 crawl::syntax::parse", "4 crawl::check::unknown_variable"]),
    ("print(1);\npage.", &["2 crawl::syntax::parse"]),
    ("", &[]),
    ("   \n\n", &[]),
];

fn after_errors() {
    let mut editor = Client::new();
    for (text, expected) in BROKEN {
        editor.open("a.crawl", text);
        let found = editor.diagnostics("a.crawl");
        let told: Vec<String> = found
            .iter()
            .map(|one| {
                format!("{} {}", one["range"]["start"]["line"].as_u64().unwrap() + 1, one["code"].as_str().unwrap())
            })
            .collect();
        assert_eq!(told, *expected, "{text:?}");
    }
    assert_eq!(editor.leave().code(), Some(0));
}

/// (text, the same after the first change that is offered).
const MENDED: &[(&str, &str)] = &[
    ("crawl(\"x\", timout: \"1s\");", "crawl(\"x\", timeout: \"1s\");"),
    ("crawl(\"x\", wait_until: \"don\");", "crawl(\"x\", wait_until: \"dom\");"),
    ("let page = 1; print(pgae);", "let page = 1; print(page);"),
    ("prnt(1);", "print(1);"),
    ("let page = crawl(\"x\"); page.title();", "let page = crawl(\"x\"); page.title;"),
    ("on(\"after_gto\", |page| 1);", "on(\"after_goto\", |page| 1);"),
    ("import \"std/paginat\" as p;", "import \"std/paginate\" as p;"),
    ("import \"std/retry\" as r; r::time(1, || 1);", "import \"std/retry\" as r; r::times(1, || 1);"),
    ("schema R at \"a\", mn: 1 { b: text(\"c\") }", "schema R at \"a\", min: 1 { b: text(\"c\") }"),
    (
        "schema R at \"a\", unique: \"titel\" { title: text(\"c\") }",
        "schema R at \"a\", unique: \"title\" { title: text(\"c\") }",
    ),
    ("schema R at \"a\" { title }", "schema R at \"a\" { title: text(\"\") }"),
    ("schema R at: \"a\" { b: text(\"c\") }", "schema R at \"a\" { b: text(\"c\") }"),
    ("print('two words');", "print(\"two words\");"),
    ("print(\"a\\d\");", "print(\"a\\\\d\");"),
    ("print(“a”);", "print(\"a”);"),
    ("let a = 1\nprint(a);", "let a = 1;\nprint(a);"),
    ("print(crawl(\"x\";", "print(crawl(\"x\");"),
    ("crawl(\"x\", \"js\": \"1\");", "crawl(\"x\", js: \"1\");"),
    ("crawl(\"x\", js: \"1\" css: \"a\");", "crawl(\"x\", js: \"1\", css: \"a\");"),
    ("session(\"s\") < crawl(\"x\"); }", "session(\"s\") < crawl(\"x\"); >"),
    ("print(1));", "print(1);"),
    ("fn f(a) { a }\nf(1, b: 2);", "fn f(a, options) { a }\nf(1, b: 2);"),
    ("print(crawl);", "print(crawl());"),
    ("crawl(\"x\", url: \"y\");", "crawl(\"x\");"),
    ("crawl(\"x\", js: \"1\", css: \"a\", js: \"2\");", "crawl(\"x\", js: \"1\", css: \"a\");"),
    ("crawl(\"localhost:80/x\");", "crawl(\"http://localhost:80/x\");"),
    ("crawl(\"htps://example.com/x\");", "crawl(\"https://example.com/x\");"),
    ("crawl(\"x\", css: \"li:frist-child\");", "crawl(\"x\", css: \"li:first-child\");"),
    ("schema R at \"a\" { b: \"c\" }", "schema R at \"a\" { b: value(\"c\") }"),
    ("/// Rows.\nschema R at \"a\" { b: text(\"c\") }", "// Rows.\nschema R at \"a\" { b: text(\"c\") }"),
    ("const A = 1;\nA = 2;", "let A = 1;\nA = 2;"),
];

fn suggestions() {
    let mut editor = Client::new();
    let uri = editor.uri("a.crawl");
    for (text, mended) in MENDED {
        editor.open("a.crawl", text);
        let found = editor.diagnostics("a.crawl");
        assert!(!found.is_empty(), "nothing is wrong with {text:?}");
        let params = json!({
            "textDocument": { "uri": uri },
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } },
            "context": { "diagnostics": [] },
        });
        let actions = editor.request("textDocument/codeAction", params);
        let edit = actions[0]["edit"]["changes"][&uri][0].clone();
        assert!(edit.is_object(), "nothing is offered for {text:?}: {found:#?}");
        editor.change("a.crawl", json!([{ "range": edit["range"], "text": edit["newText"] }]));
        editor.diagnostics("a.crawl");
        // The text as the server has it now, read back by what it would change in it.
        editor.change("a.crawl", json!([{ "text": mended }]));
        let after = editor.diagnostics("a.crawl");
        assert_eq!(applied(text, &edit), *mended);
        let gone = !after.iter().any(|one| one["message"] == found[0]["message"] && one["range"] == found[0]["range"]);
        assert!(gone, "{mended:?}: {after:#?}");
    }
    assert_eq!(editor.leave().code(), Some(0));
}

/// An edit as an editor applies it; the texts here are short.
fn applied(text: &str, edit: &Value) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
        let units = usize::try_from(place["character"].as_u64().unwrap()).unwrap();
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut left = units;
        let inside = text[start..].char_indices().find(|(_, c)| {
            let over = left == 0;
            left = left.saturating_sub(c.len_utf16());
            over
        });
        inside.map_or(text.len(), |(at, _)| start + at)
    };
    let (start, end) = (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]));
    format!("{}{}{}", &text[..start], edit["newText"].as_str().unwrap(), &text[end..])
}

fn huge() {
    let mut editor = Client::new();
    let text = format!("{}print(nope);\n", "let a = crawl(\"x\", wait_for: \"li\");\n".repeat(5_000));
    editor.open("a.crawl", &text);
    // Answers come while the check still runs.
    let items = editor.ask("completion", "a.crawl", 5_000, 3, json!({}));
    assert!(items.as_array().unwrap().iter().any(|item| item["label"] == "print"), "{items}");
    let hover = editor.ask("hover", "a.crawl", 4_999, 9, json!({}));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("One step"), "{hover}");
    editor.change("a.crawl", json!([{ "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } }, "text": "print(gone);\n" }]));
    let found = editor.diagnostics("a.crawl");
    let lines: Vec<&Value> = found.iter().map(|one| &one["range"]["start"]["line"]).collect();
    assert_eq!(lines, [0, 5_001]);
    editor.change("a.crawl", json!([{ "text": "a\n".repeat(70_000) }]));
    assert_eq!(editor.diagnostics("a.crawl")[0]["code"], "crawl::syntax::too_large");
    assert_eq!(editor.leave().code(), Some(0));
}
