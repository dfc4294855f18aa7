//! JSON in and out, and asking maps.

use rhai::{Dynamic, Map};

use crate::crawl::CrawlError;
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::{Outcome, raise};
use crate::script::value::{from_json, to_json};
use crate::text::nearest_in;

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
    entry(
        "with_defaults",
        Receiver::Map,
        &[
            Param { name: "defaults", kind: Kind::Map, optional: false },
            Param { name: "required", kind: Kind::List, optional: true },
        ],
        "map",
        "A function's named options, those not given filled in; one that is unknown, or required and missing, is an error",
        "fn greet(options) {\n  let options = options.with_defaults(#{ greeting: \"hello\" }, [\"name\"]);\n  print(options.greeting, options.name);\n}\ngreet(name: \"Ada\");",
        with_defaults,
    ),
];

fn with_defaults(call: &mut Call<'_, '_>) -> Outcome {
    let mut given = call.args[0].clone().try_cast::<Map>().unwrap_or_default();
    let defaults = call.need("defaults")?;
    let defaults = defaults.clone().try_cast::<Map>().ok_or_else(|| call.wrong("defaults", "a map", &defaults))?;
    let required = call.value("required").unwrap_or_else(|| Dynamic::from_array(Vec::new()));
    let required = required
        .into_typed_array::<String>()
        .map_err(|_| call.fail("crawl::argument::type", "`required` takes a list of names"))?;
    let names: Vec<&str> = required.iter().map(String::as_str).chain(defaults.keys().map(|key| key.as_str())).collect();
    if let Some(unknown) = given.keys().find(|key| !names.contains(&key.as_str())) {
        let message = format!("there is no option `{unknown}` here");
        let mut error = CrawlError::new("crawl::argument::unknown_option", message);
        error.help = nearest_in(unknown, "its options", &names);
        return Err(raise(call.ctx, error));
    }
    if let Some(missing) = required.iter().find(|name| !given.contains_key(name.as_str())) {
        return Err(call.fail("crawl::argument::missing", format!("the option `{missing}` is missing")));
    }
    for (key, value) in defaults {
        given.entry(key).or_insert(value);
    }
    Ok(Dynamic::from_map(given))
}
