//! Rhai's own run-time errors in our codes and words.

/// The code and message for a variant of Rhai's error, by the variant's name and Rhai's message.
#[must_use]
pub fn of_variant(variant: &str, message: &str) -> (&'static str, String) {
    let tail = |text: &str| text.split_once(": ").map_or(text, |(_, rest)| rest).to_owned();
    match variant {
        "ErrorVariableNotFound" => ("crawl::eval::unknown_variable", format!("unknown variable `{}`", tail(message))),
        "ErrorPropertyNotFound" => ("crawl::eval::unknown_property", format!("no property `{}`", tail(message))),
        "ErrorFunctionNotFound" => {
            ("crawl::eval::unknown_function", format!("no function `{}`", readable_signature(&tail(message))))
        }
        "ErrorModuleNotFound" => ("crawl::eval::unknown_module", format!("no module `{}`", tail(message))),
        "ErrorIndexNotFound" | "ErrorArrayBounds" | "ErrorStringBounds" | "ErrorBitFieldBounds" => {
            ("crawl::eval::index", lower_first(message))
        }
        "ErrorMismatchDataType" | "ErrorMismatchOutputType" | "ErrorIndexingType" | "ErrorFor" | "ErrorDotExpr" => {
            ("crawl::eval::type", lower_first(&readable_signature(message)))
        }
        "ErrorArithmetic" => ("crawl::eval::arithmetic", lower_first(message)),
        "ErrorStackOverflow" => ("crawl::eval::too_deep", "the script calls itself too deeply".to_owned()),
        "ErrorTooManyOperations" | "ErrorTooManyVariables" | "ErrorTooManyModules" | "ErrorDataTooLarge" => {
            ("crawl::eval::too_large", lower_first(message))
        }
        "ErrorDataRace" => ("crawl::eval::data_race", lower_first(message)),
        "ErrorAssignmentToConstant" | "ErrorNonPureMethodCallOnConstant" => {
            ("crawl::eval::constant", lower_first(message))
        }
        "ErrorTerminated" => ("crawl::interrupted", "the run was interrupted".to_owned()),
        _ => ("crawl::eval::failed", lower_first(message)),
    }
}

/// Rhai's type names in signatures, as people call them.
#[must_use]
pub fn readable_signature(text: &str) -> String {
    let mut out = text.to_owned();
    for (rust, plain) in [
        ("&str | ImmutableString | String", "string"),
        ("ImmutableString", "string"),
        ("&str", "string"),
        ("i64", "integer"),
        ("f64", "number"),
        ("rhai::", ""),
        ("FnPtr", "function"),
        ("PageValue", "page"),
        ("ElementValue", "element"),
        ("SessionValue", "session"),
        ("FieldValue", "field"),
        ("ConditionValue", "condition"),
        ("SchemaValue", "schema"),
        ("LiveValue", "live page"),
        ("ErrorValue", "error"),
    ] {
        out = out.replace(rust, plain);
    }
    strip_paths(&out)
}

/// Drops module paths (`crawl::script::page_value::`) from type names.
fn strip_paths(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        let (body, end) = word.char_indices().last().map_or((word, ""), |(i, c)| {
            if c.is_alphanumeric() || c == '_' || c == ':' { (word, "") } else { word.split_at(i) }
        });
        match body.rsplit_once("::") {
            Some((path, name)) if path.starts_with("crawl::script") => out.push_str(name),
            _ => out.push_str(body),
        }
        out.push_str(end);
    }
    out
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
