//! Pages that would keep a step for ever: it is cut at its deadline, and the session can be used on.

use libtest_mimic::Trial;

use super::stage::Stage;
use super::trial;

/// The js of a page, by the name of what it does, and how its step ends.
const SCENES: &[(&str, &str, &str)] = &[
    ("prints", "window.print()", "()"),
    ("opens_windows", "for (let i = 0; i < 5; i++) window.open('about:blank', 'w' + i)", "()"),
    (
        "asks_in_a_window",
        "const w = window.open('/article'); await new Promise((go) => { w.onload = go; }); w.alert('x')",
        "()",
    ),
    ("asks", "prompt('name?'); confirm('sure?')", "()"),
    ("asks_for_ever", "for (;;) alert(1)", "cut"),
    ("loops", "while (true);", "cut"),
    ("promises", "await new Promise(() => {})", "cut"),
    (
        "requests_without_end",
        "const x = new XMLHttpRequest(); x.open('GET', '/broken/endless', false); x.send()",
        "cut",
    ),
    ("debugs", "debugger", "()"),
    ("downloads", "location.href = '/download'", "()"),
    ("loads_without_end", "location.href = '/broken/endless'", "crawl::navigation::timeout"),
    ("objects", "onbeforeunload = (e) => { e.preventDefault(); }; location.href = '/article'", "()"),
    ("objects_for_ever", "onbeforeunload = () => { while (true); }; location.href = '/article'", "cut"),
    ("rewrites_itself", "document.open(); document.write('<p>x')", "()"),
    ("eats_memory", "const all = []; for (;;) all.push(new Array(1e6).fill(1))", "cut"),
    ("asks_for_credentials", "location.href = '/secret'", "()"),
    ("asks_where_we_are", "await new Promise((go) => navigator.geolocation.getCurrentPosition(go, () => go(1)))", "()"),
    ("wants_to_notify", "await Notification.requestPermission()", "perhaps cut"),
    (
        "wants_a_file",
        "const i = document.createElement('input'); i.type = 'file'; document.body.append(i); i.click()",
        "()",
    ),
];

/// So many scenes share a run: each may take its whole deadline, and a renderer's end beside.
const TOGETHER: usize = 5;

pub fn trials() -> Vec<Trial> {
    let browsers = ["headless-shell", "chromium"];
    let mut trials = Vec::new();
    for browser in browsers {
        for (part, scenes) in SCENES.chunks(TOGETHER).enumerate() {
            let name = format!("deadline::{browser}_pages_that_keep_a_step_{}", part + 1);
            trials.push(trial_of(name, move || pages(browser, scenes)));
        }
    }
    trials.push(trial_of("deadline::a_page_that_kept_one_step_does_not_keep_the_next".to_owned(), move || {
        browsers.into_iter().for_each(kept);
    }));
    trials.push(trial_of("deadline::a_page_that_does_not_let_go_is_left".to_owned(), move || {
        browsers.into_iter().for_each(left);
    }));
    trials.push(trial("deadline::hooks_are_within_it", hooks));
    trials.push(trial("deadline::closing_hooks_are_within_the_sessions", closing));
    trials.push(trial("deadline::computed_fields_are_within_it", computed));
    trials.push(trial_of("deadline::forty_sessions_at_once_are_all_in_time".to_owned(), move || {
        browsers.into_iter().for_each(many);
    }));
    trials
}

fn trial_of(name: String, run: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(format!("process::{name}"), move || {
        run();
        Ok(())
    })
}

