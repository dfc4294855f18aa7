//! Many texts replaced at once.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Input, Match, MatchKind};

/// A searcher is made anew for each text that comes in, until it has so many.
const OPEN: usize = 256;

/// A searcher of fewer times as many texts as the next one is made one with it.
const STEP: usize = 4;

/// Replaces many texts: of those that begin at one place the longest, from left to right.
///
/// Texts may come in one by one between two uses, by the thousands: they are looked for by a few searchers of which each
/// has a multiple of the texts of the next, so that a text is seldom taken into another one.
#[derive(Debug, Clone, Default)]
pub struct Replacer {
    texts: Vec<String>,
    replacements: Vec<String>,
    places: HashMap<String, usize>,
    searchers: Vec<Searcher>,
}

/// Looks for some of the texts.
#[derive(Debug, Clone)]
struct Searcher {
    texts: Range<usize>,
    /// Made when it is first asked for; `None` when it would be too large.
    made: OnceLock<Option<AhoCorasick>>,
}

/// There is no room for that many texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Replacer {
    /// Puts `replacement` in the place of `text`; the first one counts.
    pub fn add(&mut self, text: String, replacement: String) {
        if text.is_empty() || self.places.contains_key(&text) {
            return;
        }
        let number = self.texts.len();
        self.places.insert(text.clone(), number);
        self.texts.push(text);
        self.replacements.push(replacement);
        match self.searchers.last_mut().filter(|last| last.texts.len() < OPEN) {
            Some(open) => *open = Searcher::of(open.texts.start..number + 1),
            None => {
                self.gather();
                self.searchers.push(Searcher::of(number..number + 1));
            }
        }
    }

    /// Makes searchers at the end one as long as they are of about as many texts.
    fn gather(&mut self) {
        while let [.., before, last] = self.searchers.as_slice()
            && before.texts.len() < STEP * last.texts.len()
        {
            let both = Searcher::of(before.texts.start..last.texts.end);
            self.searchers.truncate(self.searchers.len() - 2);
            self.searchers.push(both);
        }
    }

    /// Each text with what takes its place.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(String::as_str).zip(self.replacements.iter().map(String::as_str))
    }

    /// The bytes with all of it replaced, `None` where nothing is. `put` is given a replacement, where in `bytes` its text
    /// stands, and what to write to; it says up to where the bytes are done with.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn replace(
        &self,
        bytes: &[u8],
        mut put: impl FnMut(&[u8], Range<usize>, &mut Vec<u8>) -> usize,
    ) -> Result<Option<Vec<u8>>, TooMany> {
        let searchers: Option<Vec<_>> = self.searchers.iter().map(|searcher| searcher.made(&self.texts)).collect();
        let searchers = searchers.ok_or(TooMany)?;
        let find = |number: usize, from: usize| searchers[number].find(Input::new(bytes).range(from..));
        let mut next: Vec<Option<Match>> = (0..searchers.len()).map(|number| find(number, 0)).collect();
        let first = |next: &[Option<Match>]| {
            let found = next.iter().enumerate().filter_map(|(number, found)| Some((number, (*found)?)));
            found.min_by_key(|(_, found)| (found.start(), Reverse(found.end())))
        };
        let Some(mut found) = first(&next) else { return Ok(None) };
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        loop {
            let (number, place) = found;
            out.extend_from_slice(&bytes[done..place.start()]);
            let text = self.searchers[number].texts.start + place.pattern().as_usize();
            done = put(self.replacements[text].as_bytes(), place.range(), &mut out).clamp(place.end(), bytes.len());
            for (number, next) in next.iter_mut().enumerate() {
                if next.is_some_and(|next| next.start() < done) {
                    *next = find(number, done);
                }
            }
            match first(&next) {
                Some(next) => found = next,
                None => break,
            }
        }
        out.extend_from_slice(&bytes[done..]);
        Ok(Some(out))
    }
}

impl Searcher {
    fn of(texts: Range<usize>) -> Self {
        Self { texts, made: OnceLock::new() }
    }

    fn made(&self, texts: &[String]) -> Option<&AhoCorasick> {
        let make =
            || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts[self.texts.clone()]).ok();
        self.made.get_or_init(make).as_ref()
    }
}
