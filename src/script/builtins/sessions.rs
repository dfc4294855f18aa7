//! Sessions: `session`, its block, `close`, `sessions`, and what a session's page can be asked.

use rhai::{Array, Dynamic, Map};

use super::crawl::timeout;
use crate::browser::{BrowserKind, Cookie};
use crate::crawl::{Act, ActRequest, ActValue, SessionOptions};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::failure::Outcome;
use crate::script::session_value::SessionValue;
use crate::script::value::from_json;

type Refused = Box<rhai::EvalAltResult>;

const ID: &[Param] = &[Param { name: "id", kind: Kind::Text, optional: false }];
const OPTIONAL_ID: &[Param] = &[Param { name: "id", kind: Kind::Text, optional: true }];

const fn option(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> OptionDoc {
    OptionDoc { name, kind, default, doc }
}

/// The options of a session, fixed at first use.
pub const SESSION_OPTIONS: &[OptionDoc] = &[
    option("browser", Kind::Word(&["headless-shell", "chromium"]), "\"headless-shell\"", "which browser program"),
    option("headless", Kind::Bool, "true", "without a window"),
    option("viewport", Kind::Map, "1280 × 720", "`#{ width: 1280, height: 720 }` or `[1280, 720]`"),
    option("user_agent", Kind::Text, "", "the `User-Agent` header and `navigator.userAgent`"),
    option("locale", Kind::Text, "", "a BCP 47 tag such as \"de-AT\""),
    option("timezone", Kind::Text, "", "an IANA zone such as \"Europe/Vienna\""),
    option("headers", Kind::Map, "", "headers sent with every request"),
    option("cookies", Kind::Any, "", "cookies set before the first request: an array of maps, or name: value"),
    option("ignore_tls_errors", Kind::Bool, "false", "accept bad certificates"),
    option("init_js", Kind::Js, "", "js run in every new document before the page's own"),
    option("timeout", Kind::Duration, "\"30s\"", "the default deadline of its steps"),
];

const fn function(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::None,
        params,
        variadic: false,
        options: &[],
        result,
        doc,
        example,
        category: "sessions",
        call,
    }
}

const fn method(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin { receiver: Receiver::Session, ..function(name, params, result, doc, example, call) }
}

const CLOSE_EXAMPLE: &str = "session(\"shop\") { crawl(`${playground()}/products`) }\nclose(\"shop\");";

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        options: SESSION_OPTIONS,
        ..function(
            "session",
            ID,
            "session",
            "A session by its id; with a block, `crawl` inside means this session",
            "session(\"shop\", locale: \"de-AT\") {\n  print(crawl(`${playground()}/products`).title);\n}",
            |call| Ok(Dynamic::from(SessionValue { id: declare(call)? })),
        )
    },
    function("close", ID, "()", "Closes a session", CLOSE_EXAMPLE, |call| {
        let id = call.need_text("id")?.to_string();
        close(call, id)
    }),
    function("kill_session", ID, "()", "Closes a session; the name that people bring along", CLOSE_EXAMPLE, |call| {
        let id = call.need_text("id")?.to_string();
        close(call, id)
    }),
    function("close_all", &[], "()", "Closes all sessions", "session(\"shop\");\nclose_all();", |call| {
        let crawler = call.run.crawler.clone();
        call.run.wait(call.ctx, |host| async move {
            crawler.close_all(&*host).await;
            Ok(())
        })?;
        Ok(Dynamic::UNIT)
    }),
    method("close", &[], "()", "Closes the handle's session", "let s = session(\"shop\");\ns.close();", |call| {
        let id = own_id(call);
        close(call, id)
    }),
    function(
        "sessions",
        &[],
        "array",
        "The open sessions: id, url, title, steps, age in milliseconds",
        "session(\"shop\") { crawl(`${playground()}/products`) }\nprint(sessions()[0].id);",
        |call| Ok(list(call)),
    ),
    method(
        "cookies",
        &[],
        "array",
        "The identity's cookies",
        "let s = session(\"shop\");\ns.crawl(`${playground()}/cookies`);\nprint(s.cookies().len());",
        |call| {
            let id = own_id(call);
            act(call, Some(id), Act::Cookies)
        },
    ),
    function(
        "cookies",
        OPTIONAL_ID,
        "array",
        "The cookies of a session, or of the one around the call",
        "session(\"shop\") {\n  crawl(`${playground()}/cookies`);\n  print(cookies().len());\n}",
        |call| {
            let id = call.text("id")?.map(|id| id.to_string());
            act(call, id, Act::Cookies)
        },
    ),
    function(
        "set_cookies",
        &[Param { name: "cookies", kind: Kind::Any, optional: false }],
        "()",
        "Adds cookies to the session around the call",
        "session(\"shop\") {\n  crawl(`${playground()}/cookies`);\n  set_cookies(#{ seen: \"yes\" });\n}",
        |call| {
            let value = call.need("cookies")?;
            let cookies = for_page(call, cookies(call, &value)?);
            act(call, None, Act::SetCookies(cookies))
        },
    ),
    function(
        "clear_cookies",
        &[],
        "()",
        "Removes all cookies of the session around the call",
        "session(\"shop\") {\n  crawl(`${playground()}/cookies`);\n  clear_cookies();\n}",
        |call| act(call, None, Act::ClearCookies),
    ),
    Builtin {
        options: ACT_OPTIONS,
        ..function(
            "evaluate",
            &[Param { name: "js", kind: Kind::Js, optional: false }],
            "value",
            "Runs js in the session's page and returns its value",
            "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  print(evaluate(\"document.title\"));\n}",
            |call| {
                let text = call.need_text("js")?;
                let program = call.program("js", 0, &text)?;
                act(call, None, Act::Evaluate(program))
            },
        )
    },
    Builtin {
        options: ACT_OPTIONS,
        ..function(
            "wait_for",
            &[Param { name: "condition", kind: Kind::Condition, optional: false }],
            "()",
            "Waits until a condition holds on the session's page",
            "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  wait_for(visible(\"h1\"));\n}",
            |call| {
                let conditions = call.conditions("condition")?;
                act(call, None, Act::WaitFor(conditions))
            },
        )
    },
];

