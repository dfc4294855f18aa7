//! The rewritten text under a real Rhai engine: it compiles, and its blocks, jumps and values behave.

use super::{check, equal, rewritten};
use libtest_mimic::{Failed, Trial};
use rhai::{Dynamic, Engine, EvalContext, Expression, Map};

/// (name, script, the value of the script as JSON-like debug text).
const VALUES: &[(&str, &str, &str)] = &[
    ("block_value", "session(\"a\") { 1; 2 }", "2"),
    ("block_value_with_semicolon", "session(\"a\") { 1; 2; }", "2"),
    ("angle_value", "session(\"a\") < 1; 2; >", "2"),
    ("assigned", "let x = session(\"a\") < 40; 2 >; x + 1", "3"),
    ("nested", "session(1) < session(2) < 3 >>", "3"),
    ("outer_variables", "let x = 1; session(1) < x += 1; > x", "2"),
    ("no_leak_of_inner_variables", "session(1) { let y = 1; y }; let y = 5; y", "5"),
    ("returns_from_function", "fn f() { session(1) < return 7; > 8 } f()", "7"),
    ("returns_from_closure", "let f = || { session(1) { return 7; } 8 }; f.call()", "7"),
    ("returns_in_loop", "fn f() { for i in 0..5 { session(1) < if i > 2 { return i; } > } 9 } f()", "3"),
    ("breaks_a_loop", "let n = 0; loop { session(1) < n += 1; if n >= 3 { break; } > } n", "3"),
    ("break_with_value", "let r = loop { session(1) < break 5; > }; r", "5"),
    ("continues_a_loop", "let n = 0; for i in 0..5 { session(1) { if i < 3 { continue; } n += 1; } } n", "2"),
    (
        "breaks_out_of_two_blocks",
        "let n = 0; while true { session(1) < session(2) < n += 1; break; >>\n n += 10; } n",
        "1",
    ),
    ("continues_its_value", "session(1) < [1, 2, 3] >.len()", "3"),
    ("continues_on_the_next_line", "session(1) {\n [1, 2]\n}\n.len()", "2"),
    ("statement_after", "session(1) { 1 }\nlet x = 2;\nx", "2"),
    ("last_in_function", "fn f() { session(1) { 4; } } f()", "4"),
    ("last_in_if", "let v = if true { session(1) { 4 } } else { 5 }; v", "4"),
    ("switch_arm", "switch 1 { 1 => session(1) < 6 >, _ => 7 }", "6"),
    ("interpolated", "`v=${session(1) < 6 >}!`", "\"v=6!\""),
    ("options", "session(\"a\", depth: 3) { opts().depth }", "3"),
    ("option_map", "session(\"a\", #{ depth: 3 }) { opts().depth }", "3"),
    ("no_options", "session(\"a\") { opts().len() }", "0"),
    ("handle", "session(\"a\", depth: 3)", "\"handle a\""),
    ("named_arguments", "take(1, a: 2, b: [take(0, c: 3)],)", "#{\"a\": 2, \"b\": [#{\"c\": 3}]}"),
    ("named_method_argument", "let x = 1; x.take(a: 2)", "#{\"a\": 2}"),
    ("named_script_function", "fn f(x, o) { o.k + x } f(1, k: 2)", "3"),
    ("named_closure_call", "let f = |o| o.k; f.call(k: 2)", "2"),
    ("named_reserved_words", "take(0, \n if: 1, in: 2).len()", "2"),
    ("caught", "let v = 0; try { throw \"x\" } catch (e) { v = e } v", "\"shaped x\""),
    ("caught_in_session", "let v = 0; try { session(1) < throw \"x\"; > } catch (e) { v = e } v", "\"shaped x\""),
    (
        "schema",
        "schema A at \"li\", min: 1 {\n x: take(0, k: 1),\n if: 2,\n}\ndefined()",
        "[\"A\", \"li\", #{\"min\": 1}, [\"x\", \"if\"], #{\"if\": 2, \"x\": #{\"k\": 1}}]",
    ),
    ("schema_without_options", "schema A at \"li\" { x: 1 } defined().len()", "5"),
];

