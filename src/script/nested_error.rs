//! Rhai's own errors as `catch` gets them from inside calls: only their text tells what and where.

use std::sync::LazyLock;

use regex::Regex;
use rhai::Position;

static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(.*?)(?: @ '([^']*)')?(?: \(line (\d+), position (\d+)\))?$").expect("the pattern is tested")
});

/// The beginnings of Rhai's messages with the variants they belong to.
const BEGINNINGS: &[(&str, &str)] = &[
    ("Variable not found", "ErrorVariableNotFound"),
    ("Property not found", "ErrorPropertyNotFound"),
    ("Function not found", "ErrorFunctionNotFound"),
    ("Module not found", "ErrorModuleNotFound"),
    ("Array index", "ErrorArrayBounds"),
    ("String index", "ErrorStringBounds"),
    ("Bit-field index", "ErrorBitFieldBounds"),
    ("Invalid index", "ErrorIndexNotFound"),
    ("Unknown property", "ErrorDotExpr"),
    ("Malformed dot", "ErrorDotExpr"),
    ("Indexer unavailable", "ErrorIndexingType"),
    ("For loop expects", "ErrorFor"),
    ("Data type incorrect", "ErrorMismatchDataType"),
    ("Output type incorrect", "ErrorMismatchOutputType"),
    ("Data race", "ErrorDataRace"),
    ("Stack overflow", "ErrorStackOverflow"),
    ("Too many", "ErrorTooManyOperations"),
    ("Cannot modify", "ErrorAssignmentToConstant"),
    ("Cannot assign to indexer of constant", "ErrorAssignmentToConstant"),
    ("Non-pure", "ErrorNonPureMethodCallOnConstant"),
    ("Division by zero", "ErrorArithmetic"),
    ("Modulo division by zero", "ErrorArithmetic"),
    ("Addition overflow", "ErrorArithmetic"),
    ("Subtraction overflow", "ErrorArithmetic"),
    ("Multiplication overflow", "ErrorArithmetic"),
    ("Division overflow", "ErrorArithmetic"),
    ("Exponential overflow", "ErrorArithmetic"),
    ("Negation overflow", "ErrorArithmetic"),
];

/// What went wrong innermost.
pub struct Innermost {
    /// The variant of Rhai's error.
    pub variant: &'static str,
    /// Its own message.
    pub message: String,
    /// The source it arose in, where the text tells.
    pub source: Option<String>,
    /// The place there.
    pub position: Position,
}

/// Takes the text of an error in a call apart.
#[must_use]
pub fn innermost(text: &str) -> Innermost {
    let calls = ["\nin call to function '", "\nin closure call", "\nin module"];
    let end = calls.iter().filter_map(|call| text.find(call)).min().unwrap_or(text.len());
    let own = &text[..end];
    let found = PLACE.captures(own);
    let part = |index| found.as_ref().and_then(|found| found.get(index)).map(|part| part.as_str());
    let message = part(1).unwrap_or(own).to_owned();
    let known = BEGINNINGS.iter().find(|(beginning, _)| message.starts_with(beginning));
    let number = |index| part(index).and_then(|digits| digits.parse::<u16>().ok());
    let position = match (number(3), number(4)) {
        (Some(line), Some(column)) => Position::new(line, column),
        _ => Position::NONE,
    };
    let source = part(2).filter(|source| !source.is_empty()).map(str::to_owned);
    Innermost { variant: known.map_or("ErrorRuntime", |(_, variant)| variant), message, source, position }
}
