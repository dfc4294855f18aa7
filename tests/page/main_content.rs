//! The main content of a page as Markdown: what is left out, and that there is always something.

use libtest_mimic::Trial;

use super::{parse, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("main_content_of_marked_pages", marked),
        trial("main_content_of_unmarked_pages", unmarked),
        trial("main_content_leaves_out_furniture", furniture),
        trial("main_content_keeps_its_headline", headline),
        trial("main_content_keeps_notes_and_headers_of_the_article", notes),
        trial("main_content_of_link_pages", links),
        trial("main_content_beside_many_links", outweighed),
        trial("main_content_of_many_articles", articles),
        trial("main_content_is_never_empty", never_empty),
        trial("main_content_in_a_shadow_root", shadow),
        trial("main_content_of_deep_pages", deep),
    ]
}

const PROSE: &str = "A lighthouse says two things at once, and the second one takes time, because every light has a rhythm \
                     of its own that a sailor can count in the dark.";

fn fit(html: &str) -> String {
    parse(html).fit_markdown()
}

/// Holds that the Markdown has the prose and none of the words.
fn without(html: &str, words: &[&str]) -> String {
    let fit = fit(html);
    assert!(fit.contains("A lighthouse says"), "no prose in:\n{fit}");
    for word in words {
        assert!(!fit.contains(word), "`{word}` in:\n{fit}");
    }
    fit
}

fn marked() {
    for main in ["main", "article", "div role=main", "div itemprop=articleBody"] {
        let end = main.split(' ').next().unwrap();
        let html = format!(
            "<div><a href=/>Home</a> Gazette</div><{main}><p>{PROSE}</p></{end}><div>Comments: nice. {}</div>",
            "I wound one once, and my arms still know how it felt in those winters of the war. ".repeat(3)
        );
        without(&html, &["Home", "Comments"]);
    }
    // A mark around nothing is not believed.
    let html = format!("<main><p>Loading</p></main><div><p>{PROSE}</p><p>{PROSE}</p></div>");
    without(&html, &[]);
    // Of a main with one article, the article.
    let html = format!("<main><p>Teaser</p><article><h1>Light</h1><p>{PROSE}</p></article><p>Vote now</p></main>");
    without(&html, &["Teaser", "Vote"]);
}

fn unmarked() {
    let html = format!(
        "<div><div>Gazette</div><div><div><p>{PROSE}</p><p>{PROSE}</p><blockquote>{PROSE}</blockquote></div></div>\
         <div>Weather: rain</div></div>"
    );
    without(&html, &["Gazette", "Weather"]);
    // Text without paragraphs is prose too.
    let html = format!("<div>Gazette</div><div>{PROSE}<br><br>{PROSE}</div><div>Weather: rain</div>");
    without(&html, &["Gazette", "Weather"]);
}

fn furniture() {
    for around in [
        "<nav><a href=/>Drop</a></nav>",
        "<footer>Drop</footer>",
        "<header><a href=/>Drop</a></header>",
        "<aside><p>Drop</p></aside>",
        "<div role=navigation>Drop</div>",
        "<div role='dialog'>Drop</div>",
        "<div class='siteNav'>Drop</div>",
        "<div id=left-sidebar>Drop</div>",
        "<div class='share buttons'>Drop</div>",
        "<div id=cookie-banner><p>Drop: we and our partners use cookies to measure how this site is used by you and others.</p></div>",
        "<ul><li><a href=/1>Drop 1</a><li><a href=/2>Drop 2</a><li><a href=/3>Drop 3</a></ul>",
        "<p><a href=/1>Drop 1</a> | <a href=/2>Drop 2</a> | <a href=/3>Drop 3</a></p>",
        "<button>Drop</button>",
    ] {
        let page = |inside: &str| format!("<h1>Light</h1><p>{PROSE}</p>{inside}<p>{PROSE}</p>");
        let whole = fit(&page(""));
        assert_eq!(without(&page(around), &["Drop"]), whole, "{around}");
    }
    let kept = format!("<p>{PROSE}</p><div class=navigator>Keep</div><p>{PROSE} <a href=/log>Keep</a></p>");
    assert_eq!(without(&kept, &[]).matches("Keep").count(), 2);
    // A heading goes with all that it heads.
    let list = "<h2>Other</h2><ul><li><a href=/1>Story 1</a><li><a href=/2>Story 2</a><li><a href=/3>Story 3</a></ul>";
    without(&format!("<p>{PROSE}</p>{list}<h2>Next</h2><p>{PROSE}</p>{list}"), &["Other", "Story"]);
    let fit = without(&format!("<p>{PROSE}</p>{list}<p>{PROSE}</p>"), &["Story"]);
    assert!(fit.contains("## Other"), "{fit}");
    // What holds the content is none, whatever it is called.
    without(&format!("<div class='has-sidebar'><p>{PROSE}</p></div><p>Imprint</p>"), &[]);
    without(&format!("<div class='modal'><main><p>{PROSE}</p></main></div><p>Imprint</p>"), &["Imprint"]);
}

