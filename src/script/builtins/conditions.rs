//! Conditions of `wait_for` and `then` (LANGUAGE section 3).

use rhai::{Array, Dynamic};

use crate::browser::{DomCondition, IDLE_QUIET, UrlPattern};
use crate::crawl::{Condition, CrawlError};
use crate::page::Selector;
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::condition_value::ConditionValue;
use crate::script::failure::{Outcome, raise};
use crate::script::options::selector_error;

const CSS: &[Param] = &[Param { name: "css", kind: Kind::Css, optional: false }];
const PATTERN: &[Param] = &[Param { name: "pattern", kind: Kind::UrlPattern, optional: false }];
const LIST: &[Param] = &[Param { name: "conditions", kind: Kind::List, optional: false }];

const COUNT_OPTIONS: &[OptionDoc] = &[
    OptionDoc { name: "at_least", kind: Kind::Int, default: "", doc: "the fewest matches" },
    OptionDoc { name: "at_most", kind: Kind::Int, default: "", doc: "the most matches" },
    OptionDoc { name: "exactly", kind: Kind::Int, default: "", doc: "just as many" },
];

const fn condition(
    name: &'static str,
    params: &'static [Param],
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::None,
        params,
        variadic: false,
        options: &[],
        result: "condition",
        doc,
        example,
        category: "conditions",
        call,
    }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    condition(
        "visible",
        CSS,
        "A match is rendered and not hidden",
        "crawl(`${playground()}/article`, wait_for: visible(\"h1\"));",
        |call| dom(call, |css| DomCondition::Visible { css }),
    ),
    condition(
        "hidden",
        CSS,
        "No match is visible",
        "crawl(`${playground()}/article`, wait_for: hidden(\".spinner\"));",
        |call| dom(call, |css| DomCondition::Hidden { css }),
    ),
    condition(
        "gone",
        CSS,
        "There is no match",
        "crawl(`${playground()}/article`, wait_for: gone(\".spinner\"));",
        |call| dom(call, |css| DomCondition::Gone { css }),
    ),
    Builtin {
        options: COUNT_OPTIONS,
        ..condition(
            "count",
            CSS,
            "The number of matches lies within bounds",
            "crawl(`${playground()}/load-more`, wait_for: count(\".content-item\", at_least: 5));",
            count,
        )
    },
    condition(
        "changed",
        CSS,
        "There is a match, and the matches' texts differ from those before the act",
        "session(\"c\") {\n  crawl(`${playground()}/commits`);\n  crawl(js: \"document.querySelector('[data-testid=pagination-next-button]').click()\", wait_for: changed(\"li h4\"));\n}",
        |call| dom(call, |css| DomCondition::Changed { css, baseline: None }),
    ),
    condition(
        "grows",
        CSS,
        "There are more matches than before the act",
        "session(\"m\") {\n  crawl(`${playground()}/load-more`);\n  crawl(js: \"document.querySelector('.load-more-button').click()\", wait_for: grows(\".content-item\"));\n}",
        |call| dom(call, |css| DomCondition::Grows { css, baseline: None }),
    ),
    condition(
        "url",
        PATTERN,
        "The page's address satisfies a glob",
        "crawl(`${playground()}/article`, wait_for: url(\"**/article\"));",
        |call| pattern(call, Condition::Url),
    ),
    condition(
        "response",
        PATTERN,
        "A response whose address satisfies a glob has come; it becomes `page.response`",
        "session(\"m\") {\n  crawl(`${playground()}/load-more`);\n  let page = crawl(js: \"document.querySelector('.load-more-button').click()\", wait_for: response(\"**/load-more/*\"));\n  print(page.response.status);\n}",
        |call| pattern(call, Condition::Response),
    ),
    condition(
        "idle",
        &[Param { name: "quiet", kind: Kind::Duration, optional: true }],
        "No request has been in flight for that long",
        "crawl(`${playground()}/article`, wait_for: idle(\"200ms\"));",
        |call| {
            let quiet = call.duration("quiet")?.unwrap_or(IDLE_QUIET);
            Ok(value(Condition::Idle(quiet)))
        },
    ),
    condition(
        "js",
        &[Param { name: "js", kind: Kind::Js, optional: false }],
        "A js expression is truthy",
        "crawl(`${playground()}/article`, wait_for: js(\"document.images.length >= 0\"));",
        |call| {
            let text = call.need_text("js")?;
            Ok(value(Condition::Js(call.program("js", 0, &text)?)))
        },
    ),
    condition(
        "all",
        LIST,
        "All conditions hold",
        "crawl(`${playground()}/article`, wait_for: all([\"h1\", visible(\"p\")]));",
        |call| list(call, true),
    ),
    condition(
        "any",
        LIST,
        "One of the conditions holds",
        "crawl(`${playground()}/article`, wait_for: any([\".error\", \"h1\"]));",
        |call| list(call, false),
    ),
];

