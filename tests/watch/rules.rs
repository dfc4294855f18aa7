//! The rules of reuse, case by case, as a script's author meets them.

use libtest_mimic::Trial;

use super::{Desk, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("a_changed_reading_makes_no_request", changed_reading),
        trial("a_changed_selector_over_a_stored_megabyte_makes_no_request", large_page),
        trial("an_appended_step_runs_on_the_page_as_it_stands", appended),
        trial("a_changed_act_rebuilds_its_session_and_says_so", changed_act),
        trial("a_changed_early_act_makes_all_that_follow_run", changed_early),
        trial("a_step_that_failed_before_it_touched_the_page_runs_where_it_stands", failed_untouched),
        trial("a_failed_step_is_done_again", failed),
        trial("a_changed_hook_makes_its_steps_run", changed_hook),
        trial("what_a_hook_calls_or_names_counts_into_it", hook_names),
        trial("a_changed_module_changes_what_it_gives_and_what_hooks_call", changed_module),
        trial("a_closure_compares_by_source_and_captures", captures),
        trial("branches_of_parallel_follow_their_own_past", parallel),
        trial("time_and_chance_are_seen_again", observed),
        trial("files_and_the_environment_are_looked_at_anew", read_anew),
        trial("a_fresh_step_runs_every_time", fresh),
        trial("a_session_that_the_script_no_longer_has_comes_back", dropped_session),
        trial("a_save_cuts_a_run_off", cut_off),
        trial("a_save_cuts_off_a_step_and_an_endless_loop", cut_off_within),
        trial("a_kill_leaves_nothing", killed),
        trial("an_interrupt_ends_it_with_its_browsers", interrupted),
    ]
}

fn changed_reading() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { print("first", crawl("SITE/cache-me", css: "h1").selected[0].text); }"#);
    let mut watch = desk.watch(&["-q"]);
    watch.until("first Cache me");
    desk.save("s.crawl", r#"session("a") { print("second", crawl("SITE/cache-me", css: ".hits").selected[0].text); }"#);
    watch.until("second 1");
    assert_eq!(desk.hits(), 1);
}

fn appended() {
    let desk = Desk::new();
    let first = r#"session("a") { crawl("SITE/cache-me", js: "window.kept = 7"); "#;
    desk.save("s.crawl", &format!("{first} }}"));
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", &format!("{first} print(\"kept\", crawl(js: \"window.kept\").js); }}"));
    watch.until("kept 7");
    watch.until("1 reused · 1 live");
    assert_eq!(desk.hits(), 1);
}

fn changed_act() {
    let desk = Desk::new();
    let script = |js: &str| format!(r#"session("a") {{ crawl("SITE/cache-me"); print("js", crawl(js: "{js}").js); }}"#);
    desk.save("s.crawl", &script("window.n = (window.n ?? 0) + 1"));
    let mut watch = desk.watch(&[]);
    watch.until("js 1");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("window.n = (window.n ?? 0) + 10"));
    watch.until("js 10");
    let line = watch.until("1 reused · 1 live");
    assert!(line.contains("`a` repeated 1 step from its last navigation on"), "{line}");
}

fn cut_off() {
    let desk = Desk::new();
    let script = |then: &str| format!(r#"session("a") {{ crawl("SITE/cache-me"); print("there"); {then} }}"#);
    desk.save("s.crawl", &script("sleep(\"1h\");"));
    let mut watch = desk.watch(&["-v"]);
    watch.until("/cache-me");
    desk.save("s.crawl", &script("print(\"done\");"));
    watch.until("done");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn interrupted() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); }"#);
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    assert!(!desk.stage.left().is_empty(), "a browser runs");
    assert_eq!(watch.interrupt(), Some(130));
    desk.stage.assert_nothing_left();
}

fn large_page() {
    let desk = Desk::new();
    let script = |css: &str| {
        let grow = "document.body.innerHTML += '<p class=row>some words in a row</p>'.repeat(30000)";
        format!(
            r#"session("a") {{
                 let page = crawl("SITE/cache-me", js: "{grow}", css: "{css}");
                 print("found", page.selected.len(), page.html.len() > 1000000);
               }}"#
        )
    };
    desk.save("s.crawl", &script("h1"));
    let mut watch = desk.watch(&[]);
    watch.until("found 1 true");
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", &script("p.row"));
    watch.until("found 30000 true");
    watch.until("1 reused · 0 live · 1 read anew");
    assert_eq!(desk.hits(), 1);
}

