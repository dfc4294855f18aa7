//! Pseudo-classes that a snapshot cannot answer, each with the way out.

use crate::text::{nearest, nearest_in};

/// Pseudo-classes that selectors on a snapshot may use.
pub(super) const KNOWN: &[&str] = &[
    "empty",
    "first-child",
    "first-of-type",
    "has",
    "is",
    "last-child",
    "last-of-type",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-last-of-type",
    "nth-of-type",
    "only-child",
    "only-of-type",
    "root",
    "scope",
    "where",
];

/// Those of them whose argument is a selector list.
pub(super) const TAKING_SELECTORS: &[&str] = &["has", "is", "not", "where"];

/// What is wrong with a pseudo-class that is not known, and the next action.
pub(super) fn refusal(name: &str) -> (String, Option<String>) {
    elsewhere(name).unwrap_or_else(|| (format!("unknown pseudo-class `:{name}`"), nearest_in(name, "known", KNOWN)))
}

/// The known pseudo-class that an unknown one is a slip of.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if elsewhere(name).is_some() { None } else { nearest(name, KNOWN.iter().copied()) }
}

/// A pseudo-class that is known, though not to documents: what is wrong with it here, and the way out.
fn elsewhere(name: &str) -> Option<(String, Option<String>)> {
    let lower = name.to_ascii_lowercase();
    let live = || format!("`:{name}` can be answered only by the live page");
    let dialect = || format!("`:{name}` is no CSS");
    Some(match lower.as_str() {
        "checked" => (
            live(),
            way(
                "write `[checked]` (`option[selected]` for options): a snapshot keeps the live state there; or ask the page with `wait_for` or `evaluate`",
            ),
        ),
        "hover" | "active" | "focus" | "focus-visible" | "focus-within" | "target" | "target-within" | "fullscreen"
        | "modal" => (live(), way("use it in `wait_for`, or ask the page with `evaluate`")),
        "visited" | "link" | "any-link" | "local-link" => (live(), way("write `a[href]` for links")),
        "disabled" => (live(), way("write `[disabled]`, or ask the page with `wait_for` or `evaluate`")),
        "enabled" => (live(), way("write `:not([disabled])`, or ask the page with `wait_for` or `evaluate`")),
        "required" => (live(), way("write `[required]`")),
        "optional" => (live(), way("write `:not([required])`")),
        "read-only" | "read-write" => (live(), way("write `[readonly]` or `:not([readonly])`")),
        "valid" | "invalid" | "user-valid" | "user-invalid" | "in-range" | "out-of-range" | "indeterminate"
        | "placeholder-shown" | "autofill" | "defined" | "playing" | "paused" | "popover-open" | "open" => {
            (live(), way("use it in `wait_for`, or ask the page with `evaluate`"))
        }
        "lang" | "dir" => (live(), Some(format!("write `[{lower}=\"…\"]`"))),
        "visible" | "hidden" => {
            (dialect(), Some(format!("wait with `wait_for: {lower}(\"…\")`; a snapshot knows no layout")))
        }
        "contains" | "has-text" | "text" | "text-is" | "text-matches" => {
            (dialect(), way("select without it and filter by `.text`, or wait with `text(selector, \"…\")`"))
        }
        "eq" | "nth" | "nth-match" => {
            (dialect(), way("write `:nth-child(n)` (from 1), or index the result of `select`"))
        }
        "first" => (dialect(), way("write `:first-child` or `:first-of-type`, or take `.first` of the result")),
        "last" => (dialect(), way("write `:last-child` or `:last-of-type`")),
        "even" | "odd" => (dialect(), Some(format!("write `:nth-child({lower})`"))),
        "gt" | "lt" => (dialect(), way("write `:nth-child(n+3)` or `:nth-child(-n+3)`")),
        "parent" => (dialect(), way("write `:has(*)` for elements with children")),
        "header" => (dialect(), way("write `:is(h1, h2, h3, h4, h5, h6)`")),
        "input" | "button" | "checkbox" | "radio" | "text-input" | "submit" | "image" | "password" | "file" => {
            (dialect(), Some(format!("write `input[type=\"{lower}\"]`, or the element's own name")))
        }
        "self" => (
            "`:self` means the row of a schema, and there is no row here".to_owned(),
            way("write a selector of the page"),
        ),
        "matches" | "any" | "-webkit-any" | "-moz-any" => (dialect(), way("write `:is(…)`")),
        "before" | "after" | "first-line" | "first-letter" => {
            (format!("`:{name}` is a pseudo-element, which a document does not contain"), way(ELEMENT_HELP))
        }
        "host" | "slotted" => (dialect(), way("select the inner element directly: open shadow roots are seen through")),
        _ => return None,
    })
}

/// The next action where a pseudo-element is selected.
pub(super) const ELEMENT_HELP: &str =
    "select the element itself; generated content is read with `evaluate` and `getComputedStyle`";

fn way(help: &str) -> Option<String> {
    Some(help.to_owned())
}
