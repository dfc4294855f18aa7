//! The region of a page that holds its main content.

use super::Kept;
use super::furniture::Furniture;
use super::survey::{Hint, Survey};

/// A hint is believed when it holds at least this share of the page's prose, in percent.
const BELIEVED: usize = 20;
/// A part stands for its whole when it holds this share of it, in percent.
const MOST: usize = 75;
/// One article of several is the content when it holds this share of their text, in percent.
const MAJORITY: usize = 60;

/// The place of the region: what the author marks as the main content, else the lowest container of most of the prose.
pub(super) fn region(survey: &Survey<'_>, marks: &[Furniture], kept: &[Kept]) -> usize {
    let page = kept[0];
    let believed = |place: &usize| {
        let held = kept[*place];
        held.text > 0 && held.prose * 100 >= page.prose * BELIEVED
    };
    let shown = visible(survey, marks);
    let hints = |wanted: Hint| {
        let shown = &shown;
        let parts = survey.parts.iter().enumerate();
        parts.filter(move |(place, part)| part.hint == Some(wanted) && shown[*place]).map(|(place, _)| place)
    };
    if let Some(main) = largest(kept, hints(Hint::Main)).filter(believed) {
        return leading(survey, kept, hints(Hint::Article).filter(|place| survey.below(main).contains(place)))
            .filter(|place| kept[*place].text * 100 >= kept[main].text * MAJORITY)
            .unwrap_or(main);
    }
    let article = leading(survey, kept, hints(Hint::Article)).filter(believed);
    article.unwrap_or_else(|| densest(survey, marks, kept))
}

/// The article that outweighs all others together; none where a page is a list of articles.
fn leading(survey: &Survey<'_>, kept: &[Kept], articles: impl Iterator<Item = usize>) -> Option<usize> {
    let mut end = 0;
    let mut total = 0;
    let mut outermost = Vec::new();
    for place in articles.filter(|place| kept[*place].text > 0) {
        // Articles within an article are its comments.
        if place >= end {
            end = survey.parts[place].end;
            total += kept[place].text;
            outermost.push(place);
        }
    }
    largest(kept, outermost.into_iter()).filter(|place| kept[*place].text * 100 >= total * MAJORITY)
}

/// The largest of several, of equals the first.
fn largest(kept: &[Kept], places: impl Iterator<Item = usize>) -> Option<usize> {
    places.reduce(|best, next| if kept[next].text > kept[best].text { next } else { best })
}

/// Goes down from the body as long as one container holds most of the prose.
fn densest(survey: &Survey<'_>, marks: &[Furniture], kept: &[Kept]) -> usize {
    let most = kept[0].prose * MOST;
    let mut place = 0;
    loop {
        let mut children = survey.children(place).filter(|child| marks[*child] == Furniture::None);
        let next = children.find(|child| {
            let held = kept[*child].prose;
            held > 0 && held * 100 >= most && is_container(survey.parts[*child].element.name())
        });
        match next {
            Some(child) => place = child,
            None => return place,
        }
    }
}

fn is_container(name: &str) -> bool {
    matches!(name, "div" | "section" | "article" | "main" | "center" | "form" | "span" | "slot") || name.contains('-')
}

/// Which elements have no furniture around them, nor are it.
fn visible(survey: &Survey<'_>, marks: &[Furniture]) -> Vec<bool> {
    let mut shown = vec![true; marks.len()];
    for place in 1..marks.len() {
        shown[place] = shown[survey.parts[place].parent] && marks[place] == Furniture::None;
    }
    shown
}

/// The headline that stands before a region without one: the nearest `h1` before it that is no link to the front page.
pub(super) fn headline(survey: &Survey<'_>, marks: &[Furniture], region: usize) -> Option<usize> {
    if survey.parts[region].headline {
        return None;
    }
    let shown = visible(survey, marks);
    (1..region).rev().find(|place| {
        let part = &survey.parts[*place];
        part.element.name() == "h1" && shown[*place] && part.text > 0 && !part.is_linked(50)
    })
}
