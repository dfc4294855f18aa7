//! What a script with limits reads of pages of other hosts, however these come to stand in its session: nothing.

use libtest_mimic::Trial;

use super::stage::{Running, Stage};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("reach::no_wait_tells_of_a_page_that_came_by_itself", waits),
        trial("reach::no_closure_asks_a_page_that_came_by_itself", closures),
        trial("reach::cookies_and_storage_are_those_of_allowed_hosts", identity),
        trial("reach::cookies_of_a_domain_are_shared", domains),
        trial("reach::a_pop_up_tells_its_address_alone", popups),
        trial("reach::frames_of_other_hosts_stay_shut", frames),
        trial("reach::responses_of_other_hosts_are_not_read", responses),
        trial("reach::no_script_runs_unseen_in_pages_of_other_hosts", unseen),
        trial("reach::pages_of_the_browsers_own_are_not_crawled", own),
        trial("reach::a_local_page_reads_no_other_file", local),
    ]
}

/// `other` is the same site under a name that is not allowed; `leads` has the page go there by itself.
const BEGIN: &str = r#"
let site = playground();
let other = site.replace("127.0.0.1", "localhost");
let leads = `setTimeout(() => { location.href = '${other}/article' }, 100)`;
fn told(e) {
    let words = [e.code, e.message, e.help, `${e.notes}`].reduce(|all, word| `${all} ${word}`, "");
    let page = if e.page == () { "no page" } else { e.page.title };
    print(e.code, words.contains("lighthouse"), page);
}
fn said(act) { try { print(act.call()); } catch (e) { told(e); } }
"#;

/// The lines that the script prints with these limits; none for no limits.
fn said(stage: &Stage, limits: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["run", "script.crawl"].iter().chain(limits).copied().collect();
    let ended = Running::of(stage.command(&args).spawn().unwrap()).end();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    ended.stdout.lines().map(str::to_owned).collect()
}

fn stage(script: &str) -> Stage {
    Stage::with(&format!("{BEGIN}{script}"))
}

const HERE: &[&str] = &["--allow-host", "127.0.0.1"];
const DENIED: &str = "crawl::access::denied false no page";

fn waits() {
    let stage = stage(
        r#"
let throws = js("(() => { throw new Error(document.title) })()");
let there = js("location.hostname == 'localhost'");
session("s") {
    for condition in [throws, there, text("h1", "zz"), any([text("h1", "zz"), throws]), all(["h1", there])] {
        said(|| crawl(`${site}/form`, js: leads, wait_for: condition, timeout: "2s").title);
        said(|| evaluate("location.href"));
    }
    for condition in [throws, there, text("h1", "zz"), text("h1", "lighthouse")] {
        crawl(`${site}/form`);
        said(|| { evaluate(leads); wait_for(condition, timeout: "2s"); "held" });
        crawl(`${site}/form`);
        said(|| { evaluate(leads); holds(condition, timeout: "2s") });
    }
    crawl(`${site}/form`);
    said(|| { evaluate(leads); click("text=Lighthouse keeper", timeout: "2s"); "clicked" });
}
"#,
    );
    let of_crawl = [DENIED, "about:blank"].repeat(5);
    assert_eq!(said(&stage, HERE), [of_crawl, vec![DENIED; 9]].concat());
}

fn closures() {
    let stage = stage(
        r#"
let seen = [];
session("s") {
    said(|| crawl(`${site}/form`, js: leads, timeout: "3s", wait_for: |page| {
        let title = page.evaluate("document.title");
        print("polled", title.contains("lighthouse"));
        title.contains("lighthouse")
    }).title);
    said(|| crawl(`${site}/form`, js: leads, timeout: "3s", wait_for: |page| {
        page.evaluate("new Promise((done) => setTimeout(() => done(1), 400)).then(() => { throw new Error(document.title) })");
        false
    }).title);
    on("before_retrieve_html", |page| {
        print("hook", page.url.contains("localhost"));
        print("hook", page.evaluate("document.title").contains("lighthouse"));
    });
    said(|| crawl(`${site}/form`, js: leads, wait_for: js("location.hostname == 'localhost'"), timeout: "3s").title);
}
"#,
    );
    let lines = said(&stage, HERE);
    let ends: Vec<&String> = lines.iter().filter(|line| !line.starts_with("polled")).collect();
    assert_eq!(ends, [DENIED; 3], "{lines:?}");
    assert!(lines.iter().all(|line| !line.ends_with("true")), "{lines:?}");
}

