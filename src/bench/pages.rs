//! Work on large pages in this process, without a browser: parsing counts in.

use std::hint::black_box;
use std::time::Instant;

use url::Url;

use super::report::median;
use super::{Row, Target};
use crate::page::{Document, Field, FieldKind, Schema, Selector, extract};

/// About the size of a very long article.
pub(super) const BYTES: usize = 1_050_000;

/// Measures Markdown, links and schema rows of a page of 1.05 MB.
pub(super) fn rows(rounds: usize) -> Vec<Row> {
    let html = article(BYTES);
    let url = Url::parse("https://site.example/article").expect("a fixed address");
    let document = || Document::parse(html.as_str(), &url);
    let schema = table();
    vec![
        row("Markdown of 1.05 MB", 45.0, rounds, &|| document().markdown(None).len()),
        row("links of 1.05 MB", 11.0, rounds, &|| document().links().len()),
        row("schema rows of 1.05 MB", 20.0, rounds, &|| {
            let mut compute = |_, _: &_| Err("no field is computed");
            extract(&document(), &schema, &mut compute).map_or(0, |extraction| extraction.items.len())
        }),
    ]
}

fn row(name: &str, target: f64, rounds: usize, work: &dyn Fn() -> usize) -> Row {
    let times = (0..rounds.max(3)).map(|_| {
        let begun = Instant::now();
        black_box(work());
        begun.elapsed().as_secs_f64() * 1000.0
    });
    Row { name: name.to_owned(), ours: median(times.collect()), floor: None, unit: "ms", target: Target::Most(target) }
}

fn table() -> Schema {
    let css = |text: &str| Selector::parse(text).expect("a fixed selector");
    let text = |nth: usize| Field {
        kind: FieldKind::Text(css(&format!("td:nth-child({nth})"))),
        transforms: Vec::new(),
        optional: false,
    };
    let fields = ["name", "time", "memory", "note"].into_iter().enumerate();
    let fields = fields.map(|(index, name)| (name.to_owned(), text(index + 1))).collect();
    Schema::new("rows", css("article table tbody tr"), fields)
}

/// An article in the usual mixture: prose with links, nested lists, tables, code, pictures, quotations.
pub(super) fn article(bytes: usize) -> String {
    let mut html = String::with_capacity(bytes + 8192);
    html.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>On sessions</title>");
    html.push_str("<style>.c{color:#333}</style></head><body><header><nav><ul>");
    (0..40).for_each(|n| html.push_str(&format!("<li><a href=\"/section/{n}\">Section {n}</a></li>")));
    html.push_str("</ul></nav></header><main><article><h1>On sessions</h1>");
    let mut number = 0;
    while html.len() < bytes {
        number += 1;
        section(&mut html, number);
    }
    html.push_str("</article></main></body></html>");
    html
}

fn section(html: &mut String, n: usize) {
    let (short, long) = (prose(n, 4), prose(n + 3, 70));
    html.push_str(&format!(
        "<section id=\"s{n}\"><h2>{n}. {short}</h2><p>{long} <a href=\"/static/{n}\">{short}</a> {long} \
         <strong>{short}</strong> <em>{short}</em></p><p>{long} {}</p>",
        prose(n + 5, 40)
    ));
    if n.is_multiple_of(2) {
        html.push_str(&format!(
            "<h3>{short}</h3><ul><li>{short}<ul><li>{short}</li><li><a href=\"https://docs.example/{n}\">{short}</a></li>\
             </ul></li><li>{short}</li><li>{short}</li></ul>"
        ));
    }
    if n.is_multiple_of(3) {
        html.push_str(
            "<table><caption>Figures</caption><thead><tr><th>name<th>time<th>memory<th>note</tr></thead><tbody>",
        );
        for line in 0..8 {
            html.push_str(&format!("<tr><td>{}<td>{line} ms<td>{n} MB<td>{}</tr>", prose(n + line, 1), prose(line, 4)));
        }
        html.push_str("</tbody></table>");
    }
    if n.is_multiple_of(4) {
        html.push_str(&format!("<pre><code>let row = read({n});\nemit(row);</code></pre>"));
    }
    if n.is_multiple_of(5) {
        html.push_str(&format!(
            "<figure><img src=\"/p/{n}.png\" alt=\"{short}\"><figcaption>{short}</figcaption></figure>"
        ));
        html.push_str(&format!("<blockquote><p>{short}</p></blockquote>"));
    }
    html.push_str("</section>");
}

fn prose(from: usize, count: usize) -> String {
    const WORDS: [&str; 24] = [
        "session", "page", "stream", "browser", "of", "a", "layout", "writes", "careful", "events", "and", "the",
        "crawler", "reads", "slow", "memory", "with", "signal", "tree", "answers", "quick", "small", "folds", "maps",
    ];
    let words: Vec<&str> = (0..count).map(|n| WORDS[(from * 7 + n * 5 + n / 6) % WORDS.len()]).collect();
    words.join(" ")
}
