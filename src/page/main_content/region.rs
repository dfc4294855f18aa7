//! The region of a page that holds its main content.

use super::Kept;
use super::furniture::Furniture;
use super::survey::Survey;

/// A hint is believed when it holds at least this share of the page's prose, in percent.
const BELIEVED: usize = 20;
/// A part stands for its whole when it holds this share of it, in percent.
const MOST: usize = 75;
/// One article of several is the content when it holds this share, in percent.
const MAJORITY: usize = 60;

/// The place of the region: what the author marks as the main content, else the lowest container of most of the prose.
pub(super) fn region(survey: &Survey<'_>, marks: &[Furniture], kept: &[Kept]) -> usize {
    let page = kept[0];
    let believed = |place: &usize| {
        let held = kept[*place];
        held.text > 0 && held.prose * 100 >= page.prose * BELIEVED
    };
    let shown = visible(survey, marks);
    let hints = |wanted: fn(&str) -> bool| {
        let parts = survey.parts.iter().enumerate();
        let shown = &shown;
        parts
            .filter(move |(place, part)| part.hint && shown[*place] && wanted(part.element.name()))
            .map(|(place, _)| place)
    };
    // `[role=main]` and the like stand for `main`, whatever the element is.
    if let Some(main) = largest(kept, hints(|name| name != "article")).filter(believed) {
        return narrowed(survey, kept, main, hints(|name| name == "article"));
    }
    let lowest = densest(survey, marks, kept);
    match largest(kept, hints(|name| name == "article")).filter(believed) {
        Some(article) if kept[article].prose * 100 >= page.prose * MAJORITY => article,
        _ => lowest,
    }
}

/// The one article that is most of a `main`, else all of it.
fn narrowed(survey: &Survey<'_>, kept: &[Kept], main: usize, articles: impl Iterator<Item = usize>) -> usize {
    let below = survey.below(main);
    let article = largest(kept, articles.filter(|place| below.contains(place)));
    article.filter(|place| kept[*place].text * 100 >= kept[main].text * MAJORITY).unwrap_or(main)
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
