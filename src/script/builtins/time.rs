//! Time and chance: `sleep`, `now`, `random`. What they answer is journalled, so that a watched script sees it again.

use rhai::Dynamic;

use crate::crawl::Observation;
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::Outcome;
use crate::script::value::from_json;

const fn entry(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
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
        result,
        doc,
        example,
        category: "time",
        call,
    }
}

/// The family.
pub const TABLE: &[Builtin] = &[
    entry(
        "sleep",
        &[Param { name: "time", kind: Kind::Duration, optional: false }],
        "()",
        "Waits; a condition is nearly always better",
        "sleep(\"10ms\");",
        |call| {
            let time = call.duration("time")?.unwrap_or_default();
            call.run.wait(call.ctx, |_| async move {
                tokio::time::sleep(time).await;
                Ok(())
            })?;
            Ok(Dynamic::UNIT)
        },
    ),
    entry(
        "milliseconds",
        &[Param { name: "time", kind: Kind::Duration, optional: false }],
        "number",
        "A duration such as \"1.5s\" in milliseconds",
        "print(milliseconds(\"1.5s\"));",
        |call| {
            let time = call.duration("time")?.unwrap_or_default();
            Ok(Dynamic::from_int(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)))
        },
    ),
    entry("now", &[], "string", "The time in ISO 8601 (UTC)", "print(now().len() > 10);", |call| {
        observe(call, Observation::Time, || jiff::Timestamp::now().to_string().into())
    }),
    entry("random", &[], "number", "A number from 0 up to 1", "print(random() < 1.0);", |call| {
        observe(call, Observation::Random, || random().into())
    }),
];

fn observe(call: &Call<'_, '_>, kind: Observation, make: impl FnOnce() -> serde_json::Value) -> Outcome {
    let Ok(seen) = call.run.observe(kind, "", || Ok::<_, std::convert::Infallible>(make()));
    Ok(from_json(&seen))
}

/// A number from 0 up to 1 from the standard library's hash seeds, which the system fills with randomness.
fn random() -> f64 {
    use std::hash::{BuildHasher, Hasher};
    let bits = std::collections::hash_map::RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}
