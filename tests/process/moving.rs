//! Pages that move on by themselves, and what is beside the page that a session is in.

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("moving::a_document_that_has_only_begun_is_not_the_page", begun),
        trial("moving::what_is_said_of_a_response_is_said_of_the_page_that_stands", responses),
        trial("moving::pages_that_never_load_keep_nothing_from_loading", beside),
        trial("moving::no_page_reaches_the_driver", driver),
    ]
}

fn begun() {
    let stage = Stage::with(
        r#"
let site = playground();
let moves = "if (location.search == '?go') addEventListener('load', () => setTimeout(() => { location = '/article?there' }, 0))";
let refreshes = "if (location.search == '?go') addEventListener('DOMContentLoaded', () => document.head.insertAdjacentHTML('beforeend', '<meta http-equiv=refresh content=\"0;url=/article?there\">'))";
for (way, n) in [moves, refreshes] {
    session(`s${n}`, init_js: way) {
        for turn in 0..10 {
            let page = crawl(`${site}/commits?go`);
            let whole = page.title != "" && page.html.contains("</main>");
            if !whole { print(`${n} ${turn}: ${page.url} ${page.title} ${page.html.len}`); }
        }
    }
}
print("over");
"#,
    );
    for browser in ["headless-shell", "firefox"] {
        let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
        assert_eq!(ended.stdout, "over\n", "{browser}: {}", ended.stderr);
    }
}

fn responses() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    crawl(`${site}/article`);
    let page = crawl(js: "setTimeout(() => { location = '/broken/404' }, 50)", wait_for: url("**/broken/404"));
    print(page.status, page.url.contains("/broken/404"), page.html.contains("Not found"));
    crawl(`${site}/article`);
    let page = crawl(js: "setTimeout(() => { location = '/broken/404' }, 50)", wait_for: js("document.title.includes('Not found') || document.body.innerText.includes('Not found')"));
    print(page.status, page.html.contains("Not found"));
    try {
        print(crawl(js: "setTimeout(() => { location = '/broken/reset' }, 50)", delay: "500ms").url);
    } catch (e) { print(e.code, e.message.contains("/broken/reset")); }
    print(crawl(`${site}/article`).status);
}
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    let wanted = "404 true true\n404 true\ncrawl::navigation::failed true\n200\n";
    assert_eq!(ended.stdout, wanted, "{}", ended.stderr);
}

fn beside() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    let page = crawl(`${site}/article`, js: "for (let i = 0; i < 7; i++) window.open('/broken/endless?' + i); return 6 * 7");
    print(page.js);
    print(crawl(`${site}/article?next`, timeout: "20s").status);
    print(pages().len());
}
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.stdout, "42\n200\n8\n", "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn driver() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    crawl(`${site}/article`);
    let port = param("port");
    let asks = `const asked = await fetch("http://127.0.0.1:${port}/status", { mode: "no-cors" }).then(() => "answered", () => "refused"); return asked`;
    print(crawl(js: asks).js);
}
"#,
    );
    let waiting = Stage::with("session(\"s\") { crawl(\"raw:<p>x\"); print(\"ready\"); sleep(\"60s\"); }");
    let mut run = waiting.start(&["run", "script.crawl"]);
    run.until("ready");
    let drivers = waiting.processes(&["chromedriver", "--port="]);
    let [driver] = drivers[..] else { panic!("one driver, not {drivers:?}") };
    let line = std::fs::read_to_string(format!("/proc/{driver}/cmdline")).unwrap();
    let port = line.split('\0').find_map(|word| word.strip_prefix("--port=")).unwrap().to_owned();
    // It listens: this program may ask it.
    std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let ended = stage.start(&["run", "script.crawl", "--set", &format!("port={port}")]).end();
    assert_eq!(ended.stdout, "refused\n", "port {port}: {}", ended.stderr);
    run.signal("TERM");
    run.end();
    waiting.assert_nothing_left();
}
