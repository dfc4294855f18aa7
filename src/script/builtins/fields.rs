//! Schemas: the builders of fields, their transforms, and `schema` itself (LANGUAGE section 5).

use std::sync::Arc;

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map};

use super::conditions::{live_css, value};
use crate::browser::DomCondition;
use crate::crawl::{Condition, CrawlError};
use crate::page::{ComputeId, Field, FieldKind, Schema, Selector, Transform, regular_expression};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::failure::{Outcome, raise};
use crate::script::options::selector_error;
use crate::script::schema_value::{FieldValue, SchemaValue};
use crate::script::value::to_json;

type Refused = Box<rhai::EvalAltResult>;

const CSS: Param = Param { name: "css", kind: Kind::RowCss, optional: false };
const FORMAT: Param = Param { name: "format", kind: Kind::DateFormat, optional: true };
const EXAMPLE: &str = r#"schema Product at ".product" { name: text("h2") }
let page = crawl(`${playground()}/products`, extract: Product);
print(page.items[0].name);"#;

const fn builder(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::None,
        params,
        variadic: false,
        options: &[],
        result: "field",
        doc,
        example: EXAMPLE,
        category: "schemas",
        call,
    }
}

const fn transform(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin { receiver: Receiver::Field, ..builder(name, params, doc, call) }
}

const fn word(name: &'static str) -> Param {
    Param { name, kind: Kind::Text, optional: false }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    builder(
        "text",
        &[CSS, Param { name: "contains", kind: Kind::Text, optional: true }],
        "A field: the text as a reader sees it. With a second argument a condition: some match contains that text",
        text,
    ),
    builder("html", &[CSS], "A field: the inner HTML", |call| css_field(call, FieldKind::Html)),
    builder("attr", &[CSS, word("name")], "A field: an attribute", |call| {
        let name = call.need_text("name")?.to_string();
        css_field(call, |css| FieldKind::Attr(css, name.clone()))
    }),
    builder("link", &[CSS], "A field: `href` or `src`, resolved against the page", |call| {
        css_field(call, FieldKind::Link)
    }),
    builder("int", &[CSS], "A field: a whole number", |call| css_field(call, FieldKind::Int)),
    builder("float", &[CSS], "A field: a decimal number", |call| css_field(call, FieldKind::Float)),
    builder("money", &[CSS], "A field: `amount` and `currency`", |call| css_field(call, FieldKind::Money)),
    builder("date", &[CSS, FORMAT], "A field: a date in ISO 8601", |call| {
        let format = date_format(call)?;
        css_field(call, |css| FieldKind::Date(css, format.clone()))
    }),
    builder("bool", &[CSS], "A field: whether it is there or says yes", |call| css_field(call, FieldKind::Bool)),
    builder("markdown", &[CSS], "A field: the element as Markdown", |call| css_field(call, FieldKind::Markdown)),
    builder("value", &[Param { name: "value", kind: Kind::Any, optional: false }], "A field: a constant", |call| {
        let constant = call.args.first().cloned().unwrap_or(Dynamic::UNIT);
        let json =
            to_json(&constant, &call.run.order).map_err(|message| call.fail("crawl::argument::type", message))?;
        Ok(field(FieldKind::Value(json)))
    }),
    builder("list", &[Param { name: "field", kind: Kind::Any, optional: false }], "A field: every match", |call| {
        let inner = need_field(call, "field")?;
        Ok(field(FieldKind::List(Box::new(inner))))
    }),
    builder(
        "nested",
        &[CSS, Param { name: "fields", kind: Kind::Map, optional: false }],
        "A field: one record under the first match",
        |call| nested(call, FieldKind::Nested),
    ),
    builder(
        "nested_list",
        &[CSS, Param { name: "fields", kind: Kind::Map, optional: false }],
        "A field: a record for each match",
        |call| nested(call, FieldKind::NestedList),
    ),
    builder(
        "computed",
        &[Param { name: "closure", kind: Kind::Function, optional: false }],
        "A field: computed from the row so far",
        |call| {
            let given = call.need("closure")?;
            let Some(pointer) = given.clone().try_cast::<FnPtr>() else {
                return Err(call.wrong("closure", "a closure such as `|row| row.price * 2`", &given));
            };
            let id = call.run.keep_closure(Closure::new(call.ctx, call.run, pointer));
            Ok(field(FieldKind::Computed(ComputeId(id))))
        },
    ),
    builder(
        "optional",
        &[Param { name: "field", kind: Kind::Any, optional: false }],
        "A field that may be absent: `()` without a warning",
        |call| {
            let inner = need_field(call, "field")?;
            Ok(Dynamic::from(FieldValue(Field { optional: true, ..inner })))
        },
    ),
    transform("trim", &[], "Drops white space at both ends", |call| push(call, Transform::Trim)),
    transform("lower", &[], "Lower case", |call| push(call, Transform::Lower)),
    transform("upper", &[], "Upper case", |call| push(call, Transform::Upper)),
    transform(
        "regex",
        &[
            Param { name: "pattern", kind: Kind::Regex, optional: false },
            Param { name: "group", kind: Kind::Int, optional: true },
        ],
        "The first match of a regular expression, or a group of it",
        |call| {
            let pattern = call.need_text("pattern")?.to_string();
            regular_expression(&pattern).map_err(|message| super::strings::bad_regex(call, message))?;
            let group = call.int("group")?.unwrap_or(0);
            let group =
                u32::try_from(group).map_err(|_| call.wrong("group", "a whole number from 0", &group.into()))?;
            let transform = Transform::Regex(pattern, group);
            transform.check().map_err(|message| call.fail("crawl::argument::value", message))?;
            push(call, transform)
        },
    ),
    transform("replace", &[word("from"), word("to")], "Replaces every occurrence", |call| {
        let (from, to) = (call.need_text("from")?.to_string(), call.need_text("to")?.to_string());
        push(call, Transform::Replace(from, to))
    }),
    transform("split", &[word("separator")], "Splits into an array", |call| {
        let separator = call.need_text("separator")?.to_string();
        push(call, Transform::Split(separator))
    }),
    transform("to_int", &[], "To a whole number; also written `.int()`", |call| push(call, Transform::Int)),
    transform("to_float", &[], "To a decimal number; also written `.float()`", |call| push(call, Transform::Float)),
    transform("date", &[FORMAT], "To an ISO 8601 date, by a strptime format when given", |call| {
        let format = date_format(call)?;
        push(call, Transform::Date(format))
    }),
    transform(
        "default",
        &[Param { name: "value", kind: Kind::Any, optional: false }],
        "The value when there is none",
        |call| {
            let value = call.args.get(1).cloned().unwrap_or(Dynamic::UNIT);
            let json =
                to_json(&value, &call.run.order).map_err(|message| call.fail("crawl::argument::type", message))?;
            push(call, Transform::Default(json))
        },
    ),
    Builtin {
        result: "schema",
        ..builder(
            "schema_from",
            &[Param { name: "path", kind: Kind::Text, optional: false }],
            "A schema from a JSON file in Crawl4AI's form",
            schema_from,
        )
    },
];

