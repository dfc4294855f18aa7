//! Text as a reader sees it.

use libtest_mimic::Trial;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};

use super::{parse, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("text_in_one_line", in_one_line),
        trial("text_in_lines", in_lines),
        trial("text_of_what_is_asked_for_by_name", asked_for_by_name),
        trial("text_sees_through_shadow_roots", shadow_roots),
        trial("text_of_slots", slots),
        trial("text_of_a_very_deep_page", very_deep),
        trial("text_never_panics_and_is_collapsed", never_panics),
    ]
}

fn in_one_line() {
    let cases = [
        ("Wireless <b>Logitech</b> Mouse", "Wireless Logitech Mouse"),
        ("foo <b>bar</b>", "foo bar"),
        ("<b>fo</b>o", "foo"),
        ("<b>foo</b> <i>bar</i>", "foo bar"),
        ("foo<br>bar", "foo bar"),
        ("<p>one</p><p>two</p>", "one two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b c"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("  a \n\t b  ", "a b"),
        ("1&nbsp;299&nbsp;kr", "1 299 kr"),
        ("soft&shy;hyphen zero\u{200b}width", "softhyphen zerowidth"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ("a<script>var x = 1;</script>b<style>b{}</style>", "ab"),
        ("a<template><p>t</p></template><noscript>n</noscript>b", "ab"),
        ("a<span hidden>h</span><i style='color: red; DISPLAY : none !important'>h</i>b", "ab"),
        ("a<!-- comment -->b", "ab"),
        ("<textarea>\nlive text</textarea><input value='not shown'>", "live text"),
        ("<select><option>One<option selected>Two</select>", "Two"),
        ("<select><option disabled>Choose<option>First</select>", "First"),
        ("<select multiple><option>One<option>Two</select>", "One Two"),
        ("<pre>a\n  b</pre>", "a b"),
        ("<label>Name<input></label><button>Go</button><button>Stop</button>", "Name Go Stop"),
        ("<div style='display:inline-block'>a</div><div style='display:inline-block'>b</div>", "a b"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢 kan"),
        ("<svg><title>Icon</title><text>label</text></svg>", "label"),
        ("x<sub>2</sub> + y<sup>3</sup>", "x2 + y3"),
        ("&lt;b&gt; &amp; &quot;q&quot;", "<b> & \"q\""),
        ("", ""),
    ];
    for (html, expected) in cases {
        let document = parse(&format!("<div id=x>{html}</div>"));
        let id = document.select_first(&select("#x")).unwrap();
        assert_eq!(document.text(id), expected, "{html}");
    }
}

fn in_lines() {
    let cases = [
        ("<title>T</title><h1>Head</h1><p>one <b>two</b></p><p>three<br>four</p>", "Head\none two\nthree\nfour"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<div><div><div>a</div></div></div><div>b</div>", "a\nb"),
        ("<pre>fn main() {\n    x\n\n}</pre>after", "fn main() {\n    x\n\n}\nafter"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
    ];
    for (html, expected) in cases {
        assert_eq!(parse(html).text_all(), expected, "{html}");
    }
}

fn asked_for_by_name() {
    let html = "<title> My \n page </title><script type='application/ld+json'>{\"a\":  \"b  c\"}</script>\
                <p hidden>secret</p><select><option value=1>One<option>Two</select><template><b>t</b></template>";
    let document = parse(html);
    let text = |css: &str| document.select(&select(css)).into_iter().map(|id| document.text(id)).collect::<Vec<_>>();
    assert_eq!(text("script"), ["{\"a\":  \"b  c\"}"]);
    assert_eq!(text("[hidden]"), ["secret"]);
    assert_eq!(text("option"), ["One", "Two"]);
    assert_eq!(text("title"), ["My page"]);
    assert_eq!(document.title().as_deref(), Some("My page"));
    let template = document.select_first(&select("template")).unwrap();
    assert_eq!(document.html(template), "<b>t</b>");
    assert_eq!(document.count(&select("template b")), 0, "a template's content is no part of the page");
}

fn shadow_roots() {
    let html = "<x-card><template shadowrootmode='open'><h2><slot name='head'>no head</slot></h2>\
                <p class='in'>by <slot></slot></p><x-in><template shadowrootmode='open'><i>deep</i></template></x-in>\
                </template><b slot='head'>Title</b>Ada</x-card><x-card><template shadowrootmode='open'>\
                <h2><slot name='head'>no head</slot></h2></template>lost</x-card>";
    let document = parse(html);
    assert_eq!(document.text_all(), "Title\nby Ada\ndeep\nno head");
    for css in ["x-card .in", "x-card > b", "x-card > h2", "x-in i", "x-card > b:first-child"] {
        assert!(document.count(&select(css)) > 0, "{css}");
    }
    assert_eq!(document.count(&select("template")), 0);
    assert_eq!(document.source(), html, "the text keeps its declarative form");
}

fn slots() {
    let cases = [
        // A slot among a host's own children belongs to no root of that host.
        ("<x-a><template shadowrootmode='open'><slot></slot></template><p><slot>light</slot></p></x-a>", "light"),
        // Of two slots with one name the first is filled, the other shows its fallback.
        ("<x-a><template shadowrootmode='open'><slot></slot><slot>none</slot></template>once</x-a>", "oncenone"),
        // A slot of the outer root, handed on to the inner host.
        (
            "<x-a><template shadowrootmode='open'><x-b><template shadowrootmode='open'>[<slot></slot>]</template>\
             <slot></slot></x-b></template>deep</x-a>",
            "[deep]",
        ),
    ];
    for (html, expected) in cases {
        assert_eq!(parse(html).text_all(), expected, "{html}");
    }
}

fn very_deep() {
    let html = format!("{}word{}", "<div><b>".repeat(1_500), "</b></div>".repeat(1_500));
    let document = parse(&html);
    assert_eq!(document.text_all(), "word");
    assert_eq!(document.markdown(None).replace('*', ""), "word");
    assert!(document.outer_html(document.root()).contains("word"));
}

fn never_panics() {
    let tag = proptest::sample::select(vec![
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<td>",
        "<table>",
        "</table>",
        "<pre>",
        "\n",
        " ",
        "a",
        "é\u{301}",
        "<br>",
        "<template shadowrootmode=open>",
        "</template>",
        "<slot>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<select>",
        "<option>",
        "<svg>",
        "</svg>",
        "<div hidden>",
        "</div>",
        "&nbsp;",
        "\u{0}",
        "<textarea>",
        "<a href='//['>",
        "<li>",
        "<ul>",
        "</ul>",
        "<h1>",
        "<img alt=x src=y>",
        "<code>",
        "</code>",
    ]);
    let soup = proptest::collection::vec(tag, 0..40).prop_map(|parts| parts.concat());
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let check = |html: String| {
        let document = parse(&html);
        let line = document.text(document.root());
        assert_eq!(
            line,
            line.split([' ', '\n', '\t']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "),
            "{html}"
        );
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&line), words(&document.text_all()), "{html}");
        let _ = (document.markdown(None), document.links(), document.meta());
    };
    runner
        .run(&soup, |html| {
            check(html);
            Ok(())
        })
        .unwrap();
    runner
        .run(&any::<String>(), |html| {
            check(html);
            Ok(())
        })
        .unwrap();
}
