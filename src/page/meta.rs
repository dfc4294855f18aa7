//! What the document's head says about the page.

use scraper::node::Element;
use serde_json::{Map, Value};

use super::document::Document;
use super::node::attribute;

impl Document {
    /// The page's metadata: each `meta` under its name in lower case (an array where a name repeats), `charset`, and the
    /// resolved `canonical` and `icon` links.
    #[must_use]
    pub fn meta(&self) -> Map<String, Value> {
        let mut found = Map::new();
        self.read(|tree| {
            for element in tree.html.root_element().descendent_elements() {
                match element.value().name() {
                    "meta" => add_meta(&mut found, element.value()),
                    "link" => self.add_link(&mut found, element.value()),
                    _ => {}
                }
            }
        });
        found
    }

    fn add_link(&self, found: &mut Map<String, Value>, element: &Element) {
        let (Some(rel), Some(href)) = (attribute(element, "rel"), attribute(element, "href")) else { return };
        for word in rel.split_ascii_whitespace() {
            let name = word.to_ascii_lowercase();
            if matches!(name.as_str(), "canonical" | "icon") && !found.contains_key(&name) {
                let address = self.resolve(href).map_or_else(|| href.to_owned(), String::from);
                found.insert(name, Value::String(address));
            }
        }
    }
}

fn add_meta(found: &mut Map<String, Value>, element: &Element) {
    if let Some(charset) = attribute(element, "charset") {
        found.entry("charset").or_insert_with(|| Value::String(charset.trim().to_ascii_lowercase()));
    }
    let name = ["name", "property", "http-equiv", "itemprop"].iter().find_map(|key| attribute(element, key));
    let (Some(name), Some(content)) = (name, attribute(element, "content")) else { return };
    let name = name.trim().to_ascii_lowercase();
    let content = Value::String(content.trim().to_owned());
    match found.get_mut(&name) {
        None if name.is_empty() => {}
        None => drop(found.insert(name, content)),
        Some(Value::Array(list)) => list.push(content),
        Some(first) => {
            let earlier = first.take();
            *first = Value::Array(vec![earlier, content]);
        }
    }
}
