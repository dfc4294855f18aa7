//! Open shadow roots in the tree: their content becomes part of the host, remembered for the reader's order.

use std::collections::HashMap;

use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

use super::node::attribute;

/// For each host, the children that come from its shadow root.
pub(super) type Shadows = HashMap<NodeId, Vec<NodeId>>;

/// Whether a `template` declares an open shadow root.
pub(super) fn is_shadow_root(element: &Element) -> bool {
    element.name() == "template" && attribute(element, "shadowrootmode") == Some("open")
}

/// Moves the content of shadow roots behind their host's own children, where selectors find both, and takes the content
/// of ordinary templates out of the tree. Gives the hosts, and the templates with their content.
pub(super) fn hoist(html: &mut Html) -> (Shadows, HashMap<NodeId, NodeId>) {
    let is_template = |node: &NodeRef<'_, Node>| node.value().as_element().is_some_and(|e| e.name() == "template");
    let found: Vec<NodeId> = html.tree.root().descendants().filter(is_template).map(|node| node.id()).collect();
    let mut shadows = Shadows::new();
    let mut templates = HashMap::new();
    // Outer ones first: inner templates move along with what holds them.
    for id in found {
        let node = html.tree.get(id).expect("found in this tree");
        let element = node.value().as_element().expect("templates are elements");
        let host = node.parent().filter(|parent| parent.value().is_element()).map(|parent| parent.id());
        let Some(content) = node.children().find(|child| child.value().is_fragment()).map(|child| child.id()) else {
            continue;
        };
        match host.filter(|host| is_shadow_root(element) && !shadows.contains_key(host)) {
            Some(host) => {
                let children = node_children(html, content);
                html.tree.get_mut(id).expect("still there").detach();
                for child in &children {
                    html.tree.get_mut(host).expect("still there").append_id(*child);
                }
                shadows.insert(host, children);
            }
            None => {
                html.tree.get_mut(content).expect("still there").detach();
                templates.insert(id, content);
            }
        }
    }
    (shadows, templates)
}

fn node_children(html: &Html, id: NodeId) -> Vec<NodeId> {
    html.tree.get(id).expect("still there").children().map(|child| child.id()).collect()
}

/// The children a reader sees, in order: a host's shadow content, with its own children in the slots.
pub(super) fn shown_children<'a>(shadows: &Shadows, node: NodeRef<'a, Node>) -> Vec<NodeRef<'a, Node>> {
    if shadows.is_empty() {
        return node.children().collect();
    }
    if let Some(own) = shadows.get(&node.id()) {
        return own.iter().filter_map(|id| node.tree().get(*id)).collect();
    }
    let is_slot = node.value().as_element().is_some_and(|element| element.name() == "slot");
    let assigned = if is_slot { assigned(shadows, node) } else { Vec::new() };
    if assigned.is_empty() { node.children().collect() } else { assigned }
}

/// The host's own children that go into this slot.
fn assigned<'a>(shadows: &Shadows, slot: NodeRef<'a, Node>) -> Vec<NodeRef<'a, Node>> {
    let Some((host, content)) = slot.ancestors().find_map(|node| Some((node, shadows.get(&node.id())?))) else {
        return Vec::new();
    };
    let wanted = slot.value().as_element().and_then(|element| attribute(element, "name")).unwrap_or("");
    let fits = |node: &NodeRef<'_, Node>| match node.value() {
        Node::Element(element) => attribute(element, "slot").unwrap_or("") == wanted,
        Node::Text(text) => wanted.is_empty() && !text.trim().is_empty(),
        _ => false,
    };
    host.children().filter(|child| !content.contains(&child.id()) && fits(child)).collect()
}
