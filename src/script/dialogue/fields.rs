//! What may follow a dot: parts and methods of what the variables hold.

use rhai::{Array, Dynamic, Map, Scope};

use crate::script::builtin::Receiver;
use crate::script::builtins;
use crate::script::element::{ELEMENT_PARTS, ElementValue};
use crate::script::page_value::{PAGE_PARTS, PageValue};
use crate::script::session_value::SessionValue;

/// How deep values are looked into.
const DEPTH: usize = 3;

/// What each of a page's links has.
const OF_LINKS: &[&str] = &["href", "internal", "rel", "text", "title"];

/// The parts and methods of a value.
pub(super) fn members(value: &Dynamic) -> Vec<String> {
    let (parts, receiver): (Vec<String>, _) = if value.is::<PageValue>() {
        (PAGE_PARTS.iter().map(|(name, _)| (*name).to_owned()).collect(), Receiver::Page)
    } else if value.is::<ElementValue>() {
        (ELEMENT_PARTS.iter().map(|(name, _)| (*name).to_owned()).collect(), Receiver::Element)
    } else if value.is::<SessionValue>() {
        (vec!["id".to_owned()], Receiver::Session)
    } else if let Some(map) = value.read_lock::<Map>() {
        (map.keys().map(ToString::to_string).collect(), Receiver::Map)
    } else if value.is_string() {
        (vec!["len".to_owned()], Receiver::Text)
    } else if value.is_array() {
        let own = ["first", "last", "len", "filter(", "map(", "sort(", "reverse()"];
        return own.iter().map(|name| (*name).to_owned()).collect();
    } else {
        return Vec::new();
    };
    let methods = builtins::all().filter(|builtin| builtin.receiver == receiver);
    parts.into_iter().chain(methods.map(|method| format!("{}(", method.name))).collect()
}

/// The members of everything that the variables hold, by the way there; `[]` stands for any place of a list.
pub(super) fn of_scope(scope: &Scope<'_>) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (name, _, value) in scope.iter() {
        look(name.to_owned(), &value, DEPTH, &mut found);
    }
    found
}

fn look(way: String, value: &Dynamic, depth: usize, found: &mut Vec<(String, Vec<String>)>) {
    let members = members(value);
    if members.is_empty() {
        return;
    }
    found.push((way.clone(), members));
    if depth == 0 {
        return;
    }
    if let Some(page) = value.read_lock::<PageValue>() {
        // What would have to be computed for it is known without.
        let elements = ELEMENT_PARTS.iter().map(|(name, _)| (*name).to_owned());
        found.push((format!("{way}.selected[]"), elements.collect()));
        found.push((format!("{way}.links[]"), OF_LINKS.iter().map(|name| (*name).to_owned()).collect()));
        if let Ok(items) = page.get("items") {
            look(format!("{way}.items"), &items, depth - 1, found);
        }
    } else if let Some(map) = value.read_lock::<Map>() {
        map.iter().for_each(|(key, inner)| look(format!("{way}.{key}"), inner, depth - 1, found));
    } else if let Some(first) = value.read_lock::<Array>().and_then(|list| list.first().cloned()) {
        look(format!("{way}[]"), &first, depth - 1, found);
    }
}
