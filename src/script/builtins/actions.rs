//! What a person does on a page (LANGUAGE section 7): one table, for the session around the call, a session's handle
//! and the live page of a hook.

use rhai::{Dynamic, FnPtr};

use super::live::live_act;
use super::sessions::{act, own_id};
use crate::browser::{Button, Place};
use crate::crawl::{Act, Action, CrawlError, Gesture, Scrolling, Traversal, Verb};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::failure::Outcome;

type Refused = Box<rhai::EvalAltResult>;

const fn option(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> OptionDoc {
    OptionDoc { name, kind, default, doc }
}

const THEN: OptionDoc =
    option("then", Kind::Condition, "", "what must hold afterwards; its baseline is taken before the act");
const TIMEOUT: OptionDoc = option("timeout", Kind::Duration, "\"30s\"", "one deadline for the whole act");
pub const NTH: OptionDoc = option("nth", Kind::Int, "", "which of several matches, from 0; -1 is the last");
pub const WITHIN: OptionDoc = option("within", Kind::Target, "", "what the target lies in");
const FORCE: OptionDoc =
    option("force", Kind::Bool, "false", "do not wait until the target is visible, enabled, still and hit");
const POSITION: OptionDoc = option("position", Kind::Any, "the middle", "`[x, y]` from the target's upper left corner");
const MODIFIERS: OptionDoc = option("modifiers", Kind::Any, "", "keys held down: \"Shift\", or an array of names");
const BUTTON: OptionDoc = option("button", Kind::Word(&["left", "middle", "right"]), "\"left\"", "of the pointer");
const COUNT: OptionDoc = option("count", Kind::Int, "1", "how many clicks in a row");

const PLAIN: &[OptionDoc] = &[THEN, TIMEOUT];
const AIMED: &[OptionDoc] = &[THEN, TIMEOUT, NTH, WITHIN, FORCE];
const POINTED: &[OptionDoc] = &[THEN, TIMEOUT, NTH, WITHIN, FORCE, POSITION, MODIFIERS];
const CLICKED: &[OptionDoc] = &[THEN, TIMEOUT, NTH, WITHIN, FORCE, POSITION, MODIFIERS, BUTTON, COUNT];
const PRESSED: &[OptionDoc] =
    &[THEN, TIMEOUT, NTH, WITHIN, FORCE, option("target", Kind::Target, "what has the focus", "focused first")];
const SCROLLED: &[OptionDoc] =
    &[THEN, TIMEOUT, NTH, WITHIN, option("by", Kind::Any, "", "pixels down, or `[right, down]`")];

const TARGET: Param = Param { name: "target", kind: Kind::Target, optional: false };

const fn action(
    name: &'static str,
    params: &'static [Param],
    options: &'static [OptionDoc],
    doc: &'static str,
    example: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver: Receiver::None,
        params,
        variadic: false,
        options,
        result: "()",
        doc,
        example,
        category: "actions",
        call,
    }
}

const LIVE_EXAMPLE: &str =
    "session(\"shop\") {\n  on(\"after_goto\", |page| page.hover(\"h1\"));\n  crawl(`${playground()}/products`);\n}";

