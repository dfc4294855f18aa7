//! The options of a session, fixed at first use, and how a call's values become them.

use std::path::PathBuf;

use rhai::Dynamic;

use super::cookies::{cookies, placed};
use super::storage_state;
use crate::browser::{BrowserKind, ColorScheme};
use crate::crawl::{CrawlError, SessionOptions};
use crate::script::builtin::{Call, Kind, OptionDoc};
use crate::script::session_option::{self, SessionOption, Wrong};
use crate::script::value::{describe, to_json};

type Refused = Box<rhai::EvalAltResult>;

const fn option(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> OptionDoc {
    OptionDoc { name, kind, default, doc }
}

/// The options of a session, fixed at first use.
pub const SESSION_OPTIONS: &[OptionDoc] = &[
    option(
        "browser",
        Kind::Word(&["headless-shell", "chromium", "firefox"]),
        "\"headless-shell\"",
        "which browser program",
    ),
    option("headless", Kind::Bool, "true", "without a window"),
    option(
        "profile",
        Kind::Text,
        "",
        "a folder that keeps the browser's profile from run to run; a browser of its own",
    ),
    option(
        "viewport",
        Kind::Session(SessionOption::Viewport),
        "1280 × 720",
        "`#{ width: 1280, height: 720 }` or `[1280, 720]`",
    ),
    option(
        "user_agent",
        Kind::Text,
        "",
        "the `User-Agent` header and `navigator.userAgent`, with fitting client hints",
    ),
    option("locale", Kind::Session(SessionOption::Locale), "", "a BCP 47 tag such as \"de-AT\""),
    option("timezone", Kind::Session(SessionOption::TimeZone), "", "an IANA zone such as \"Europe/Vienna\""),
    option(
        "geolocation",
        Kind::Session(SessionOption::Geolocation),
        "",
        "`#{ latitude: 48.2, longitude: 16.37 }`; granted, unless `permissions` says otherwise",
    ),
    option("permissions", Kind::Session(SessionOption::Permissions), "", "what sites may do without asking"),
    option("color_scheme", Kind::Word(&["light", "dark"]), "", "what `prefers-color-scheme` says"),
    option("touch", Kind::Bool, "false", "a touch screen"),
    option("headers", Kind::Map, "", "headers sent with every request"),
    option("cookies", Kind::Any, "", "cookies set before the first request: an array of maps, or name: value"),
    option("state", Kind::Text, "", "a file of cookies and storage, as `save_state` and Playwright write it"),
    option("auth", Kind::Session(SessionOption::Auth), "", "the answer to HTTP authentication: `#{ user, password }`"),
    option(
        "proxy",
        Kind::Session(SessionOption::Proxy),
        "",
        "`\"http://user:password@host:8080\"`, `\"socks5://host:1080\"`, or a map with `server`, `user`, `password`, `bypass`",
    ),
    option("ignore_tls_errors", Kind::Bool, "false", "accept bad certificates"),
    option(
        "block",
        Kind::Session(SessionOption::Block),
        "",
        "resource kinds and patterns of addresses that are not asked for",
    ),
    option("init_js", Kind::Js, "", "js run in every new document before the page's own"),
    option("javascript", Kind::Bool, "true", "whether pages run scripts of their own"),
    option("offline", Kind::Bool, "false", "no request leaves"),
    option("downloads", Kind::Text, "", "the folder for the downloads of all its steps"),
    option("max_download", Kind::Any, "", "the most that one download may have: bytes, or \"20 MB\""),
    option("timeout", Kind::Duration, "\"30s\"", "the default deadline of its steps"),
];

/// The typed options of a call.
pub fn session_options(call: &Call<'_, '_>) -> Result<SessionOptions, Refused> {
    let defaults = &call.run.settings.defaults;
    let mut options = SessionOptions { timeout: None, given: Vec::new(), ..defaults.clone() };
    options.given = call.options.keys().filter(|key| key.as_str() != "id").map(ToString::to_string).collect();
    let kinds = [
        ("headless-shell", BrowserKind::HeadlessShell),
        ("chromium", BrowserKind::Chromium),
        ("firefox", BrowserKind::Firefox),
    ];
    if let Some(kind) = call.word("browser", &kinds)? {
        options.launch.browser = kind;
    }
    if call.value("headless").is_some() {
        options.launch.headless = call.flag("headless")?;
    }
    if !options.launch.headless && options.launch.browser == BrowserKind::HeadlessShell {
        options.launch.browser = BrowserKind::Chromium;
    }
    options.launch.profile = folder(call, "profile")?;
    options.downloads = folder(call, "downloads")?;
    options.max_download = call.size("max_download")?;
    person(call, &mut options)?;
    network(call, &mut options)?;
    given_state(call, &mut options)?;
    options.timeout = call.duration("timeout")?;
    Ok(options)
}

/// What a site sees of the person and the device.
fn person(call: &Call<'_, '_>, options: &mut SessionOptions) -> Result<(), Refused> {
    let identity = &mut options.identity;
    identity.viewport = read(call, "viewport", session_option::viewport)?.or(identity.viewport);
    identity.user_agent = call.text("user_agent")?.map(|text| text.to_string());
    identity.locale = read(call, "locale", session_option::locale)?;
    identity.timezone = read(call, "timezone", session_option::timezone)?;
    identity.geolocation = read(call, "geolocation", session_option::geolocation)?;
    identity.permissions = match read(call, "permissions", session_option::permissions)? {
        Some(permissions) => permissions,
        // A place that nobody may ask for would be given in vain.
        None => identity.geolocation.iter().map(|_| "geolocation".to_owned()).collect(),
    };
    let schemes = [("light", ColorScheme::Light), ("dark", ColorScheme::Dark)];
    identity.color_scheme = call.word("color_scheme", &schemes)?;
    identity.touch = call.flag("touch")?;
    identity.init_js = call.programs("init_js")?.iter().map(|program| program.source().to_owned()).collect();
    identity.no_javascript = call.value("javascript").is_some() && !call.flag("javascript")?;
    Ok(())
}

/// What goes over the network, and how.
fn network(call: &Call<'_, '_>, options: &mut SessionOptions) -> Result<(), Refused> {
    let identity = &mut options.identity;
    identity.headers = call.headers("headers")?.unwrap_or_default();
    identity.ignore_tls_errors = call.flag("ignore_tls_errors")?;
    identity.auth = read(call, "auth", session_option::auth)?;
    identity.proxy = read(call, "proxy", session_option::proxy)?;
    if let Some(proxy) = &identity.proxy {
        call.run.crawler.access().proxy(&proxy.address).map_err(|error| call.refuse("proxy", error))?;
    }
    identity.block = read(call, "block", session_option::block)?.unwrap_or_default();
    identity.offline = call.flag("offline")?;
    let of_proxy = identity.proxy.as_ref().and_then(|proxy| proxy.credentials.as_ref());
    for secret in identity.auth.iter().chain(of_proxy).filter(|secret| !secret.password.is_empty()) {
        call.run.crawler.hide(&secret.password);
    }
    if options.launch.profile.is_some() && identity.proxy.is_some() {
        let error =
            CrawlError::new("crawl::argument::value", "a session with a `profile` cannot have a `proxy` of its own");
        return Err(call.refuse("proxy", error.help("leave one of the two out")));
    }
    Ok(())
}

/// Cookies and storage that the session begins with.
fn given_state(call: &Call<'_, '_>, options: &mut SessionOptions) -> Result<(), Refused> {
    let identity = &mut options.identity;
    if let Some(path) = call.text("state")? {
        (identity.cookies, identity.storage) = storage_state::read(call, "state", &path, false)?.unwrap_or_default();
    }
    let Some(value) = call.value("cookies") else { return Ok(()) };
    identity.cookies.extend(placed(call, cookies(call, &value)?)?);
    Ok(())
}

/// A folder, absolute, so that it stays the same wherever the browser runs; it may be written to.
fn folder(call: &Call<'_, '_>, name: &'static str) -> Result<Option<PathBuf>, Refused> {
    let Some(text) = call.text(name)? else { return Ok(None) };
    let fail = |message: String| call.refuse(name, CrawlError::new("crawl::file::write", message));
    if text.trim().is_empty() {
        return Err(fail(format!("`{name}` takes the path of a folder, got an empty one")));
    }
    let path = std::path::absolute(text.as_str()).map_err(|error| fail(format!("`{text}`: {error}")))?;
    call.run.crawler.access().write(&path).map_err(|error| call.refuse(name, error))?;
    if path.exists() && !path.is_dir() {
        return Err(fail(format!("`{text}` is a file, not a folder")));
    }
    Ok(Some(path))
}

/// The value of an option, as its reader takes it.
fn read<T>(
    call: &Call<'_, '_>,
    name: &'static str,
    reader: fn(&serde_json::Value) -> Result<T, Wrong>,
) -> Result<Option<T>, Refused> {
    let Some(value) = call.value(name) else { return Ok(None) };
    let json = to_json(&value, &call.run.order).unwrap_or_default();
    reader(&json).map(Some).map_err(|wrong| refusal(call, name, wrong, &value))
}

fn refusal(call: &Call<'_, '_>, name: &'static str, wrong: Wrong, value: &Dynamic) -> Refused {
    let (code, message) = match wrong.shape {
        true => ("crawl::argument::type", format!("`{name}` {}, got {}", wrong.message, describe(value))),
        false => ("crawl::argument::value", format!("`{name}` {}", wrong.message)),
    };
    let mut error = CrawlError::new(code, message);
    error.help = wrong.help;
    call.refuse(name, error)
}
