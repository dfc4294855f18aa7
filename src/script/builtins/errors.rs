//! Errors of the script's own: `error`, `assert`.

use rhai::Dynamic;

use crate::crawl::CrawlError;
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::failure::{Outcome, raise};
use crate::script::host::truthy;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "fail",
        receiver: Receiver::None,
        params: &[Param { name: "message", kind: Kind::Text, optional: false }],
        variadic: false,
        options: &[OptionDoc { name: "help", kind: Kind::Text, default: "", doc: "the next action" }],
        result: "never",
        doc: "Raises an error with a message and, when given, help",
        example: "try { fail(\"no orders\", help: \"log in first\") } catch (e) { print(e.help) }",
        category: "errors",
        call: |call| {
            let mut error = CrawlError::new("crawl::eval::thrown", call.need_text("message")?.to_string());
            error.help = call.text("help")?.map(|help| help.to_string());
            Err(raise(call.ctx, error))
        },
    },
    Builtin {
        name: "assert",
        receiver: Receiver::None,
        params: &[
            Param { name: "condition", kind: Kind::Any, optional: false },
            Param { name: "message", kind: Kind::Text, optional: true },
        ],
        variadic: false,
        options: &[],
        result: "()",
        doc: "Raises an error unless the condition holds",
        example: "assert(1 + 1 == 2, \"numbers work\");",
        category: "errors",
        call: assert,
    },
];

fn assert(call: &mut Call<'_, '_>) -> Outcome {
    if call.args.first().is_some_and(truthy) {
        return Ok(Dynamic::UNIT);
    }
    let message =
        call.text("message")?.map_or_else(|| "an assertion does not hold".to_owned(), |text| text.to_string());
    Err(call.fail("crawl::eval::assert", message))
}