const ACTIONS: [Builtin; 17] = [
    action(
        "click",
        &[TARGET],
        CLICKED,
        "Clicks with trusted input, once the target is visible, enabled, still and hit",
        "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  click(\"role=link\", nth: 0);\n}",
        |call| click(call, Verb::Click, Button::Left, 1),
    ),
    action(
        "double_click",
        &[TARGET],
        POINTED,
        "Clicks twice in a row",
        "session(\"a\") {\n  crawl(`raw:<p ondblclick=\"document.title = 'twice'\">word</p>`);\n  double_click(\"text=word\");\n  print(crawl().title);\n}",
        |call| click(call, Verb::DoubleClick, Button::Left, 2),
    ),
    action(
        "right_click",
        &[TARGET],
        POINTED,
        "Clicks with the button that opens context menus",
        "session(\"a\") {\n  crawl(`raw:<p oncontextmenu=\"document.title = 'menu'\">word</p>`);\n  right_click(\"text=word\");\n  print(crawl().title);\n}",
        |call| click(call, Verb::RightClick, Button::Right, 1),
    ),
    action(
        "hover",
        &[TARGET],
        POINTED,
        "Moves the pointer over the target",
        "session(\"a\") {\n  crawl(`raw:<p onmouseover=\"document.title = 'over'\">word</p>`);\n  hover(\"text=word\");\n  print(crawl().title);\n}",
        |call| {
            let place = call.aimed_at("target")?;
            let (position, modifiers) = (call.position("position")?, call.modifiers()?);
            perform(call, Gesture::Hover { place, position, modifiers })
        },
    ),
    action(
        "fill",
        &[TARGET, Param { name: "value", kind: Kind::Any, optional: false }],
        AIMED,
        "Puts a text in place of what a field has; dates as \"2026-11-26\", times as \"13:05\"",
        "session(\"a\") {\n  crawl(`raw:<label>Name <input></label>`);\n  fill(\"label=Name\", \"Ada\");\n  print(crawl().attr(\"input\", \"value\"));\n}",
        |call| {
            let place = call.aimed_at("target")?;
            let value = plain(call, "value")?;
            perform(call, Gesture::Fill { place, value })
        },
    ),
    action(
        "type_text",
        &[TARGET, Param { name: "text", kind: Kind::Any, optional: false }],
        AIMED,
        "Types key by key, after what the field has",
        "session(\"a\") {\n  crawl(`raw:<input placeholder=Search>`);\n  type_text(\"placeholder=Search\", \"moths\");\n  print(crawl().attr(\"input\", \"value\"));\n}",
        |call| {
            let place = call.aimed_at("target")?;
            let text = plain(call, "text")?;
            perform(call, Gesture::Type { place, text })
        },
    ),
    action(
        "press",
        &[Param { name: "keys", kind: Kind::Keys, optional: false }],
        PRESSED,
        "Presses a key or a chord such as \"Control+A\", where the focus is or on a target",
        "session(\"a\") {\n  crawl(`raw:<input autofocus onkeydown=\"document.title = event.key\">`);\n  press(\"Enter\", target: \"input\");\n  print(crawl().title);\n}",
        |call| {
            let (keys, chord) = call.chord("keys")?;
            let place = call.perhaps_aimed_at("target")?;
            perform(call, Gesture::Press { place, keys, chord })
        },
    ),
    action(
        "select_option",
        &[TARGET, Param { name: "value", kind: Kind::Any, optional: false }],
        AIMED,
        "Chooses from a list by value or label, by number from 0, or several by an array",
        "session(\"a\") {\n  crawl(`raw:<select><option value=s>Small<option value=l>Large</select>`);\n  select_option(\"select\", \"Large\");\n  print(evaluate(\"document.querySelector('select').value\"));\n}",
        |call| {
            let place = call.aimed_at("target")?;
            let wanted = call.choices("value")?;
            perform(call, Gesture::Select { place, wanted })
        },
    ),
    action(
        "check",
        &[TARGET],
        AIMED,
        "Checks a checkbox or chooses a radio button; one that is checked stays so",
        "session(\"a\") {\n  crawl(`raw:<label><input type=checkbox> I agree</label>`);\n  check(\"label=I agree\");\n  print(crawl().has(\"input[checked]\"));\n}",
        |call| {
            let place = call.aimed_at("target")?;
            perform(call, Gesture::Check { place, wanted: true })
        },
    ),
    action(
        "uncheck",
        &[TARGET],
        AIMED,
        "Unchecks a checkbox; one that is not checked stays so",
        "session(\"a\") {\n  crawl(`raw:<label><input type=checkbox checked> News</label>`);\n  uncheck(\"label=News\");\n  print(crawl().has(\"input[checked]\"));\n}",
        |call| {
            let place = call.aimed_at("target")?;
            perform(call, Gesture::Check { place, wanted: false })
        },
    ),
    action(
        "upload",
        &[TARGET, Param { name: "path", kind: Kind::Any, optional: false }],
        AIMED,
        "Gives a file, or an array of files, to a field that takes them",
        "write_text(\"notes.tmp\", \"one\");\nsession(\"a\") {\n  crawl(`raw:<input type=file>`);\n  upload(\"input\", \"notes.tmp\");\n  print(evaluate(\"document.querySelector('input').files[0].name\"));\n}",
        super::upload::upload,
    ),
    action(
        "drag",
        &[
            Param { name: "from", kind: Kind::Target, optional: false },
            Param { name: "to", kind: Kind::Target, optional: false },
        ],
        &[THEN, TIMEOUT, FORCE],
        "Drags one element onto another, by pointer or as drag and drop",
        "session(\"a\") {\n  crawl(`raw:<b draggable=true>card</b> <div ondragover=\"event.preventDefault()\" ondrop=\"document.title = 'dropped'\">here</div>`);\n  drag(\"text=card\", \"text=here\");\n  print(crawl().title);\n}",
        |call| {
            let (from, to) = (call.need("from")?, call.need("to")?);
            let (from, to) = (Place::of(call.target("from", &from)?), Place::of(call.target("to", &to)?));
            perform(call, Gesture::Drag { from, to })
        },
    ),
    action(
        "scroll",
        &[Param { name: "target", kind: Kind::Target, optional: true }],
        SCROLLED,
        "Scrolls a target into view, \"to_end\" or \"to_start\", or `by:` pixels; with `within:` the box that it names",
        "session(\"a\") {\n  crawl(`${playground()}/products`);\n  scroll(\"to_end\");\n  scroll(by: -200);\n}",
        scroll,
    ),
    action(
        "submit",
        &[TARGET],
        &[THEN, TIMEOUT, NTH, WITHIN],
        "Submits a form: the target, or the one that it belongs to",
        "session(\"a\") {\n  crawl(`raw:<form onsubmit=\"document.title = 'sent'; return false\"><input name=q></form>`);\n  submit(\"form\");\n  print(crawl().title);\n}",
        |call| {
            let place = call.aimed_at("target")?;
            perform(call, Gesture::Submit { place })
        },
    ),
    action(
        "back",
        &[],
        PLAIN,
        "Goes to the page before",
        "session(\"a\") {\n  crawl(`${playground()}/products`);\n  crawl(`${playground()}/article`);\n  back();\n  print(crawl().url.ends_with(\"/products\"));\n}",
        |call| perform(call, Gesture::History(Traversal::Back)),
    ),
    action(
        "forward",
        &[],
        PLAIN,
        "Goes to the page after",
        "session(\"a\") {\n  crawl(`${playground()}/products`);\n  crawl(`${playground()}/article`);\n  back();\n  forward();\n  print(crawl().url.ends_with(\"/article\"));\n}",
        |call| perform(call, Gesture::History(Traversal::Forward)),
    ),
    action(
        "reload",
        &[],
        PLAIN,
        "Loads the page again",
        "session(\"a\") {\n  crawl(`${playground()}/products`);\n  reload();\n  print(crawl().ok);\n}",
        |call| perform(call, Gesture::History(Traversal::Reload)),
    ),
];