/// Wraps a condition for the script.
pub fn value(condition: Condition) -> Dynamic {
    Dynamic::from(ConditionValue { condition })
}

/// A selector of a live page, checked.
pub fn live_css(call: &Call<'_, '_>, name: &'static str) -> Result<String, Box<rhai::EvalAltResult>> {
    let css = call.need_text(name)?;
    Selector::parse_live(&css).map_err(|error| raise(call.ctx, selector_error(name, &error)))?;
    Ok(css.to_string())
}

fn dom(call: &Call<'_, '_>, make: fn(String) -> DomCondition) -> Outcome {
    Ok(value(Condition::Dom(make(live_css(call, "css")?))))
}

fn count(call: &mut Call<'_, '_>) -> Outcome {
    let css = live_css(call, "css")?;
    let bound = |name| -> Result<Option<u64>, Box<rhai::EvalAltResult>> {
        let Some(number) = call.int(name)? else { return Ok(None) };
        u64::try_from(number).map(Some).map_err(|_| call.wrong(name, "a whole number from 0", &number.into()))
    };
    let (at_least, at_most, exactly) = (bound("at_least")?, bound("at_most")?, bound("exactly")?);
    if at_least.or(at_most).or(exactly).is_none() {
        let error = CrawlError::new("crawl::argument::missing", "`count` needs `at_least`, `at_most` or `exactly`");
        return Err(raise(call.ctx, error.help(format!("`count(\"{css}\", at_least: 20)`"))));
    }
    Ok(value(Condition::Dom(DomCondition::Count { css, at_least, at_most, exactly })))
}

fn pattern(call: &Call<'_, '_>, make: fn(UrlPattern) -> Condition) -> Outcome {
    let text = call.need_text("pattern")?;
    let pattern = UrlPattern::new(&text).map_err(|message| call.fail("crawl::argument::value", message))?;
    Ok(value(make(pattern)))
}

fn list(call: &Call<'_, '_>, all: bool) -> Outcome {
    let given = call.need("conditions")?;
    let Some(items) = given.read_lock::<Array>() else {
        return Err(call.wrong("conditions", "an array of conditions", &given));
    };
    let parts: Result<Vec<Condition>, _> =
        items.iter().enumerate().map(|(index, item)| call.condition("conditions", index, item)).collect();
    Ok(value(combine(parts?, all)))
}

/// A list whose members the DOM alone answers stays one condition, so that it is answered in one moment.
fn combine(parts: Vec<Condition>, all: bool) -> Condition {
    let dom: Option<Vec<DomCondition>> = parts
        .iter()
        .map(|part| match part {
            Condition::Dom(condition) => Some(condition.clone()),
            _ => None,
        })
        .collect();
    match dom {
        Some(of) if all => Condition::Dom(DomCondition::All { of }),
        Some(of) => Condition::Dom(DomCondition::Any { of }),
        None if all => Condition::All(parts),
        None => Condition::Any(parts),
    }
}