/// What `schema X at "…" { … }` becomes: not in the table, since nobody writes it.
pub static SCHEMA_DEFINE: Builtin = Builtin {
    name: "schema_define",
    receiver: Receiver::None,
    params: &[
        Param { name: "name", kind: Kind::Text, optional: false },
        Param { name: "at", kind: Kind::Css, optional: false },
        Param { name: "options", kind: Kind::Map, optional: false },
        Param { name: "names", kind: Kind::List, optional: false },
        Param { name: "fields", kind: Kind::Map, optional: false },
    ],
    variadic: false,
    options: &[],
    result: "()",
    doc: "Defines a schema",
    example: "",
    category: "",
    call: define,
};

/// The format given, if strptime knows it.
fn date_format(call: &Call<'_, '_>) -> Result<Option<String>, Refused> {
    let format = call.text("format")?.map(|format| format.to_string());
    let checked = Transform::Date(format.clone()).check();
    checked.map_err(|message| call.fail("crawl::argument::value", message)).map(|()| format)
}

/// The options of a schema, after its selector.
pub const SCHEMA_OPTIONS: &[&str] = &["min", "max", "unique", "fill"];

fn field(kind: FieldKind) -> Dynamic {
    Dynamic::from(FieldValue(Field { kind, transforms: Vec::new(), optional: false }))
}

fn text(call: &mut Call<'_, '_>) -> Outcome {
    match call.text("contains")? {
        None => css_field(call, FieldKind::Text),
        Some(text) => {
            let css = live_css(call, "css")?;
            Ok(value(Condition::Dom(DomCondition::Text { css, text: text.to_string() })))
        }
    }
}

fn row_selector(call: &Call<'_, '_>) -> Result<Selector, Refused> {
    let css = call.need_text("css")?;
    Selector::parse_relative(&css).map_err(|error| raise(call.ctx, selector_error("css", &error)))
}

fn css_field(call: &Call<'_, '_>, make: impl Fn(Selector) -> FieldKind) -> Outcome {
    Ok(field(make(row_selector(call)?)))
}

fn need_field(call: &Call<'_, '_>, name: &str) -> Result<Field, Refused> {
    let given = call.need(name)?;
    as_field(&given).ok_or_else(|| call.wrong(name, "a field such as `text(\"h2\")`", &given))
}

fn as_field(value: &Dynamic) -> Option<Field> {
    value.read_lock::<FieldValue>().map(|field| field.0.clone())
}

