//! The rules of reuse for acts: what a person does on a page.

use libtest_mimic::Trial;

use super::{Desk, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("an_appended_act_is_done_on_the_page_as_it_stands", appended),
        trial("a_changed_act_on_a_field_is_done_on_the_page_before_it", changed),
        trial("an_act_that_found_no_target_is_done_where_the_page_stands", missed),
        trial("acts_in_frames_follow_the_same_rules", framed),
    ]
}

const NAME: &str = "evaluate(\"document.querySelector('#name').value\")";

fn form(acts: &str) -> String {
    format!(r#"session("a") {{ crawl("SITE/form"); {acts} }}"#)
}

fn appended() {
    let desk = Desk::new();
    let first = "evaluate(\"window.kept = 7\"); fill(\"label=Name\", \"Ada\");";
    desk.save("s.crawl", &form(first));
    let mut watch = desk.watch(&[]);
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &form(&format!("{first} click(\"label=Agree\"); print(\"page\", {NAME}, crawl().has(\"#agree[checked]\"), evaluate(\"window.kept\"));")));
    watch.until("page Ada false 7");
    let line = watch.until("3 reused · 4 live");
    assert!(line.contains("step 4 is new") && !line.contains("repeated"), "{line}");
    assert_eq!(desk.requests("/form"), 1);
}

fn changed() {
    let desk = Desk::new();
    let script = |name: &str| {
        form(&format!(
            "click(\"label=Agree\"); fill(\"label=Name\", \"{name}\"); print(\"name\", {NAME}, crawl().has(\"#agree[checked]\"));"
        ))
    };
    desk.save("s.crawl", &script("Ada"));
    let mut watch = desk.watch(&[]);
    watch.until("name Ada false");
    watch.until("0 reused · 5 live");
    desk.save("s.crawl", &script("Eve"));
    watch.until("name Eve false");
    let line = watch.until("2 reused · 3 live");
    assert!(line.contains("step 3 changed: fill"), "{line}");
    assert!(line.contains("`a` repeated 2 steps from its last navigation on"), "{line}");
}

fn missed() {
    let desk = Desk::new();
    let script = |label: &str| {
        form(&format!(
            "fill(\"label=Name\", \"Ada\"); click(\"label={label}\", timeout: 100); print(\"name\", {NAME});"
        ))
    };
    desk.save("s.crawl", &script("Agre at all"));
    let mut watch = desk.watch(&[]);
    watch.until("crawl::act::");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &script("Agree"));
    watch.until("name Ada");
    let line = watch.until("2 reused · 2 live");
    assert!(!line.contains("repeated"), "{line}");
    assert_eq!(desk.requests("/form"), 1);
}

fn framed() {
    let desk = Desk::new();
    let page = "<iframe id=f srcdoc=\\\"<input id=name value=none><button onclick='this.previousSibling.value += 1'>more</button>\\\"></iframe>";
    let script = |acts: &str| {
        format!(r##"session("a") {{ crawl("raw:{page}"); frame("#f", || {{ {acts} print("name", {NAME}); }}); }}"##)
    };
    desk.save("s.crawl", &script("fill(\"#name\", \"a\");"));
    let mut watch = desk.watch(&[]);
    watch.until("name a");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &script("fill(\"#name\", \"b\"); click(\"text=more\");"));
    watch.until("name b1");
    let line = watch.until("1 reused · 3 live");
    assert!(line.contains("step 2 changed: fill"), "{line}");
    desk.save("s.crawl", &script("fill(\"#name\", \"b\"); click(\"text=more\"); click(\"text=more\");"));
    watch.until("name b11");
    watch.until("3 reused · 2 live");
}
