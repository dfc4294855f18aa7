//! Reading one field at an element.

use scraper::ElementRef;
use serde_json::Value;

use super::document::{Document, ElementId};
use super::node::attribute;
use super::plan::PlannedField;
use super::reader;
use super::schema::FieldKind;
use super::transform::{Outcome, day, decimal, money, run, whole};

/// Reads a field that is neither computed nor a record.
pub(super) fn read(document: &Document, element: ElementId, field: &PlannedField<'_>) -> Outcome {
    match &field.field.kind {
        FieldKind::Value(value) => Outcome::Found(value.clone()),
        FieldKind::List(inner) => list(document, element, field, &inner.kind),
        FieldKind::Bool(at) => {
            let found = document.select_first_in(element, at);
            Outcome::Found(Value::Bool(found.is_some_and(|found| says_yes(document, found))))
        }
        kind => match kind.selector().and_then(|at| document.select_first_in(element, at)) {
            Some(found) => of(document, found, kind),
            None => Outcome::Absent,
        },
    }
}

/// Every match, read by the inner kind; what comes to nothing is left out.
fn list(document: &Document, element: ElementId, field: &PlannedField<'_>, kind: &FieldKind) -> Outcome {
    let Some(at) = kind.selector() else { return Outcome::Found(Value::Array(Vec::new())) };
    let mut values = Vec::new();
    for found in document.select_in(element, at) {
        match run(&field.inner_steps, of(document, found, kind)) {
            Outcome::Found(value) => values.push(value),
            Outcome::Absent => {}
            unfit @ Outcome::Unfit(..) => return unfit,
        }
    }
    Outcome::Found(Value::Array(values))
}

fn of(document: &Document, found: ElementId, kind: &FieldKind) -> Outcome {
    let text = || document.text(found);
    let string = |text: String| Outcome::Found(Value::String(text));
    let maybe = |text: Option<String>| text.map_or(Outcome::Absent, |text| Outcome::Found(Value::String(text)));
    match kind {
        FieldKind::Text(_) => string(text()),
        FieldKind::Html(_) => string(document.html(found)),
        FieldKind::Markdown(_) => string(document.markdown(Some(found))),
        FieldKind::Attr(_, name) => maybe(document.attr(found, name)),
        FieldKind::Link(_) => link(document, found),
        FieldKind::Int(_) => whole(&text()),
        FieldKind::Float(_) => decimal(&text()),
        FieldKind::Money(_) => money(&text()),
        FieldKind::Bool(_) => Outcome::Found(Value::Bool(says_yes(document, found))),
        FieldKind::Date(_, format) => date(document, found, format.as_deref()),
        FieldKind::List(inner) => of(document, found, &inner.kind),
        FieldKind::Value(value) => Outcome::Found(value.clone()),
        FieldKind::Nested(..) | FieldKind::NestedList(..) | FieldKind::Computed(_) => Outcome::Absent,
    }
}

/// The `datetime` attribute counts where it is a date; a format is for the text.
fn date(document: &Document, found: ElementId, format: Option<&str>) -> Outcome {
    let stated = document.attr(found, "datetime").map(|stated| day(&stated, None));
    match stated {
        Some(known @ Outcome::Found(_)) => known,
        _ => day(&document.text(found), format),
    }
}

/// The `href` or `src` of the element, else of the first below it that has one.
fn link(document: &Document, found: ElementId) -> Outcome {
    let own = |element: ElementRef<'_>| {
        let value = element.value();
        attribute(value, "href").or_else(|| attribute(value, "src")).map(str::to_owned)
    };
    let href =
        document.read(|tree| tree.element(found).and_then(|element| element.descendent_elements().find_map(own)));
    match href {
        None => Outcome::Absent,
        Some(href) => match document.resolve(&href) {
            Some(url) => Outcome::Found(Value::String(url.into())),
            None => Outcome::Unfit("an address", href.chars().take(60).collect()),
        },
    }
}

/// An element that is there means yes, unless it is an unchecked box or its text says no.
fn says_yes(document: &Document, found: ElementId) -> bool {
    let kind = document.attr(found, "type").unwrap_or_default().to_ascii_lowercase();
    if document.name(found) == "input" && matches!(kind.as_str(), "checkbox" | "radio") {
        return document.attr(found, "checked").is_some();
    }
    let text =
        document.read(|tree| tree.element(found).map_or_else(String::new, |element| reader::line(tree, element)));
    !matches!(text.trim().to_lowercase().as_str(), "no" | "false" | "0" | "off" | "none" | "n" | "✗" | "✘" | "×")
}
