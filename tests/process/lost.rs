//! Tabs, browsers and drivers that go away under a step: it ends at once, and the session goes on as it was.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::stage::{Running, Stage, signal};
use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("lost::a_killed_browser_ends_the_step_and_is_started_again", || browser("headless-shell")),
        trial("lost::a_killed_chromium_ends_the_step_and_is_started_again", || browser("chromium")),
        trial("lost::a_killed_renderer_ends_the_step_and_nothing_else", renderer),
        trial("lost::a_stopped_browser_ends_the_step_at_its_deadline", || stopped(true)),
        trial("lost::a_stopped_renderer_ends_the_step_at_its_deadline", || stopped(false)),
        trial("lost::a_killed_driver_disturbs_nobody", driver),
        trial("lost::a_browser_is_spoken_to_early_where_its_driver_fits", early),
        trial("lost::a_killed_reaper_is_replaced", reaper),
        trial("lost::a_browser_that_ends_again_and_again_is_given_up", given_up),
        trial("lost::a_browser_that_makes_no_more_pages_is_left_for_another", barren),
        trial("lost::a_full_disk_is_named", full_disk),
        trial("lost::a_browser_that_takes_much_memory_ends_with_its_last_session", recycled),
    ]
}

/// A session with cookies and storage, a step that waits for ever, and the session's next step.
const SCENE: &str = r#"
let site = playground();
fn note(e) { print(e.code); print(e.message); }
session("s", user_agent: "Mozilla/5.0 lost and found") {
    crawl(`${site}/cookies`);
    crawl(js: "localStorage.setItem('kept', 'yes'); document.cookie = 'own=1; path=/'; sessionStorage.setItem('x', '1')");
    sleep("150ms");
    print("ready");
    try { crawl(js: "new Promise(() => {})", timeout: LIMIT); } catch (e) { note(e); }
    try { crawl(js: "1"); } catch (e) { print(e.code); }
    let page = crawl(`${site}/cookies`, js: "localStorage.getItem('kept') + ' ' + document.cookie + ' ' + navigator.userAgent");
    print(page.js);
    print(page.select("tr[data-name=visits] td")[0].text);
}
"#;

const AS_BEFORE: &str = "yes own=1; visits=2 Mozilla/5.0 lost and found";

fn scene(limit: &str) -> Stage {
    Stage::with(&SCENE.replace("LIMIT", &format!("\"{limit}\"")))
}

