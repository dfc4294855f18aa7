//! Values in the REPL as a person wants them.

use crawl::repl::{table, text};
use crawl::text::cut;
use libtest_mimic::Trial;

use super::talk::{open, quit, said};
use super::trial;
use crate::process::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("repl_shows_values_as_a_person_wants_them", shown),
        trial("table_is_aligned_and_cut", tables),
        trial("long_text_is_shown_with_its_length", long_text),
    ]
}

fn shown() {
    let stage = Stage::new();
    let mut screen = open(&stage);
    let seen = said(&mut screen, "let page = crawl(`${playground()}/products`); page", "step 1");
    assert!(seen.contains("Products\r\nhttp://127.0.0.1"), "{seen}");
    said(&mut screen, "page.select(\"h1\")[0]", "\n<h1>Products</h1>");
    said(&mut screen, "page.select(\"h2\")", "\n8 items");
    said(&mut screen, "schema P at \".product\" { name: text(\"h2\"), price: optional(money(\".price\")) }", "\n");
    let seen = said(&mut screen, "page.extract(P)", "8 rows × 2 fields");
    for line in ["name                     price\r\n", "茶碗 (tea bowl)          12800.0 JPY\r\n", "Prototype\r\n"] {
        assert!(seen.contains(line), "no {line:?} in {seen}");
    }
    said(&mut screen, "#{ a: 1, bcd: \"x\" }", "a    1\r\nbcd  x\r\n");
    said(&mut screen, "[1, 2, 3]", "\n[1, 2, 3]");
    said(
        &mut screen,
        "let n = 0; let list = []; while n < 60 { list.push(#{ n: n }); n += 1; } list",
        "60 rows × 1 field · 20 more not shown",
    );
    said(&mut screen, "page.html", "characters in");
    said(&mut screen, "()", "\n");
    quit(screen, &stage);
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn tables() {
    let columns = strings(&["name", "count"]);
    let rows = vec![strings(&["one", "5"]), strings(&["three hundred", "12"])];
    let wanted =
        "name           count\n─────────────  ─────\none                5\nthree hundred     12\n2 rows × 2 fields";
    assert_eq!(table(&columns, &rows, None, None), wanted);
    for width in [8, 12, 15, 20, 40] {
        let text = table(&columns, &rows, Some(width), Some(1));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[..3].iter().all(|line| line.chars().count() <= width), "{width}:\n{text}");
        assert!(lines[3].starts_with("2 rows × 2 fields · 1 more not shown"), "{text}");
    }
    assert!(table(&columns, &rows, Some(8), None).ends_with("1 field not shown"));
    assert_eq!(cut("茶碗 (tea)", 5), "茶碗…");
    assert_eq!(cut("abc", 3), "abc");
}

fn long_text() {
    let long = "line\n".repeat(100);
    let shown = text(&long, Some(80));
    assert!(shown.ends_with("… 500 characters in 100 lines"), "{shown}");
    assert_eq!(shown.lines().count(), 31);
    assert_eq!(text(&long, None), long);
}