const EVERYWHERE: [Builtin; 3 * ACTIONS.len()] = {
    let mut all = [ACTIONS[0]; 3 * ACTIONS.len()];
    let mut index = 0;
    while index < ACTIONS.len() {
        let own = ACTIONS[index];
        all[index] = own;
        all[ACTIONS.len() + index] = Builtin { receiver: Receiver::Session, ..own };
        all[2 * ACTIONS.len() + index] = Builtin { receiver: Receiver::Live, example: LIVE_EXAMPLE, ..own };
        index += 1;
    }
    all
};

/// The family, as functions and as methods.
pub const TABLE: &[Builtin] = &EVERYWHERE;

/// What acts within a frame.
pub const FRAME: &[Builtin] = &[Builtin {
    result: "value",
    ..action(
        "frame",
        &[
            Param { name: "target", kind: Kind::Target, optional: false },
            Param { name: "acts", kind: Kind::Function, optional: false },
        ],
        &[],
        "Runs a closure whose acts mean a frame of the page; its value is the closure's",
        "session(\"a\") {\n  crawl(`raw:<iframe srcdoc=\"<button>Pay</button>\"></iframe>`);\n  frame(\"iframe\", || click(\"text=Pay\"));\n}",
        frame,
    )
}];

/// Performs a gesture in the session that the call means.
pub fn perform(call: &Call<'_, '_>, gesture: Gesture) -> Outcome {
    let force = match call.builtin.options.iter().any(|known| known.name == "force") {
        true => call.flag("force")?,
        false => false,
    };
    let done = Act::Person(Box::new(Action { gesture, force }));
    match call.builtin.receiver {
        Receiver::Session => act(call, Some(own_id(call)), done),
        Receiver::Live => live_act(call, done),
        _ => act(call, None, done),
    }
}

