//! Watch left alone, and watch used all day: no work between saves, and no growth.

use std::time::Duration;

use libtest_mimic::Trial;

use super::{Desk, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("between_saves_nothing_is_computed", idle), trial("a_hundred_runs_take_no_more_memory", growth)]
}

/// The processor time that a process took, in the system's ticks of 10 ms.
fn ticks(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// A process's memory in kilobytes.
fn memory(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn idle() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); }"#);
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    std::thread::sleep(Duration::from_millis(500));
    let before = ticks(watch.child.id());
    std::thread::sleep(Duration::from_secs(2));
    let took = ticks(watch.child.id()) - before;
    assert!(took <= 10, "{took} ticks in two seconds without a save");
}

fn growth() {
    let desk = Desk::new();
    let script = |run: u32| {
        format!(
            r#"schema Row at "p.row", min: 1 {{ text: text(":self"), n: computed(|row| {run}) }}
               session("s{}") {{
                 on("before_return_html", |page| {{ let run = {run}; }});
                 let grow = "document.body.innerHTML += '<p class=row>some words in a row</p>'.repeat(2000)";
                 let page = crawl("SITE/cache-me", js: grow, extract: Row);
                 print("run {run}:", page.items.len());
               }}"#,
            run % 7
        )
    };
    desk.save("s.crawl", &script(0));
    let mut watch = desk.watch(&["-q"]);
    watch.until("run 0:");
    let mut early = 0;
    for run in 1..=120 {
        desk.save("s.crawl", &script(run));
        watch.until(&format!("run {run}: 2000"));
        if run == 20 {
            early = memory(watch.child.id());
        }
    }
    let late = memory(watch.child.id());
    assert!(late < early + 12 * 1024, "{early} kB after 20 runs, {late} kB after 120");
}
