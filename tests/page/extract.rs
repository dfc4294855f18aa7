//! Extraction by schema.

use crawl::page::{ComputeId, ExtractError, Extraction, Field, FieldKind, Schema, Transform, extract};
use libtest_mimic::Trial;
use serde_json::{Map, Value, json};

use super::{parse, relative, select, trial};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("extract_every_kind", every_kind),
        trial("extract_transforms", transforms),
        trial("extract_records_in_records", records),
        trial("extract_computed_in_order", computed),
        trial("extract_computed_may_read_the_document", computed_reads),
        trial("extract_warns_once_per_field", warnings),
        trial("extract_fails_where_a_field_is_of_another_type", types),
        trial("extract_too_few_is_explained", too_few),
        trial("extract_max_unique_and_fill", conditions),
        trial("extract_bad_transforms_are_errors", bad_transforms),
        trial("schema_fingerprint_is_stable", fingerprint),
    ]
}

const SHOP: &str = "<ul><li class=p id=a1><h4><a href='/p/1'>Mouse <b>One</b></a></h4><i>€ 1.299,00</i>\
    <time datetime=2026-11-23>today</time><em>1,200 sold</em><u>4,5</u><s>x</s><s>y</s><q>in stock</q></li>\
    <li class=p id=a2><h4><a href='p/2'>Mouse <b>Two</b></a></h4><i>call us</i><em>N/A</em><u>3.9</u></li></ul>";

fn text(css: &str) -> Field {
    Field::new(FieldKind::Text(relative(css)))
}

fn schema(at: &str, fields: Vec<(&str, Field)>) -> Schema {
    Schema::new("Product", select(at), fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect())
}

fn run(html: &str, schema: &Schema) -> Result<Extraction, ExtractError<String>> {
    extract(&parse(html), schema, &mut |_, _| Ok(Value::Null))
}

fn items(extraction: &Extraction) -> Value {
    json!(extraction.items)
}

fn messages(extraction: &Extraction) -> Vec<&str> {
    extraction.warnings.iter().map(|warning| warning.message.as_str()).collect()
}

fn every_kind() {
    let optional = |kind| Field { optional: true, ..Field::new(kind) };
    let schema = schema(
        ".p",
        vec![
            ("title", text("h4")),
            ("html", Field::new(FieldKind::Html(relative("h4 a")))),
            ("id", Field::new(FieldKind::Attr(relative(":self"), "id".to_owned()))),
            ("url", Field::new(FieldKind::Link(relative("h4")))),
            ("sold", optional(FieldKind::Int(relative("em")))),
            ("stars", Field::new(FieldKind::Float(relative("u")))),
            ("price", optional(FieldKind::Money(relative("i")))),
            ("day", optional(FieldKind::Date(relative("time"), None))),
            ("stock", Field::new(FieldKind::Bool(relative("q")))),
            ("md", Field::new(FieldKind::Markdown(relative("h4 a")))),
            ("shop", Field::new(FieldKind::Value(json!({"n": 1})))),
            ("tags", Field::new(FieldKind::List(Box::new(text("s").with(Transform::Upper))))),
            ("next", optional(FieldKind::Attr(relative("+ li"), "id".to_owned()))),
        ],
    );
    let found = run(SHOP, &schema).unwrap();
    let expected = json!([
        {"title": "Mouse One", "html": "Mouse <b>One</b>", "id": "a1", "url": "http://shop.test/p/1", "sold": 1200,
         "stars": 4.5, "price": {"amount": 1299.0, "currency": "EUR"}, "day": "2026-11-23", "stock": true,
         "md": "[Mouse **One**](http://shop.test/p/1)", "shop": {"n": 1}, "tags": ["X", "Y"], "next": "a2"},
        {"title": "Mouse Two", "html": "Mouse <b>Two</b>", "id": "a2", "url": "http://shop.test/list/p/2", "sold": null,
         "stars": 3.9, "price": null, "day": null, "stock": false,
         "md": "[Mouse **Two**](http://shop.test/list/p/2)", "shop": {"n": 1}, "tags": [], "next": null},
    ]);
    assert_eq!(items(&found), expected);
    assert_eq!(messages(&found), [] as [&str; 0]);
    let keys: Vec<&String> = found.items[0].keys().collect();
    assert_eq!(keys[..4], ["title", "html", "id", "url"]);
}

