//! Which variables a closure changes, by its text.

use crawl::syntax::changes;
use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("syntax::mutation::tells_what_changes_from_what_is_read", || {
        table();
        Ok(())
    })]
}

fn table() {
    let changing = [
        "seen.push(page.url)",
        "{ if x { seen += 1 } }",
        "seen = page",
        "seen[page.url] = 1",
        "seen[at[0]].rows.push(1)",
        "seen.of[page.url] += 1",
        "page.select(\"a\").each(|a| seen.push(a.text))",
        "seen /* so far */ .sort()",
        "seen?.last.remove(0)",
    ];
    for text in changing {
        assert!(changes(text, "seen"), "{text}");
    }
    let reading = [
        "seen.len()",
        "print(seen == 1)",
        "page.seen.push(1)",
        "other.push(seen)",
        "seen.map(|x| x + 1).push(2)",
        "#{ seen: 1 }",
        "// seen = 1",
        "\"seen = 1\"",
        "seen[0] == 1",
        "unseen = 1",
        "other[seen] = 1",
    ];
    for text in reading {
        assert!(!changes(text, "seen"), "{text}");
    }
}
