//! What holds for every text: nothing of the brace form changes, lines and places are kept, nothing panics.

use super::format::{keeps_everything, settles};
use super::rewritten;
use crawl::syntax::{TokenKind, completeness, lex};
use crawl::text::Source;
use libtest_mimic::Trial;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof};
use proptest::strategy::Just;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

type Check = fn(&str) -> Result<(), TestCaseError>;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("brace_form_is_unchanged", || statements(false).boxed(), unchanged),
        trial("angle_form_is_the_brace_form", || statements(true).boxed(), angle_is_brace),
        trial("lines_and_places_are_kept", || statements(true).boxed(), places),
        trial("comments_and_strings_are_kept", || statements(true).boxed(), literals),
        trial("formatting_keeps_everything", || statements(true).boxed(), formatted),
        trial("formatting_token_soup_keeps_everything", || soup().boxed(), formatted),
        trial("token_soup", || soup().boxed(), survives),
        trial("token_soup_keeps_places", || soup().boxed(), places),
        trial("any_text", || any::<String>().boxed(), survives),
    ]
}

fn trial(name: &str, texts: fn() -> proptest::strategy::BoxedStrategy<String>, check: Check) -> Trial {
    Trial::test(format!("syntax::property::{name}"), move || {
        let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
        TestRunner::new(config).run(&texts(), |text| check(&text)).map_err(|error| error.to_string().into())
    })
}

/// How many texts each property is tried with; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|given| given.parse().ok()).unwrap_or(400)
}

fn unchanged(text: &str) -> Result<(), TestCaseError> {
    let found = rewritten(text).map_err(|errors| TestCaseError::fail(format!("{text}\n{errors:?}")))?;
    prop_assert_eq!(found.text, text);
    prop_assert!(found.map.is_identity());
    Ok(())
}

/// Writing every block with braces instead gives the same Rhai: the angle signs alone change no length.
fn angle_is_brace(text: &str) -> Result<(), TestCaseError> {
    let angle = rewritten(text).map_err(|errors| TestCaseError::fail(format!("{text}\n{errors:?}")))?;
    let mut braces = text.to_owned();
    for session in angle.facts.sessions.iter().filter(|session| session.angle) {
        braces.replace_range(session.block.start..=session.block.start, "{");
        braces.replace_range(session.block.end - 1..session.block.end, "}");
    }
    let brace = rewritten(&braces).map_err(|errors| TestCaseError::fail(format!("{braces}\n{errors:?}")))?;
    prop_assert_eq!(angle.text, brace.text);
    Ok(())
}

/// Formatted text says the same, and formatting it again changes nothing.
fn formatted(text: &str) -> Result<(), TestCaseError> {
    let Ok(once) = settles(text).map_err(TestCaseError::fail)? else { return Ok(()) };
    keeps_everything(text, &once).map_err(TestCaseError::fail)
}

fn places(text: &str) -> Result<(), TestCaseError> {
    let Ok(found) = rewritten(text) else { return Ok(()) };
    let original = Source::new("original", text);
    let after = Source::new("rewritten", found.text.clone());
    prop_assert_eq!(original.line_count(), after.line_count());
    for token in lex(text) {
        let there = found.map.to_rewritten(token.span.start);
        prop_assert_eq!(found.map.to_original(there), token.span.start);
        let place = after.line_column(there);
        prop_assert_eq!(place.line, original.line_column(token.span.start).line);
        prop_assert_eq!(found.original_offset(place), token.span.start);
    }
    Ok(())
}

fn literals(text: &str) -> Result<(), TestCaseError> {
    let found = rewritten(text).map_err(|errors| TestCaseError::fail(format!("{text}\n{errors:?}")))?;
    for token in lex(text) {
        if token.is_comment() || matches!(token.kind, TokenKind::String(_) | TokenKind::Character) {
            let there = found.map.to_rewritten(token.span.start);
            prop_assert!(found.text[there..].starts_with(token.text(text)), "{}", found.text);
        }
    }
    Ok(())
}

fn survives(text: &str) -> Result<(), TestCaseError> {
    if let Err(errors) = rewritten(text) {
        prop_assert!(!errors.is_empty());
        for error in errors {
            prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?}");
            for (span, _) in &error.related {
                prop_assert!(text.get(span.start..span.end).is_some(), "{error:?}");
            }
        }
    }
    let _ = completeness(text);
    Ok(())
}

