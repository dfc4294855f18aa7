//! Schema definitions.

use super::{Refusal, Rule, equal, refusals, rewritten, rules};
use libtest_mimic::Trial;

const RULES: &[Rule] = &[
    (
        "plain",
        "schema A at \"li\" { x: text(\"a\"), y: link(\"a\") }",
        "schema_define( \"A\",    \"li\" , #{}, [\"x\", \"y\"], #{ \"x\": text(\"a\"), \"y\": link(\"a\") });",
    ),
    (
        "options",
        "schema A at \"li\", min: 20, unique: \"x\" { x: text(\"a\"), }",
        "schema_define( \"A\",    \"li\", #{min: 20, unique: \"x\" }, [\"x\"], #{ \"x\": text(\"a\"), });",
    ),
    (
        "comma_before_the_fields",
        "schema A at \"li\", { x: t() }",
        "schema_define( \"A\",    \"li\", #{}, [\"x\"], #{ \"x\": t() });",
    ),
    (
        "options_with_trailing_comma",
        "schema A at S, min: 1, { x: t() }",
        "schema_define( \"A\",    S, #{min: 1, }, [\"x\"], #{ \"x\": t() });",
    ),
    (
        "over_lines",
        "schema A\n  at \"li\"\n{\n  x: t(),\n}\nf()",
        "schema_define( \"A\",\n     \"li\"\n, #{}, [\"x\"], #{\n  \"x\": t(),\n});\nf()",
    ),
    (
        "followed_by_a_semicolon",
        "schema A at \"li\" { x: t() };",
        "schema_define( \"A\",    \"li\" , #{}, [\"x\"], #{ \"x\": t() });",
    ),
    (
        "reserved_names",
        "schema A at \"li\" { default: t(), if: t() }",
        "schema_define( \"A\",    \"li\" , #{}, [\"default\", \"if\"], #{ \"default\": t(), \"if\": t() });",
    ),
    (
        "quoted_name",
        "schema A at \"li\" { \"a b\": t() }",
        "schema_define( \"A\",    \"li\" , #{}, [\"a b\"], #{ \"a b\": t() });",
    ),
    (
        "closures_and_maps",
        "schema A at \"li\" { a: computed(|r, s| { r.x > 3 }), b: nested(\"d\", #{ c: t(), d: t() }), e: t(k: 1) }",
        "schema_define( \"A\",    \"li\" , #{}, [\"a\", \"b\", \"e\"], #{ \"a\": computed(|r, s| { r.x > 3 }), \"b\": nested(\"d\", #{ c: t(), d: t() }), \"e\": t(#{k: 1}) });",
    ),
    (
        "closure_in_the_head",
        "schema A at \"li\", unique: |r| { r.x } { x: t() }",
        "schema_define( \"A\",    \"li\", #{unique: |r| { r.x } }, [\"x\"], #{ \"x\": t() });",
    ),
    (
        "inside_a_session",
        "session(1) <\n schema A at \"li\" { x: t() }\n>",
        "(session_block(1, #{}) {\n schema_define( \"A\",    \"li\" , #{}, [\"x\"], #{ \"x\": t() });\n})",
    ),
    (
        "transforms",
        "schema A at \"li\" { a: t(\"x\").regex(\"y\").int() }",
        "schema_define( \"A\",    \"li\" , #{}, [\"a\"], #{ \"a\": t(\"x\").regex(\"y\").to_int() });",
    ),
    ("a_variable_of_that_name", "let schema = 1; schema + f(schema, x.schema)", "="),
];

const REFUSALS: &[Refusal] = &[
    ("no_at", "schema A { x: t() }", "schema", "A"),
    ("no_at_but_selector", "schema A \"li\" { x: t() }", "schema", "A"),
    ("at_with_colon", "schema A at: \"li\" { x: t() }", "schema", ":"),
    ("no_selector", "schema A at { x: t() }", "schema", "{"),
    ("options_first", "schema A at min: 3 { x: t() }", "schema", "min"),
    ("no_name", "schema at \"li\" { x: t() }", "schema", "schema"),
    ("no_name_at_all", "schema { x: t() }", "schema", "schema"),
    ("field_twice", "schema A at \"li\" { x: t(), y: t(), x: t() }", "schema", "x"),
    ("option_twice", "schema A at \"li\", min: 1, min: 2 { x: t() }", "schema", "min"),
    ("missing_comma", "schema A at \"li\" {\n x: t()\n y: t()\n}", "schema", ""),
    ("missing_comma_in_the_head", "schema A at \"li\" min: 3 { x: t() }", "schema", ""),
    ("field_without_builder", "schema A at \"li\" { x, y: t() }", "schema", "x"),
    ("field_without_name", "schema A at \"li\" { t(\"a\") }", "schema", "t"),
    ("unnamed_option", "schema A at \"li\", 20 { x: t() }", "schema", "20"),
    ("no_fields", "schema A at \"li\";\nf();", "schema", "A"),
    ("no_fields_at_the_end", "schema A at \"li\"", "schema", "A"),
    ("in_an_expression", "let s = schema A at \"li\" { x: t() };", "schema", "schema"),
    ("not_closed", "schema A at \"li\" { x: t(),\n", "unclosed_bracket", "{"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = rules("schema", RULES);
    trials.extend(refusals("schema", REFUSALS));
    trials.push(Trial::test("syntax::schema::facts", || {
        let script = "schema Row at \"li\", min: 2 { a: t(), b: u() }";
        let facts = rewritten(script).expect("the script is right").facts;
        let schema = &facts.schemas[0];
        let slice = |span: crawl::text::Span| &script[span.start..span.end];
        equal(&(schema.name.as_str(), slice(schema.span), slice(schema.at)), &("Row", "Row", "\"li\""))?;
        equal(&slice(schema.whole), &script)?;
        equal(&slice(schema.options[0].value), &"2")?;
        equal(&(schema.fields[1].0.as_str(), slice(schema.fields[1].1)), &("b", "b"))
    }));
    trials
}
