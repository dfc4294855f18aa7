//! Acts on a session beside those on its page's elements: dialogs, pages, pictures, downloads.

use std::time::Duration;

use rhai::Dynamic;

use super::actions::{NTH, WITHIN};
use super::crawl::timeout;
use super::sessions::{ACT_OPTIONS, act, perform, perform_within};
use super::storage_state::write_file;
use crate::browser::{DialogAnswer, UrlPattern};
use crate::crawl::{Act, ActValue, CrawlError, PageChoice, SessionAct, UNBOUNDED};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::failure::Outcome;

const fn function(
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
        options: ACT_OPTIONS,
        result,
        doc,
        example,
        category: "actions",
        call,
    }
}

const PATH: Param = Param { name: "path", kind: Kind::Text, optional: false };

const PICTURE_OPTIONS: &[OptionDoc] = &[
    OptionDoc { name: "full_page", kind: Kind::Bool, default: "false", doc: "the whole page, not what is seen of it" },
    NTH,
    WITHIN,
    ACT_OPTIONS[0],
    ACT_OPTIONS[1],
];

const DOWNLOAD_OPTIONS: &[OptionDoc] = &[
    OptionDoc { name: "max_size", kind: Kind::Any, default: "", doc: "the most that it may have: bytes, or \"20 MB\"" },
    NTH,
    WITHIN,
    ACT_OPTIONS[0],
    ACT_OPTIONS[1],
];

const POPUP_EXAMPLE: &str = "session(\"shop\") {\n  crawl(`${playground()}/popup`, js: \"open('/products')\");\n  switch_to(\"**/products\");\n  print(crawl().title);\n  close_page();\n}";

/// How long a page may take to open that `switch_to` goes to, where the call says nothing else.
const OPENING: Duration = Duration::from_secs(5);

