//! Rhai's parse errors in our words.

use rhai::ParseErrorType;

/// Whether the place that Rhai names is the one after what is not complete.
#[must_use]
pub fn misses_end(kind: &ParseErrorType) -> bool {
    matches!(kind, ParseErrorType::MissingToken(token, _) if token == ";")
}

/// The message and, where there is one, the next action; `found` is the text at the place.
#[must_use]
pub fn words(kind: &ParseErrorType, found: &str) -> (String, Option<String>) {
    use ParseErrorType as P;
    let plain = |text: &str| (text.to_owned(), None);
    match kind {
        P::UnexpectedEOF => (
            "the script ends in the middle of something".to_owned(),
            Some("close what is open: a bracket, a block, a string".to_owned()),
        ),
        P::BadInput(rhai::LexError::UnexpectedInput(text)) => (format!("`{text}` is not expected here"), None),
        P::BadInput(error) => (lower(&error.to_string()), None),
        P::WrongDocComment => (
            "a comment with `///` belongs above a function".to_owned(),
            Some("write `//` for other comments".to_owned()),
        ),
        P::UnknownOperator(operator) => (format!("`{operator}` is no operator"), None),
        P::MissingToken(token, _) if token == ";" => (
            "a statement is not ended".to_owned(),
            Some("write `;` after it; only the last statement of a block, whose value it gives, needs none".to_owned()),
        ),
        P::MissingToken(token, place) => (format!("`{token}` is missing {}", lower(place)), None),
        P::MissingSymbol(place) => (format!("something is missing: {}", lower(place)), None),
        P::MalformedIndexExpr(text) => (format!("this index is not complete: {}", lower(text)), None),
        P::DuplicatedProperty(name) => {
            (format!("the key `{name}` is given twice"), Some("keep one of the two".to_owned()))
        }
        P::DuplicatedVariable(name) => (format!("`{name}` is defined twice"), None),
        P::PropertyExpected | P::VariableExpected | P::FnMissingName if crate::syntax::is_keyword(found) => (
            format!("`{found}` is a word of the language and cannot be a name here"),
            Some("choose another name".to_owned()),
        ),
        P::PropertyExpected => plain("a property's name is missing"),
        P::VariableExpected => plain("a variable's name is missing"),
        P::ForbiddenVariable(name) => (format!("`{name}` cannot be a variable's name"), None),
        P::Reserved(word) => (format!("`{word}` is a word of the language"), Some("choose another name".to_owned())),
        P::MismatchedType(wanted, got) => (format!("{wanted} is wanted here, not {got}"), None),
        P::ExprExpected(what) => (format!("an expression is missing: {}", lower(what)), None),
        P::FnDuplicatedDefinition(name, count) => {
            (format!("function `{name}` with {count} parameters is defined twice"), None)
        }
        P::FnMissingName if found.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            (format!("`{found}` cannot name a function"), Some("choose another name".to_owned()))
        }
        P::FnMissingName => plain("the function's name is missing"),
        P::FnMissingParams(name) => (format!("the parameters of function `{name}` are missing"), None),
        P::FnDuplicatedParam(name, param) => (format!("function `{name}` has parameter `{param}` twice"), None),
        P::FnMissingBody(name) => (format!("the body of function `{name}` is missing"), None),
        P::WrongFnDefinition => (
            "a function is defined inside a block".to_owned(),
            Some("define it at the top of the script, or write a closure: `let f = |x| …`".to_owned()),
        ),
        P::AssignmentToConstant(name) => {
            (format!("`{name}` is a constant"), Some("use `let` for what changes".to_owned()))
        }
        P::AssignmentToInvalidLHS(_) => plain("this cannot be assigned to"),
        P::ExprTooDeep => plain("this expression is nested too deeply"),
        P::LoopBreak => (
            "`break` and `continue` stand inside loops only".to_owned(),
            Some("leave a function with `return`; a block ends by itself".to_owned()),
        ),
        other => (lower(&other.to_string()), None),
    }
}

fn lower(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