fn changed_early() {
    let desk = Desk::new();
    let script = |first: &str| {
        format!(
            r#"session("a") {{ crawl("SITE/cache-me"); crawl(js: "window.n = {first}"); print("n", crawl(js: "window.n").js); }}"#
        )
    };
    desk.save("s.crawl", &script("1"));
    let mut watch = desk.watch(&[]);
    watch.until("n 1");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &script("2"));
    watch.until("n 2");
    let line = watch.until("1 reused · 2 live");
    assert!(line.contains("step 2 changed: js"), "{line}");
}

fn changed_hook() {
    let desk = Desk::new();
    let script = |mark: &str| {
        format!(
            r#"session("a") {{
                 on("after_goto", |page| {{ page.eval("window.mark = {mark}"); }});
                 crawl("SITE/cache-me");
                 print("mark", crawl(js: "window.mark").js);
               }}
               session("b") {{ crawl("SITE/article"); }}"#
        )
    };
    desk.save("s.crawl", &script("1"));
    let mut watch = desk.watch(&[]);
    watch.until("mark 1");
    watch.until("0 reused · 3 live");
    // Moved, but the same.
    desk.save("s.crawl", &format!("\n\n// moved\n{}", script("1")));
    watch.until("3 reused · 0 live");
    desk.save("s.crawl", &script("2"));
    watch.until("mark 2");
    let line = watch.until("0 reused · 3 live");
    assert!(line.contains("step 1 changed: hooks"), "{line}");
}

fn hook_names() {
    let desk = Desk::new();
    let script = |by: &str, times: &str| {
        format!(
            r#"const TIMES = {times};
               fn mark(page) {{ set(page, {by}) }}
               fn set(page, by) {{ page.eval("window.mark = " + (by * TIMES)); }}
               session("a") {{
                 on("after_goto", |page| mark(page));
                 crawl("SITE/cache-me");
                 print("mark", crawl(js: "window.mark").js);
               }}"#
        )
    };
    desk.save("s.crawl", &script("1", "1"));
    let mut watch = desk.watch(&[]);
    watch.until("mark 1");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("5", "1"));
    watch.until("mark 5");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("5", "7"));
    watch.until("mark 35");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &format!("{} print(\"same\");", script("5", "7")));
    watch.until("same");
    watch.until("2 reused · 0 live");
}

fn changed_module() {
    let desk = Desk::new();
    let module = |css: &str, mark: &str| {
        format!("fn css() {{ \"{css}\" }}\nfn mark(page) {{ page.eval(\"window.mark = {mark}\"); }}")
    };
    desk.save("parts.crawl", &module("h1", "1"));
    desk.save(
        "s.crawl",
        r#"import "parts" as parts;
           session("a") { print("read", crawl("SITE/cache-me", css: parts::css()).selected[0].text); }
           session("b") {
             on("after_goto", |page| parts::mark(page));
             crawl("SITE/article");
             print("mark", crawl(js: "window.mark").js);
           }"#,
    );
    let mut watch = desk.watch(&[]);
    watch.until("read Cache me");
    watch.until("mark 1");
    watch.until("0 reused · 3 live");
    desk.save("parts.crawl", &module("h1", "2"));
    watch.until("mark 2");
    watch.until("1 reused · 2 live");
    desk.save("parts.crawl", &module(".hits", "2"));
    watch.until("read 1");
    assert_eq!(desk.hits(), 1);
}

fn captures() {
    let desk = Desk::new();
    let script = |then: &str, least: &str| {
        format!(
            r#"let least = {least};
               session("a") {{ crawl("SITE/cache-me", wait_for: || least > 0 {then}); }}
               print("ran", least);"#
        )
    };
    desk.save("s.crawl", &script("", "1"));
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", &format!("// moved\n{}", script("", "1")));
    watch.until("1 reused · 0 live");
    desk.save("s.crawl", &script("", "2"));
    let line = watch.until("0 reused · 1 live");
    assert!(line.contains("step 1 changed: wait_for"), "{line}");
    desk.save("s.crawl", &script("&& true", "2"));
    watch.until("0 reused · 1 live");
    assert_eq!(desk.hits(), 3);
}

fn parallel() {
    let desk = Desk::new();
    let script = |second: &str| {
        format!(
            r#"let js = #{{ a: "1", b: "{second}" }};
               let all = parallel(["a", "b"], |id| session(id) {{
                 crawl("SITE/cache-me");
                 crawl(js: js[id]).js
               }});
               print("all", all[0], all[1]);"#
        )
    };
    desk.save("s.crawl", &script("2"));
    let mut watch = desk.watch(&[]);
    watch.until("all 1 2");
    watch.until("0 reused · 4 live");
    desk.save("s.crawl", &script("3"));
    watch.until("all 1 3");
    watch.until("3 reused · 1 live");
    desk.save("s.crawl", &format!("{}\nsession(\"c\") {{ crawl(\"SITE/article\"); }}", script("3")));
    watch.until("4 reused · 1 live");
}

