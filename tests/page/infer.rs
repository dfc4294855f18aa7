//! Schemas that pages suggest: what they are on the built-in site, and that each extracts what it promised.

use crawl::page::{Document, Inference, Selector, extract, infer};
use libtest_mimic::Trial;
use serde_json::{Map, Value};
use url::Url;

use super::trial;
use crate::playground::http::Site;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("infer_commits", commits),
        trial("infer_products_with_gaps_and_variants", products),
        trial("infer_names_a_table_s_fields_by_its_header", table),
        trial("infer_finds_nothing_in_an_article", article),
        trial("infer_within_a_part_or_of_given_rows", within),
        trial("infer_keeps_what_it_says_on_every_page", every_page),
        trial("infer_keeps_what_it_says_on_made_up_lists", made_up),
        trial("infer_keeps_what_it_says_on_any_tree", any_tree),
        trial("infer_tells_kinds_apart", kinds),
        trial("infer_leaves_made_up_classes_alone", classes),
        trial("infer_reads_markup_of_several_schools", schools),
    ]
}

fn page(site: &Site, path: &str) -> Document {
    Document::parse(site.get(path).body, &Url::parse("http://site/list").unwrap())
}

/// The best proposal, checked.
fn best(document: &Document, within: Option<&str>) -> Option<Inference> {
    let within = within.map(|css| Selector::parse(css).unwrap());
    let all = infer(document, within.as_ref());
    all.iter().for_each(|inference| holds(document, inference));
    all.into_iter().next()
}

/// The schema extracts the very rows that it came with, and nothing that it calls sure is missing.
fn holds(document: &Document, inference: &Inference) {
    let mut compute = |_, _: &Map<String, Value>| Err::<Value, ()>(());
    let extraction = extract(document, &inference.schema, &mut compute).unwrap();
    assert_eq!(extraction.items, inference.rows, "{}", inference.text);
    assert!(extraction.items.len() >= 3, "{}", inference.text);
    assert!(inference.schema.fields.len() >= 2, "{}", inference.text);
    assert!(extraction.warnings.is_empty(), "{}\n{:?}", inference.text, extraction.warnings);
    assert_eq!(document.count(&inference.schema.at), extraction.items.len());
}

fn commits() {
    let site = Site::start();
    let document = page(&site, "/commits");
    let inference = best(&document, None).unwrap();
    let wanted = "schema Commit at \"li[data-testid='commit-row-item']\" {\n    \
        title: text(\".markdown-title a\"),\n    url: link(\".markdown-title a\"),\n    sha: text(\".sha\"),\n    \
        author: text(\".author\"),\n    date: date(\"relative-time\"),\n    add: int(\".add\"),\n    del: int(\".del\"),\n    \
        note: bool(\".note\"),\n    files: list(text(\"code.file\")),\n}";
    assert_eq!((inference.text.as_str(), inference.rows.len()), (wanted, 30));
}

fn products() {
    let site = Site::start();
    let inference = best(&page(&site, "/products"), None).unwrap();
    assert_eq!((inference.schema.name.as_str(), inference.rows.len()), ("Product", 8), "{}", inference.text);
    for part in [
        "schema Product at \"article.product\" {",
        "id: attr(\":self\", \"data-id\")",
        "url: link(\".name\")",
        "photo: link(\".photo\")",
        "price: optional(money(\".price\"))",
        "nested_list(\"li.variant\"",
        "stock: int(\".stock\")",
    ] {
        assert!(inference.text.contains(part), "no {part} in\n{}", inference.text);
    }
}

fn table() {
    let site = Site::start();
    let inference = best(&page(&site, "/table"), Some("#languages")).unwrap();
    let names: Vec<&str> = inference.schema.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..2], ["name", "since"], "{}", inference.text);
    assert_eq!(inference.rows.len(), 3);
    assert_eq!(inference.rows[0]["since"], 2015);
}

fn article() {
    let site = Site::start();
    assert_eq!(best(&page(&site, "/article"), None), None);
    assert_eq!(best(&Document::parse("<p>one<p>two<p>three", &Url::parse("http://site/").unwrap()), None), None);
}

fn within() {
    let site = Site::start();
    let document = page(&site, "/products");
    let inference = best(&document, Some("li.variant")).unwrap();
    assert!(inference.text.contains("at \"li.variant\""), "{}", inference.text);
    let inference = best(&document, Some("article[data-id='3']")).unwrap();
    assert_eq!(inference.rows.len(), 3, "{}", inference.text);
    assert_eq!(best(&document, Some("h1")), None);
}

fn every_page() {
    let site = Site::start();
    for entry in crawl::playground::pages() {
        let slow = ["endless", "slow", "reset", "cut", "hang", "big", "loop", "download"];
        if slow.iter().any(|word| entry.path.contains(word)) {
            continue;
        }
        let answer = site.get(entry.path);
        let document = Document::parse(answer.body, &Url::parse("http://site/x").unwrap());
        best(&document, None);
    }
}

/// Lists in shapes that pages have: the number of rows, wrappers around them, what some rows lack.
fn made_up() {
    let url = Url::parse("http://site/").unwrap();
    for rows in 3..9 {
        for (open, close, tag) in
            [("<ul>", "</ul>", "li"), ("<div id=list>", "</div>", "div"), ("<main>", "</main>", "section")]
        {
            for gap in 0..4 {
                let row = |at: usize| {
                    let note = if gap > 0 && at.is_multiple_of(gap + 1) {
                        String::new()
                    } else {
                        format!("<em class=note>n{at}</em>")
                    };
                    format!("<{tag}><h3><a href=/p/{at}>Thing {at}</a></h3><b class=price>€ {at},50</b>{note}</{tag}>")
                };
                let html = format!("<h1>All</h1>{open}{}{close}<p>end", (0..rows).map(row).collect::<String>());
                let document = Document::parse(html.as_str(), &url);
                let inference = best(&document, None).unwrap_or_else(|| panic!("nothing in {html}"));
                assert_eq!(inference.rows.len(), rows, "{html}\n{}", inference.text);
                assert_eq!(inference.rows[1]["title"], "Thing 1", "{}", inference.text);
                assert_eq!(inference.rows[1]["price"]["currency"], "EUR", "{}", inference.text);
            }
        }
    }
}

