//! Why a selector matches nothing.

use crawl::page::{Document, Selector, explain, moved};
use libtest_mimic::Trial;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestRunner};
use url::Url;

use super::{parse, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("explain_finds_the_reason", reasons),
        trial("explain_looks_into_frames", frames),
        trial("explain_of_a_match_tells_what_is_hidden", hidden),
        trial("explain_suggestion_always_matches", suggestion_matches),
        trial("what_moved_is_found_by_what_it_says", what_moved),
    ]
}

fn what_moved() {
    let before = parse(
        "<ul><li class=item><h4 class=name>Red lamp</h4><b class=price>19.99</b></li><li class=item><h4 class=name>Oak \
         chair</h4><b class=price>49.50</b></li><li class=item><h4 class=name>Desk</h4><b class=price>120</b></li></ul>",
    );
    // Other names and tags; a price changed, a row came, and the page has more beside.
    let after = parse(
        "<nav class=top><a class=link href=/>Red lamp sale</a></nav><div class='grid-4 product-card'><h3 \
         class='heading'>Red lamp</h3><i class=amount>21.99</i></div><div class='grid-4 product-card'><h3 \
         class='heading'>Sofa</h3><i class=amount>300</i></div><div class='grid-4 product-card'><h3 \
         class='heading'>Oak chair</h3><i class=amount>49.50</i></div><div class='grid-4 product-card'><h3 \
         class='heading'>Desk</h3><i class=amount>120</i></div>",
    );
    let of = |text: &str| before.select(&select(text));
    assert_eq!(moved((&before, &of(".item")), &after, None).as_deref(), Some(".product-card"));
    assert_eq!(moved((&before, &of(".name")), &after, None).as_deref(), Some(".heading"));
    let rows = after.select(&select(".product-card"));
    assert_eq!(moved((&before, &of(".item .price")), &after, Some(&rows)).as_deref(), Some(".amount"));
    // What is nowhere is not guessed at.
    let other = parse("<p class=lead>We are closed</p><p class=note>Come again</p>");
    assert_eq!(moved((&before, &of(".item")), &other, None), None);
    assert_eq!(moved((&before, &[]), &after, None), None);
    // Of hundreds a sample is enough.
    let list = |class: &str| {
        let rows: String = (0..300).map(|n| format!("<li class={class}>word{n} of row{n}</li>")).collect();
        parse(&format!("<ul>{rows}</ul>"))
    };
    let (many, renamed) = (list("item"), list("card"));
    let rows = many.select(&select(".item"));
    assert_eq!(moved((&many, &rows), &renamed, None).as_deref(), Some("li.card"));
}

const PAGE: &str = "<main id=shop><ul class='list big'><li class=item><h4 class=title>A</h4><b class=cost>1</b></li>\
    <li class=item data-testid=commit-row><h4 class=title>B</h4><a href='/x' rel=next>n</a></li></ul>\
    <p class=Note>x</p><p class=Note hidden>y</p></main><aside><span class=lone>z</span></aside>\
    <template><i class=inert>t</i></template><!-- <table id=old><tr></table> --><noscript><img class=lazy></noscript>";

