//! The console of a page, from what CDP shows of its objects.

use serde_json::Value;

use crate::browser::console::{self, Logged, quoted};
use crate::browser::snapshot::ConsoleLine;

use super::event::{ConsoleCalled, EntryPreview, ExceptionThrown, ObjectPreview, PropertyPreview, RemoteObject};

/// A call of a function of `console`.
pub(super) fn called(event: ConsoleCalled) -> ConsoleLine {
    let place = event.stack_trace.and_then(|stack| stack.call_frames.into_iter().next());
    let args: Vec<Logged> = event.args.iter().map(logged).collect();
    ConsoleLine {
        level: event.kind,
        text: console::line(&args),
        line: place.as_ref().map(|frame| frame.line_number + 1),
        url: place.map(|frame| frame.url).filter(|url| !url.is_empty()),
    }
}

/// An exception that nothing caught.
pub(super) fn thrown(event: ExceptionThrown) -> ConsoleLine {
    let details = event.exception_details;
    let text = details.exception.as_ref().and_then(|e| e.description.clone()).unwrap_or(details.text);
    ConsoleLine {
        level: "exception".to_owned(),
        text,
        url: details.url.filter(|url| !url.is_empty()),
        line: Some(details.line_number + 1),
    }
}

fn logged(arg: &RemoteObject) -> Logged {
    match (&arg.value, &arg.preview) {
        (Some(Value::String(text)), _) => Logged::Text(text.clone()),
        (Some(Value::Number(number)), _) => Logged::Number(number.as_f64().unwrap_or(f64::NAN), arg.words()),
        (None, Some(of)) => Logged::Shown(preview(of)),
        _ => Logged::Shown(arg.words()),
    }
}

fn preview(of: &ObjectPreview) -> String {
    let ObjectPreview { subtype, description, overflow, properties, entries, .. } = of;
    let name = description.as_deref().unwrap_or("Object");
    let pair = |one: &PropertyPreview| format!("{}: {}", one.name, property(one));
    match subtype.as_deref() {
        None | Some("proxy") => console::object(name, properties.iter().map(pair).collect(), *overflow),
        Some("array" | "typedarray") => {
            let item = |one: &PropertyPreview| match one.name.parse::<u32>() {
                Ok(_) => property(one),
                Err(_) => pair(one),
            };
            console::list(properties.iter().map(item).collect(), *overflow)
        }
        Some("map" | "set") => console::object(name, entries.iter().map(entry).collect(), *overflow),
        // Errors, dates, expressions and nodes describe themselves.
        Some(_) => name.to_owned(),
    }
}

fn property(of: &PropertyPreview) -> String {
    match (&of.value_preview, of.kind.as_str(), of.value.as_deref()) {
        (Some(inner), _, _) => preview(inner),
        (None, "string", Some(text)) => quoted(text),
        (None, "object", Some("Object")) => "{…}".to_owned(),
        (None, "function", _) => "ƒ".to_owned(),
        (None, "accessor", _) => "(…)".to_owned(),
        (None, _, Some(value)) => value.to_owned(),
        (None, kind, None) => kind.to_owned(),
    }
}

fn entry(of: &EntryPreview) -> String {
    // Plain values are told by their descriptions alone.
    let part = |part: &ObjectPreview| match (part.kind.as_str(), &part.description) {
        ("object", _) => preview(part),
        ("string", Some(text)) => quoted(text),
        (_, text) => text.clone().unwrap_or_default(),
    };
    match &of.key {
        Some(key) => format!("{} => {}", part(key), part(&of.value)),
        None => part(&of.value),
    }
}
