//! Conversations of an editor with `crawl lsp`.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::client::Client;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_session_from_the_handshake_to_the_end", whole),
        trial("positions_count_utf16_units", utf16),
        trial("changes_of_ranges_keep_the_text_in_step", ranges),
        trial("a_definition_in_the_standard_library_is_a_file_to_read", library_file),
        trial("an_editor_that_asks_for_texts_gets_addresses_of_modules", library_text),
        trial("a_module_beside_the_script_is_found_and_its_errors_are_told", module_beside),
        trial("what_a_newer_text_makes_void_is_not_told", newest),
        trial("a_text_is_laid_out_where_it_can_be", laid_out),
        trial("names_from_elsewhere_are_known", params),
        trial("what_cannot_be_answered_is_an_error_and_no_end", errors),
        trial("leaving_without_a_word_is_exit_code_1", abrupt),
        trial("nonsense_ends_the_server_with_a_reason", nonsense),
    ]
}

const SCRIPT: &str = "\
import \"std/paginate\" as paginate;
schema Commit at \"li\", min: 1 { title: text(\"h4\") }
/// Twice as much.
fn double(n) { n * 2 }
session(\"shop\") <
  let page = crawl(\"https://example.com\", wait_untl: \"load\", extract: Commit);
  print(double(page.items.len()));
>
";

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic["code"].as_str().unwrap()).collect()
}

