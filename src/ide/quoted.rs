//! Candidates inside string literals: session ids, hook points, words of options, modules, fields, diagnostic codes, and
//! what selectors and targets can be made of on the pages of a watched script.

use super::aim::targets;
use super::analysis::Analysis;
use super::completion::TAKES_SESSION;
use super::seen::{Pages, Seer};
use super::selector::{Part as SelectorPart, selectors};
use super::suggest::{Candidate, CandidateKind, kind_of};
use super::vocabulary::session_ids;
use crate::diag::codes;
use crate::script::builtin::Kind;
use crate::script::builtins::hooks::POINTS;
use crate::script::modules::STDLIB;
use crate::syntax::{Token, TokenKind};
use crate::text::Span;

/// The candidates at `offset` in a literal.
#[must_use]
pub fn candidates(script: &Analysis, token: &Token, offset: usize, pages: Option<&Pages>) -> Vec<Candidate> {
    if !matches!(token.kind, TokenKind::String(_)) {
        return Vec::new();
    }
    let start = token.span.start + 1;
    let Some(typed) = script.text().get(start..offset) else { return Vec::new() };
    if let Some(found) = pages.and_then(|pages| on_page(script, token, offset, pages)) {
        return found;
    }
    let span = Span::new(start, offset);
    let offer = |word: &str| Candidate::new(word, CandidateKind::Value, span);
    let words: Vec<Candidate> = words(script, token)
        .iter()
        .map(|word| offer(word))
        .chain(code_names(typed).map(|(code, title)| Candidate { detail: title.to_owned(), ..offer(code) }))
        .collect();
    words.into_iter().filter(|candidate| candidate.label.starts_with(typed)).collect()
}

/// What a selector or a target can go on with on the page that it is for; none for other strings.
fn on_page(script: &Analysis, token: &Token, offset: usize, pages: &Pages) -> Option<Vec<Candidate>> {
    let kind = script.open_call(token.span.start).and_then(|call| kind_of(&call));
    let rows = script.facts.schemas.iter().any(|schema| schema.at.contains(offset));
    let target = kind == Some(Kind::Target);
    if !target && !rows && !matches!(kind, Some(Kind::Css | Kind::RowCss | Kind::Condition)) {
        return None;
    }
    let names = Seer::new(script, pages).names_at(offset, target)?;
    let start = token.span.start + 1;
    let typed = script.text().get(start..offset)?;
    let (at, parts) = if target { targets(typed, &names) } else { selectors(typed, &names) };
    let candidate = |part: SelectorPart| {
        let count = part.count.map(|count| count.to_string()).unwrap_or_default();
        Candidate { detail: count, ..Candidate::new(part.text, CandidateKind::Value, Span::new(start + at, offset)) }
    };
    Some(parts.into_iter().map(candidate).collect())
}

fn code_names(typed: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    codes().filter(move |_| typed.starts_with("crawl:")).map(|doc| (doc.code, doc.title))
}

fn words(script: &Analysis, token: &Token) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let index = script.solid.partition_point(|other| other.span.start < token.span.start);
    if script.word_before(index) == "import" {
        return modules(script);
    }
    if index >= 2 && script.word_before(index) == ":" && script.word(index - 2) == "unique" {
        let after = script.facts.schemas.iter().find(|schema| schema.whole.contains(token.span.start));
        return after.map(|schema| schema.fields.iter().map(|(name, _)| name.clone()).collect()).unwrap_or_default();
    }
    let Some(call) = script.open_call(token.span.start) else { return Vec::new() };
    if call.index == 0 && call.name.is_none() && TAKES_SESSION.contains(&call.callee.as_str()) {
        return session_ids(script);
    }
    match kind_of(&call) {
        Some(Kind::HookPoint) => owned(POINTS),
        Some(Kind::Word(words)) => owned(words),
        _ => Vec::new(),
    }
}

/// The standard library, and the scripts beside this one.
fn modules(script: &Analysis) -> Vec<String> {
    let mut names: Vec<String> = STDLIB.iter().map(|(name, _)| (*name).to_owned()).collect();
    let own = std::path::Path::new(script.source.name());
    let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    let files = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let scripts = files.filter(|path| path.extension().is_some_and(|ending| ending == "crawl") && path != own);
    names.extend(scripts.filter_map(|path| path.file_stem()?.to_str().map(str::to_owned)));
    names
}
