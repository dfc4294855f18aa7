//! Rhai's own run-time errors in our codes and words.

/// The code and message for a variant of Rhai's error, by the variant's name and Rhai's message.
#[must_use]
pub fn of_variant(variant: &str, message: &str) -> (&'static str, String) {
    let tail = |text: &str| text.split_once(": ").map_or(text, |(_, rest)| rest).to_owned();
    match variant {
        "ErrorVariableNotFound" => ("crawl::eval::unknown_variable", format!("unknown variable `{}`", tail(message))),
        "ErrorPropertyNotFound" => ("crawl::eval::unknown_property", format!("no property `{}`", tail(message))),
        "ErrorFunctionNotFound" => ("crawl::eval::unknown_function", no_function(&readable_signature(&tail(message)))),
        "ErrorModuleNotFound" => ("crawl::eval::unknown_module", format!("no module `{}`", tail(message))),
        "ErrorIndexNotFound" | "ErrorArrayBounds" | "ErrorStringBounds" | "ErrorBitFieldBounds" => {
            ("crawl::eval::index", lower_first(message))
        }
        "ErrorMismatchDataType" | "ErrorMismatchOutputType" | "ErrorIndexingType" | "ErrorFor" | "ErrorDotExpr" => {
            wrong_type(&readable_signature(message))
        }
        "ErrorArithmetic" => ("crawl::eval::arithmetic", lower_first(message)),
        "ErrorStackOverflow" => ("crawl::eval::too_deep", "the script calls itself too deeply".to_owned()),
        "ErrorTooManyOperations" | "ErrorTooManyVariables" | "ErrorTooManyModules" | "ErrorDataTooLarge" => {
            ("crawl::eval::too_large", lower_first(message))
        }
        "ErrorDataRace" => {
            let user = race_in(message).map_or_else(String::new, |name| format!(" by `{name}`"));
            ("crawl::eval::data_race", format!("a value is changed and used at once{user}"))
        }
        "ErrorNonPureMethodCallOnConstant" => {
            let name = message.split('\'').nth(1).unwrap_or("this");
            ("crawl::eval::constant", format!("`{name}` would change a constant"))
        }
        "ErrorAssignmentToConstant" => ("crawl::eval::constant", lower_first(message)),
        "ErrorTerminated" => ("crawl::interrupted", "the run was interrupted".to_owned()),
        _ => ("crawl::eval::failed", lower_first(message)),
    }
}

/// The function whose argument is changed meanwhile, by Rhai's message.
#[must_use]
pub fn race_in(message: &str) -> Option<&str> {
    message.split_once("of function '")?.1.split('\'').next()
}

/// `f (a, b)` is Rhai's way to name a call; operators read better otherwise.
fn no_function(signature: &str) -> String {
    let Some((name, arguments)) = signature.split_once(" (") else { return format!("no function `{signature}`") };
    let arguments = arguments.trim_end_matches(')');
    if name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':') {
        return match arguments {
            "" => format!("no function `{name}` without arguments"),
            _ => format!("no function `{name}` for ({arguments})"),
        };
    }
    let both = arguments.replace(", ", " and ");
    format!("`{name}` does not work on {both}")
}

/// Rhai's words for a value of the wrong type, in ours.
fn wrong_type(message: &str) -> (&'static str, String) {
    if let Some((name, owner)) = message.strip_prefix("Unknown property '").and_then(|rest| rest.split_once('\'')) {
        let owner = owner.rsplit('\'').nth(1).unwrap_or("value");
        let owner =
            if owner == "()" { "`()`, the absent value,".to_owned() } else { format!("a value of type {owner}") };
        return ("crawl::eval::unknown_property", format!("{owner} has no property `{name}`"));
    }
    let wanted = message.strip_suffix(')').and_then(|text| text.split_once(" (expecting "));
    let message = match wanted.and_then(|(got, wanted)| Some((got.split_once(": ")?.1, wanted))) {
        Some((got, "bool")) => format!("true or false is wanted here, got a value of type {got}"),
        Some((got, wanted)) => format!("a value of type {wanted} is wanted here, got {got}"),
        None => lower_first(message),
    };
    ("crawl::eval::type", message)
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
