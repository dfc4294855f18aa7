//! What a script reads: parameters, files, the environment, and the built-in site.

use std::path::{Path, PathBuf};

use rhai::{Array, Dynamic, Map};

use crate::crawl::{CrawlError, Observation};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::{Outcome, raise};
use crate::script::run::lock;
use crate::script::value::{from_json, to_json};

type Refused = Box<rhai::EvalAltResult>;

const PATH: &[Param] = &[Param { name: "path", kind: Kind::Text, optional: false }];
const NAME_DEFAULT: &[Param] = &[
    Param { name: "name", kind: Kind::Text, optional: false },
    Param { name: "default", kind: Kind::Any, optional: true },
];

const fn reader(
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
        category: "input",
        call,
    }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    reader(
        "param",
        NAME_DEFAULT,
        "value",
        "The value of `--set NAME=…`, else the default",
        "let pages = param(\"pages\", 3);\nprint(pages);",
        param,
    ),
    reader(
        "env",
        NAME_DEFAULT,
        "string",
        "An environment variable, else the default",
        "print(env(\"CRAWL_EXAMPLE\", \"none\"));",
        env,
    ),
    reader(
        "secret",
        &[Param { name: "name", kind: Kind::Text, optional: false }],
        "string",
        "An environment variable whose value is not to be shown",
        "try { print(secret(\"CRAWL_EXAMPLE\").len()) } catch (e) { print(e.help) }",
        secret,
    ),
    reader(
        "read_text",
        PATH,
        "string",
        "A file's text",
        "write_text(\"notes.tmp\", \"one\\ntwo\");\nprint(read_text(\"notes.tmp\").lines().len());",
        |call| Ok(read_named(call)?.into()),
    ),
    reader(
        "read_lines",
        PATH,
        "array",
        "A file's lines",
        "write_text(\"notes.tmp\", \"one\\ntwo\");\nprint(read_lines(\"notes.tmp\")[1]);",
        |call| Ok(super::strings::list(read_named(call)?.lines())),
    ),
    reader(
        "read_json",
        PATH,
        "value",
        "A JSON file's value",
        "write_text(\"notes.tmp\", \"[1, 2]\");\nprint(read_json(\"notes.tmp\")[1]);",
        read_json,
    ),
    reader(
        "read_csv",
        PATH,
        "array",
        "A CSV file's records as maps, by its header",
        "write_text(\"notes.tmp\", \"name,age\\nAda,36\");\nprint(read_csv(\"notes.tmp\")[0].name);",
        read_csv,
    ),
    reader(
        "write_text",
        &[
            Param { name: "path", kind: Kind::Text, optional: false },
            Param { name: "text", kind: Kind::Any, optional: false },
        ],
        "()",
        "Writes a file, in place of what was there",
        "write_text(\"notes.tmp\", \"done\");",
        write_text,
    ),
    reader(
        "playground",
        &[],
        "string",
        "The address of the built-in site, started at first use",
        "print(playground().starts_with(\"http://\"));",
        |call| {
            let run = std::sync::Arc::clone(call.run);
            let url = call.run.wait(call.ctx, |_| async move {
                run.playground().await.map_err(|reason| CrawlError::new("crawl::playground::failed", reason))
            })?;
            Ok(url.into())
        },
    ),
];

fn param(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?;
    if let Some(value) = call.run.settings.params.get(name.as_str()) {
        return Ok(from_json(value));
    }
    if let Some(default) = call.args.get(1) {
        return Ok(default.clone());
    }
    let message = format!("no value for parameter `{name}`");
    let help = format!("run with `--set {name}=…`, or give a default: `param(\"{name}\", …)`");
    Err(raise(call.ctx, CrawlError::new("crawl::param::missing", message).help(help)))
}

fn variable(call: &Call<'_, '_>, name: &str) -> Result<Option<String>, Refused> {
    call.run.crawler.access().env(name).map_err(|error| call.refuse("name", error))?;
    let branch = call.run.place().branch;
    let observed = call.run.crawler.observe::<Refused>(&branch, Observation::Environment, name, || {
        Ok(std::env::var(name).map_or(serde_json::Value::Null, serde_json::Value::String))
    })?;
    Ok(observed.as_str().map(str::to_owned))
}