fn identity() {
    let stage = stage(
        r#"
fn domains(cookies) { cookies.map(|cookie| cookie.domain).filter(|domain| domain != "127.0.0.1") }
session("s", state: "given.json") {
    crawl(`${site}/cookies`);
    crawl(`${site}/cookies`, js: `localStorage.setItem('own', 'of-here'); setTimeout(() => { location.href = '${other}/cookies' }, 100)`);
    sleep("1s");
    print(cookies().len() > 0, domains(cookies()));
    save_state("moved.json");
    let page = crawl(`${site}/cookies`, cookies: true);
    print(page.cookies.len() > 0, domains(page.cookies));
    save_state("back.json");
}
"#,
    );
    let cookie = r#"{"name": "id", "value": "of-there", "domain": "localhost", "path": "/", "expires": -1, "httpOnly": false, "secure": false, "sameSite": "Lax"}"#;
    let origins = r#"[{"origin": "http://localhost:9", "localStorage": [{"name": "word", "value": "of-there"}]}]"#;
    stage.write("given.json", &format!(r#"{{"cookies": [{cookie}], "origins": {origins}}}"#));
    let files = ["--allow-read", ".", "--allow-write", "."];
    assert_eq!(said(&stage, &[HERE, &files].concat()), ["true []", "true []"]);
    for name in ["moved.json", "back.json"] {
        let state = stage.read(name);
        assert!(state.contains("visits") && !state.contains("localhost") && !state.contains("of-there"), "{state}");
    }
    assert!(stage.read("back.json").contains("of-here"), "{}", stage.read("back.json"));
    let lines = said(&stage, &[]);
    assert!(lines.iter().all(|line| line.contains("localhost")), "no limits: {lines:?}");
    let state = stage.read("back.json");
    assert!(state.contains("\"localhost\"") && state.contains("http://localhost:9"), "no limits: {state}");
}

fn domains() {
    let stage = stage(
        r#"
session("s") {
    crawl(`${site}/form`);
    for domain in [".example.com", ".example.net", ".example.org", ".a.example.org", ".ample.com"] {
        set_cookies([#{ name: "id", value: "1", domain: domain, path: "/" }]);
    }
    let all = cookies().map(|cookie| cookie.domain);
    all.sort();
    print(all);
}
"#,
    );
    let all = r#"[".a.example.org",".ample.com",".example.com",".example.net",".example.org"]"#;
    assert_eq!(said(&stage, &[]), [all]);
    let hosts = "127.0.0.1,shop.example.com:8443,*.example.net,a.example.org";
    let some = r#"[".a.example.org",".example.com",".example.net",".example.org"]"#;
    assert_eq!(said(&stage, &["--allow-host", hosts]), [some]);
    assert_eq!(said(&stage, &["--allow-host", "127.0.0.1,*.org"]), [r#"[".a.example.org",".example.org"]"#]);
}

fn popups() {
    let stage = stage(
        r#"
session("s") {
    crawl(`${site}/form`, js: `window.open('${other}/article'); 1`);
    sleep("1s");
    for page in pages() { print(page.number, page.url.contains("localhost"), page.title); }
    said(|| { switch_to(1); evaluate("document.title") });
}
"#,
    );
    let lines = said(&stage, HERE);
    assert!(lines[0].starts_with("0 false ") && lines[0].len() > "0 false ".len(), "{lines:?}");
    assert_eq!(lines[1].trim(), "1 true", "{lines:?}");
    assert_eq!(lines[2], DENIED);
    let lines = said(&stage, &[]);
    assert!(lines[1].contains("lighthouse") && lines[2].contains("lighthouse"), "no limits: {lines:?}");
}

fn frames() {
    let stage = stage(
        r##"
session("s") {
    let page = crawl(`${site}/iframe`);
    print(page.frames.map(|frame| frame.text.trim()).filter(|text| text != ""));
    print(page.frames[0].frames.map(|frame| frame.text.trim()));
    print(page.warnings.filter(|warning| warning.contains("localhost")).len());
    said(|| frame("#same", || evaluate("document.title")));
    said(|| frame("#inline", || evaluate("document.body.innerText.trim()")));
    said(|| frame("#other", || evaluate("document.title")));
    said(|| frame("#other", || wait_for(text("h2", "zz"), timeout: "500ms")));
    said(|| frame("#same", || frame("#nested", || evaluate("document.title"))));
    said(|| crawl(mhtml: true).mhtml.contains("inside another"));
    said(|| crawl(js: "document.title = 'boundary=\"x\"'", mhtml: true).mhtml.contains("inside another"));
    said(|| crawl(`${site}/article`, mhtml: true).mhtml.contains("lighthouse"));
}
"##,
    );
    let lines = said(&stage, HERE);
    assert!(!lines[0].contains("inside another") && lines[0].contains("inside the same"), "{lines:?}");
    assert!(lines[0].contains("inside srcdoc"), "{lines:?}");
    assert!(!lines[1].contains("inside"), "{lines:?}");
    assert_eq!(lines[2..], ["1", "Frame same", "inside srcdoc", DENIED, DENIED, DENIED, DENIED, DENIED, "true"]);
    let lines = said(&stage, &[]);
    assert!(lines[0].contains("inside another") && lines[1].contains("inside a frame of a frame"), "{lines:?}");
    let open = ["0", "Frame same", "inside srcdoc", "Frame other"];
    assert_eq!(lines[2..6], open, "no limits");
    assert_eq!(lines[7..], ["Frame nested", "true", "true", "true"], "no limits");
}

fn responses() {
    let stage = stage(
        r#"
session("s") {
    let asks = |from| `fetch('${from}/text', { mode: 'no-cors' }); 1`;
    said(|| crawl(`${site}/form`, js: asks.call(site), wait_for: response("**/text")).response.body.contains("markup"));
    said(|| crawl(`${site}/form`, js: asks.call(other), wait_for: response("**/text")).response.body.contains("markup"));
}
"#,
    );
    assert_eq!(said(&stage, HERE), ["true", DENIED]);
    assert_eq!(said(&stage, &[]), ["true", "true"], "no limits");
}

fn unseen() {
    let stage = stage(
        r#"
let tells = "addEventListener('load', () => { if (location.hostname == 'localhost') (opener || parent).postMessage(document.title, '*'); document.title = 'seen ' + document.title; })";
let hears = "new Promise(told => { addEventListener('message', (e) => told(e.data.includes('lighthouse'))); setTimeout(() => told('nothing'), 3000);";
session("s", init_js: tells) {
    print(crawl(`${site}/form`).title.starts_with("seen "));
    print(crawl(js: `${hears} const frame = document.createElement('iframe'); frame.src = '${other}/article'; document.body.append(frame); })`).js);
    print(crawl(js: `${hears} window.open('${other}/article'); })`).js);
}
session("w") {
    crawl(`${site}/form`);
    let goes = `location.hostname == 'localhost' ? (document.title && (location = '${site}/text?' + encodeURIComponent(document.title)), false) : location.search.includes('lighthouse')`;
    said(|| crawl(js: leads, wait_for: js(goes), timeout: "5s").url.contains("lighthouse"));
}
"#,
    );
    assert_eq!(said(&stage, HERE), ["true", "nothing", "nothing", DENIED]);
    assert_eq!(said(&stage, &[]), ["true", "true", "true", "true"], "no limits");
}

fn own() {
    let stage = stage(
        r#"
for browser in ["headless-shell", "firefox"] {
    session(browser, browser: browser) {
        for page in ["config", "support", "version"] { said(|| crawl(`about:${page}`).title); }
        said(|| crawl("about:blank").title);
    }
}
"#,
    );
    let refused = "crawl::url::invalid false no page";
    for limits in [HERE, &[]] {
        let of_each = [refused, refused, refused, ""];
        assert_eq!(said(&stage, limits), [of_each, of_each].concat(), "{limits:?}");
    }
}

fn local() {
    let stage = stage(
        r##"
session("s") {
    print(crawl("file:page.html", wait_for: js("document.title != 'waits'")).title);
    let page = crawl("data:text/html;base64,PGEgaWQ9eCBocmVmPSJmaWxlOi8vL2V0Yy9ob3N0bmFtZSI+eDwvYT4=");
    said(|| crawl(page.attr("#x", "href")).title);
    let named = ();
    try { evaluate("throw new Error('file:/' + '//etc/passwd')"); } catch (e) { named = e.message.sub_string(e.message.index_of("file:")); }
    said(|| crawl(named).title);
}
"##,
    );
    stage.write("page.html", "<title>waits</title><script>fetch('other.txt').then((it) => it.text()).then((text) => { document.title = text }, () => { document.title = 'refused' })</script>");
    stage.write("other.txt", "read");
    for browser in ["headless-shell", "firefox"] {
        let named = "crawl::access::denied false no page";
        assert_eq!(said(&stage, &["--browser", browser]), ["refused", named, named], "{browser}");
    }
}
