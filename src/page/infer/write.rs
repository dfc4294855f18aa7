//! A schema as text of a script.

use super::super::Field;
use super::super::FieldKind;
use super::Written;

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The whole definition, a field per line.
pub(super) fn schema(name: &str, at: &str, fields: &[Written]) -> String {
    let mut text = format!("schema {name} at {} {{\n", literal(at));
    for written in fields {
        text.push_str(&format!("    {}: {},\n", written.name, written.text));
    }
    text.push('}');
    text
}

/// The field where it may be absent.
pub(super) fn optional(written: Written) -> Written {
    if written.field.may_be_absent() || matches!(written.field.kind, FieldKind::Bool(_) | FieldKind::NestedList(..)) {
        return written;
    }
    let Written { name, field, text } = written;
    Written { name, field: Field { optional: true, ..field }, text: format!("optional({text})") }
}
