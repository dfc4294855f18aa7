//! The front end's text rules: lexer, rewrite, completeness, and the form of embedded JavaScript.

mod angle;
mod argument;
mod engine;
pub mod format;
mod javascript;
mod lexer;
mod mutation;
mod property;
mod schema;
mod session;

use crawl::syntax::{Rewritten, SyntaxError, rewrite};
use crawl::text::Source;
use libtest_mimic::{Failed, Trial};

/// All trials of the area.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    trials.extend(angle::trials());
    trials.extend(argument::trials());
    trials.extend(engine::trials());
    trials.extend(format::trials());
    trials.extend(javascript::trials());
    trials.extend(lexer::trials());
    trials.extend(mutation::trials());
    trials.extend(property::trials());
    trials.extend(schema::trials());
    trials.extend(session::trials());
    trials
}

pub fn rewritten(text: &str) -> Result<Rewritten, Vec<SyntaxError>> {
    rewrite(&Source::new("test.crawl", text))
}

/// (name, script, what Rhai gets); `=` stands for "unchanged".
type Rule = (&'static str, &'static str, &'static str);

/// (name, script, code, the text under the error's span).
type Refusal = (&'static str, &'static str, &'static str, &'static str);

fn rules(area: &str, rules: &'static [Rule]) -> Vec<Trial> {
    let trial = |(name, script, expected): &'static Rule| {
        Trial::test(format!("syntax::{area}::{name}"), move || {
            let expected = if *expected == "=" { script } else { expected };
            let found = rewritten(script).map_err(|errors| format!("refused: {errors:#?}"))?;
            equal(&found.text, &(*expected).to_owned())
        })
    };
    rules.iter().map(trial).collect()
}

fn refusals(area: &str, refusals: &'static [Refusal]) -> Vec<Trial> {
    let trial = |(name, script, code, place): &'static Refusal| {
        Trial::test(format!("syntax::{area}::{name}"), move || {
            let errors = match rewritten(script) {
                Ok(found) => return Err(format!("accepted: {}", found.text).into()),
                Err(errors) => errors,
            };
            let first = &errors[0];
            let found = (first.code, &script[first.span.start..first.span.end]);
            equal(&found, &(&format!("crawl::syntax::{code}")[..], *place))?;
            check(first.help.is_some(), "the error has no help")?;
            check(!first.message.ends_with('.'), "the message ends in a full stop")
        })
    };
    refusals.iter().map(trial).collect()
}

fn equal<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(found: &A, expected: &B) -> Result<(), Failed> {
    if found == expected { Ok(()) } else { Err(format!("\nexpected {expected:#?}\n   found {found:#?}").into()) }
}

fn check(holds: bool, message: &str) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(message.into()) }
}
