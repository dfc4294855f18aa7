//! What a browser's failure means for a step: code, words, next action.

use super::words::duration;
use super::{CrawlError, ErrorPlace, Trouble};
use crate::browser::{BrowserError, JsException};
use crate::text::cut;

/// Translates a failure that no option of the call is to blame for.
pub(super) fn of_browser(error: BrowserError) -> CrawlError {
    match error {
        BrowserError::Unavailable { message, help } => {
            fatal(CrawlError::new("crawl::browser::not_found", message).help(help))
        }
        given_up @ BrowserError::GivenUp { .. } => fatal(
            CrawlError::new("crawl::browser::given_up", given_up.to_string())
                .help("look for what ends it: too little memory, a page that crashes it, somebody who kills it"),
        ),
        BrowserError::Navigation { url, reason } => navigation(&url, &reason),
        BrowserError::NotAPage { url, what } => {
            CrawlError::new("crawl::navigation::not_a_page", format!("`{url}` is {what}, not a page"))
                .help("crawl the page that links to it instead")
                .at("url", 0)
        }
        BrowserError::NavigationTimeout { url, timeout, state } => {
            let message = format!("`{url}` did not load within {}: {state}", duration(timeout));
            let error = CrawlError::new("crawl::navigation::timeout", message)
                .help("give it more time with `timeout:`, or wait for less with `wait_until: \"dom\"` or `\"commit\"`")
                .at("url", 0);
            CrawlError { url: Some(url), ..error }
        }
        BrowserError::WaitTimeout { last } => CrawlError::new("crawl::wait::timeout", last.words),
        BrowserError::Target(missed) => CrawlError::new("crawl::act::no_target", missed.words),
        BrowserError::Js(exception) => exception_error(&exception, "js", 0),
        BrowserError::JsTimeout { timeout } => js_timeout(timeout, "js", 0),
        BrowserError::Selector { css, message } => selector(&css, &message),
        BrowserError::Lost { cause } => lost(&cause),
        BrowserError::Closed => closed(),
        BrowserError::NoAnswer { command, timeout } => CrawlError::new(
            "crawl::browser::no_answer",
            format!("the browser did not answer `{command}` within {}", duration(timeout)),
        )
        .help("give the step more time with `timeout:`; `crawl doctor` shows which browser runs"),
        BrowserError::PageSilent { timeout, .. } => CrawlError::new(
            "crawl::browser::no_answer",
            format!("the page did not answer within {}: its thread is busy, or waits", duration(timeout)),
        )
        .help("give the step more time with `timeout:`; loops and synchronous requests keep a page from answering"),
        BrowserError::Unsupported { what } => {
            CrawlError::new("crawl::browser::unsupported", format!("{what} cannot be had from this browser"))
                .help("use the default browser for this step")
        }
        BrowserError::Cookie { name, reason } => {
            let message = format!("the browser does not take the cookie `{name}`: {reason}");
            CrawlError::new("crawl::argument::value", message).help(
                "correct it where it comes from, a session's `cookies`, its `state` file or `set_cookies`, or leave it out",
            )
        }
        BrowserError::Protocol { command, message } if command.ends_with("setTimezoneOverride") => {
            CrawlError::new("crawl::session::option", format!("the browser does not know this `timezone`: {message}"))
                .help("name an IANA zone, such as \"Europe/Vienna\"")
        }
        BrowserError::Protocol { command, message } if command.ends_with("setLocaleOverride") => {
            CrawlError::new("crawl::session::option", format!("the browser does not know this `locale`: {message}"))
                .help("name a BCP 47 tag, such as \"de-AT\"")
        }
        BrowserError::Protocol { command, message } => {
            CrawlError::new("crawl::browser::failed", format!("the browser refused `{command}`: {message}"))
                .help("`crawl doctor` shows whether browser and driver fit together")
        }
    }
}

/// An exception of the user's js, placed in the script's own string.
pub(super) fn exception_error(exception: &JsException, option: &'static str, index: usize) -> CrawlError {
    let returned = exception.message.strip_prefix("the script returned ").and_then(|rest| rest.split_once(": return "));
    let mut error = match returned {
        Some((what, instead)) => {
            CrawlError::new("crawl::js::exception", format!("the js returned {what}")).help(format!("return {instead}"))
        }
        None => {
            CrawlError::new("crawl::js::exception", format!("the page's js threw: {}", cut(&exception.message, MOST)))
                .help(exception_help(&exception.message))
        }
    };
    let place = exception.line.map(|line| (line, exception.column.unwrap_or(1)));
    if let Some((line, column)) = place {
        error = error.note(format!("at line {line}, column {column} of the js"));
    }
    error.place = Some(ErrorPlace { option: option.into(), index, place, span: None });
    error
}

