//! What is fuzzed: everything that reads texts which somebody else may have written.

use std::sync::LazyLock;

use crawl::ide::{
    Analysis, Pages, definition, highlight, hover, inlay_hints, outline, references, rename, signatures, suggest,
};
use crawl::page::{Document, Selector, explain, schema_from_json};
use crawl::store::SeenStep;
use crawl::syntax::{Completeness, JsProgram, completeness, lex};
use crawl::text::{Source, Span, plain};
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
        name: "editors",
        words: &[
            "import \"std/paginate\" as p;",
            "p::next_pages(",
            "schema A at \"li\", unique: \"",
            "crawl(\"u\", wait_for: ",
            "|a, b|",
            "for (a, b) in ",
            "catch (e) {",
            "fn f(a) {",
            "session(\"é\") <",
            "let a = ",
            "page.",
            "🙂",
        ],
        run: editors,
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
    as_written(&document);
}

/// What is written as browsers write it is read as the parser reads it, where that is what was written.
fn as_written(document: &Document) {
    let text = format!("<!DOCTYPE html>{}", document.outer_html(document.root()));
    let parsed = Document::parse(text.as_str(), &address());
    let read = Document::captured(text.as_str(), &address(), &[]);
    let whole = |document: &Document| document.outer_html(document.root());
    if text != format!("<!DOCTYPE html>{}", whole(&parsed)) {
        return;
    }
    assert_eq!(whole(&parsed), whole(&read));
    assert_eq!(parsed.text_all(), read.text_all());
    let elements = |document: &Document| -> Vec<_> {
        let all = document.select(&Selector::parse("*").unwrap());
        all.into_iter().map(|id| (document.name(id), document.attrs(id), document.html(id).len())).collect()
    };
    assert_eq!(elements(&parsed), elements(&read));
}

/// What editors ask, at some places of a text: every answer points into the text, and a name given another one is known
/// by it in as many places as before.
fn editors(text: &str) {
    let script = Analysis::new(Source::new("fuzz.crawl", text));
    let inside = |span: Span| assert!(text.get(span.start..span.end).is_some(), "{span:?} is no place of the text");
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for offset in places.iter().step_by(places.len() / 12 + 1).copied().chain([text.len()]) {
        suggest(&script, offset, None).iter().for_each(|candidate| inside(candidate.span));
        hover(&script, offset).iter().for_each(|hover| inside(hover.span));
        let _ = (signatures(&script, offset), definition(&script, offset));
        let found = references(&script, offset, true);
        found.iter().for_each(|span| inside(*span));
        if let Ok(places) = rename(&script, offset, "quite_another_name") {
            assert_eq!(places, found);
            assert!(places.windows(2).all(|pair| pair[0].end <= pair[1].start), "a place twice: {text:?}");
            let mut renamed = text.to_owned();
            places.iter().rev().for_each(|span| renamed.replace_range(span.start..span.end, "quite_another_name"));
            let renamed = Analysis::new(Source::new("fuzz.crawl", renamed));
            let again = references(&renamed, places[0].start, true);
            assert_eq!(again.len(), found.len(), "{text:?}");
        }
    }
    let _ = outline(&script);
    let names = highlight(&script);
    names.iter().for_each(|name| inside(name.span));
    assert!(names.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start), "names overlap");
    let seen = SeenStep { call: String::new(), line: 1, url: String::new(), html: "<li>a</li>".to_owned() };
    let hints = inlay_hints(&script, &Pages::new(vec![seen]), Span::new(0, text.len()));
    hints.iter().for_each(|hint| inside(Span::at(hint.offset)));
}