/// The options of an act on the current page.
pub const ACT_OPTIONS: &[OptionDoc] = &[
    option("then", Kind::Condition, "", "what must hold afterwards; its baseline is taken before"),
    option("timeout", Kind::Duration, "\"30s\"", "one deadline for the whole act"),
];

/// Mentions the session of a call and returns its id.
pub fn declare(call: &Call<'_, '_>) -> Result<String, Refused> {
    let id = call.need_text("id")?.to_string();
    let options = session_options(call)?;
    call.run.crawler.declare_session(&id, options).map_err(|error| crate::script::failure::raise(call.ctx, error))?;
    Ok(id)
}

fn session_options(call: &Call<'_, '_>) -> Result<SessionOptions, Refused> {
    let defaults = &call.run.settings.defaults;
    let mut options = SessionOptions { timeout: None, given: Vec::new(), ..defaults.clone() };
    options.given = call.options.keys().filter(|key| key.as_str() != "id").map(ToString::to_string).collect();
    let kinds = [("headless-shell", BrowserKind::HeadlessShell), ("chromium", BrowserKind::Chromium)];
    if let Some(kind) = call.word("browser", &kinds)? {
        options.launch.browser = kind;
    }
    if call.value("headless").is_some() {
        options.launch.headless = call.flag("headless")?;
    }
    if !options.launch.headless {
        options.launch.browser = BrowserKind::Chromium;
    }
    let identity = &mut options.identity;
    identity.viewport = viewport(call)?.or(identity.viewport);
    identity.user_agent = call.text("user_agent")?.map(|text| text.to_string());
    identity.locale = call.text("locale")?.map(|text| text.to_string());
    identity.timezone = call.text("timezone")?.map(|text| text.to_string());
    identity.headers = call.pairs("headers")?.unwrap_or_default();
    identity.ignore_tls_errors = call.flag("ignore_tls_errors")?;
    identity.init_js = call.programs("init_js")?.iter().map(|program| program.source().to_owned()).collect();
    if let Some(value) = call.value("cookies") {
        identity.cookies = cookies(call, &value)?;
        if let Some(cookie) = identity.cookies.iter().find(|c| c.url.is_none() && c.domain.is_none()) {
            let message = format!("cookie `{}` of a new session has no place", cookie.name);
            let error = crate::crawl::CrawlError::new("crawl::argument::value", message);
            let help = "give it a `url` or a `domain`: `cookies: [#{ name: \"a\", value: \"1\", url: \"https://example.com\" }]`";
            return Err(crate::script::failure::raise(call.ctx, error.help(help)));
        }
    }
    options.timeout = call.duration("timeout")?;
    Ok(options)
}

