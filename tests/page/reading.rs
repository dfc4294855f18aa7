//! Documents: controls, addresses, links, metadata, Markdown.

use std::sync::Arc;

use crawl::page::{ControlState, Document};
use libtest_mimic::Trial;
use serde_json::json;

use super::{address, parse, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("document_keeps_its_text", keeps_its_text),
        trial("document_with_live_controls", live_controls),
        trial("document_as_scripts_nested_it", nested),
        trial("document_resolves_against_base", resolves),
        trial("document_is_shared_between_threads", shared),
        trial("document_reads_attributes_and_html", attributes),
        trial("links_of_a_page", links),
        trial("meta_of_a_page", meta),
        trial("markdown_of_a_page", markdown),
    ]
}

fn keeps_its_text() {
    let html = "<p>not  <B>normal</p> <!-- x -->";
    assert_eq!(parse(html).source(), html);
    let unchanged = Document::captured(html, &address(), &[]);
    assert_eq!(unchanged.source(), html);
    let no_such = ControlState { index: 7, value: Some("x".to_owned()), ..ControlState::default() };
    assert_eq!(Document::captured(html, &address(), &[no_such]).source(), html);
}

fn nested() {
    let head = "<html><head><style>a > b { color: red }</style></head>";
    let body = "<body><p>one <span title=\"&quot;a&amp;b&lt;&gt;&quot;\">&lt;two&gt;&nbsp;&amp;</span><div>three</div></p><a href=\"/o\">x<a \
                href=\"/i\">y</a></a><svg viewBox=\"0 0 1 1\"><use xlink:href=\"#g\"></use><foreignObject><br></foreignObject></svg>\
                <script>if (1 < 2 && \"</b>\") {}</script><!-- <p> --></body></html>";
    let html = format!("<!DOCTYPE html>\n{head}{body}");
    let document = Document::captured(html.as_str(), &address(), &[]);
    assert_eq!(format!("<!DOCTYPE html>\n{}", document.outer_html(document.root())), html);
    // A parser would end the paragraph and the first link early.
    for (css, count) in [("p > div", 1), ("a > a", 1), ("b", 0), ("use[*|href]", 1), ("svg br", 1), ("*", 14)] {
        assert_eq!(document.count(&select(css)), count, "{css}");
    }
    let span = document.select(&select("span"))[0];
    assert_eq!(document.attr(span, "title").as_deref(), Some("\"a&b<>\""));
    assert_eq!(document.text(span), "<two> &");
    // No browser writes these: the parser has them.
    for other in ["<p>a &eacute;</p>", "<p>a", "<p class=a></p>", "</b>", "<br/>", "<script></script></i></script>"] {
        let html = format!("<!DOCTYPE html><html><head></head><body>{other}</body></html>");
        let document = Document::captured(html.as_str(), &address(), &[]);
        let parsed = parse(&html);
        assert_eq!(document.outer_html(document.root()), parsed.outer_html(parsed.root()), "{other}");
    }
}

fn live_controls() {
    let html = "<!DOCTYPE html><template><input id=t></template><input id=a value=old><x-h>\
                <template shadowrootmode='open'><input id=b type=checkbox checked></template></x-h>\
                <textarea id=c>old</textarea><select><option id=d selected>1<option id=e>2</select>\
                <noscript><input></noscript>";
    let state = |index| ControlState { index, ..ControlState::default() };
    let states = [
        ControlState { value: Some("new \"x\"".to_owned()), ..state(0) },
        ControlState { checked: Some(false), ..state(1) },
        ControlState { value: Some("a < b\nc".to_owned()), ..state(2) },
        ControlState { selected: Some(false), ..state(3) },
        ControlState { selected: Some(true), ..state(4) },
    ];
    let document = Document::captured(html, &address(), &states);
    let count = |document: &Document, css: &str| document.count(&select(css));
    for document in [&document, &parse(document.source())] {
        assert_eq!(count(document, "#a[value='new \"x\"']"), 1);
        assert_eq!(count(document, "#b"), 1);
        assert_eq!(count(document, "[checked]"), 0);
        assert_eq!(document.text(document.select(&select("#c"))[0]), "a < b c");
        assert_eq!(count(document, "#e[selected]"), 1);
        assert_eq!(count(document, "[selected]"), 1);
        assert!(document.source().starts_with("<!DOCTYPE html>"));
        assert!(document.source().contains("<template shadowrootmode=\"open\">"));
        assert!(document.source().contains("<template><input id=\"t\"></template>"), "{}", document.source());
        assert!(document.source().contains("<noscript><input></noscript>"));
    }
}

