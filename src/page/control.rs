//! The live state of form controls, written into the tree.

use ego_tree::NodeId;
use html5ever::{LocalName, QualName, ns};
use scraper::node::{Element, Text};
use scraper::{Html, Node};

use super::shadow::is_shadow_root;

/// A control's live state, as a snapshot carries it. See `browser::FormPatch`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControlState {
    /// The number of the control.
    pub index: usize,
    /// Its live value.
    pub value: Option<String>,
    /// Whether it is checked now.
    pub checked: Option<bool>,
    /// Whether it is selected now.
    pub selected: Option<bool>,
}

/// Applies the states; false when none of them fits a control. A number without a control is passed over.
pub(super) fn apply_controls(html: &mut Html, states: &[ControlState]) -> bool {
    if states.is_empty() {
        return false;
    }
    let controls = controls(html);
    let mut changed = false;
    for state in states {
        if let Some(id) = controls.get(state.index) {
            apply(html, *id, state);
            changed = true;
        }
    }
    changed
}

/// All controls in document order, without those in ordinary templates.
fn controls(html: &Html) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut stack = vec![html.tree.root()];
    while let Some(node) = stack.pop() {
        if let Node::Element(element) = node.value() {
            match element.name() {
                "input" | "textarea" | "option" => found.push(node.id()),
                "template" if !is_shadow_root(element) => continue,
                _ => {}
            }
        }
        stack.extend(node.children().rev());
    }
    found
}

fn apply(html: &mut Html, id: NodeId, state: &ControlState) {
    let mut node = html.tree.get_mut(id).expect("controls were found in this tree");
    let Node::Element(element) = node.value() else { return };
    let is_textarea = element.name() == "textarea";
    if let Some(checked) = state.checked {
        set(element, "checked", checked.then_some(""));
    }
    if let Some(selected) = state.selected {
        set(element, "selected", selected.then_some(""));
    }
    let Some(value) = &state.value else { return };
    if !is_textarea {
        set(element, "value", Some(value));
        return;
    }
    while let Some(mut child) = node.first_child() {
        child.detach();
    }
    // The parser drops one line break at the start of a textarea.
    let text = if value.starts_with('\n') { format!("\n{value}") } else { value.clone() };
    node.append(Node::Text(Text { text: text.as_str().into() }));
}

/// Sets or removes an attribute; the list stays sorted, as look-ups expect it.
fn set(element: &mut Element, name: &str, value: Option<&str>) {
    let name = QualName::new(None, ns!(), LocalName::from(name));
    match (element.attrs.binary_search_by(|(key, _)| key.cmp(&name)), value) {
        (Ok(at), Some(value)) => element.attrs[at].1 = value.into(),
        (Ok(at), None) => drop(element.attrs.remove(at)),
        (Err(at), Some(value)) => element.attrs.insert(at, (name, value.into())),
        (Err(_), None) => {}
    }
}
