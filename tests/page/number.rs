//! Numbers, money and dates as pages write them.

use crawl::page::{Document, Field, FieldKind, Schema, Selector, extract};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{parse, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("number_whole", whole),
        trial("number_decimal", decimal),
        trial("number_money", money),
        trial("date_known_forms", date),
        trial("date_by_format", date_by_format),
    ]
}

fn read(html: &str, kind: impl Fn(Selector) -> FieldKind) -> Value {
    let document: Document = parse(&format!("<main>{html}</main>"));
    let field = Field { optional: true, ..Field::new(kind(Selector::itself())) };
    let schema = Schema::new("S", select("main"), vec![("x".to_owned(), field)]);
    let found = extract::<()>(&document, &schema, &mut |_, _| Ok(Value::Null)).unwrap();
    found.items[0]["x"].clone()
}

fn check(cases: &[(&str, Value)], kind: impl Fn(Selector) -> FieldKind) {
    for (text, expected) in cases {
        assert_eq!(&read(text, &kind), expected, "{text}");
    }
}

fn whole() {
    let cases = [
        ("42", json!(42)),
        ("1,234", json!(1234)),
        ("1.234", json!(1234)),
        ("1 234", json!(1234)),
        ("1&nbsp;234&nbsp;567", json!(1_234_567)),
        ("1'234'567", json!(1_234_567)),
        ("1,234,567 results", json!(1_234_567)),
        ("-7", json!(-7)),
        ("−7 °C", json!(-7)),
        ("iPhone-15", json!(15)),
        ("12 comments, 3 likes", json!(12)),
        ("1.2k", json!(1200)),
        ("3M", json!(3_000_000)),
        ("5 km", json!(5)),
        ("4.5", Value::Null),
        ("2.0", json!(2)),
        ("abc", Value::Null),
        ("", Value::Null),
        ("2024 100", json!(2024)),
        ("9223372036854775807", json!(9_223_372_036_854_775_807_i64)),
        ("99999999999999999999", Value::Null),
        ("007", json!(7)),
    ];
    check(&cases, FieldKind::Int);
}

fn decimal() {
    let cases = [
        ("4.5", json!(4.5)),
        ("4,5", json!(4.5)),
        ("1,234.56", json!(1234.56)),
        ("1.234,56", json!(1234.56)),
        ("1 234,56", json!(1234.56)),
        ("1.234.567", json!(1_234_567.0)),
        ("1,234", json!(1234.0)),
        ("1.234", json!(1.234)),
        ("0,125", json!(0.125)),
        ("0.125", json!(0.125)),
        (".5", json!(0.5)),
        ("-.5", json!(-0.5)),
        ("-3,20 %", json!(-3.2)),
        ("rated 4.7 of 5", json!(4.7)),
        ("end of 2024.", json!(2024.0)),
        ("n/a", Value::Null),
    ];
    check(&cases, FieldKind::Float);
}

fn money() {
    let of = |amount: f64, currency: Option<&str>| json!({ "amount": amount, "currency": currency });
    let cases = [
        ("€ 1.299,00", of(1299.0, Some("EUR"))),
        ("$1,299.00", of(1299.0, Some("USD"))),
        ("1 299 kr", of(1299.0, Some("kr"))),
        ("1 299 SEK", of(1299.0, Some("SEK"))),
        ("US$ 5", of(5.0, Some("USD"))),
        ("C$12.50", of(12.5, Some("CAD"))),
        ("CHF 1'299.50", of(1299.5, Some("CHF"))),
        ("1.299 €", of(1299.0, Some("EUR"))),
        ("-$5.00", of(-5.0, Some("USD"))),
        ("£0.99", of(0.99, Some("GBP"))),
        ("12,99 zł", of(12.99, Some("PLN"))),
        ("¥1,980", of(1980.0, Some("JPY"))),
        ("<span>$</span><span>19</span><sup>.99</sup>", of(19.99, Some("USD"))),
        ("1234.5", of(1234.5, None)),
        ("free", Value::Null),
    ];
    check(&cases, FieldKind::Money);
}

fn date() {
    let cases = [
        ("2026-11-23", json!("2026-11-23")),
        ("<time datetime='2026-11-23T10:00:00Z'>yesterday</time>", Value::Null),
        ("2026-11-23T10:00:00+01:00", json!("2026-11-23T10:00:00+01:00")),
        ("2026-11-23T10:00:00.5Z", json!("2026-11-23T10:00:00.5Z")),
        ("2026-11-23 10:00", json!("2026-11-23T10:00:00")),
        ("Mon, 23 Nov 2026 10:00:00 GMT", json!("2026-11-23T10:00:00Z")),
        ("Nov 23, 2026", json!("2026-11-23")),
        ("Nov. 23, 2026", json!("2026-11-23")),
        ("November 23rd, 2026", json!("2026-11-23")),
        ("Monday, November 23, 2026", json!("2026-11-23")),
        ("23 November 2026", json!("2026-11-23")),
        ("1 Sept 2026", json!("2026-09-01")),
        ("2026/11/23", json!("2026-11-23")),
        ("23.11.2026", json!("2026-11-23")),
        ("Nov 23, 2026, 3:05 PM", json!("2026-11-23T15:05:00")),
        ("23 Nov 2026 15:05", json!("2026-11-23T15:05:00")),
        ("1795428000", json!("2026-11-23T10:00:00Z")),
        ("11/23/2026", Value::Null),
        ("soon", Value::Null),
        ("Feb 30, 2026", Value::Null),
    ];
    check(&cases, |at| FieldKind::Date(at, None));
    let document = parse("<p><time datetime='2026-11-23T10:00:00Z'>yesterday</time></p>");
    let field = Field::new(FieldKind::Date(select("time"), None));
    let schema = Schema::new("S", select("p"), vec![("x".to_owned(), field)]);
    let found = extract::<()>(&document, &schema, &mut |_, _| Ok(Value::Null)).unwrap();
    assert_eq!(found.items[0]["x"], json!("2026-11-23T10:00:00Z"));
}

fn date_by_format() {
    let cases = [
        ("11/23/2026", "%m/%d/%Y", json!("2026-11-23")),
        ("23/11/26 15:05", "%d/%m/%y %H:%M", json!("2026-11-23T15:05:00")),
        ("23/11/2026 15:05 +0200", "%d/%m/%Y %H:%M %z", json!("2026-11-23T15:05:00+02:00")),
        ("2026-11-23", "%d/%m/%Y", Value::Null),
    ];
    for (text, format, expected) in cases {
        let found = read(text, |at| FieldKind::Date(at, Some(format.to_owned())));
        assert_eq!(found, expected, "{text} by {format}");
    }
}
