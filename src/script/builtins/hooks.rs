//! `on`: hooks (LANGUAGE section 6).

use rhai::{Dynamic, FnPtr};

use crate::crawl::{CrawlError, HookPoint};
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::failure::Outcome;
use crate::script::hooks::Hook;

/// The names of all points, for checks and completion.
pub const POINTS: &[&str] = &[
    "on_browser_created",
    "on_page_context_created",
    "before_goto",
    "after_goto",
    "on_execution_started",
    "on_execution_ended",
    "before_retrieve_html",
    "before_return_html",
    "on_error",
    "on_close",
];

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "on",
    receiver: Receiver::None,
    params: &[
        Param { name: "point", kind: Kind::HookPoint, optional: false },
        Param { name: "hook", kind: Kind::Function, optional: false },
    ],
    variadic: false,
    options: &[],
    result: "()",
    doc: "Runs a closure at a point of every step: of the session around, or of all",
    example: "session(\"shop\") {\n  on(\"after_goto\", |page| print(page.url.ends_with(\"/products\")));\n  crawl(`${playground()}/products`)\n}",
    category: "hooks",
    call: on,
}];

fn on(call: &mut Call<'_, '_>) -> Outcome {
    let name = call.need_text("point")?;
    let Some(point) = HookPoint::named(&name) else {
        let mut error = CrawlError::new("crawl::hook::unknown", format!("there is no hook point `{name}`"));
        error.help = crate::text::nearest_in(&name, "points", POINTS);
        return Err(call.refuse("point", error));
    };
    let given = call.need("hook")?;
    let Some(pointer) = given.clone().try_cast::<FnPtr>() else {
        return Err(call.wrong("hook", "a closure such as `|page| page.eval(\"…\")`", &given));
    };
    let closure = Closure::new(call.ctx, call.run, pointer);
    call.run.hooks.add(Hook { point, session: call.run.session(), closure });
    Ok(Dynamic::UNIT)
}