fn headline() {
    let html = format!("<div class=top><h1>Light</h1></div><p>By Grace</p><main><p>{PROSE}</p></main>");
    assert!(without(&html, &["Grace"]).starts_with("# Light\n"));
    let site = format!("<div><h1><a href=/>Gazette</a></h1></div><main><p>{PROSE}</p></main>");
    without(&site, &["Gazette"]);
    let own = format!("<h1>Gazette</h1><main><h1>Light</h1><p>{PROSE}</p></main>");
    assert!(without(&own, &["Gazette"]).starts_with("# Light\n"));
}

fn notes() {
    let html = format!(
        "<article><header><h1>Light</h1><p>By Grace</p></header><p>{PROSE}</p><aside class=note>Mind the oil.</aside>\
         <aside><a href=/1>Other</a></aside><footer>Tags</footer></article>"
    );
    let fit = without(&html, &["Other", "Tags"]);
    assert!(fit.contains("By Grace") && fit.contains("Mind the oil."), "{fit}");
}

fn links() {
    let rows: String = (0..30).map(|n| format!("<li><a href=/{n}>Story number {n}</a></li>")).collect();
    let fit = fit(&format!("<nav><a href=/>Drop</a></nav><ol>{rows}</ol><footer>Drop</footer>"));
    assert!(fit.contains("Story number 29") && !fit.contains("Drop"), "{fit}");
}

fn outweighed() {
    let rows: String = (0..500).map(|n| format!("<li><a href=/{n}>Story number {n}</a></li>")).collect();
    without(&format!("<div><ul>{rows}</ul></div><div><h1>Light</h1><p>{PROSE}</p><p>{PROSE}</p></div>"), &["Story"]);
}

fn articles() {
    let some: String = (0..4).map(|n| format!("<article><h2>Story {n}</h2><p>{PROSE}</p></article>")).collect();
    for html in [format!("<main>{some}</main><p>Imprint</p>"), format!("<div>{some}</div><p>Imprint</p>")] {
        assert_eq!(without(&html, &["Imprint"]).matches("## Story").count(), 4);
    }
    let one = format!("<article><p>{PROSE}</p><p>{PROSE}</p></article><article><p>Teaser</p></article>");
    without(&one, &["Teaser"]);
}

fn never_empty() {
    for html in [
        "<p>Hello",
        "<nav><a href=/>Home</a></nav>",
        "<main></main><p>Hello",
        "<dialog open>Hello</dialog>",
        "<div class=sidebar>Hello</div>",
        "<table><tr><td>1<td>2</table>",
        "<ul><li><a href=/1>1</a><li><a href=/2>2</a><li><a href=/3>3</a></ul>",
    ] {
        let document = parse(html);
        assert!(!document.markdown(None).trim().is_empty(), "{html}");
        assert_eq!(document.fit_markdown(), document.markdown(None), "{html}");
    }
    assert_eq!(fit(""), "");
}

fn shadow() {
    let html = format!(
        "<nav>Drop</nav><x-page><template shadowrootmode=open><footer>Drop</footer><slot></slot></template><p>{PROSE}</p></x-page>"
    );
    without(&html, &["Drop"]);
}

fn deep() {
    let html = format!("{}<p>{PROSE}</p><nav>Drop</nav>", "<div>".repeat(2_000));
    without(&html, &["Drop"]);
}