/// The family.
pub const TABLE: &[Builtin] = &[
    function(
        "dialog",
        &[
            Param { name: "answer", kind: Kind::Word(&["accept", "dismiss"]), optional: false },
            Param { name: "text", kind: Kind::Text, optional: true },
        ],
        "()",
        "Answers the dialogs of the session's next step; without it they are dismissed, with a warning",
        "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  dialog(\"accept\", \"Ada\");\n  print(evaluate(\"prompt('Your name?')\"));\n}",
        |call| {
            let accept = call.word("answer", &[("accept", true), ("dismiss", false)])?;
            let Some(accept) = accept else {
                return Err(call.fail("crawl::argument::missing", "`dialog` needs `answer`"));
            };
            let text = call.text("text")?.map(|text| text.to_string());
            if text.is_some() && !accept {
                let error = CrawlError::new("crawl::argument::value", "a dialog that is dismissed is given no text");
                return Err(call.refuse("text", error.help("write `dialog(\"accept\", …)`, or leave the text out")));
            }
            act(call, None, Act::Session(SessionAct::Dialog(DialogAnswer { accept, text })))
        },
    ),
    Builtin {
        options: &[OptionDoc { name: "timeout", kind: Kind::Duration, default: "", doc: "how long to wait at most" }],
        ..function(
            "pause",
            &[Param { name: "message", kind: Kind::Text, optional: true }],
            "()",
            "Tells the person at the terminal something and waits for Enter; with `--headed` the browser's window is there to act in",
            "session(\"shop\") {\n  crawl(`${playground()}/login`);\n  try { pause(\"log in, then press Enter\"); } catch (e) { print(e.help); }\n}",
            |call| {
                let message =
                    call.text("message")?.map_or_else(|| "press Enter to go on".to_owned(), |text| text.to_string());
                let timeout = call.duration("timeout")?.unwrap_or(UNBOUNDED);
                perform_within(call, None, Act::Session(SessionAct::Pause(message)), timeout)?;
                Ok(Dynamic::UNIT)
            },
        )
    },
    function(
        "pages",
        &[],
        "array",
        "The open pages of the session, in the order in which they opened: number, url, title, current",
        "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  print(pages().len());\n}",
        |call| act(call, None, Act::Session(SessionAct::Pages)),
    ),
    function(
        "switch_to",
        &[Param { name: "page", kind: Kind::Any, optional: false }],
        "()",
        "Makes another page of the session its current one, by its number in `pages()` or a pattern of its address; waits for it up to 5 s",
        POPUP_EXAMPLE,
        switch_to,
    ),
    function(
        "close_page",
        &[],
        "()",
        "Closes the page that `switch_to` went to; the one before it is the session's again",
        POPUP_EXAMPLE,
        |call| act(call, None, Act::Session(SessionAct::ClosePage)),
    ),
    Builtin {
        options: PICTURE_OPTIONS,
        ..function(
            "screenshot",
            &[PATH, Param { name: "target", kind: Kind::Target, optional: true }],
            "()",
            "Writes a PNG of the page, or of a target; in `frame(…)` of one of the frame",
            "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  screenshot(\"notes.tmp\", \"h1\");\n}",
            |call| {
                let path = call.need_text("path")?;
                let place = call.perhaps_aimed_at("target")?.map(Box::new);
                let full_page = call.flag("full_page")?;
                picture(call, &path, SessionAct::Picture { place, full_page })
            },
        )
    },
    function(
        "pdf",
        &[PATH],
        "()",
        "Prints the page to a PDF",
        "session(\"shop\") {\n  crawl(`${playground()}/products`);\n  pdf(\"notes.tmp\");\n}",
        |call| {
            let path = call.need_text("path")?;
            picture(call, &path, SessionAct::Pdf)
        },
    ),
    Builtin {
        options: DOWNLOAD_OPTIONS,
        ..function(
            "download",
            &[Param { name: "target", kind: Kind::Target, optional: false }, PATH],
            "map",
            "Clicks a target and saves what is downloaded: path, size, type, sha256, url, suggested; called off at the deadline",
            "session(\"shop\") {\n  crawl(playground());\n  print(download(\"a[href='/download']\", \"notes.tmp\").size > 0);\n}",
            |call| {
                let (place, path) = (call.aimed_at("target")?, call.need_text("path")?);
                let file = std::path::absolute(path.as_str()).unwrap_or_else(|_| path.as_str().into());
                call.run.crawler.access().write(&file).map_err(|error| call.refuse("path", error))?;
                call.run.note_written(&file);
                let (path, max_size) = (path.as_str().into(), call.size("max_size")?);
                act(call, None, Act::Session(SessionAct::Download { place: Box::new(place), path, max_size }))
            },
        )
    },
];

fn switch_to(call: &mut Call<'_, '_>) -> Outcome {
    let value = call.need("page")?;
    let choice = match (value.as_int(), value.clone().into_immutable_string()) {
        (Ok(number), _) => PageChoice::Number(
            usize::try_from(number)
                .map_err(|_| call.wrong("page", "a number from 0, or a pattern of an address", &value))?,
        ),
        (_, Ok(text)) => {
            let pattern = UrlPattern::new(&text);
            PageChoice::Address(
                pattern.map_err(|message| call.refuse("page", CrawlError::new("crawl::argument::value", message)))?,
            )
        }
        _ => return Err(call.wrong("page", "a number from 0, or a pattern of an address", &value)),
    };
    let given = call.value("timeout").is_some();
    let time = timeout(call, None)?;
    let time = if given { time } else { time.min(OPENING) };
    perform_within(call, None, Act::Session(SessionAct::SwitchTo(choice)), time)?;
    Ok(Dynamic::UNIT)
}

fn picture(call: &Call<'_, '_>, path: &str, what: SessionAct) -> Outcome {
    if let ActValue::Image(bytes) = perform(call, None, Act::Session(what))? {
        write_file(call, path, &bytes)?;
    }
    Ok(Dynamic::UNIT)
}
