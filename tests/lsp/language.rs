//! Names, hover, signatures, outline, colours and fixes, as functions over texts.

use crawl::ide::{Home, NameKind, Part, definition, highlight, hover, outline, references, rename, signatures};
use libtest_mimic::Trial;

use super::{place, shown, trial};

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("definitions_cross_into_modules", into_modules),
        trial("a_name_that_is_taken_or_none_is_refused", refused),
        trial("hover_tells_what_things_are", hovers),
        trial("signatures_know_the_argument_at_hand", active),
        trial("the_outline_nests", nested),
        trial("names_have_kinds", kinds),
    ];
    trials.extend(REFERENCES.iter().map(|(name, text, expected)| {
        Trial::test(format!("lsp::references::{name}"), move || {
            let (script, offset) = place(text);
            let found = references(&script, offset, true);
            assert_eq!(shown(&script, &found), *expected);
            Ok(())
        })
    }));
    trials
}

/// (name, text with a place, each place of the name as line and text).
const REFERENCES: &[(&str, &str, &[&str])] = &[
    ("of_a_variable", "let ¦a = 1;\nprint(a);\nlet b = a;", &["1:a", "2:a", "3:a"]),
    ("a_later_let_is_another_variable", "let a = 1;\nprint(a);\nlet a = a + 1;\nprint(¦a);", &["3:a", "4:a"]),
    (
        "its_value_still_means_the_earlier_one",
        "let a¦ = 1;\nprint(a);\nlet a = a + 1;\nprint(a);",
        &["1:a", "2:a", "3:a"],
    ),
    ("a_block_hides", "let a = 1;\nif true {\nlet ¦a = 2;\nprint(a);\n}\nprint(a);", &["3:a", "4:a"]),
    ("a_function_sees_no_variables", "let a¦ = 1;\nfn f(b) { a }\nprint(a);", &["1:a", "3:a"]),
    ("a_function_sees_constants", "const A¦ = 1;\nfn f(b) { A }\nprint(A);", &["1:A", "2:A", "3:A"]),
    ("of_a_parameter", "fn f(¦a) {\na + a\n}\nlet a = f(1);", &["1:a", "2:a", "2:a"]),
    ("of_a_closures_parameter", "let page = 1;\nmap(|page, x| page¦ + x, page);\npage", &["2:page", "2:page"]),
    ("of_a_closures_parameter_with_a_block", "on(\"x\", |¦page| {\nprint(page);\n});\npage", &["1:page", "2:page"]),
    ("a_bar_between_operands_is_no_closure", "let a = 1;\nlet b = ¦a | a;", &["1:a", "2:a", "2:a"]),
    ("of_a_loop", "for (row, i) in rows {\nprint(¦row, i);\n}\nrow", &["1:row", "2:row"]),
    ("of_what_was_caught", "try { } catch (e) {\nprint(¦e.code);\n}", &["1:e", "2:e"]),
    ("of_a_schema", "schema Row at \"li\" { a: text(\"b\") }\nfn f() { crawl(extract: ¦Row) }", &["1:Row", "2:Row"]),
    ("of_a_function_with_two_ways", "fn f(a) { f(a, 1) }\nfn f(a, b) { a }\nf¦(1);", &["1:f", "1:f", "2:f", "3:f"]),
    ("of_a_module", "import \"std/retry\" as ¦again;\nagain::times(1, || 1);", &["1:again", "2:again"]),
    ("names_before_colons_and_after_dots_are_others", "let a = 1;\nf(a: ¦a, b: #{ a: x.a });", &["1:a", "2:a"]),
    ("in_an_interpolation", "let a = 1;\nprint(`a ${¦a} a`);", &["1:a", "2:a"]),
    ("an_angle_block_is_a_block", "session(\"s\") <\nlet a = 1;\nprint(¦a);\n>\nprint(a);", &["2:a", "3:a"]),
    ("not_of_the_languages_names", "cra¦wl(\"x\");", &[]),
];

fn into_modules() {
    let (script, offset) = place("import \"std/retry\" as again;\nagain::ti¦mes(1, || 1);");
    let found = definition(&script, offset);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].home, Home::Embedded("std/retry".to_owned()));
    assert_eq!(found[0].source.slice(found[0].span), "times");
    let (script, offset) = place("import \"std/nope\" as again;\nagain::ti¦mes(1, || 1);");
    assert!(definition(&script, offset).is_empty());
    let (script, offset) = place("schema Row at \"li\" { price: text(\"b\") }\nfor row in x { row.pri¦ce }");
    let found = definition(&script, offset);
    assert_eq!((found.len(), found[0].span.start), (1, 21));
}

fn refused() {
    let cases = [
        ("let a¦ = 1; let b = 2; print(a, b);", "b", "there is a `b` already, on line 1"),
        ("let a¦ = 1;", "for", "`for` cannot be a name: names are made of the letters a-z, digits and `_`"),
        ("let a¦ = 1;", "a b", "`a b` cannot be a name: names are made of the letters a-z, digits and `_`"),
        ("let a¦ = 1;", "", "`` cannot be a name: names are made of the letters a-z, digits and `_`"),
        (
            "let a¦ = 1; print(a);",
            "print",
            "`a` cannot be called `print`: other names here would come to mean something else",
        ),
        ("crawl¦(1)", "b", "`crawl` belongs to the language and cannot be renamed"),
        ("nope¦ + 1", "b", "`nope` is no name of this script and cannot be renamed"),
    ];
    for (text, new, why) in cases {
        let (script, offset) = place(text);
        assert_eq!(rename(&script, offset, new), Err(why.to_owned()), "{text}");
    }
    let (script, offset) = place("fn f(a¦) { a } fn g(b) { b }");
    assert_eq!(
        rename(&script, offset, "b").map(|spans| spans.len()),
        Ok(2),
        "another function's name is not in the way"
    );
}

