//! What pages and their elements answer: selection, text, attributes, extraction, explain.

use rhai::{Array, Dynamic};

use crate::crawl::CrawlError;
use crate::script::builtin::{Builtin, Call, Kind, Param, Receiver};
use crate::script::element::{ElementValue, select_all};
use crate::script::failure::{Outcome, raise};
use crate::script::page_value::PageValue;
use crate::script::value::map_from_json;

const CSS: &[Param] = &[Param { name: "css", kind: Kind::Css, optional: false }];
const CSS_NAME: &[Param] = &[
    Param { name: "css", kind: Kind::Css, optional: false },
    Param { name: "name", kind: Kind::Text, optional: false },
];
const EXAMPLE: &str = "let page = crawl(`${playground()}/products`);\nprint(page.count(\".product\"));\nprint(page.select(\"h2\")[0].text);";

const fn method(
    receiver: Receiver,
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        receiver,
        params,
        variadic: false,
        options: &[],
        result,
        doc,
        example: EXAMPLE,
        category: "pages",
        call,
    }
}

const fn page(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    method(Receiver::Page, name, params, result, doc, call)
}

const fn element(
    name: &'static str,
    params: &'static [Param],
    result: &'static str,
    doc: &'static str,
    call: fn(&mut Call<'_, '_>) -> Outcome,
) -> Builtin {
    method(Receiver::Element, name, params, result, doc, call)
}

/// The family.
pub const TABLE: &[Builtin] = &[
    page("select", CSS, "array", "All matches as elements; none is an empty array", |call| Ok(matches(call)?.into())),
    page("first", CSS, "element", "The first match; none is an error", |call| {
        let found = matches(call)?.into_iter().next();
        found.ok_or_else(|| no_match(call))
    }),
    page("text", CSS, "string", "The text of the first match; none is an error", |call| {
        let found = first(call)?;
        Ok(found.text().into())
    }),
    page("attr", CSS_NAME, "string", "An attribute of the first match; none is an error", |call| {
        let name = call.need_text("name")?;
        Ok(first(call)?.attr(&name).map_or(Dynamic::UNIT, Dynamic::from))
    }),
    page("has", CSS, "bool", "Whether anything matches", |call| Ok((!matches(call)?.is_empty()).into())),
    page("count", CSS, "integer", "The number of matches", |call| {
        Ok(i64::try_from(matches(call)?.len()).unwrap_or(i64::MAX).into())
    }),
    page(
        "extract",
        &[Param { name: "schema", kind: Kind::Schema, optional: false }],
        "array",
        "The rows of a schema",
        extract,
    ),
    page("explain", CSS, "string", "Why a selector matches nothing", |call| {
        let selector =
            call.selector("css")?.ok_or_else(|| call.fail("crawl::argument::missing", "`explain` needs `css`"))?;
        let page = this_page(call);
        Ok(page.page().explain(&selector).to_string().into())
    }),
    page("to_json", &[], "string", "The page as JSON: url, status, title, items, html", |call| {
        Ok(this_page(call).to_json().to_string().into())
    }),
    element("select", CSS, "array", "All matches below the element", |call| {
        let below = below(call)?.into_iter().map(Dynamic::from).collect::<Array>();
        Ok(below.into())
    }),
    element("first", CSS, "element", "The first match below; none is an error", |call| {
        let found = below(call)?.into_iter().next();
        found.map(Dynamic::from).ok_or_else(|| no_match_below(call))
    }),
    element("text", CSS, "string", "The text of the first match below; none is an error", |call| {
        let found = below(call)?.into_iter().next();
        found.map(|element| element.text().into()).ok_or_else(|| no_match_below(call))
    }),
    element(
        "attr",
        &[Param { name: "name", kind: Kind::Text, optional: false }],
        "string",
        "An attribute; `()` where there is none",
        |call| {
            let name = call.need_text("name")?;
            Ok(this_element(call).attr(&name).map_or(Dynamic::UNIT, Dynamic::from))
        },
    ),
    element("has", CSS, "bool", "Whether anything below matches", |call| Ok((!below(call)?.is_empty()).into())),
    element("count", CSS, "integer", "The number of matches below", |call| {
        Ok(i64::try_from(below(call)?.len()).unwrap_or(i64::MAX).into())
    }),
    Builtin {
        receiver: Receiver::None,
        ..page("explain", CSS, "string", "Why a selector matches nothing on the last page", |call| {
            let selector = call.selector("css")?;
            let (Some(selector), Some(page)) = (selector, call.run.last_page()) else {
                let error = CrawlError::new("crawl::session::no_page", "`explain` needs a page");
                return Err(raise(call.ctx, error.help("crawl a page first")));
            };
            Ok(page.explain(&selector).to_string().into())
        })
    },
];

fn this_page(call: &Call<'_, '_>) -> PageValue {
    call.args[0].clone().cast::<PageValue>()
}

fn this_element(call: &Call<'_, '_>) -> ElementValue {
    call.args[0].clone().cast::<ElementValue>()
}

fn matches(call: &Call<'_, '_>) -> Result<Array, Box<rhai::EvalAltResult>> {
    let css = call.need_text("css")?;
    let selector = call.parse_selector("css", &css)?;
    let this = this_page(call);
    call.run.crawler.note_read(this.page().step, &css);
    Ok(select_all(&this.page().document(), &selector))
}

fn first(call: &Call<'_, '_>) -> Result<ElementValue, Box<rhai::EvalAltResult>> {
    let found = matches(call)?.into_iter().next();
    found.and_then(|element| element.try_cast::<ElementValue>()).ok_or_else(|| no_match(call))
}

fn no_match(call: &Call<'_, '_>) -> Box<rhai::EvalAltResult> {
    let css = call.text("css").ok().flatten().unwrap_or_default();
    let page = this_page(call);
    let mut error = CrawlError::new("crawl::select::no_match", format!("`{css}` matches nothing"));
    error.url = Some(page.page().url().to_owned());
    error.help = Some("ask with `page.has(…)`, or mend the selector".to_owned());
    if let Ok(selector) = call.parse_selector("css", &css) {
        error.notes = page.page().explain(&selector).findings;
    }
    raise(call.ctx, error.at("css", 0))
}

fn below(call: &Call<'_, '_>) -> Result<Vec<ElementValue>, Box<rhai::EvalAltResult>> {
    let css = call.need_text("css")?;
    let selector = crate::page::Selector::parse_relative(&css)
        .map_err(|error| raise(call.ctx, crate::script::options::selector_error("css", &error)))?;
    Ok(this_element(call).select(&selector))
}

fn no_match_below(call: &Call<'_, '_>) -> Box<rhai::EvalAltResult> {
    let css = call.text("css").ok().flatten().unwrap_or_default();
    let message = format!("`{css}` matches nothing below `{}`", this_element(call).summary());
    let error = CrawlError::new("crawl::select::no_match", message);
    raise(call.ctx, error.at("css", 0).help("ask with `element.has(…)`, or mend the selector"))
}

fn extract(call: &mut Call<'_, '_>) -> Outcome {
    let schema =
        call.schema("schema")?.ok_or_else(|| call.fail("crawl::argument::missing", "`extract` needs `schema`"))?;
    let (run, ctx) = (call.run, call.ctx);
    let mut compute = |id, row: &_| crate::script::host::compute(ctx, run, id, row);
    let extraction = this_page(call).page().extract(&schema, &mut compute).map_err(|error| raise(ctx, error))?;
    extraction.warnings.iter().for_each(|warning| run.warn(&warning.message));
    Ok(extraction.items.iter().map(|row| Dynamic::from_map(map_from_json(row))).collect::<Array>().into())
}
