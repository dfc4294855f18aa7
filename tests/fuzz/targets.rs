//! What is fuzzed: everything that reads texts which somebody else may have written.

use std::sync::LazyLock;

use crawl::page::{Document, Selector, explain, schema_from_json};
use crawl::syntax::{Completeness, JsProgram, completeness, lex};
use crawl::text::{Source, plain};
use url::Url;

use crate::syntax::format::{keeps_everything, settles};
use crate::syntax::rewritten;

/// One target: texts of its kind must not make it panic, hang or contradict itself.
pub struct Target {
    pub name: &'static str,
    pub words: &'static [&'static str],
    pub run: fn(&str),
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "front_end",
        words: &[
            "session(\"a\") <",
            ">",
            "schema A at \"li\" {",
            "crawl(",
            "js:",
            "if a < b",
            "|x|",
            "${",
            "let",
            "fn f() {",
            "}",
        ],
        run: front_end,
    },
    Target {
        name: "format",
        words: &[
            "session(\"a\") <",
            ">",
            "schema A at \"li\" {",
            "crawl(",
            "js: ",
            "if a < b {",
            "|x, y|",
            "`${a}\n`",
            "/* c */",
            "// c\n",
            "#{",
            "}",
            "else",
            "-",
            "\n\n",
            "\"a\\\n  b\"",
            "switch a {",
            "=>",
        ],
        run: format,
    },
    Target {
        name: "javascript",
        words: &["await", "=>", "return", "async", "`${", "/re/", "function", "class", "{", "}"],
        run: javascript,
    },
    Target {
        name: "selectors",
        words: &[":has(", ":is(", ":nth-child(2n+1 of", "[a='b' i]", "::part(x)", ">", "~", ":not("],
        run: selectors,
    },
    Target {
        name: "schema_json",
        words: &[
            "\"fields\": [",
            "\"type\": \"nested\"",
            "\"selector\"",
            "\"transform\"",
            "null",
            "{}",
            "1e400",
            "\"list\"",
        ],
        run: schema_json,
    },
    Target {
        name: "position_map",
        words: &["js: ", "crawl(", "session(\"é\") <", ">", "\n", "\"ä\"", "a, b: c"],
        run: position_map,
    },
    Target {
        name: "html",
        words: &[
            "<table>",
            "<template shadowrootmode=open>",
            "<base href='//[",
            "<pre>",
            "<li>",
            "<svg>",
            "<a href=",
            "&#x110000;",
            "<p hidden>",
        ],
        run: html,
    },
];

static PAGE: LazyLock<Document> = LazyLock::new(|| {
    let list: String =
        (0..20).map(|n| format!("<li class='row n{n}' data-n={n}><a href='/{n}'>Row {n}</a></li>")).collect();
    Document::parse(format!("<title>List</title><ul id=list>{list}</ul><table><tr><td>x</table>"), &address())
});

fn address() -> Url {
    Url::parse("http://localhost/list").unwrap()
}

fn front_end(text: &str) {
    let complete = matches!(completeness(text), Completeness::Complete);
    match rewritten(text) {
        Ok(_) => {}
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without an error");
            for error in errors {
                assert!(
                    text.get(error.span.start..error.span.end).is_some(),
                    "an error's place cuts a character: {error:?}"
                );
            }
        }
    }
    let _ = complete;
}

fn format(text: &str) {
    let once = settles(text).unwrap_or_else(|why| panic!("{why}"));
    if let Ok(once) = once {
        keeps_everything(text, &once).unwrap_or_else(|why| panic!("{why}"));
    }
}

fn javascript(text: &str) {
    if let Ok(program) = JsProgram::parse(text) {
        // What is sent parses by itself: nothing of it can reach beyond the brackets that it is put into.
        let wrapped = format!("(\n{}\n)", program.evaluable());
        let again = JsProgram::parse(&wrapped);
        let too_deep = again.as_ref().is_err_and(|error| error.message.contains("nests more than"));
        assert!(again.is_ok() || too_deep, "it breaks out of its brackets: {wrapped}");
    }
}

fn selectors(text: &str) {
    if let Ok(selector) = Selector::parse(text) {
        let _ = PAGE.select(&selector);
        let _ = explain(&PAGE, &[], &selector);
    }
    let _ = Selector::parse_relative(text);
    let _ = Selector::parse_live(text);
}

fn schema_json(text: &str) {
    let Ok(json) = serde_json::from_str(text) else { return };
    if let Ok(schema) = schema_from_json(&json, "fuzzed") {
        let mut compute = |_, _: &_| Ok::<_, std::convert::Infallible>(serde_json::Value::Null);
        let _ = crawl::page::extract(&PAGE, &schema, &mut compute);
    }
}

fn position_map(text: &str) {
    let Ok(found) = rewritten(text) else { return };
    let (original, after) = (Source::new("original", text), Source::new("rewritten", found.text.clone()));
    assert_eq!(original.line_count(), after.line_count(), "lines moved");
    for token in lex(text) {
        let there = found.map.to_rewritten(token.span.start);
        assert_eq!(found.map.to_original(there), token.span.start, "a place does not lead back");
    }
}

fn html(text: &str) {
    let document = Document::parse(text, &address());
    let markdown = document.markdown(None);
    assert!(!plain(&markdown).contains('\u{1b}'));
    let _ = document.text_all();
    let _ = document.title();
    for link in document.links() {
        let _ = document.resolve(&link.href);
    }
    let all = Selector::parse("*").unwrap();
    for id in document.select(&all).into_iter().take(50) {
        let _ = (document.text(id), document.outer_html(id), document.attrs(id));
    }
}