fn transforms() {
    let regex = |pattern: &str, group| Transform::Regex(pattern.to_owned(), group);
    let replace = |from: &str, to: &str| Transform::Replace(from.to_owned(), to.to_owned());
    let cases = [
        (vec![Transform::Upper], json!("A1, B22 OF  X")),
        (vec![Transform::Lower, regex("b[0-9]+", 0)], json!("b22")),
        (vec![regex("([A-Z])([0-9]+)", 2), Transform::Int], json!(1)),
        (vec![regex("nothing", 0)], Value::Null),
        (vec![regex("nothing", 0), Transform::Default(json!("none"))], json!("none")),
        (vec![Transform::Default(json!("none"))], json!("A1, B22 of  x")),
        (vec![replace(", ", "|"), replace("", "?")], json!("A1|B22 of  x")),
        (vec![Transform::Split(",".to_owned())], json!(["A1", "B22 of  x"])),
        (vec![Transform::Split(",".to_owned()), regex("[0-9]+", 0), Transform::Int], json!([1, 22])),
        (vec![regex("[A-Z]+", 0), Transform::Int, Transform::Default(json!(0))], json!(0)),
        (vec![regex("(z)?A", 1), Transform::Default(json!("no group"))], json!("no group")),
        (vec![regex("[0-9]{2}", 0), Transform::Float], json!(22.0)),
    ];
    for (transforms, expected) in cases {
        let kind = FieldKind::Attr(relative(":self"), "title".to_owned());
        let field = Field { transforms: transforms.clone(), ..Field::new(kind) };
        let found = run("<p title='A1, B22 of  x'>", &schema("p", vec![("x", field)])).unwrap();
        assert_eq!(found.items[0]["x"], expected, "{transforms:?}");
    }
}

fn records() {
    let html = "<article><h1>A</h1><div class=d><b>1</b><i>2</i></div><p><b>x</b></p><p><b>y</b><i>z</i></p></article>\
                <article><h1>B</h1></article>";
    let inner = |names: [&str; 2]| names.map(|name| (name.to_owned(), text(name))).to_vec();
    let nested = Field::new(FieldKind::Nested(relative(".d"), inner(["b", "i"])));
    let list = Field::new(FieldKind::NestedList(relative("p"), inner(["b", "i"])));
    let of_records = Field::new(FieldKind::Nested(relative("p"), inner(["b", "i"])));
    let of_records = Field::new(FieldKind::List(Box::new(of_records)));
    let found = run(html, &schema("article", vec![("d", nested), ("p", list), ("q", of_records)])).unwrap();
    let rows = json!([{"b": "x", "i": null}, {"b": "y", "i": "z"}]);
    assert_eq!(
        items(&found),
        json!([{"d": {"b": "1", "i": "2"}, "p": rows, "q": rows}, {"d": null, "p": [], "q": []}])
    );
    let expected =
        ["`d` is missing in 1 of 2 rows", "`p.i` is missing in 1 of 2 rows", "`q.i` is missing in 1 of 2 rows"];
    assert_eq!(messages(&found), expected);
}

fn computed() {
    let schema = schema(
        ".p",
        vec![
            ("title", text("h4")),
            ("first", Field::new(FieldKind::Computed(ComputeId(1)))),
            ("second", Field::new(FieldKind::Computed(ComputeId(2))).with(Transform::Upper)),
        ],
    );
    let mut calls = Vec::new();
    let found = extract::<String>(&parse(SHOP), &schema, &mut |id, row| {
        calls.push((id.0, row.keys().cloned().collect::<Vec<_>>()));
        Ok(json!(format!("{}-{}", id.0, row.len())))
    });
    assert_eq!(found.unwrap().items[1]["second"], json!("2-2"));
    assert_eq!(calls.len(), 4);
    assert_eq!(calls[1], (2, vec!["title".to_owned(), "first".to_owned()]));
    let failed = extract(&parse(SHOP), &schema, &mut |_, _: &Map<String, Value>| Err("boom"));
    let error = failed.unwrap_err();
    assert!(matches!(&error, ExtractError::Compute { field, error: "boom", .. } if field == "first"), "{error:?}");
}

fn computed_reads() {
    let document = parse(SHOP);
    let inner = vec![("n".to_owned(), Field::new(FieldKind::Computed(ComputeId(1))))];
    let schema = schema("ul", vec![("x", Field::new(FieldKind::Nested(relative("li"), inner)))]);
    let found = extract::<String>(&document, &schema, &mut |_, _| Ok(json!(document.count(&select("li")))));
    assert_eq!(items(&found.unwrap()), json!([{"x": {"n": 2}}]));
}

fn warnings() {
    let html = "<p><b>1</b></p><p><b>two</b></p><p></p><p><b></b></p>";
    let int = || Field::new(FieldKind::Int(relative("b")));
    let lenient = Schema { fill: Some(0.2), ..schema("p", vec![("n", int())]) };
    let found = run(html, &lenient).unwrap();
    let expected = "`n` is missing in 2 of 4 rows, and is not a whole number in 1 of 4 rows, such as `two`";
    assert_eq!(messages(&found), [expected]);
    assert_eq!(items(&found), json!([{"n": 1}, {"n": null}, {"n": null}, {"n": null}]));
    for field in [Field { optional: true, ..int() }, int().with(Transform::Default(json!(0)))] {
        assert_eq!(messages(&run(html, &schema("p", vec![("n", field)])).unwrap()), [] as [&str; 0]);
    }
}

