//! The commands of the REPL, each as a person uses it.

use std::time::Duration;

use libtest_mimic::Trial;

use super::talk::{CTRL_C, PROMPT, READ, open, open_with, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_looks_at_the_page", looks),
        trial("repl_reads_the_stored_page_alone", stored),
        trial("repl_picks_selectors_for_a_text", picks),
        trial("repl_infers_a_schema", infers),
        trial("repl_takes_pictures", shots),
        trial("repl_switches_sessions", switches),
        trial("repl_shows_cookies_network_and_console", beside),
        trial("repl_cancels_a_look_at_a_page_that_hangs", hangs),
        trial("repl_takes_a_piece_back", undoes),
        trial("repl_takes_back_around_what_failed", undoes_around_failures),
        trial("repl_takes_back_what_failed_on_its_way", undoes_a_failure),
        trial("repl_explains_functions_of_ones_own", own_docs),
        trial("repl_asks_before_data_is_sent_again", asks),
        trial("repl_tells_times", times),
        trial("repl_loads_scripts", loads),
        trial("repl_saves_from_a_step_on", saves_from),
        trial("repl_saves_secrets_by_their_names", secrets),
        trial("repl_saves_sessions_as_blocks", saves_sessions),
        trial("repl_help_lists_every_command", helps),
    ]
}

const SHOP: &str = "let site = playground(); let page = crawl(`${site}/products`);";

fn looks() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":html", "no page yet");
    said(&mut screen, SHOP, "\n");
    said(&mut screen, ":page", "200 · ");
    said(&mut screen, ":html h2", "<h2><a class=\"name\"");
    said(&mut screen, ":html h2", "the first of 8 matches");
    said(&mut screen, ":text .price", "$1,299.00");
    said(&mut screen, ":text .prise", "`.price` (7)");
    said(&mut screen, ":html h2:hover", "can be answered only by the live page");
    said(&mut screen, ":links", "9 rows × 2 fields");
    said(&mut screen, ":select", "`:select` takes TARGET");
    quit(screen, &stage);
}

/// Looking asks nothing of the site or the browser: not even the count of its requests changes.
fn stored() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "\n");
    for command in [":select h2", ":explain h3", ":html", ":text", ":links", ":infer", ":pick Notebook", ":page"] {
        said(&mut screen, command, "\n");
    }
    said(&mut screen, "crawl(`${site}/hits?path=/products`).json.hits", "\n1");
    let steps = said(&mut screen, ":steps", "hits");
    assert!(!steps.contains("  3 "), "{steps}");
    said(&mut screen, "evaluate(\"document.body.innerHTML = '<i>new</i>'\")", "\n");
    said(&mut screen, ":select i", "as captured by step 2");
    quit(screen, &stage);
}

fn picks() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "let site = playground(); crawl(`${site}/commits`).title", "Commits, page 1 of 5");
    let seen = said(&mut screen, ":pick next", "structure");
    assert!(seen.contains("test id           1 match  [data-testid='pagination-next-button']"), "{seen}");
    said(&mut screen, ":pick no such words", "nothing on the page shows");
    quit(screen, &stage);
}

fn infers() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "\n");
    let seen = said(&mut screen, ":infer", "the first 5 of 8 rows");
    assert!(seen.contains("schema Product at \"article.product\" {"), "{seen}");
    assert!(seen.contains("5 rows × 8 fields"), "{seen}");
    said(&mut screen, ":infer li.variant", "schema Variant at \"li.variant\"");
    said(&mut screen, ":infer header", "nothing repeats here");
    let seen = said(&mut screen, ":infer article.produkt", "this matches: `article.product`");
    assert!(!seen.contains("nothing repeats"), "{seen}");
    said(&mut screen, "crawl(`${site}/article`).ok", "\ntrue");
    said(&mut screen, ":infer", "nothing repeats here");
    quit(screen, &stage);
}

