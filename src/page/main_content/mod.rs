//! The main content of a page: what a reader came for, without what stands around it.
//!
//! Authors' own marks come first (`main`, `article`, `nav`, roles); where they are silent, the lowest element that holds
//! most of the page's prose is taken. Only the document counts, so the same page always gives the same.

mod furniture;
mod region;
mod survey;

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::ElementRef;

use super::document::Tree;
use furniture::{Furniture, furniture};
use region::{headline, region};
use survey::{Part, Survey};

/// What is to be written of a page.
#[derive(Debug)]
pub(super) struct MainContent {
    /// The headline that stands before the region, and the region.
    pub starts: Vec<NodeId>,
    /// What is left out within.
    pub dropped: HashSet<NodeId>,
}

/// Where less than this remains of a page's text, in percent, and less than [`LITTLE`], the guess is taken for wrong.
const LEAST_SHARE: usize = 5;
const LITTLE: usize = 200;

/// Finds the main content below `body`; nothing where no part stands out.
pub(super) fn main_content(tree: &Tree, body: ElementRef<'_>) -> Option<MainContent> {
    let survey = Survey::take(tree, body);
    let whole = survey.parts[0].text;
    let mut marks = furniture(&survey);
    let mut kept = kept(&survey, |place| marks[place] == Furniture::None);
    let mut place = region(&survey, &marks, &kept);
    let certain = self::kept(&survey, |place| marks[place] != Furniture::Certain);
    if is_overdone(kept[place], certain[place]) {
        marks.iter_mut().filter(|mark| **mark == Furniture::Likely).for_each(|mark| *mark = Furniture::None);
        kept = certain;
        place = region(&survey, &marks, &kept);
    }
    let found = kept[place].text;
    if found == 0 || found < LITTLE && found * 100 < whole * LEAST_SHARE && survey.parts[place].hint.is_none() {
        return None;
    }
    let starts = headline(&survey, &marks, place).into_iter().chain([place]);
    let starts = starts.map(|place| survey.parts[place].id).collect();
    let dropped = marks.iter().zip(&survey.parts).filter(|(mark, _)| **mark != Furniture::None);
    Some(MainContent { starts, dropped: dropped.map(|(_, part)| part.id).collect() })
}

/// Whether guesses took the better half of what the author's own marks leave: of the prose, or of the text where there
/// is hardly any prose (a page of links).
fn is_overdone(kept: Kept, certain: Kept) -> bool {
    kept.prose * 2 < certain.prose || kept.prose < LITTLE && kept.text * 2 < certain.text
}

/// What an element still holds when some are left out.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    text: usize,
    prose: usize,
}

fn kept(survey: &Survey<'_>, is_kept: impl Fn(usize) -> bool) -> Vec<Kept> {
    let own = |part: &Part<'_>| Kept { text: part.own_text, prose: part.own_prose() };
    let mut kept: Vec<Kept> = survey.parts.iter().map(own).collect();
    for place in (1..kept.len()).rev() {
        if !is_kept(place) {
            kept[place] = Kept::default();
            continue;
        }
        let Kept { text, prose } = kept[place];
        let parent = &mut kept[survey.parts[place].parent];
        parent.text += text;
        parent.prose += prose;
    }
    kept
}
