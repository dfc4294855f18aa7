//! Whether data fits a schema.

use crawl::page::{Field, FieldKind, Schema, Selector, Transform, fit};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("fit::every_type_is_told_apart", types),
        trial("fit::transforms_change_what_is_wanted", transforms),
        trial("fit::missing_and_unknown_fields_are_told", fields),
        trial("fit::lists_are_held_against_the_schemas_conditions", conditions),
    ]
}

fn css() -> Selector {
    Selector::parse("b").unwrap()
}

fn schema(field: Field) -> Schema {
    Schema::new("S", css(), vec![("x".to_owned(), field)])
}

fn told(field: &Field, value: Value) -> Vec<String> {
    fit(&schema(field.clone()), &json!({ "x": value }))
}

fn types() {
    let money = json!({ "amount": 1.5, "currency": "EUR" });
    let inner = || vec![("n".to_owned(), Field::new(FieldKind::Int(css())))];
    let list = FieldKind::List(Box::new(Field::new(FieldKind::Int(css()))));
    for (kind, fits, unfit, words) in [
        (FieldKind::Text(css()), json!("a"), json!(1), "`x` is 1, not a text"),
        (FieldKind::Int(css()), json!(1), json!(1.5), "`x` is 1.5, not a whole number"),
        (FieldKind::Float(css()), json!(1.5), json!("1.5"), "`x` is \"1.5\", not a number"),
        (FieldKind::Bool(css()), json!(true), json!("yes"), "`x` is \"yes\", not true or false"),
        (FieldKind::Money(css()), money, json!(1.5), "`x` is 1.5, not an amount of money"),
        (FieldKind::Date(css(), None), json!("2024-05-01"), json!("1 May 2024"), "`x` is \"1 May 2024\", not a date"),
        (FieldKind::Value(json!(3)), json!(3), json!(4), "`x` is 4, not 3"),
        (list, json!([1, 2]), json!([1, "2"]), "`x`[1] is \"2\", not a whole number"),
        (
            FieldKind::Nested(css(), inner()),
            json!({ "n": 1 }),
            json!({ "n": "1" }),
            "`x`: `n` is \"1\", not a whole number",
        ),
        (FieldKind::NestedList(css(), inner()), json!([{ "n": 1 }]), json!([{}]), "`x`[0]: `n` is missing"),
    ] {
        let field = Field::new(kind);
        assert_eq!(told(&field, fits), Vec::<String>::new());
        assert_eq!(told(&field, unfit), [words]);
    }
}

fn transforms() {
    let text = || Field::new(FieldKind::Text(css()));
    let digits = text().with(Transform::Regex("^[0-9]+$".to_owned(), 0));
    assert_eq!(told(&digits, json!("12")), Vec::<String>::new());
    assert_eq!(told(&digits, json!("a")), ["`x` is \"a\", not a match of `^[0-9]+$`"]);
    assert_eq!(told(&digits.with(Transform::Int), json!("12")), ["`x` is \"12\", not a whole number"]);
    let split = text().with(Transform::Split(",".to_owned()));
    assert_eq!(told(&split, json!("a,b")), ["`x` is \"a,b\", not a list of texts"]);
    let or_none = text().with(Transform::Int).with(Transform::Default(json!("none")));
    assert_eq!(told(&or_none, json!("none")), Vec::<String>::new());
    assert_eq!(told(&or_none, json!("some")), ["`x` is \"some\", not a whole number"]);
}

fn fields() {
    let text = schema(Field::new(FieldKind::Text(css())));
    assert_eq!(
        fit(&text, &json!({ "X": "a" })),
        ["`x` is missing", "`X` is no field of the schema (did you mean `x`?)"]
    );
    assert_eq!(fit(&text, &json!({ "x": null })), ["`x` is ()"]);
    assert_eq!(fit(&text, &json!([3])), ["record 1: 3 is no record"]);
    let optional = schema(Field { optional: true, ..Field::new(FieldKind::Text(css())) });
    assert_eq!(fit(&optional, &json!([{}, { "x": null }])), Vec::<String>::new());
}

fn conditions() {
    let text = || schema(Field::new(FieldKind::Text(css())));
    let rows = json!([{ "x": "a" }, { "x": "b" }, { "x": "a" }]);
    assert_eq!(fit(&text(), &rows), Vec::<String>::new());
    assert_eq!(fit(&text(), &json!([])), ["0 records, and `min` is 1"]);
    assert_eq!(fit(&Schema { min: Some(0), ..text() }, &json!([])), Vec::<String>::new());
    assert_eq!(fit(&Schema { min: Some(4), ..text() }, &rows), ["3 records, and `min` is 4"]);
    assert_eq!(fit(&Schema { max: Some(2), ..text() }, &rows), ["3 records, and `max` is 2"]);
    let unique = Schema { unique: Some("x".to_owned()), ..text() };
    assert_eq!(fit(&unique, &rows), ["record 3: `x` is \"a\", as in record 1"]);
    let gaps = json!([{ "x": "a" }, { "x": null }]);
    assert_eq!(fit(&Schema { fill: Some(0.5), ..text() }, &gaps), Vec::<String>::new());
    assert_eq!(
        fit(&Schema { fill: Some(0.9), ..text() }, &gaps),
        ["`x` is there in 1 of 2 records, and `fill` is 0.9"]
    );
    assert_eq!(fit(&text(), &gaps), ["record 2: `x` is ()"]);
}
