//! `role=button[name="Save"][disabled]`.

use super::words::closing;
use super::{Query, TargetError, Words, fault};
use crate::text::nearest_in;

/// Roles that elements may have (WAI-ARIA 1.2, without the abstract ones).
const ROLES: &[&str] = &[
    "alert",
    "alertdialog",
    "application",
    "article",
    "banner",
    "blockquote",
    "button",
    "caption",
    "cell",
    "checkbox",
    "code",
    "columnheader",
    "combobox",
    "complementary",
    "contentinfo",
    "definition",
    "deletion",
    "dialog",
    "directory",
    "document",
    "emphasis",
    "feed",
    "figure",
    "form",
    "generic",
    "grid",
    "gridcell",
    "group",
    "heading",
    "img",
    "image",
    "insertion",
    "link",
    "list",
    "listbox",
    "listitem",
    "log",
    "main",
    "marquee",
    "math",
    "meter",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "navigation",
    "none",
    "note",
    "option",
    "paragraph",
    "presentation",
    "progressbar",
    "radio",
    "radiogroup",
    "region",
    "row",
    "rowgroup",
    "rowheader",
    "scrollbar",
    "search",
    "searchbox",
    "separator",
    "slider",
    "spinbutton",
    "status",
    "strong",
    "subscript",
    "superscript",
    "switch",
    "tab",
    "table",
    "tablist",
    "tabpanel",
    "term",
    "textbox",
    "time",
    "timer",
    "toolbar",
    "tooltip",
    "tree",
    "treegrid",
    "treeitem",
];

/// The states that may be asked for, beside `name`.
pub const STATES: &[&str] = &["checked", "disabled", "expanded", "selected", "pressed", "level"];

const HELP: &str = "such as `role=button[name=\"Save\"]`";

/// Reads what follows `role=`, which ends at `start`.
pub(super) fn read(text: &str, start: usize) -> Result<Query, TargetError> {
    let rest = &text[start..];
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let role = rest[..end].to_ascii_lowercase();
    if !ROLES.contains(&role.as_str()) {
        let (message, help) = match role.as_str() {
            "" => ("`role=` needs a role".to_owned(), Some(HELP.to_owned())),
            _ => (format!("there is no role `{role}`"), nearest_in(&role, "roles are", ROLES)),
        };
        let mut error = fault(text, start..(start + end).max(start), &message, "");
        error.help = help;
        return Err(error);
    }
    let (mut name, mut states, mut hidden) = (None, Vec::new(), false);
    let mut at = start + end;
    while at < text.len() {
        if text[at..].starts_with(char::is_whitespace) {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let close = text[at..].starts_with('[').then(|| end_of_bracket(&text[at..])).flatten();
        let Some(close) = close else {
            return Err(fault(text, at..text.len(), "after a role stand conditions in brackets", HELP));
        };
        let inside = &text[at + 1..at + close];
        let (key, value) = match inside.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (inside.trim(), None),
        };
        match (key, value) {
            ("name", Some(value)) if !value.is_empty() => {
                name = Some(Words::read(value).map_err(|why| fault(text, at..at + close + 1, &why, HELP))?);
            }
            ("name", _) => return Err(fault(text, at..at + close + 1, "`name` needs a value", HELP)),
            ("include-hidden", value) => hidden = value.is_none_or(|value| value == "true"),
            (key, value) if STATES.contains(&key) => {
                let value = value.unwrap_or("true").trim_matches(['"', '\'']);
                states.push((key.to_owned(), value.to_owned()));
            }
            (key, _) => {
                let known: Vec<&str> = ["name"].iter().chain(STATES).copied().collect();
                let mut error = fault(text, at + 1..at + close, &format!("a role has no condition `{key}`"), "");
                error.help = nearest_in(key, "its conditions are", &known);
                return Err(error);
            }
        }
        at += close + 1;
    }
    Ok(Query::Role { role: if role == "image" { "img".to_owned() } else { role }, name, states, hidden })
}

/// Where the bracket that opens a text closes, quotes and a regular expression after `=` taken as one.
fn end_of_bracket(text: &str) -> Option<usize> {
    let mut at = 1;
    let mut after_equals = false;
    while at < text.len() {
        let letter = text[at..].chars().next()?;
        match letter {
            ']' => return Some(at),
            '"' | '\'' if after_equals => at += closing(&text[at..], letter)?,
            '/' if after_equals => at += closing(&text[at..], '/').unwrap_or(0),
            _ => {}
        }
        after_equals = letter == '=' || (after_equals && letter == ' ');
        at += text[at..].chars().next()?.len_utf8();
    }
    None
}