/// Trees that nobody wrote: whatever is proposed holds.
fn any_tree() {
    const TAGS: &[&str] =
        &["div", "ul", "li", "p", "span", "a", "table", "tr", "td", "section", "b", "h3", "time", "img"];
    const CLASSES: &[&str] =
        &["", "", " class=card", " class='card wide'", " class=price", " data-testid=row", " href=/x"];
    let mut seed = 7_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    let mut proposed = 0;
    for _ in 0..150 {
        let row: Vec<(&str, &str)> =
            (0..2 + below(6)).map(|_| (TAGS[below(TAGS.len())], CLASSES[below(CLASSES.len())])).collect();
        let mut html = format!("<{}><p>w", TAGS[below(TAGS.len())]);
        for number in 0..1 + below(9) {
            html.push_str(&format!("<{}{}>", row[0].0, row[0].1));
            for (tag, class) in &row[1..] {
                let close = if below(5) > 0 { format!("</{tag}>") } else { String::new() };
                match below(5) {
                    0 => {}
                    1 => html.push_str(&format!("<{tag}{class}>{number}{close}")),
                    _ => html.push_str(&format!("<{tag}{class}>w{} {number}{close}", below(20))),
                }
            }
            html.push_str(&format!("</{}>", row[0].0));
        }
        let document = Document::parse(html, &Url::parse("http://site/").unwrap());
        proposed += usize::from(best(&document, None).is_some());
    }
    assert!(proposed > 10, "some of them repeat: {proposed}");
}

fn kinds() {
    let row = |at: usize| {
        format!(
            "<tr class=order><td class=when>2 March 202{at}</td><td class=code>00{at}7</td><td class=score>{at}.5</td>\
             <td class=left>{at} left</td><td class=who>Ada {at}</td></tr>"
        )
    };
    let html = format!("<table>{}</table>", (1..5).map(row).collect::<String>());
    let inference = best(&Document::parse(html, &Url::parse("http://site/").unwrap()), None).unwrap();
    for part in ["date(\".when\")", "text(\".code\")", "float(\".score\")", "int(\".left\")", "text(\".who\")"] {
        assert!(inference.text.contains(part), "no {part} in\n{}", inference.text);
    }
}

fn classes() {
    let row = |at: usize| {
        format!(
            "<div class='css-1x2y3z8 col-4 jsx-9'><span class='sc-bdVaJa title'>T{at}</span><i class=_3fGhQ>{at}</i></div>"
        )
    };
    let html = format!("<div class='app grid'>{}</div>", (1..6).map(row).collect::<String>());
    let inference = best(&Document::parse(html, &Url::parse("http://site/").unwrap()), None).unwrap();
    for word in ["css-", "col-", "jsx-", "sc-", "_3f"] {
        assert!(!inference.text.contains(word), "{word} in\n{}", inference.text);
    }
}

/// Rows of tables, made-up classes, blocks with elements and microdata: each page's first proposal, field by field.
fn schools() {
    let table = |n: usize| {
        format!(
            "<tr class='story' id=s{n}><td><i class=rank>{n}.</i></td><td><a href='/go/{n}'>Story {n}</a></td></tr>\
             <tr><td></td><td><i class=points>{n}0 points</i> by <a href=/u/{n}>u{n}</a></td></tr><tr class=gap></tr>"
        )
    };
    let soup = |n: usize| {
        format!(
            "<div class='sc-9x{n}Yz hKjLm'><a href=/p/{n} class=sc-q><img src=/i/{n}.jpg><div><div>Chair {n}</div>\
             <div><span>$</span><span>{n}9.50</span></div></div></a><button>Buy</button></div>"
        )
    };
    let micro = |n: usize| {
        format!(
            "<div itemprop=itemListElement itemscope itemtype='https://schema.org/Event' class='event-card{}'>\
             <a itemprop=url href=/e/{n}><span itemprop=name>Night {n}</span></a><time itemprop=startDate datetime=2024-05-0{n}>x</time>\
             <span class=event-card__seats>{n} seat{} left</span></div>",
            if n == 1 { " event-card--big" } else { "" },
            if n == 1 { "" } else { "s" }
        )
    };
    let page = |open: &str, row: &dyn Fn(usize) -> String| format!("{open}{}", (1..5).map(row).collect::<String>());
    for (html, fields) in [
        (page("<table>", &table), "Story id:attr rank:int title:text url:link"),
        (page("<main><div>", &soup), "Row url:link image:link title:text price:money"),
        (page("<main>", &micro), "Event url:link name:text start_date:date seats:int"),
    ] {
        let inference = best(&Document::parse(html.as_str(), &Url::parse("http://site/").unwrap()), None).unwrap();
        let kind = |line: &str| {
            let (name, field) = line.trim().split_once(": ")?;
            Some(format!("{name}:{}", field.split('(').next()?))
        };
        let seen: Vec<String> = std::iter::once(inference.schema.name.clone())
            .chain(inference.text.lines().skip(1).filter_map(kind))
            .collect();
        assert_eq!(seen.join(" "), fields, "{}", inference.text);
    }
}
