//! A log-in in a watched script: done once, not again on every save, and again where a step finds it ended.

use libtest_mimic::Trial;

use super::{Desk, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("a_log_in_is_kept_from_save_to_save", kept)]
}

const SCRIPT: &str = r#"import "std/login" as login;
session("a") {
    login::form("SITE/login", fields: #{ "label=User name": "ada", "label=Password": "lovelace" }, submit: "role=button", signed_in: ".user");
    print("one", crawl("SITE/secured/1").title);
    MORE
}
// The log-in leads to the account, which nothing else here asks for.
print("log-ins", crawl("SITE/hits?path=/account", fresh: true).json.hits);
"#;

fn kept() {
    let desk = Desk::new();
    let save = |more: &str| desk.save("s.crawl", &SCRIPT.replace("MORE", more));
    save("");
    let mut watch = desk.watch(&[]);
    watch.until("one Report 1");
    watch.until("log-ins 1");
    watch.until("0 reused · 4 live");
    save(r#"print("two", crawl("SITE/secured/2").title);"#);
    watch.until("two Report 2");
    watch.until("3 reused · 2 live");
    // The closure of this run logs in again, though its `ensure` was answered from the last one.
    save(r#"clear_cookies(); print("three", crawl("SITE/secured/3").title);"#);
    watch.until("no longer held");
    watch.until("three Report 3");
    watch.until("log-ins 1 → log-ins 2");
}
