//! JSON in and out, and asking maps.

use rhai::{Dynamic, Map};

use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::Outcome;
use crate::script::value::{from_json, to_json};

const fn entry(
    name: &'static str,
    receiver: Receiver,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin { name, receiver, params, variadic: false, options: &[], result, doc, example, category: "data", call }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    entry(
        "parse_json",
        Receiver::None,
        &[Param { name: "text", kind: Kind::Text, optional: false }],
        "value",
        "The value of a JSON text",
        "print(parse_json(\"[1, 2]\")[1]);",
        |call| {
            let text = call.need_text("text")?;
            let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
            let json = json.map_err(|error| call.fail("crawl::value::json", format!("no JSON: {error}")))?;
            Ok(from_json(&json))
        },
    ),
    entry(
        "to_json",
        Receiver::None,
        &[Param { name: "value", kind: Kind::Any, optional: false }],
        "string",
        "Any value as JSON",
        "print(to_json(#{ a: 1 }));",
        |call| {
            let value = call.args.first().cloned().unwrap_or(Dynamic::UNIT);
            let json = to_json(&value, &call.run.order);
            json.map(|json| json.to_string().into()).map_err(|message| call.fail("crawl::argument::type", message))
        },
    ),
    entry(
        "get",
        Receiver::Map,
        &[Param { name: "key", kind: Kind::Text, optional: false }],
        "value",
        "A map's value; `()` where the key is missing",
        "let m = #{ a: 1 };\nprint(m.get(\"b\") ?? 2);",
        |call| {
            let key = call.need_text("key")?;
            let map = call.args[0].read_lock::<Map>();
            Ok(map.and_then(|map| map.get(key.as_str()).cloned()).unwrap_or(Dynamic::UNIT))
        },
    ),
];
