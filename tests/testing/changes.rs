//! What changed from one run's output to the next.

use crawl::testing::{Said, changes};
use libtest_mimic::Trial;
use proptest::collection::vec;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

pub fn trials() -> Vec<Trial> {
    let trial = |name: &str, body: fn()| {
        Trial::test(format!("testing::changes::{name}"), move || {
            body();
            Ok(())
        })
    };
    vec![
        trial("fields_are_told_apart", fields),
        trial("long_values_are_shown_where_they_part", far),
        trial("what_comes_into_a_list_moves_the_rest", moved),
        trial("an_inserted_record_changes_no_other", inserted),
        trial("data_sets_are_compared_each_with_its_own", data_sets),
        trial("what_a_failed_run_did_not_come_to_is_no_change", partial),
        trial("equal_outputs_have_no_change_and_counts_add_up", counts),
    ]
}

fn told(old: &[Said], new: &[Said]) -> Vec<String> {
    changes(old, new, false).iter().map(ToString::to_string).collect()
}

fn records(rows: &[Value]) -> Vec<Said> {
    rows.iter().map(|row| Said::Record(None, row.clone())).collect()
}

fn lines(text: &[&str]) -> Vec<Said> {
    text.iter().map(|line| Said::Line((*line).to_owned())).collect()
}

fn fields() {
    let old = records(&[json!({"id": 1, "name": "a", "price": 19.99}), json!({"id": 2, "name": "b", "price": 1})]);
    let new = records(&[json!({"id": 1, "name": "a", "price": 21.99}), json!({"id": 2, "name": "b", "in": true})]);
    assert_eq!(
        told(&old, &new),
        ["~ record 1: `price` 19.99 → 21.99", "~ record 2: `in` none → true, `price` 1 → none"]
    );
    let (old, new) = (records(&[json!({"n": 1}), json!(5)]), records(&[json!({"n": 2}), json!(6)]));
    assert_eq!(told(&old, &new), ["~ record 1: `n` 1 → 2", "~ record 2: 5 → 6"]);
    assert_eq!(told(&lines(&["a", "b"]), &lines(&["a", "c"])), ["~ line 2: b → c"]);
    let long = "x".repeat(200);
    assert!(told(&lines(&["a"]), &lines(&[&long]))[0].chars().count() < 80);
}

fn far() {
    let text = |end: &str| format!("{}{end}{}", "x".repeat(100), "y".repeat(100));
    let (old, new) = (records(&[json!({ "t": text("old") })]), records(&[json!({ "t": text("new") })]));
    let lead = "x".repeat(20);
    let told_of = told(&old, &new);
    assert!(told_of[0].starts_with(&format!("~ record 1: `t` …{lead}old")), "{told_of:?}");
    assert!(told_of[0].contains(&format!("y… → …{lead}newy")) && told_of[0].ends_with("y…"), "{told_of:?}");
    let told_of = told(&lines(&[&text("a")]), &lines(&[&text("b")]));
    assert!(told_of[0].starts_with(&format!("~ line 1: …{lead}ay")) && told_of[0].contains(&format!("…{lead}by")));
}

fn moved() {
    let list = |tags: &[&str]| records(&[json!({ "id": 1, "tags": tags })]);
    let told = |old: &[&str], new: &[&str]| told(&list(old), &list(new)).concat();
    assert_eq!(told(&["a", "b"], &["new", "a", "b"]), "~ record 1: `tags[0]` none → \"new\"");
    assert_eq!(told(&["a", "b", "c"], &["a", "c"]), "~ record 1: `tags[1]` \"b\" → none");
    assert_eq!(told(&["a", "a"], &["a", "a", "a"]), "~ record 1: `tags[2]` none → \"a\"");
    assert_eq!(told(&["a", "b"], &["a", "c"]), "~ record 1: `tags[1]` \"b\" → \"c\"");
}

fn inserted() {
    let row = |id: u32, price: u32| json!({"id": id, "kind": "book", "price": price});
    let old = records(&[row(1, 5), row(2, 6), row(3, 7)]);
    let new = records(&[row(0, 4), row(1, 5), row(2, 9), row(3, 7)]);
    let told = told(&old, &new);
    assert_eq!(told, ["~ record 3: `price` 6 → 9", "+ 1 record: {\"id\":0,\"kind\":\"book\",\"price\":4}"]);
    let gone = self::told(&old, &[]).remove(0);
    assert!(gone.starts_with("- 3 records:\n    {\"id\":1,\"kind\":\"book\",\"price\":5}\n"), "{gone}");
    let many: Vec<Value> = (0..9).map(|id| row(id, 1)).collect();
    assert!(self::told(&[], &records(&many))[0].ends_with("\n    …"));
}

fn data_sets() {
    let named = |name: &str, n: u32| Said::Record(Some(name.to_owned()), json!({ "n": n }));
    let (old, new) = ([named("a", 1), named("b", 1)], [named("b", 1), named("a", 2)]);
    assert_eq!(told(&old, &new), ["~ `a` record 1: `n` 1 → 2"]);
}

fn partial() {
    let old = lines(&["a", "b", "c", "d"]);
    let told = |new: &[&str]| changes(&old, &lines(new), true).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(told(&["a", "b"]).is_empty());
    assert_eq!(told(&["b"]), ["- 1 line: a"]);
    assert_eq!(told(&["a", "x"])[0].chars().next(), Some('+'));
}

fn counts() {
    proptest!(|(old in vec(0..6_u8, 0..30), new in vec(0..6_u8, 0..30))| {
        let said = |numbers: &[u8]| numbers.iter().map(|n| Said::Record(None, json!([n]))).collect::<Vec<_>>();
        prop_assert!(changes(&said(&old), &said(&old), false).is_empty());
        let found = changes(&said(&old), &said(&new), false);
        let (mut more, mut less) = (0_i64, 0_i64);
        for change in &found {
            match change {
                crawl::testing::Change::Added(count, ..) => more += i64::try_from(*count).unwrap(),
                crawl::testing::Change::Removed(count, ..) => less += i64::try_from(*count).unwrap(),
                crawl::testing::Change::Changed(..) => {}
            }
        }
        prop_assert_eq!(more - less, i64::try_from(new.len()).unwrap() - i64::try_from(old.len()).unwrap());
        prop_assert_eq!(found.is_empty(), old == new);
    });
}
