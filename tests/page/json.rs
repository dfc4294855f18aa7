//! Schemas in Crawl4AI's JSON form.

use crawl::page::{extract, schema_from_json};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{parse, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("json_schema_extracts", extracts), trial("json_schema_errors_have_a_path", errors)]
}

fn extracts() {
    let json = json!({
        "name": "Commit", "baseSelector": "li.c",
        "baseFields": [{"name": "id", "type": "attribute", "attribute": "data-id"}],
        "fields": [
            {"name": "title", "selector": "h4", "type": "text", "transform": "uppercase"},
            {"name": "sha", "selector": "a", "type": "regex", "pattern": "#([0-9a-f]+)"},
            {"name": "html", "selector": "a", "type": "html"},
            {"name": "note", "selector": ".note", "type": "text", "default": "none"},
            {"name": "who", "selector": ".by", "type": "nested", "fields": [{"name": "n", "selector": "b", "type": "text"}]},
            {"name": "tags", "selector": "i", "type": "list", "fields": [{"name": "t", "type": "text"}]},
            {"name": "plain", "selector": "i", "type": "list"},
            {"name": "files", "selector": "u", "type": "nested_list", "fields": [{"name": "f", "type": ["text", "regex"], "pattern": "[a-z]"}]},
            {"name": "next", "source": "+ li", "selector": "h4", "type": "text", "optional": true},
        ],
    });
    let schema = schema_from_json(&json, "file").unwrap();
    assert_eq!(schema.name, "Commit");
    let html = "<ul><li class=c data-id=7><h4>fix</h4><a>x #ab1</a><p class=by><b>Ada</b></p><i>1</i><i>2</i>\
                <u>q9</u></li><li><h4>after</h4></li></ul>";
    let found = extract::<()>(&parse(html), &schema, &mut |_, _| Ok(Value::Null)).unwrap();
    let expected = json!([{
        "id": "7", "title": "FIX", "sha": "ab1", "html": "x #ab1", "note": "none", "who": {"n": "Ada"},
        "tags": [{"t": "1"}, {"t": "2"}], "plain": ["1", "2"], "files": [{"f": "q"}], "next": "after",
    }]);
    assert_eq!(json!(found.items), expected);
    assert!(found.warnings.is_empty(), "{:?}", found.warnings);
}

fn errors() {
    let with = |field: Value| json!({"baseSelector": "li", "fields": [{"name": "a", "type": "text"}, field]});
    let cases = [
        (json!([]), "schema", "an object", ""),
        (json!({"fields": []}), "baseSelector", "missing", "rows"),
        (json!({"baseSelector": "li:checked", "fields": []}), "baseSelector", "live page", "[checked]"),
        (json!({"baseSelector": "li"}), "fields", "no fields", ""),
        (json!({"baseSelector": "li", "feilds": []}), "feilds", "unknown key", "`fields`"),
        (with(json!({"name": "b", "type": "txt"})), "fields[1].type", "unknown type `txt`", "`text`"),
        (with(json!({"name": "b"})), "fields[1].type", "missing", ""),
        (with(json!({"name": "b", "type": "computed"})), "fields[1].type", "computed", "script"),
        (
            with(json!({"name": "b", "type": "text", "transform": "upercase"})),
            "fields[1].transform",
            "upercase",
            "`uppercase`",
        ),
        (with(json!({"name": "b", "type": "text", "selctor": "x"})), "fields[1].selctor", "unknown key", "`selector`"),
        (with(json!({"name": "b", "type": "text", "selector": "x["})), "fields[1].selector", "not closed", ""),
        (with(json!({"name": "b", "type": "attribute"})), "fields[1].attribute", "missing", ""),
        (with(json!({"name": "b", "type": "regex"})), "fields[1].pattern", "missing", ""),
        (with(json!({"name": "b", "type": "regex", "pattern": "("})), "fields[1].pattern", "regular expression", ""),
        (with(json!({"name": "b", "type": "text", "pattern": "x"})), "fields[1].pattern", "only type `regex`", "regex"),
        (with(json!({"name": "b", "type": "nested"})), "fields[1].fields", "needs fields", ""),
        (
            with(json!({"name": "b", "type": "nested", "fields": [{"name": "c", "type": "x"}]})),
            "fields[1].fields[0].type",
            "unknown type",
            "",
        ),
        (with(json!({"name": "a", "type": "text"})), "fields[1].name", "two fields `a`", ""),
        (with(json!({"name": 3, "type": "text"})), "fields[1].name", "string", ""),
        (
            json!({"baseSelector": "li", "unique": "shas", "fields": [{"name": "sha", "type": "text"}]}),
            "unique",
            "no field `shas`",
            "`sha`",
        ),
    ];
    for (json, path, message, help) in cases {
        let error = schema_from_json(&json, "x").expect_err(&json.to_string());
        assert_eq!(error.path, path, "{json}");
        assert!(error.message.contains(message), "{error:?}");
        assert!(error.help.clone().unwrap_or_default().contains(help), "{error:?}");
    }
}
