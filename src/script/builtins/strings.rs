//! Strings: methods that return a new value, where Rhai's own change in place (LANGUAGE section 0).

use rhai::{Array, Dynamic, ImmutableString};

use crate::crawl::CrawlError;
use crate::page::regular_expression;
use crate::page::{decimal, whole};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::{Outcome, raise};

const PATTERN: &[Param] = &[Param { name: "pattern", kind: Kind::Regex, optional: false }];

const fn method(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::Text,
        params,
        variadic: false,
        options: &[],
        result,
        doc,
        example,
        category: "strings",
        call,
    }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    method("trim", &[], "string", "Without white space at both ends", "print(\"  a \".trim());", |call| {
        Ok(this(call).trim().into())
    }),
    method("lower", &[], "string", "In lower case", "print(\"A\".lower());", |call| {
        Ok(this(call).to_lowercase().into())
    }),
    method("upper", &[], "string", "In upper case", "print(\"a\".upper());", |call| {
        Ok(this(call).to_uppercase().into())
    }),
    method(
        "replace",
        &[
            Param { name: "from", kind: Kind::Text, optional: false },
            Param { name: "to", kind: Kind::Text, optional: false },
        ],
        "string",
        "With every occurrence replaced",
        "print(\"a-b\".replace(\"-\", \"+\"));",
        |call| {
            let (from, to) = (call.need_text("from")?, call.need_text("to")?);
            Ok(this(call).replace(from.as_str(), to.as_str()).into())
        },
    ),
    method(
        "split",
        &[Param { name: "separator", kind: Kind::Text, optional: false }],
        "array",
        "The parts between separators",
        "print(\"a,b\".split(\",\").len());",
        |call| {
            let separator = call.need_text("separator")?;
            Ok(list(this(call).split(separator.as_str())))
        },
    ),
    method("to_int", &[], "integer", "As a whole number; also written `.int()`", "print(\"1,234\".int());", |call| {
        let text = this(call);
        whole(&text).map(Dynamic::from).ok_or_else(|| no_number(call, &text, "whole number"))
    }),
    method(
        "to_float",
        &[],
        "number",
        "As a decimal number; also written `.float()`",
        "print(\"1.5\".float());",
        |call| {
            let text = this(call);
            decimal(&text).map(Dynamic::from).ok_or_else(|| no_number(call, &text, "number"))
        },
    ),
    method("lines", &[], "array", "Its lines", "print(\"a\\nb\".lines().len());", |call| Ok(list(this(call).lines()))),
    method(
        "matches",
        PATTERN,
        "bool",
        "Whether a regular expression matches anywhere",
        "print(\"abc-12\".matches(\"[0-9]+\"));",
        |call| Ok(regex(call)?.is_match(&this(call)).into()),
    ),
    method(
        "find_all",
        PATTERN,
        "array",
        "All matches of a regular expression",
        "print(\"1 and 22\".find_all(\"[0-9]+\"));",
        |call| {
            let text = this(call);
            Ok(list(regex(call)?.find_iter(&text).map(|hit| hit.as_str())))
        },
    ),
];

/// Strings as an array.
pub fn list<'t>(parts: impl Iterator<Item = &'t str>) -> Dynamic {
    parts.map(|part| Dynamic::from(part.to_owned())).collect::<Array>().into()
}

fn this(call: &Call<'_, '_>) -> ImmutableString {
    call.args[0].clone().into_immutable_string().unwrap_or_default()
}

fn no_number(call: &Call<'_, '_>, text: &str, kind: &str) -> Box<rhai::EvalAltResult> {
    let short: String = text.chars().take(40).collect();
    call.fail("crawl::value::number", format!("no {kind} in \"{short}\""))
}

fn regex(call: &Call<'_, '_>) -> Result<regex::Regex, Box<rhai::EvalAltResult>> {
    let pattern = call.need_text("pattern")?;
    regular_expression(&pattern).map_err(|message| bad_regex(call, message))
}

/// The error for a regular expression that does not parse.
pub fn bad_regex(call: &Call<'_, '_>, message: String) -> Box<rhai::EvalAltResult> {
    raise(call.ctx, CrawlError::new("crawl::value::regex", message).at("pattern", 0))
}
