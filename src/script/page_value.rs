//! A page in the script: its parts, computed when asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};

use super::run::lock;
use super::value::{from_json, map_from_json};
use crate::browser::Exchange;
use crate::crawl::{CrawlError, Page};
use crate::text::{cut, nearest_in};

/// A page as a script holds it. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct PageValue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    page: Arc<Page>,
    items: OnceLock<Dynamic>,
    read: Mutex<HashMap<String, Dynamic>>,
}

/// The parts of a page with one line each: completion, hover and the README read them here.
pub const PAGE_PARTS: &[(&str, &str)] = &[
    (
        "certificate",
        "who the site proved to be: subject, issuer, names, valid_from, valid_to, protocol; `()` without TLS (with `certificate: true`)",
    ),
    ("console", "console lines (with `console: true`)"),
    ("cookies", "the identity's cookies (with `cookies: true`)"),
    ("downloads", "what was downloaded since the last page: path, size, type, sha256, url (with `downloads: true`)"),
    ("elapsed", "how long the step took, in milliseconds"),
    ("fit_markdown", "the main content as Markdown: without navigation, side bars, footers, banners, lists of links"),
    ("frames", "the pages of its frames"),
    ("from_cache", "whether the cache answered"),
    ("headers", "response headers, names in lower case"),
    ("html", "the whole document as a person would see it"),
    ("items", "the rows of `extract`"),
    ("js", "the value of the last js"),
    ("json", "the body of a JSON response"),
    ("lang", "the document's language"),
    ("links", "all links: href, text, title, rel, internal"),
    ("markdown", "the document as Markdown"),
    (
        "media",
        "images, video and audio, each address once: kind, url, alt, title, caption, width, height, poster, loading, sources",
    ),
    ("meta", "meta data by name"),
    ("mhtml", "the page with all it shows (with `mhtml: true`)"),
    ("ok", "whether the status is below 400"),
    ("pdf", "the page as a PDF (with `pdf: true`)"),
    ("popups", "addresses of tabs and windows that the page opened"),
    ("redirects", "addresses that redirected"),
    ("requested_url", "the address asked for"),
    (
        "requests",
        "the step's requests: url, method, kind, status, mime, headers, bytes, from_cache, begun, took, failed (with `network: true`)",
    ),
    ("response", "what a `response(…)` condition waited for: url, status, headers, body, json"),
    ("screenshot", "a PNG (with `screenshot: true`)"),
    ("selected", "the matches of `css`, as elements"),
    ("session_id", "the session's id"),
    ("status", "HTTP status; `()` for files"),
    ("step", "the step's number in the run"),
    ("tables", "all tables: caption, headers, records, footer, rows, inside"),
    ("text", "the document's text as a reader sees it"),
    ("timing", "response, load and total time in milliseconds"),
    ("title", "the document's title"),
    ("url", "the document's address"),
    ("warnings", "what is worth a word but no error"),
];

impl PageValue {
    /// Takes the page of a step.
    #[must_use]
    pub fn new(page: Arc<Page>) -> Self {
        Self(Arc::new(Inner { page, items: OnceLock::new(), read: Mutex::default() }))
    }

    /// The page itself.
    #[must_use]
    pub fn page(&self) -> &Arc<Page> {
        &self.0.page
    }

    /// One part; an unknown or unasked-for one is an error.
    pub fn get(&self, name: &str) -> Result<Dynamic, CrawlError> {
        let page = &self.0.page;
        Ok(match name {
            "url" => page.url().into(),
            "requested_url" => page.landing.requested_url.as_str().into(),
            "status" => page.status().map_or(Dynamic::UNIT, |status| i64::from(status).into()),
            "ok" => page.ok().into(),
            "headers" => Dynamic::from_map(pairs(&page.landing.headers)),
            "redirects" => strings(&page.landing.redirects),
            "title" => page.title().into(),
            "lang" => page.document().lang().map_or(Dynamic::UNIT, Dynamic::from),
            "html" => page.html().to_owned().into(),
            "text" | "markdown" | "fit_markdown" | "links" | "media" | "tables" | "meta" => self.read(name),
            "js" => from_json(&page.js),
            "session_id" => page.session.as_str().into(),
            "step" => i64::try_from(page.step).unwrap_or(i64::MAX).into(),
            "from_cache" => page.from_cache.into(),
            "warnings" => strings(&page.warnings),
            "popups" => strings(&page.popups),
            "elapsed" => millis(page.elapsed),
            "timing" => self.timing(),
            "frames" => self.frames(),
            _ => return self.asked_for(name),
        })
    }

    /// What is read from the document: computed when asked for, then kept.
    fn read(&self, name: &str) -> Dynamic {
        if let Some(known) = lock(&self.0.read).get(name) {
            return known.clone();
        }
        let document = self.0.page.document();
        let value: Dynamic = match name {
            "text" => document.text_all().into(),
            "markdown" => document.markdown(None).into(),
            "fit_markdown" => document.fit_markdown().into(),
            "links" => json_list(document.links()),
            "media" => json_list(document.media()),
            "tables" => json_list(document.tables()),
            _ => from_json(&json!(document.meta())),
        };
        lock(&self.0.read).insert(name.to_owned(), value.clone());
        value
    }

