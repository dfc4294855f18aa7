//! The media of a page: images, video and audio, with what a page says about each.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::ElementRef;
use scraper::node::Element;
use serde::Serialize;

use super::document::{Document, Tree};
use super::node::{attribute, declarations};
use super::reader;
use super::srcset::{Candidate, address, best, candidates, is_data};

/// The longest `data:` address that is told whole, in bytes.
const LONGEST_DATA: usize = 100;

/// A picture, film or sound of a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Media {
    /// `image`, `video` or `audio`.
    pub kind: MediaKind,
    /// The address of the best source, resolved against the page's base: the largest of a source set, the first `source`
    /// of a film. Of a long `data:` address only its head, followed by `…`.
    pub url: String,
    /// The text that stands in for it: `alt`, else `aria-label`. Empty where the page says that it is decoration.
    pub alt: Option<String>,
    /// The `title` attribute.
    pub title: Option<String>,
    /// The `figcaption` of the figure around it.
    pub caption: Option<String>,
    /// The `width` attribute, in pixels.
    pub width: Option<u64>,
    /// The `height` attribute, in pixels.
    pub height: Option<u64>,
    /// The picture that a film shows before it plays.
    pub poster: Option<String>,
    /// The `loading` attribute: `lazy`, `eager`.
    pub loading: Option<String>,
    /// All that the page offers for it: `src`, `srcset` and `source` elements.
    pub sources: Vec<MediaSource>,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
}

/// One of several sources of a medium.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MediaSource {
    /// Its address, as [`Media::url`].
    pub url: String,
    /// Its width descriptor, in pixels.
    pub width: Option<u64>,
    /// Its pixel density descriptor.
    pub density: Option<f64>,
    /// The MIME type that the page names.
    #[serde(rename = "type")]
    pub mime: Option<String>,
}

impl Document {
    /// The page's media in document order, each address once: `img` (with the sources of its `picture`), `video`, `audio`,
    /// image buttons, images of an SVG, and backgrounds of an element's own style. A lazy loader's address stands before
    /// its placeholder.
    #[must_use]
    pub fn media(&self) -> Vec<Media> {
        self.read(|tree| {
            let mut gallery = Gallery { document: self, tree, found: Vec::new(), places: HashMap::new() };
            gallery.gather();
            gallery.found.into_iter().map(|(media, _)| media).collect()
        })
    }

    fn told(&self, address: &str) -> Option<String> {
        if is_data(address) {
            return Some(short_data(address));
        }
        self.resolve(address).filter(|url| url.scheme() != "javascript").map(String::from)
    }
}

/// A `data:` address without its megabytes.
fn short_data(address: &str) -> String {
    if address.len() <= LONGEST_DATA {
        return address.to_owned();
    }
    let mut end = address.find(',').map_or(LONGEST_DATA, |comma| comma + 1).min(LONGEST_DATA);
    while !address.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &address[..end])
}

struct Gallery<'a> {
    document: &'a Document,
    tree: &'a Tree,
    /// Each medium with the figure that it lies in.
    found: Vec<(Media, Option<usize>)>,
    /// Where the medium of an address stands; of data the whole address.
    places: HashMap<String, usize>,
}

impl<'a> Gallery<'a> {
    fn gather(&mut self) {
        let mut figures = Vec::new();
        let mut captions: Vec<Option<String>> = Vec::new();
        for edge in self.tree.html.root_element().traverse() {
            match edge {
                Edge::Open(node) => {
                    let Some(element) = ElementRef::wrap(node) else { continue };
                    match element.value().name() {
                        "figure" => {
                            figures.push(captions.len());
                            captions.push(None);
                        }
                        "figcaption" => {
                            if let Some(caption) = figures.last().and_then(|figure: &usize| captions.get_mut(*figure)) {
                                caption.get_or_insert_with(|| reader::line(self.tree, element));
                            }
                        }
                        _ => {}
                    }
                    self.element(element, figures.last().copied());
                }
                Edge::Close(node) => {
                    if node.value().as_element().is_some_and(|element| element.name() == "figure") {
                        figures.pop();
                    }
                }
            }
        }
        for (media, figure) in &mut self.found {
            let caption = figure.and_then(|figure| captions[figure].clone());
            media.caption = caption.filter(|caption| !caption.is_empty());
        }
    }

    fn element(&mut self, element: ElementRef<'a>, figure: Option<usize>) {
        let value = element.value();
        match value.name() {
            "img" => self.image(element, figure),
            "input" if attribute(value, "type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("image")) => {
                self.add(MediaKind::Image, value, plain(address(value)), figure);
            }
            // Only an SVG has one: the HTML parser makes `img` of any other.
            "image" => self.add(MediaKind::Image, value, plain(attribute(value, "href")), figure),
            "video" => self.add(MediaKind::Video, value, played(element), figure),
            "audio" => self.add(MediaKind::Audio, value, played(element), figure),
            _ => {}
        }
        for background in attribute(value, "style").into_iter().flat_map(backgrounds) {
            self.add(MediaKind::Image, value, plain(Some(background)), figure);
        }
    }

