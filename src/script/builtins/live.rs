//! The live page of a hook: what is asked of it goes to the browser, within the step's deadline.

use std::sync::Arc;

use rhai::Dynamic;

use super::sessions::{ACT_OPTIONS, act};
use crate::browser::Tab;
use crate::crawl::{Act, CrawlError};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::{Outcome, raise};
use crate::script::live_value::LiveValue;

const EXAMPLE: &str = "session(\"shop\") {\n  on(\"after_goto\", |page| print(page.eval(\"document.title\")));\n  crawl(`${playground()}/products`)\n}";

const fn method(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::Live,
        params,
        variadic: false,
        options: ACT_OPTIONS,
        result,
        doc,
        example: EXAMPLE,
        category: "hooks",
        call,
    }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    method(
        "evaluate",
        &[Param { name: "js", kind: Kind::Js, optional: false }],
        "value",
        "Runs js in the page and returns its value; also written `eval`",
        |call| {
            let text = call.need_text("js")?;
            let program = call.program("js", 0, &text)?;
            live_act(call, Act::Evaluate(program))
        },
    ),
    method(
        "wait_for",
        &[Param { name: "condition", kind: Kind::Condition, optional: false }],
        "()",
        "Waits until a condition holds",
        |call| {
            let conditions = call.conditions("condition")?;
            live_act(call, Act::WaitFor(conditions))
        },
    ),
    method(
        "set_header",
        &[
            Param { name: "name", kind: Kind::Text, optional: false },
            Param { name: "value", kind: Kind::Text, optional: false },
        ],
        "()",
        "Sends a header with every further request of the session",
        |call| {
            let header = (call.need_text("name")?.to_string(), call.need_text("value")?.to_string());
            let header = call.header("name", header)?;
            live_act(call, Act::SetHeaders(vec![header]))
        },
    ),
    method(
        "set_cookie",
        &[
            Param { name: "name", kind: Kind::Text, optional: false },
            Param { name: "value", kind: Kind::Text, optional: false },
        ],
        "()",
        "Sets a cookie for the page's address",
        |call| {
            let (name, value) = (call.need_text("name")?.to_string(), call.need_text("value")?.to_string());
            let landing = this(call).0.tab.and_then(|tab| tab.landing());
            let url =
                landing.map(|landing| landing.url).ok_or_else(|| no_page(call, "open the session with `cookies:`"))?;
            let cookie = serde_json::from_value(serde_json::json!({ "name": name, "value": value, "url": url }));
            let cookie = cookie.map_err(|error| call.fail("crawl::internal", error.to_string()))?;
            live_act(call, Act::SetCookies(vec![cookie]))
        },
    ),
];

/// The parts of a live page with one line each.
pub const LIVE_PARTS: &[(&str, &str)] = &[
    ("error", "what failed, at `on_error`"),
    ("session_id", "the session's id"),
    ("status", "HTTP status of the document"),
    ("url", "the document's address"),
];

fn this(call: &Call<'_, '_>) -> LiveValue {
    call.args[0].clone().cast::<LiveValue>()
}

/// Runs an act on the live page.
pub fn live_act(call: &Call<'_, '_>, what: Act) -> Outcome {
    let live = this(call);
    if live.0.tab.is_none() {
        return Err(no_page(call, "use a later hook, such as `after_goto`"));
    }
    act(call, Some(live.0.session), what)
}

fn no_page(call: &Call<'_, '_>, help: &str) -> Box<rhai::EvalAltResult> {
    let error = CrawlError::new("crawl::session::no_page", "there is no page yet at this point");
    raise(call.ctx, error.help(help))
}

/// One part of a live page; none of them asks the browser.
pub fn part(live: &LiveValue, name: &str) -> Result<Dynamic, CrawlError> {
    let landing = live.0.tab.as_ref().and_then(|tab: &Arc<dyn Tab>| tab.landing());
    Ok(match name {
        "url" => landing.map_or(Dynamic::UNIT, |landing| landing.url.into()),
        "status" => landing.and_then(|landing| landing.status).map_or(Dynamic::UNIT, |s| i64::from(s).into()),
        "session_id" => live.0.session.clone().into(),
        "error" => live
            .0
            .error
            .clone()
            .map_or(Dynamic::UNIT, |error| Dynamic::from(crate::script::failure::ErrorValue::new(error, None))),
        _ => {
            let names: Vec<&str> = LIVE_PARTS.iter().map(|(name, _)| *name).collect();
            let mut error = CrawlError::new("crawl::page::unknown_part", format!("a live page has no `{name}`"));
            error.help = crate::text::nearest_in(name, "its parts", &names);
            return Err(error);
        }
    })
}
