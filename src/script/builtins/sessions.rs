//! Sessions: `session`, its block, `close`, `sessions`, and what a session's page can be asked.

use std::time::Duration;

use rhai::{Array, Dynamic};

use super::cookies::{cookies, for_page};
use super::crawl::timeout;
use super::session_options::{SESSION_OPTIONS, session_options};
use crate::crawl::{Act, ActRequest, ActValue};
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

/// The id of the handle that a method is called on.
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
    Ok(match perform(call, session, act)? {
        ActValue::Done => Dynamic::UNIT,
        ActValue::Value(value) => from_json(&value),
        ActValue::Image(png) => Dynamic::from_blob(png),
        ActValue::Cookies(cookies) => from_json(&serde_json::json!(cookies)),
        ActValue::State(..) => Dynamic::UNIT,
    })
}

/// Runs an act in a session: the named one, else the one around the call; its value as it is.
pub fn perform(call: &Call<'_, '_>, session: Option<String>, act: Act) -> Result<ActValue, Refused> {
    let of = session.clone().or_else(|| call.run.place().sessions.last().cloned());
    let timeout = timeout(call, of.as_deref())?;
    perform_within(call, session, act, timeout)
}

/// The same, with a deadline of its own.
pub fn perform_within(
    call: &Call<'_, '_>,
    session: Option<String>,
    act: Act,
    timeout: Duration,
) -> Result<ActValue, Refused> {
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
        timeout,
        text: call.text_of_call(),
    };
    let crawler = call.run.crawler.clone();
    call.run.wait(call.ctx, |host| async move { crawler.act(&place.branch, &session, request, &*host).await })
}
