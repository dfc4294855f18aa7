//! `holds`: whether a condition does, now. `ensure`: it has to, now and after every later step, and what brings it about.

use std::time::Duration;

use rhai::{Dynamic, FnPtr};

use super::sessions::perform_within;
use crate::browser::DomCondition;
use crate::crawl::{Act, ActValue, ClosureRef, Condition, CrawlError, Ensured, UNBOUNDED};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::failure::Outcome;
use crate::script::value::from_json;

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "watch",
        kind: Kind::Bool,
        default: "true",
        doc: "look after every later step of the session too",
    },
    OptionDoc {
        name: "shared",
        kind: Kind::Text,
        default: "",
        doc: "a name: of all sessions that say it, one at a time runs its closure",
    },
];

/// The family.
pub const TABLE: &[Builtin] = &[HOLDS, ENSURE];

const HOLDS: Builtin = Builtin {
    name: "holds",
    receiver: Receiver::None,
    params: &[Param { name: "condition", kind: Kind::Condition, optional: false }],
    variadic: false,
    options: &[OptionDoc {
        name: "timeout",
        kind: Kind::Duration,
        default: "\"300ms\"",
        doc: "how long it may take to",
    }],
    result: "bool",
    doc: "Whether a condition holds on the session's page",
    example: "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  if holds(visible(\".cookie-banner\")) { click(\"text=Accept\"); }\n}",
    category: "conditions",
    call: |call| {
        let conditions = standing(call)?;
        let timeout = call.duration("timeout")?.unwrap_or(SOON);
        match perform_within(call, None, Act::Holds(conditions), timeout)? {
            ActValue::Value(holds) => Ok(from_json(&holds)),
            _ => Ok(Dynamic::FALSE),
        }
    },
};

const ENSURE: Builtin = Builtin {
    name: "ensure",
    receiver: Receiver::None,
    params: &[
        Param { name: "condition", kind: Kind::Condition, optional: false },
        Param { name: "closure", kind: Kind::Function, optional: false },
    ],
    variadic: false,
    options: OPTIONS,
    result: "()",
    doc: "Sees that a condition holds on the session's page, now and after every later step: where it does not, the closure brings it about, and the step is repeated",
    example: "let site = playground();\nsession(\"shop\") {\n  ensure(\"article.product\", || crawl(`${site}/products`));\n  print(crawl().title);\n}",
    category: "sessions",
    call: ensure,
};

/// How long a condition may take to hold on a page that has loaded, where nothing else is said.
const SOON: Duration = Duration::from_millis(300);

fn ensure(call: &mut Call<'_, '_>) -> Outcome {
    let conditions = standing(call)?;
    let given = call.need("closure")?;
    let Some(pointer) = given.clone().try_cast::<FnPtr>() else {
        return Err(call.wrong("closure", "a closure such as `|| crawl(…)`", &given));
    };
    let closure = Closure::new(call.ctx, call.run, pointer);
    let fingerprint = closure.fingerprint(call.run);
    let ensured = Ensured {
        conditions,
        remedy: ClosureRef { id: call.run.keep_closure(closure), fingerprint },
        shared: call.text("shared")?.map(|name| name.to_string()),
        watch: call.value("watch").is_none() || call.flag("watch")?,
    };
    perform_within(call, None, Act::Ensure(Box::new(ensured)), UNBOUNDED)?;
    Ok(Dynamic::UNIT)
}

/// Conditions that a page as it stands can answer.
fn standing(call: &Call<'_, '_>) -> Result<Vec<Condition>, Box<rhai::EvalAltResult>> {
    let conditions = call.conditions("condition")?;
    if conditions.is_empty() {
        return Err(call.fail("crawl::argument::missing", format!("`{}` needs `condition`", call.builtin.name)));
    }
    if let Some(condition) = conditions.iter().flat_map(Condition::tree).find(|part| compares(part)) {
        let message =
            format!("`{condition}` compares the page with an earlier one, which `{}` does not have", call.builtin.name);
        let error = CrawlError::new("crawl::argument::value", message);
        return Err(call.refuse("condition", error.help("name what the page shows, such as `visible(\"a.logout\")`")));
    }
    Ok(conditions)
}

/// Whether a condition needs a moment before, which a page as it stands does not have.
fn compares(condition: &Condition) -> bool {
    fn in_page(condition: &DomCondition) -> bool {
        match condition {
            DomCondition::Changed { .. } | DomCondition::Grows { .. } => true,
            DomCondition::All { of } | DomCondition::Any { of } => of.iter().any(in_page),
            _ => false,
        }
    }
    match condition {
        Condition::Response(_) => true,
        Condition::Dom(condition) => in_page(condition),
        _ => false,
    }
}