fn reasons() {
    let cases: &[(&str, &[&str], Option<&str>)] = &[
        (
            "ul.list > li .titel",
            &["the longest part that matches: `ul.list > li` (2)", "no `.titel`; near: `.title` (2)"],
            Some("ul.list > li .title"),
        ),
        (".lst li", &["no `.lst`; near: `.list` (1)"], Some(".list li")),
        (".note", &["no `.note`; near: `.Note` (2)"], Some(".Note")),
        ("#list", &["no `#list`; near: `.list` (1)"], Some(".list")),
        (
            "ul > h4",
            &["the longest part that matches: `ul` (1)", "it is there, but deeper than a child: `ul h4` (2)"],
            Some("ul h4"),
        ),
        ("li:nth-child(40) h4", &["without `:nth-child(40)` it matches: `li` (2)"], Some("li h4")),
        (
            "li[data-testid='commit-rwo']",
            &["no `[data-testid='commit-rwo']`; near: `[data-testid=\"commit-row\"]` (1)"],
            Some("li[data-testid=\"commit-row\"]"),
        ),
        ("a[rell]", &["no `[rell]`; near: `[rel]` (1)"], Some("a[rel]")),
        ("titel", &["no `titel`"], None),
        ("cost", &["no `cost`; near: `.cost` (1)"], Some(".cost")),
        (
            "main .lone",
            &["the longest part that matches: `main` (1)", "`.lone` matches elsewhere (1), not within `main`"],
            None,
        ),
        (".zzz-nothing", &["no `.zzz-nothing`"], None),
        ("li.title", &["without `.title` it matches: `li` (2)"], Some("li")),
        (".inert", &["it matches inside a `template` (1), which is not part of the page", "no `.inert`"], None),
        ("#old", &["it matches inside a comment (1), which is not part of the page", "no `#old`"], None),
        (".lazy", &["it matches inside `noscript` (1), which is not part of the page", "no `.lazy`"], None),
        (
            "#shp, .titel",
            &["of `#shp`:", "no `#shp`; near: `#shop` (1)", "of `.titel`:", "no `.titel`; near: `.title` (2)"],
            Some("#shop"),
        ),
        ("#shp .titel", &["no `#shp`; near: `#shop` (1)", "no `.titel`; near: `.title` (2)"], Some("#shop .title")),
    ];
    let document = parse(PAGE);
    for (css, findings, suggestion) in cases {
        let found = explain(&document, &[], &select(css));
        assert_eq!(found.findings, *findings, "{css}");
        assert_eq!(found.suggestion.as_deref(), *suggestion, "{css}");
        assert_eq!(found, explain(&document, &[], &select(css)), "{css}: the same each time");
    }
    let shown = explain(&document, &[], &select(".lst li")).to_string();
    assert_eq!(shown, "no `.lst`; near: `.list` (1)\nthis matches: `.list li`");
}

fn frames() {
    let url = Url::parse("http://pay.test/card").unwrap();
    let frame = Document::parse("<input name=card>", &url);
    let found = explain(&parse("<iframe src='http://pay.test/card'></iframe>"), &[frame], &select("input[name=card]"));
    assert_eq!(found.findings[0], "it matches inside the iframe `http://pay.test/card` (1)");
}

fn hidden() {
    let document = parse(PAGE);
    let said = |css: &str| explain(&document, &[], &select(css)).findings;
    assert_eq!(said(".Note"), ["it matches (2), hidden 1 of them"]);
    assert_eq!(said(".title"), ["it matches (2)"]);
    assert_eq!(said("[hidden]"), ["it matches (1), hidden all of them"]);
    assert_eq!(said("html"), ["it matches (1)"]);
}

fn suggestion_matches() {
    let word = proptest::sample::select(vec![
        "li",
        "ul",
        "h4",
        "p",
        "main",
        "tile",
        ".item",
        ".itm",
        ".titel",
        ".title",
        "#shop",
        "#shp",
        "#item",
        ".a\\:b",
        "[rel]",
        "[rell]",
        "[rel=nxt]",
        "[data-testid^='commit']",
        ":first-child",
        ":nth-child(9)",
        ":not(li)",
        "*",
        ".NOTE",
        "cost",
        ":has(> b)",
        ":empty",
        ".bigg",
    ]);
    let sign = proptest::sample::select(vec![" ", " > ", " + ", " ~ ", "", ", "]);
    let text = proptest::collection::vec((word, sign), 1..6).prop_map(|parts| {
        let text: String = parts.iter().flat_map(|(word, sign)| [*word, *sign]).collect();
        text.trim_end_matches([' ', ',', '>', '+', '~']).to_owned()
    });
    let document = parse(PAGE);
    let mut runner = TestRunner::new(Config { cases: 500, failure_persistence: None, ..Config::default() });
    let result = runner.run(&text, |text| {
        if let Ok(selector) = Selector::parse(&text) {
            let found = explain(&document, &[], &selector);
            assert!(!found.findings.is_empty(), "{text}");
            if let Some(suggestion) = &found.suggestion {
                assert!(document.count(&select(suggestion)) > 0, "{text} -> {suggestion}");
                assert_eq!(document.count(&selector), 0, "{text}: a match needs no suggestion");
            }
        }
        Ok(())
    });
    result.unwrap();
}
