//! Session blocks, what follows them, `catch`, and the names a script defines.

use super::{Refusal, Rule, equal, refusals, rewritten, rules};
use libtest_mimic::Trial;

const RULES: &[Rule] = &[
    ("handle", "let s = session(\"a\");", "="),
    ("handle_with_options", "let s = session(\"a\", locale: \"de\");", "let s = session(\"a\", #{locale: \"de\"});"),
    ("brace", "session(\"a\") { 1 }", "(session_block(\"a\", #{}) { 1 })"),
    ("options", "session(\"a\", locale: \"de\") { 1 }", "(session_block(\"a\", #{locale: \"de\"}) { 1 })"),
    ("options_with_trailing_comma", "session(\"a\", b: 1,) { 1 }", "(session_block(\"a\", #{b: 1,}) { 1 })"),
    ("trailing_comma", "session(\"a\",) { 1 }", "(session_block(\"a\", #{}) { 1 })"),
    ("option_map", "session(\"a\", #{ b: 1 }) { 1 }", "(session_block(\"a\", #{ b: 1 }) { 1 })"),
    ("option_map_trailing_comma", "session(\"a\", #{ b: 1 },) { 1 }", "(session_block(\"a\", #{ b: 1 } ) { 1 })"),
    ("last_semicolon_blanked", "session(\"a\") { f(); g(); }", "(session_block(\"a\", #{}) { f(); g()  })"),
    ("last_semicolon_before_comment", "session(1) { g(); // x\n}", "(session_block(1, #{}) { g()  // x\n})"),
    ("several_semicolons", "session(1) { g();; }", "(session_block(1, #{}) { g()   })"),
    ("nested_value", "session(1) { session(2) { 3; } }", "(session_block(1, #{}) { (session_block(2, #{}) { 3  }) })"),
    ("next_statement", "session(1) { 2 }\nf();", "(session_block(1, #{}) { 2 });\nf();"),
    ("next_statement_same_line", "session(1) { 2 } f();", "(session_block(1, #{}) { 2 }); f();"),
    (
        "next_block_after_comment",
        "session(1) { 2 } // c\nsession(3) { 4 }",
        "(session_block(1, #{}) { 2 }); // c\n(session_block(3, #{}) { 4 })",
    ),
    ("next_is_semicolon", "session(1) { 2 };\nf();", "(session_block(1, #{}) { 2 });\nf();"),
    ("next_negation", "session(1) { 2 }\n!f();", "(session_block(1, #{}) { 2 });\n!f();"),
    ("next_string", "session(1) { 2 }\n\"x\"", "(session_block(1, #{}) { 2 });\n\"x\""),
    ("dot_continues", "session(1) { 2 }\n  .len();", "(session_block(1, #{}) { 2 })\n  .len();"),
    ("index_on_the_same_line", "session(1) { [2] }[0]", "(session_block(1, #{}) { [2] })[0]"),
    ("operand_continues", "let x = session(1) { 2 }\n  - 1;", "let x = (session_block(1, #{}) { 2 })\n  - 1;"),
    ("operand_indexed", "let x = session(1) { [2] }\n  [0];", "let x = (session_block(1, #{}) { [2] })\n  [0];"),
    ("operator_continues", "session(1) { 2 }\n  + 1", "(session_block(1, #{}) { 2 })\n  + 1"),
    ("after_a_block", "if a { b }\nsession(1) { 2 }\nc()", "if a { b }\n(session_block(1, #{}) { 2 });\nc()"),
    (
        "as_argument",
        "f(session(1) { 2 }, k: session(3) { 4 })",
        "f((session_block(1, #{}) { 2 }), #{k: (session_block(3, #{}) { 4 })})",
    ),
    ("condition_is_a_handle", "if session(\"a\") { 1 }", "="),
    ("loop_over_a_handle", "for x in session(\"a\") { 1 }", "="),
    ("angle_in_a_condition", "if (session(1) < true >) { 2 }", "if ((session_block(1, #{}) { true })) { 2 }"),
    ("in_a_condition_in_parentheses", "if (session(1) { true }) { 2 }", "if ((session_block(1, #{}) { true })) { 2 }"),
    ("block_after_a_condition", "if a { session(1) { 2 } }", "if a { (session_block(1, #{}) { 2 }) }"),
    ("method_is_no_form", "x.session(1)", "="),
    ("returned", "fn f() { return session(1) { 2 }; }", "fn f() { return (session_block(1, #{}) { 2 }); }"),
    (
        "switch_arm",
        "switch x { 1 => session(1) { 2 }, _ => 3 }",
        "switch x { 1 => (session_block(1, #{}) { 2 }), _ => 3 }",
    ),
    ("closure_body", "f(|| session(1) { 2 })", "f(|| (session_block(1, #{}) { 2 }))"),
    (
        "parameters_then_block",
        "let f = |a, b| { a }; session(1) { 2 }",
        "let f = |a, b| { a }; (session_block(1, #{}) { 2 })",
    ),
    ("catch", "try { f() } catch (e) { g(e) }", "try { f() } catch (e) { let e = crawl_error(e); g(e) }"),
    (
        "catch_over_lines",
        "try { f() }\ncatch (err)\n{ g(err) }",
        "try { f() }\ncatch (err)\n{ let err = crawl_error(err); g(err) }",
    ),
    ("catch_without_name", "try { f() } catch { g() }", "="),
    (
        "catch_with_session",
        "try { f() } catch (e) {session(1) { 2 }}",
        "try { f() } catch (e) { let e = crawl_error(e);(session_block(1, #{}) { 2 })}",
    ),
    ("byte_order_mark", "\u{feff}f()", "f()"),
    ("interpreter_line", "#!/usr/bin/env crawl\nf()", "// /usr/bin/env crawl\nf()"),
];