    /// A picture, with the sources of its `picture` that stand before it.
    fn image(&mut self, image: ElementRef<'a>, figure: Option<usize>) {
        let in_picture = image.parent().and_then(ElementRef::wrap).is_some_and(|e| e.value().name() == "picture");
        let mut sources = Vec::new();
        if in_picture {
            let before = image.prev_siblings().filter_map(|node| node.value().as_element());
            let mut before: Vec<&Element> = before.take_while(|element| element.name() != "img").collect();
            before.reverse();
            for source in before.into_iter().filter(|element| element.name() == "source") {
                let mime = attribute(source, "type");
                sources.extend(candidates(source).into_iter().map(|candidate| (candidate, mime)));
            }
        }
        sources.extend(candidates(image.value()).into_iter().map(|candidate| (candidate, None)));
        self.add(MediaKind::Image, image.value(), sources, figure);
    }

    fn add(&mut self, kind: MediaKind, element: &Element, sources: Vec<Offer<'_>>, figure: Option<usize>) {
        let offered: Vec<Candidate<'_>> = sources.iter().map(|(candidate, _)| *candidate).collect();
        // Of films the page's order is the order of preference.
        let chosen = if kind == MediaKind::Image { best(&offered) } else { offered.first().copied() };
        let Some(chosen) = chosen.filter(|candidate| !candidate.address.is_empty()) else { return };
        let Some(url) = self.document.told(chosen.address) else { return };
        let key = if is_data(chosen.address) { chosen.address.to_owned() } else { url.clone() };
        let of = |name| attribute(element, name).map(|value| value.trim().to_owned());
        let media = Media {
            kind,
            url,
            alt: of("alt").or_else(|| of("aria-label")),
            title: of("title"),
            caption: None,
            width: of("width").as_deref().and_then(pixels),
            height: of("height").as_deref().and_then(pixels),
            poster: attribute(element, "poster").and_then(|poster| self.document.told(poster)),
            loading: of("loading").map(|loading| loading.to_ascii_lowercase()),
            sources: self.sources(&sources),
        };
        match self.places.get(&key) {
            Some(place) => {
                let (first, its_figure) = &mut self.found[*place];
                complete(first, media);
                *its_figure = its_figure.or(figure);
            }
            None => {
                self.places.insert(key, self.found.len());
                self.found.push((media, figure));
            }
        }
    }

    fn sources(&self, offered: &[Offer<'_>]) -> Vec<MediaSource> {
        let source = |(candidate, mime): &Offer<'_>| {
            let url = self.document.told(candidate.address)?;
            let (width, density) = (candidate.width, candidate.density);
            Some(MediaSource { url, width, density, mime: mime.map(|mime| mime.trim().to_owned()) })
        };
        offered.iter().filter_map(source).collect()
    }
}

/// A candidate with its MIME type.
type Offer<'a> = (Candidate<'a>, Option<&'a str>);

fn plain(address: Option<&str>) -> Vec<Offer<'_>> {
    address
        .map(|address| (Candidate { address: address.trim(), width: None, density: None }, None))
        .into_iter()
        .collect()
}

/// The sources of a film or sound: its own address, then its `source` elements.
fn played(element: ElementRef<'_>) -> Vec<Offer<'_>> {
    let children = element.children().filter_map(|node| node.value().as_element());
    let sources = children.filter(|child| child.name() == "source");
    let of_source = sources.flat_map(|source| {
        let mime = attribute(source, "type");
        plain(address(source)).into_iter().map(move |(candidate, _)| (candidate, mime))
    });
    plain(address(element.value())).into_iter().chain(of_source).collect()
}

/// Adds to a medium what only its repetition says.
fn complete(first: &mut Media, again: Media) {
    // An empty text is a statement too, but a weaker one.
    if first.alt.as_deref().is_none_or(str::is_empty) {
        first.alt = again.alt.or(first.alt.take());
    }
    first.title = first.title.take().or(again.title);
    first.width = first.width.or(again.width);
    first.height = first.height.or(again.height);
    first.poster = first.poster.take().or(again.poster);
}

/// A dimension in pixels; none for a percentage.
fn pixels(value: &str) -> Option<u64> {
    let value = value.strip_suffix("px").unwrap_or(value);
    let whole = value.split_once('.').map_or(value, |(whole, _)| whole);
    whole.parse().ok()
}

/// The addresses of the backgrounds in a style.
fn backgrounds(style: &str) -> Vec<&str> {
    let is_background = |name: &str| ["background", "background-image"].iter().any(|b| name.eq_ignore_ascii_case(b));
    declarations(style).filter(|(name, _)| is_background(name)).flat_map(|(_, value)| addresses(value)).collect()
}

/// The addresses of the `url(…)` in a value (CSS Values, "URLs").
fn addresses(value: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find("url(") {
        let inner = rest[at + 4..].trim_start();
        let (address, after) = match inner.chars().next() {
            Some(quote @ ('"' | '\'')) => inner[1..].split_once(quote).unwrap_or((&inner[1..], "")),
            _ => inner.split_once(')').unwrap_or((inner, "")),
        };
        found.push(address.trim());
        rest = after;
    }
    found.retain(|address| !address.is_empty() && !address.starts_with('#'));
    found
}
