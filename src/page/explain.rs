//! Why a selector matches nothing.

use std::fmt;

use scraper::{Html, Node};

use super::census::Census;
use super::css::take_apart;
use super::document::{ElementId, Tree};
use super::node::{is_hidden, serialise};
use super::repair::{Draft, count, near, repair};
use super::{Document, Selector};

/// What was found out about a selector without matches (LANGUAGE section 9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// The selector.
    pub selector: String,
    /// Findings in order of use, each one line: ``the longest part that matches: `ul.list` (1)``.
    pub findings: Vec<String>,
    /// A selector that does match, when one is near.
    pub suggestion: Option<String>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.findings.clone();
        lines.extend(self.suggestion.as_ref().map(|selector| format!("this matches: `{selector}`")));
        f.write_str(&lines.join("\n"))
    }
}

/// Looks for the reasons in the document (and in its frames' documents).
///
/// For a selector that does match, the findings say how often, and how many of the matches are hidden.
#[must_use]
pub fn explain(document: &Document, frames: &[Document], selector: &Selector) -> Explanation {
    let text = selector.as_str();
    let mut explanation = Explanation { selector: text.to_owned(), ..Explanation::default() };
    let hits = document.select(selector);
    if !hits.is_empty() {
        explanation.findings.push(matched(document, &hits));
        return explanation;
    }
    let elsewhere = elsewhere(document, frames, selector);
    let findings = &mut explanation.findings;
    findings.extend(elsewhere.iter().cloned());
    // A relative selector is looked at without the row that it starts from.
    let drafts: Vec<Draft> = take_apart(text, true)
        .map(|list| list.iter().map(|complex| Draft::new(text, complex)).map(absolute).collect())
        .unwrap_or_default();
    let census = document.read(Census::of);
    for draft in &drafts {
        if drafts.len() > 1 {
            findings.push(format!("of `{}`:", draft.text()));
        }
        let suggestion = trace(document, &census, draft, findings);
        explanation.suggestion = explanation.suggestion.or(suggestion);
    }
    if explanation.suggestion.is_none() && elsewhere.is_empty() {
        let near = frames.iter().find_map(|frame| Some((frame.url(), explain(frame, &[], selector).suggestion?)));
        explanation
            .findings
            .extend(near.map(|(url, near)| format!("inside the iframe `{url}` this matches: `{near}`")));
    }
    explanation
}

fn absolute(mut draft: Draft) -> Draft {
    draft.parts[0].combinator = None;
    draft
}

/// Follows one entry from its start, repairing where it breaks; gives the selector that matches in the end.
fn trace(document: &Document, census: &Census, draft: &Draft, findings: &mut Vec<String>) -> Option<String> {
    let mut draft = draft.clone();
    let mut matching = draft.matching(document);
    if matching > 0 && matching < draft.parts.len() {
        let part = draft.prefix(matching);
        findings.push(format!("the longest part that matches: `{part}` ({})", count(document, &part)));
    }
    // Each round settles one fault of the compound at `matching`.
    let rounds: usize = draft.parts.iter().map(|part| part.simples.len() + 1).sum();
    for _ in 0..rounds {
        if matching == draft.parts.len() {
            break;
        }
        match repair(document, census, &draft, matching) {
            Some(repair) => {
                findings.push(repair.finding);
                draft = repair.draft;
            }
            None => {
                let before = draft.clone();
                unmatched(document, census, &mut draft, matching, findings);
                if draft == before {
                    break;
                }
            }
        }
        matching = draft.matching(document);
    }
    let text = draft.text();
    (matching == draft.parts.len() && count(document, &text) > 0).then_some(text)
}

/// Says which conditions of a compound fail by themselves, and takes the nearest names for them.
fn unmatched(document: &Document, census: &Census, draft: &mut Draft, at: usize, findings: &mut Vec<String>) {
    let mut fixed = draft.clone();
    let mut said = false;
    for simple in &mut fixed.parts[at].simples {
        let hits = count(document, &simple.text);
        if hits > 0 {
            continue;
        }
        said = true;
        match near(census, simple) {
            Some((near, uses)) => {
                findings.push(format!("no `{}`; near: `{}` ({uses})", simple.text, near.text));
                *simple = near;
            }
            None => findings.push(format!("no `{}`", simple.text)),
        }
    }
    let reaches = count(document, &fixed.prefix(at + 1)) > 0;
    if said {
        if reaches {
            *draft = fixed;
        }
        return;
    }
    let mut alone = draft.clone();
    alone.parts = vec![alone.parts[at].clone()];
    let alone = absolute(alone).text();
    let hits = count(document, &alone);
    if at > 0 && hits > 0 {
        findings.push(format!("`{alone}` matches elsewhere ({hits}), not within `{}`", draft.prefix(at)));
    } else if hits == 0 {
        findings.push(format!("no element meets all of `{alone}`"));
    }
}

fn matched(document: &Document, hits: &[ElementId]) -> String {
    let conceals = |node: &Node| node.as_element().is_some_and(is_hidden);
    let hidden = document.read(|tree| {
        let elements = hits.iter().filter_map(|id| tree.element(*id));
        elements.filter(|e| is_hidden(e.value()) || e.ancestors().any(|node| conceals(node.value()))).count()
    });
    match hidden {
        0 => format!("it matches ({})", hits.len()),
        hidden if hidden == hits.len() => format!("it matches ({hidden}), hidden all of them"),
        hidden => format!("it matches ({}), hidden {hidden} of them", hits.len()),
    }
}

/// Where else the whole selector would match: in frames, and in markup that is not part of the page.
fn elsewhere(document: &Document, frames: &[Document], selector: &Selector) -> Vec<String> {
    let mut findings = Vec::new();
    for frame in frames {
        let hits = frame.count(selector);
        if hits > 0 {
            findings.push(format!("it matches inside the iframe `{}` ({hits})", frame.url()));
        }
    }
    let inert = document.read(inert);
    for (place, markup) in ["a `template`", "`noscript`", "a comment"].into_iter().zip(inert) {
        let hits: usize =
            markup.iter().map(|html| Html::parse_document(html).select(selector.compiled()).count()).sum();
        if hits > 0 {
            findings.push(format!("it matches inside {place} ({hits}), which is not part of the page"));
        }
    }
    findings
}

/// The markup of templates, of `noscript`, and of comments.
fn inert(tree: &Tree) -> [Vec<String>; 3] {
    let mut found = [Vec::new(), Vec::new(), Vec::new()];
    let mut contents: Vec<_> = tree.templates.values().collect();
    contents.sort_unstable();
    found[0].extend(contents.into_iter().filter_map(|id| tree.html.tree.get(*id)).map(|node| serialise(node, false)));
    for node in tree.html.tree.root().descendants() {
        match node.value() {
            Node::Element(element) if element.name() == "noscript" => {
                let text = node.children().filter_map(|child| child.value().as_text());
                found[1].push(text.map(|text| text.to_string()).collect());
            }
            Node::Comment(comment) if comment.contains('<') => found[2].push(comment.to_string()),
            _ => {}
        }
    }
    found
}
