//! The list of every diagnostic code with its explanation (`crawl explain CODE`).

/// One code's entry.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// The code, `crawl::family::name`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// A paragraph: what it means, why it is an error, what to do.
    pub text: &'static str,
}

/// Every code, sorted.
pub const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "crawl::act::no_target",
        title: "an act found nothing to act on",
        text: "An act such as `click` waits until its target is there and visible. This one was not by the deadline. Wait for the target in an earlier step, or ask `explain(\"…\")` what the selector finds on the page.",
    },
    CodeDoc {
        code: "crawl::browser::failed",
        title: "the browser refused a command",
        text: "The browser answered a command of the protocol with an error that no page or script is to blame for. `crawl doctor` shows whether browser and driver fit together.",
    },
    CodeDoc {
        code: "crawl::browser::no_answer",
        title: "the browser did not answer in time",
        text: "A command had no answer by the step's deadline, often because the page keeps its own thread busy. The session can be used on. Give the step more time with `timeout:`.",
    },
    CodeDoc {
        code: "crawl::browser::not_found",
        title: "there is no browser, or it did not start",
        text: "Steps need a browser and its driver. `crawl setup` installs what is missing; `crawl doctor` shows what was found where.",
    },
    CodeDoc {
        code: "crawl::browser::unsupported",
        title: "this browser cannot do that",
        text: "Some abilities exist in some browsers only. The message names the one that is missing; the default browser has them all.",
    },
    CodeDoc {
        code: "crawl::extract::fill",
        title: "a field is empty in too many rows",
        text: "The schema asks with `fill:` for a share of rows in which each field is filled, and a field stayed below it. The site may have changed: check the field's selector with `explain(\"…\")`, or lower `fill:`.",
    },
    CodeDoc {
        code: "crawl::extract::no_match",
        title: "a schema matches no row",
        text: "The selector after `at` matches nothing on the page, which is an error unless the schema says `min: 0`. The findings tell which part of the selector does match and what is near. Often the rows come later: wait for them with `wait_for:`.",
    },
    CodeDoc {
        code: "crawl::extract::too_few",
        title: "a schema matches too few rows",
        text: "There are fewer rows than the schema's `min:`. Wait until they are all there with `wait_for: count(\"…\", at_least: n)`, or lower `min:`.",
    },
    CodeDoc {
        code: "crawl::extract::too_many",
        title: "a schema matches too many rows",
        text: "There are more rows than the schema's `max:`. Make the selector narrower, or raise `max:`.",
    },
    CodeDoc {
        code: "crawl::extract::transform",
        title: "a transform cannot be applied",
        text: "A regular expression or a date format of the schema is wrong. The message names the field and the fault.",
    },
    CodeDoc {
        code: "crawl::hook::timeout",
        title: "a hook ran past the step's deadline",
        text: "Hooks run within the deadline of their step. Give the step more time with `timeout:`, or let the hook do less.",
    },
    CodeDoc {
        code: "crawl::js::exception",
        title: "js in the page threw",
        text: "The step's js, or that of `evaluate`, threw an exception. The message is the page's; line and column count inside the script's own string. What follows in the step did not run. A common cause is a selector that matched nothing yet: wait for it in a step before.",
    },
    CodeDoc {
        code: "crawl::js::timeout",
        title: "js in the page did not return",
        text: "The js, or the promise that it returned, had not ended at the step's deadline, and was stopped. The session can be used on. Let js return at once, and wait for its effect with `wait_for:`.",
    },
    CodeDoc {
        code: "crawl::navigation::failed",
        title: "a page cannot be loaded",
        text: "The connection was refused, reset or cut, or the host is unknown; the name that begins with `net::` is Chromium's. What was received so far is in `error.page`. An HTTP status such as 404 or 500 is no such error: `page.ok` and `page.status` tell it.",
    },
    CodeDoc {
        code: "crawl::navigation::not_a_page",
        title: "an address is no page",
        text: "The response is a download or has no content, so that there is nothing to show. Crawl the page that links to it.",
    },
    CodeDoc {
        code: "crawl::navigation::timeout",
        title: "a page did not load in time",
        text: "The document had not come as far as `wait_until` asks by the step's deadline. What was received so far is in `error.page`. Give it more time with `timeout:`, or be content with less: `wait_until: \"dom\"`.",
    },
    CodeDoc {
        code: "crawl::navigation::tls",
        title: "a server's certificate is not trusted",
        text: "The connection is not safe: the certificate is out of date, of another host, or signed by nobody known. Where that is expected, give the session `ignore_tls_errors: true`.",
    },
    CodeDoc {
        code: "crawl::select::no_match",
        title: "`css` matches nothing",
        text: "The step's `css` cut is empty, which is an error unless the step says `optional: true`. The findings tell which part of the selector matches and what is near.",
    },
    CodeDoc {
        code: "crawl::session::closed",
        title: "a session was closed during a step",
        text: "`close` ended the step that was under way in the session. The closing itself succeeded. Close a session after its last step.",
    },
    CodeDoc {
        code: "crawl::session::lost",
        title: "a session's page is lost",
        text: "The tab crashed, was closed by its page, or its browser ended. The identity is not lost: the next `crawl(\"https://…\")` in the session opens a new tab with the same cookies. Steps that need the lost page fail with this error.",
    },
    CodeDoc {
        code: "crawl::session::no_page",
        title: "a step needs a page and there is none",
        text: "js, `wait_for` and relative addresses need a page that the session has loaded. Begin the session with an absolute address.",
    },
    CodeDoc {
        code: "crawl::session::options_changed",
        title: "a session's options were changed",
        text: "A session's options are fixed at its first use, so that an identity never changes under a script's feet. Give them at the first use, close the session first, or use another id. Options that are left out later are no change.",
    },
    CodeDoc {
        code: "crawl::session::unknown",
        title: "there is no session of that id",
        text: "The session was never used in this run, or was closed already. `sessions()` lists the open ones.",
    },
    CodeDoc {
        code: "crawl::url::invalid",
        title: "an address is not valid",
        text: "A step's `url` is an absolute address (`https://…`, `http://…`, `file:…`), a page itself (`raw:<html>…`), or a reference that is resolved against the session's page. An address without its scheme, such as `example.com`, is none of these.",
    },
    CodeDoc {
        code: "crawl::wait::js_error",
        title: "a js condition threw until the end",
        text: "A condition may throw while the page loads: it is asked again. This one threw each time, and the last exception is told. Check the js.",
    },
    CodeDoc {
        code: "crawl::wait::selector",
        title: "a condition's selector is no CSS",
        text: "The browser refused the selector. Conditions take CSS; `js(\"…\")` asks for what CSS cannot say.",
    },
    CodeDoc {
        code: "crawl::wait::timeout",
        title: "a condition did not come true",
        text: "By the step's deadline the condition did not hold. The error shows the condition, what was last seen of it, how long it waited and where, and why its selectors match nothing; `error.page` holds the page as it was then. Give it more time with `timeout:`, or wait for something that the page does show.",
    },
];

/// The entry of `code`.
#[must_use]
pub fn describe(code: &str) -> Option<&'static CodeDoc> {
    CODES.iter().find(|doc| doc.code == code)
}
