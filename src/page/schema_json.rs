//! Schemas in Crawl4AI's JSON form.

use serde_json::{Map, Value};

use super::schema::{Field, FieldKind, Schema, Transform};
use super::selector::{Selector, SelectorError};
use crate::text::nearest_in;

/// Why a JSON value is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct SchemaError {
    /// Where in the JSON: `fields[2].type`; `schema` for the whole.
    pub path: String,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The next action.
    pub help: Option<String>,
}

const SCHEMA_KEYS: &[&str] = &["name", "baseSelector", "baseFields", "fields", "min", "max", "unique", "fill"];
const FIELD_KEYS: &[&str] = &[
    "name",
    "selector",
    "type",
    "attribute",
    "pattern",
    "group",
    "transform",
    "default",
    "optional",
    "fields",
    "source",
];
const TYPES: &[&str] = &[
    "text",
    "attribute",
    "html",
    "regex",
    "nested",
    "list",
    "nested_list",
    "link",
    "int",
    "float",
    "money",
    "date",
    "bool",
    "markdown",
];
const TRANSFORMS: &[&str] = &["lowercase", "uppercase", "strip", "lower", "upper", "trim", "int", "float", "date"];

/// Reads a schema from Crawl4AI's JSON form; `name` is taken where the JSON has none.
///
/// Beside Crawl4AI's own types it knows `link`, `int`, `float`, `money`, `date`, `bool` and `markdown`; beside its keys
/// `optional`, and for the whole `min`, `max`, `unique` and `fill`.
pub fn schema_from_json(json: &Value, name: &str) -> Result<Schema, SchemaError> {
    let Some(object) = json.as_object() else { return Err(fault("schema", "a schema is an object", None)) };
    known_keys(object, SCHEMA_KEYS, "")?;
    let at = text(object, "baseSelector", "")?
        .ok_or_else(|| fault("baseSelector", "it is missing", Some("it is the selector of the rows")))?;
    let at = Selector::parse(at).map_err(|error| in_selector("baseSelector", error))?;
    let mut fields = Vec::new();
    for key in ["baseFields", "fields"] {
        fields.extend(read_fields(object, key, "")?);
    }
    if fields.is_empty() {
        return Err(fault("fields", "there are no fields", Some("name at least one in `fields`")));
    }
    let mut schema = Schema::new(text(object, "name", "")?.unwrap_or(name), at, fields);
    schema.min = whole(object, "min")?;
    schema.max = whole(object, "max")?;
    schema.unique = text(object, "unique", "")?.map(str::to_owned);
    schema.fill = match object.get("fill") {
        None => None,
        Some(value) => match value.as_f64().filter(|share| (0.0..=1.0).contains(share)) {
            Some(share) => Some(share),
            None => return Err(fault("fill", "it must be a number from 0 to 1", None)),
        },
    };
    if let Some(unique) = schema.unique.as_ref().filter(|unique| !schema.fields.iter().any(|(name, _)| name == *unique))
    {
        let names: Vec<&str> = schema.fields.iter().map(|(name, _)| name.as_str()).collect();
        let help = nearest_in(unique, "fields", &names);
        return Err(SchemaError { path: "unique".to_owned(), message: format!("no field `{unique}`"), help });
    }
    Ok(schema)
}

fn read_fields(object: &Map<String, Value>, key: &str, path: &str) -> Result<Vec<(String, Field)>, SchemaError> {
    let Some(value) = object.get(key) else { return Ok(Vec::new()) };
    let path = format!("{path}{key}");
    let Some(list) = value.as_array() else { return Err(fault(&path, "it must be an array of fields", None)) };
    let mut fields: Vec<(String, Field)> = Vec::with_capacity(list.len());
    for (i, value) in list.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let Some(object) = value.as_object() else { return Err(fault(&path, "a field is an object", None)) };
        let (name, field) = read_field(object, &path)?;
        if fields.iter().any(|(other, _)| *other == name) {
            return Err(fault(&format!("{path}.name"), &format!("there are two fields `{name}`"), None));
        }
        fields.push((name, field));
    }
    Ok(fields)
}

fn read_field(object: &Map<String, Value>, path: &str) -> Result<(String, Field), SchemaError> {
    let dot = format!("{path}.");
    known_keys(object, FIELD_KEYS, &dot)?;
    let name = text(object, "name", &dot)?.ok_or_else(|| fault(&format!("{path}.name"), "it is missing", None))?;
    let at = selector(object, path)?;
    let mut transforms = Vec::new();
    let kinds = kinds(object, path)?;
    let kind = read_kind(object, &kinds, at, path)?;
    if kinds.contains(&"regex") {
        transforms.push(regex(object, path)?);
    } else if object.contains_key("pattern") {
        return Err(fault(
            &format!("{dot}pattern"),
            "only type `regex` takes a pattern",
            Some("write `\"type\": \"regex\"`"),
        ));
    }
    transforms.extend(read_transforms(object, path)?);
    transforms.extend(object.get("default").cloned().map(Transform::Default));
    let optional = object.get("optional").and_then(Value::as_bool).unwrap_or(false);
    Ok((name.to_owned(), Field { kind, transforms, optional }))
}

/// The field's selector; the row itself without one. `source` is Crawl4AI's way to start at a sibling.
fn selector(object: &Map<String, Value>, path: &str) -> Result<Selector, SchemaError> {
    let dot = format!("{path}.");
    let source = text(object, "source", &dot)?;
    let (key, css) = match (source, text(object, "selector", &dot)?) {
        (None, None) => return Ok(Selector::itself()),
        (None, Some(css)) => ("selector", css.to_owned()),
        (Some(source), None) => ("source", source.to_owned()),
        (Some(source), Some(css)) => ("source", format!("{source} {css}")),
    };
    Selector::parse_relative(&css).map_err(|error| in_selector(&format!("{dot}{key}"), error))
}