fn pages(browser: &str, scenes: &[(&str, &str, &str)]) {
    let mut script = String::from("let site = playground();\n");
    for (name, js, _) in scenes {
        let js = serde_json::Value::from(*js);
        script.push_str(&format!(
            r#"session("{name}") {{
    crawl(`${{site}}/article`);
    let said = "";
    let t = timestamp();
    try {{ crawl(js: {js}, timeout: "1500ms"); said = "()"; }} catch (e) {{ said = e.code; }}
    let late = t.elapsed > 4.0;
    let next = "";
    try {{ next = crawl(`${{site}}/article`, js: "6 * 7", timeout: "20s").js; }} catch (e) {{ next = e.code; }}
    print(`{name}: ${{said}} ${{late}} ${{next}}`);
}}
"#
        ));
    }
    let stage = Stage::with(&script);
    let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), scenes.len(), "{}", ended.stderr);
    for ((name, _, wanted), line) in scenes.iter().zip(lines) {
        let said = line.strip_prefix(&format!("{name}: ")).unwrap_or_default();
        let said = said.strip_suffix(" false 42").unwrap_or_else(|| panic!("{browser}: {line}"));
        // A page whose thread cannot be had back at all is lost; the session is not.
        let cut = wanted.ends_with("cut");
        let fits = said == *wanted
            || (wanted.starts_with("perhaps") && said == "()")
            || (cut && ["crawl::js::timeout", "crawl::session::lost"].contains(&said));
        assert!(fits, "{browser}: {line}");
    }
    stage.assert_nothing_left();
}

fn kept(browser: &str) {
    let stage = Stage::with(
        r#"
let site = playground();
fn said(act) { try { act.call(); return "()"; } catch (e) { return e.code; } }
session("leaving") {
    crawl(`${site}/article`, js: "addEventListener('pagehide', () => { while (true); })");
    print(said(|| crawl(`${site}/article?1`, timeout: "1500ms")));
    print(said(|| crawl(`${site}/article?2`, js: "1", timeout: "20s")));
}
session("hook") {
    on("after_goto", |page| if page.url.contains("loop") { page.evaluate("while (true);") });
    print(said(|| crawl(`${site}/article?loop`, timeout: "1500ms")));
    print(said(|| crawl(`${site}/article?1`, js: "1", timeout: "20s")));
}
session("script") {
    crawl(`${site}/article`);
    print(said(|| crawl(js: "setTimeout(() => { while (true); }, 0)", delay: "100ms", timeout: "1500ms")));
    print(said(|| crawl(`${site}/article?1`, js: "1", timeout: "20s")));
}
session("request") {
    let asks = "const x = new XMLHttpRequest(); x.open('GET', '/broken/endless', false); x.send()";
    crawl(`${site}/article`);
    print(said(|| crawl(js: `setTimeout(() => { ${asks} }, 0)`, wait_for: "p.never", timeout: "1500ms")));
    print(said(|| crawl(`${site}/article?1`, js: "1", timeout: "1500ms")));
    try { crawl(js: asks, timeout: "1500ms"); } catch { }
    // What became of the page is found out beside the step, and the next one hears of it.
    try { crawl(); print("()"); } catch (e) { print(e.code, e.message.contains("the page does not answer")); }
}
"#,
    );
    let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    let cut = ["crawl::navigation::timeout", "crawl::hook::timeout", "crawl::browser::no_answer"];
    let (pairs, request) = lines.split_at(lines.len().min(2 * cut.len()));
    assert_eq!(
        request,
        ["crawl::browser::no_answer", "()", "crawl::session::lost true"],
        "{browser}: {}",
        ended.stderr
    );
    for (pair, cut) in pairs.chunks(2).zip(cut) {
        assert!([cut, "crawl::session::lost"].contains(&pair[0]) && pair[1] == "()", "{browser}: {lines:?}");
    }
    stage.assert_nothing_left();
}