fn shots() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":shot", "session `main` has no page");
    said(&mut screen, SHOP, "\n");
    said(&mut screen, ":shot", ".crawl/shots/main-1.png");
    said(&mut screen, ":shot h2", "main-2.png · 8 outlined");
    let png = |number: u32| std::fs::read(stage.path(&format!(".crawl/shots/main-{number}.png"))).unwrap();
    assert!(png(1).starts_with(b"\x89PNG") && png(2).starts_with(b"\x89PNG"));
    assert_ne!(png(1), png(2), "the outlines can be seen");
    said(&mut screen, "evaluate(\"document.adoptedStyleSheets.length\")", "\n0");
    quit(screen, &stage);
}

fn switches() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "main ⟩ /products › ");
    said(&mut screen, "session(\"news\") { crawl(`${site}/article`); }", "main ⟩ /products › ");
    said(&mut screen, ":switch newz", "did you mean `news`?");
    said(&mut screen, ":switch news", "news ⟩ /article › ");
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/article");
    said(&mut screen, ":sessions", "2 rows × 6 fields");
    said(&mut screen, ":switch main", "main ⟩ /products › ");
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/products");
    quit(screen, &stage);
}

fn beside() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":cookies", "has no page");
    said(&mut screen, "let site = playground(); crawl(`${site}/cookies`).ok", "\ntrue");
    said(&mut screen, ":cookies", "127.0.0.1/");
    said(&mut screen, ":console", "wrote nothing");
    said(&mut screen, "evaluate(\"console.warn('careful', 7)\")", "\n");
    said(&mut screen, ":console", "careful 7");
    said(&mut screen, "crawl(console: true).console.len", "\n1");
    said(&mut screen, ":console", "careful 7");
    said(&mut screen, "crawl(`${site}/products`).ok", "\ntrue");
    said(&mut screen, ":network", "/images/1.svg");
    quit(screen, &stage);
}

fn hangs() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "\n");
    said(&mut screen, "evaluate(\"setTimeout(() => { for (;;); }, 1000)\");", "\n");
    std::thread::sleep(Duration::from_millis(1500));
    for command in [":network", ":shot", ":shot h2"] {
        screen.enter(command);
        screen.until(READ);
        std::thread::sleep(Duration::from_millis(300));
        screen.press(CTRL_C);
        screen.until("cancelled");
        screen.until(PROMPT);
    }
    said(&mut screen, "40 + 2", "\n42");
    quit(screen, &stage);
}

fn undoes() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":undo", "nothing to take back");
    said(&mut screen, SHOP, "\n");
    said(&mut screen, "let list = [1]; print(\"said once\");", "\nsaid once");
    said(&mut screen, "list.push(2); crawl(`${site}/article`);", "/article › ");
    said(&mut screen, "list.len + 40", "\n42");
    let seen = said(&mut screen, ":undo", "taken back: list.push(2)");
    assert!(seen.contains("/products › ") && !seen.contains("said once"), "{seen}");
    said(&mut screen, "list.len + 40", "\n41");
    // The tab had gone on; the next act finds the page where the history left it.
    said(&mut screen, "evaluate(\"location.pathname\")", "\n/products");
    said(&mut screen, "crawl(`${site}/hits?path=/article`).json.hits", "\n1");
    said(&mut screen, ":undo", "taken back: crawl(");
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: let list");
    said(&mut screen, "list", "unknown variable");
    said(&mut screen, "page.count(\"h2\")", "\n8");
    quit(screen, &stage);
}

/// What failed in between is no part of the history: taking back answers the rest from the journal, and sends nothing.
fn undoes_around_failures() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "\n");
    said(&mut screen, "evaluate(\"nonsense(\")", "crawl::");
    said(&mut screen, "evaluate(\"throw new Error('no')\")", "no");
    said(&mut screen, "crawl(`${site}/article`).ok", "\ntrue");
    screen.enter("crawl(wait_for: \".never\", timeout: \"1h\")");
    std::thread::sleep(Duration::from_millis(300));
    screen.press(CTRL_C);
    screen.until("cancelled");
    screen.until(PROMPT);
    said(&mut screen, "crawl(`${site}/table`).ok", "\ntrue");
    said(&mut screen, "let last = 1;", "\n");
    said(&mut screen, ":undo", "taken back: let last");
    let steps = said(&mut screen, ":steps", "/table");
    assert!(steps.contains("  3 main") && steps.matches("reused").count() >= 3, "{steps}");
    for path in ["products", "article", "table"] {
        said(&mut screen, &format!("crawl(`${{site}}/hits?path=/{path}`).json.hits"), "\n1");
    }
    quit(screen, &stage);
}