fn hovers() {
    let cases = [
        ("cra¦wl(\"x\")", "One step: navigate"),
        ("cra¦wl(\"x\")", "| `wait_until` |"),
        ("crawl(\"x\", time¦out: \"1s\")", "one deadline for the whole step"),
        ("let page = crawl(\"x\"); page.ti¦tle", "the document's title"),
        ("let page = crawl(\"x\"); page.sel¦ect(\"a\")", "page.select(css)"),
        ("try { } catch (err¦) { }", "the error that was caught"),
        ("schema Row at \"li\" { a: text(\"b\") } print(Ro¦w)", "schema Row at \"li\" { a: text(\"b\") }"),
        ("// Rows.\nschema Row at \"li\" { a: text(\"b\") } print(Ro¦w)", "Rows."),
        ("schema Row at \"li\" { a¦: text(\"b\") }", "field `a` of schema `Row`"),
        ("/// Adds.\nfn add(a, b) { a + b }\nad¦d(1, 2)", "fn add(a, b)\n```\nAdds."),
        ("import \"std/retry\" as r; r::ti¦mes(1, || 1)", "Calls `work` until it succeeds"),
        ("import \"std/re¦try\" as r;", "Trying again."),
        ("if e.code == \"crawl::wait::time¦out\" { }", "a condition did not come true"),
        ("sch¦ema Row at \"li\" { }", "Rows and their fields"),
    ];
    for (text, part) in cases {
        let (script, offset) = place(text);
        let found = hover(&script, offset).unwrap_or_else(|| panic!("nothing about {text}"));
        assert!(found.text.contains(part), "{text}: {}", found.text);
    }
    for text in ["// cra¦wl", "print(\"cra¦wl\")", "1 +¦ 2", "nope¦"] {
        let (script, offset) = place(text);
        assert_eq!(hover(&script, offset), None, "{text}");
    }
}

fn active() {
    let cases = [
        ("crawl(¦", "crawl(", Some("url?")),
        ("crawl(\"a,b\", f(1, 2), ¦", "crawl(", Some("wait_for?")),
        ("crawl(\"a\", timeout: ¦", "crawl(", Some("timeout: \"30s\"")),
        ("crawl(\"a\", [1, 2, ¦", "crawl(", Some("js?")),
        ("fn add(first, second) { 1 }\nadd(1, ¦)", "add(", Some("second")),
        ("import \"std/retry\" as r;\nr::times(1, ¦)", "r::times(", Some("work")),
        ("import \"std/retry\" as r;\nr::times(1, || 1, pause: ¦)", "r::times(", Some("pause: …")),
        ("print(1, 2, 3, ¦)", "print(", None),
    ];
    for (text, label, argument) in cases {
        let (script, offset) = place(text);
        let found = signatures(&script, offset);
        let first = found.first().unwrap_or_else(|| panic!("no signature for {text}"));
        assert!(first.label.starts_with(label), "{text}: {}", first.label);
        assert!(first.arguments.iter().all(|(argument, _)| first.label.contains(argument.as_str())));
        if let Some(argument) = argument {
            let active = first.active.map(|at| first.arguments[at].0.as_str());
            assert_eq!(active, Some(argument), "{text}: {}", first.label);
        }
    }
    for text in ["crawl(1)¦", "if (¦", "session(\"a\") { ¦", "on(\"a\", |page| { ¦"] {
        let (script, offset) = place(text);
        assert!(signatures(&script, offset).is_empty(), "{text}");
    }
}

fn nested() {
    let (script, _) = place(
        "const A = 1;\nschema Row at \"li\" { a: text(\"b\"), c: text(\"d\") }\nfn f(x) { session(\"in\") { 1 } }\n\
         session(\"out\") <\n  session(\"\") { 2 }\n>\n¦",
    );
    let lines: Vec<String> = outline(&script).iter().flat_map(|part| tree(part, 0)).collect();
    assert_eq!(lines, ["A", "Row", " a", " c", "f(x)", " in", "out", " …"]);
}

fn tree(part: &Part, depth: usize) -> Vec<String> {
    assert!(part.whole.start <= part.span.start && part.span.end <= part.whole.end, "{part:?}");
    let own = format!("{}{}", " ".repeat(depth), part.name);
    std::iter::once(own).chain(part.parts.iter().flat_map(|part| tree(part, depth + 1))).collect()
}

fn kinds() {
    let (script, _) = place(
        "schema Row at \"li\", min: 1 { a: text(\"b\") }\nfn f(x) { x }\nlet page = crawl(\"u\", extract: Row);\n\
         f(page.title.len());¦",
    );
    let found: Vec<(&str, NameKind)> =
        highlight(&script).iter().map(|name| (script.source.slice(name.span), name.kind)).collect();
    let expected = [
        ("schema", NameKind::Keyword),
        ("Row", NameKind::Schema),
        ("at", NameKind::Keyword),
        ("min", NameKind::Property),
        ("a", NameKind::Property),
        ("text", NameKind::Function),
        ("fn", NameKind::Keyword),
        ("f", NameKind::Function),
        ("x", NameKind::Parameter),
        ("x", NameKind::Parameter),
        ("let", NameKind::Keyword),
        ("page", NameKind::Variable),
        ("crawl", NameKind::Function),
        ("extract", NameKind::Option),
        ("Row", NameKind::Schema),
        ("f", NameKind::Function),
        ("page", NameKind::Variable),
        ("title", NameKind::Property),
        ("len", NameKind::Method),
    ];
    assert_eq!(found, expected);
}
