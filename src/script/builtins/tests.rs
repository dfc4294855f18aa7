//! `test`, `assert_eq`, `expect` and what may be expected (LANGUAGE section 13).

use rhai::{Array, Dynamic, FnPtr, Map};
use serde_json::Value;

use crate::crawl::CrawlError;
use crate::page::{fit, regular_expression};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::expectation::Expectation;
use crate::script::failure::{Outcome, raise};
use crate::script::schema_value::SchemaValue;
use crate::script::test_block::{Comparison, TestBlock};
use crate::script::value::{describe, to_json};
use crate::text::{FieldChange, cut, field_changes};

type Refused = Box<rhai::EvalAltResult>;

/// So many differences are listed.
const LISTED: usize = 12;

/// The longest text that is shown whole, in columns.
const SHOWN: usize = 200;

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
        category: "tests",
        call,
    }
}

const fn matcher(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin { receiver: Receiver::Expectation, ..function(name, params, "expectation", doc, example, call) }
}

const fn param(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, optional: false }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    function(
        "test",
        &[param("name", Kind::Text), param("body", Kind::Function)],
        "()",
        "A test: run by `crawl test` after the script, in a session space of its own; nothing in a plain run",
        "test(\"prices are numbers\", || {\n  expect(\"19.99\".float()).to_equal(19.99);\n});",
        test,
    ),
    function(
        "assert_eq",
        &[
            param("actual", Kind::Any),
            param("expected", Kind::Any),
            Param { name: "message", kind: Kind::Text, optional: true },
        ],
        "()",
        "Raises an error that shows what differs, field by field, unless both are equal",
        "assert_eq(#{ a: 1 }, #{ a: 1 });",
        assert_eq,
    ),
    function(
        "expect",
        &[param("value", Kind::Any)],
        "expectation",
        "A value, followed by what is expected of it",
        "expect([1, 2]).to_have_count(2).to_equal([1, 2]);",
        |call| Ok(Dynamic::from(Expectation(call.args.first().cloned().unwrap_or(Dynamic::UNIT)))),
    ),
    matcher(
        "to_equal",
        &[param("expected", Kind::Any)],
        "Expects the same data: records and lists field by field",
        "expect(#{ name: \"Ada\", born: 1815 }).to_equal(#{ born: 1815, name: \"Ada\" });",
        to_equal,
    ),
    matcher(
        "to_match",
        &[param("pattern", Kind::Regex)],
        "Expects a text in which a regular expression matches",
        "expect(\"£ 19.99\").to_match(`[0-9]+\\.[0-9]{2}`);",
        to_match,
    ),
    matcher(
        "to_have_count",
        &[param("count", Kind::Int)],
        "Expects a list, or a map, with so many entries",
        "expect([1, 2, 3]).to_have_count(3);",
        to_have_count,
    ),
    matcher(
        "to_fit",
        &[param("schema", Kind::Schema)],
        "Expects a record, or a list of them, that a schema could have extracted: fields, types, min, max, unique, fill",
        "schema Person at \"li\" { name: text(\"b\"), born: int(\".born\") }\nexpect([#{ name: \"Ada\", born: 1815 }]).to_fit(Person);",
        to_fit,
    ),
    matcher(
        "to_match_snapshot",
        &[param("name", Kind::Text)],
        "Expects the value that `crawl test --update` wrote down under that name; for tests only",
        "test(\"the menu\", || {\n  expect([\"Home\", \"Products\"]).to_match_snapshot(\"menu\");\n});",
        to_match_snapshot,
    ),
];

fn test(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?.to_string();
    let given = call.need("body")?;
    let Some(pointer) = given.clone().try_cast::<FnPtr>() else {
        return Err(call.wrong("body", "a closure such as `|| { … }`", &given));
    };
    let run = call.run;
    let script = run.sources.find(call.ctx.call_source());
    let main = run.sources.find(None);
    let (Some(_), Some(script), Some(main)) = (run.tester(), script, main) else { return Ok(Dynamic::UNIT) };
    // A module's tests are run where the module is tested.
    if script.source.name() != main.source.name() {
        return Ok(Dynamic::UNIT);
    }
    if run.tests.running() {
        let error = CrawlError::new("crawl::test::nested", format!("the test `{name}` stands inside another one"));
        return Err(raise(call.ctx, error.help("write the two one after the other")));
    }
    if let Some(first) = run.tests.place(&name) {
        let message = format!("there is a test `{name}` already, in line {}", first.line);
        let error = CrawlError::new("crawl::test::twice", message).help("give it a name of its own");
        return Err(call.refuse("name", error));
    }
    let offset = script.offset(call.ctx.call_position()).unwrap_or(0);
    let place = script.source.line_column(offset);
    run.tests.add(TestBlock { name, place, body: Closure::new(call.ctx, run, pointer) });
    Ok(Dynamic::UNIT)
}

fn assert_eq(call: &mut Call<'_, '_>) -> Outcome {
    let (actual, expected) = (call.args[0].clone(), call.args[1].clone());
    let changes = compare(call, &actual, &expected)?;
    if changes.is_empty() {
        return Ok(Dynamic::UNIT);
    }
    let mut error = unequal("crawl::eval::assert", &changes);
    if let Some(message) = call.text("message")? {
        error.notes.insert(0, std::mem::replace(&mut error.message, message.to_string()));
    }
    Err(raise(call.ctx, error))
}

