//! The Rhai engine: our words, forms and builtins in it.

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, EvalContext, Expression, Map};

use super::builtins::{self, fields::SCHEMA_DEFINE};
use super::element::ElementValue;
use super::failure::{ErrorValue, caught};
use super::limit;
use super::live_value::LiveValue;
use super::modules::Modules;
use super::page_value::PageValue;
use super::run::Run;
use super::schema_value::{KeyOrder, SchemaValue};
use super::session_value::SessionValue;
use super::token::free_reserved;
use super::value::display;
use crate::crawl::CrawlError;
use crate::text::nearest_in;

/// Calls may nest so deep; each takes stack, and the script's thread has enough for them.
const MAX_CALL_LEVELS: usize = 1_000;

/// How often a running script looks whether it was interrupted, in operations.
const CANCEL_EVERY: u64 = 64;

/// Builds the engine of a run.
#[must_use]
pub fn build(run: &Arc<Run>) -> Engine {
    let mut engine = Engine::new();
    engine.set_max_call_levels(MAX_CALL_LEVELS).set_max_expr_depths(256, 256);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    engine.set_module_resolver(Modules::new(Arc::clone(run)));
    hook_up(&mut engine, run);
    session_block(&mut engine, run);
    for builtin in builtins::all() {
        builtin.register(&mut engine, run);
    }
    SCHEMA_DEFINE.register(&mut engine, run);
    super::order::register(&mut engine);
    parts(&mut engine, run);
    ends(&mut engine);
    printing(&mut engine, run);
    engine
}

#[expect(deprecated, reason = "Rhai marks its volatile interfaces so")]
fn hook_up(engine: &mut Engine, run: &Arc<Run>) {
    engine.on_parse_token(|token, _, _| free_reserved(token));
    let cancel = run.settings.cancel.clone();
    engine.on_progress(move |operations| {
        (operations % CANCEL_EVERY == 0 && (cancel.cancelled() || limit::passed())).then_some(Dynamic::UNIT)
    });
    let seen = Arc::clone(run);
    engine.on_var(move |name, index, context| {
        if index > 0 || context.scope().contains(name) {
            return Ok(None);
        }
        let constants = context.global_runtime_state().constants.as_ref();
        let constant = || rhai::locked_read(constants?).and_then(|known| known.get(name).cloned());
        Ok(seen.global(name).or_else(constant))
    });
    engine.register_fn("crawl_error", caught);
}

/// `session(…) { … }`, which the rewrite turned into `session_block(id, options) { … }`.
fn session_block(engine: &mut Engine, run: &Arc<Run>) {
    let run = Arc::clone(run);
    let symbols = ["session_block", "(", "$expr$", ",", "$expr$", ")", "$block$"];
    let registered = engine.register_custom_syntax(symbols, false, move |context, inputs| {
        let id = open_block(context, inputs)?;
        let outer = run.set_place(run.place().in_session(id));
        let result = context.eval_expression_tree(&inputs[2]);
        run.set_place(outer);
        result
    });
    registered.expect("the form's symbols are well formed");
}

