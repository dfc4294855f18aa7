//! Named arguments: the map they become, and what is refused.

use super::{Refusal, Rule, equal, refusals, rewritten, rules};
use crawl::syntax::CallKind;
use libtest_mimic::Trial;

const RULES: &[Rule] = &[
    ("one", "f(a: 1)", "f(#{a: 1})"),
    ("after_positional", "f(1, 2, a: 3, b: 4)", "f(1, 2, #{a: 3, b: 4})"),
    ("trailing_comma", "f(1, a: 3,)", "f(1, #{a: 3,})"),
    ("over_lines", "f(1,\n  a: 3, // x\n  b: 4 // y\n)", "f(1,\n  #{a: 3, // x\n  b: 4 // y\n})"),
    ("nested", "f(a: g(b: 1), c: [h(2, d: 3)])", "f(#{a: g(#{b: 1}), c: [h(2, #{d: 3})]})"),
    ("method", "x.f(1, a: 2)", "x.f(1, #{a: 2})"),
    ("elvis_method", "x?.f(a: 2)", "x?.f(#{a: 2})"),
    ("module_function", "m::n::f(1, a: 2)", "m::n::f(1, #{a: 2})"),
    ("closure_call", "f.call(1, a: 2)", "f.call(1, #{a: 2})"),
    ("shared_scope_call", "f!(a: 2)", "f!(#{a: 2})"),
    ("name_on_another_line", "f\n(a: 2)", "f\n(#{a: 2})"),
    ("reserved_word", "f(default: 1, if: 2, in: 3)", "f(#{\"default\": 1, \"if\": 2, \"in\": 3})"),
    ("map_argument", "f(#{ a: 1, b: 2 })", "="),
    ("map_value", "f(a: #{ b: 1 }, c: 2)", "f(#{a: #{ b: 1 }, c: 2})"),
    ("closure_parameters", "f(|a, b| a + b, c: 1)", "f(|a, b| a + b, #{c: 1})"),
    ("empty_closure_parameters", "f(|| 1, c: 1)", "f(|| 1, #{c: 1})"),
    ("closure_with_block", "f(|a, b| { g(a, x: b) }, c: 1)", "f(|a, b| { g(a, #{x: b}) }, #{c: 1})"),
    ("closure_value", "f(a: |x, y| x, b: 1)", "f(#{a: |x, y| x, b: 1})"),
    ("or_operator", "f(a || b, c: 1 | 2)", "f(a || b, #{c: 1 | 2})"),
    ("path_is_no_name", "f(a::b, c::d(1))", "="),
    ("switch_arms", "switch x { 1 => f(a: 1), _ => 2 }", "switch x { 1 => f(#{a: 1}), _ => 2 }"),
    ("in_interpolation", "`${f(a: 1)}`", "`${f(#{a: 1})}`"),
    ("string_untouched", "\"f(a: 1)\" + `f(a: 1)` + #\"f(a: 1)\"#", "="),
    ("definition_untouched", "fn f(a, b) { a }", "="),
    ("typed_definition_untouched", "fn int.f(a, b) { a }", "="),
    ("group_untouched", "if (a) { b }\nreturn (a);", "="),
    ("map_literal_untouched", "let m = #{ a: f(1), b: [1, 2] };", "="),
    ("no_arguments", "f()", "="),
    ("unit_value", "f(a: ())", "f(#{a: ()})"),
];

const REFUSALS: &[Refusal] = &[
    ("positional_after_named", "f(a: 1, 2)", "named_argument", "2"),
    ("given_twice", "f(a: 1, b: 2, a: 3)", "named_argument", "a"),
    ("no_value", "f(a: , b: 1)", "named_argument", "a"),
    ("no_value_at_the_end", "f(a: )", "named_argument", "a"),
    ("quoted_name", "f(\"a\": 1)", "named_argument", "\"a\""),
    ("missing_comma", "f(1 a: 2)", "named_argument", ""),
    ("unclosed", "f(1, 2;\ng();", "unclosed_bracket", "("),
    ("unclosed_at_the_end", "fn f() {\n  g(1);\n", "unclosed_bracket", "{"),
    ("unclosed_inside", "fn f() {\n  g(1, [2);\n}", "unclosed_bracket", "["),
    ("stray", "f(1));", "stray_bracket", ")"),
    ("stray_brace", "f();\n}", "stray_bracket", "}"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = rules("argument", RULES);
    trials.extend(refusals("argument", REFUSALS));
    trials.push(Trial::test("syntax::argument::facts", || {
        let script = "x.wait(10, timeout: \"5s\", then: a > b)";
        let facts = rewritten(script).expect("the script is right").facts;
        let call = &facts.calls[0];
        equal(&(call.callee.as_str(), call.kind, call.span.start), &("wait", CallKind::Method, 2))?;
        let slice = |span: crawl::text::Span| &script[span.start..span.end];
        let values: Vec<&str> = call.arguments.iter().map(|argument| slice(argument.value)).collect();
        equal(&values, &vec!["10", "\"5s\"", "a > b"])?;
        let names: Vec<&str> = call.named().filter_map(|a| a.name.as_ref()).map(|(name, _)| name.as_str()).collect();
        equal(&names, &vec!["timeout", "then"])
    }));
    trials.push(Trial::test("syntax::argument::all_errors_at_once", || {
        let errors = rewritten("f(a: 1, 2);\ng(b: 1, b: 2);\nh('abc');").expect_err("three errors");
        let codes: Vec<&str> = errors.iter().map(|error| error.code.rsplit("::").next().expect("a code")).collect();
        equal(&codes, &vec!["named_argument", "named_argument", "single_quotes"])
    }));
    trials
}