    fn asked_for(&self, name: &str) -> Result<Dynamic, CrawlError> {
        let page = &self.0.page;
        let part = match name {
            "items" => page.items.as_ref().map(|items| self.items(items)),
            "selected" => page.selected.as_ref().map(|html| super::element::from_fragments(html, page)),
            "json" => page.json.as_ref().map(from_json),
            "response" => page.response.as_ref().map(response),
            "cookies" => page.cookies.as_ref().map(json_list),
            "console" => page.console.as_ref().map(json_list),
            "certificate" => page.certificate.as_ref().map(|found| from_json(&json!(found))),
            "requests" => page.requests.as_ref().map(|all| all.iter().map(exchange).collect::<Array>().into()),
            "downloads" => page.downloads.as_ref().map(json_list),
            "pdf" => page.pdf.clone().map(Dynamic::from_blob),
            "mhtml" => page.mhtml.clone().map(Dynamic::from),
            "screenshot" => page.screenshot.clone().map(Dynamic::from_blob),
            _ => {
                let names: Vec<&str> = PAGE_PARTS.iter().map(|(name, _)| *name).collect();
                let mut error = CrawlError::new("crawl::page::unknown_part", format!("a page has no `{name}`"));
                error.help = nearest_in(name, "its parts", &names);
                return Err(error);
            }
        };
        part.ok_or_else(|| not_captured(name))
    }

    fn items(&self, items: &[serde_json::Map<String, Value>]) -> Dynamic {
        let make = || items.iter().map(|row| Dynamic::from_map(map_from_json(row))).collect::<Array>().into();
        self.0.items.get_or_init(make).clone()
    }

    fn frames(&self) -> Dynamic {
        self.0.page.frames().into_iter().map(|frame| Dynamic::from(Self::new(frame))).collect::<Array>().into()
    }

    fn timing(&self) -> Dynamic {
        let landing = &self.0.page.landing;
        let mut map = Map::new();
        map.insert("response".into(), landing.response_time.map_or(Dynamic::UNIT, millis));
        map.insert("load".into(), landing.load_time.map_or(Dynamic::UNIT, millis));
        map.insert("total".into(), millis(self.0.page.elapsed));
        Dynamic::from_map(map)
    }

    /// As `print` shows it: url, title, status and size.
    #[must_use]
    pub fn summary(&self) -> String {
        let page = &self.0.page;
        let status = page.status().map_or_else(|| "no status".to_owned(), |status| status.to_string());
        let size = page.html().len();
        let size = if size < 10_000 { format!("{size} bytes") } else { format!("{} KB", size / 1000) };
        format!("{} — {} ({status}, {size})", page.url(), cut(page.title(), 300))
    }

    /// As data: what identifies the page, and what was asked for.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let page = &self.0.page;
        let mut out = serde_json::Map::new();
        out.insert("url".into(), json!(page.url()));
        out.insert("status".into(), json!(page.status()));
        out.insert("title".into(), json!(page.title()));
        if let Some(items) = &page.items {
            out.insert("items".into(), json!(items));
        }
        if !page.js.is_null() {
            out.insert("js".into(), page.js.clone());
        }
        out.insert("html".into(), json!(page.html()));
        Value::Object(out)
    }
}

fn not_captured(name: &str) -> CrawlError {
    let (message, help) = match name {
        "items" => ("this step extracted nothing".to_owned(), "give the step `extract: Schema`".to_owned()),
        "selected" => ("this step cut nothing".to_owned(), "give the step `css: \"…\"`".to_owned()),
        "json" => ("the response is not JSON".to_owned(), "look at `page.headers` and `page.text`".to_owned()),
        "response" => {
            ("this step waited for no response".to_owned(), "give the step `wait_for: response(\"**/…\")`".to_owned())
        }
        _ => {
            let option = if name == "requests" { "network" } else { name };
            (format!("`{name}` was not captured by this step"), format!("give the step `{option}: true`"))
        }
    };
    CrawlError::new("crawl::page::not_captured", message).help(help)
}

fn response(response: &crate::browser::Response) -> Dynamic {
    let json = serde_json::from_str(&response.body).map_or(Dynamic::UNIT, |body| from_json(&body));
    let mut map = Map::new();
    map.insert("url".into(), response.url.as_str().into());
    map.insert("status".into(), i64::from(response.status).into());
    map.insert("headers".into(), Dynamic::from_map(pairs(&response.headers)));
    map.insert("body".into(), response.body.as_str().into());
    map.insert("json".into(), json);
    Dynamic::from_map(map)
}

fn exchange(exchange: &Exchange) -> Dynamic {
    let mut map = match json!(exchange) {
        Value::Object(parts) => map_from_json(&parts),
        _ => Map::new(),
    };
    map.insert("headers".into(), Dynamic::from_map(pairs(&exchange.headers)));
    Dynamic::from_map(map)
}

fn pairs(pairs: &[(String, String)]) -> Map {
    pairs.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect()
}

fn strings(list: &[String]) -> Dynamic {
    list.iter().map(|item| Dynamic::from(item.clone())).collect::<Array>().into()
}

fn json_list(list: impl serde::Serialize) -> Dynamic {
    serde_json::to_value(list).map_or(Dynamic::UNIT, |value| from_json(&value))
}

fn millis(time: std::time::Duration) -> Dynamic {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).into()
}