/// So much is told of what js threw.
const MOST: usize = 10_000;

fn exception_help(message: &str) -> &'static str {
    if message.contains("null (reading") || message.contains("of null") || message.ends_with(" is null") {
        "the selector matched nothing when the js ran: wait for it first with `wait_for:` in a step of its own"
    } else if message.contains("is not defined") {
        "the name is not known in the page: names of the script do not reach into js, use `${…}` in a back-tick string"
    } else {
        "try it on the page in `crawl repl` with `evaluate(\"…\")`, or catch it in the js"
    }
}

/// The user's js ran past the deadline and was stopped.
pub(super) fn js_timeout(timeout: std::time::Duration, option: &'static str, index: usize) -> CrawlError {
    CrawlError::new("crawl::js::timeout", format!("the js did not return within {}", duration(timeout)))
        .help("let it return at once and wait with `wait_for:`, or give it more time with `timeout:`")
        .note("it was stopped; the session can be used on")
        .at(option, index)
}

/// A selector that the page's engine refuses.
pub(super) fn selector(css: &str, message: &str) -> CrawlError {
    CrawlError::new("crawl::wait::selector", format!("`{css}` is no CSS selector: {message}"))
        .help("conditions take CSS, or `js(\"…\")` for what CSS cannot say")
        .at("wait_for", 0)
}

/// The page is gone.
pub(super) fn lost(cause: &str) -> CrawlError {
    let mut error = CrawlError::new("crawl::session::lost", format!("the session's page is lost: {cause}"))
        .help("crawl an address: the session gets a new tab with the same identity");
    error.trouble = Trouble::Lost;
    error
}

fn closed() -> CrawlError {
    let mut error = CrawlError::new("crawl::session::closed", "the session was closed while the step ran")
        .help("close a session after its last step");
    error.trouble = Trouble::Lost;
    error
}

fn fatal(mut error: CrawlError) -> CrawlError {
    error.trouble = Trouble::Fatal;
    error
}

fn navigation(url: &str, reason: &str) -> CrawlError {
    let tls = reason.contains("ERR_CERT_") || reason.contains("ERR_SSL_");
    let code = if tls { "crawl::navigation::tls" } else { "crawl::navigation::failed" };
    CrawlError::new(code, format!("cannot load `{url}`: {reason}")).help(navigation_help(reason)).at("url", 0)
}

fn navigation_help(reason: &str) -> &'static str {
    let known = [
        (
            "ERR_CERT_",
            "the certificate is not trusted; where that is expected, give the session `ignore_tls_errors: true`",
        ),
        ("ERR_SSL_", "the server does not speak TLS properly there: is it `http://`?"),
        ("NAME_NOT_RESOLVED", "check the host name"),
        ("BLOCKED_BY_CLIENT", "the session's `block` refuses this address"),
        ("PROXY_CONNECTION_FAILED", "the session's `proxy` cannot be reached: check its address, and that it runs"),
        ("TUNNEL_CONNECTION_FAILED", "the session's `proxy` refused the way there: check its user and password"),
        ("SOCKS_CONNECTION_FAILED", "the session's `proxy` could not reach the site, or is no SOCKS proxy"),
        ("CONNECTION_REFUSED", "nothing listens there: check host and port, and that the site is running"),
        ("CONNECTION_RESET", "the server broke the connection off: try again with `retries: 2`"),
        ("EMPTY_RESPONSE", "the server broke the connection off: try again with `retries: 2`"),
        ("INCOMPLETE_CHUNKED", "the response was cut short; what came is in `error.page`"),
        ("CONTENT_LENGTH_MISMATCH", "the response was cut short; what came is in `error.page`"),
        ("TOO_MANY_REDIRECTS", "the site redirects in a circle: it may want a cookie or a log-in first"),
        ("FILE_NOT_FOUND", "there is no such file"),
        ("UNSAFE_PORT", "browsers keep away from this port, which belongs to another service: is it the right one?"),
        ("INTERNET_DISCONNECTED", "this machine has no network, or the session is `offline`"),
    ];
    known
        .iter()
        .find(|(part, _)| reason.contains(part))
        .map_or("check the address, and try again with `retries: 2`", |(_, help)| help)
}
