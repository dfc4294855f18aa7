//! The form of embedded JavaScript, the text that evaluates it, and the places of its errors.

use super::{check, equal};
use crawl::syntax::{JsForm, JsProgram};
use libtest_mimic::Trial;

use JsForm::{Expression, Function, Statements};

/// (name, js, form, the text that evaluates it).
const FORMS: &[(&str, &str, JsForm, &str)] = &[
    ("expression", "1 + 2", Expression, "(1 + 2\n)"),
    ("string", "\"use strict\"", Expression, "(\"use strict\"\n)"),
    ("expression_statement", "foo.click();", Expression, "(foo.click()\n)"),
    ("trailing_comment", "foo.click() // go", Expression, "(foo.click() // go\n)"),
    ("trailing_semicolon_and_comment", "foo.click(); // go", Expression, "(foo.click()\n)"),
    ("leading_comment", "/* a */ foo()", Expression, "(/* a */ foo()\n)"),
    ("directive_with_semicolon", "'abc';", Expression, "('abc'\n)"),
    ("iife", "(() => 1)()", Expression, "((() => 1)()\n)"),
    ("async_iife", "(async () => { await f(); })();", Expression, "(async () => ((async () => { await f(); })()\n))()"),
    ("await", "await fetch('/x')", Expression, "(async () => (await fetch('/x')\n))()"),
    ("await_parenthesised", "await (x);", Expression, "(async () => (await (x)\n))()"),
    ("object", "{a: 1}", Expression, "({a: 1}\n)"),
    ("empty_object", "{}", Expression, "({}\n)"),
    ("sequence", "a, b", Expression, "(a, b\n)"),
    ("arrow", "() => 1", Function, "(() => 1\n)()"),
    ("arrow_with_semicolon", "() => { f() };", Function, "(() => { f() }\n)()"),
    ("async_arrow", "async () => { await f() }", Function, "(async () => (async () => { await f() }\n)())()"),
    ("arrow_in_parentheses", "(() => 1)", Function, "((() => 1)\n)()"),
    ("anonymous_function", "function () { return 1 }", Function, "(function () { return 1 }\n)()"),
    ("named_function", "function f() { return 1 }", Function, "(function f() { return 1 }\n)()"),
    ("named_function_with_semicolon", "function f() {};", Function, "(function f() {}\n)()"),
    ("statements", "a(); b()", Statements, "(async () => {a(); b()\n})()"),
    ("declaration", "const x = 1; x", Statements, "(async () => {const x = 1; x\n})()"),
    ("return", "return 5", Statements, "(async () => {return 5\n})()"),
    (
        "statements_with_await",
        "const r = await f(); return r",
        Statements,
        "(async () => {const r = await f(); return r\n})()",
    ),
    ("strict_statements", "'use strict'; a()", Statements, "(async () => {'use strict'; a()\n})()"),
    ("block", "{ a(); b(); }", Statements, "(async () => {{ a(); b(); }\n})()"),
    ("if_statement", "if (a) b()", Statements, "(async () => {if (a) b()\n})()"),
    (
        "two_functions",
        "function f() {} function g() {}",
        Statements,
        "(async () => {function f() {} function g() {}\n})()",
    ),
    ("sloppy", "with (a) { b }", Statements, "(async () => {with (a) { b }\n})()"),
    ("only_comment", "// nothing", Statements, "(async () => {// nothing\n})()"),
    ("script_end_in_string", "'</script>' + `}`", Expression, "('</script>' + `}`\n)"),
    ("object_with_newline", "{\n  a: 1,\n  b: [2]\n}", Expression, "({\n  a: 1,\n  b: [2]\n}\n)"),
];

/// (name, js, the offset of the error's place).
const ERRORS: &[(&str, &str, usize)] = &[
    ("unclosed_call", "foo(", 4),
    ("unexpected_word", "let x = ; y", 8),
    ("unclosed_function", "() => { foo(", 12),
    ("breaks_out_of_a_body", "}); alert(1); (() => {", 0),
    ("breaks_out_of_an_expression", "1), (2", 1),
    ("breaks_out_as_an_operand", "1) + (2", 1),
    ("breaks_out_by_calling", "})()(async () => {", 0),
    ("breaks_out_by_a_comment", "1) /*", 3),
    ("bad_string", "f('abc)", 2),
    ("after_non_ascii", "'ä' 5", 5),
    ("import_statement", "import x from 'y'", 0),
];

pub fn trials() -> Vec<Trial> {
    let form = |(name, js, form, evaluable): &'static (&str, &str, JsForm, &str)| {
        Trial::test(format!("syntax::javascript::{name}"), move || {
            let program = JsProgram::parse(js).map_err(|error| format!("{error:?}"))?;
            equal(&(program.form(), program.evaluable()), &(*form, *evaluable))?;
            equal(&program.source(), js)
        })
    };
    let error = |(name, js, at): &'static (&str, &str, usize)| {
        Trial::test(format!("syntax::javascript::{name}"), move || {
            let error = match JsProgram::parse(js) {
                Ok(program) => return Err(format!("accepted: {program:?}").into()),
                Err(error) => error,
            };
            equal(&error.span.start, at)?;
            check(js.get(error.span.start..error.span.end).is_some(), "the span does not fit the text")?;
            check(!error.message.is_empty() && !error.message.ends_with('.'), &error.message)
        })
    };
    let mut trials: Vec<Trial> = FORMS.iter().map(form).collect();
    trials.extend(ERRORS.iter().map(error));
    trials.push(Trial::test("syntax::javascript::places", || {
        let program = JsProgram::parse("await a();\n  'ä€𝄞', boom();").map_err(|error| format!("{error:?}"))?;
        equal(&program.form(), &Statements)?;
        equal(&program.user_place(1, 15), &Some((1, 1)))?;
        equal(&program.user_place(1, 14), &None)?;
        equal(&program.user_place(2, 3), &Some((2, 3)))?;
        equal(&program.user_place(3, 1), &None)?;
        // Columns count UTF-16 units; the clef takes two.
        equal(&program.user_offset(2, 11), &Some(program.source().find("boom").expect("it is there")))
    }));
    trials.push(Trial::test("syntax::javascript::deep_nesting_is_refused", || {
        let error = JsProgram::parse(&"(".repeat(100_000)).expect_err("too deep");
        equal(&error.span.start, &400)
    }));
    trials
}
