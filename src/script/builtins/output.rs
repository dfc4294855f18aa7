//! `print` and `emit` (LANGUAGE section 8).

use rhai::{Array, Dynamic};

use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::failure::Outcome;
use crate::script::output::ConsoleError;
use crate::script::value::{display, to_json};

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "print",
        receiver: Receiver::None,
        params: &[Param { name: "value", kind: Kind::Any, optional: true }],
        variadic: true,
        options: &[],
        result: "()",
        doc: "Writes values on a line of standard output, a space between them",
        example: "print(\"rows:\", 3);",
        category: "output",
        call: print,
    },
    Builtin {
        name: "emit",
        receiver: Receiver::None,
        params: &[
            Param { name: "value", kind: Kind::Any, optional: false },
            Param { name: "record", kind: Kind::Any, optional: true },
        ],
        variadic: false,
        options: &[],
        result: "()",
        doc: "Writes one record, of an array each item; with a name first, into that data set",
        example: "emit(#{ name: \"Ada\" });\nemit(\"orders\", [#{ id: 1 }, #{ id: 2 }]);",
        category: "output",
        call: emit,
    },
];

fn print(call: &mut Call<'_, '_>) -> Outcome {
    let words: Vec<String> = call.args.iter().map(|value| display(value, &call.run.order)).collect();
    // Rhai hands what `print` returns to the engine's print callback, which writes it.
    Ok(words.join(" ").into())
}

fn emit(call: &mut Call<'_, '_>) -> Outcome {
    let (data_set, value) = match call.args.as_slice() {
        [value] => (None, value),
        [name, value] => match name.clone().into_immutable_string() {
            Ok(name) => (Some(name.to_string()), value),
            Err(_) => return Err(call.wrong("value", "the data set's name first, then the record", name)),
        },
        _ => return Ok(Dynamic::UNIT),
    };
    if let Some(items) = value.read_lock::<Array>() {
        items.iter().try_for_each(|item| record(call, data_set.as_deref(), item))?;
        return Ok(Dynamic::UNIT);
    }
    record(call, data_set.as_deref(), value)?;
    Ok(Dynamic::UNIT)
}

fn record(call: &Call<'_, '_>, data_set: Option<&str>, value: &Dynamic) -> Result<(), Box<rhai::EvalAltResult>> {
    let json = to_json(value, &call.run.order).map_err(|message| call.fail("crawl::argument::type", message))?;
    written(call, call.run.emit(data_set, json)).map(|_| ())
}

/// What came of saying something: a reader that went away ends the run quietly.
pub fn written(call: &Call<'_, '_>, result: Result<(), ConsoleError>) -> Outcome {
    match result {
        Ok(()) => Ok(Dynamic::UNIT),
        Err(ConsoleError::BrokenPipe) => {
            Err(Box::new(rhai::EvalAltResult::Exit(Dynamic::UNIT, call.ctx.call_position())))
        }
        Err(ConsoleError::Failed(reason)) => Err(call.fail("crawl::output::write", reason)),
    }
}