fn soup() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "session",
        "(",
        ")",
        "\"a\"",
        "<",
        ">",
        "{",
        "}",
        ";",
        "\n",
        " ",
        "a",
        "b",
        ":",
        ",",
        "schema",
        "A",
        "at",
        "|",
        "||",
        "#{",
        "`",
        "${",
        "fn",
        "if",
        "catch",
        "(e)",
        "[",
        "]",
        ".",
        "=",
        "=>",
        "//x\n",
        "/*",
        "*/",
        "'",
        "\"",
        "\\",
        "ä",
        "1",
        "-",
        "x: 1",
        "session(\"a\") <",
        "session(1) {",
        "f(",
        "import",
        "const",
        "let",
        "!",
        "::",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// Right scripts; with `forms`, also angle blocks, named arguments, schemas and catch clauses.
fn statements(forms: bool) -> impl Strategy<Value = String> {
    prop::collection::vec(statement(forms), 1..5).prop_map(|all| all.join("\n"))
}

fn statement(forms: bool) -> impl Strategy<Value = String> {
    let simple = expression(forms).prop_map(|e| format!("let x = {e};"));
    simple.boxed().prop_recursive(3, 16, 3, move |inner| {
        let body = prop::collection::vec(inner.clone(), 1..3).prop_map(|all| all.join("\n  "));
        let plain = prop_oneof![
            (expression(forms), body.clone()).prop_map(|(e, b)| format!("if {e} {{ {b} }} // > ende: ü\n")),
            body.clone().prop_map(|b| format!("fn f(a, b) {{\n{b}\n}}")),
            body.clone().prop_map(|b| format!("for i in 0..3 {{ {b} }}")),
            inner.clone(),
        ];
        if !forms {
            return plain.boxed();
        }
        prop_oneof![
            plain,
            body.clone().prop_map(|b| format!("session(\"ä\") <\n  {b}\n>")),
            body.clone().prop_map(|b| format!("session(\"b\", locale: 1) < {b} >;")),
            body.clone().prop_map(|b| format!("let s = session(1) < {b} >;")),
            body.clone().prop_map(|b| format!("try {{ {b} }} catch (e) {{ {b} }}")),
            expression(forms).prop_map(|e| format!("schema S at \"li\", min: 2 {{\n  a: {e},\n  if: {e}\n}}")),
        ]
        .boxed()
    })
}

fn expression(forms: bool) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("12".to_owned()),
        Just("\"s > ; } ä\"".to_owned()),
        Just("`t\n> ${a} ;`".to_owned()),
        Just("#\"r\" > \"#".to_owned()),
        Just("'>'".to_owned()),
        Just("()".to_owned()),
        Just("b /* > } */".to_owned()),
    ];
    leaf.boxed().prop_recursive(3, 24, 3, move |inner| {
        let two = (inner.clone(), inner.clone());
        let plain = prop_oneof![
            two.clone().prop_map(|(a, b)| format!("{a} > {b}")),
            two.clone().prop_map(|(a, b)| format!("{a} >> {b}")),
            two.clone().prop_map(|(a, b)| format!("({a} >\n {b})")),
            two.clone().prop_map(|(a, b)| format!("{a} < {b} || {b} >= {a}")),
            two.clone().prop_map(|(a, b)| format!("f({a}, |p, q| {b})")),
            two.clone().prop_map(|(a, b)| format!("[{a}, m::g({b})]")),
            // Right after `}` a `>` ends an angle block: a map that may be compared stands in parentheses.
            two.clone().prop_map(|(a, b)| format!("(#{{ k: {a}, \"l\": {b} }})")),
            inner.clone().prop_map(|a| format!("x.f({a})?.len()")),
        ];
        let choice = two.clone().prop_map(|(a, b)| format!("switch a {{ 1 => {a}, _ => {b} }}"));
        if !forms {
            return prop_oneof![plain, choice].boxed();
        }
        prop_oneof![
            plain,
            // Right after `}` a `>` ends an angle block.
            choice.prop_map(|e| format!("({e})")),
            two.clone().prop_map(|(a, b)| format!("f({a}, k: {b})")),
            two.clone().prop_map(|(a, b)| format!("x.f(in: {a}, l: {b},)")),
            inner.clone().prop_map(|a| format!("(session(1) < {a} >)")),
            inner.clone().prop_map(|a| format!("`v ${{session(2) <{a}>}} w`")),
        ]
        .boxed()
    })
}
