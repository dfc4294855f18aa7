//! The user's js as it is sent, and what comes back of it, whatever the lane.

use super::error::{BrowserError, JsException};
use crate::syntax::JsProgram;

/// Names the script in stack traces, so that a place in it is told from one in the page's own scripts.
pub(super) const SCRIPT_NAME: &str = "crawl-js";

/// The program as one expression with its name.
pub(super) fn expression(program: &JsProgram) -> String {
    format!("{}\n//# sourceURL={SCRIPT_NAME}", program.evaluable())
}

/// A function that makes JSON text of its `this`. Nodes, at any depth, become a description: `JSON.stringify` would make `{}` of them.
pub(super) const PLAIN: &str = r"function () {
    const shorten = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 200);
    const describe = (node) => node instanceof Element
        ? { tag: node.localName, id: node.id || null, class: node.getAttribute('class'), text: shorten(node.textContent) }
        : { node: node.nodeName, text: shorten(node.textContent ?? '') };
    const name = (value) => Object.prototype.toString.call(value).slice(8, -1);
    const address = (view) => { try { return view.location.href } catch { return null } };
    const plain = (key, value) => {
        if (value === null || typeof value !== 'object') {
            if (typeof value === 'bigint') throw new TypeError(`BigInt at '${key}'`);
            return value;
        }
        if (value instanceof Node) return describe(value);
        if (value instanceof NodeList || value instanceof HTMLCollection) return Array.from(value);
        if (value instanceof Map) return Object.fromEntries(value);
        if (value instanceof Set) return Array.from(value);
        if (value instanceof Error) return `${value.name}: ${value.message}`;
        if (value === globalThis || name(value) === 'Window') return { window: address(value) };
        return value;
    };
    return JSON.stringify(this, plain);
}";

/// The same of what a value with a `then` of its own comes to: not every browser awaits such a one.
pub(super) fn plain_awaited() -> String {
    format!("async function () {{ return ({PLAIN}).call(await this); }}")
}

/// The error for a value that cannot become JSON.
pub(super) fn unreturnable(what: &str, instead: &str) -> BrowserError {
    BrowserError::Js(JsException {
        message: format!("the script returned {what}: return numbers, strings, lists, maps or null, here {instead}"),
        line: None,
        column: None,
        stack: None,
    })
}

/// The error for a value whose text is no JSON: of the page's making, or nested too deep to be read.
pub(super) fn no_json(error: &serde_json::Error) -> BrowserError {
    let what = match error.to_string().contains("recursion limit") {
        true => "a value that is nested more than a hundred deep".to_owned(),
        false => format!("a value of which the page's own `JSON.stringify` makes no JSON ({error})"),
    };
    unreturnable(&what, "text or flat data")
}

/// The place, from 0, that an error's own stack names.
// A rejected promise comes without frames, but an `Error` carries its stack as text: `at crawl-js:3:7`.
pub(super) fn place_in_stack(stack: &str) -> Option<(u32, u32)> {
    let (_, after) = stack.split_once(&format!("{SCRIPT_NAME}:"))?;
    let mut numbers = after.split(|c: char| !c.is_ascii_digit());
    let line: u32 = numbers.next()?.parse().ok()?;
    let column: u32 = numbers.next()?.parse().ok()?;
    Some((line.checked_sub(1)?, column.checked_sub(1)?))
}