fn left(browser: &str) {
    let stage = Stage::with(
        r#"
let site = playground();
session("unloading") {
    crawl(`${site}/cookies`, js: "localStorage.kept = 1; onbeforeunload = () => { while (true); }; 1");
    let said = [];
    for n in 0..3 {
        try { said.push(crawl(`${site}/cookies?${n}`, js: "localStorage.kept", timeout: "1500ms").js); } catch (e) { said.push(e.code); }
    }
    print(said[0] in ["crawl::session::lost", "crawl::navigation::timeout"], said[1], said[2]);
}
session("twice") {
    crawl(`${site}/article`, js: "for (const name of ['pagehide', 'unload']) addEventListener(name, () => { while (true); }); 1");
    print(crawl(`${site}/article?next`, js: "6 * 7", timeout: "20s").js);
}
session("busy") {
    crawl(`${site}/article`);
    crawl(js: "setTimeout(() => { while (true); }, 50); 1");
    sleep("300ms");
    print(crawl(`${site}/article?next`, js: "6 * 7", timeout: "20s").js);
}
"#,
    );
    let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
    assert_eq!(ended.stdout, "true 1 1\n42\n42\n", "{browser}: {}", ended.stderr);
    stage.assert_nothing_left();
}

fn hooks() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    on("after_goto", |page| sleep("20s"));
    let t = timestamp();
    try { crawl(`${site}/article`, timeout: "1s"); } catch (e) { print(e.code, t.elapsed < 3.0); }
}
session("t") {
    on("after_goto", |page| page.evaluate("new Promise(() => {})"));
    let t = timestamp();
    try { crawl(`${site}/article`, timeout: "1s"); } catch (e) { print(e.code, t.elapsed < 3.0); }
}
session("u") {
    on("after_goto", |page| { loop { } });
    let t = timestamp();
    try { crawl(`${site}/article`, timeout: "1s"); } catch (e) { print(e.code, t.elapsed < 3.0); }
}
print("over");
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    let wanted = "crawl::hook::timeout true\ncrawl::hook::timeout true\ncrawl::hook::timeout true\nover\n";
    assert_eq!(ended.stdout, wanted, "{}", ended.stderr);
}

fn closing() {
    let stage = Stage::with(
        r#"
on("on_close", |page| { loop { } });
session("s", timeout: "1s") { crawl("raw:<p>x"); }
session("t", timeout: "1s") { crawl("raw:<p>x"); }
let t = timestamp();
try { close("s"); } catch (e) { print(e.code, t.elapsed < 4.0); }
print("over");
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.stdout, "crawl::hook::timeout true\nover\n", "{}", ended.stderr);
    assert!(ended.took < std::time::Duration::from_secs(15), "the end of the run took {:?}", ended.took);
}

fn computed() {
    let stage = Stage::with(
        r#"
let rows = [];
schema Row at "p" { name: text(":self"), spin: computed(|row| { loop { } }) }
session("s") {
    let t = timestamp();
    try { crawl("raw:<p>x", extract: Row, timeout: "1s"); } catch (e) { print(e.code, t.elapsed < 3.0); }
}
print("over");
"#,
    );
    let ended = stage.start(&["run", "script.crawl"]).end();
    assert_eq!(ended.stdout, "crawl::extract::timeout true\nover\n", "{}", ended.stderr);
}

fn many(browser: &str) {
    let stage = Stage::with(
        r#"
let site = playground();
let all = [];
for n in 1..=40 { all.push(n); }
let rows = parallel(all, |n| session(`s${n}`) {
    let count = crawl(`${site}/commits`, timeout: "10s").select("li[data-testid='commit-row-item']").len();
    for step in 1..=2 {
        count += crawl(
            js: "document.querySelector('[data-testid=pagination-next-button]').click()",
            wait_for: changed("li[data-testid='commit-row-item'] h4"),
            timeout: "10s",
        ).select("li[data-testid='commit-row-item']").len();
    }
    count
}, workers: 40);
print(rows.len(), rows.filter(|n| n == 90).len());
"#,
    );
    let ended = stage.start(&["run", "script.crawl", "--browser", browser]).end();
    println!("{browser}: 40 sessions in {:?}", ended.took);
    assert_eq!(ended.stdout, "40 40\n", "{}", ended.stderr);
}
