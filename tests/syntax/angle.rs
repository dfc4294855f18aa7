//! Which `>` ends an angle block.

use super::{Refusal, Rule, check, refusals, rewritten, rules};
use libtest_mimic::Trial;

const RULES: &[Rule] = &[
    ("one_line", "session(\"a\") < 1 >", "(session_block(\"a\", #{}) { 1 })"),
    ("first_on_its_line", "session(\"a\") <\n  x()\n>\n", "(session_block(\"a\", #{}) {\n  x()\n})\n"),
    ("after_a_semicolon", "session(\"a\") < x(); >", "(session_block(\"a\", #{}) { x()  })"),
    ("after_a_brace", "session(\"a\") < if a { b } > c", "(session_block(\"a\", #{}) { if a { b } }); c"),
    ("empty", "session(\"a\") <>", "(session_block(\"a\", #{}) {})"),
    ("before_a_line_comment", "session(\"a\") < x > // c", "(session_block(\"a\", #{}) { x }) // c"),
    ("before_a_block_comment", "session(\"a\") < x > /* c */", "(session_block(\"a\", #{}) { x }) /* c */"),
    ("before_a_parenthesis", "f(session(\"a\") < x >)", "f((session_block(\"a\", #{}) { x }))"),
    ("before_a_comma", "[session(\"a\") < x >, 2]", "[(session_block(\"a\", #{}) { x }), 2]"),
    ("before_a_square_bracket", "[session(\"a\") < x >]", "[(session_block(\"a\", #{}) { x })]"),
    ("before_a_dot", "session(\"a\") < x >.len()", "(session_block(\"a\", #{}) { x }).len()"),
    ("before_a_question_mark", "let y = session(\"a\") < x > ?? 3;", "let y = (session_block(\"a\", #{}) { x }) ?? 3;"),
    ("before_equals", "session(\"a\") < x > == 3", "(session_block(\"a\", #{}) { x }) == 3"),
    ("before_and", "session(\"a\") < x > && y", "(session_block(\"a\", #{}) { x }) && y"),
    ("before_plus", "let z = session(\"a\") < x > + 1;", "let z = (session_block(\"a\", #{}) { x }) + 1;"),
    ("before_times", "let z = session(\"a\") < x > * 2;", "let z = (session_block(\"a\", #{}) { x }) * 2;"),
    ("comparison_on_one_line", "session(\"a\") < x > 3 >", "(session_block(\"a\", #{}) { x > 3 })"),
    ("comparison_with_a_negative", "session(\"a\") < x > -3 >", "(session_block(\"a\", #{}) { x > -3 })"),
    ("comparison_with_a_string", "session(\"a\") < x > \"b\" >", "(session_block(\"a\", #{}) { x > \"b\" })"),
    ("shift", "session(\"a\") < x >> 2 >", "(session_block(\"a\", #{}) { x >> 2 })"),
    ("shift_assignment", "session(\"a\") < x >>= 2; >", "(session_block(\"a\", #{}) { x >>= 2  })"),
    ("greater_or_equal", "session(\"a\") < x >= 3 >", "(session_block(\"a\", #{}) { x >= 3 })"),
    ("greater_or_equal_over_lines", "session(\"a\") < x\n>= 3 >", "(session_block(\"a\", #{}) { x\n>= 3 })"),
    ("less_than_inside", "session(\"a\") < x < 3 >", "(session_block(\"a\", #{}) { x < 3 })"),
    ("inside_parentheses", "session(\"a\") < (x >\n3) >", "(session_block(\"a\", #{}) { (x >\n3) })"),
    ("inside_braces", "session(\"a\") < if x { y\n> 3 } >", "(session_block(\"a\", #{}) { if x { y\n> 3 } })"),
    ("condition", "session(\"a\") < if x > 3 { y } >", "(session_block(\"a\", #{}) { if x > 3 { y } })"),
    (
        "arrows",
        "session(\"a\") < switch x { 1 => 2, _ => 3 } >",
        "(session_block(\"a\", #{}) { switch x { 1 => 2, _ => 3 } })",
    ),
    ("closure", "session(\"a\") < |x| x > 3 >", "(session_block(\"a\", #{}) { |x| x > 3 })"),
    ("closure_at_once", "session(\"a\") <|x| x >", "(session_block(\"a\", #{}) {|x| x })"),
    ("negative_at_once", "session(\"a\") <-1 >", "(session_block(\"a\", #{}) {-1 })"),
    (
        "nested",
        "session(\"a\") < session(\"b\") < 1 > >",
        "(session_block(\"a\", #{}) { (session_block(\"b\", #{}) { 1 }) })",
    ),
    (
        "nested_joined",
        "session(\"a\") < session(\"b\") < 1 >>",
        "(session_block(\"a\", #{}) { (session_block(\"b\", #{}) { 1 })})",
    ),
    (
        "three_joined",
        "session(1) <session(2) <session(3) <4>>>",
        "(session_block(1, #{}) {(session_block(2, #{}) {(session_block(3, #{}) {4})})})",
    ),
    ("brace_in_angle", "session(1) < session(2) { 3 } >", "(session_block(1, #{}) { (session_block(2, #{}) { 3 }) })"),
    ("angle_in_brace", "session(1) { session(2) < 3 > }", "(session_block(1, #{}) { (session_block(2, #{}) { 3 }) })"),
    ("angle_in_interpolation", "`a ${session(1) < 2 >} b`", "`a ${(session_block(1, #{}) { 2 })} b`"),
    ("sign_in_a_string", "session(1) < \"a >\" >", "(session_block(1, #{}) { \"a >\" })"),
    ("sign_in_a_raw_string", "session(1) < #\"a\" >\"# >", "(session_block(1, #{}) { #\"a\" >\"# })"),
    ("sign_in_a_comment", "session(1) < /* > */ 2 >", "(session_block(1, #{}) { /* > */ 2 })"),
    ("sign_in_a_template", "session(1) < `>\n>` >", "(session_block(1, #{}) { `>\n>` })"),
    ("non_ascii", "session(\"ä\") < \"日本\" >", "(session_block(\"ä\", #{}) { \"日本\" })"),
    ("opener_on_the_next_line", "session(1)\n<\n2\n>", "(session_block(1, #{})\n{\n2\n})"),
    ("return_without_value", "fn f() { session(1) < return > }", "fn f() { (session_block(1, #{}) { return }) }"),
    ("less_than_elsewhere", "let x = a < b;\nlet y = a\n> b;\nlet z = a >> b;", "="),
    ("comparison_of_a_method", "let x = s.session(1) < 2;", "="),
];

