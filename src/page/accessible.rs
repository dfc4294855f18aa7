//! Roles and names as assistive technology has them, as far as a document's markup tells (HTML-AAM 1.0, Accessible Name
//! and Description Computation 1.2). Acts ask the live page itself; a test holds that both say the same.

use std::collections::HashMap;

use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Node};

use super::document::Tree;
use super::node::{attribute, is_hidden};
use super::reader::separates;
use super::shadow::shown_children;

/// A document with what names its controls.
pub(super) struct Accessible<'a> {
    tree: &'a Tree,
    ids: HashMap<&'a str, ElementRef<'a>>,
    labels: HashMap<NodeId, Vec<ElementRef<'a>>>,
}

/// Elements that no reader is shown.
const UNRENDERED: &[&str] =
    &["base", "datalist", "head", "link", "meta", "noscript", "param", "script", "style", "template", "title"];

const NAMED_BY_CONTENT: &[&str] = &[
    "button",
    "cell",
    "checkbox",
    "columnheader",
    "gridcell",
    "heading",
    "link",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "option",
    "radio",
    "row",
    "rowheader",
    "switch",
    "tab",
    "tooltip",
    "treeitem",
];

impl<'a> Accessible<'a> {
    /// Looks for the labels of a document.
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut found = Self { tree, ids: HashMap::new(), labels: HashMap::new() };
        for element in found.elements() {
            if let Some(id) = element.attr("id") {
                found.ids.entry(id).or_insert(element);
            }
        }
        for label in found.elements().filter(|element| element.value().name() == "label") {
            let control = match label.attr("for") {
                Some(id) => found.ids.get(id).copied(),
                None => label.descendent_elements().find(is_labelable),
            };
            if let Some(control) = control.filter(is_labelable) {
                found.labels.entry(control.id()).or_default().push(label);
            }
        }
        found
    }

    /// All elements in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
        self.tree.html.root_element().descendent_elements()
    }

    /// An element's role; none where it has none.
    pub(super) fn role(&self, element: ElementRef<'a>) -> Option<String> {
        let given = attribute(element.value(), "role").and_then(|role| role.split_whitespace().next());
        match given.map(str::to_ascii_lowercase).as_deref() {
            Some("image") => Some("img".to_owned()),
            Some("presentation") => Some("none".to_owned()),
            Some(role) => Some(role.to_owned()),
            None => native_role(element).map(str::to_owned),
        }
    }

    /// Whether assistive technology passes an element over.
    pub(super) fn is_concealed(&self, element: ElementRef<'a>) -> bool {
        let mut inner: Option<ElementRef<'a>> = None;
        for node in std::iter::once(*element).chain(element.ancestors()) {
            let Some(at) = ElementRef::wrap(node) else { continue };
            let closed = |inner: ElementRef<'a>| at.attr("open").is_none() && inner.value().name() != "summary";
            let conceals = match at.value().name() {
                // A drop-down list shows its options when it is open, in a window of the browser's own.
                "select" => inner.is_some() && !is_listbox(at),
                "details" => inner.is_some_and(closed),
                "dialog" => at.attr("open").is_none() && at.attr("popover").is_none(),
                name => UNRENDERED.contains(&name),
            };
            if conceals || is_hidden(at.value()) || at.attr("aria-hidden") == Some("true") {
                return true;
            }
            inner = Some(at);
        }
        false
    }

    /// The texts that name a control: `aria-labelledby`, `aria-label`, its `label`s.
    pub(super) fn labels(&self, element: ElementRef<'a>) -> Vec<String> {
        let own = |at: ElementRef<'a>| at.attr("aria-label").filter(|label| !label.trim().is_empty());
        let by = element.attr("aria-labelledby").unwrap_or_default().split_whitespace();
        let by = by.filter_map(|id| self.ids.get(id)).map(|at| match own(*at) {
            Some(label) => tidy(label),
            None => tidy(&self.content(*at, None)),
        });
        let by = tidy(&by.collect::<Vec<_>>().join(" "));
        if !by.is_empty() {
            return vec![by];
        }
        if let Some(label) = own(element) {
            return vec![tidy(label)];
        }
        let labels = self.labels.get(&element.id()).into_iter().flatten();
        let texts = labels.map(|label| match own(*label) {
            Some(text) => tidy(text),
            None => tidy(&self.content(*label, Some(element.id()))),
        });
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// An element's name; empty where it has none.
    pub(super) fn name(&self, element: ElementRef<'a>) -> String {
        let labels = self.labels(element);
        if !labels.is_empty() {
            return labels.join(" ");
        }
        let attr = |name: &str| element.attr(name).unwrap_or_default();
        let native = match (element.value().name(), kind_of_input(element).as_str()) {
            ("input", "submit" | "button" | "reset") => button_name(element),
            ("input", "image") => first_of([attr("alt"), attr("value"), attr("title"), "Submit"]).to_owned(),
            ("img" | "area", _) => attr("alt").to_owned(),
            ("fieldset", _) => self.child(element, "legend"),
            ("table", _) => self.child(element, "caption"),
            ("figure", _) => self.child(element, "figcaption"),
            ("svg", _) => self.child(element, "title"),
            ("option", _) if attr("label").is_empty() => element.text().collect(),
            ("option" | "optgroup", _) => attr("label").to_owned(),
            _ => String::new(),
        };
        let native = tidy(&native);
        if !native.is_empty() {
            return native;
        }
        let by_content = self.role(element).is_some_and(|role| NAMED_BY_CONTENT.contains(&role.as_str()));
        let content = (by_content || element.value().name() == "summary").then(|| tidy(&self.content(element, None)));
        content
            .filter(|content| !content.is_empty())
            .unwrap_or_else(|| tidy(first_of([attr("title"), attr("placeholder")])))
    }

    fn child(&self, element: ElementRef<'a>, name: &str) -> String {
        let child = element.child_elements().find(|child| child.value().name() == name);
        child.map(|child| child.text().collect()).unwrap_or_default()
    }

    /// The text of what an element contains, images by their alternatives and fields by their values.
    fn content(&self, element: ElementRef<'a>, without: Option<NodeId>) -> String {
        enum Visit<'a> {
            Enter(NodeRef<'a, Node>),
            Space,
        }
        let mut text = String::new();
        // A stack of its own: documents nest deeper than threads have stack.
        let mut stack = vec![Visit::Enter(*element)];
        while let Some(visit) = stack.pop() {
            let Visit::Enter(node) = visit else {
                text.push(' ');
                continue;
            };
            let Some(inner) = ElementRef::wrap(node) else {
                text.push_str(node.value().as_text().map_or("", |text| text));
                continue;
            };
            let start = inner == element;
            if !start && (Some(node.id()) == without || self.is_passed_over(inner)) {
                continue;
            }
            if let Some(part) = (!start).then(|| self.part(inner)).flatten() {
                text.push_str(&part);
                continue;
            }
            if separates(inner.value()) {
                text.push(' ');
                stack.push(Visit::Space);
            }
            shown_children(&self.tree.shadows, node, |child| stack.push(Visit::Enter(child)));
        }
        text
    }

    /// Whether an element within a name is no part of it; what is around was looked at before.
    fn is_passed_over(&self, element: ElementRef<'a>) -> bool {
        let name = element.value().name();
        UNRENDERED.contains(&name) || is_hidden(element.value()) || element.attr("aria-hidden") == Some("true")
    }

    /// What stands for an element within a name; none where its content does.
    fn part(&self, element: ElementRef<'a>) -> Option<String> {
        if let Some(label) = element.attr("aria-label").filter(|label| !label.trim().is_empty()) {
            return Some(label.to_owned());
        }
        let attr = |name: &str| element.attr(name).unwrap_or_default();
        match element.value().name() {
            "img" | "area" => Some(element.attr("alt").unwrap_or(attr("title")).to_owned()),
            "input" => Some(match kind_of_input(element).as_str() {
                "submit" | "button" | "reset" => button_name(element),
                "checkbox" | "radio" | "hidden" | "file" | "image" => String::new(),
                _ => attr("value").to_owned(),
            }),
            "textarea" => Some(element.text().collect()),
            "select" => {
                let chosen = element.descendent_elements().filter(|at| at.value().name() == "option");
                let chosen: Vec<ElementRef<'a>> = chosen.collect();
                let picked = chosen.iter().filter(|at| at.attr("selected").is_some());
                let picked: Vec<String> = picked.map(|at| self.name(*at)).collect();
                Some(if picked.is_empty() {
                    chosen.first().map(|at| self.name(*at)).unwrap_or_default()
                } else {
                    picked.join(" ")
                })
            }
            "svg" => Some(self.child(element, "title")).filter(|title| !title.is_empty()),
            _ => None,
        }
    }
}

