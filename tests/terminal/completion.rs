//! What the REPL offers while a line is typed: completion, the hint below, colours.

use crawl::ide::{Argument, Place, SelectorPart, selectors, targets};
use crawl::page::{Document, SelectorNames};
use crawl::repl::{Candidate, Protocol, Surroundings, Vocabulary, highlight, hint, inline, offer, partners};
use crawl::syntax::lex;
use libtest_mimic::Trial;
use url::Url;

use super::screen::Screen;
use super::talk::{PROMPT, abandon, open, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_completes_selectors_from_the_page", in_terminal),
        trial("repl_hints_and_colours", colours),
        trial("selector_completion_knows_the_page_s_names", names),
        trial("target_completion_knows_the_page_s_names", aims),
        trial("completion_goes_by_what_a_string_is_for", strings),
        trial("completion_follows_values", values),
        trial("place_knows_call_and_argument", places),
        trial("hint_is_the_signature_around", hints),
        trial("brackets_find_their_partner", brackets),
        trial("pictures_by_what_the_terminal_announces", pictures),
    ]
}

fn in_terminal() {
    let stage = Stage::new();
    stage.write("own_module.crawl", "fn f() { 1 }\n");
    let mut screen = open(&stage);
    said(&mut screen, "let page = crawl(`${playground()}/commits`); let rows = [#{ title: \"x\", sha: 1 }];", "\n");
    for (typed, whole) in [
        ("page.select(\"li.comm\t", "page.select(\"li.commit"),
        ("page.count(\"[data-testid='commit\t", "[data-testid='commit-row-item']"),
        ("crawl(css: \"#stat\t", "crawl(css: \"#status"),
        ("crawl(wait_for: changed(\"relative\t", "changed(\"relative-time"),
        ("click(\"rol\t", "click(\"role="),
        ("click(\"role=navig\t", "role=navigation"),
        (":select .markd\t", ":select .markdown-title"),
        (":infer .diffs\t", ":infer .diffstat"),
        ("import \"std/pag\t", "import \"std/paginate"),
        ("import \"own_\t", "import \"own_module"),
        ("read_text(\"own_\t", "read_text(\"own_module.crawl"),
        (":load own_\t", ":load own_module.crawl"),
        (":switch ma\t", ":switch main"),
        ("rows[0].ti\t", "rows[0].title"),
        ("rows.first.ti\t", "rows.first.title"),
    ] {
        screen.press(typed);
        screen.until(whole);
        abandon(&mut screen);
    }
    screen.press("click(\"role=link[name='N\t\t");
    screen.until("role=link[name='Next']");
    abandon(&mut screen);
    screen.press("page.select(\".a\t\t");
    screen.until(".add (30)");
    screen.until(".author (30)");
    abandon(&mut screen);
    quit(screen, &stage);
}

fn colours() {
    let stage = Stage::new();
    let mut screen = Screen::start_with(&stage, &["repl"], &[("NO_COLOR", "")]);
    screen.until(PROMPT);
    screen.press("let n = crawl(\"u\"");
    screen.until("\u{1b}[35mlet\u{1b}[0m n = \u{1b}[34mcrawl\u{1b}[0m(\u{1b}[32m\"u\"\u{1b}[0m");
    screen.until("crawl(url?, js?, wait_for?, css?, …) → page");
    screen.press(")");
    screen.until("\u{1b}[1;4m(\u{1b}[0m");
    screen.until("\u{1b}[1;4m)\u{1b}[0m");
    abandon(&mut screen);
    // A list is written over the hint, of which nothing is left.
    screen.press(":s\t\t");
    screen.until(":select\u{1b}[K");
    abandon(&mut screen);
    screen.press(":sel");
    screen.until("\u{1b}[36m:sel\u{1b}[0m");
    abandon(&mut screen);
    quit(screen, &stage);
}

fn page() -> SelectorNames {
    let html = "<main><nav role=navigation><a class='link active' data-testid=next>n</a></nav><p id=lead class='link w:1'>x</p></main>";
    Document::parse(html, &Url::parse("http://site/").unwrap()).selector_names()
}

fn offered(found: (usize, Vec<Candidate>)) -> (usize, Vec<String>) {
    (found.0, found.1.into_iter().map(|candidate| candidate.shown).collect())
}

fn shown((start, parts): (usize, Vec<SelectorPart>)) -> (usize, Vec<String>) {
    offered((start, parts.into_iter().map(Candidate::from).collect()))
}