fn types() {
    let html = "<p><b>1</b><i>x</i></p><p><b>two</b></p><p></p><p><b>n/a</b></p>";
    let int = || Field::new(FieldKind::Int(relative("b")));
    let error = run(html, &schema("p", vec![("n", int())])).unwrap_err();
    assert_eq!(error.to_string(), "`n` of schema `Product` is not a whole number in 2 of 4 rows");
    let ExtractError::Type { evidence, .. } = error else { panic!() };
    assert_eq!(evidence, ["row 2: `two`", "row 4: `n/a`"]);
    // Within a row as well, and by its transforms.
    let inner = vec![("m".to_owned(), text(":self").with(Transform::Float))];
    let nested = Field::new(FieldKind::NestedList(relative("i"), inner));
    let error = run(html, &schema("p", vec![("l", nested)])).unwrap_err();
    assert!(
        matches!(&error, ExtractError::Type { field, evidence, .. } if field == "l.m" && evidence == &["row 1: `x`"])
    );
    let many = "<p><b>none</b></p>".repeat(7);
    let error = run(&many, &schema("p", vec![("n", int())])).unwrap_err();
    assert!(
        matches!(&error, ExtractError::Type { evidence, .. } if evidence.len() == 6 && evidence[5] == "and 2 more")
    );
}

fn too_few() {
    let fields = || vec![("x", text(":self"))];
    let error = run(SHOP, &schema("ul > .pp", fields())).unwrap_err();
    let ExtractError::TooFew { found: 0, min: 1, explanation: Some(explanation), .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(explanation.suggestion.as_deref(), Some("ul > .p"));
    let allowed = Schema { min: Some(0), ..schema("ul > .pp", fields()) };
    assert_eq!(run(SHOP, &allowed).unwrap(), Extraction::default());
    let more = Schema { min: Some(3), ..schema(".p", fields()) };
    let error = run(SHOP, &more).unwrap_err();
    assert!(matches!(error, ExtractError::TooFew { found: 2, min: 3, explanation: None, .. }), "{error:?}");
}

fn conditions() {
    let fields = || vec![("b", text("b")), ("i", text("i"))];
    let html = "<p><b>1</b></p><p><b>1</b><i>x</i></p><p><i>y</i></p><p><i>z</i></p>";
    let error = run(html, &Schema { max: Some(3), ..schema("p", fields()) }).unwrap_err();
    assert!(matches!(error, ExtractError::TooMany { found: 4, max: 3, .. }), "{error:?}");
    let unique = Schema { unique: Some("b".to_owned()), ..schema("p", fields()) };
    let error = run(html, &unique).unwrap_err();
    let ExtractError::Unique { repeats: 1, evidence, .. } = &error else { panic!("{error:?}") };
    assert_eq!(evidence, &["row 2: `1` as row 1"], "rows without the field are alike");
    let error = run(html, &Schema { fill: Some(0.7), ..schema("p", fields()) }).unwrap_err();
    assert!(matches!(&error, ExtractError::Fill { field, filled: 2, rows: 4, .. } if field == "b"), "{error:?}");
    let ExtractError::Fill { evidence, .. } = &error else { panic!() };
    assert_eq!(evidence, &["row 3: nothing", "row 4: nothing"]);
    assert_eq!(error.to_string(), "`b` of schema `Product` is filled in 2 of 4 rows, and `fill` asks for 70%");
    assert!(run(html, &Schema { fill: Some(0.5), ..schema("p", fields()) }).is_ok());
}

fn bad_transforms() {
    let cases = [
        (Transform::Regex("(".to_owned(), 0), "bad regular expression `(`"),
        (Transform::Regex("a".to_owned(), 1), "has 0 groups, not 1"),
        (Transform::Date(Some("%K".to_owned())), "bad date format `%K`"),
    ];
    for (transform, expected) in cases {
        let inner = vec![("y".to_owned(), text("b").with(transform))];
        let nested = Field::new(FieldKind::NestedList(relative("p"), inner));
        let error = run("<p>", &schema("p", vec![("x", nested)])).unwrap_err();
        let ExtractError::Transform { field, message, .. } = &error else { panic!("{error:?}") };
        assert_eq!(field, "x.y");
        assert!(message.contains(expected), "{message}");
    }
}

fn fingerprint() {
    let print = |schema: &Schema, source: &str| schema.fingerprint(&|_| source.to_owned());
    let of = |id| {
        let inner = vec![("c".to_owned(), Field::new(FieldKind::Computed(ComputeId(id))))];
        schema("li", vec![("a", text("b")), ("n", Field::new(FieldKind::Nested(relative(":self"), inner)))])
    };
    assert_eq!(print(&of(1), "|r| 1"), print(&of(2), "|r| 1"), "a closure's number means nothing");
    assert_ne!(print(&of(1), "|r| 1"), print(&of(1), "|r| 2"));
    let changed = Schema { min: Some(2), ..of(1) };
    assert_ne!(print(&of(1), ""), print(&changed, ""));
    assert_ne!(print(&of(1), ""), print(&schema("li", vec![("a", text("i"))]), ""));
}
