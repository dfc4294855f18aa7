//! Data that was sent to a site is not sent again unasked.

use libtest_mimic::Trial;

use super::{Desk, question, sending, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("data_is_not_sent_again_unasked", not_sent_again),
        trial("data_is_sent_again_when_allowed", sent_again),
        trial("a_step_that_sends_data_is_not_run_again_unasked", not_run_again),
        trial("a_step_by_another_method_is_not_sent_again_unasked", by_method),
        trial("a_form_is_not_sent_again_unasked", form),
        trial("a_terminal_is_asked_before_data_is_sent_again", question::asked),
        trial("a_question_at_the_prompt_is_answered_by_line", question::at_prompt),
        trial("a_save_withdraws_the_question", question::withdrawn),
    ]
}

fn not_sent_again() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut watch = desk.watch(&[]);
    watch.until("last 1");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &sending("2"));
    watch.until("crawl::journal::unsafe_replay");
    watch.until("--replay-unsafe");
    watch.until("it would send `POST http://");
    desk.save("s.crawl", &sending("1"));
    watch.until("3 reused · 0 live");
}

fn sent_again() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending("1"));
    let mut watch = desk.watch(&["--replay-unsafe"]);
    watch.until("last 1");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &sending("2"));
    watch.until("last 2");
    let line = watch.until("2 reused · 1 live");
    assert!(line.contains("1 request that may change something was sent again"), "{line}");
}

/// A script whose second step changes before the third one sends data.
fn sending_late(before: &str) -> String {
    let post = "fetch('/echo', { method: 'POST', body: 'a' }).then(answer => answer.status)";
    format!(
        r#"session("a") {{ crawl("SITE/article"); crawl(js: "{before}"); print("sent", crawl(js: "{post}").js); }}"#
    )
}

fn not_run_again() {
    let desk = Desk::new();
    desk.save("s.crawl", &sending_late("1"));
    let mut watch = desk.watch(&[]);
    watch.until("sent 200");
    watch.until("0 reused · 3 live");
    desk.save("s.crawl", &sending_late("2"));
    watch.until("crawl::journal::unsafe_replay");
    // A refusal is not forgotten: the data were sent, whatever is known of the step.
    desk.save("s.crawl", &format!("{} // saved", sending_late("2")));
    watch.until("crawl::journal::unsafe_replay");
    assert_eq!(desk.requests("/echo"), 1);
    drop(watch);
    let mut watch = desk.watch(&["--replay-unsafe"]);
    watch.until("sent 200");
    desk.save("s.crawl", &sending_late("3"));
    watch.until("1 reused · 2 live");
    assert_eq!(desk.requests("/echo"), 3);
}

fn by_method() {
    let desk = Desk::new();
    let script = |last: &str| {
        format!(
            r#"session("a") {{ crawl("SITE/echo", method: "POST", body: "a"); print("last", crawl(js: "{last}").js); }}"#
        )
    };
    desk.save("s.crawl", &script("1"));
    let mut watch = desk.watch(&[]);
    watch.until("last 1");
    watch.until("0 reused · 2 live");
    desk.save("s.crawl", &script("2"));
    watch.until("crawl::journal::unsafe_replay");
    watch.until("it would send `POST http://");
    assert_eq!(desk.requests("/echo"), 1);
}

fn form() {
    let desk = Desk::new();
    let script = |name: &str, end: &str| {
        format!(
            r#"session("a") {{
                 crawl("SITE/login");
                 evaluate("document.querySelector('[name=username]').value = '{name}'");
                 let fill = "document.querySelector('[name=password]').value = 'lovelace'; document.forms[0].submit()";
                 print("title", crawl(js: fill).title);
                 {end}
               }}"#
        )
    };
    desk.save("s.crawl", &script("ada", ""));
    let mut watch = desk.watch(&[]);
    watch.until("title ");
    watch.until("0 reused · 3 live");
    let sent = desk.requests("/login");
    // What follows the form needs it no second time.
    desk.save("s.crawl", &script("ada", "print(\"appended\", crawl(\"SITE/account\").title);"));
    watch.until("appended ");
    watch.until("3 reused · 1 live");
    assert_eq!(desk.requests("/login"), sent);
    desk.save("s.crawl", &script("grace", ""));
    watch.until("crawl::journal::unsafe_replay");
    watch.until("it would send `POST http://");
    assert_eq!(desk.requests("/login"), sent + 1, "the page of the form, not the form");
}
