//! Tokens, the content of string literals, lexical errors, and completeness.

use super::{Refusal, Rule, check, equal, refusals, rules};
use crawl::syntax::{Completeness, StringLiteral, TokenKind, completeness, lex, token_at};
use libtest_mimic::{Failed, Trial};
use rhai::Engine;

/// (name, text, the texts of its tokens joined by spaces).
const TOKENS: &[(&str, &str, &str)] = &[
    ("words_and_symbols", "let a_1=b>=c=>d", "let a_1 = b >= c => d"),
    ("signs_stay_single", "a<<b>>c<-d<|e", "a < < b > > c < - d < | e"),
    ("numbers", "1 1.5 1.e 1..2 0xff 1_000 2e-3 3.", "1 1.5 1 . e 1 .. 2 0xff 1_000 2e-3 3."),
    ("not_in", "a !in b !inner", "a !in b ! inner"),
    ("comments", "a/*b/*c*/d*/e//f\ng", "a /*b/*c*/d*/ e //f g"),
    ("strings", "\"a\\\"b\"\"c\"#\"d\"e\"#'f'", "\"a\\\"b\"\"c\" #\"d\"e\"# 'f'"),
    ("hashes", "##\"a\"# \"##", "##\"a\"# \"##"),
    ("template", "`a``b\\${c}`", "`a``b\\${c}`"),
    ("interpolation", "`a${b}c${ {d} }e`f", "`a ${ b } c ${ { d } } e` f"),
    ("nested_interpolation", "`${`${a}`}`", "` ${ ` ${ a } ` } `"),
    ("map_in_interpolation", "`${#{a: 1}}`", "` ${ #{ a : 1 } } `"),
    ("elvis", "a?.b ?? c?[0]", "a ?. b ?? c ?[ 0 ]"),
];

/// (name, literal): decoded as Rhai does.
const LITERALS: &[(&str, &str)] = &[
    ("plain", "\"abc\""),
    ("escapes", "\"a\\n\\t\\r\\\\ \\\"q\\\" \\x41\\u00e4\\U0001f600z\""),
    ("doubled_quote", "\"a\"\"b\""),
    ("continuation", "\"abc\\\n   def\\\n            ghi\""),
    ("empty", "\"\""),
    ("raw", "#\"a\\n\"b\"#"),
    ("raw_with_hashes", "##\"a\"#b\"##"),
    ("template", "`a\\n${\"x\"}`"),
    ("template_plain", "`a\\nb``c\\${d} \\$e`"),
    ("template_over_lines", "`\n  a\n  b\n`"),
    ("template_with_carriage_returns", "`\r\na\r\nb`"),
    ("non_ascii", "\"äöü\\n日本\""),
];

const REFUSALS: &[Refusal] = &[
    ("single_quotes", "crawl('https://x')", "single_quotes", "'https://x'"),
    ("single_quotes_unclosed", "f('https://x)", "single_quotes", "'https://x)"),
    ("single_quotes_empty", "f('')", "single_quotes", "''"),
    ("single_quotes_bare_escape", "f('\\d+')", "single_quotes", "'\\d+'"),
    ("unclosed_string", "let x = \"abc;\nlet y = 1;", "unclosed_string", "\""),
    ("unclosed_raw_string", "let x = #\"abc\";\nf();", "unclosed_string", "#\""),
    ("unclosed_template", "f(`abc\n);", "unclosed_string", "`"),
    ("unclosed_interpolation", "f(`abc ${ x );", "unclosed_string", "`"),
    ("unclosed_template_after_interpolation", "f(`abc ${x} d);", "unclosed_string", "`"),
    ("unclosed_comment", "f(); /* /* */", "unclosed_comment", "/*"),
    ("unknown_escape", "f(\"\\d+\")", "escape", "\\d"),
    ("short_escape", "f(\"\\x4\")", "escape", "\\x"),
    ("typographic_quotes", "f(\u{201c}a\u{201d})", "unknown_character", "\u{201c}"),
    ("hard_space", "f(1,\u{a0}2)", "unknown_character", "\u{a0}"),
    ("letter", "let größe = 1;", "unknown_character", "ö"),
    ("backslash", "f(\\d)", "unknown_character", "\\"),
];