const REFUSALS: &[Refusal] = &[
    ("array_on_the_next_line", "session(1) { 2 }\n[1].len()", "ambiguous_continuation", "["),
    ("minus_on_the_next_line", "session(1) { 2 }\n-1", "ambiguous_continuation", "-"),
    ("parenthesis_on_the_next_line", "session(1) { 2 }\n(a + b).f()", "ambiguous_continuation", "("),
    ("parenthesis_after_angle", "session(1) <\n 2\n>\n(a + b).f()", "ambiguous_continuation", "("),
    ("no_name", "session() { 1 }", "session_block", "session"),
    ("only_options", "session(locale: \"de\") { 1 }", "session_block", "session"),
    ("too_many", "session(1, #{}, 3) { 1 }", "session_block", "3"),
    ("map_and_options", "session(1, #{}, a: 3) { 1 }", "session_block", "#{}"),
    ("unclosed_brace", "session(1) {\n f();\n", "unclosed_bracket", "{"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = rules("session", RULES);
    trials.extend(refusals("session", REFUSALS));
    trials.push(Trial::test("syntax::session::facts", || {
        let script = "import \"std/login\" as login;\nconst A = 1;\nlet b = 2;\nfn f(x, y) { const C = 3; }\nsession(\"a\") < 1 >";
        let facts = rewritten(script).expect("the script is right").facts;
        equal(&facts.imports[0].path, &"std/login".to_owned())?;
        equal(&facts.imports[0].alias.as_ref().map(|(name, _)| name.as_str()), &Some("login"))?;
        equal(&facts.consts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), &vec!["A"])?;
        equal(&facts.lets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), &vec!["b"])?;
        let function = &facts.functions[0];
        equal(&(function.name.as_str(), function.params[1].0.as_str()), &("f", "y"))?;
        let session = &facts.sessions[0];
        let slice = |span: crawl::text::Span| &script[span.start..span.end];
        equal(&(slice(session.id), slice(session.block), session.angle), &("\"a\"", "< 1 >", true))
    }));
    trials
}