/// White space as one space, none at the ends.
pub(super) fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_of<const N: usize>(texts: [&str; N]) -> &str {
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default()
}

fn is_labelable(element: &ElementRef<'_>) -> bool {
    match element.value().name() {
        "button" | "meter" | "output" | "progress" | "select" | "textarea" => true,
        "input" => kind_of_input(*element) != "hidden",
        _ => false,
    }
}

/// The `type` of an input in lower case, the default where it says none; empty for other elements.
pub(super) fn kind_of_input(element: ElementRef<'_>) -> String {
    match (element.value().name(), element.attr("type")) {
        ("input", Some(kind)) if !kind.is_empty() => kind.to_ascii_lowercase(),
        ("input", _) => "text".to_owned(),
        _ => String::new(),
    }
}

/// What a button that is an input says.
pub(super) fn button_name(input: ElementRef<'_>) -> String {
    match (input.attr("value").filter(|value| !value.is_empty()), kind_of_input(input).as_str()) {
        (Some(value), _) => value.to_owned(),
        (None, "submit") => "Submit".to_owned(),
        (None, "reset") => "Reset".to_owned(),
        _ => String::new(),
    }
}

fn within(element: ElementRef<'_>, fits: impl Fn(ElementRef<'_>) -> bool) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(fits)
}