fn labels(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn range(line: u32, start: u32, end: u32) -> Value {
    json!({ "start": { "line": line, "character": start }, "end": { "line": line, "character": end } })
}

fn whole() {
    let mut editor = Client::new();
    editor.open("shop.crawl", SCRIPT);
    let found = editor.diagnostics("shop.crawl");
    assert_eq!(codes(&found), ["crawl::argument::unknown_option"], "{found:#?}");
    assert_eq!((&found[0]["range"], &found[0]["severity"]), (&range(5, 42, 51), &json!(1)));
    let message = "`crawl` has no option `wait_untl`\nhelp: did you mean `wait_until`?";
    assert_eq!(found[0]["message"], message);

    let context = json!({ "diagnostics": found });
    let uri = editor.uri("shop.crawl");
    let params = json!({ "textDocument": { "uri": uri }, "range": range(5, 45, 45), "context": context });
    let actions = editor.request("textDocument/codeAction", params);
    assert_eq!(actions[0]["title"], "replace `wait_untl` by `wait_until`", "{actions}");
    let edit = &actions[0]["edit"]["changes"][&uri][0];
    assert_eq!((&edit["range"], &edit["newText"]), (&range(5, 42, 51), &json!("wait_until")));
    editor.change("shop.crawl", json!([{ "range": edit["range"], "text": edit["newText"] }]));
    assert_eq!(editor.diagnostics("shop.crawl"), Vec::<Value>::new());

    let items = editor.ask("completion", "shop.crawl", 6, 20, json!({}));
    assert!(labels(&items).contains(&"items"), "{items}");
    let hover = editor.ask("hover", "shop.crawl", 6, 10, json!({}));
    assert_eq!(hover["contents"]["value"], "```crawl\nfn double(n)\n```\nTwice as much.");
    let places = editor.ask("definition", "shop.crawl", 6, 10, json!({}));
    assert_eq!(places, json!([{ "uri": uri, "range": range(3, 3, 9) }]));
    let renamed = editor.ask("rename", "shop.crawl", 6, 10, json!({ "newName": "twice" }));
    let expected = json!([
        { "range": range(3, 3, 9), "newText": "twice" },
        { "range": range(6, 8, 14), "newText": "twice" },
    ]);
    assert_eq!(renamed["changes"][&uri], expected);
    let symbols = editor.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    let names: Vec<&Value> = symbols.as_array().unwrap().iter().map(|symbol| &symbol["name"]).collect();
    assert_eq!(names, ["Commit", "double(n)", "shop"]);
    let tokens = editor.request("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(tokens["data"].as_array().unwrap().len() % 5, 0);
    let help = editor.ask("signatureHelp", "shop.crawl", 5, 41, json!({}));
    assert_eq!(help["activeParameter"], 1, "{help}");
    assert_eq!(editor.leave().code(), Some(0));
}

fn utf16() {
    let mut editor = Client::new();
    editor.open("a.crawl", "let süß = \"🙂\"; let ok = 1; print(nope);\nlet x = 1; print(\"🙂🙂\", x);\n");
    let found = editor.diagnostics("a.crawl");
    let unknown: Vec<&Value> = found.iter().filter(|one| one["message"].as_str().unwrap().contains("nope")).collect();
    assert_eq!(unknown.len(), 0, "names are ASCII, so that the line cannot be read: {found:#?}");
    editor.change("a.crawl", json!([{ "text": "let s = \"🙂\"; print(nope);\nlet x = 1; print(\"🙂🙂\", x);\n" }]));
    let found = editor.diagnostics("a.crawl");
    assert_eq!((codes(&found), &found[0]["range"]), (vec!["crawl::check::unknown_variable"], &range(0, 20, 24)));
    let renamed = editor.ask("rename", "a.crawl", 1, 25, json!({ "newName": "y" }));
    let uri = editor.uri("a.crawl");
    assert_eq!(renamed["changes"][&uri][1], json!({ "range": range(1, 25, 26), "newText": "y" }), "{renamed}");
    assert_eq!(editor.leave().code(), Some(0));
}

fn ranges() {
    let mut editor = Client::new();
    editor.open("a.crawl", "print(\"🙂\");\r\nprint(1);\rprint(2);\nprint(3);");
    // Behind the picture, over a line's end, past the text's end, and one inside the other.
    editor.change(
        "a.crawl",
        json!([
            { "range": range(0, 9, 9), "text": "a" },
            { "range": { "start": { "line": 1, "character": 6 }, "end": { "line": 2, "character": 0 } }, "text": "nope);\n" },
            { "range": range(9, 9, 9), "text": "\nprint(gone);" },
            { "range": range(1, 99, 99), "text": " // end" },
        ]),
    );
    let found = editor.diagnostics("a.crawl");
    let places: Vec<&Value> = found.iter().map(|one| &one["range"]).collect();
    assert_eq!(places, [&range(1, 6, 10), &range(4, 6, 10)], "{found:#?}");
    assert_eq!(editor.leave().code(), Some(0));
}

fn library_file() {
    let mut editor = Client::new();
    editor.open("a.crawl", "import \"std/retry\" as again;\nagain::times(3, || 1);\n");
    let places = editor.ask("definition", "a.crawl", 1, 9, json!({}));
    assert_eq!(places.as_array().unwrap().len(), 2, "both ways to call it: {places}");
    let uri = places[0]["uri"].as_str().unwrap();
    let path = url::Url::parse(uri).unwrap().to_file_path().unwrap();
    assert!(path.ends_with("std/retry.crawl"), "{uri}");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = usize::try_from(places[0]["range"]["start"]["line"].as_u64().unwrap()).unwrap();
    assert_eq!(text.lines().nth(line), Some("fn times(times, work) {"));
    assert!(std::fs::metadata(&path).unwrap().permissions().readonly());
    assert_eq!(editor.ask("definition", "a.crawl", 0, 10, json!({}))[0]["uri"], uri);
    assert_eq!(editor.leave().code(), Some(0));
}

fn library_text() {
    let mut editor = Client::with(json!({ "virtualModules": true }));
    editor.open("a.crawl", "import \"std/retry\" as again;\nagain::times(3, || 1);\n");
    let places = editor.ask("definition", "a.crawl", 1, 9, json!({}));
    assert_eq!(places[0]["uri"], "crawl-std:/std/retry.crawl");
    let answer = editor.request("crawl/moduleText", json!({ "uri": places[0]["uri"] }));
    assert!(answer["text"].as_str().unwrap().starts_with("// Trying again."), "{answer}");
    let answer = editor.request("crawl/moduleText", json!({ "uri": "crawl-std:/std/nope.crawl" }));
    assert_eq!(answer["error"]["message"], "there is no module `crawl-std:/std/nope.crawl`");
    assert_eq!(editor.leave().code(), Some(0));
}

fn module_beside() {
    let mut editor = Client::new();
    let path = editor.folder.path().join("own.crawl");
    std::fs::write(&path, "fn shout(text) { text.upper() }\n").unwrap();
    editor.open("a.crawl", "import \"own\" as own;\nprint(own::shot(\"a\"));\n");
    let found = editor.diagnostics("a.crawl");
    assert_eq!(codes(&found), ["crawl::check::unknown_function"], "{found:#?}");
    std::fs::write(&path, "fn shout(text) { text.upper( }\n").unwrap();
    let uri = editor.uri("a.crawl");
    editor.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    let found = editor.diagnostics("a.crawl");
    let broken = found.iter().find(|one| one["code"] == "crawl::syntax::unclosed_bracket").expect("the module's error");
    assert_eq!(broken["range"], range(0, 7, 12), "it stands at the import: {broken:#}");
    assert_eq!(broken["relatedInformation"][0]["location"]["uri"], editor.uri("own.crawl"));
    assert_eq!(editor.leave().code(), Some(0));
}

fn newest() {
    let mut editor = Client::new();
    editor.open("a.crawl", "");
    assert_eq!(editor.diagnostics("a.crawl"), Vec::<Value>::new(), "an empty file is no mistake");
    for number in 0..50 {
        editor.change("a.crawl", json!([{ "text": format!("print(nope{number});") }]));
    }
    let found = editor.diagnostics("a.crawl");
    assert_eq!(found[0]["message"], "unknown variable `nope49`");
    let uri = editor.uri("a.crawl");
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let symbols = editor.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } }));
    assert!(symbols["error"]["message"].as_str().unwrap().ends_with("is not open"), "{symbols}");
    assert_eq!(editor.leave().code(), Some(0));
}