fn push(call: &Call<'_, '_>, transform: Transform) -> Outcome {
    let Some(mut inner) = as_field(&call.args[0]) else { return Ok(Dynamic::UNIT) };
    inner.transforms.push(transform);
    Ok(Dynamic::from(FieldValue(inner)))
}

fn nested(call: &Call<'_, '_>, make: fn(Selector, Vec<(String, Field)>) -> FieldKind) -> Outcome {
    let selector = row_selector(call)?;
    let given = call.args.get(1).cloned().unwrap_or(Dynamic::UNIT);
    let Some(map) = given.read_lock::<Map>() else { return Err(call.wrong("fields", "a map of fields", &given)) };
    let names: Vec<String> = map.keys().map(ToString::to_string).collect();
    let fields = fields(call, &names, &map)?;
    Ok(field(make(selector, fields)))
}

fn fields(call: &Call<'_, '_>, names: &[String], map: &Map) -> Result<Vec<(String, Field)>, Refused> {
    let one = |name: &String| {
        let value = map.get(name.as_str()).cloned().unwrap_or(Dynamic::UNIT);
        let field = as_field(&value).ok_or_else(|| {
            let message = format!(
                "field `{name}` takes a builder such as `text(\"h2\")`, got {}",
                crate::script::value::describe(&value)
            );
            let help = "a constant is `value(…)`";
            raise(call.ctx, CrawlError::new("crawl::schema::field", message).help(help))
        })?;
        Ok((name.clone(), field))
    };
    names.iter().map(one).collect()
}

fn define(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?.to_string();
    let at = call.need_text("at")?;
    let at = call.parse_selector("at", &at)?;
    let args = std::mem::take(&mut call.args);
    let options = args.get(2).and_then(|o| o.read_lock::<Map>().map(|o| o.clone())).unwrap_or_default();
    let names: Vec<String> = args
        .get(3)
        .and_then(|n| n.read_lock::<Array>().map(|n| n.iter().map(ToString::to_string).collect()))
        .unwrap_or_default();
    let map = args.get(4).and_then(|f| f.read_lock::<Map>().map(|f| f.clone())).unwrap_or_default();
    let fields = fields(call, &names, &map)?;
    let mut schema = Schema { name: name.clone(), at, min: None, max: None, unique: None, fill: None, fields };
    for (key, value) in &options {
        set_option(call, &mut schema, key, value)?;
    }
    call.run.order.add(names);
    let value = Dynamic::from(SchemaValue(Arc::new(schema)));
    call.run.set_global(&name, value);
    Ok(Dynamic::UNIT)
}

fn set_option(call: &Call<'_, '_>, schema: &mut Schema, key: &str, value: &Dynamic) -> Result<(), Refused> {
    let whole = || {
        let number = value.as_int().ok().and_then(|number| u64::try_from(number).ok());
        number.ok_or_else(|| call.wrong(key, "a whole number from 0", value))
    };
    match key {
        "min" => schema.min = Some(whole()?),
        "max" => schema.max = Some(whole()?),
        "fill" => {
            let share = value.as_float().ok().or_else(|| value.as_int().ok().map(|n| n as f64));
            let share = share.filter(|share| (0.0..=1.0).contains(share));
            schema.fill = Some(share.ok_or_else(|| call.wrong(key, "a share from 0 to 1", value))?);
        }
        "unique" => {
            let name = value.clone().into_immutable_string().map_err(|_| call.wrong(key, "a field's name", value))?;
            let names: Vec<&str> = schema.fields.iter().map(|(name, _)| name.as_str()).collect();
            if !names.contains(&name.as_str()) {
                let message = format!("`unique` names no field of `{}`: `{name}`", schema.name);
                let mut error = CrawlError::new("crawl::schema::unique", message);
                error.help = crate::text::nearest_in(&name, "its fields", &names);
                return Err(raise(call.ctx, error));
            }
            schema.unique = Some(name.to_string());
        }
        _ => {
            let message = format!("a schema has no option `{key}`");
            let mut error = CrawlError::new("crawl::argument::unknown_option", message);
            error.help = crate::text::nearest_in(key, "its options", SCHEMA_OPTIONS);
            return Err(raise(call.ctx, error));
        }
    }
    Ok(())
}

fn schema_from(call: &mut Call<'_, '_>) -> Outcome {
    let path: ImmutableString = call.need_text("path")?;
    let text = super::input::read_file(call, &path)?;
    let refuse = |message: String, help: Option<String>| {
        let mut error = CrawlError::new("crawl::schema::json", format!("`{path}`: {message}"));
        error.help = help;
        call.refuse("path", error)
    };
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| refuse(error.to_string(), None))?;
    let schema =
        crate::page::schema_from_json(&json, &path).map_err(|error| refuse(error.to_string(), error.help.clone()))?;
    call.run.order.add(schema.fields.iter().map(|(name, _)| name.clone()).collect());
    Ok(Dynamic::from(SchemaValue(Arc::new(schema))))
}