/// Scripts that fail, and where in the original text (line, column).
const PLACES: &[(&str, &str, usize, usize)] = &[
    ("parse_error_after_edits", "let x = f(a: 1, b: 2); let 3", 1, 28),
    ("parse_error_in_a_block", "session(\"a\") <\n  g(k: 1); let 3;\n>", 2, 16),
    ("runtime_error_after_edits", "let y = take(0, a: 1); missing(2)", 1, 24),
    ("runtime_error_in_a_schema", "schema A at \"li\" { x: missing() }", 1, 23),
];

pub fn trials() -> Vec<Trial> {
    let value = |(name, script, expected): &'static (&str, &str, &str)| {
        Trial::test(format!("syntax::engine::{name}"), move || {
            let found = run(script)?;
            equal(&format!("{found:?}"), &(*expected).to_owned())
        })
    };
    let place = |(name, script, line, column): &'static (&str, &str, usize, usize)| {
        Trial::test(format!("syntax::engine::{name}"), move || {
            let rewritten = rewritten(script).map_err(|errors| format!("{errors:?}"))?;
            let error = engine().eval::<Dynamic>(&rewritten.text).expect_err("the script is wrong");
            let position = error.position();
            let found = crawl::text::LineColumn {
                line: position.line().ok_or("no line")?,
                column: position.position().ok_or("no column")?,
            };
            let source = crawl::text::Source::new("test.crawl", *script);
            let original = source.line_column(rewritten.original_offset(found));
            equal(&(original.line, original.column), &(*line, *column))
        })
    };
    let mut trials: Vec<Trial> = VALUES.iter().map(value).collect();
    trials.extend(PLACES.iter().map(place));
    trials.push(Trial::test("syntax::engine::leaves_on_every_way_out", leaves));
    trials
}

fn run(script: &str) -> Result<Dynamic, Failed> {
    let rewritten = rewritten(script).map_err(|errors| format!("refused: {errors:#?}"))?;
    engine().eval::<Dynamic>(&rewritten.text).map_err(|error| format!("{error}\nin {}", rewritten.text).into())
}

/// Blocks push their name and pop it, whether they end by value, jump or error.
fn leaves() -> Result<(), Failed> {
    let script = "fn f() { session(1) < session(2) < return depth(); > > }
        let seen = [f(), depth()];
        for i in 0..2 { session(3) < seen.push(depth()); continue; > }
        try { session(4) < session(5) { throw depth(); } > } catch { seen.push(depth()) }
        seen";
    let found = run(script)?;
    check(format!("{found:?}") == "[2, 0, 1, 1, 0]", &format!("{found:?}"))
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(0, 0);
    let block = ["session_block", "(", "$expr$", ",", "$expr$", ")", "$block$"];
    engine.register_custom_syntax(block, false, session_block).expect("the syntax is accepted");
    engine.register_fn("session", |id: &str, _: Map| format!("handle {id}"));
    engine.register_fn("take", |_: i64, named: Map| named);
    engine.register_fn("crawl_error", |thrown: Dynamic| format!("shaped {thrown}"));
    type Fields = rhai::Array;
    let defined = std::sync::Arc::new(std::sync::Mutex::new(Fields::new()));
    let kept = defined.clone();
    engine.register_fn("schema_define", move |name: &str, at: &str, options: Map, names: Fields, fields: Map| {
        let whole = [name.to_owned().into(), at.to_owned().into(), options.into(), names.into(), fields.into()];
        *kept.lock().expect("no test panicked here") = whole.into_iter().collect();
    });
    engine.register_fn("defined", move || defined.lock().expect("no test panicked here").clone());
    engine.register_fn("depth", |context: rhai::NativeCallContext| stack(context.tag()).len() as i64);
    engine.register_fn("opts", |context: rhai::NativeCallContext| {
        stack(context.tag()).pop().unwrap_or_default().cast::<Map>()
    });
    engine
}

fn stack(tag: Option<&Dynamic>) -> rhai::Array {
    tag.and_then(|tag| tag.clone().try_cast::<rhai::Array>()).unwrap_or_default()
}

fn session_block(context: &mut EvalContext, inputs: &[Expression]) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
    let _id = context.eval_expression_tree(&inputs[0])?;
    let options = context.eval_expression_tree(&inputs[1])?;
    let outer = context.tag().clone();
    let mut inner = outer.clone().try_cast::<rhai::Array>().unwrap_or_default();
    inner.push(options);
    *context.tag_mut() = inner.into();
    let result = context.eval_expression_tree(&inputs[2]);
    *context.tag_mut() = outer;
    result
}