fn browser(name: &str) {
    let stage = scene("30s");
    let mut run = stage.start(&["run", "script.crawl", "--browser", name]);
    run.until("ready");
    let parts = stage.processes(&["chromium", "--type="]);
    let mut all = stage.processes(&["chromium", "--remote-debugging-port"]);
    all.retain(|id| !parts.contains(id));
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    for id in all {
        signal("KILL", id);
    }
    run.until("crawl::session::lost");
    assert!(begun.elapsed() < Duration::from_secs(1), "told after {:?}", begun.elapsed());
    let ended = run.end();
    let lines: Vec<&str> = ended.stdout.lines().skip(1).collect();
    assert!(lines[1].contains("the browser ended"), "{lines:?}\n{}", ended.stderr);
    assert_eq!(lines[2..], ["crawl::session::lost", AS_BEFORE, "1"], "{}", ended.stderr);
    assert!(ended.stderr.contains("was gone: it goes on in another one"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn renderer() {
    let stage = Stage::with(
        r#"
let site = playground();
session("other") { crawl(`${site}/article`, js: "window.kept = 'here'"); }
session("s") { crawl(`${site}/cookies`, js: "localStorage.setItem('kept', 'yes')"); }
print("ready");
session("s") {
    try { crawl(js: "new Promise(() => {})"); } catch (e) { print(e.code); print(e.message); }
    let page = crawl(`${site}/cookies`, js: "localStorage.getItem('kept') + ' ' + document.cookie");
    print(page.js);
}
session("other") { print(crawl(js: "window.kept").js); }
"#,
    );
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("ready");
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    let mut renderers: Vec<(u32, u32)> = Vec::new();
    for id in stage.processes(&["--type=renderer"]) {
        let command = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default().replace('\0', " ");
        let number =
            command.split("--renderer-client-id=").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        renderers.push((number.unwrap_or(0), id));
    }
    renderers.sort_unstable();
    signal("KILL", renderers.last().unwrap().1);
    run.until("crawl::session::lost");
    assert!(begun.elapsed() < Duration::from_secs(1), "told after {:?}", begun.elapsed());
    let ended = run.end();
    let lines: Vec<&str> = ended.stdout.lines().skip_while(|line| *line != "crawl::session::lost").collect();
    assert!(lines[1].contains("renderer crashed"), "{lines:?}");
    assert_eq!(lines[2..], ["yes visits=2", "here"], "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn stopped(whole: bool) {
    let stage = scene("2s");
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("ready");
    let ids = if whole { stage.browsers() } else { stage.processes(&["--type=renderer"]) };
    assert!(!ids.is_empty());
    let begun = Instant::now();
    for id in &ids {
        signal("STOP", *id);
    }
    run.until("crawl::session::lost");
    // The deadline, and the time in which something of a browser that lives is heard.
    let limit = Duration::from_secs(2) + Duration::from_millis(3500);
    assert!(begun.elapsed() < limit, "told after {:?}", begun.elapsed());
    let ended = run.end();
    let lines: Vec<&str> = ended.stdout.lines().skip(1).collect();
    let cause = if whole { "the browser does not answer" } else { "the page does not answer" };
    assert!(lines[1].contains(cause), "{lines:?}\n{}", ended.stderr);
    assert_eq!(lines[2..], ["crawl::session::lost", AS_BEFORE, "1"], "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn driver() {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    crawl(`${site}/article`);
    print("ready");
    print(crawl(js: "new Promise((done) => setTimeout(() => done('undisturbed'), 600))").js);
}
print(session("t") { crawl(`${site}/article`).status });
"#,
    );
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("ready");
    for id in stage.processes(&["chromedriver", "--port"]) {
        signal("KILL", id);
    }
    let ended = run.end();
    assert_eq!(ended.stdout, "ready\nundisturbed\n200\n", "{}", ended.stderr);
    stage.assert_nothing_left();
}

/// How often the run connected to its browser, and what it asked first.
fn sockets(stage: &Stage, command: &mut std::process::Command) -> (usize, String) {
    let ended = Running::of(command.spawn().unwrap()).end();
    assert_eq!(ended.stdout, "200\n", "{}", ended.stderr);
    let log = stage.read("protocol.log");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: std::collections::BTreeSet<&str> = lines.iter().filter_map(|line| line["to"].as_str()).collect();
    (names.len(), lines[0]["message"]["method"].as_str().unwrap().to_owned())
}

fn early() {
    let stage = Stage::with("print(crawl(`${playground()}/article`).status);");
    let args = ["run", "script.crawl", "--protocol-log", "protocol.log"];
    let plain = sockets(&stage, &mut stage.command(&args));
    assert_eq!(plain, (1, "Browser.getVersion".to_owned()), "the browser is spoken to before its driver's session");
    // A driver that says it is of another version may end its browser: its word is waited for.
    let driver = crawl::browser::find(crawl::browser::Program::ChromeDriver).unwrap();
    let other = format!(
        "#!/bin/sh\n{} \"$@\" | sed -u 's/Starting ChromeDriver [0-9]*/Starting ChromeDriver 1/'\n",
        driver.display()
    );
    stage.write("driver", &other);
    let path = stage.path("driver");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (count, _) = sockets(&stage, stage.command(&args).env("CRAWL_CHROMEDRIVER", &path));
    assert_eq!(count, 2, "and the browser asked for anew once there is a session");
    stage.assert_nothing_left();
}

fn reaper() {
    let script = r#"
session("s") { crawl("raw:<p>x"); }
print("ready");
sleep("700ms");
print("done");
sleep("1h");
"#;
    for ending in ["INT", "KILL"] {
        let stage = Stage::with(script);
        let mut run = stage.start(&["run", "script.crawl"]);
        run.until("ready");
        let reapers = stage.processes(&["crawl-reaper"]);
        assert!(!reapers.is_empty());
        for id in reapers {
            signal("KILL", id);
        }
        run.until("done");
        run.signal(ending);
        run.end();
        stage.assert_nothing_left();
    }
}

fn given_up() {
    let stage = Stage::with(
        r#"
for i in 1..=8 {
    session("s") {
        crawl("raw:<p>x");
        print(`ready ${i}`);
        try { crawl(js: "new Promise(() => {})"); } catch (e) { print(e.code); }
    }
}
"#,
    );
    let mut run = stage.start(&["run", "script.crawl"]);
    for round in 1..=5 {
        run.until(&format!("ready {round}"));
        for id in stage.browsers() {
            signal("KILL", id);
        }
        run.until("crawl::session::lost");
    }
    let ended = run.end();
    assert_eq!(ended.status.code(), Some(5), "{}", ended.stderr);
    assert!(ended.stderr.contains("crawl::browser::given_up"), "{}", ended.stderr);
    assert!(ended.stderr.contains("ended 5 times within 60 s"), "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn full_disk() {
    let stage = Stage::with("crawl(\"raw:<p>x\");");
    let mount = stage.path("small");
    std::fs::create_dir(&mount).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "crawl-test"])
        .arg(&mount)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let ended = Running::of(
        stage.command(&["run", "script.crawl", "--diagnostics", "short"]).env("TMPDIR", &mount).spawn().unwrap(),
    )
    .end();
    let left: Vec<_> = std::fs::read_dir(&mount).unwrap().flatten().map(|entry| entry.path()).collect();
    let rest = stage.processes(&[]);
    assert!(std::process::Command::new("umount").arg("-l").arg(&mount).status().unwrap().success());
    assert!(rest.is_empty(), "{rest:?}");
    assert_eq!(ended.status.code(), Some(5), "{}", ended.stderr);
    assert!(ended.took < Duration::from_secs(10), "told after {:?}", ended.took);
    assert!(ended.stderr.contains("No space left on device"), "{}", ended.stderr);
    assert!(left.is_empty(), "{left:?}");
    stage.assert_nothing_left();
}

/// Every browser takes more than a megabyte: each new session gets one of its own, and the script does not notice.
fn recycled() {
    let stage = Stage::with(
        r#"
let site = playground();
session("a") { crawl(`${site}/article`, js: "window.kept = 'a'"); }
sleep("1s");
session("b") { crawl(`${site}/article`, js: "window.kept = 'b'"); }
print("two");
sleep("500ms");
session("a") { print(crawl(js: "window.kept").js); }
close("a");
sleep("6s");
print("one");
sleep("500ms");
session("b") { print(crawl(js: "window.kept").js); }
"#,
    );
    let mut run = stage.start(&["run", "script.crawl", "--browser-memory", "1"]);
    run.until("two");
    assert_eq!(stage.browsers().len(), 2);
    run.until("one");
    assert_eq!(stage.browsers().len(), 1);
    let ended = run.end();
    assert_eq!(ended.stdout, "two\na\none\nb\n", "{}", ended.stderr);
    stage.assert_nothing_left();
}

fn barren() {
    let stage = Stage::with(
        r#"
let site = playground();
session("old") { crawl(`${site}/article`, js: "window.kept = 'here'"); }
print("ready");
sleep("1s");
session("new") { print(crawl(`${site}/article`).status); }
session("old") { print(crawl(js: "window.kept").js); }
"#,
    );
    let mut run = stage.start(&["run", "script.crawl"]);
    run.until("ready");
    // What new pages are forked from.
    for id in stage.processes(&["--type=zygote"]) {
        signal("KILL", id);
    }
    let ended = run.end();
    let lines: Vec<&str> = ended.stdout.lines().skip(1).collect();
    assert_eq!(lines, ["200", "here"], "{}", ended.stderr);
    stage.assert_nothing_left();
}
