//! The media of a page: which source is the best, what is said about it, and that each stands once.

use crawl::page::{Media, MediaKind};
use libtest_mimic::Trial;
use serde_json::json;

use super::{parse, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("media_kinds_in_document_order", kinds),
        trial("media_best_of_a_source_set", best),
        trial("media_picture_sources", picture),
        trial("media_lazy_addresses", lazy),
        trial("media_captions_of_their_figure", captions),
        trial("media_stand_once", once),
        trial("media_data_is_told_short", data),
        trial("media_backgrounds_of_own_styles", backgrounds),
        trial("media_dimensions", dimensions),
    ]
}

fn media(html: &str) -> Vec<Media> {
    parse(html).media()
}

fn urls(html: &str) -> Vec<String> {
    media(html).into_iter().map(|media| media.url).collect()
}

fn kinds() {
    let found = media(
        "<img src=a.png alt=' A ' title=t loading=LAZY><video poster=/p.jpg width=640><source src=f.webm type=video/webm><source src=f.mp4>\
         </video><audio src=//cdn.test/s.ogg aria-label=Bells></audio><svg><image href=v.png /></svg><input type=image src=go.gif alt=Go>",
    );
    let kinds: Vec<_> = found.iter().map(|media| (media.kind, media.url.as_str(), media.alt.as_deref())).collect();
    assert_eq!(
        kinds,
        [
            (MediaKind::Image, "http://shop.test/list/a.png", Some("A")),
            (MediaKind::Video, "http://shop.test/list/f.webm", None),
            (MediaKind::Audio, "http://cdn.test/s.ogg", Some("Bells")),
            (MediaKind::Image, "http://shop.test/list/v.png", None),
            (MediaKind::Image, "http://shop.test/list/go.gif", Some("Go")),
        ]
    );
    assert_eq!((found[0].title.as_deref(), found[0].loading.as_deref()), (Some("t"), Some("lazy")));
    let film = json!(found[1]);
    assert_eq!(
        (&film["kind"], &film["poster"], &film["width"]),
        (&json!("video"), &json!("http://shop.test/p.jpg"), &json!(640))
    );
    assert_eq!(film["sources"][0]["type"], "video/webm");
    assert_eq!(film["sources"][1]["url"], "http://shop.test/list/f.mp4");
    // Nothing to show, nothing told.
    assert!(media("<img alt=x><img src=''><video></video><img src='javascript:1'>").is_empty());
}

fn best() {
    assert_eq!(urls("<img src=s.png srcset='m.png 2x, l.png 3x'>"), ["http://shop.test/list/l.png"]);
    assert_eq!(urls("<img src=s.png srcset='s.png 320w,l.png 1280w, m.png 640w'>"), ["http://shop.test/list/l.png"]);
    assert_eq!(urls("<img src=s.png srcset='a.png, b.png 1.5x'>"), ["http://shop.test/list/b.png"]);
    // Commas belong to addresses, except at their ends.
    let found = media("<img srcset='/w_100,c_fill/a.png 100w, /w_200,c_fill/a.png 200w'>");
    let sources: Vec<_> = found[0].sources.iter().map(|source| (source.url.as_str(), source.width)).collect();
    assert_eq!(
        sources,
        [("http://shop.test/w_100,c_fill/a.png", Some(100)), ("http://shop.test/w_200,c_fill/a.png", Some(200))]
    );
    assert_eq!(urls("<img src=s.png srcset=', ,'>"), ["http://shop.test/list/s.png"]);
}

fn picture() {
    let html = "<picture><source type=image/avif srcset='a.avif 400w, b.avif 800w'><source srcset='a.webp 400w, b.webp 800w'>\
                <img src=a.jpg alt=Lamp></picture>";
    let found = media(html);
    assert_eq!((found.len(), found[0].url.as_str()), (1, "http://shop.test/list/b.avif"));
    assert_eq!((found[0].alt.as_deref(), found[0].sources.len()), (Some("Lamp"), 5));
    assert_eq!(found[0].sources[1].mime.as_deref(), Some("image/avif"));
}

fn lazy() {
    let dot = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    assert_eq!(urls(&format!("<img src='{dot}' data-src=real.jpg>")), ["http://shop.test/list/real.jpg"]);
    assert_eq!(urls("<img src=blank.gif data-srcset='a.jpg 1x, b.jpg 2x'>"), ["http://shop.test/list/b.jpg"]);
    assert_eq!(urls(&format!("<img src='{dot}' srcset='a.jpg 1x'>")), ["http://shop.test/list/a.jpg"]);
    assert_eq!(urls("<img src=real.jpg data-src='{\"id\": 1}'>"), ["http://shop.test/list/real.jpg"]);
    assert_eq!(urls("<video data-src=late.mp4></video>"), ["http://shop.test/list/late.mp4"]);
}

fn captions() {
    let found = media(
        "<figure><figure><img src=a.png><figcaption>In <b>there</b></figcaption></figure><img src=b.png>\
         <figcaption>Out</figcaption></figure><img src=c.png>",
    );
    let captions: Vec<_> = found.iter().map(|media| media.caption.as_deref()).collect();
    assert_eq!(captions, [Some("In there"), Some("Out"), None]);
}

fn once() {
    let found =
        media("<img src=a.png alt=''><img src=b.png><img src=./a.png alt=Lamp width=3><img src=a.png alt=Other>");
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].alt.as_deref(), found[0].width), (Some("Lamp"), Some(3)));
}

fn data() {
    let long = |letter: &str| format!("data:image/png;base64,{}", letter.repeat(2_000_000));
    let found = media(&format!("<img src='{}'><img src='{}'><img src='{}'>", long("A"), long("B"), long("A")));
    let short: Vec<_> = found.iter().map(|media| media.url.as_str()).collect();
    assert_eq!(short, ["data:image/png;base64,…", "data:image/png;base64,…"]);
    assert!(json!(found).to_string().len() < 2_000);
    let small = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    assert_eq!(urls(&format!("<img src='{small}'>")), [small]);
}

fn backgrounds() {
    let html = "<style>p { background: url(no.png) }</style><p style=\"color: red; background: url( 'a;b.png' ) , url(c.png)\">\
                <p style='background-image:url(\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\")' aria-label=dot><p style='mask: url(m.svg)'>";
    let found = media(html);
    let told: Vec<_> = found.iter().map(|media| media.url.as_str()).collect();
    assert_eq!(
        told,
        ["http://shop.test/list/a;b.png", "http://shop.test/list/c.png", "data:image/gif;base64,R0lGODlhAQABAAAAACw="]
    );
    assert_eq!(found[2].alt.as_deref(), Some("dot"));
}

fn dimensions() {
    let size = |value: &str| media(&format!("<img src=a.png width='{value}'>"))[0].width;
    assert_eq!(
        [size("120"), size("120px"), size("12.5"), size("50%"), size("wide")],
        [Some(120), Some(120), Some(12), None, None]
    );
}