/// Mentions the block's session through the builtin `session`, so that both forms check alike.
fn open_block(
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    inputs: &[Expression<'_>],
) -> Result<String, Box<EvalAltResult>> {
    let position = inputs[0].position();
    let mut id = context.eval_expression_tree(&inputs[0])?;
    let mut options = context.eval_expression_tree(&inputs[1])?;
    let handle = context.call_native_fn_raw("session", false, &mut [&mut id, &mut options]).map_err(|mut error| {
        if error.position().is_none() {
            error.set_position(position);
        }
        error
    })?;
    Ok(handle.try_cast::<SessionValue>().map(|handle| handle.id).unwrap_or_default())
}

/// Parts of pages, elements, live pages and errors: `page.title`, and `e.code`.
fn parts(engine: &mut Engine, run: &Arc<Run>) {
    type Got = Result<Dynamic, Box<EvalAltResult>>;
    let (of_page, of_element) = (run.order.clone(), run.order.clone());
    engine.register_indexer_get(move |ctx: rhai::NativeCallContext<'_>, page: &mut PageValue, name: &str| -> Got {
        let part = page.get(name).map_err(|error| super::failure::raise(&ctx, error))?;
        Ok(if name == "tables" { in_order(part, &of_page) } else { part })
    });
    engine.register_indexer_get(
        move |ctx: rhai::NativeCallContext<'_>, element: &mut ElementValue, name: &str| -> Got {
            let part = element.get(name).map_err(|error| super::failure::raise(&ctx, error))?;
            Ok(if name == "table" { in_order(part, &of_element) } else { part })
        },
    );
    engine.register_indexer_get(|ctx: rhai::NativeCallContext<'_>, live: &mut LiveValue, name: &str| -> Got {
        builtins::live::part(live, name).map_err(|error| super::failure::raise(&ctx, error))
    });
    engine.register_indexer_get(|ctx: rhai::NativeCallContext<'_>, schema: &mut SchemaValue, name: &str| -> Got {
        schema_part(schema, name).map_err(|error| super::failure::raise(&ctx, error))
    });
    engine.register_indexer_get(|ctx: rhai::NativeCallContext<'_>, error: &mut ErrorValue, name: &str| -> Got {
        error.get(name).ok_or_else(|| {
            let mut failure = CrawlError::new("crawl::page::unknown_part", format!("an error has no `{name}`"));
            failure.help = nearest_in(name, "its parts", super::failure::ERROR_PARTS);
            super::failure::raise(&ctx, failure)
        })
    });
    engine.register_indexer_get(|ctx: rhai::NativeCallContext<'_>, session: &mut SessionValue, name: &str| -> Got {
        if name == "id" {
            return Ok(session.id.as_str().into());
        }
        let failure = CrawlError::new("crawl::page::unknown_part", format!("a session has no `{name}`"));
        Err(super::failure::raise(&ctx, failure.help("its part is `id`; its methods are `crawl`, `close`, `cookies`")))
    });
}

/// A table, or a list of tables, whose records are written in the order of its columns.
fn in_order(part: Dynamic, order: &KeyOrder) -> Dynamic {
    let note = |table: &Dynamic| {
        let headers = table
            .read_lock::<Map>()
            .and_then(|table| table.get("headers")?.read_lock::<rhai::Array>().map(|h| h.clone()));
        order.add(headers.unwrap_or_default().iter().map(ToString::to_string).collect());
    };
    match part.read_lock::<rhai::Array>() {
        Some(tables) => tables.iter().for_each(note),
        None => note(&part),
    }
    part
}

/// `list.first` and `list.last`; `()` where the list is empty, so that `??` and `?.` can ask.
fn ends(engine: &mut Engine) {
    engine.register_get("first", |list: &mut rhai::Array| list.first().cloned().unwrap_or(Dynamic::UNIT));
    engine.register_get("last", |list: &mut rhai::Array| list.last().cloned().unwrap_or(Dynamic::UNIT));
}

/// A schema's own words: `Commit.name`, `Commit.selector`.
fn schema_part(schema: &SchemaValue, name: &str) -> Result<Dynamic, CrawlError> {
    match name {
        "name" => Ok(schema.0.name.as_str().into()),
        "selector" => Ok(schema.0.at.as_str().into()),
        _ => {
            let mut error = CrawlError::new("crawl::page::unknown_part", format!("a schema has no `{name}`"));
            error.help = nearest_in(name, "its parts", &["name", "selector"]);
            Err(error)
        }
    }
}

/// How our types look in text: `print` of one argument, interpolation and `+`.
fn printing(engine: &mut Engine, run: &Arc<Run>) {
    let printing = Arc::clone(run);
    engine.on_print(move |line| {
        if printing.print(line).is_err() {
            printing.end_quietly();
        }
    });
    let order = run.order.clone();
    let show = move |value: Dynamic| display(&value, &order);
    let page = show.clone();
    engine.register_fn("to_string", move |value: PageValue| page(Dynamic::from(value)));
    let element = show.clone();
    engine.register_fn("to_string", move |value: ElementValue| element(Dynamic::from(value)));
    let error = show.clone();
    engine.register_fn("to_string", move |value: ErrorValue| error(Dynamic::from(value)));
    // Rhai prints lists and maps in a way of its own, were there no exact overload.
    let (list, table) = (show.clone(), show.clone());
    engine.register_fn("print", move |value: rhai::Array| list(value.into()));
    engine.register_fn("print", move |value: Map| table(Dynamic::from_map(value)));
    let map = show.clone();
    engine.register_fn("to_string", move |value: Map| map(Dynamic::from_map(value)));
    engine.register_fn("to_string", move |value: rhai::Array| show(value.into()));
}