fn aims() {
    let html = "<label>E-mail <input placeholder='you@site'></label><label>E-mail again <input></label>\
        <button>Save</button><button>Save</button><button>Save as</button><button>It's</button><a href=/ data-testid=home>Home</a>\
        <button style='display:none'>Gone</button>";
    let page = Document::parse(html, &Url::parse("http://site/").unwrap()).selector_names();
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let found = |typed: &str| {
        let (start, found) = shown(targets(typed, &page));
        (typed[..start].to_owned(), found)
    };
    let at = |start: &str, list: &[&str]| (start.to_owned(), texts(list));
    let (start, all) = found("");
    assert_eq!((start.as_str(), &all[..3]), ("", &texts(&["text=", "role=", "label="])[..]));
    assert!(all.contains(&"button (5)".to_owned()), "{all:?}");
    assert_eq!(found("te"), at("", &["text=", "testid="]));
    assert_eq!(found("role="), at("role=", &["button (4)", "document (1)", "link (1)", "textbox (2)"]));
    let saves = texts(&["[name='Save'] (2)", "[name='Save as'] (1)"]);
    for typed in ["role=button[name=\\\"S", "role=button[name='S", "role=button[name=S"] {
        assert_eq!(found(typed), ("role=button".to_owned(), saves.clone()), "{typed}");
    }
    let (start, all) = found("role=button[");
    assert_eq!((start.as_str(), &all[..2]), ("role=button", &saves[..]));
    assert!(all.contains(&"[disabled]".to_owned()) && all.contains(&"[level=".to_owned()), "{all:?}");
    assert_eq!(found("role=button[name='Save'][dis"), at("role=button[name='Save']", &["[disabled]"]));
    assert_eq!(found("role=link").1[0], "[name='Home'] (1)");
    assert_eq!(found("label=e-m"), at("label=", &["'E-mail' (1)", "E-mail again (1)"]));
    assert_eq!(found("label=\\\"E-mail a"), at("label=", &["'E-mail again' (1)"]));
    assert_eq!(found("placeholder="), at("placeholder=", &["you@site (1)"]));
    assert_eq!(found("testid=h"), at("testid=", &["home (1)"]));
    assert_eq!(found("text=ho"), at("text=", &["Home (1)"]));
    assert_eq!(found("css=main > but"), at("css=main > ", &["button (5)"]));
    assert_eq!(found(" form .").1, texts(&[]));
    for typed in ["//but", "(//a", "xpath=//b", "role=button[name='Save']"] {
        assert_eq!(found(typed).1, texts(&[]), "{typed}");
    }
}

fn names() {
    let page = page();
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(shown(selectors("main .l", &page)), (5, texts(&[".link (2)"])));
    assert_eq!(shown(selectors("p#", &page)), (1, texts(&["#lead (1)"])));
    assert_eq!(shown(selectors("ma", &page)), (0, texts(&["main (1)"])));
    assert_eq!(shown(selectors("a[role", &page)), (1, texts(&["[role='navigation'] (1)", "[role (1)"])));
    assert_eq!(shown(selectors("[data-testid=\"n", &page)), (0, texts(&["[data-testid='next'] (1)"])));
    assert_eq!(shown(selectors("p:fir", &page)).1, texts(&[]));
    let (start, all) = shown(selectors("main > ", &page));
    assert_eq!((start, all[0].as_str(), all[1].as_str()), (7, "[role='navigation'] (1)", "[data-testid='next'] (1)"));
    assert!(all.contains(&".link (2)".to_owned()) && all.contains(&"nav (1)".to_owned()), "{all:?}");
    assert_eq!(shown(selectors("a[class", &page)), (1, texts(&["[class (2)"])));
    assert_eq!(shown(selectors("p[id=", &page)), (1, texts(&["[id='lead'] (1)"])));
    assert!(!all.iter().any(|name| name.contains("w:1")), "what takes escapes is left out: {all:?}");
}

fn at_end(line: &str, known: &Surroundings) -> Vec<String> {
    offered(offer(line, line.len(), &Vocabulary::default(), known)).1
}

fn strings() {
    let known = Surroundings { page: page().into(), ..Surroundings::default() };
    for line in [
        "page.select(\"na",
        "crawl(\"u\", css: \"na",
        "crawl(wait_for: [\"p\", \"na",
        "schema A at \"na",
        "visible(\"na",
    ] {
        assert_eq!(at_end(line, &known), ["nav (1)"], "{line}");
    }
    for line in ["click(\"na", "hover(\"main\", within: \"na", "drag(\"a\", \"na"] {
        assert_eq!(at_end(line, &known), ["nav (1)"], "{line}");
    }
    assert_eq!(at_end("click(\"role=navigation[name=", &known), Vec::<String>::new());
    assert_eq!(at_end("click(`role=nav", &known), ["navigation (1)"]);
    for line in ["print(\"na", "crawl(\"na", "let a = \"na", "// select(\"na"] {
        assert_eq!(at_end(line, &known), Vec::<String>::new(), "{line}");
    }
}