fn native_role(element: ElementRef<'_>) -> Option<&'static str> {
    let labelled = element.attr("aria-label").is_some() || element.attr("aria-labelledby").is_some();
    let named = |names: &'static [&str]| move |at: ElementRef<'_>| names.contains(&at.value().name());
    Some(match element.value().name() {
        "a" | "area" => match element.attr("href") {
            Some(_) => "link",
            None => "generic",
        },
        "img" if element.attr("alt") == Some("") && !labelled => "none",
        "img" | "svg" => "img",
        "input" => return role_of_input(element),
        "select" if is_listbox(element) => "listbox",
        "select" => "combobox",
        "td" => {
            let grid = |at: ElementRef<'_>| matches!(at.attr("role"), Some("grid" | "treegrid"));
            if within(element, grid) { "gridcell" } else { "cell" }
        }
        "th" => match element.attr("scope").map(str::to_ascii_lowercase).as_deref() {
            Some("row" | "rowgroup") => "rowheader",
            _ => "columnheader",
        },
        "header" | "footer" if within(element, named(&["article", "aside", "main", "nav", "section"])) => "generic",
        "header" => "banner",
        "footer" => "contentinfo",
        "form" if !labelled => return None,
        "section" if !labelled => return None,
        "section" => "region",
        "aside" => "complementary",
        "datalist" => "listbox",
        "dd" => "definition",
        "del" => "deletion",
        "details" | "fieldset" | "optgroup" => "group",
        "dfn" | "dt" => "term",
        "em" => "emphasis",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
        "hr" => "separator",
        "html" => "document",
        "ins" => "insertion",
        "li" => "listitem",
        "menu" | "ol" | "ul" => "list",
        "nav" => "navigation",
        "output" => "status",
        "p" => "paragraph",
        "progress" => "progressbar",
        "sub" => "subscript",
        "summary" => "button",
        "sup" => "superscript",
        "tbody" | "tfoot" | "thead" => "rowgroup",
        "textarea" => "textbox",
        "tr" => "row",
        "article" => "article",
        "blockquote" => "blockquote",
        "button" => "button",
        "caption" => "caption",
        "code" => "code",
        "dialog" => "dialog",
        "figure" => "figure",
        "main" => "main",
        "math" => "math",
        "meter" => "meter",
        "option" => "option",
        "search" => "search",
        "strong" => "strong",
        "table" => "table",
        "time" => "time",
        _ => return None,
    })
}

/// Whether a `select` shows several of its options at once.
fn is_listbox(select: ElementRef<'_>) -> bool {
    let size = select.attr("size").and_then(|size| size.trim().parse::<u32>().ok());
    select.attr("multiple").is_some() || size.is_some_and(|size| size > 1)
}

fn role_of_input(element: ElementRef<'_>) -> Option<&'static str> {
    let kind = kind_of_input(element);
    let listed = element.attr("list").is_some();
    Some(match kind.as_str() {
        "text" | "search" | "email" | "tel" | "url" if listed => "combobox",
        "button" | "submit" | "reset" | "image" => "button",
        "checkbox" => "checkbox",
        "radio" => "radio",
        "range" => "slider",
        "number" => "spinbutton",
        "search" => "searchbox",
        "email" | "tel" | "text" | "url" => "textbox",
        // The browser takes what it does not know for text.
        "color" | "date" | "datetime-local" | "file" | "hidden" | "month" | "password" | "time" | "week" => {
            return None;
        }
        _ => "textbox",
    })
}
