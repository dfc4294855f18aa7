//! `crawl`: one step.

use std::time::Duration;

use rhai::Dynamic;

use crate::browser::WaitUntil;
use crate::crawl::{Branch, CacheMode, CrawlRequest, Reading};
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::failure::Outcome;
use crate::script::page_value::PageValue;
use crate::script::session_value::SessionValue;

type Refused = Box<rhai::EvalAltResult>;

const PARAMS: &[Param] = &[
    Param { name: "url", kind: Kind::Url, optional: true },
    Param { name: "js", kind: Kind::Js, optional: true },
    Param { name: "wait_for", kind: Kind::Condition, optional: true },
    Param { name: "css", kind: Kind::Css, optional: true },
];

const fn option(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> OptionDoc {
    OptionDoc { name, kind, default, doc }
}

const OPTIONS: &[OptionDoc] = &[
    option("js_only", Kind::Bool, "false", "do not navigate though `url` is given"),
    option("extract", Kind::Schema, "", "a schema: its rows become `page.items`"),
    option("wait_until", Kind::Word(&["commit", "dom", "load", "idle"]), "\"load\"", "how far a navigation must come"),
    option("timeout", Kind::Duration, "\"30s\"", "one deadline for the whole step"),
    option(
        "cache",
        Kind::Word(&["bypass", "enabled", "read_only", "write_only", "disabled"]),
        "\"disabled\"",
        "the cache's part; a step that acts is never answered from it",
    ),
    option("retries", Kind::Int, "0", "further tries after a failed one, within the deadline"),
    option("fresh", Kind::Bool, "false", "in watch: run at every save, never answered from the last run"),
    option("delay", Kind::Duration, "", "a pause before the snapshot"),
    option("screenshot", Kind::Bool, "false", "take a PNG: `page.screenshot`"),
    option("console", Kind::Bool, "false", "keep console lines: `page.console`"),
    option("network", Kind::Bool, "false", "keep the step's requests: `page.requests`"),
    option("certificate", Kind::Bool, "false", "keep who the site proved to be: `page.certificate`"),
    option("cookies", Kind::Bool, "false", "keep the identity's cookies: `page.cookies`"),
    option("downloads", Kind::Bool, "false", "save what the step downloads: `page.downloads`"),
    option("pdf", Kind::Bool, "false", "print the page: `page.pdf`"),
    option("mhtml", Kind::Bool, "false", "keep the page with all it shows, as MHTML: `page.mhtml`"),
    option("optional", Kind::Bool, "false", "an empty cut is no error"),
    option("headers", Kind::Map, "", "headers of this navigation"),
    option("method", Kind::Text, "\"GET\"", "the method of this navigation"),
    option("body", Kind::Text, "", "the body of this navigation"),
    option("base_url", Kind::Url, "", "the address of a `raw:` page"),
];

const EXAMPLE: &str = r#"let site = playground();
let page = crawl(`${site}/article`, wait_for: "h1", css: "article");
print(page.title);"#;

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "crawl",
        receiver: Receiver::None,
        params: PARAMS,
        variadic: false,
        options: OPTIONS,
        result: "page",
        doc: "One step: navigate, run js, wait, take a snapshot, cut and extract",
        example: EXAMPLE,
        category: "steps",
        call: |call| step(call, None),
    },
    Builtin {
        name: "crawl",
        receiver: Receiver::Session,
        params: PARAMS,
        variadic: false,
        options: OPTIONS,
        result: "page",
        doc: "One step in the handle's session",
        example: "let shop = session(\"shop\");\nprint(shop.crawl(`${playground()}/products`).title);",
        category: "steps",
        call: |call| {
            let handle = call.args[0].clone().try_cast::<SessionValue>();
            step(call, handle.map(|handle| handle.id))
        },
    },
];

fn step(call: &mut Call<'_, '_>, session: Option<String>) -> Outcome {
    let place = call.run.place();
    let session = session.or_else(|| place.sessions.last().cloned());
    let request = request(call, session.as_deref())?;
    let crawler = call.run.crawler.clone();
    let branch: Branch = place.branch;
    let page = call
        .run
        .wait(call.ctx, |host| async move { crawler.crawl(&branch, session.as_deref(), request, &*host).await })?;
    call.run.keep_last(&page);
    Ok(Dynamic::from(PageValue::new(page)))
}

/// The typed request of a call.
fn request(call: &Call<'_, '_>, session: Option<&str>) -> Result<CrawlRequest, Refused> {
    let retries = call.int("retries")?.unwrap_or(0);
    Ok(CrawlRequest {
        url: call.text("url")?.map(|url| local(call, &url)),
        base_url: call.text("base_url")?.map(|url| url.to_string()),
        js: call.programs("js")?,
        js_only: call.flag("js_only")?,
        wait_for: call.conditions("wait_for")?,
        reading: Reading {
            css: call.selector("css")?,
            extract: call.schema("extract")?,
            optional: call.flag("optional")?,
        },
        wait_until: wait_until(call)?.unwrap_or_default(),
        timeout: timeout(call, session)?,
        cache: cache(call)?.unwrap_or_default(),
        retries: u32::try_from(retries)
            .map_err(|_| call.wrong("retries", "a whole number from 0", &Dynamic::from(retries)))?,
        fresh: call.flag("fresh")?,
        delay: call.duration("delay")?.unwrap_or_default(),
        screenshot: call.flag("screenshot")?,
        console: call.flag("console")?,
        network: call.flag("network")?,
        certificate: call.flag("certificate")?,
        cookies: call.flag("cookies")?,
        downloads: call.flag("downloads")?,
        pdf: call.flag("pdf")?,
        mhtml: call.flag("mhtml")?,
        headers: call.headers("headers")?.unwrap_or_default(),
        method: call.text("method")?.map(|method| method.to_uppercase()),
        body: call.text("body")?.map(|body| body.to_string()),
        text: call.text_of_call(),
    })
}

/// The address of a file as other files are found: beside the script, else in the current folder; noted for watch.
fn local(call: &Call<'_, '_>, url: &str) -> String {
    match url.trim().strip_prefix("file:") {
        Some(path) if !path.starts_with("//") => {
            let path = super::input::resolve(call, path);
            call.run.note_file(&path);
            format!("file:{}", path.display())
        }
        _ => url.to_owned(),
    }
}

fn wait_until(call: &Call<'_, '_>) -> Result<Option<WaitUntil>, Refused> {
    call.word(
        "wait_until",
        &[("commit", WaitUntil::Commit), ("dom", WaitUntil::Dom), ("load", WaitUntil::Load), ("idle", WaitUntil::Idle)],
    )
}

fn cache(call: &Call<'_, '_>) -> Result<Option<CacheMode>, Refused> {
    call.word(
        "cache",
        &[
            ("disabled", CacheMode::Disabled),
            ("enabled", CacheMode::Enabled),
            ("read_only", CacheMode::ReadOnly),
            ("write_only", CacheMode::WriteOnly),
            ("bypass", CacheMode::Bypass),
        ],
    )
}

/// The deadline of a call: its own, else its session's, else the run's.
pub fn timeout(call: &Call<'_, '_>, session: Option<&str>) -> Result<Duration, Refused> {
    if let Some(own) = call.duration("timeout")? {
        return Ok(own);
    }
    let of_session = session.and_then(|id| call.run.crawler.session_options(id)).and_then(|options| options.timeout);
    Ok(of_session.or(call.run.settings.defaults.timeout).unwrap_or(Duration::from_secs(30)))
}