fn values() {
    let fields = vec![
        ("rows[]".to_owned(), vec!["price".to_owned(), "title".to_owned()]),
        ("row.stats".to_owned(), vec!["added".to_owned()]),
    ];
    let known = Surroundings { fields, ..Surroundings::default() };
    assert_eq!(at_end("rows[i + 1].p", &known), ["price"]);
    assert_eq!(at_end("print(rows.last.", &known), ["price", "title"]);
    assert_eq!(at_end("row?.stats.a", &known), ["added"]);
    assert_eq!(at_end("other[0].a", &known), Vec::<String>::new());
}

fn places() {
    let place = |text: &str| {
        let place = Place::at_end(text);
        (place.call.unwrap_or_default(), place.argument, place.string.is_some())
    };
    let position = Argument::Position;
    assert_eq!(place("crawl("), ("crawl".to_owned(), position(0), false));
    assert_eq!(place("a(b(1, 2), \"x"), ("a".to_owned(), position(1), true));
    assert_eq!(place("f(1, css: \"x"), ("f".to_owned(), Argument::Named("css".to_owned()), true));
    assert_eq!(place("f(w: [\"a\", \"x"), ("f".to_owned(), Argument::Named("w".to_owned()), true));
    assert_eq!(place("f(#{ a: \"x"), (String::new(), position(0), true));
    assert_eq!(place("f(1); \"x"), (String::new(), position(0), true));
}

fn hints() {
    let known = Surroundings {
        functions: vec![("own".to_owned(), "own(a, b)".to_owned())],
        commands: vec![(":pick".to_owned(), crawl::repl::Takes::Anything, ":pick TEXT: selectors".to_owned())],
        ..Surroundings::default()
    };
    let at_end = |line: &str| hint(line, line.len(), &known);
    assert_eq!(at_end("let a = read_text(").as_deref(), Some("read_text(path) → string"));
    assert_eq!(at_end("print(read_text(\"a\"), ").as_deref(), Some("print(value?) → ()"));
    assert_eq!(at_end(":pick a").as_deref(), Some(":pick TEXT: selectors"));
    assert_eq!(at_end("let a = 1;"), None);
    assert_eq!(at_end("own(1, ").as_deref(), Some("own(a, b)"));
    assert_eq!(at_end("other("), None);
}

fn brackets() {
    let pair = |line: &str, cursor: usize| {
        let tokens = lex(line);
        partners(line, &tokens, cursor).map(|(a, b)| (tokens[a].span.start, tokens[b].span.start))
    };
    assert_eq!(pair("f(a[1])", 1), Some((1, 6)));
    assert_eq!(pair("f(a[1])", 7), Some((6, 1)));
    assert_eq!(pair("f(a[1]", 1), None);
    assert_eq!(pair("f(\")\")", 1), Some((1, 5)));
    assert_eq!(pair("f([)]", 1), None);
    let keyword = |word: &str| format!("\u{1b}[35m{word}\u{1b}[0m");
    assert_eq!(highlight("schema A at b", 9), format!("{} A {} b", keyword("schema"), keyword("at")));
    assert!(highlight("session(", 0).starts_with(&keyword("session")));
    assert_eq!(highlight("at + schema", 0), "at + schema");
    assert_eq!(highlight(":save x", 0), "\u{1b}[36m:save\u{1b}[0m x");
}

fn pictures() {
    let announced = |pairs: &[(&str, &str)]| {
        Protocol::announced(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(announced(&[("TERM", "xterm-kitty")]), Some(Protocol::Kitty));
    assert_eq!(announced(&[("TERM_PROGRAM", "iTerm.app")]), Some(Protocol::Iterm));
    assert_eq!(announced(&[("TERM", "xterm-256color")]), None);
    assert_eq!(announced(&[("TERM", "xterm-kitty"), ("TMUX", "/x")]), None);
    let kitty = inline(Protocol::Kitty, &[7; 5000]);
    assert!(
        kitty.starts_with("\u{1b}_Ga=T,f=100,m=1;") && kitty.contains("\u{1b}_Gm=0;") && kitty.ends_with("\u{1b}\\\n")
    );
    assert!(inline(Protocol::Iterm, b"png").contains("inline=1;size=3;"));
}
