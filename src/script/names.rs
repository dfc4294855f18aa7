//! Suggestions for names that are not known: what was meant, or why it is not seen here.

use rhai::EvalAltResult;

use super::builtins;
use super::element::ELEMENT_PARTS;
use super::page_value::PAGE_PARTS;
use super::run::{Run, lock};
use super::sources::Script;
use crate::diag::Diagnostic;
use crate::syntax::TokenKind;
use crate::text::nearest;

/// Adds help to the report of an unknown name.
pub fn suggest(run: &Run, script: Option<&Script>, error: &EvalAltResult, report: &mut Diagnostic) {
    match error {
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            report.help = variable(run, script, name);
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            let name = signature.split([' ', '(']).next().unwrap_or_default();
            report.help = function(script, name.rsplit("::").next().unwrap_or(name));
        }
        EvalAltResult::ErrorPropertyNotFound(name, _) => {
            let parts = PAGE_PARTS.iter().map(|(part, _)| *part);
            let known = script.map(words).unwrap_or_default();
            let near = nearest(name, known.iter().map(String::as_str).chain(parts));
            let ask = format!("ask with `\"{name}\" in map`, or `map.get(\"{name}\") ?? …`");
            report.help = Some(near.map_or(ask, |near| format!("did you mean `{near}`?")));
        }
        EvalAltResult::ErrorDotExpr(message, _) if message.contains("for type '()'") => {
            report.help = Some("nothing was found before the dot: ask with `?.`, or give a value with `??`".to_owned());
        }
        EvalAltResult::ErrorDotExpr(message, _) if message.contains("for type 'array'") => {
            let name = message.split('\'').nth(1).unwrap_or_default();
            if ELEMENT_PARTS.iter().any(|(part, _)| *part == name) {
                let words = format!("of elements, take one, `.first.{name}`, or all, `.map(|element| element.{name})`");
                report.help = Some(words);
            }
        }
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            report.help = Some(format!("bring it in at the top of the script: `import \"…\" as {name};`"));
        }
        EvalAltResult::ErrorNonPureMethodCallOnConstant(..) => {
            report.help = Some("use `let` for what changes".to_owned());
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            report.help = Some("give the recursion an end, or use a loop".to_owned());
        }
        EvalAltResult::ErrorDataRace(_, _) => {
            let words = "a closure uses the variable whose method it is given to: copy that variable first, or use a loop; \
                         closures of `parallel` return values instead of changing shared ones";
            report.help = Some(words.to_owned());
        }
        _ => {}
    }
}

/// Help for an unknown variable: why it is not seen here, or the nearest name.
#[must_use]
pub fn variable(run: &Run, script: Option<&Script>, name: &str) -> Option<String> {
    if let Some(script) = script {
        if let Some(schema) = script.facts().schemas.iter().find(|schema| schema.name == name) {
            let line = script.source.line_column(schema.span.start).line;
            return Some(format!("`{name}` is defined on line {line}: use it after that"));
        }
        if declared(script).iter().any(|known| known == name) {
            return Some(format!(
                "a `let` is not seen inside `fn`: pass `{name}` as a parameter, make it a `const`, or use a closure"
            ));
        }
    }
    let mut known: Vec<String> = lock(&run.globals).keys().cloned().collect();
    known.extend(script.map(declared).unwrap_or_default());
    let functions: Vec<&str> = builtins::all().map(|builtin| builtin.name).collect();
    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    near.map(|near| format!("did you mean `{near}`?")).or_else(|| {
        let call = functions
            .iter()
            .copied()
            .find(|known| *known == name)
            .or_else(|| nearest(name, functions.iter().copied()))?;
        Some(format!("`{call}` is a function: call it as `{call}(…)`"))
    })
}

/// Help for an unknown function: the signatures when only the arguments differ, else the nearest name.
#[must_use]
pub fn function(script: Option<&Script>, name: &str) -> Option<String> {
    let signatures = builtins::named(name).map(|builtin| format!("`{}`", builtin.call_signature()));
    let signatures: Vec<String> = signatures.collect();
    if !signatures.is_empty() {
        return Some(format!("it is called as {}", signatures.join(" or ")));
    }
    let own = script.map(functions).unwrap_or_default();
    let known = own.iter().map(String::as_str).chain(builtins::all().map(|builtin| builtin.name));
    nearest(name, known).map(|near| format!("did you mean `{near}`?"))
}

/// Names declared by `let`, `const`, `for` and `fn` parameters anywhere in a script.
#[must_use]
pub fn declared(script: &Script) -> Vec<String> {
    after(script, &["let", "const", "for"])
}

fn functions(script: &Script) -> Vec<String> {
    after(script, &["fn"])
}

fn after(script: &Script, keywords: &[&str]) -> Vec<String> {
    let text = script.source.text();
    let tokens: Vec<_> = script.tokens().iter().filter(|token| !token.is_comment()).collect();
    let pairs = tokens.windows(2).filter(|pair| keywords.contains(&pair[0].text(text)));
    let named = pairs.filter(|pair| pair[1].kind == TokenKind::Identifier);
    named.map(|pair| pair[1].text(text).to_owned()).collect()
}

/// Every word of a script after a dot or before a colon: the properties it knows.
fn words(script: &Script) -> Vec<String> {
    let text = script.source.text();
    let tokens = script.tokens();
    let pairs = tokens.windows(2).filter(|pair| pair[0].kind == TokenKind::Identifier && pair[1].text(text) == ":");
    pairs.map(|pair| pair[0].text(text).to_owned()).collect()
}
