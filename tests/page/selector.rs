//! Selectors: what they match, and what is said of those that are none.

use crawl::page::Selector;
use libtest_mimic::Trial;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};

use super::{parse, relative, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("selector_matches", matches),
        trial("selector_from_the_row", from_the_row),
        trial("selector_errors_have_a_place_and_a_way_out", errors),
        trial("selector_never_panics", never_panics),
    ]
}

fn matches() {
    let document = parse(
        "<ul class='list big'><li id=a>1<li class=x>2<li data-q='a, b'>3<li>4</ul>\
         <div><a href='/x'>x</a><b>b</b></div><p id='1st' class='a:b'>p</p>",
    );
    let cases = [
        ("li", 4),
        (":is(b, a)", 2),
        ("div :is(a, b)", 2),
        ("li, p", 5),
        ("[data-q=\"a, b\"]", 1),
        ("[data-q='a, b'], b", 2),
        (":where(li):not(.x)", 3),
        ("div:has(> a)", 1),
        ("ul:has(.x, .y)", 1),
        ("li:nth-child(2n+1)", 2),
        ("li:nth-last-child(1)", 1),
        ("li:first-child", 1),
        (".list.big > #a + .x ~ li", 2),
        ("ul li:not(:first-child):not(:last-child)", 2),
        (".a\\:b", 1),
        ("[id='1st']", 1),
        ("LI", 4),
        ("html", 1),
        (":root > body", 1),
        ("A[HREF^='/']", 1),
        ("a[href='/X' i]", 1),
    ];
    for (css, expected) in cases {
        assert_eq!(document.count(&select(css)), expected, "{css}");
    }
}

fn from_the_row() {
    let document = parse(
        "<table><tr class=r><td>1<b>x</b></td></tr><tr class=s><td>2</td></tr><tr class=r><td>3</td></tr>\
         <tr class=s><td>4</td></tr></table>",
    );
    let row = document.select(&select(".r"))[0];
    let cases = [
        (":self", vec!["1x"]),
        ("> td", vec!["1x"]),
        ("> b", vec![]),
        ("+ tr", vec!["2"]),
        ("+ .s td", vec!["2"]),
        ("~ tr", vec!["2", "3", "4"]),
        ("~ .s", vec!["2", "4"]),
        ("+ tr + tr", vec!["3"]),
        ("+ tr, b", vec!["x", "2"]),
        (":self.r", vec!["1x"]),
        (":self.s", vec![]),
        (":self > td, > td b", vec!["1x", "x"]),
        ("b", vec!["x"]),
    ];
    for (css, expected) in cases {
        let found = document.select_in(row, &relative(css));
        assert_eq!(found.iter().map(|id| document.text(*id)).collect::<Vec<_>>(), expected, "{css}");
    }
}

fn errors() {
    // The selector, the text its fault points at, a part of the message, a part of the help.
    let cases = [
        ("input:checked", ":checked", "live page", "`[checked]`"),
        ("a:hover", ":hover", "live page", "wait_for"),
        ("a:visited", ":visited", "live page", "a[href]"),
        ("b:enabled", ":enabled", "live page", ":not([disabled])"),
        ("p::before", "::before", "pseudo-element", "evaluate"),
        ("//div[@id='x']", "//div[@id='x']", "XPath", "evaluate"),
        ("li:contains('x')", ":contains('x')", "no CSS", ".text"),
        ("li:eq(2)", ":eq(2)", "no CSS", "nth-child"),
        ("li:first", ":first", "no CSS", ":first-child"),
        ("li:visible", ":visible", "no CSS", "visible"),
        ("li:firstchild", ":firstchild", "unknown pseudo-class", "first-child"),
        ("li:self", ":self", "row of a schema", "page"),
        ("text=Next", "text=Next", "action's target", "CSS"),
        ("ul > > li", ">", "nothing between", ""),
        ("ul >", ">", "nothing follows `>`", ""),
        ("> li", ">", "cannot begin", "schema"),
        ("li,", ",", "nothing follows the comma", ""),
        (", li", ",", "nothing stands before", ""),
        ("", "", "empty", ""),
        ("   ", "   ", "empty", ""),
        ("a[href=/x]", "[href=/x]", "no attribute selector", "quote"),
        ("a[href", "[href", "not closed", "`]`"),
        ("a[href='x]", "'x]", "not closed", ""),
        ("li:not(.a", "(.a", "not closed", "`)`"),
        ("#1st", "#1st", "digit", "[id=\"1st\"]"),
        (".a..b", ".", "name must follow", ""),
        ("li:nth-child(x)", ":nth-child(x)", "valid position", "2n+1"),
        ("li:nth-child", ":nth-child", "needs a position", "odd"),
        ("div:is(p:checked)", ":checked", "live page", ""),
        ("div:has(> a:eq(1))", ":eq(1)", "no CSS", ""),
        ("p/a", "/", "no meaning here", ""),
        ("é, p)", ")", "closes nothing", ""),
        ("a\"b\"", "\"", "string", "attribute"),
        ("[a]b", "b", "must stand first", ""),
    ];
    for (css, place, message, help) in cases {
        let error = Selector::parse(css).expect_err(css);
        assert_eq!(&css[error.span.start..error.span.end], place, "{css}: {error:?}");
        assert!(error.message.contains(message), "{css}: {error:?}");
        assert!(error.help.clone().unwrap_or_default().contains(help), "{css}: {error:?}");
    }
}

fn never_panics() {
    let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, ..Config::default() });
    let document = parse("<ul><li class=a>1<li>2</ul>");
    let check = |text: String| {
        for parsed in [Selector::parse(&text), Selector::parse_relative(&text)] {
            match parsed {
                Ok(selector) => drop(document.select(&selector)),
                Err(error) => assert!(text.get(error.span.start..error.span.end).is_some(), "{text:?}: {error:?}"),
            }
        }
        Ok(())
    };
    runner.run(&"[a-c.#:>+~\\[\\]()\"'=*, \\\\é1]{0,12}", check).unwrap();
    runner.run(&any::<String>(), check).unwrap();
}
