//! Selectors of a script that matched on the pages of its recording and match nothing on those of a live run.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use serde_json::Value;
use url::Url;

use super::TestError;
use crate::page::{Document, ElementId, Selector, explain, moved};
use crate::store::{Cassette, StepRow};
use crate::syntax::{StringLiteral, Token, lex};

/// So many findings are told of one.
const FINDINGS: usize = 4;

/// On so many of the last pages elements are looked for that went elsewhere.
const LATEST: usize = 8;

/// A selector that lost its matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// As the script has it.
    pub selector: String,
    /// The rows that it is looked for in.
    pub within: Option<String>,
    /// How many elements it matched on a page of the recording, at most.
    pub matched: usize,
    /// What is found out about it on the live page.
    pub findings: Vec<String>,
    /// A selector that does match.
    pub suggestion: Option<String>,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { selector, within, matched, findings, suggestion } = self;
        let within = within.as_ref().map(|within| format!(" in `{within}`")).unwrap_or_default();
        write!(f, "`{selector}`{within} matched {matched} when it was recorded, and nothing now")?;
        findings.iter().try_for_each(|finding| write!(f, "\n    {finding}"))?;
        suggestion.as_ref().map_or(Ok(()), |near| write!(f, "\n    did you mean `{near}`?"))
    }
}

/// What a script looks for: a selector, and that of the rows which it is looked for in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    selector: String,
    within: Option<String>,
}

/// The selectors of a script's text that lost their matches from one recording to another.
///
/// # Errors
/// [`TestError::Recording`] when a recording cannot be read.
pub fn lost(script: &str, recorded: &Path, live: &Path) -> Result<Vec<Lost>, TestError> {
    let (before, after) = (documents(recorded)?, documents(live)?);
    if after.is_empty() {
        return Ok(Vec::new());
    }
    let looks = looks(script);
    // Rows first: what is looked for in them is looked for where they went.
    let rows: BTreeSet<&String> = looks.iter().filter_map(|look| look.within.as_ref()).collect();
    let went = |within: &&String| {
        let look = Look { selector: (**within).clone(), within: None };
        let gone = !after.iter().any(|document| look.count(document) > 0);
        let there = if gone { look.moved(&before, &after)? } else { (**within).clone() };
        Some(((**within).clone(), there))
    };
    let rows: HashMap<String, String> = rows.iter().filter_map(went).collect();
    let gone = |look: Look| {
        let matched = before.iter().map(|document| look.count(document)).max().unwrap_or(0);
        let now = Look {
            within: look.within.as_ref().map(|within| rows.get(within).unwrap_or(within).clone()),
            ..look.clone()
        };
        if matched == 0 || after.iter().any(|document| now.count(document) > 0) {
            return None;
        }
        let (findings, near) = now.explained(&after);
        let suggestion = near.or_else(|| now.moved_from(&look, &before, &after));
        Some(Lost { selector: look.selector, within: look.within, matched, findings, suggestion })
    };
    Ok(looks.into_iter().filter_map(gone).collect())
}

impl Look {
    /// What it matches.
    fn elements(&self, document: &Document) -> Vec<ElementId> {
        let Some(within) = &self.within else {
            return Selector::parse(&self.selector).map(|selector| document.select(&selector)).unwrap_or_default();
        };
        let (Ok(rows), Ok(inside)) = (Selector::parse(within), Selector::parse_relative(&self.selector)) else {
            return Vec::new();
        };
        document.select(&rows).into_iter().flat_map(|row| document.select_in(row, &inside)).collect()
    }

    fn count(&self, document: &Document) -> usize {
        self.elements(document).len()
    }

    /// Where its elements went, by what they say: on the page on which most of them are.
    fn moved(&self, before: &[Document], after: &[Document]) -> Option<String> {
        self.moved_from(self, before, after)
    }

    /// The same for elements that were matched by `old`, in rows that may have gone elsewhere themselves.
    fn moved_from(&self, old: &Self, before: &[Document], after: &[Document]) -> Option<String> {
        let (page, elements) = before
            .iter()
            .map(|document| (document, old.elements(document)))
            .max_by_key(|(_, elements)| elements.len())
            .filter(|(_, elements)| !elements.is_empty())?;
        after.iter().rev().take(LATEST).find_map(|document| {
            let rows = self.within.as_ref().map(|within| Look { selector: within.clone(), within: None });
            let rows = rows.map(|rows| rows.elements(document));
            let there = moved((page, &elements), document, rows.as_deref())?;
            Some(self.within.as_ref().map_or(there.clone(), |within| format!("{within} {there}")))
        })
    }