const REFUSALS: &[Refusal] = &[
    ("not_closed", "session(1) <\n  x > 3\n", "angle_block", "<"),
    ("ended_in_a_condition", "session(1) <\n if x >\n 3 { y }\n>\n", "angle_block", ">"),
    ("ended_in_an_assignment", "session(1) < let x = >", "angle_block", ">"),
    ("ended_early", "session(1) <\n let x = a >\n b;\n>\n", "angle_block", ">"),
    ("stray", "let x = 1;\n>\n", "angle_block", ">"),
    ("stray_at_the_end", "let x = 1 >", "angle_block", ">"),
    ("closed_by_a_brace", "session(1) < x }", "angle_block", "}"),
    ("brace_block_closed_by_an_angle", "session(1) { x;\n>\n}", "angle_block", ">"),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = rules("angle", RULES);
    trials.extend(refusals("angle", REFUSALS));
    trials.push(Trial::test("syntax::angle::shows_the_comparisons", || {
        let errors = rewritten("session(1) <\n x > 3;\n y > 4;\n").expect_err("the block is open");
        let shown: Vec<usize> = errors[0].related.iter().map(|(span, _)| span.start).collect();
        check(shown == [16, 24], &format!("shown: {shown:?}"))
    }));
    trials.push(Trial::test("syntax::angle::shows_the_early_closer", || {
        let errors = rewritten("session(1) <\n let x = a >\n b;\n>\n").expect_err("the second closer is stray");
        let shown: Vec<usize> = errors[0].related.iter().map(|(span, _)| span.start).collect();
        check(errors[0].span.start == 30 && shown == [24], &format!("{errors:?}"))
    }));
    trials
}