/// A piece that failed after a step: what follows begins where it led, and taking it back goes back to before it.
fn undoes_a_failure() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    let path = "evaluate(\"location.pathname\")";
    said(&mut screen, SHOP, "\n");
    said(&mut screen, "crawl(`${site}/article`); throw \"no\"", "no");
    said(&mut screen, path, "\n/article");
    said(&mut screen, "evaluate(\"document.title = 'gone on'\");", "\n");
    said(&mut screen, ":undo", "taken back: evaluate(\"document.title");
    said(&mut screen, path, "\n/article");
    let seen = said(&mut screen, "evaluate(\"document.title\")", "lighthouse");
    assert!(!seen.contains("led to"), "{seen}");
    for _ in 0..3 {
        said(&mut screen, ":undo", "taken back: evaluate(");
    }
    said(&mut screen, ":undo", "taken back: crawl(`${site}/article`); throw");
    said(&mut screen, path, "\n/products");
    said(&mut screen, ":undo", "taken back: evaluate(");
    said(&mut screen, ":undo", "taken back: let site");
    quit(screen, &stage);
}

fn own_docs() {
    let stage = Stage::new();
    stage.write("own.crawl", "/// Twice as much.\nfn double(n) { n * 2 }\n");
    let mut screen = open_with(&stage, &["own.crawl"]);
    said(&mut screen, ":doc double", "double(n)\r\n  Twice as much.");
    said(&mut screen, ":doc duoble", "did you mean `double`?");
    quit(screen, &stage);
}

fn asks() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "let site = playground(); crawl(`${site}/article`).ok", "\ntrue");
    said(
        &mut screen,
        "evaluate(\"fetch('/echo', { method: 'POST', body: 'a' }).then(answer => answer.status)\")",
        "\n200",
    );
    said(&mut screen, "evaluate(\"document.title = 'gone on'\");", "\n");
    said(&mut screen, ":undo", "taken back: evaluate(");
    for (answer, outcome) in [("n", "crawl::journal::unsafe_replay"), ("y", "lighthouse")] {
        screen.enter("evaluate(\"document.title\")");
        screen.until("again to go on from here: send? [y/N]");
        screen.enter(answer);
        screen.until(outcome);
        screen.until(PROMPT);
    }
    said(&mut screen, "40 + 2", "\n42");
    said(&mut screen, "evaluate(\"1\");", "\n");
    said(&mut screen, ":undo", "taken back");
    screen.enter("evaluate(\"document.title\")");
    screen.until("send? [y/N]");
    screen.press(CTRL_C);
    screen.until("cancelled");
    screen.until(PROMPT);
    said(&mut screen, "40 + 3", "\n43");
    quit(screen, &stage);
}

fn times() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, ":time", "nothing was said yet");
    said(&mut screen, SHOP, "\n");
    let seen = said(&mut screen, ":time", "in 1 step\r\n");
    assert!(seen.contains("crawl(`${site}/products`)"), "{seen}");
    quit(screen, &stage);
}

fn loads() {
    let stage = Stage::new();
    stage.write("helpers.crawl", "// Helpers.\nfn double(n) { n * 2 }\nlet start = 20;\n");
    stage.write("broken.crawl", "let a = ;\n");
    let mut screen = open(&stage);
    said(&mut screen, ":load helpers.crawl", "\n");
    said(&mut screen, "double(start) + 2", "\n42");
    said(&mut screen, ":load helper.crawl", "did you mean");
    said(&mut screen, ":load broken.crawl", "broken.crawl:1:");
    quit(screen, &stage);
}