/// The type, or the several types of a pipeline such as `["text", "regex"]`.
fn kinds<'a>(object: &'a Map<String, Value>, path: &str) -> Result<Vec<&'a str>, SchemaError> {
    let path = format!("{path}.type");
    let kinds: Vec<&str> = match object.get("type") {
        None => {
            return Err(fault(
                &path,
                "it is missing",
                Some("write one of text, attribute, html, regex, nested, list, nested_list"),
            ));
        }
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(list)) if !list.is_empty() => list.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err(fault(&path, "it must be the name of a type", None)),
    };
    if let Some(unknown) = kinds.iter().find(|kind| !TYPES.contains(kind)) {
        let help = match *unknown {
            "computed" => Some("write the schema in a script and the field as `computed(|row| …)`".to_owned()),
            unknown => nearest_in(unknown, "types", TYPES),
        };
        return Err(SchemaError { path, message: format!("unknown type `{unknown}`"), help });
    }
    if kinds.is_empty() {
        return Err(fault(&path, "it names no type", Some("`text` is the usual one")));
    }
    if kinds.len() > 1 && kinds[1..].iter().any(|kind| *kind != "regex") {
        return Err(fault(&path, "only `regex` may follow another type", None));
    }
    Ok(kinds)
}

fn read_kind(object: &Map<String, Value>, kinds: &[&str], at: Selector, path: &str) -> Result<FieldKind, SchemaError> {
    let dot = format!("{path}.");
    let inner = || {
        read_fields(object, "fields", &dot).and_then(|fields| match fields.is_empty() {
            true => Err(fault(&format!("{dot}fields"), &format!("type `{}` needs fields", kinds[0]), None)),
            false => Ok(fields),
        })
    };
    Ok(match kinds[0] {
        "attribute" => match text(object, "attribute", &dot)? {
            Some(attribute) => FieldKind::Attr(at, attribute.to_owned()),
            None => return Err(fault(&format!("{dot}attribute"), "it is missing", Some("name the attribute to read"))),
        },
        "html" => FieldKind::Html(at),
        "link" => FieldKind::Link(at),
        "int" => FieldKind::Int(at),
        "float" => FieldKind::Float(at),
        "money" => FieldKind::Money(at),
        "date" => FieldKind::Date(at, None),
        "bool" => FieldKind::Bool(at),
        "markdown" => FieldKind::Markdown(at),
        "nested" => FieldKind::Nested(at, inner()?),
        "nested_list" => FieldKind::NestedList(at, inner()?),
        "list" if object.contains_key("fields") => FieldKind::NestedList(at, inner()?),
        "list" => FieldKind::List(Box::new(Field::new(FieldKind::Text(at)))),
        _ => FieldKind::Text(at),
    })
}

fn regex(object: &Map<String, Value>, path: &str) -> Result<Transform, SchemaError> {
    let at = format!("{path}.pattern");
    let pattern = text(object, "pattern", &format!("{path}."))?
        .ok_or_else(|| fault(&at, "it is missing", Some("type `regex` needs a pattern")))?;
    // Crawl4AI takes the first group where there is one.
    let group = match object.get("group") {
        None => regex::Regex::new(pattern).map_or(0, |regex| u32::from(regex.captures_len() > 1)),
        Some(value) => match value.as_u64().and_then(|group| u32::try_from(group).ok()) {
            Some(group) => group,
            None => return Err(fault(&format!("{path}.group"), "it must be the number of a group", None)),
        },
    };
    let transform = Transform::Regex(pattern.to_owned(), group);
    transform.check().map_err(|message| fault(&at, &message, None))?;
    Ok(transform)
}

fn read_transforms(object: &Map<String, Value>, path: &str) -> Result<Vec<Transform>, SchemaError> {
    let path = format!("{path}.transform");
    let names: Vec<&str> = match object.get("transform") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err(fault(&path, "it must be the name of a transform", None)),
    };
    let one = |name: &&str| match *name {
        "lowercase" | "lower" => Ok(Transform::Lower),
        "uppercase" | "upper" => Ok(Transform::Upper),
        "strip" | "trim" => Ok(Transform::Trim),
        "int" => Ok(Transform::Int),
        "float" => Ok(Transform::Float),
        "date" => Ok(Transform::Date(None)),
        unknown => {
            let help = nearest_in(unknown, "transforms", TRANSFORMS);
            Err(SchemaError { path: path.clone(), message: format!("unknown transform `{unknown}`"), help })
        }
    };
    names.iter().map(one).collect()
}

fn known_keys(object: &Map<String, Value>, known: &[&str], path: &str) -> Result<(), SchemaError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let help = nearest_in(key, "keys", known);
            Err(SchemaError { path: format!("{path}{key}"), message: format!("unknown key `{key}`"), help })
        }
    }
}

fn text<'a>(object: &'a Map<String, Value>, key: &str, path: &str) -> Result<Option<&'a str>, SchemaError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(fault(&format!("{path}{key}"), "it must be a string", None)),
    }
}

fn whole(object: &Map<String, Value>, key: &str) -> Result<Option<u64>, SchemaError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| fault(key, "it must be a whole number", None)),
    }
}

fn in_selector(path: &str, error: SelectorError) -> SchemaError {
    SchemaError { path: path.to_owned(), message: error.message, help: error.help }
}

fn fault(path: &str, message: &str, help: Option<&str>) -> SchemaError {
    SchemaError { path: path.to_owned(), message: message.to_owned(), help: help.map(str::to_owned) }
}