const UNCHANGED: &[Rule] = &[
    ("characters", "let a = ['a', '\\n', '\\x41', '\\'', 'ä', '\"'];", "="),
    ("doubled_quotes", "let a = \"a\"\"b\" + \"\" + \"c\";", "="),
];

const COMPLETE: &[(&str, &str, char)] = &[
    ("empty", "", 'c'),
    ("statement", "let x = 1;", 'c'),
    ("expression", "f(1, a: 2)", 'c'),
    ("handle", "session(\"a\")", 'c'),
    ("closed_block", "session(\"a\") <\n 1\n>", 'c'),
    ("open_brace", "fn f() {", 'i'),
    ("open_call", "f(1,\n  a: 2,", 'i'),
    ("open_angle", "session(\"a\") <\n  crawl();", 'i'),
    ("open_schema", "schema A at \"li\" {\n a: text(\"b\"),", 'i'),
    ("schema_head", "schema A at \"li\"", 'i'),
    ("open_template", "let x = `abc", 'i'),
    ("open_interpolation", "let x = `abc ${", 'i'),
    ("open_raw", "let x = #\"abc", 'i'),
    ("open_comment", "/* abc", 'i'),
    ("continued_string", "\"abc\\\n", 'i'),
    ("dangling_operator", "let x =", 'i'),
    ("dangling_dot", "x.", 'i'),
    ("open_string", "let x = \"abc", 'b'),
    ("stray_bracket", "f(1))", 'b'),
    ("mistake_before", "f(a: 1, 2); fn g() {", 'b'),
];

pub fn trials() -> Vec<Trial> {
    let tokens = |(name, text, expected): &'static (&str, &str, &str)| {
        Trial::test(format!("syntax::lexer::tokens::{name}"), move || {
            let found: Vec<&str> = lex(text).iter().map(|token| token.text(text)).collect();
            equal(&found.join(" "), &(*expected).to_owned())
        })
    };
    let literal = |(name, text): &'static (&str, &str)| {
        Trial::test(format!("syntax::lexer::literals::{name}"), move || decodes_as_rhai(text))
    };
    let complete = |(name, text, expected): &'static (&str, &str, char)| {
        Trial::test(format!("syntax::completeness::{name}"), move || {
            let found = completeness(text);
            let letter = match found {
                Completeness::Complete => 'c',
                Completeness::Incomplete { .. } => 'i',
                Completeness::Broken(_) => 'b',
            };
            check(letter == *expected, &format!("{found:?}"))
        })
    };
    let mut trials: Vec<Trial> = TOKENS.iter().map(tokens).collect();
    trials.extend(LITERALS.iter().map(literal));
    trials.extend(COMPLETE.iter().map(complete));
    trials.extend(refusals("lexer", REFUSALS));
    trials.extend(rules("lexer", UNCHANGED));
    trials.push(Trial::test("syntax::lexer::token_at_a_place", || {
        let text = "ab + cd";
        let tokens = lex(text);
        let at = |offset| token_at(&tokens, offset).map(|token| token.text(text));
        equal(
            &[at(0), at(1), at(2), at(3), at(6), at(7), at(8)],
            &[Some("ab"), Some("ab"), Some("ab"), Some("+"), Some("cd"), Some("cd"), None],
        )
    }));
    trials
}

/// Decodes the literal as Rhai does, and leads every character back to where it stands.
fn decodes_as_rhai(text: &str) -> Result<(), Failed> {
    let script = format!("  {text}");
    let tokens = lex(&script);
    let expected: String = Engine::new().eval(&script).map_err(|error| error.to_string())?;
    let Some(literal) = StringLiteral::decode(&script, &tokens[0]) else {
        return check(matches!(tokens[0].kind, TokenKind::TemplateStart), "not decoded");
    };
    equal(&literal.value, &expected)?;
    for (at, character) in literal.value.char_indices() {
        let place = literal.source_offset(at);
        let there = script[place..].chars().next();
        let plain = there == Some(character) && place > 2;
        check(plain || there == Some('\\'), &format!("{character:?} at {at} leads to {there:?} at {place}"))?;
    }
    let end = literal.source_offset(literal.value.len());
    check(script[end..].starts_with(['"', '`']) && literal.span.contains(end), &format!("the end leads to {end}"))
}
