//! Finds a selector near a given one that does match, one change at a time.

use super::census::Census;
use super::css::{Complex, Part, Simple, SimpleKind};
use super::{Document, Selector};
use crate::text::nearest;

/// One entry of a selector list as changeable text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub parts: Vec<DraftPart>,
}

/// A compound of a draft.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DraftPart {
    pub combinator: Option<char>,
    pub simples: Vec<DraftSimple>,
}

/// A simple selector of a draft.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DraftSimple {
    pub kind: SimpleKind,
    pub name: String,
    pub text: String,
}

/// A change that makes a draft match further than before.
pub(super) struct Repair {
    pub draft: Draft,
    /// What was found out, in words.
    pub finding: String,
}

impl Draft {
    /// The draft of an entry of `text`.
    pub(super) fn new(text: &str, complex: &Complex) -> Self {
        let simple = |simple: &Simple| DraftSimple {
            kind: simple.kind,
            name: simple.name.clone(),
            text: text[simple.span.start..simple.span.end].to_owned(),
        };
        let part =
            |part: &Part| DraftPart { combinator: part.combinator, simples: part.simples.iter().map(simple).collect() };
        Self { parts: complex.parts.iter().map(part).collect() }
    }

    /// The text of its first `length` compounds.
    pub(super) fn prefix(&self, length: usize) -> String {
        let mut text = String::new();
        for part in &self.parts[..length] {
            match part.combinator {
                None => {}
                Some(' ') => text.push(' '),
                Some(sign) if text.is_empty() => text.extend([sign, ' ']),
                Some(sign) => text.extend([' ', sign, ' ']),
            }
            part.simples.iter().for_each(|simple| text.push_str(&simple.text));
        }
        text
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        self.prefix(self.parts.len())
    }

    /// How many compounds from the start match something together.
    pub(super) fn matching(&self, document: &Document) -> usize {
        (1..=self.parts.len()).take_while(|length| count(document, &self.prefix(*length)) > 0).count()
    }

    fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut draft = self.clone();
        change(&mut draft);
        draft
    }
}

/// The number of matches; none for what is no selector.
pub(super) fn count(document: &Document, text: &str) -> usize {
    Selector::parse(text).map_or(0, |selector| document.count(&selector))
}

/// The first change that lets the compound at `failing` match behind those before it: another name, then a wider
/// combinator, then one condition less.
pub(super) fn repair(document: &Document, census: &Census, draft: &Draft, failing: usize) -> Option<Repair> {
    let reaches = |draft: &Draft| count(document, &draft.prefix(failing + 1));
    let rename = || {
        draft.parts[failing].simples.iter().enumerate().find_map(|(i, simple)| {
            let (near, uses) = near(census, simple)?;
            let finding = format!("no `{}`; near: `{}` ({uses})", simple.text, near.text);
            let draft = draft.changed(|draft| draft.parts[failing].simples[i] = near);
            (reaches(&draft) > 0).then_some(Repair { draft, finding })
        })
    };
    let widen = || {
        let sign = draft.parts[failing].combinator?;
        let wider = match sign {
            '>' => ' ',
            '+' => '~',
            _ => return None,
        };
        let draft = draft.changed(|draft| draft.parts[failing].combinator = Some(wider));
        let hits = reaches(&draft);
        let how = if sign == '>' { "deeper than a child" } else { "not right after it" };
        let finding = format!("it is there, but {how}: `{}` ({hits})", draft.prefix(failing + 1));
        (hits > 0).then_some(Repair { draft, finding })
    };
    let loosen = || {
        let simples = &draft.parts[failing].simples;
        (0..simples.len()).filter(|_| simples.len() > 1).rev().find_map(|i| {
            let dropped = simples[i].text.clone();
            let draft = draft.changed(|draft| drop(draft.parts[failing].simples.remove(i)));
            let hits = reaches(&draft);
            let finding = format!("without `{dropped}` it matches: `{}` ({hits})", draft.prefix(failing + 1));
            (hits > 0).then_some(Repair { draft, finding })
        })
    };
    rename().or_else(widen).or_else(loosen)
}

