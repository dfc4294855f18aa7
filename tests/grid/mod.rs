//! A real Selenium Grid: sessions spread over its slots, wait for one, survive a node's end, and are deleted however a run
//! ends.

mod server;

use std::time::Duration;

use libtest_mimic::Trial;

use super::process::stage::Stage;
use server::Grid;

/// The trials; one after another on one grid, which takes a while to start.
pub fn trials() -> Vec<Trial> {
    let missing = server::missing();
    let name = match missing {
        Some(why) => format!("grid::sessions_on_a_grid (skipped: {why})"),
        None => "grid::sessions_on_a_grid".to_owned(),
    };
    let all = Trial::test(name, || {
        let mut grid = Grid::start();
        spreads(&grid);
        queues(&grid);
        deletes(&grid);
        survives(&mut grid);
        Ok(())
    });
    vec![all.with_ignored_flag(missing.is_some())]
}

const SPREAD: &str = r#"
let site = playground();
let rows = parallel([1, 2, 3, 4], |n| session(`s${n}`) {
    crawl(`${site}/cookies`);
    crawl(js: `document.cookie = 'own=${n}; path=/'`);
    crawl(`${site}/commits`);
    let page = crawl(
        js: "document.querySelector('[data-testid=pagination-next-button]').click()",
        wait_for: changed("li[data-testid='commit-row-item'] h4"),
    );
    [page.select("li[data-testid='commit-row-item']").len(), crawl(`${site}/cookies`, js: "document.cookie").js]
}, workers: 4);
for row in rows { print(row); }
print("ready");
sleep("1s");
"#;

fn spreads(grid: &Grid) {
    let stage = Stage::with(SPREAD);
    let mut run = stage.start(&["run", "script.crawl", "--webdriver", &grid.url(), "--protocol-log", "log"]);
    run.until("ready");
    assert_eq!(grid.sessions(), 2, "both slots are used, and shared");
    let ended = run.end();
    let rows: Vec<String> = (1..=4).map(|n| format!("[30,\"own={n}; visits=2\"]")).collect();
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines[..4], rows, "{}", ended.stderr);
    assert!(stage.read("log").contains("Target.createBrowserContext"), "the fast lane is used");
    grid.wait_for_sessions(0);
}

fn queues(grid: &Grid) {
    let holder = Stage::with(SPREAD);
    let mut holding = holder.start(&["run", "script.crawl", "--webdriver", &grid.url()]);
    holding.until("ready");
    let stage = Stage::with(
        "let site = playground();\nprint(session(\"s\") { crawl(`${site}/article`, timeout: \"5s\").status });",
    );
    let waiting = stage.start(&["run", "script.crawl", "--webdriver", &grid.url()]);
    let first = holding.end();
    assert_eq!(first.status.code(), Some(0), "{}", first.stderr);
    let ended = waiting.end();
    assert_eq!(ended.stdout, "200\n", "{}", ended.stderr);
    grid.wait_for_sessions(0);
}

fn deletes(grid: &Grid) {
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        let stage = Stage::with("session(\"s\") { crawl(\"raw:<p>x\"); }\nprint(\"ready\");\nsleep(\"1h\");");
        let mut run = stage.start(&["run", "script.crawl", "--webdriver", &grid.url()]);
        run.until("ready");
        assert_eq!(grid.sessions(), 1, "before SIG{signal}");
        run.signal(signal);
        run.end();
        grid.wait_for_sessions(0);
        stage.assert_nothing_left();
    }
}

fn survives(grid: &mut Grid) {
    let stage = Stage::with(
        r#"
let site = playground();
session("s") {
    crawl(`${site}/cookies`);
    crawl(js: "localStorage.setItem('kept', 'yes'); document.cookie = 'own=1; path=/'");
    sleep("300ms");
    print("ready");
    try { crawl(js: "new Promise(() => {})"); } catch (e) { print(e.code); }
    print(crawl(`${site}/cookies`, js: "localStorage.getItem('kept') + ' ' + document.cookie").js);
}
"#,
    );
    let mut run = stage.start(&["run", "script.crawl", "--webdriver", &grid.url()]);
    run.until("ready");
    std::thread::sleep(Duration::from_millis(300));
    let begun = std::time::Instant::now();
    grid.kill_a_busy_node();
    run.until("crawl::session::lost");
    // The hub keeps the connection: only its silence tells.
    assert!(begun.elapsed() < Duration::from_secs(10), "told after {:?}", begun.elapsed());
    let ended = run.end();
    assert_eq!(ended.stdout, "ready\ncrawl::session::lost\nyes own=1; visits=2\n", "{}", ended.stderr);
}