fn click(call: &Call<'_, '_>, verb: Verb, button: Button, count: u8) -> Outcome {
    let place = call.aimed_at("target")?;
    let plain = verb == Verb::Click;
    let button = if plain { call.button(button)? } else { button };
    let given = if plain { call.int("count")? } else { None };
    let count = match given {
        None => count,
        Some(count) => u8::try_from(count)
            .ok()
            .filter(|count| (1..=10).contains(count))
            .ok_or_else(|| call.wrong("count", "a number from 1 to 10", &count.into()))?,
    };
    let (position, modifiers) = (call.position("position")?, call.modifiers()?);
    perform(call, Gesture::Click { verb, place, button, count, modifiers, position })
}

/// A text, or what a number or boolean is written as.
fn plain(call: &Call<'_, '_>, name: &str) -> Result<String, Refused> {
    let value = call.need(name)?;
    let simple = value.is_string() || value.is_int() || value.is_float() || value.is_char();
    if simple { Ok(value.to_string()) } else { Err(call.wrong(name, "a text or a number", &value)) }
}

fn scroll(call: &mut Call<'_, '_>) -> Outcome {
    let word = call.text("target").ok().flatten();
    let end = match word.as_deref() {
        Some("to_end" | "end" | "bottom") => Some("to_end"),
        Some("to_start" | "start" | "top") => Some("to_start"),
        _ => None,
    };
    let by = match call.value("by") {
        Some(value) if value.is_array() || value.is_map() => call.position("by")?,
        Some(value) => {
            let down = value.as_float().ok().or_else(|| value.as_int().ok().map(|n| n as f64));
            Some((0.0, down.ok_or_else(|| call.wrong("by", "pixels down, or `[right, down]`", &value))?))
        }
        None => None,
    };
    let container = || -> Result<Option<Place>, Refused> {
        Ok(call.within()?.map(Place::of).map(|place| Place { nth: call.int("nth").ok().flatten(), ..place }))
    };
    let (place, how) = match (end, by) {
        (Some(_), Some(_)) => {
            let error = CrawlError::new("crawl::argument::value", "a scroll goes `to_end` or `by:` pixels, not both");
            return Err(call.refuse("by", error));
        }
        (Some(end), None) => (container()?, Scrolling::To(end)),
        (None, Some((x, y))) => (call.perhaps_aimed_at("target")?.or(container()?), Scrolling::By(x, y)),
        (None, None) => (Some(call.aimed_at("target")?), Scrolling::Into),
    };
    perform(call, Gesture::Scroll { place, how })
}

fn frame(call: &mut Call<'_, '_>) -> Outcome {
    let target = call.need("target")?;
    let place = Place::of(call.target("target", &target)?);
    let given = call.need("acts")?;
    let Some(pointer) = given.clone().try_cast::<FnPtr>() else {
        return Err(call.wrong("acts", "a closure such as `|| click(\"text=Pay\")`", &given));
    };
    let closure = Closure::new(call.ctx, call.run, pointer);
    let mut inside = call.run.place();
    inside.frames.push(place);
    let outside = call.run.set_place(inside);
    let done = closure.call_raw(call.ctx, vec![Dynamic::UNIT]);
    call.run.set_place(outside);
    done
}