fn observed() {
    let desk = Desk::new();
    let script = |end: &str| {
        format!(
            r#"let now = now();
               let random = random();
               session("a") {{ crawl(`SITE/cache-me?now=${{now}}&random=${{random}}`); }}
               {end}"#
        )
    };
    desk.save("s.crawl", &script(""));
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    desk.save("s.crawl", &script("print(\"again\");"));
    watch.until("again");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn read_anew() {
    let desk = Desk::new();
    desk.save("page.txt", "cache-me");
    desk.save(
        "s.crawl",
        r#"let home = env("TMPDIR"); session("a") { print(home != "", crawl(`SITE/${read_text("page.txt")}`).title); }"#,
    );
    let mut watch = desk.watch(&[]);
    watch.until("true Cache me");
    watch.until("0 reused · 1 live");
    desk.save("page.txt", "article");
    let line = watch.until("0 reused · 1 live");
    assert!(line.contains("step 1 changed: url"), "{line}");
    assert_eq!((desk.hits(), desk.requests("/article")), (1, 1));
}

fn fresh() {
    let desk = Desk::new();
    let script = |words: &str| {
        format!(
            r#"session("a") {{ crawl("SITE/article"); }}
               session("b") {{ print("{words}", crawl("SITE/cache-me", fresh: true, css: ".hits").selected[0].text); }}"#
        )
    };
    desk.save("s.crawl", &script("one"));
    let mut watch = desk.watch(&[]);
    watch.until("one 1");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("two"));
    watch.until("two 2");
    let line = watch.until("1 reused · 1 live");
    assert!(line.contains("step 2 always runs"), "{line}");
}

fn dropped_session() {
    let desk = Desk::new();
    let both =
        r#"session("a") { crawl("SITE/cache-me", js: "window.kept = 1"); } session("b") { crawl("SITE/article"); }"#;
    desk.save("s.crawl", both);
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", "session(\"b\") { crawl(\"SITE/article\"); }");
    watch.until("1 reused · 0 live");
    desk.save("s.crawl", &both.replace("1\");", "1\"); print(\"kept\", crawl(js: \"window.kept\").js);"));
    watch.until("kept 1");
    let line = watch.until("1 reused · 2 live");
    assert!(line.contains("step 2 is new") && line.contains("`a` repeated 1 step"), "{line}");
}

fn cut_off_within() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); crawl(wait_for: ".never", timeout: "1h"); }"#);
    let mut watch = desk.watch(&["-v"]);
    watch.until("/cache-me");
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); } print("looping"); loop { }"#);
    watch.until("looping");
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); } print("done");"#);
    watch.until("done");
    watch.until("1 reused · 0 live");
    assert_eq!(desk.hits(), 1);
}

fn failed_untouched() {
    let desk = Desk::new();
    let script = |second: &str| {
        format!(
            r#"session("a") {{ crawl("SITE/cache-me", js: "window.kept = 7"); let to = "http://[bad"; print("kept", {second}.js); }}"#
        )
    };
    desk.save("s.crawl", &script("crawl(to)"));
    let mut watch = desk.watch(&[]);
    watch.until("crawl::url::invalid");
    watch.until("failed");
    desk.save("s.crawl", &script("crawl(js: \"window.kept\")"));
    watch.until("kept 7");
    let line = watch.until("1 reused · 1 live");
    assert!(!line.contains("`a`"), "{line}");
    assert_eq!(desk.hits(), 1);
}

fn failed() {
    let desk = Desk::new();
    let script = |end: &str| {
        format!(
            r#"session("a") {{
                 crawl("SITE/cache-me");
                 crawl(wait_for: ".never", timeout: "300ms");
               }}
               {end}"#
        )
    };
    desk.save("s.crawl", &script(""));
    let mut watch = desk.watch(&[]);
    watch.until("crawl::wait::timeout");
    watch.until("failed");
    desk.save("s.crawl", &script("print(1);"));
    watch.until("crawl::wait::timeout");
    let line = watch.until("1 reused · 1 live");
    assert!(line.contains("step 2 failed last time"), "{line}");
    assert_eq!(desk.hits(), 1);
}

fn killed() {
    let desk = Desk::new();
    desk.save("s.crawl", r#"session("a") { crawl("SITE/cache-me"); }"#);
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 1 live");
    watch.child.kill().unwrap();
    desk.stage.assert_nothing_left();
}