    /// What is found out on the page on which most of it still matches: the last one that has its rows.
    fn explained(&self, documents: &[Document]) -> (Vec<String>, Option<String>) {
        let rows = self.within.as_ref().and_then(|within| Selector::parse(within).ok());
        let has_rows = |document: &&Document| rows.as_ref().is_none_or(|rows| document.count(rows) > 0);
        let Some(document) = documents.iter().rfind(has_rows) else { return Default::default() };
        let whole = match self.within.as_ref().filter(|within| !within.contains(',')) {
            Some(within) => Selector::parse(&format!("{within} {}", self.selector)),
            None => Selector::parse(&self.selector),
        };
        let Ok(whole) = whole else { return Default::default() };
        let explanation = explain(document, &[], &whole);
        (explanation.findings.into_iter().take(FINDINGS).collect(), explanation.suggestion)
    }
}

/// Every string that a script writes out, with the rows of the schema that it stands in. What is no selector matched
/// nothing on any page.
fn looks(text: &str) -> BTreeSet<Look> {
    let tokens: Vec<Token> = lex(text).into_iter().filter(|token| !token.is_comment()).collect();
    let (mut looks, mut within, mut depth) = (BTreeSet::new(), None, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        match token.text(text) {
            "{" | "#{" if within.is_some() => depth += 1,
            "}" if depth > 0 => {
                depth -= 1;
                within = within.filter(|_| depth > 0);
            }
            _ => {}
        }
        let Some(literal) = StringLiteral::decode(text, token) else { continue };
        let selector = literal.value.trim().to_owned();
        let is_rows = index >= 3 && tokens[index - 1].text(text) == "at" && tokens[index - 3].text(text) == "schema";
        if is_rows {
            (within, depth) = (Some(selector.clone()), 0);
        }
        let of = within.clone().filter(|_| !is_rows && depth > 0);
        if !selector.is_empty() {
            looks.insert(Look { selector, within: of });
        }
    }
    looks
}

/// Whether a recording has pages of a site.
pub(super) fn has_pages(recording: &Path) -> bool {
    documents(recording).is_ok_and(|documents| !documents.is_empty())
}

/// Whether it is what a browser shows where there is no page.
fn is_none(url: &Url, document: &Document) -> bool {
    let empty = || Selector::parse("body *").is_ok_and(|all| document.count(&all) == 0);
    match (url.scheme(), url.path()) {
        ("chrome-error", _) | ("about", "neterror" | "certerror" | "httpsonlyerror") => true,
        ("about", "blank") => empty(),
        _ => false,
    }
}

/// The documents of a recording's steps.
fn documents(path: &Path) -> Result<Vec<Document>, TestError> {
    let failed = |error: crate::store::StoreError| TestError::Recording { reason: error.to_string() };
    let steps = Cassette::open(path).and_then(|cassette| cassette.steps()).map_err(failed)?;
    let mut documents = Vec::new();
    for step in &steps {
        collect(&step.head, step, &mut documents);
    }
    Ok(documents)
}

/// A step's head has documents wherever there is a page: `{"url": …, "html": {"$blob": n}}`.
fn collect(value: &Value, step: &StepRow, documents: &mut Vec<Document>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, step, documents)),
        Value::Object(map) => {
            let number = map.get("html").and_then(|html| html.get("$blob")).and_then(Value::as_u64);
            let blob = number.and_then(|number| step.blobs.get(usize::try_from(number).ok()?));
            let url = map.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
            if let Some(html) = blob {
                let blank = || Url::parse("about:blank").expect("`about:blank` is an address");
                let url = url.unwrap_or_else(blank);
                let document = Document::parse(String::from_utf8_lossy(html).as_ref(), &url);
                documents.extend((!is_none(&url, &document)).then_some(document));
            }
            map.values().for_each(|item| collect(item, step, documents));
        }
        _ => {}
    }
}
