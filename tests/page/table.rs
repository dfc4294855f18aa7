//! Tables as data: spans, headers, and how much is made of what a page claims.

use crawl::page::Table;
use libtest_mimic::Trial;
use serde_json::json;

use super::{parse, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("table_spans_fill_their_places", spans),
        trial("table_spans_end_with_their_group", groups),
        trial("table_headers_in_rows_and_columns", headers),
        trial("table_names_stand_once", names),
        trial("table_claims_are_bounded", bounded),
        trial("table_in_a_shadow_root", shadow),
    ]
}

fn tables(html: &str) -> Vec<Table> {
    parse(html).tables()
}

fn rows(html: &str) -> Vec<Vec<String>> {
    tables(html).remove(0).rows
}

fn spans() {
    let html = "<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td rowspan=0>d<tr><td>e<td>f</table>";
    assert_eq!(json!(rows(html)), json!([["a", "b", "b"], ["a", "c", "d"], ["e", "f", "d"]]));
    // What is no number spans one place.
    assert_eq!(json!(rows("<table><tr><td colspan=x>a<td rowspan=-1>b</table>")), json!([["a", "b"]]));
}

fn groups() {
    let html = "<table><tbody><tr><td rowspan=9>a<td>b</tbody><tbody><tr><td>c<td>d</tbody></table>";
    assert_eq!(json!(rows(html)), json!([["a", "b"], ["c", "d"]]));
}

fn headers() {
    let corner = &tables("<table><tr><td><th>Q1<tr><th>North<td>1<tr><th>South<td>2</table>")[0];
    assert_eq!(corner.headers, ["column 1", "Q1"]);
    assert_eq!(json!(corner.records), json!([{ "column 1": "North", "Q1": "1" }, { "column 1": "South", "Q1": "2" }]));
    let turned = &tables("<table><tr><th rowspan=2>Size<th>wide<td>3<tr><th>high<td>4</table>")[0];
    assert_eq!(json!(turned.records), json!([{ "Size / wide": "3", "Size / high": "4" }]));
    // Nothing but headers: there is nothing that they head.
    let bare = &tables("<table><tr><th>a<th>b</table>")[0];
    assert_eq!((bare.headers.len(), bare.records.len()), (2, 1));
}

fn names() {
    let twice = &tables("<table><tr><th>a<th>a<th>a 2<th><th>a<tr><td>1<td>2<td>3<td>4<td>5</table>")[0];
    assert_eq!(twice.headers, ["a", "a 2", "a 2 2", "column 4", "a 3"]);
}

fn bounded() {
    let wide = &tables("<table><tr><td colspan=99999>a</table>")[0];
    assert_eq!(wide.rows[0].len(), 1000);
    let text = "x".repeat(100_000);
    let claims =
        format!("<table><tr><td>first</td><tr><td colspan=1000 rowspan=0>{text}</td></tr>{}", "<tr>".repeat(5_000));
    let table = &tables(&claims)[0];
    assert_eq!(table.rows[0][0], "first");
    let size: usize = table.rows.iter().flatten().map(String::len).sum();
    assert!(size < 100_000_000, "{size} bytes of a page of {}", claims.len());
    let long = format!("<table><tr>{}</tr>{}</table>", "<td>a".repeat(30_000), "<tr>".repeat(10_000));
    let table = &tables(&long)[0];
    assert!(table.rows.len() * table.rows[0].len() <= 2_500_000);
}

fn shadow() {
    let html = "<x-table><template shadowrootmode=open><table><tr><th>a<tr><td>1</table></template></x-table>";
    assert_eq!(json!(tables(html)[0].records), json!([{ "a": "1" }]));
}
