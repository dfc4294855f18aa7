//! Pages that move on by themselves, and what is beside the page that a session is in.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("moving::a_document_that_has_only_begun_is_not_the_page", begun),
        trial("moving::what_is_said_of_a_response_is_said_of_the_page_that_stands", responses),
        trial("moving::pages_that_never_load_keep_nothing_from_loading", beside),
        trial("moving::no_page_reaches_the_driver", driver),
        trial("moving::a_document_is_read_when_it_is_there", there),
        trial("moving::a_pop_up_that_closes_itself_is_told", parted),
    ]
}

/// A site of pages that come slowly, and of one that moves on to such: its address.
fn drips() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || drip(&client));
        }
    });
    url
}

fn drip(mut client: &TcpStream) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n<!doctype html>";
    client.write_all(head.as_bytes())?;
    match path.split_once('?') {
        Some(("/moves", to)) => {
            write!(client, "<p class=spinner>wait</p><script>setTimeout(() => location = '/{to}', 100)</script>")
        }
        Some(("/refreshes", to)) => {
            write!(client, "<meta http-equiv=refresh content='0;url=/{to}'><p class=spinner>wait</p>")
        }
        _ => {
            client.write_all(b"<title>slow</title><p id=first>begun</p>")?;
            for _ in 0..if path == "/endless" { 600 } else { 8 } {
                std::thread::sleep(Duration::from_millis(100));
                client.write_all(b"<i>x</i>")?;
            }
            client.write_all(b"<h1>whole</h1>")
        }
    }
}

fn there() {
    let stage = Stage::with(
        r##"
let site = param("site");
// On a busy machine it may not have moved on yet.
fn whole(what, act) { let page = act.call(); if !page.html.contains("whole") && !page.html.contains("spinner") { print(what, page.url, page.html); } }
session("s", timeout: "20s") {
    crawl(`${site}/moves?slow`);
    sleep("400ms");
    whole("between steps", || crawl());
    crawl(`${site}/moves?slow`);
    sleep("400ms");
    whole("before js", || crawl(js: "1"));
    crawl(`${site}/moves?slow`);
    sleep("400ms");
    holds(gone(".spinner"));
    print(holds("#first", timeout: "10s"));
    whole("after a look", || crawl());
    let page = crawl(`${site}/moves?slow`, method: "POST", body: "x", wait_for: gone(".spinner"));
    print(page.requested_url == `${site}/moves?slow`, page.url == `${site}/slow`);
    whole("within a step", || crawl(`${site}/moves?slow`, delay: "400ms"));
    whole("gone", || crawl(`${site}/moves?slow`, wait_for: gone(".spinner")));
    whole("none", || crawl(`${site}/moves?slow`, wait_for: count(".spinner", exactly: 0)));
    let page = crawl(`${site}/moves?endless`, wait_for: "#first");
    print(page.title, page.url == `${site}/endless`, page.html.contains("whole"));
    let page = crawl();
    print(page.title, page.html.contains("whole"));
}
session("still", javascript: false, timeout: "20s") {
    for turn in 0..6 {
        let page = crawl(`${site}/refreshes?slow`);
        if !page.html.contains("whole") && !page.html.contains("spinner") { print(turn, page.url, page.html); }
    }
}
"##,
    );
    for browser in ["headless-shell", "firefox"] {
        let site = format!("site={}", drips());
        let ended = stage.start(&["run", "script.crawl", "--browser", browser, "--set", &site]).end();
        assert_eq!(ended.stdout, "true\ntrue true\nslow true false\nslow false\n", "{browser}: {}", ended.stderr);
    }
}

fn parted() {
    let stage = Stage::with(
        r##"
let site = playground();
session("s") {
    crawl(`${site}/article`);
    crawl(js: "window.open('/form'); return 1");
    switch_to(1);
    evaluate("{ const close = document.createElement('button'); close.id = 'bye'; close.textContent = 'bye'; close.onclick = () => window.close(); document.body.prepend(close); }");
    click("#bye");
    print(crawl().url == `${site}/article`);
    crawl(js: "window.open('/products'); return 1");
    switch_to(1);
    try { crawl(js: "setTimeout(() => window.close(), 100)", wait_for: "#never"); } catch (e) { print(e.code, e.help.contains("the page before it")); }
    crawl(js: "window.open('/table'); return 1");
    switch_to(1);
    evaluate("setTimeout(() => window.close(), 200)");
    sleep("2s");
    print(crawl().url == `${site}/article`);
    crawl(js: "window.open('/text'); return 1");
    switch_to(1);
    close_page();
    print(crawl().url == `${site}/article`);
}
"##,
    );
    for browser in ["headless-shell", "firefox"] {
        let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
        assert_eq!(ended.stdout, "true\ncrawl::session::lost true\ntrue\ntrue\n", "{browser}: {}", ended.stderr);
        let told = ended.stderr.matches("closed itself: the session goes on in the page before it").count();
        // Told once of each address.
        assert_eq!(told, 3, "{browser}: {}", ended.stderr);
    }
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
    TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let ended = stage.start(&["run", "script.crawl", "--set", &format!("port={port}")]).end();
    assert_eq!(ended.stdout, "refused\n", "port {port}: {}", ended.stderr);
    run.signal("TERM");
    run.end();
    waiting.assert_nothing_left();
}