/// The nearest name in use to one that is not, with its count.
pub(super) fn near(census: &Census, simple: &DraftSimple) -> Option<(DraftSimple, usize)> {
    match simple.kind {
        SimpleKind::Attribute => near_attribute(census, simple),
        SimpleKind::Tag => near_tag(census, simple),
        SimpleKind::Id | SimpleKind::Class => near_name(census, simple),
        _ => None,
    }
}

fn near_name(census: &Census, simple: &DraftSimple) -> Option<(DraftSimple, usize)> {
    let (names, sign) = if simple.kind == SimpleKind::Id { (&census.ids, '#') } else { (&census.classes, '.') };
    let other = if simple.kind == SimpleKind::Id { &census.classes } else { &census.ids };
    if names.contains_key(&simple.name) {
        return None;
    }
    let made = |kind, sign: char, name: &str, uses| {
        let draft = DraftSimple { kind, name: name.to_owned(), text: format!("{sign}{}", escaped(name)) };
        (draft, uses)
    };
    // A class taken for an id, or the other way round, is nearer than any slip of the hand.
    if let Some(uses) = other.get(&simple.name) {
        let (kind, sign) = if sign == '#' { (SimpleKind::Class, '.') } else { (SimpleKind::Id, '#') };
        return Some(made(kind, sign, &simple.name, *uses));
    }
    let hit = nearest(&simple.name, names.keys().map(String::as_str))?;
    Some(made(simple.kind, sign, hit, names[hit]))
}

fn near_tag(census: &Census, simple: &DraftSimple) -> Option<(DraftSimple, usize)> {
    if census.tags.contains_key(&simple.name.to_ascii_lowercase()) {
        return None;
    }
    let made = |kind, name: &str, text: String, uses| (DraftSimple { kind, name: name.to_owned(), text }, uses);
    if let Some(uses) = census.classes.get(&simple.name) {
        return Some(made(SimpleKind::Class, &simple.name, format!(".{}", escaped(&simple.name)), *uses));
    }
    if let Some(uses) = census.ids.get(&simple.name) {
        return Some(made(SimpleKind::Id, &simple.name, format!("#{}", escaped(&simple.name)), *uses));
    }
    let hit = nearest(&simple.name, census.tags.keys().map(String::as_str))?;
    Some(made(SimpleKind::Tag, hit, hit.to_owned(), census.tags[hit]))
}

fn near_attribute(census: &Census, simple: &DraftSimple) -> Option<(DraftSimple, usize)> {
    let made = |text: String, name: &str, uses| {
        (DraftSimple { kind: SimpleKind::Attribute, name: name.to_owned(), text }, uses)
    };
    let Some(values) = census.values.get(&simple.name) else {
        if census.attributes.contains_key(&simple.name) {
            return None;
        }
        let hit = nearest(&simple.name, census.attributes.keys().map(String::as_str))?;
        return Some(made(simple.text.replacen(&simple.name, hit, 1), hit, census.attributes[hit]));
    };
    let (before, quoted) = simple.text.trim_end_matches(']').split_once('=')?;
    let wanted = quoted.trim().trim_matches(['"', '\'']);
    if values.contains_key(wanted) {
        return None;
    }
    let hit = nearest(wanted, values.keys().map(String::as_str))?;
    let sign = before.trim_end_matches(['~', '|', '^', '$', '*']);
    let text = format!("{sign}=\"{}\"]", hit.replace('\\', "\\\\").replace('"', "\\\""));
    Some(made(text, &simple.name, values[hit]))
}

/// A name as CSS takes it (CSSOM, "serialize an identifier").
pub(super) fn escaped(name: &str) -> String {
    let mut text = String::new();
    let first = name.chars().next();
    for (i, c) in name.chars().enumerate() {
        let digit_first = c.is_ascii_digit() && (i == 0 || (i == 1 && first == Some('-')));
        match c {
            c if digit_first || c.is_control() => text.push_str(&format!("\\{:x} ", u32::from(c))),
            '-' if name.len() == 1 => text.push_str("\\-"),
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii() => text.push(c),
            c => text.extend(['\\', c]),
        }
    }
    text
}