fn env(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?;
    match (variable(call, &name)?, call.args.get(1)) {
        (Some(value), _) => Ok(value.into()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(not_set(call, &name)),
    }
}

fn secret(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?;
    let Some(value) = variable(call, &name)? else {
        let stand_in = call.run.crawler.stand_in(&name);
        return stand_in.map(Dynamic::from).ok_or_else(|| not_set(call, &name));
    };
    call.run.crawler.hide_named(&name, &value);
    call.run.note_secret(&name, &value);
    Ok(value.into())
}

fn not_set(call: &Call<'_, '_>, name: &str) -> Refused {
    let error = CrawlError::new("crawl::env::missing", format!("environment variable `{name}` is not set"));
    raise(call.ctx, error.help(format!("set it: `export {name}=…`")))
}

/// A path as the script means it: beside the script, else in the current folder.
pub fn resolve(call: &Call<'_, '_>, path: &str) -> PathBuf {
    let path = Path::new(path);
    let script = call.run.sources.find(call.ctx.call_source());
    let beside = script.and_then(|script| Path::new(script.source.name()).parent().map(|folder| folder.join(path)));
    match beside {
        Some(beside) if path.is_relative() => {
            call.run.note_file(&beside);
            if beside.exists() { beside } else { path.to_owned() }
        }
        _ => path.to_owned(),
    }
}

/// A file's text, noted for watch and the journal.
pub fn read_file(call: &Call<'_, '_>, path: &str) -> Result<String, Refused> {
    read_file_as(call, "path", path)
}

/// The same; `option` names the path in errors.
pub fn read_file_as(call: &Call<'_, '_>, option: &'static str, path: &str) -> Result<String, Refused> {
    let full = may_read(call, option, path)?;
    if let Some(text) = saved(call, &full) {
        return Ok(text);
    }
    let branch = call.run.place().branch;
    let text = call.run.crawler.observe(&branch, Observation::File, &full.display().to_string(), || {
        text_of(call, option, path, &full).map(serde_json::Value::String)
    })?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// A state file's text; `None` where there is none and it is `optional`. A replay is given the recorded one.
pub fn read_state(
    call: &Call<'_, '_>,
    option: &'static str,
    path: &str,
    optional: bool,
) -> Result<Option<String>, Refused> {
    let full = may_read(call, option, path)?;
    if let Some(text) = saved(call, &full) {
        return Ok(Some(text));
    }
    let seen = call.run.observe(Observation::State, path, || match optional && !full.exists() {
        true => Ok(serde_json::Value::Null),
        false => text_of(call, option, path, &full).map(serde_json::Value::String),
    })?;
    match seen.as_str() {
        None if !optional => text_of(call, option, path, &full).map(Some),
        text => Ok(text.map(str::to_owned)),
    }
}

/// What this replay saved there.
fn saved(call: &Call<'_, '_>, full: &Path) -> Option<String> {
    let place = std::path::absolute(full).ok()?;
    lock(&call.run.saved).get(&place).cloned()
}

fn may_read(call: &Call<'_, '_>, option: &'static str, path: &str) -> Result<PathBuf, Refused> {
    let full = resolve(call, path);
    call.run.crawler.access().read(&full).map_err(|error| call.refuse(option, error))?;
    call.run.note_file(&full);
    Ok(full)
}

fn text_of(call: &Call<'_, '_>, option: &'static str, path: &str, full: &Path) -> Result<String, Refused> {
    std::fs::read_to_string(full).map_err(|error| {
        let mut failure = CrawlError::new("crawl::file::read", format!("cannot read `{path}`: {}", reason(&error)));
        failure.help = crate::store::nearest_file(full).map(|near| format!("did you mean `{near}`?"));
        call.refuse(option, failure)
    })
}

fn read_named(call: &Call<'_, '_>) -> Result<String, Refused> {
    let path = call.need_text("path")?;
    read_file(call, &path)
}

fn read_json(call: &mut Call<'_, '_>) -> Outcome {
    let path = call.need_text("path")?;
    let text = read_file(call, &path)?;
    let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
    let json = json.map_err(|error| {
        call.refuse("path", CrawlError::new("crawl::file::json", format!("`{path}` is no JSON: {error}")))
    })?;
    Ok(from_json(&json))
}

fn read_csv(call: &mut Call<'_, '_>) -> Outcome {
    let path = call.need_text("path")?;
    let text = read_file(call, &path)?;
    let bad = |error: csv::Error| {
        let reason = error.to_string();
        let reason = reason.strip_prefix("CSV error: ").unwrap_or(&reason);
        let failure = CrawlError::new("crawl::file::csv", format!("`{path}` is no CSV: {reason}"));
        call.refuse("path", failure.help("give each record as many cells as the header line has"))
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().map_err(bad)?.clone();
    let mut rows = Array::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let row: Map = names.iter().zip(&record).map(|(name, cell)| (name.into(), cell.into())).collect();
        rows.push(Dynamic::from_map(row));
    }
    Ok(rows.into())
}

fn write_text(call: &mut Call<'_, '_>) -> Outcome {
    let path = call.need_text("path")?;
    let value = call.args.get(1).cloned().unwrap_or(Dynamic::UNIT);
    let text = match value.clone().into_immutable_string() {
        Ok(text) => text.to_string(),
        Err(_) => to_json(&value, &call.run.order)
            .map(|json| json.to_string())
            .map_err(|message| call.fail("crawl::argument::type", message))?,
    };
    call.run.crawler.access().write(Path::new(path.as_str())).map_err(|error| call.refuse("path", error))?;
    let written = call.run.write(Path::new(path.as_str()), text.as_bytes(), false);
    written.map_err(|error| call.refuse("path", CrawlError::new("crawl::file::write", error.to_string())))?;
    Ok(Dynamic::UNIT)
}

/// What the system says, as a person would.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}