fn laid_out() {
    let mut editor = Client::new();
    let uri = editor.uri("a.crawl");
    let params = json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } });
    editor.open("a.crawl", "print( \"🙂\" ,1 );\n");
    let edits = editor.request("textDocument/formatting", params.clone());
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } });
    assert_eq!(edits, json!([{ "range": whole, "newText": "print(\"🙂\", 1);\n" }]));
    for text in ["print(\"🙂\", 1);\n", "print( ( 1"] {
        editor.open("a.crawl", text);
        assert_eq!(editor.request("textDocument/formatting", params.clone()), json!([]), "{text:?}");
    }
    assert_eq!(editor.leave().code(), Some(0));
}

fn params() {
    let mut editor = Client::with(json!({ "params": ["pages"] }));
    editor.open("a.crawl", "print(pages, other);");
    let found = editor.diagnostics("a.crawl");
    assert_eq!((found.len(), &found[0]["message"]), (1, &json!("unknown variable `other`")));
    assert_eq!(editor.leave().code(), Some(0));
}

fn errors() {
    let mut editor = Client::new();
    let answer = editor.request("textDocument/dance", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    let answer = editor.request("textDocument/hover", json!({ "position": "there" }));
    assert_eq!(answer["error"]["code"], -32602);
    editor.notify("textDocument/didChange", json!({ "textDocument": 3 }));
    editor.open("a.crawl", "crawl(1);");
    let answer = editor.ask("rename", "a.crawl", 0, 2, json!({ "newName": "crall" }));
    assert_eq!(answer["error"]["message"], "`crawl` belongs to the language and cannot be renamed");
    assert_eq!(editor.ask("hover", "a.crawl", 99, 99, json!({})), Value::Null);
    assert_eq!(editor.leave().code(), Some(0));
}

fn abrupt() {
    let mut editor = Client::new();
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended().0.code(), Some(1));
    let mut editor = Client::silent();
    assert_eq!(editor.ended().0.code(), Some(1), "before the handshake");
    let mut editor = Client::new();
    editor.open("a.crawl", "print(1);");
    assert_eq!(editor.ended().0.code(), Some(1), "its input was closed");
}

fn nonsense() {
    let mut editor = Client::new();
    // After `shutdown` only `exit` has a place.
    assert_eq!(editor.request("shutdown", Value::Null), Value::Null);
    editor.notify("textDocument/didSave", json!({}));
    let (status, told) = editor.ended();
    assert_eq!(status.code(), Some(4));
    assert!(told.starts_with("crawl::lsp::protocol"), "{told}");
    let mut editor = Client::new();
    editor.raw("hello\r\n\r\n");
    assert_eq!(editor.ended().0.code(), Some(1));
}