fn viewport(call: &Call<'_, '_>) -> Result<Option<(u32, u32)>, Refused> {
    let Some(value) = call.value("viewport") else { return Ok(None) };
    let number = |value: Option<&Dynamic>| value.and_then(|v| v.as_int().ok()).and_then(|n| u32::try_from(n).ok());
    let size = match (value.read_lock::<Map>(), value.read_lock::<Array>()) {
        (Some(map), _) if map.len() == 2 => number(map.get("width")).zip(number(map.get("height"))),
        (_, Some(list)) if list.len() == 2 => number(list.first()).zip(number(list.get(1))),
        _ => None,
    };
    let size = size.filter(|(width, height)| *width > 0 && *height > 0);
    size.map(Some).ok_or_else(|| call.wrong("viewport", "`#{ width: 1280, height: 720 }` or `[1280, 720]`", &value))
}

/// Cookies without a place are the current page's.
fn for_page(call: &Call<'_, '_>, mut cookies: Vec<Cookie>) -> Vec<Cookie> {
    let session = call.run.session();
    let open = call.run.crawler.sessions();
    let url = open.iter().find(|info| Some(&info.id) == session.as_ref()).map(|info| info.url.clone());
    for cookie in cookies.iter_mut().filter(|cookie| cookie.url.is_none() && cookie.domain.is_none()) {
        cookie.url.clone_from(&url);
    }
    cookies
}

/// Cookies as a map of names and values, or as an array of maps in the field names of WebDriver (or with underscores).
fn cookies(call: &Call<'_, '_>, value: &Dynamic) -> Result<Vec<Cookie>, Refused> {
    let wanted = "an array of maps with `name` and `value`, or a map of names and values";
    if let Some(map) = value.read_lock::<Map>() {
        let simple = |(name, value): (&_, &Dynamic)| Cookie {
            name: ToString::to_string(name),
            value: value.to_string(),
            domain: None,
            path: None,
            url: None,
            expires: None,
            http_only: false,
            secure: false,
            same_site: None,
        };
        return Ok(map.iter().map(simple).collect());
    }
    let Some(list) = value.read_lock::<Array>() else { return Err(call.wrong("cookies", wanted, value)) };
    let one = |item: &Dynamic| {
        let json = crate::script::value::to_json(item, &call.run.order).ok()?;
        let fields = json.as_object()?;
        let camel = fields.iter().map(|(key, value)| (camel_case(key), value.clone())).collect();
        serde_json::from_value(serde_json::Value::Object(camel)).ok()
    };
    list.iter().map(|item| one(item).ok_or_else(|| call.wrong("cookies", wanted, item))).collect()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or("").to_owned();
    words.fold(first, |mut out, word| {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
        out
    })
}

/// The id of the handle that a method was called on.
pub fn own_id(call: &Call<'_, '_>) -> String {
    call.args[0].clone().try_cast::<SessionValue>().map(|handle| handle.id).unwrap_or_default()
}

fn close(call: &Call<'_, '_>, id: String) -> Outcome {
    let crawler = call.run.crawler.clone();
    let branch = call.run.place().branch;
    call.run.wait(call.ctx, |host| async move { crawler.close(&branch, &id, &*host).await })?;
    Ok(Dynamic::UNIT)
}

fn list(call: &Call<'_, '_>) -> Dynamic {
    let row = |info: crate::crawl::SessionInfo| {
        from_json(&serde_json::json!({
            "id": info.id, "url": info.url, "title": info.title, "steps": info.steps,
            "age": u64::try_from(info.age.as_millis()).unwrap_or(u64::MAX),
        }))
    };
    call.run.crawler.sessions().into_iter().map(row).collect::<Array>().into()
}

/// Runs an act in a session: the named one, else the one around the call.
pub fn act(call: &Call<'_, '_>, session: Option<String>, act: Act) -> Outcome {
    let place = call.run.place();
    let Some(session) = session.or_else(|| place.sessions.last().cloned()) else {
        let error =
            crate::crawl::CrawlError::new("crawl::session::none", format!("`{}` needs a session", call.builtin.name));
        let help = "put it into a `session(\"…\") { … }` block";
        return Err(crate::script::failure::raise(call.ctx, error.help(help)));
    };
    let around = place.sessions.last() == Some(&session);
    let request = ActRequest {
        act,
        frames: if around { place.frames } else { Vec::new() },
        then: call.conditions("then")?,
        timeout: timeout(call, Some(&session))?,
        text: call.text_of_call(),
    };
    let crawler = call.run.crawler.clone();
    let value =
        call.run.wait(call.ctx, |host| async move { crawler.act(&place.branch, &session, request, &*host).await })?;
    Ok(match value {
        ActValue::Done => Dynamic::UNIT,
        ActValue::Value(value) => from_json(&value),
        ActValue::Image(png) => Dynamic::from_blob(png),
        ActValue::Cookies(cookies) => from_json(&serde_json::json!(cookies)),
    })
}