fn saves_from() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, SHOP, "\n");
    said(&mut screen, "let names = page.select(\"h2\").len;", "\n");
    said(&mut screen, "let limit = 40;", "\n");
    said(&mut screen, "let site = \"file:\"; let late = crawl(\"raw:<p>late\");", "\n");
    said(&mut screen, "late.text", "\nlate");
    said(&mut screen, "print(late.text,limit);", "\nlate 40");
    said(&mut screen, ":save late.crawl --from 2", "late.crawl: 3 pieces");
    assert!(stage.read("late.crawl").contains("print(late.text, limit);"), "{}", stage.read("late.crawl"));
    said(&mut screen, ":save --from 2 other.crawl", "other.crawl: 3 pieces");
    assert_eq!(stage.read("other.crawl"), stage.read("late.crawl"));
    said(&mut screen, ":save late.crawl --from x", "takes the number of a step");
    let ended = stage.start(&["run", "-q", "late.crawl"]).end();
    let text = stage.read("late.crawl");
    assert_eq!((ended.stdout.as_str(), ended.status.code()), ("late 40\n", Some(0)), "{text}{}", ended.stderr);
    assert!(!text.contains("products") && !text.contains("names") && !text.contains("late.text\n"), "{text}");
    quit(screen, &stage);
}

fn secrets() {
    let stage = Stage::new();
    let mut child = stage.command(&["repl"]);
    child.env("PASS_WORD", "hunter2").stdin(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    let lines = "let p = secret(\"PASS_WORD\");\nlet q = \"hunter2\";\nlet r = \"key=hunter2!\";\nprint(p == q, r.len());\n:save out.crawl\n";
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    let ended = crate::process::stage::Running::of(child).end();
    let text = stage.read("out.crawl");
    assert!(!text.contains("hunter2"), "{text}\n{}", ended.stderr);
    assert!(text.contains("let q = secret(\"PASS_WORD\");"), "{text}");
    let mut again = stage.command(&["run", "-q", "out.crawl"]);
    let ended = crate::process::stage::Running::of(again.env("PASS_WORD", "hunter2").spawn().unwrap()).end();
    assert_eq!(ended.stdout, "true 12\n", "{text}{}", ended.stderr);
}

fn saves_sessions() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    said(&mut screen, "session(\"a\"); session(\"b\");", "\n");
    said(&mut screen, ":switch a", "a › ");
    said(&mut screen, "let one = crawl(\"raw:<p>one\");", "\n");
    said(&mut screen, ":switch b", "b › ");
    said(&mut screen, "let two = crawl(\"raw:<p>two\");", "\n");
    said(&mut screen, "print(one.session_id, one.text, two.session_id, two.text);", "\na one b two");
    said(&mut screen, ":save both.crawl", "both.crawl: 4 pieces");
    let ended = stage.start(&["run", "-q", "both.crawl"]).end();
    assert_eq!(ended.stdout, "a one b two\n", "{}{}", stage.read("both.crawl"), ended.stderr);
    quit(screen, &stage);
}

fn helps() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    let seen = said(&mut screen, ":help", ":quit");
    let wanted = "page html text links select explain pick infer shot sessions switch cookies network console steps undo time doc load save clear";
    for name in wanted.split(' ') {
        assert!(seen.contains(&format!("\n:{name} ")), "no :{name} in {seen}");
    }
    said(&mut screen, ":doc next_pages", "std/paginate: next_pages(url, options)");
    said(&mut screen, ":doc paginate::numbered_page", "did you mean `numbered_pages`?");
    let seen = said(&mut screen, ":doc std/paginate", "numbered_pages(");
    assert!(
        seen.contains("std/paginate\r\n  Paging") && seen.contains("next_pages(url, options)\r\n  Crawls"),
        "{seen}"
    );
    let seen = said(&mut screen, ":doc click", "page.click(");
    assert_eq!(seen.matches("click(target, …) → ()").count(), 3, "each signature once: {seen}");
    said(&mut screen, ":doc read_text", "read_text(path) → string");
    said(&mut screen, ":clear", "\u{1b}[2J");
    said(&mut screen, ":pik x", "did you mean `:pick`?");
    screen.enter(":quit");
    assert_eq!(screen.end(), 0);
    stage.assert_nothing_left();
}