fn to_equal(call: &mut Call<'_, '_>) -> Outcome {
    let (actual, expected) = (subject(call), call.need_any("expected"));
    let changes = compare(call, &actual, &expected)?;
    let error = unequal("crawl::eval::expect", &changes);
    met(call, changes.is_empty(), error)
}

fn to_match(call: &mut Call<'_, '_>) -> Outcome {
    let pattern = call.need_text("pattern")?;
    let regex = regular_expression(&pattern).map_err(|message| super::strings::bad_regex(call, message))?;
    let subject = subject(call);
    let Ok(text) = subject.clone().into_immutable_string() else {
        return Err(no_subject(call, "a text", &subject));
    };
    let message =
        format!("expected a match of `{pattern}`, got {}", cut(&Value::from(text.as_str()).to_string(), SHOWN));
    met(call, regex.is_match(&text), CrawlError::new("crawl::eval::expect", message))
}

fn to_have_count(call: &mut Call<'_, '_>) -> Outcome {
    let wanted = call.int("count")?.unwrap_or(0);
    let subject = subject(call);
    let list = subject.read_lock::<Array>().map(|list| list.len());
    let Some(count) = list.or_else(|| subject.read_lock::<Map>().map(|map| map.len())) else {
        return Err(no_subject(call, "a list or a map", &subject));
    };
    let message = format!("expected a count of {wanted}, got {count}");
    met(call, i64::try_from(count) == Ok(wanted), CrawlError::new("crawl::eval::expect", message))
}

fn to_fit(call: &mut Call<'_, '_>) -> Outcome {
    let given = call.need("schema")?;
    let Some(schema) = given.clone().try_cast::<SchemaValue>() else {
        return Err(call.wrong("schema", "a schema", &given));
    };
    let subject = subject(call);
    if !(subject.is_array() || subject.is_map()) {
        return Err(no_subject(call, "a record or a list of records", &subject));
    }
    let problems = fit(&schema.0, &data(call, &subject)?);
    let message = format!("the value does not fit `{}`: {}", schema.0.name, places(problems.len()));
    let error = CrawlError { notes: listed(problems.iter()), ..CrawlError::new("crawl::eval::expect", message) };
    met(call, problems.is_empty(), error)
}

fn to_match_snapshot(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("name")?;
    let Some(tester) = call.run.tester().filter(|_| call.run.tests.running()) else {
        let error = CrawlError::new("crawl::test::outside", "a snapshot is held against in a test only");
        return Err(raise(call.ctx, error.help("write it into a `test(\"name\", || { … })`, and run `crawl test`")));
    };
    let value = data(call, &subject(call))?;
    let expected = "crawl::eval::expect";
    match tester.snapshot(&name, &value) {
        Comparison::Same => met(call, true, CrawlError::new(expected, "")),
        Comparison::Missing => {
            let error = CrawlError::new(expected, format!("there is no snapshot `{name}`"));
            met(call, false, error.help("`crawl test --update` writes it"))
        }
        Comparison::Differs(changes) => {
            let mut error = unequal(expected, &changes);
            error.message = format!("not as in the snapshot `{name}`: {}", error.message);
            met(call, false, error.help("`crawl test --update` writes down what came"))
        }
    }
}

impl Call<'_, '_> {
    /// The value of a parameter for which `()` is as good as any.
    fn need_any(&self, name: &str) -> Dynamic {
        self.value(name).unwrap_or(Dynamic::UNIT)
    }
}

/// The value that an expectation is about.
fn subject(call: &Call<'_, '_>) -> Dynamic {
    call.args.first().and_then(|this| this.clone().try_cast::<Expectation>()).map_or(Dynamic::UNIT, |this| this.0)
}

/// The expectation itself, for the next one; or the error.
fn met(call: &Call<'_, '_>, met: bool, error: CrawlError) -> Outcome {
    if met { Ok(call.args.first().cloned().unwrap_or(Dynamic::UNIT)) } else { Err(raise(call.ctx, error)) }
}

fn no_subject(call: &Call<'_, '_>, wanted: &str, got: &Dynamic) -> Refused {
    let message = format!("`{}` is about {wanted}, got {}", call.builtin.name, describe(got));
    call.fail("crawl::argument::type", message)
}

fn compare(call: &Call<'_, '_>, actual: &Dynamic, expected: &Dynamic) -> Result<Vec<FieldChange>, Refused> {
    Ok(field_changes(&data(call, expected)?, &data(call, actual)?))
}

fn data(call: &Call<'_, '_>, value: &Dynamic) -> Result<Value, Refused> {
    to_json(value, &call.run.order).map_err(|message| call.fail("crawl::argument::type", message))
}

/// The error for values that differ: of a value as a whole in the message, of fields each in a note.
fn unequal(code: &'static str, changes: &[FieldChange]) -> CrawlError {
    let words = |change: &FieldChange| format!("expected {}, got {}", change.before(), change.after());
    match changes {
        [whole] if whole.path.is_empty() => CrawlError::new(code, words(whole)),
        _ => {
            let notes = changes.iter().map(|change| format!("`{}`: {}", change.path, words(change)));
            let message = format!("not as expected in {}", places(changes.len()));
            CrawlError { notes: listed(notes), ..CrawlError::new(code, message) }
        }
    }
}

fn places(count: usize) -> String {
    if count == 1 { "1 place".to_owned() } else { format!("{count} places") }
}

fn listed(all: impl ExactSizeIterator<Item = impl Into<String>>) -> Vec<String> {
    let more = all.len().saturating_sub(LISTED);
    let rest = (more > 0).then(|| format!("and {more} more"));
    all.take(LISTED).map(Into::into).chain(rest).collect()
}
