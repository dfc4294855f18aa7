//! Open shadow roots in the tree: their content becomes part of the host, remembered for the reader's order.

use std::collections::{HashMap, HashSet};

use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

use super::node::attribute;

/// What the shadow roots of a document come to.
#[derive(Debug, Default)]
pub(super) struct Shadows {
    /// For each host, the children that come from its shadow root.
    content: HashMap<NodeId, Vec<NodeId>>,
    /// For each slot that is filled, the host's own children shown in it.
    filled: HashMap<NodeId, Vec<NodeId>>,
}

/// Whether a `template` declares an open shadow root.
pub(super) fn is_shadow_root(element: &Element) -> bool {
    element.name() == "template" && attribute(element, "shadowrootmode") == Some("open")
}

/// Moves the content of shadow roots behind their host's own children, where selectors find both, and takes the content
/// of ordinary templates out of the tree. Gives the hosts, and the templates with their content.
pub(super) fn hoist(html: &mut Html) -> (Shadows, HashMap<NodeId, NodeId>) {
    let is_template = |node: &NodeRef<'_, Node>| node.value().as_element().is_some_and(|e| e.name() == "template");
    let found: Vec<NodeId> = html.tree.root().descendants().filter(is_template).map(|node| node.id()).collect();
    let mut content_of = HashMap::new();
    let mut templates = HashMap::new();
    // Outer ones first: inner templates move along with what holds them.
    for id in found {
        let node = html.tree.get(id).expect("found in this tree");
        let element = node.value().as_element().expect("templates are elements");
        let host = node.parent().filter(|parent| parent.value().is_element()).map(|parent| parent.id());
        let Some(content) = node.children().find(|child| child.value().is_fragment()).map(|child| child.id()) else {
            continue;
        };
        match host.filter(|host| is_shadow_root(element) && !content_of.contains_key(host)) {
            Some(host) => {
                let children = node_children(html, content);
                html.tree.get_mut(id).expect("still there").detach();
                for child in &children {
                    html.tree.get_mut(host).expect("still there").append_id(*child);
                }
                content_of.insert(host, children);
            }
            None => {
                html.tree.get_mut(content).expect("still there").detach();
                templates.insert(id, content);
            }
        }
    }
    let filled = fill(html, &content_of);
    (Shadows { content: content_of, filled }, templates)
}

fn node_children(html: &Html, id: NodeId) -> Vec<NodeId> {
    html.tree.get(id).expect("still there").children().map(|child| child.id()).collect()
}

/// Gives the first slot of each name in a shadow root the host's own children of that name (HTML, "find a slot").
fn fill(html: &Html, content: &HashMap<NodeId, Vec<NodeId>>) -> HashMap<NodeId, Vec<NodeId>> {
    let mut filled = HashMap::new();
    for (host, own) in content {
        let shadow: HashSet<NodeId> = own.iter().copied().collect();
        let host = html.tree.get(*host).expect("found in this tree");
        let mut light: HashMap<&str, Vec<NodeId>> = HashMap::new();
        for child in host.children().filter(|child| !shadow.contains(&child.id())) {
            if let Some(name) = slot_of(child) {
                light.entry(name).or_default().push(child.id());
            }
        }
        let mut stack: Vec<NodeId> = own.iter().rev().copied().collect();
        while let Some(node) = stack.pop().and_then(|id| html.tree.get(id)) {
            if let Node::Element(element) = node.value()
                && element.name() == "slot"
                && let Some(children) = light.remove(attribute(element, "name").unwrap_or(""))
            {
                filled.insert(node.id(), children);
            }
            // What an inner host shows from its own root has slots of its own.
            let inner: HashSet<NodeId> = content.get(&node.id()).into_iter().flatten().copied().collect();
            stack.extend(node.children().rev().map(|child| child.id()).filter(|id| !inner.contains(id)));
        }
    }
    filled
}

/// The name of the slot that a host's child asks for; none for what is never shown in one.
fn slot_of<'a>(child: NodeRef<'a, Node>) -> Option<&'a str> {
    match child.value() {
        Node::Element(element) => Some(attribute(element, "slot").unwrap_or("")),
        Node::Text(text) if !text.trim().is_empty() => Some(""),
        _ => None,
    }
}

/// Gives `each` the children a reader sees, the last first: a host's shadow content, with its own children in the
/// slots. No node is the child of two.
pub(super) fn shown_children<'a>(shadows: &Shadows, node: NodeRef<'a, Node>, mut each: impl FnMut(NodeRef<'a, Node>)) {
    match shadows.content.get(&node.id()).or_else(|| shadows.filled.get(&node.id())) {
        Some(ids) => ids.iter().rev().filter_map(|id| node.tree().get(*id)).for_each(each),
        None => node.children().rev().for_each(&mut each),
    }
}