fn resolves() {
    let plain = parse("<p>");
    let resolved = |document: &Document, href: &str| document.resolve(href).map(String::from);
    assert_eq!(resolved(&plain, " ../a?b#c ").as_deref(), Some("http://shop.test/a?b#c"));
    assert_eq!(resolved(&plain, "//cdn.test/x").as_deref(), Some("http://cdn.test/x"));
    assert_eq!(resolved(&plain, "http://["), None);
    let based = parse("<base target=x><base href='/deep/er/'><base href='/second/'>");
    assert_eq!(resolved(&based, "a").as_deref(), Some("http://shop.test/deep/er/a"));
    assert_eq!(based.url(), &address());
    for own in ["javascript:alert(1)", "data:text/html,x"] {
        let based = parse(&format!("<base href='{own}'>"));
        assert_eq!(resolved(&based, "a").as_deref(), Some("http://shop.test/list/a"), "{own}");
    }
}

fn shared() {
    let document = Arc::new(parse("<ul><li class='a b'>1<li class=a>2</ul>"));
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| document.count(&select("li.a")))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(counts, [2, 2, 2, 2]);
}

fn attributes() {
    let document = parse("<html lang=' de-AT '><p id=x title='A &amp; B' DATA-Y=1>a<b>c</b></p>");
    let id = document.select(&select("p"))[0];
    assert_eq!(document.attr(id, "title").as_deref(), Some("A & B"));
    assert_eq!(document.attr(id, "data-Y").as_deref(), Some("1"));
    assert_eq!(document.attr(id, "none"), None);
    assert_eq!(document.html(id), "a<b>c</b>");
    assert!(document.outer_html(id).starts_with("<p ") && document.outer_html(id).ends_with("a<b>c</b></p>"));
    assert_eq!(document.name(id), "p");
    assert_eq!(document.name(document.root()), "html");
    assert_eq!(document.lang().as_deref(), Some("de-AT"));
    assert_eq!(parse("<p>").lang(), None);
    assert_eq!(document.attrs(id).len(), 3);
}

fn links() {
    let document = parse(
        "<a href='a'>One <b>two</b></a><a>none</a><a href='javascript:x()'>js</a><a href='http://['>bad</a>\
         <a href='https://shop.test/s' title=T rel='nofollow'>S</a><a href='//other.test/'><img alt=' Logo '></a>\
         <a href='mailto:a@b.test'>mail</a><a href='#top'>top</a>",
    );
    let seen: Vec<_> = document.links().into_iter().map(|link| (link.href, link.text, link.internal)).collect();
    let expected = [
        ("http://shop.test/list/a", "One two", true),
        ("https://shop.test/s", "S", true),
        ("http://other.test/", "Logo", false),
        ("mailto:a@b.test", "mail", false),
        ("http://shop.test/list/index.html?page=2#top", "top", true),
    ];
    let expected: Vec<_> = expected.map(|(href, text, own)| (href.to_owned(), text.to_owned(), own)).into();
    assert_eq!(seen, expected);
    let second = &document.links()[1];
    assert_eq!((second.title.as_deref(), second.rel.as_deref()), (Some("T"), Some("nofollow")));
}

fn meta() {
    let document = parse(
        "<meta charset=UTF-8><meta name=Description content=' d '><meta property='og:image' content=1>\
         <meta property='og:image' content=2><meta http-equiv=refresh content=5><meta name=empty>\
         <link rel='shortcut icon' href='/i.png'><link rel=canonical href='/c'><meta name='' content=x>",
    );
    let expected = json!({
        "charset": "utf-8", "description": "d", "og:image": ["1", "2"], "refresh": "5",
        "icon": "http://shop.test/i.png", "canonical": "http://shop.test/c",
    });
    assert_eq!(serde_json::Value::Object(document.meta()), expected);
}

fn markdown() {
    let cases = [
        (
            "<h1>Head</h1><p>one <b>two</b> <a href='x'>link</a></p>",
            "# Head\n\none **two** [link](http://shop.test/list/x)",
        ),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>a</p><script>x</script><style>y</style><p hidden>h</p><nav>n</nav>", "a\n\nn"),
        ("<img src='/p.png' alt='Pic'>", "![Pic](http://shop.test/p.png)"),
        (
            "<pre><code class='language-rs'>fn main() {\n  1 &lt; 2\n}</code></pre>",
            "```rs\nfn main() {\n  1 < 2\n}\n```",
        ),
        (
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            "| A | B |\n| - | - |\n| 1 | 2 |",
        ),
    ];
    for (html, expected) in cases {
        assert_eq!(parse(html).markdown(None), expected, "{html}");
    }
    let document = parse("<p>no</p><div><em>yes</em></div>");
    assert_eq!(document.markdown(Some(document.select(&select("div"))[0])), "*yes*");
}
